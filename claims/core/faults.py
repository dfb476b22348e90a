"""Errors in a claim's file, said in one line: where, what, and what may have been meant."""

from __future__ import annotations

import difflib
import traceback
from pathlib import Path

#: Folders of statements.
_STATEMENTS = ("paper", "beyond")
_CLAIMS = Path(__file__).parents[1]


class StatementError(ValueError):
    """A claim's file that cannot be imported, or a function in it that fails."""


def place(error: BaseException, file: Path | None = None) -> str | None:
    """Where in a file of statements an error arose, the innermost; None if in none of them.

    Args:
        file: look in this file alone.
    """
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_short(Path(error.filename))}, line {error.lineno}"
    for frame in reversed(frames):
        path = Path(frame.filename)
        of_statements = path.parent.name in _STATEMENTS and path.parents[1] == _CLAIMS
        if path == file or (file is None and of_statements):
            return f"{_short(path)}, line {frame.lineno}"
    return None


def said(error: BaseException) -> str:
    """An error with its type, and the name that may have been meant."""
    text = " ".join(str(error).split())
    if isinstance(error, AttributeError) and error.obj is not None and error.name:
        near = difflib.get_close_matches(error.name, dir(error.obj), n=1, cutoff=0.5)
        owner = getattr(error.obj, "__name__", type(error.obj).__name__)
        text = f"{owner} has no {error.name}" + (f"; did you mean {near[0]}?" if near else "")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _short(path: Path) -> str:
    return path.relative_to(_CLAIMS.parent).as_posix() if _CLAIMS in path.parents else str(path)

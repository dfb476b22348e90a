"""Preregistered predictions: written down before anything is trained."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from claims.core.case import Case
from claims.core.workspace import Workspace
from model.files import write_atomically
from model.regime import Regime

#: What is predicted of a regime, by name.
Predict = Callable[[Regime], dict[str, float]]


def line(predict: Predict, case: Case) -> str:
    """What is predicted of one case."""
    record = {
        "regime": case.regime.to_dict(),
        "root": case.root,
        "predicted": predict(case.regime),
    }
    return json.dumps(record, allow_nan=False) + "\n"


@lru_cache(maxsize=16)
def lines(predict: Predict, cases: tuple[Case, ...]) -> tuple[str, ...]:
    """What is predicted of each case, computed once for all claims of a family."""
    return tuple(line(predict, case) for case in cases)


def preregistered(
    lines: Sequence[str], workspace: Workspace | None, name: str, told_apart: int
) -> dict[str, Any]:
    """Write predictions to a file, and return its name and digest for the ledger.

    The first `told_apart` lines make the file's name one of its own. A file that says so already
    stays: its time is that of the first to predict.
    """
    text = "".join(lines)
    record = {"sha256": _digest(text), "regimes": len(lines)}
    if workspace is None:
        return {"not written": "no workspace"} | record
    own = _digest("".join(lines[:told_apart]))[:12]
    path = workspace.predictions / f"{name}-{own}.jsonl"
    try:
        if not _says(path, text):
            write_atomically(path, lambda file: file.write(text.encode("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        return {"not written": str(error)} | record
    return {"file": path.name} | record


def _says(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8").startswith(text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

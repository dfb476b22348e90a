"""The edge of the command line: whatever happens inside ends in an exit code.

0 holds, 1 a verdict says no, 2 cannot run; 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP,
141 where nobody reads the output on. Only what a command returns is ever 1.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from model.printing import one_line
from reports.interruption import heard

CANNOT_RUN = 2
BROKEN_PIPE = 128 + signal.SIGPIPE if hasattr(signal, "SIGPIPE") else CANNOT_RUN
#: What the command line returns after Ctrl-C, if it does not raise.
_INTERRUPTED = 128 + signal.SIGINT
#: Exceptions of these packages say what was given and why it cannot be used.
_OWN = ("claims", "model", "strategies", "reports")


def run(start: Callable[[], object], *refusals: type[Exception]) -> NoReturn:
    """Run commands and leave. Whatever is raised is one line on standard error; where that is a
    fault of the program, the line says where, and `TRANSFER_CLAIMS_TRACEBACK=1` shows how.
    """
    _replace_what_cannot_be_encoded()
    with heard() as interruption:
        code = _outcome(start, refusals)
        interruption.closed = True  # what is told now cannot be stopped, nor stop anything
        if code == _INTERRUPTED:
            _tell("interrupted; what was finished is kept")
            code = 128 + (interruption.number or signal.SIGINT)
        code = _flushed(code)
    sys.exit(code)


def _outcome(start: Callable[[], object], refusals: tuple[type[Exception], ...]) -> int:
    """The exit code, once what was raised is told."""
    try:
        code = start()
        return code if isinstance(code, int) else 0
    except KeyboardInterrupt:
        return _INTERRUPTED
    except SystemExit as left:  # no command leaves so: the libraries do, where a pipe is closed
        return BROKEN_PIPE if _is_broken_pipe(left.__context__) else CANNOT_RUN
    except Exception as error:
        return _refused(error, refusals)


def _refused(error: Exception, refusals: tuple[type[Exception], ...]) -> int:
    if _is_broken_pipe(error):
        return BROKEN_PIPE
    if _is_abort(error):
        return _INTERRUPTED
    _tell(_usage(error) or _refusal(error, refusals) or _fault(error))
    return CANNOT_RUN


def _is_broken_pipe(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EPIPE


def _is_abort(error: Exception) -> bool:
    typer = sys.modules.get("typer")
    return typer is not None and isinstance(error, typer.Abort)


def _usage(error: Exception) -> str:
    """What the command line says of arguments that it cannot use."""
    typer = sys.modules.get("typer")
    if typer is None or not isinstance(error, typer.BadParameter.__bases__[0]):
        return ""
    message = getattr(error, "format_message", error.__str__)()
    context = getattr(error, "ctx", None)
    path = "transfer-claims" if context is None else context.command_path
    return f"{_with_value(error, message)} See: {path} --help"


def _with_value(error: Exception, message: str) -> str:
    """What is said of an option, and what was given for it, which the libraries may leave out."""
    names = getattr(getattr(error, "param", None), "opts", [])
    for k, argument in enumerate(sys.argv):
        name, equals, value = argument.partition("=")
        if name in names and name.startswith("-"):
            given = value if equals else "".join(sys.argv[k + 1 : k + 2])
            return message if given in message else f"{message.rstrip('.')} (given: {given!r})."
    return message


def _refusal(error: Exception, refusals: tuple[type[Exception], ...]) -> str:
    from concurrent.futures.process import BrokenProcessPool

    if isinstance(error, (*refusals, BrokenProcessPool)) or _is_own(error):
        return str(error) or type(error).__name__
    if isinstance(error, MemoryError):
        return str(error) or "there is not enough memory"
    if isinstance(error, OSError):
        return f"{error.filename or 'file'}: {error.strerror or error or type(error).__name__}"
    return ""


def _is_own(error: Exception) -> bool:
    return any(kind.__module__.partition(".")[0] in _OWN for kind in type(error).__mro__)


def _fault(error: Exception) -> str:
    import traceback

    if os.environ.get("TRANSFER_CLAIMS_TRACEBACK"):
        _write("".join(traceback.format_exception(error)))
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).parts[-2:-1] != ("commands",)]
    place = (own or frames)[-1:]
    at = "".join(f", {Path(one.filename).name} line {one.lineno}" for one in place)
    return (
        f"this is a fault of the program, please report it ({type(error).__name__}: {error}{at};"
        " TRANSFER_CLAIMS_TRACEBACK=1 shows more)"
    )


#: Characters of what is told.
_LONGEST = 1000


def _tell(line: str) -> None:
    _write(f"transfer-claims: {one_line(line, _LONGEST)}\n")


def _write(text: str) -> None:
    """To standard error, where there is one."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        _discard(sys.stderr)


def _replace_what_cannot_be_encoded() -> None:
    """In a narrow encoding a table loses its symbols, not the run its verdict."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _flushed(code: int) -> int:
    """The exit code once everything is written; else Python would find out when it is too late."""
    if code == BROKEN_PIPE:
        _discard(sys.__stdout__)
        return code
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        _discard(sys.__stdout__)
        if _is_broken_pipe(error):
            return BROKEN_PIPE
        if code != CANNOT_RUN:  # else it has been told why, and this is what was left to write
            _tell(f"standard output: {error.strerror or error}")
        return CANNOT_RUN
    return code


def _discard(stream: object) -> None:
    """What is left in a stream that nobody takes goes nowhere."""
    try:
        number = stream.fileno()  # type: ignore[attr-defined]
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)
    except (OSError, ValueError, AttributeError):
        return

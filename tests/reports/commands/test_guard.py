"""The edge of the command line: only what a command returns is ever exit code 1."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool

import pytest
import typer

from claims.core.catalogue import UnknownClaimError
from reports.commands import guard

MAIN = "from reports.commands.entry import main; main()"


def start(*arguments, **options):
    command = [sys.executable, "-c", options.pop("code", MAIN), *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, **options)


def left(start, capsys, *refusals):
    """Exit code and standard error."""
    with pytest.raises(SystemExit) as exit_:
        guard.run(start, *refusals)
    return exit_.value.code, capsys.readouterr().err


def raises(error):
    def start():
        raise error

    return start


@pytest.mark.parametrize("code", [0, 1, 2, None])
def test_what_a_command_returns(code, capsys):
    assert left(lambda: code, capsys) == (code or 0, "")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UnknownClaimError("claim = 0:\nno such id"), "claim = 0: no such id"),
        (BrokenProcessPool("a process died"), "a process died"),
        (MemoryError(), "there is not enough memory"),
        (OSError(28, "No space left on device", "file"), "file: No space left on device"),
        (
            typer.BadParameter("--a is wrong."),
            "Invalid value: --a is wrong. See: transfer-claims --help",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_refusal_is_one_line(error, said, capsys):
    assert left(raises(error), capsys) == (2, f"transfer-claims: {said}\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["stability", "--runs", "0"], "equal to 1 (given: '0'). See: transfer-claims stability"),
        (["stability", "--runs=-7"], "equal to 1 (given: '-7'). See: transfer-claims stability"),
        (["attack", "x", "--minutes", "few"], "a number (given: 'few')."),
        (["verify", "--profile", "slow"], "'slow' is not one of"),
        (["stability", "--runs"], "requires an argument. See: transfer-claims --help"),
        (["nonsense"], "No such command 'nonsense'. See: transfer-claims --help"),
        (["cifar", "nonsense"], "See: transfer-claims cifar --help"),
        (["show"], "See: transfer-claims show --help"),
    ],
    ids=str,
)
def test_a_usage_error_names_the_value_and_its_commands_help(arguments, said):
    process = start(*arguments)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said in err.decode()


@pytest.mark.parametrize("error", [ValueError("odd"), RecursionError("deep"), ZeroDivisionError()])
def test_a_fault_is_one_line(error, capsys, monkeypatch):
    """That says where; all of it for whoever asks."""
    code, err = left(raises(error), capsys)
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("transfer-claims: this is a fault")
    assert f"{type(error).__name__}: {error}, test_guard.py line " in err
    monkeypatch.setenv("TRANSFER_CLAIMS_TRACEBACK", "1")
    code, err = left(raises(error), capsys)
    assert code == 2
    assert "Traceback" in err
    assert err.splitlines()[-1].startswith("transfer-claims: this is a fault")


def test_a_refusal_of_a_module_that_is_run(capsys):
    """Whose exceptions are those of `__main__`."""
    assert left(raises(KeyError("x")), capsys, KeyError) == (2, "transfer-claims: 'x'\n")


@pytest.mark.parametrize("code", [0, 1, "text", None])
def test_no_library_decides(code, capsys):
    assert left(raises(SystemExit(code)), capsys)[0] == 2


SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
if hasattr(signal, "SIGHUP"):
    SIGNALS.append((signal.SIGHUP, 129))


@pytest.mark.parametrize("error", [ValueError("\x1b[2J\n\x9b31m"), OSError(2, "\x07", "\u202ex")])
def test_nothing_steers_the_terminal(error, capsys):
    _, err = left(raises(error), capsys)
    assert err.removesuffix("\n").isprintable()


def test_a_message_without_end(capsys):
    _, err = left(raises(UnknownClaimError("x" * 10**6)), capsys)
    assert len(err) < 1200


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_signals(number, code, capsys):
    before = signal.getsignal(signal.SIGTERM)
    said = "transfer-claims: interrupted; what was finished is kept\n"
    assert left(lambda: os.kill(os.getpid(), number), capsys) == (code, said)
    assert signal.getsignal(signal.SIGTERM) is before


# As processes -------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["--help"], ["--version"]])
def test_a_closed_pipe(arguments, tmp_path):
    """Not a verdict, and nothing on standard error."""
    reader, writer = os.pipe()
    process = start(*arguments, stdout=writer, cwd=tmp_path)
    os.close(writer)
    os.close(reader)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (141, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["--version"]])
def test_a_full_disk(arguments, unbuffered, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        process = start(*arguments, stdout=full, cwd=tmp_path)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert err.startswith(b"transfer-claims: ")
    assert err.count(b"\n") == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize("arguments", [["list"], ["show", "theorem-4.3.error-upper"], ["-h"]])
def test_a_narrow_encoding(encoding, arguments, tmp_path):
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    process = start(*arguments, stdout=subprocess.PIPE, cwd=tmp_path, env=environment)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, b"")
    assert out.decode(encoding)


def test_json_is_the_same_in_every_encoding(tmp_path):
    records = []
    for encoding in ("ascii", "utf-8", "utf-16"):
        environment = os.environ | {"PYTHONIOENCODING": encoding}
        process = start("list", "--json", stdout=subprocess.PIPE, cwd=tmp_path, env=environment)
        out, _ = process.communicate(timeout=120)
        records.append(json.loads(out.decode(encoding)))
    assert records[0] == records[1] == records[2]
    assert any("τ" in claim["title"] for claim in records[0])


def test_standard_error_that_nobody_reads(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-c", MAIN, "show", "nonsense"]
    process = subprocess.Popen(command, stderr=writer, stdout=subprocess.PIPE, cwd=tmp_path)
    os.close(writer)
    process.communicate(timeout=120)
    assert process.returncode == 2


def test_an_installation_that_is_broken(tmp_path):
    """Even an import that fails is exit code 2."""
    code = (
        "import sys; sys.modules['typer'] = None; from reports.commands.entry import main; main()"
    )
    process = start("list", code=code, stdout=subprocess.PIPE, cwd=tmp_path)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert b"typer" in err

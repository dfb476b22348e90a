"""Faults from outside: two runs at once, Ctrl-C, a killed worker, a full disk, a folder that cannot
be written. One clear line, and the ledger whole.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from claims.core.catalogue import find
from claims.core.profile import PROFILES
from claims.core.status import Status
from claims.deciding.verdict import Verdict
from reports.commands import entry
from reports.ledger import ledger
from reports.ledger.ledger import Ledger, LedgerError
from reports.pytest_plugin import PROPERTY
from reports.studies import deciding
from reports.studies.verify import decide

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[3]
NOBODY = 65534


@pytest.fixture(scope="module")
def book():
    """A ledger of some length."""
    found = [
        decide(find(name), PROFILES["quick"])
        for name in (
            "e5.scratch",
            "b5.lower",
            "gamma-printed.dimensionless",
            "e5.scratch!off-by-one",
        )
    ]
    return Ledger({}).updated(found)


@pytest.fixture
def path(book, tmp_path):
    """A ledger that is already there."""
    ledger.write(book, path := tmp_path / "folder" / "ledger.jsonl")
    return path


@pytest.fixture
def verify(monkeypatch, capsys, tmp_path, book):
    """Run `transfer-claims verify` on a claim that is decided without a worker: exit code, standard
    output, standard error.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        deciding,
        "decide_all",
        lambda ids, profile, workers, verdicts, workspace, tick: verdicts.extend(
            deciding.decide_by_ids(ids, profile, workspace)
        ),
    )

    def call(path, *claims):
        monkeypatch.setattr(
            sys,
            "argv",
            ["transfer-claims", "verify", *claims, "--profile", "quick", "--ledger", str(path)],
        )
        with pytest.raises(SystemExit) as left:
            entry.main()
        return left.value.code or 0, *capsys.readouterr()

    return call


def refused(code, out, err):
    """Exit 2 and one line on standard error; the line."""
    assert (code, out, err.count("\n")) == (2, "", 1), err[-800:]
    assert err.startswith("transfer-claims: ")
    return err.strip()


def beside(path):
    """What lies in the ledger's folder besides it and its lock."""
    return {file.name for file in path.parent.iterdir()} - {path.name, f".{path.name}.lock"}


def start(code, *arguments, **options):
    """A process of its own, in a session of its own; one thread."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "TRANSFER_CLAIMS_"))
    } | {"OMP_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    streams = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
        "start_new_session": True,
    }
    options["preexec_fn"] = lambda: signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a run in the background may have inherited that it is ignored
    return subprocess.Popen(command, env=environment, **streams, **options)


def wait_for(condition, process, seconds=150.0):
    """Until it holds; the process must not end before."""
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


# Two runs at once ---------------------------------------------------------------------------------

WRITER = """
import sys, time
from dataclasses import replace
from pathlib import Path
from reports.ledger import ledger
path, me, many = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
made = ledger.read(path).verdicts["e5.scratch"]
path.with_name("ready-" + me).touch()
while not path.with_name("go").exists():
    time.sleep(0.005)
for k in range(many):
    ledger.update(path, [replace(made, claim=f"{me}.{k}{'!wrong' if k % 4 == 3 else ''}")])
"""


def test_two_writers_and_a_reader(path):
    """Nothing that either wrote is lost, and whoever reads meanwhile finds a whole ledger that only
    grows.
    """
    many, before = 12, set(ledger.read(path).verdicts | ledger.read(path).mutants)
    writers = [start(WRITER, path, me, many) for me in ("a", "b")]
    for writer, me in zip(writers, ("a", "b"), strict=True):
        wait_for(path.with_name(f"ready-{me}").exists, writer)
    path.with_name("go").touch()
    sizes = []
    while any(writer.poll() is None for writer in writers):
        sizes.append(len(ledger.read(path).verdicts))  # raises where it is not whole
        time.sleep(0.01)
    for writer in writers:
        _, err = writer.communicate()
        assert writer.returncode == 0, err
    kept = ledger.read(path)
    names = {f"{me}.{k}{'!wrong' if k % 4 == 3 else ''}" for me in "ab" for k in range(many)}
    assert names == set(kept.verdicts | kept.mutants) - before
    assert before <= set(kept.verdicts | kept.mutants)
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 3  # it did read while they wrote
    assert beside(path) == {"go", "ready-a", "ready-b"}


def test_a_lock_that_is_held(path, book, monkeypatch):
    """Another run that never ends: one sentence, after some patience, and nothing is written."""
    monkeypatch.setattr(ledger, "_PATIENCE", 0.2)
    before, begun = path.read_bytes(), time.monotonic()
    with (
        FileLock(path.with_name(f".{path.name}.lock")),
        pytest.raises(
            LedgerError, match=r"ledger\.jsonl: another run has held its lock for 0\.2 s"
        ),
    ):
        ledger.update(path, book.verdicts.values())
    assert 0.2 <= time.monotonic() - begun < 10
    assert path.read_bytes() == before
    ledger.update(
        path, [replace(book.verdicts["e5.scratch"], entropy=7)]
    )  # control: the lock is free again
    assert ledger.read(path).verdicts["e5.scratch"].entropy == 7


def shown_but_not_kept(code, out, err):
    """Exit 2 and one line; what was decided is on the screen, though it could not be written. The
    line.
    """
    assert (code, err.count("\n")) == (2, 1), err[-800:]
    assert "e5.scratch" in out
    return err.strip()


def test_verify_under_a_lock(verify, path, monkeypatch):
    monkeypatch.setattr(ledger, "_PATIENCE", 0.1)
    before = path.read_bytes()
    with FileLock(path.with_name(f".{path.name}.lock")):
        assert "another run has held its lock" in shown_but_not_kept(*verify(path, "e5.scratch"))
    assert path.read_bytes() == before


def test_a_lock_left_behind(verify, path):
    """By a run that was killed: its file is no lock."""
    path.with_name(f".{path.name}.lock").touch()
    assert verify(path, "e5.scratch")[0] == 0


# Cut short ----------------------------------------------------------------------------------------

#: `verify`, which makes a file once the first family of claims is decided and kept.
VERIFY = """
import sys
from pathlib import Path
from reports.commands.entry import main
from reports.studies import deciding
marker, real = Path(sys.argv.pop(1)), deciding.as_completed
def marked(running):
    for future in real(running):
        yield future
        marker.touch()
deciding.as_completed = marked
main()
"""
#: One that is decided in no time beside one that takes minutes.
QUICK, LONG = "e5.scratch", "m1.orders.tau-D"


finds_workers = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="finds the workers in /proc"
)


def workers_of(parent):
    """Processes that a process started to decide claims."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat, command = (folder / "stat").read_text(), (folder / "cmdline").read_text()
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == parent and "spawn_main" in command:
            found.append(int(folder.name))
    return found


@pytest.mark.parametrize("fault", ["Ctrl-C", "SIGTERM", "a worker is killed"])
@finds_workers
def test_cut_short(path, tmp_path, fault):
    """What was finished is kept beside what was there, in a whole ledger; one line says what
    happened; no process stays.
    """
    before, marker = ledger.read(path), tmp_path / "decided"
    run = start(
        VERIFY,
        marker,
        "verify",
        LONG,
        QUICK,
        "--workers",
        "2",
        "--entropy",
        "3",
        "--ledger",
        path,
        cwd=tmp_path,
    )
    try:
        wait_for(marker.exists, run)
        workers = workers_of(run.pid)
        assert workers
        if fault == "Ctrl-C":
            os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to every process of the run
        elif fault == "SIGTERM":
            os.kill(run.pid, signal.SIGTERM)  # as a scheduler does: to the parent alone
        else:
            os.kill(workers[0], signal.SIGKILL)
        out, err = run.communicate(timeout=150)
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.communicate()
    expected = {"Ctrl-C": 130, "SIGTERM": 143}.get(fault, 2)
    assert run.returncode == expected
    said = refused(2, out, err)
    assert (
        "interrupted; what was finished is kept"
        if fault in ("Ctrl-C", "SIGTERM")
        else "terminated abruptly"
    ) in said
    kept = ledger.read(path)
    assert (
        kept.verdicts[QUICK].entropy,
        kept.verdicts[QUICK].profile,
        kept.verdicts[QUICK].status,
    ) == (3, "ci", Status.VERIFIED)
    assert LONG not in kept.verdicts
    assert {name: v for name, v in kept.verdicts.items() if name != QUICK} == {
        name: v for name, v in before.verdicts.items() if name != QUICK
    }
    assert kept.mutants == before.mutants
    assert beside(path) == set()
    assert still_there(workers) == []


def still_there(workers):
    """Of these processes, those that have not ended."""
    return [
        pid
        for pid in workers
        if (Path("/proc") / str(pid)).exists()
        and "spawn_main" in (Path("/proc") / str(pid) / "cmdline").read_text()
    ]


@finds_workers
def test_workers_do_not_outlive_a_parent_that_is_killed(path, tmp_path):
    """Not even where it had no time to end them."""
    marker = tmp_path / "decided"
    run = start(
        VERIFY, marker, "verify", LONG, QUICK, "--workers", "2", "--ledger", path, cwd=tmp_path
    )
    try:
        wait_for(marker.exists, run)
        workers = workers_of(run.pid)
        assert workers
        run.kill()
        run.communicate(timeout=150)
        until = time.monotonic() + 60
        while still_there(workers) and time.monotonic() < until:
            time.sleep(0.1)
        assert still_there(workers) == []
    finally:
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)


# A full disk --------------------------------------------------------------------------------------


@contextmanager
def small_disk(folder):
    """A file system of 64 KiB; skips where none may be mounted."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(file):
    """Until there is no room left."""
    with file.open("wb", buffering=0) as filler:
        while filler.write(b"x" * 4096):
            pass


def test_full_disk(verify, book, tmp_path):
    """A real one: exit 2, one line that says why, the old ledger whole, nothing beside it; and with
    room again, it works.
    """
    (disk := tmp_path / "disk").mkdir()
    with small_disk(disk):
        ledger.write(book, path := disk / "ledger.jsonl")
        before = path.read_bytes()
        with pytest.raises(OSError, match="No space left"):
            fill(disk / "filler")
        assert "No space left on device" in shown_but_not_kept(*verify(path, "e5.scratch"))
        assert path.read_bytes() == before
        assert beside(path) == {"filler"}
        (disk / "filler").unlink()
        assert verify(path, "e5.scratch")[0] == 0


LIMITED = """
import resource, signal, sys
from reports.commands.entry import main
from reports.studies import deciding
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = int(sys.argv.pop(1))
def decide_all(ids, profile, workers, verdicts, workspace, tick):
    verdicts.extend(deciding.decide_by_ids(ids, profile, workspace))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
deciding.decide_all = decide_all
main()
"""


def test_no_room_for_a_whole_ledger(path, tmp_path):
    """The kernel refuses to let any file grow beyond a limit that the old ledger is already past:
    the same.
    """
    before = path.read_bytes()
    run = start(
        LIMITED,
        len(before) // 2,
        "verify",
        "e5.scratch",
        "--profile",
        "quick",
        "--entropy",
        "3",
        "--ledger",
        path,
        cwd=tmp_path,
    )
    out, err = run.communicate(timeout=150)
    assert "File too large" in shown_but_not_kept(run.returncode, out, err)
    assert path.read_bytes() == before
    assert beside(path) == set()


# Folders that cannot be written -------------------------------------------------------------------


def test_folder_is_a_file(verify, tmp_path):
    (tmp_path / "file").write_text("")
    assert "file" in refused(*verify(tmp_path / "file" / "ledger.jsonl", "e5.scratch"))
    assert (tmp_path / "file").read_text() == ""


@contextmanager
def read_only():
    """A folder that this process may read and not write."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        ledger.write(Ledger({}), folder / "ledger.jsonl")
        folder.chmod(0o555)
        root = os.geteuid() == 0
        if root:  # whom no mode stops
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o700)


@pytest.mark.skipif(sys.platform != "linux", reason="root gives up its rights the Linux way")
@pytest.mark.parametrize("name", ["ledger.jsonl", "new/ledger.jsonl"])
def test_read_only_folder(verify, monkeypatch, name, book):
    """One line that says why and names where; nothing changes."""
    monkeypatch.setattr(
        deciding,
        "decide_all",
        lambda ids, profile, workers, verdicts, workspace, tick: verdicts.extend(
            book.verdicts.values()
        ),
    )
    with read_only() as folder:
        said = refused(*verify(folder / name, "e5.scratch"))
        assert "Permission denied" in said
        assert str(folder) in said
        assert sorted(file.name for file in folder.iterdir()) == ["ledger.jsonl"]
        assert ledger.read(folder / "ledger.jsonl") == Ledger({})


# JUnit --------------------------------------------------------------------------------------------


def test_junit(pytester):
    """A run of the theory tier, by the project's own configuration, as XML that other tools read:
    the claim's test, and its verdict with it.
    """
    tmp_path = pytester.path
    chosen = (
        "-c",
        ROOT / "pyproject.toml",
        "--rootdir",
        ROOT,
        ROOT / "tests" / "theory",
        "-m",
        "theory",
        "-k",
        "e5.scratch or b5.lower",
    )
    options = (
        "--claims-profile",
        "quick",
        "-p",
        "no:cacheprovider",
        "--ledger",
        tmp_path / "ledger.jsonl",
        "--junitxml",
        tmp_path / "junit.xml",
    )
    assert pytester.runpytest_inprocess(*chosen, *options).ret == 0
    suite = ET.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert (suite.get("failures"), suite.get("errors"), suite.get("tests")) == (
        "0",
        "0",
        str(len(cases)),
    )
    kept = ledger.read(tmp_path / "ledger.jsonl").verdicts
    assert {"e5.scratch", "b5.lower"} <= set(kept)
    assert {f"test_verdict[{name}]" for name in kept} == set(cases)
    for name, verdict in kept.items():
        (value,) = [
            p.get("value")
            for p in cases[f"test_verdict[{name}]"].iter("property")
            if p.get("name") == PROPERTY
        ]
        assert Verdict.from_dict(json.loads(value)) == verdict

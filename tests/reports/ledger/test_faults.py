"""Faults from outside: two runs at once, a full disk, a folder that cannot be written. One clear
line, and the ledger whole.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from processes import beside, refused, shown_but_not_kept, start, wait_for

from claims.core.status import Status
from reports.ledger import ledger
from reports.ledger.ledger import Ledger, LedgerError
from reports.studies import deciding

NOBODY = 65534


# Two runs at once ---------------------------------------------------------------------------------

WRITER = """
import sys, time
from dataclasses import replace
from pathlib import Path
from claims.core.status import Status
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
    before = path.read_bytes()
    with (
        FileLock(path.with_name(f".{path.name}.lock")),
        pytest.raises(
            LedgerError, match=r"ledger\.jsonl: another run has held its lock for 0\.2 s"
        ),
    ):
        ledger.update(path, book.verdicts.values())
    assert path.read_bytes() == before
    ledger.update(
        path, [replace(book.verdicts["e5.scratch"], entropy=7)]
    )  # control: the lock is free again
    assert ledger.read(path).verdicts["e5.scratch"].entropy == 7


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


def test_counterexamples_cannot_be_kept(verify, tmp_path):
    """The verdict can: it is in the ledger, and is printed."""
    (tmp_path / "failures").write_text("")
    done = verify(tmp_path / "ledger.jsonl", "gamma-printed.dimensionless")
    assert "failures" in shown_but_not_kept(*done, shown="falsified")
    kept = ledger.read(tmp_path / "ledger.jsonl").verdicts["gamma-printed.dimensionless"]
    assert kept.status is Status.FALSIFIED


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

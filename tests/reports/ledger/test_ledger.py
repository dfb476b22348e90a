"""The ledger: what is written is what is read, in the catalogue's order, whole or not at all;
anything else is refused in one sentence.
"""

import errno
import json
import math
import os
from datetime import datetime, timedelta

import pytest
from ledgers import verdict

from claims.core.catalogue import catalogue
from claims.core.status import Status
from claims.deciding.budget import RUN_BUDGET
from reports.ledger import ledger
from reports.ledger.ledger import (
    FORMAT,
    VERSION,
    Ledger,
    LedgerError,
    read,
    update,
    versions,
    write,
)

BOOK = Ledger({}).updated(
    [
        verdict(),
        verdict("e5.scratch!off-by-one", Status.FALSIFIED),
        verdict("e5.scratch", Status.FALSIFIED, counterexample={"regime": None, "root": 0}),
        verdict("theorem-4.3.convergence"),
    ]
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "some" / "folder" / "ledger.jsonl"


# Round trip ---------------------------------------------------------------------------------------


def test_round_trip(path):
    write(BOOK, path)
    assert read(path) == BOOK
    first = path.read_text()
    write(read(path), path)
    assert path.read_text().splitlines()[1:] == first.splitlines()[1:]


def test_written_and_versions(path):
    """When, and by what, is read back too, and stays when verdicts are replaced."""
    write(BOOK, path)
    book = read(path)
    assert datetime.fromisoformat(book.written).utcoffset() == timedelta(0)
    assert book.versions == versions()
    assert {
        "python",
        "torch",
        "numpy",
        "numba",
        "scipy",
        "sympy",
        "hypothesis",
        "transfer-claims",
    } == set(book.versions)
    assert (BOOK.written, BOOK.versions) == ("", {})


def test_absent_is_empty(path):
    assert read(path) == Ledger({})


def test_empty_round_trip(path):
    write(Ledger({}), path)
    assert read(path) == Ledger({})


@pytest.mark.parametrize("margin", [math.inf, -math.inf, math.nan, None])
def test_margin_without_bound(path, margin):
    """JSON has no infinity: it becomes none, and the file stays JSON."""
    write(Ledger({}).updated([verdict(worst_margin=margin)]), path)
    assert read(path).verdicts["e1.step"].worst_margin is None
    write(Ledger({}).updated([verdict(points=[{"margin": margin, "across": 1.0}])]), path)
    assert read(path).verdicts["e1.step"].points == [{"margin": None, "across": 1.0}]
    assert not {"NaN", "Infinity"} & set(path.read_text().replace(",", " ").split())


@pytest.mark.parametrize("status", Status)
def test_every_status(path, status):
    write(Ledger({}).updated([verdict(status=status)]), path)
    assert read(path).verdicts["e1.step"].status is status


def test_file(path):
    """JSON lines: a header that sums up, then a verdict a line with its settled status."""
    write(BOOK, path)
    header, *records = map(json.loads, path.read_text().splitlines())
    assert (header["format"], header["version"]) == (FORMAT, VERSION)
    assert header["networks"] == BOOK.networks == 3 * 192
    assert header["false_alarm"] == BOOK.false_alarm == pytest.approx(3e-8)
    assert header["false_alarm_budget"] == RUN_BUDGET
    assert header["versions"] == versions()
    assert [record["claim"] for record in records] == [
        *BOOK.verdicts,
        "e5.scratch!off-by-one",
    ]  # planted versions last
    assert [record["settled"] for record in records] == [
        *(status.value for status in BOOK.statuses.values()),
        "falsified",
    ]


# Merging ------------------------------------------------------------------------------------------


def test_merged_order_is_the_catalogue_s():
    ids = [*catalogue(), "no.longer.a.claim"]
    book = Ledger({}).updated(map(verdict, reversed(ids)))
    assert list(book.verdicts) == ids
    assert (
        list(Ledger({}).updated(map(verdict, ids[::2])).updated(map(verdict, ids[1::2])).verdicts)
        == ids
    )


def test_newer_replaces_older():
    newer = verdict(status=Status.INCONCLUSIVE, seconds=9.0)
    book = BOOK.updated([newer])
    assert book.verdicts == BOOK.verdicts | {"e1.step": newer}
    assert BOOK.verdicts["e1.step"].status is Status.VERIFIED  # a new ledger, the old one as it was


def test_planted_versions_stand_apart():
    """By `CLAIM!VERSION`: in no count of the paper's own statements, replaced like these, in the
    catalogue's order.
    """
    planted = [
        verdict(name, Status.FALSIFIED, level=1e-7)
        for name in ("e6.gram!x", "e5.scratch!perturbed", "e5.scratch!off-by-one")
    ]
    book = BOOK.updated(planted)
    assert book.verdicts == BOOK.verdicts
    assert (book.networks, book.false_alarm, book.statuses) == (
        BOOK.networks,
        BOOK.false_alarm,
        BOOK.statuses,
    )
    assert list(book.mutants) == ["e5.scratch!off-by-one", "e5.scratch!perturbed", "e6.gram!x"]
    assert book.mutants["e5.scratch!off-by-one"] == planted[2]
    assert (
        book.updated([verdict("e5.scratch!off-by-one")]).mutants["e5.scratch!off-by-one"].status
        is Status.VERIFIED
    )


def test_update_keeps_what_is_there(path):
    """Of another run, planted versions too."""
    update(path, [verdict("e5.scratch"), verdict("e5.scratch!off-by-one", Status.FALSIFIED)])
    book = update(path, [verdict("e1.step"), verdict("e5.scratch", Status.INCONCLUSIVE)])
    assert book == read(path)
    assert ({name: v.status for name, v in book.verdicts.items()}, list(book.mutants)) == (
        {"e1.step": Status.VERIFIED, "e5.scratch": Status.INCONCLUSIVE},
        ["e5.scratch!off-by-one"],
    )


def test_blocked():
    """Settled when read, never stored: once the statement below stands again, so does this one."""
    base, above = verdict("e1.step", Status.FALSIFIED), verdict("e1.trajectory")
    book = Ledger({}).updated([base, above])
    assert book.statuses == {"e1.step": Status.FALSIFIED, "e1.trajectory": Status.BLOCKED}
    assert book.verdicts["e1.trajectory"].status is Status.VERIFIED
    assert book.updated([verdict("e1.step")]).statuses["e1.trajectory"] is Status.VERIFIED


def test_blocked_is_written_beside_what_was_seen(path):
    write(
        Ledger({}).updated([verdict("e1.step", Status.FALSIFIED), verdict("e1.trajectory")]), path
    )
    record = json.loads(path.read_text().splitlines()[2])
    assert (record["status"], record["settled"]) == ("verified", "blocked")
    assert read(path).statuses["e1.trajectory"] is Status.BLOCKED


# Refused ------------------------------------------------------------------------------------------

HEADER = json.dumps(
    {"format": FORMAT, "version": VERSION, "written": "2026-01-01T00:00:00+00:00", "versions": {}}
)
RECORD = verdict().to_dict()
HOSTILE = {
    "empty": b"",
    "blank": b"\n\n",
    "not UTF-8": b"\xff\xfe\x00",
    "not JSON": b"ledger",
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "no header": json.dumps(RECORD).encode(),
    "another format": b'{"format": "some-other", "version": 1}',
    "a later version": json.dumps({"format": FORMAT, "version": VERSION + 1}).encode(),
    "an earlier version": json.dumps({"format": FORMAT, "version": VERSION - 1}).encode(),
    "no time": json.dumps({"format": FORMAT, "version": VERSION, "versions": {}}).encode(),
    "no versions": json.dumps({"format": FORMAT, "version": VERSION, "written": ""}).encode(),
    "versions is a list": (
        json.dumps({"format": FORMAT, "version": VERSION, "written": "", "versions": []}).encode()
    ),
    "no version": json.dumps({"format": FORMAT}).encode(),
    "blank line": f"{HEADER}\n\n{json.dumps(RECORD)}\n".encode(),
    "verdict is a list": f"{HEADER}\n[]\n".encode(),
    "verdict is null": f"{HEADER}\nnull\n".encode(),
    "verdict is empty": f"{HEADER}\n{{}}\n".encode(),
    "unknown status": f"{HEADER}\n{json.dumps(RECORD | {'status': 'probably'})}\n".encode(),
    "status is a list": f"{HEADER}\n{json.dumps(RECORD | {'status': []})}\n".encode(),
    "claim is a list": f"{HEADER}\n{json.dumps(RECORD | {'claim': []})}\n".encode(),
    "unknown field": f"{HEADER}\n{json.dumps(RECORD | {'mood': 'fine'})}\n".encode(),
    "nested deep": f"{HEADER}\n{'[' * 10**5}\n".encode(),
    "a number of 5000 digits": f"{HEADER}\n{'7' * 5000}\n".encode(),
    "networks is a word": f"{HEADER}\n{json.dumps(RECORD | {'networks': 'many'})}\n".encode(),
    "worst margin is a word": (
        f"{HEADER}\n{json.dumps(RECORD | {'worst_margin': 'small'})}\n".encode()
    ),
    "points is a number": f"{HEADER}\n{json.dumps(RECORD | {'points': 1})}\n".encode(),
    "a point is a word": (
        f"{HEADER}\n{json.dumps(RECORD | {'points': [{'margin': 'small'}]})}\n".encode()
    ),
    "seconds is NaN": f"{HEADER}\n{json.dumps(RECORD | {'seconds': math.nan})}\n".encode(),
    "counterexample is a number": (
        f"{HEADER}\n{json.dumps(RECORD | {'counterexample': 1})}\n".encode()
    ),
} | {
    f"no {name}": (
        f"{HEADER}\n{json.dumps({k: v for k, v in RECORD.items() if k != name})}\n".encode()
    )
    for name in RECORD
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile(path, content):
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(LedgerError) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder(tmp_path):
    with pytest.raises(LedgerError, match="cannot be read"):
        read(tmp_path)


def test_truncated(path):
    """Cut anywhere within a line."""
    write(BOOK, path)
    whole = path.read_bytes()
    for cut in range(0, len(whole), 37):
        if b"\n" in whole[max(cut - 1, 0) : cut + 1]:
            continue  # between two lines: a shorter ledger, which nothing tells from a whole one
        path.write_bytes(whole[:cut])
        with pytest.raises(LedgerError):
            read(path)


# Written whole ------------------------------------------------------------------------------------


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_full_disk(path, monkeypatch, failing):
    """The old file stays, byte for byte, and nothing is left beside it."""
    write(BOOK, path)
    before = path.read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    with pytest.raises(OSError, match="No space left"):
        write(BOOK.updated([verdict("e6.gram")]), path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_full_disk_at_the_first_write(path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(BOOK, path)
    assert list(path.parent.iterdir()) == []


def test_interrupted_write(path, monkeypatch):
    """Ctrl-C too."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(BOOK, path)
    assert list(path.parent.iterdir()) == []


def test_folder_is_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"file"):
        write(BOOK, tmp_path / "file" / "ledger.jsonl")


def test_default_is_where_the_design_says():
    assert ledger.DEFAULT.parts[-1] == "ledger.jsonl"

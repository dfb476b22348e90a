"""Journals: no record is lost or trusted that should not be, whoever else writes and wherever the
file was cut off.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reports.ledger import journal
from reports.ledger.journal import JournalError, opened

HEADER = {"format": "test", "version": 1, "sizes": (2, 3)}
RECORDS = [{"point": 0, "error": 0.25}, {"point": 1, "error": None}, {"point": 2, "error": 1e-300}]


def check(record):
    if not isinstance(record, dict) or set(record) != {"point", "error"}:
        raise ValueError("a record has point and error")
    return record


@pytest.fixture
def path(tmp_path):
    """A journal of three records."""
    with opened(path := tmp_path / "folder" / "records.jsonl", HEADER, check) as kept:
        assert kept.records == []
        kept.append(RECORDS[:1])
        kept.append(RECORDS[1:])
    return path


def held(path, header=HEADER, **options):
    with opened(path, header, check, **options) as kept:
        return kept.records


def test_records_survive(path):
    """Whole lines, a header first; what is added later comes after."""
    assert held(path) == RECORDS
    with opened(path, HEADER, check) as kept:
        kept.append([{"point": 3, "error": 0.5}])
        kept.append([])
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        HEADER | {"sizes": [2, 3]},
        *RECORDS,
        {"point": 3, "error": 0.5},
    ]
    assert {file.name for file in path.parent.iterdir()} <= {"records.jsonl", ".records.jsonl.lock"}


def test_records_are_on_the_disk_once_appended(path, monkeypatch):
    """Seen by whoever opens the file, and flushed from the system's memory, before `append` comes
    back.
    """
    synced = []
    monkeypatch.setattr(journal.os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    with opened(path, HEADER, check) as kept:
        kept.append([{"point": 3, "error": 0.5}])
        assert synced == [path.stat().st_size]
        assert path.read_bytes().endswith(b'{"point": 3, "error": 0.5}\n')


KILLED = """
import os, signal, sys
from pathlib import Path
from reports.ledger.journal import opened
with opened(Path(sys.argv[1]), {"format": "test"}, dict) as kept:
    kept.append([{"point": 0}])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def process(code, *arguments, **options):
    """A process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], cwd=Path(__file__).parents[3], **options
    )


def test_records_survive_a_killed_run(tmp_path):
    """Whose lock does not stay."""
    assert process(KILLED, tmp_path / "records.jsonl").wait(60) == -9
    with opened(tmp_path / "records.jsonl", {"format": "test"}, dict) as kept:
        assert kept.records == [{"point": 0}]


# Cut off ------------------------------------------------------------------------------------------


def test_cut_off_anywhere(path):
    """What was whole is kept; what was not is dropped from the file, so that the next record begins
    a line.
    """
    whole = path.read_bytes()
    for end in range(len(whole) + 1):
        path.write_bytes(whole[:end])
        lines = whole[:end].count(b"\n")
        assert held(path) == RECORDS[: max(0, lines - 1)]
        assert path.read_bytes() == b"".join(whole.splitlines(keepends=True)[: max(1, lines)])


def test_goes_on_after_a_cut(path):
    path.write_bytes(path.read_bytes()[:-5])
    with opened(path, HEADER, check) as kept:
        kept.append(RECORDS[2:])
    assert held(path) == RECORDS


# Whose records they are ---------------------------------------------------------------------------

FOREIGN = {
    "another header": (
        b'{"format": "test", "version": 2, "sizes": [2, 3]}\n{"point": 0, "error": 0.5}\n'
    ),
    "no header": b'{"point": 0, "error": 0.5}\n',
    "a word": b"hello\n",
    "a word without its end": b"hello",
    "a blank line": b"\n",
    "nothing that is text": b"\xff\x00\n",
    "nested deep": b"[" * 10**5 + b"\n",
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_refused(path, content):
    """And stays as it is."""
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"records\.jsonl: holds something else") as caught:
        held(path)
    assert (caught.value.path, path.read_bytes()) == (path, content)


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_begun_anew(path, content):
    path.write_bytes(content)
    assert held(path, anew=True) == []
    with opened(path, HEADER, check, anew=True) as kept:
        kept.append(RECORDS)
    assert held(path, anew=True) == RECORDS


@pytest.mark.parametrize("anew", [False, True])
def test_a_header_is_what_it_says(path, anew):
    """However it is spaced, and in whatever order its fields come."""
    _, *records = path.read_text().splitlines()
    path.write_text("\n".join(['{"version":1,  "sizes":[2,3],"format":"test"}', *records, ""]))
    assert held(path, anew=anew) == RECORDS


# Damage -------------------------------------------------------------------------------------------

DAMAGED = {
    "no record": (b'{"point": 1}', r"line 3: a record has point and error"),
    "another kind": (b"[]", r"line 3: a record has point and error"),
    "not JSON": (b"{", r"line 3 must be JSON \("),
    "blank": (b"", r"line 3 must be JSON \("),
    "not UTF-8": (b'"\xff"', r"line 3 must be JSON \("),
    "nested deep": (b"[" * 10**5, r"line 3 must be JSON \(nested too deep\)"),
    "a separator that is no line's end": ('{"a": "\u2028"}'.encode(), r"line 3: a record has"),
}


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize(("line", "why"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_record(path, line, why, anew):
    """The file and the line are named, in one line; nothing is dropped, not even what was cut
    off.
    """
    first, second, _, *others = path.read_bytes().split(b"\n")
    path.write_bytes(before := b"\n".join([first, second, line, *others, b'{"point": 3, "er']))
    with pytest.raises(JournalError, match=rf"records\.jsonl: {why}") as caught:
        held(path, anew=anew)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_has_no_number_for(path, value):
    """Of what is added together, nothing is."""
    with opened(path, HEADER, check) as kept, pytest.raises(ValueError, match="JSON compliant"):
        kept.append([{"point": 3, "error": 0.5}, {"point": 4, "error": value}])
    assert held(path) == RECORDS


# Two at once --------------------------------------------------------------------------------------

HOLDER = """
import sys
from pathlib import Path
from reports.ledger.journal import opened
with opened(Path(sys.argv[1]), {"format": "test"}, dict) as kept:
    print("held", flush=True)
    sys.stdin.read()
    kept.append([{"point": 0}])
"""


def test_another_process_writes(tmp_path):
    """Refused at once, even where a foreign file would be begun anew; free again once that process
    is done.
    """
    path = tmp_path / "records.jsonl"
    with process(HOLDER, path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        before = path.read_bytes()
        for anew in (False, True):
            with pytest.raises(
                JournalError, match=r"^.*records\.jsonl: another run is writing it$"
            ):
                held(path, anew=anew)
        assert path.read_bytes() == before
        other.communicate(b"")
    assert other.returncode == 0
    with opened(path, {"format": "test"}, dict) as kept:
        assert kept.records == [{"point": 0}]


def test_a_lock_ends_with_what_it_was_for(path):
    """However that ended."""

    def interrupted():
        with opened(path, HEADER, check) as kept:
            with pytest.raises(JournalError, match="another run"):
                held(path)
            kept.append([{"point": 3, "error": 0.5}])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert held(path)[3:] == [{"point": 3, "error": 0.5}]


# What cannot be written ---------------------------------------------------------------------------


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        held(tmp_path / "file" / "records.jsonl")


def test_a_folder_in_its_place(tmp_path):
    with pytest.raises(IsADirectoryError):
        held(tmp_path)

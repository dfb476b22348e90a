"""What moved between two ledgers, and the command that tells it."""

import json
from dataclasses import replace
from functools import partial

import pytest
from summaries import MADE, book, verdict

from claims.core.status import Status
from reports.ledger import ledger
from reports.page.summary import Move, markdown, moves

OLD = book(
    {
        "e5.scratch": Status.VERIFIED,
        "e6.gram": Status.VERIFIED,
        "e5.scratch!off-by-one": Status.FALSIFIED,
    },
    constants={"a.C_1": 2.0},
)

MOVED = {
    "nothing": (OLD, []),
    "other seconds, margins and entropy": (
        OLD.updated(
            [
                verdict(
                    "e5.scratch", seconds=9.0, worst_margin=0.1, entropy=9, constants={"a.C_1": 2.0}
                )
            ]
        ),
        [],
    ),
    "a verdict": (
        OLD.updated([verdict("e6.gram", Status.FALSIFIED, constants={"a.C_1": 2.0})]),
        [Move("e6.gram", "verdict", "verified", "falsified")],
    ),
    "a constant": (
        OLD.updated([verdict("e6.gram", constants={"a.C_1": 2.5})]),
        [Move("e6.gram", "a.C_1", 2.0, 2.5)],
    ),
    "another constant": (
        OLD.updated([verdict("e6.gram", constants={"a.C_2": 3.0})]),
        [Move("e6.gram", "a.C_1", 2.0, None), Move("e6.gram", "a.C_2", None, 3.0)],
    ),
    "a claim more": (
        OLD.updated([verdict("e1.step", constants={"a.C_1": 2.0})]),
        [Move("e1.step", "verdict", None, "verified")],
    ),
    "a claim less": (
        replace(OLD, verdicts={"e5.scratch": OLD.verdicts["e5.scratch"]}),
        [Move("e6.gram", "verdict", "verified", None)],
    ),
    "a planted version": (
        OLD.updated(
            [verdict("e5.scratch!off-by-one", Status.INCONCLUSIVE, constants={"a.C_1": 9.0})]
        ),
        [Move("e5.scratch!off-by-one", "verdict", "falsified", "inconclusive")],
    ),
    "a planted version less": (
        replace(OLD, mutants={}),
        [Move("e5.scratch!off-by-one", "verdict", "falsified", None)],
    ),
}


@pytest.mark.parametrize(("new", "wanted"), MOVED.values(), ids=MOVED)
def test_moves(new, wanted):
    """Each once, and turned around the other way."""
    assert moves(OLD, new) == wanted
    assert {(m.claim, m.what, m.new, m.old) for m in moves(new, OLD)} == {
        (m.claim, m.what, m.old, m.new) for m in wanted
    }


def test_a_block_is_a_move():
    """A claim whose own verdict stands moves with the one that it uses."""
    old = book({"e1.step": Status.VERIFIED, "e1.trajectory": Status.VERIFIED})
    new = old.updated([verdict("e1.step", Status.FALSIFIED)])
    assert moves(old, new) == [
        Move("e1.step", "verdict", "verified", "falsified"),
        Move("e1.trajectory", "verdict", "verified", "blocked"),
    ]


def test_moves_of_a_whole_run():
    """Some 500 verdicts."""
    assert moves(MADE["everything"], MADE["every claim"]) == [
        Move(name, "verdict", "falsified", None) for name in MADE["everything"].mutants
    ]


@pytest.fixture
def report(run):
    """Run `transfer-claims report ARGUMENTS` in an empty folder: exit code, standard output,
    standard error.
    """
    return partial(run, "report")


@pytest.mark.parametrize(("new", "wanted"), MOVED.values(), ids=MOVED)
def test_compare(report, tmp_path, new, wanted):
    """Exit 1 where anything moved, 0 where nothing did; both ledgers named; `--json` is JSON."""
    paths = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    for path, made in zip(paths, (OLD, new), strict=True):
        ledger.write(made, path)
    code, out, err = report("--compare", *paths)
    assert (code, err) == (int(bool(wanted)), "")
    assert all(str(path) in out.replace("\n", "") for path in paths)
    assert ("nothing moved" in out) is (not wanted)
    for move in wanted:
        assert move.claim in out
        assert move.what in out
    code, out, err = report("--compare", *paths, "--json")
    assert (code, err) == (int(bool(wanted)), "")
    assert json.loads(out) == [
        {"claim": m.claim, "what": m.what, "old": m.old, "new": m.new} for m in wanted
    ]


def test_compare_says_when_each_was_written(report, tmp_path):
    ledger.write(OLD, path := tmp_path / "old.jsonl")
    _, out, _ = report("--compare", path, path)
    assert out.count(f"written {ledger.read(path).written}, 2 verified") == 2


def test_markdown_on_standard_output(report, tmp_path):
    ledger.write(OLD, path := tmp_path / "old.jsonl")
    assert report("--markdown", "--ledger", path) == (0, markdown(OLD), "")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["old.jsonl"]


def test_the_page_shows_the_experiments_beside_the_ledger(report, tmp_path, leave):
    """Wherever the page goes."""
    ledger.write(OLD, path := tmp_path / "kept" / "ledger.jsonl")
    leave(tmp_path / "kept" / "experiments", "plane")
    code, _, _ = report("--ledger", path, "--out", tmp_path / "elsewhere")
    assert code == 0
    assert 'id="experiment-plane"' in (tmp_path / "elsewhere" / "index.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--compare", "old.jsonl", "absent.jsonl"],
        ["--compare", "absent.jsonl", "old.jsonl"],
        ["--markdown"],
    ],
    ids=" ".join,
)
def test_an_absent_ledger_is_not_an_empty_one(report, tmp_path, arguments):
    """Else everything would seem to have moved: one line and exit 2."""
    ledger.write(OLD, tmp_path / "old.jsonl")
    code, out, err = report(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "there is no such ledger" in err


def test_compare_with_another_format(report, tmp_path):
    """Of an earlier version: named, not misread."""
    ledger.write(OLD, path := tmp_path / "old.jsonl")
    (tmp_path / "older.jsonl").write_text(
        path.read_text().replace(f'"version": {ledger.VERSION}', '"version": 2', 1)
    )
    code, out, err = report("--compare", tmp_path / "older.jsonl", path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "older.jsonl" in err
    assert "version 2" in err

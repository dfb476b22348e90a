"""A series of runs on fresh entropy: where it goes on, and what it exits with."""

import sys

import pytest
from series import CONJECTURES, FINDINGS, lines, run_of

from reports.commands import entry
from reports.ledger import journal
from reports.ledger.ledger import versions
from reports.studies import stability
from reports.studies.stability import read

#: What a series leaves in a folder.
LEFT = {"stability.jsonl", ".stability.jsonl.lock"}

# The series ---------------------------------------------------------------------------------------


@pytest.fixture
def series(monkeypatch, capsys, tmp_path):
    """Run `transfer-claims stability ARGUMENTS` on runs handed out one by one: exit code,
    output, what it says, and the file's runs.
    """
    path = tmp_path / "stability.jsonl"

    def call(*arguments, given=()):
        handed = iter(given)

        def next_run(ids, profile, workers, watch, tell):
            made = next(handed)
            if isinstance(made, BaseException):
                raise made
            return made | {
                "profile": profile,
                "statuses": {name: made["statuses"][name] for name in ids},
            }

        monkeypatch.setattr(stability, "one_run", next_run)
        monkeypatch.setattr(
            sys, "argv", ["transfer-claims", "stability", "--file", str(path), *map(str, arguments)]
        )
        with pytest.raises(SystemExit) as left:
            entry.main()
        assert next(handed, None) is None, "fewer runs than were handed out"
        return left.value.code or 0, *capsys.readouterr(), read(path)

    call.path = path
    return call


def test_series(series):
    code, out, err, kept = series("--runs", 3, given=[run_of(k) for k in range(3)])
    assert code == 0
    assert [run["entropy"] for run in kept] == [0, 1, 2]
    assert "every verdict was the recorded finding" in " ".join(out.split())
    assert [line.split(":")[0] for line in err.splitlines()] == [f"run {k} of 3" for k in (1, 2, 3)]


def test_differing_verdict(series):
    """Exit 1, and a table that names the claim and counts."""
    code, out, _, _ = series(
        "--runs", 3, given=[run_of(1), run_of(2, e5__scratch="inconclusive"), run_of(3)]
    )
    assert code == 1
    assert "e5.scratch" in out
    assert "verified 2, inconclusive 1" in " ".join(out.split())


@pytest.mark.parametrize(("before", "asked", "more"), [(2, 5, 3), (2, 2, 0), (4, 2, 0), (0, 1, 1)])
def test_goes_on(series, before, asked, more):
    """Runs in the file count; those beyond what is asked for are kept, and judged."""
    series.path.write_text(lines(*[run_of(k) for k in range(before)]))
    code, _, _, kept = series("--runs", asked, given=[run_of(10 + k) for k in range(more)])
    assert (code, [run["entropy"] for run in kept]) == (
        0,
        [*range(before), *(10 + k for k in range(more))],
    )


def test_a_difference_in_an_earlier_run_counts(series):
    series.path.write_text(lines(run_of(1, e5__scratch="falsified")))
    assert series("--runs", 2, given=[run_of(2)])[0] == 1


def test_profiles_are_counted_apart(series):
    """And all are kept in one file."""
    series.path.write_text(lines(run_of(1, profile="quick", e5__scratch="falsified"), run_of(2)))
    code, _, _, kept = series("--runs", 2, given=[run_of(3)])
    assert (code, [(run["entropy"], run["profile"]) for run in kept]) == (
        0,
        [(1, "quick"), (2, "ci"), (3, "ci")],
    )
    assert series("--runs", 1, "--profile", "quick")[0] == 1


OLDER = run_of(1) | {"versions": versions() | {"torch": "1.0"}}
BEFORE = run_of(1) | {
    "statuses": {name: status for name, status in FINDINGS.items() if name != "e5.scratch"}
}
AFTER = run_of(1, gone="verified")
UNVERSIONED, UNSOURCED = (
    {name: value for name, value in run_of(1).items() if name != lacks}
    for lacks in ("versions", "sources")
)
CHANGED = run_of(1) | {"sources": "0" * 64}


@pytest.mark.parametrize(
    "other",
    [OLDER, UNVERSIONED, CHANGED, UNSOURCED, BEFORE, AFTER],
    ids=["other torch", "no versions", "other code", "no sources", "a claim less", "a claim more"],
)
def test_runs_of_something_else_do_not_count(series, other):
    """Of other versions, code or claims: neither as runs nor for their verdicts; they stay in the
    file.
    """
    spoilt = other | {"statuses": other["statuses"] | {"e1.step": "falsified"}}
    series.path.write_text(lines(spoilt, run_of(2)))
    code, _, _, kept = series("--runs", 2, given=[run_of(3)])
    assert (code, kept) == (0, [spoilt, run_of(2), run_of(3)])


def test_some_claims_only(series):
    """A claim that was added gets a series of its own, beside that of all."""
    series.path.write_text(lines(run_of(1)))
    code, out, _, kept = series(
        "--runs",
        2,
        "e1.step",
        "e5.scratch",
        given=[run_of(2), run_of(3, e5__scratch="inconclusive")],
    )
    assert (code, [set(run["statuses"]) == {"e1.step", "e5.scratch"} for run in kept]) == (
        1,
        [False, True, True],
    )
    assert "verified 1, inconclusive 1" in " ".join(out.split())
    assert series("--runs", 1)[0] == 0
    assert series("--runs", 2, "e5.scratch", "e1.step")[0] == 1  # in whatever order


def test_a_mutant_has_no_series(series):
    code, _, err, kept = series("--runs", 1, "e5.scratch!off-by-one")
    assert (code, kept) == (2, [])
    assert "e5.scratch!off-by-one" in err


def test_an_unknown_claim(series):
    code, _, err, kept = series("--runs", 1, "e5.scratches")
    assert (code, kept) == (2, [])
    assert "did you mean e5.scratch" in err


def test_a_conjecture_that_varies_is_told(series):
    """And changes no exit code."""
    name = CONJECTURES[0]
    runs = [
        run_of(k) | {"statuses": FINDINGS | {name: status}}
        for k, status in enumerate(["falsified", "inconclusive"])
    ]
    code, out, _, _ = series("--runs", 2, given=runs)
    assert code == 0
    assert f"conjecture {name}: falsified 1, inconclusive 1" in " ".join(out.split())


@pytest.mark.parametrize(
    ("trouble", "exit_code"),
    [(KeyboardInterrupt(), 130), (OSError(28, "No space left on device"), 2)],
    ids=["Ctrl-C", "disk full"],
)
def test_interrupted(series, trouble, exit_code):
    """Finished runs are in the file, it says so in one line, and the next call goes on from
    there.
    """
    code, _, err, kept = series("--runs", 4, given=[run_of(1), run_of(2), trouble])
    assert code == exit_code
    assert err.splitlines()[-1].startswith("transfer-claims: ")
    assert "Traceback" not in err
    assert [run["entropy"] for run in kept] == [1, 2]
    assert series("--runs", 4, given=[run_of(3), run_of(4)])[0] == 0
    assert [run["entropy"] for run in read(series.path)] == [1, 2, 3, 4]
    assert {file.name for file in series.path.parent.iterdir()} <= LEFT


def test_interrupted_while_writing(series, monkeypatch):
    """What the file held before is still there."""
    series.path.write_text(lines(run_of(1)))

    def breaks(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal.os, "fsync", breaks)
    code, _, _, kept = series("--runs", 2, given=[run_of(2)])
    assert (code, kept[0]) == (2, run_of(1))
    assert {file.name for file in series.path.parent.iterdir()} <= LEFT


def test_two_at_once(series):
    """The second is refused: each would count, and replace, what the other did."""
    with stability.opened(series.path):
        code, _, err, _ = series("--runs", 1)
    assert code == 2
    assert "another run is writing it" in err


def test_a_verdict_that_is_none(series):
    series.path.write_text(lines(run_of(1, e5__scratch=[[]])).replace("\n", "\n"))
    with pytest.raises(stability.SeriesError, match=r"line 1: statuses\.e5\.scratch = \[\[\]\]"):
        read(series.path)


@pytest.mark.parametrize(
    "arguments",
    [["--runs", "0"], ["--workers", "0"], ["--profile", "slow"], ["--colour"]],
    ids=" ".join,
)
def test_misused(series, arguments):
    assert series(*arguments)[0] == 2


def test_damaged_file_stops_before_anything_is_decided(monkeypatch, capsys, tmp_path):
    """And is left as it is."""
    path = tmp_path / "stability.jsonl"
    path.write_text("[]\n")
    monkeypatch.setattr(stability, "one_run", lambda *_: pytest.fail("decided"))
    monkeypatch.setattr(sys, "argv", ["transfer-claims", "stability", "--file", str(path)])
    with pytest.raises(SystemExit) as left:
        entry.main()
    _, err = capsys.readouterr()
    assert (left.value.code, path.read_text()) == (2, "[]\n")
    assert "line 1" in err

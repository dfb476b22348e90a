"""`attack`, as scripts use it."""

import json
import shlex

import pytest
from test_refusals import refused

from claims.core.catalogue import catalogue
from claims.deciding.attacked import FRESH_SEEDS
from claims.deciding.interval_proof import IntervalProof
from claims.deciding.population import Population
from reports.ledger import attacks

WRONG, TRUE = "e5.scratch!off-by-one", "e5.scratch"
FEW = "--evaluations", "6"


def first(rule):
    """A claim that this rule decides."""
    return next(claim.id for claim in catalogue().values() if type(claim.rule) is rule)


def test_falls(run, tmp_path):
    """Exit 1, and a file that `replay` takes, by the command that is printed."""
    code, out, _ = run("attack", WRONG, *FEW, "--json")
    told = json.loads(out)
    assert code == 1
    assert told["falls"]
    assert told["evaluations"] == 6
    replay, go_on = (command.split()[1:] for command in told["next"])
    assert run(*replay, "--plot", tmp_path / "plot.svg")[0] == 1
    assert go_on[:2] == ["attack", f"'{WRONG}'"]
    assert (tmp_path / told["journal"]).exists()


def test_stands(run):
    code, out, _ = run("attack", TRUE, *FEW)
    assert code == 0
    assert f"0 failures of {FRESH_SEEDS}" in out
    assert "next: transfer-claims attack e5.scratch --minutes 30" in out


def test_goes_on(run):
    counts = [
        json.loads(run("attack", TRUE, "--evaluations", count, "--json")[1])["evaluations"]
        for count in (2, 5)
    ]
    assert counts == [2, 5]


def test_files_where_they_are_wanted(run, tmp_path):
    options = "--journal", tmp_path / "a" / "j.jsonl", "--out", tmp_path / "b", "--entropy", 3
    code, out, _ = run("attack", WRONG, *FEW, *options)
    assert code == 1
    assert (tmp_path / "a" / "j.jsonl").exists()
    assert len([*(tmp_path / "b").glob("*.json")]) == 1
    assert "--entropy 3" in out
    assert not (tmp_path / "reports").exists()


def test_a_formula_that_falls(run):
    """It has no regimes; it leaves a file that `replay` takes."""
    code, out, _ = run("attack", "gamma-printed.dimensionless", "--json")
    told = json.loads(out)
    assert (code, told["falls"]) == (1, True)
    assert run(*told["next"][0].split()[1:])[0] == 1


def test_a_formula_that_stands(run):
    code, out, _ = run("attack", "e3.degrees")
    assert code == 0
    assert "stands" in out


@pytest.mark.parametrize(
    ("claim_id", "said"),
    [
        ("e5.scrtch", "did you mean e5.scratch"),
        (first(Population), "Population"),
        (first(IntervalProof), "IntervalProof"),
    ],
)
def test_refusals(run, claim_id, said):
    assert said in refused(run("attack", claim_id))


@pytest.mark.parametrize(
    "options",
    [
        ("--minutes", "-1"),
        ("--minutes", "soon"),
        ("--minutes", "nan"),
        ("--minutes", "inf"),
        ("--entropy", "-1"),
        ("--entropy", str(2**65)),
        ("--evaluations", "0"),
        FEW[:1],
    ],
)
def test_bad_options(run, options):
    refused(run("attack", TRUE, *options))


def test_a_journal_of_another_attack(run):
    run("attack", TRUE, *FEW)
    journal = "--journal", "reports/out/attacks/e5.scratch.jsonl"
    assert "another claim" in refused(run("attack", WRONG, *FEW, *journal))
    assert "another entropy" in refused(run("attack", TRUE, *FEW, "--entropy", 3))


def test_a_journal_that_is_none(run, tmp_path):
    (tmp_path / "j").write_text("garbage\n")
    assert "something else" in refused(run("attack", TRUE, *FEW, "--journal", "j"))


# Several ------------------------------------------------------------------------------------------


def test_several(run, tmp_path):
    """Those of a pattern that are verified and can be attacked; a line each, in a record."""
    options = *FEW, "--record", "record.jsonl", "--workers", 1
    code, out, _ = run("attack", "e5.*", "e4.filters", *options, "--json")
    told = json.loads(out)
    assert code == 0
    assert [one["claim"] for one in told["attacks"]] == [TRUE, "e4.filters"]
    assert (told["left"], told["trouble"]) == (1, {})  # a formula
    kept = attacks.read(tmp_path / "record.jsonl")
    assert [(one.claim, one.regimes, one.failures) for one in kept] == [
        (TRUE, 6, 0),
        ("e4.filters", 6, 0),
    ]


def test_several_that_fall(run):
    """Named outright, mutants are attacked; the counterexample can be replayed."""
    code, out, _ = run("attack", WRONG, "e4.filters", *FEW, "--workers", 1)
    assert code == 1
    assert "falls" in out
    assert "stands" in out
    line = next(one for one in out.splitlines() if one.startswith("next: "))
    assert run(*shlex.split(line)[2:])[0] == 1


def test_what_was_attacked_long_enough_is_left(run):
    """And what the record does not tell of is attacked."""
    options = *FEW, "--record", "record.jsonl", "--workers", 1
    run("attack", TRUE, *options)
    few = "--until", 1e-6
    code, out, _ = run("attack", "e5.*", *few, *options)
    assert code == 0
    assert out.startswith("0 attacked; ")
    assert "attacked long enough" in out
    told = json.loads(run("attack", "e5.*", "e4.filters", *few, *options, "--json")[1])
    assert [one["claim"] for one in told["attacks"]] == ["e4.filters"]


def test_one_is_recorded(run, tmp_path):
    run("attack", TRUE, *FEW, "--record", "record.jsonl")
    run("attack", TRUE, "--evaluations", 8, "--record", "record.jsonl")
    (kept,) = attacks.read(tmp_path / "record.jsonl")
    assert (kept.claim, kept.regimes) == (TRUE, 8)


def test_one_that_cannot_go_on_among_several(run, tmp_path):
    """The other goes on; the exit code says that something could not."""
    (tmp_path / "reports/out/attacks").mkdir(parents=True)
    (tmp_path / "reports/out/attacks/e4.filters.jsonl").write_text("garbage\n")
    code, out, err = run("attack", TRUE, "e4.filters", *FEW, "--workers", 1)
    assert code == 2
    assert "e4.filters: journal = " in err
    assert f"  {TRUE} " in out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((TRUE, "law.l1"), "Population"),
        ((TRUE, "e3.degrees"), "attack it alone"),
        ((TRUE, "e4.filters", "--journal", "j"), "--journal j: holds one attack"),
        ((TRUE, "--until", "nan"), "--until"),
        (("e3.degrees", "--record", "r"), "--record r: e3.degrees is about formulas alone"),
        (("nothing.*",), "no id has this form"),
    ],
)
def test_refusals_of_several(run, given, said):
    assert said in refused(run("attack", *given))


def test_a_record_of_something_else(run, tmp_path):
    (tmp_path / "record").write_text("garbage\n")
    assert "record" in refused(run("attack", TRUE, *FEW, "--record", "record"))
    assert (tmp_path / "record").read_text() == "garbage\n"


def test_show_tells_of_the_project_s(run):
    """Of a statement that was attacked, whether there is a verdict of it or not."""
    shown = attacks.section().rows[0]
    out = run("show", shown.claim)[1]
    assert f"adversary\n  {shown.sentence}" in out
    assert json.loads(run("show", shown.claim, "--json")[1])["attacked"] == shown.sentence
    assert "adversary" not in run("show", attacks.section().left[0])[1]

"""`attack`, as scripts use it."""

import json

import pytest
from test_refusals import refused

from claims.core.catalogue import catalogue
from claims.deciding.attacked import FRESH_SEEDS
from claims.deciding.interval_proof import IntervalProof
from claims.deciding.population import Population

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

"""The catalogue: ids, references and mutants hold together, and every claim is decided by
one test.
"""

import importlib
import re
import subprocess
import sys
from collections import Counter
from dataclasses import fields
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from claims.core import findings
from claims.core.catalogue import UnknownClaimError, assemble, catalogue, files, find
from claims.core.claim import Claim, Kind
from claims.deciding.per_regime import PerRegime
from claims.deciding.population import Population
from claims.deciding.sequential import INDIFFERENCE
from model.regime import Regime
from model.sampling import Seeds

ROOT = Path(__file__).parents[3]
CLAIMS = list(catalogue().values())
MUTANTS = [(claim, mutant) for claim in CLAIMS for mutant in claim.mutants]
every_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
every_mutant = pytest.mark.parametrize(
    ("claim", "mutant"),
    MUTANTS,
    ids=[f"{claim.id}!{mutant.name}" for claim, mutant in MUTANTS],
)


def test_every_statement_of_every_file():
    """A file of statements is found by its tuple CLAIMS; there is nothing to register."""
    holding = {
        f"claims.{room}.{path.stem}"
        for room in ("paper", "beyond")
        for path in (ROOT / "claims" / room).glob("*.py")
        if re.search(r"^CLAIMS\b", path.read_text(), re.MULTILINE)
    }
    assert set(files()) == holding
    assert {claim.id for name in holding for claim in importlib.import_module(name).CLAIMS} == set(
        catalogue()
    )


@pytest.mark.parametrize(
    "changes", [{}, {"uses": {"no.such": "why"}}], ids=["repeated id", "dangling use"]
)
def test_refused(changes):
    """A second claim of the same id, or a reference to none."""
    other = Claim(**({f.name: getattr(CLAIMS[0], f.name) for f in fields(Claim)} | changes))
    with pytest.raises(ValueError, match=CLAIMS[0].id):
        assemble([*CLAIMS, other] if not changes else [other])


def test_uses_resolve_and_never_circle():
    assert {used for claim in CLAIMS for used in claim.uses} <= set(catalogue())
    TopologicalSorter({claim.id: claim.uses for claim in CLAIMS}).prepare()  # raises CycleError


@every_claim
def test_fields(claim):
    assert all(
        text.strip()
        for text in (
            claim.title,
            claim.source,
            claim.statement,
            claim.latex,
            claim.unit,
            *claim.uses.values(),
        )
    )
    assert claim.provenance
    assert "!" not in claim.id
    assert not claim.rule.delta or isinstance(claim.rule, PerRegime)
    assert 0 <= claim.rule.delta < 1 / INDIFFERENCE  # else the sequential test cannot decide it
    # What is judged of many networks at once has no share of seeds that may fail.
    assert (claim.rule.delta > 0) is (claim.kind is Kind.PROBABILITY) or claim.kind in (
        Kind.ORDERING,
        Kind.CONJECTURE,
    )


@every_claim
def test_mutants(claim):
    names = [mutant.name for mutant in claim.mutants]
    assert len(names) >= 2
    assert len(set(names)) == len(names)
    assert all(mutant.error.strip() for mutant in claim.mutants)


@every_mutant
def test_mutant_changes_the_claim(claim, mutant):
    wrong = find(f"{claim.id}!{mutant.name}")
    assert (wrong.id, wrong.mutants) == (f"{claim.id}!{mutant.name}", ())
    changed = {
        f.name for f in fields(Claim) if getattr(wrong, f.name) is not getattr(claim, f.name)
    } - {"id", "mutants", "family", "mutant_of"}
    # Claims that share a mutant may name the same constants already.
    assert changed <= set(mutant.changes) <= changed | {"constants"}
    assert changed & {"domain", "observe", "margin"}


# Constants ----------------------------------------------------------------------------------------


class Noted(dict):
    """Constants that remember which were read."""

    def __init__(self):
        super().__init__()
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return 2.0

    def __contains__(self, name):
        return True


MADE = Regime(
    u=1.0,
    v1=1.0,
    v2=2.0,
    cos_v=0.0,
    sigma1=1.0,
    sigma2=1.0,
    n1=20,
    n2=20,
    d=1000,
    m=12,
    inherited=2,
    eta1=0.1,
    eta2=0.1,
    steps1=9,
    steps2=9,
    sigma0=0.01,
)


@pytest.mark.parametrize(
    "claim", [claim for claim in CLAIMS if claim.constants], ids=lambda claim: claim.id
)
def test_constants_are_all_named(claim):
    """A counterexample records the constants that a claim names: hypotheses and margin must read
    those and no others.
    """
    noted = Noted()
    for hypothesis in claim.domain.hypotheses:
        hypothesis.between.range(noted)
    observation = claim.observe(MADE, Seeds(0, 2))
    many = isinstance(claim.rule, Population)
    claim.margin([observation] * 3 if many else observation, noted)
    assert noted.read == set(claim.constants)


# Each decided once --------------------------------------------------------------------------------


def test_everything_is_decided_by_one_test():
    """Every claim by one test of tests/theory, every mutant by one of tests/controls: what
    pytest collects, and no more.
    """
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/theory",
        "tests/controls",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        "theory or control",
    ]
    listed = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    tests = [
        line.removesuffix("]").split("[", 1) for line in listed if "[" in line and "::" in line
    ]
    theory, controls = (
        Counter(name for test, name in tests if test.startswith(f"tests/{folder}/"))
        for folder in ("theory", "controls")
    )
    assert theory == Counter(list(catalogue()))
    assert controls == Counter(f"{claim.id}!{mutant.name}" for claim, mutant in MUTANTS)


def test_readme_s_table():
    """In each row the recorded finding, and a sum that adds up. It may lag behind the catalogue:
    whoever adds a claim need not touch README.
    """
    text = (ROOT / "reports" / "README.md").read_text(encoding="utf-8")
    rows = dict(
        re.findall(r"^(\S+) +(verified|falsified) +[\d,]+ +[\d,]+ +\S+$", text, re.MULTILINE)
    )
    (more,) = re.findall(r"^… and (\d+) more$", text, re.MULTILINE)
    (counted,) = re.findall(
        r"^ledger: (\d+) statements: (\d+) verified, (\d+) falsified, (\d+) undecided;",
        text,
        re.MULTILINE,
    )
    every, *said = map(int, counted)
    assert rows == {
        name: "falsified" if findings.path(name).exists() else "verified" for name in rows
    }
    conjectures = sum(claim.kind is Kind.CONJECTURE for claim in CLAIMS)
    refuted = sum(findings.path(claim.id).exists() for claim in CLAIMS) + conjectures
    assert len(rows) + int(more) == every == sum(said)
    assert all(
        n <= there_are
        for n, there_are in zip(said, (len(CLAIMS), refuted, conjectures), strict=True)
    )


# Looking up ---------------------------------------------------------------------------------------


@every_claim
def test_find(claim):
    assert find(claim.id) is claim


@pytest.mark.parametrize(
    ("claim_id", "said"),
    [
        ("e1.stop", "did you mean e1.step"),
        ("theorem-4.3.error_upper", "theorem-4.3.error-upper"),
        ("", "transfer-claims list"),
        ("µ" * 30, "transfer-claims list"),
        ("!", "transfer-claims list"),
        ("e5.scratch!no-such", "the mutants off-by-one, perturbed"),
        ("e5.scratch!off-by-one!perturbed", "the mutants off-by-one, perturbed"),
        ("E1.STEP", "no such id"),
        (" e1.step", "did you mean e1.step"),
    ],
)
def test_unknown(claim_id, said):
    with pytest.raises(UnknownClaimError) as caught:
        find(claim_id)
    assert said in str(caught.value)
    assert repr(claim_id) in str(caught.value)

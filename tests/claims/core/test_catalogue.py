"""The catalogue: ids, references and planted versions hold together, and every claim is decided by
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
from claims.core.catalogue import UnknownClaimError, assemble, catalogue, files, find, settle
from claims.core.claim import Claim, Kind
from claims.core.condition import clauses
from claims.core.status import Status
from claims.deciding.sequential import INDIFFERENCE
from model.regime import Regime
from model.sampling import Seeds

ROOT = Path(__file__).parents[3]
CLAIMS = list(catalogue().values())
VERSIONS = [(claim, version) for claim in CLAIMS for version in claim.mutants]
every_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
every_version = pytest.mark.parametrize(
    ("claim", "version"),
    VERSIONS,
    ids=[f"{claim.id}!{version.name}" for claim, version in VERSIONS],
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
    together = bool(
        claim.population or claim.climbs
    )  # judged by one margin of many networks, which has no share of seeds that may fail
    assert claim.rule.delta == 0 or claim.kind is not Kind.EXACT
    assert (
        claim.rule.delta > 0
        or claim.kind is Kind.EXACT
        or (together and claim.kind is not Kind.PROBABILITY)
    )
    assert not (claim.rule.delta and together)
    assert 0 <= claim.rule.delta < 1 / INDIFFERENCE  # else the sequential test cannot decide it
    assert claim.domain is None or claim.domain.dropped <= {clause.name for clause in clauses()}


@every_claim
def test_planted_versions(claim):
    names = [version.name for version in claim.mutants]
    assert len(names) >= 2
    assert len(set(names)) == len(names)
    assert all(version.error.strip() for version in claim.mutants)


@every_version
def test_planted_version_changes_the_claim(claim, version):
    wrong = find(f"{claim.id}!{version.name}")
    assert (wrong.id, wrong.mutants) == (f"{claim.id}!{version.name}", ())
    changed = {
        f.name for f in fields(Claim) if getattr(wrong, f.name) is not getattr(claim, f.name)
    } - {"id", "mutants", "family"}
    assert changed == set(version.changes)
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
        hypothesis.range(noted)
    seen = claim.observe(MADE, Seeds(0, 2))
    claim.margin([seen] * 3 if claim.population else seen, noted)
    assert noted.read == set(claim.constants)


# Each decided once --------------------------------------------------------------------------------


def test_everything_is_decided_by_one_test():
    """Every claim by one test of tests/theory, every planted version by one of tests/controls: what
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
    assert controls == Counter(f"{claim.id}!{version.name}" for claim, version in VERSIONS)


def test_readme_s_table():
    """In each row the recorded finding, and a sum that adds up. It may lag behind the catalogue:
    whoever adds a claim need not touch README.
    """
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = dict(
        re.findall(r"^(\S+) +(verified|falsified) +[\d,]+ +[\d,]+ +\S+$", text, re.MULTILINE)
    )
    (counted,) = re.findall(
        r"… and (\d+) more: (\d+) of (\d+) verified, (\d+) falsified as recorded, (\d+)"
        r" conjectures",
        text,
    )
    more, verified, every, falsified, conjectures = map(int, counted)
    assert rows == {
        name: "falsified" if findings.path(name).exists() else "verified" for name in rows
    }
    judged = [claim.id for claim in CLAIMS if claim.kind is not Kind.CONJECTURE]
    refuted = sum(findings.path(name).exists() for name in judged)
    assert len(rows) + more == every == verified + falsified + conjectures
    there_are = (len(judged) - refuted, refuted, len(CLAIMS) - len(judged))
    assert all(
        said <= there
        for said, there in zip((verified, falsified, conjectures), there_are, strict=True)
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
        ("e5.scratch!no-such", "wrong versions off-by-one, perturbed"),
        ("e5.scratch!off-by-one!perturbed", "wrong versions off-by-one, perturbed"),
        ("E1.STEP", "no such id"),
        (" e1.step", "did you mean e1.step"),
    ],
)
def test_unknown(claim_id, said):
    with pytest.raises(UnknownClaimError) as caught:
        find(claim_id)
    assert said in str(caught.value)
    assert repr(claim_id) in str(caught.value)


# Blocked ------------------------------------------------------------------------------------------


def resting_on(base):
    """Ids that rest on a claim, found by going up from it one use at a time."""
    found = {base}
    for _ in CLAIMS:
        found |= {claim.id for claim in CLAIMS if found & set(claim.uses)}
    return found - {base}


@every_claim
def test_settle(claim):
    """One falsified statement blocks all that rests on it, however far, and nothing else."""
    statuses = dict.fromkeys(catalogue(), Status.VERIFIED) | {claim.id: Status.FALSIFIED}
    assert settle(statuses) == statuses | dict.fromkeys(resting_on(claim.id), Status.BLOCKED)


#: They check the engine, or what it rests on, against autograd; or train otherwise.
WITHOUT_THE_ENGINE = r"origin\.halving|e\d\..*|condition\..*\.needed|conjecture\.(regularised|correlated-noise|depth|whole-layer).*"


def test_whatever_the_engine_trains_rests_on_it():
    """A statement about networks is worth what their training is; those on test errors, what the
    law of pre-activations is as well.
    """
    trained = {
        claim.id
        for claim in CLAIMS
        if claim.domain and not re.fullmatch(WITHOUT_THE_ENGINE, claim.id)
    }
    assert len(trained) > 80
    assert trained <= resting_on("e1.trajectory")
    errors = {
        claim.id
        for claim in CLAIMS
        if claim.domain
        and re.match(
            r"theorem-4\.[23]\.error|theorem-4.2-d|proposition-4\.4|m[135]|f[12]|law|origin|conject",
            claim.id,
        )
    }
    assert len(errors) > 60
    assert errors - {"proposition-4.4.2.mechanism"} <= resting_on("e7.covariance")


@pytest.mark.parametrize(
    ("base", "rests"),
    [
        ("b4.filters", "lemma-a1.a.lower"),
        ("b4.samples", "lemma-a2.b.noise"),
        ("b1.inner-products", "lemma-a1.c.unwanted"),
        ("b3.noise", "lemma-a2.c.unwanted"),
        ("b5.lower", "lemma-a1.gamma"),
        ("b5.sandwich", "lemma-a1.a.upper"),
        ("e2.monotone", "lemma-a1.c.bounded"),
        ("origin.total-variation", "origin.cover"),
    ],
)
def test_lemmas_rest_on_lemmas(base, rests):
    assert rests in resting_on(base)


def test_settle_reaches_past_one_step():
    assert "e3.degrees" in resting_on("e1.step")
    assert "e1.step" not in catalogue()["e3.degrees"].uses
    # What lies between need not be in the ledger.
    assert (
        settle({"e1.step": Status.FALSIFIED, "e3.degrees": Status.VERIFIED})["e3.degrees"]
        is Status.BLOCKED
    )


@pytest.mark.parametrize("status", [Status.FALSIFIED, Status.INCONCLUSIVE, Status.VACUOUS])
def test_only_the_verified_are_blocked(status):
    """Worse news of its own stays."""
    assert settle({"e1.step": Status.FALSIFIED, "e1.trajectory": status})["e1.trajectory"] is status


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.FALSIFIED])
def test_only_the_falsified_block(status):
    assert (
        settle({"e1.step": status, "e1.trajectory": Status.VERIFIED})["e1.trajectory"]
        is Status.VERIFIED
    )


def test_settle_passes_strangers_on():
    """A ledger may hold claims of another version."""
    assert settle({"old.claim": Status.VERIFIED}) == {"old.claim": Status.VERIFIED}
    assert settle({}) == {}

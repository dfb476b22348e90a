"""Statements that rest on others: one falsified statement blocks them, however far."""

import re

import pytest

from claims.core.catalogue import catalogue
from claims.core.status import Status
from claims.deciding.settled import settle

CLAIMS = list(catalogue().values())
every_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)


def resting_on(base):
    """Ids that rest on a claim, found by going up from it one use at a time."""
    above = {base}
    for _ in CLAIMS:
        above |= {claim.id for claim in CLAIMS if above & set(claim.uses)}
    return above - {base}


@every_claim
def test_settle(claim):
    """One falsified statement blocks all that rests on it, however far, and nothing else."""
    statuses = dict.fromkeys(catalogue(), Status.VERIFIED) | {claim.id: Status.FALSIFIED}
    assert settle(statuses) == statuses | dict.fromkeys(resting_on(claim.id), Status.BLOCKED)


#: They check the engine, or what it rests on, against autograd; or train otherwise.
WITHOUT_THE_ENGINE = (
    r"origin\.halving|e\d\..*|condition\..*\.needed"
    r"|conjecture\.(regularised|remedies|square-loss|correlated-noise|depth|whole-layer).*"
)


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
    noise = {name for name in errors if name.startswith("proposition-4.4.2.mechanism")}
    assert errors - noise <= resting_on("e7.covariance")


@pytest.mark.parametrize(
    ("base", "rests"),
    [
        ("b3.noise.condition", "lemma-a1.c.unwanted"),
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
    """A ledger may hold claims of another mutant."""
    assert settle({"old.claim": Status.VERIFIED}) == {"old.claim": Status.VERIFIED}
    assert settle({}) == {}

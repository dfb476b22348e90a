"""Which clauses are needed: what says that a statement fails is its negation, seed by seed, and the
feasible range is what the clauses leave.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from examples import regime
from scipy.optimize import brentq

from claims.beyond.feasible import identities
from claims.beyond.necessity import NEEDED, UNNEEDED, everything, none_fails, one_fails
from claims.core import condition, quantities, statements
from claims.core.catalogue import UnknownClaimError, catalogue, stated
from claims.core.condition import LITERAL, PRACTICAL
from claims.core.margin import Margin
from claims.core.statements import fails
from claims.observing import dynamics
from claims.observing.errors import scratch_only
from claims.observing.identities import none_left
from model.sampling import Seeds

#: Stand-ins, so that a new calibration changes nothing here.
CONSTANTS = {name: 1.0 for claim in catalogue().values() for name in claim.constants}
MADE = regime(n1=9, n2=8, d=300, m=3, inherited=1, steps=30)
SEEDS = Seeds(1, 6)
BROKEN = sorted({breaks for claim in NEEDED for breaks in claim.uses})

# Negation -----------------------------------------------------------------------------------------


@pytest.fixture
def planted(monkeypatch):
    """`fails` of a statement with a margin of our own."""

    def make(low, high):
        base = replace(
            stated("lemma-a1.c.balance"),
            margin=lambda seen, constants: Margin.between(low, high),
        )
        monkeypatch.setattr(statements, "stated", lambda claim_id: base)
        return fails("any")(None, CONSTANTS)

    return make


def test_negation_of_numbers(planted):
    margin = planted([-2.0, 0.5, -1.0], [-1.0, 2.0, 3.0])
    assert (margin.low.tolist(), margin.high.tolist()) == ([1.0, -2.0, -3.0], [2.0, -0.5, 1.0])


def test_negation_of_what_is_no_number(planted):
    """What holds without bound fails to fail; what is nan, and so does not hold, does fail."""
    margin = planted(
        [math.inf, -math.inf, math.nan, -math.inf], [math.inf, -math.inf, math.nan, math.inf]
    )
    assert np.isfinite([margin.low, margin.high]).all()
    assert ((margin.high < 0).tolist(), (margin.low >= 0).tolist()) == (
        [True, False, False, False],
        [False, True, True, False],
    )


def observation(claim):
    """What the statement looks at, in a small regime."""
    return (
        scratch_only
        if claim.id.startswith("theorem-4.3")
        else dynamics.after_transfer
        if "a2" in claim.id
        else dynamics.upstream
    )(MADE, SEEDS)


@pytest.mark.parametrize("claim_id", BROKEN)
@pytest.mark.parametrize("constant", [1e-2, 1.0, 1e2])
def test_negation_of_the_statements(claim_id, constant):
    """Every seed on which the statement certainly holds certainly does not fail, and the
    reverse.
    """
    base = stated(claim_id)
    constants = dict.fromkeys(CONSTANTS, constant)
    seen = observation(base)
    holds, opposite = base.margin(seen, constants), fails(claim_id)(seen, constants)
    assert len(holds.low) == SEEDS.count
    assert (opposite.high < 0).tolist() == (holds.low > 0).tolist()
    assert (opposite.low > 0).tolist() == (~(holds.high >= 0)).tolist()


def test_both_answers_are_seen():
    """Control: among the constants above some hold and some fail, one and the same statement among
    them.
    """
    answers = set()
    for claim_id in BROKEN:
        base = stated(claim_id)
        for constant in (1e-2, 1.0, 1e2):
            answers |= {
                (claim_id, bool(held))
                for held in (
                    base.margin(observation(base), dict.fromkeys(CONSTANTS, constant)).low >= 0
                )
            }
    assert {held for _, held in answers} == {True, False}
    assert len(answers) > len(BROKEN)


@pytest.mark.parametrize("claim", NEEDED, ids=lambda claim: claim.id)
def test_needed(claim):
    """Uses the statement it breaks, on what that observes.

    Its clause is dropped, and stays where it is planted that it breaks nothing.
    """
    (base,) = map(stated, claim.uses)
    assert claim.observe is base.observe or base.id.startswith("theorem-4.3")
    assert claim.constants == base.constants
    clause = claim.id.split(".")[1]
    assert any(name.split(".")[0] == clause for name in claim.domain.without)
    kept = next(version.changes["domain"] for version in claim.mutants if version.name == "kept")
    assert not kept.without


def test_unknown_statement():
    with pytest.raises(UnknownClaimError, match="no file states it"):
        stated("theorem-4.2.nothing")


# Clauses that nothing needs -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def both():
    return everything(MADE, SEEDS)


def test_networks(both):
    """Upstream dynamics; upstream, scratch and transfer."""
    assert both.networks == SEEDS.count * (1 + 3)


@pytest.mark.parametrize("constant", [1e-2, 1.0, 1e2])
def test_one_fails_where_any_does(both, constant):
    """The negation of a conjunction, and its opposite."""
    constants = dict.fromkeys(CONSTANTS, constant)
    names = (
        "lemma-a1.b.signal",
        "lemma-a1.b.noise",
        "lemma-a1.c.balance",
        "lemma-a1.c.bounded",
        "lemma-a1.c.unwanted",
    )
    margins = [stated(name).margin(both.upstream, constants) for name in names]
    margins += [
        stated(name).margin(both.trained, constants)
        for name in ("theorem-4.3.convergence", "theorem-4.2.convergence")
    ]
    failing = [any(not margin.high[s] >= 0 for margin in margins) for s in range(SEEDS.count)]
    holding = [all(margin.low[s] > 0 for margin in margins) for s in range(SEEDS.count)]
    one, none = one_fails(both, constants), none_fails(both, constants)
    assert [(one.low > 0).tolist(), (none.high < 0).tolist()] == [failing, failing]
    assert [(one.high < 0).tolist(), (none.low > 0).tolist()] == [holding, holding]


def test_all_of_them_may_hold(both):
    """Control: with constants as weak as can be, no statement fails, and it is said so."""
    weakest = {
        name: 1e-9 if name.rsplit(".", 1)[-1] in ("c_1", "c_3") else 1e9 for name in CONSTANTS
    }
    assert (none_fails(both, weakest).low > 0).any()


def test_constants_declared():
    """All that the statements read: with no others at hand the margin can be had."""
    for claim in (*NEEDED, *UNNEEDED):
        seen = (
            everything(MADE, SEEDS)
            if claim in UNNEEDED
            else observation(stated(next(iter(claim.uses))))
        )
        claim.margin(seen, dict.fromkeys(claim.constants, 1.0))


# Feasibility --------------------------------------------------------------------------------------


def test_identities():
    assert identities().residuals == (0, 0)
    assert none_left(identities(), {}).low.tolist() == [0.0]


@pytest.mark.parametrize(
    ("change", "left"),
    [({"power": 1}, 2), ({"factor": 2}, 1), ({"factor": 3, "power": 3}, 2)],
    ids=str,
)
def test_planted_identities(change, left):
    """Another power of the constants leaves both, another factor the upper end."""
    assert none_left(identities(**change), {}).high.tolist() == [-left]


@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize("tier", [PRACTICAL, LITERAL], ids=lambda tier: tier.name)
def test_feasible_range(tier, k):
    """Its ends, by scaling both signals until a clause is met just so."""
    made = regime(n1=30, n2=20, d=10**7, signal=100.0, sigma1=1.3, steps1=50, steps2=90)

    def scaled(log_factor):
        return replace(
            made, **{name: getattr(made, name) * math.exp(log_factor) for name in ("u", "v1", "v2")}
        )

    def edge(clause, constant):
        root = brentq(
            lambda x: math.log(
                condition.slacks(scaled(x), (k,))[clause] / tier.constants[constant]
            ),
            -20,
            20,
            xtol=1e-13,
        )
        return quantities.catalogue()[f"tau_{k}"](scaled(root))

    task = made.task(k)
    ends = edge("signal", "C_q"), edge("dimension.signal", "C_d")
    assert condition.feasible_tau(task.samples, made.d, task.steps, tier) == pytest.approx(
        ends, rel=1e-9
    )

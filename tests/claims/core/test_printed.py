"""Every number in a domain is printed with the statement: its own ranges and the usual ones."""

import math
import re

import pytest

from claims.core import usual
from claims.core.catalogue import catalogue
from claims.core.condition import LITERAL, PRACTICAL
from claims.core.domain import Between, Construction, Domain, Scale
from claims.core.domains import ANY_REGIME, EVERYWHERE, from_scratch, scratch_above, scratch_below
from claims.core.limits import limits
from claims.core.quantities import TAU_2
from reports.ledger.described import claim_record
from reports.ledger.ledger import Ledger

CLAIMS = [claim for claim in catalogue().values() if claim.domain]
INSIDE = [claim for claim in CLAIMS if claim.domain.tasks]
NEGATIVE = next(c.domain for c in INSIDE if c.domain.construction is Construction.NEGATIVE)


def ends(between):
    """As a reader would look for them."""
    for end in (between.low, between.high):
        if isinstance(end, str):
            yield end.rsplit(".", 1)[-1]
        elif abs(end) != math.inf:
            yield f"{end:g}"


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_every_hypothesis_is_printed(claim):
    record = claim_record(claim, Ledger({}))
    domain = claim.domain
    assert len(record["hypotheses"]) == len(domain.where)
    for (quantity, between), line in zip(domain.where.items(), record["hypotheses"], strict=True):
        assert quantity.name in line
        assert all(end in line for end in ends(between))


@pytest.mark.parametrize("claim", INSIDE, ids=lambda claim: claim.id)
def test_every_range_is_printed(claim):
    """Of every scale that is drawn, at every tier; the clauses dropped; and the tiers."""
    searched = claim_record(claim, Ledger({}))["searched"]
    domain = claim.domain
    for tier in domain.tiers:
        assert tier.name in searched[0]
        for scale, between in domain.ranges(tier).items():
            (line,) = (one for one in searched if one.startswith(f"{scale} "))
            assert all(end in line for end in ends(between)), (line, between)
    for clause in domain.without:
        assert any(one.endswith(str(clause)) for one in searched)


def test_a_single_value_is_no_range():
    """n1 = 20, not n1 from 20 to 20."""
    few = from_scratch(TAU_2, Between(0.1, 1.0), scales={Scale.N1: Between(20, 20)})
    assert "n1 = 20" in limits(few)
    every = [line for claim in CLAIMS for line in limits(claim.domain)]
    assert [line for line in every if re.search(r"from (\S+) to \1\b(?!\.)", line)] == []


def test_small_regimes_too():
    printed = "; ".join(limits(ANY_REGIME))
    for between in usual.SMALL_RANGES.values():
        assert f"from {between.low:g} to {between.high:g}" in printed
    for values in usual.SMALL_VALUES.values():
        assert all(f"{value:g}" in printed for value in values)


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        (EVERYWHERE, "v₁ orthogonal to v₂"),
        (EVERYWHERE.but(scales={Scale.COS_V: Between(-1.0, -0.5)}), "cos_v -1 or -0.5"),
        (EVERYWHERE.but(scales={Scale.RATIO: Between(0.5, 2.0)}), "n1/n2 from 0.5 to 2"),
        (EVERYWHERE, f"at most {usual.MOST_STEPS} steps"),
        (EVERYWHERE, f"10^{usual.DECADES[1]:g}"),
        (EVERYWHERE, "sigma2 one of 0.001, 1, 1000"),
        (EVERYWHERE, "n1 from 20 to 1000; with literal constants from 20 to 120"),
        (scratch_above(TAU_2), f"tau_2 up to {usual.UP:g} times its lower end"),
        (scratch_below(TAU_2), f"tau_2 down to 1/{usual.DOWN:g} of its upper end"),
        (scratch_below(TAU_2), f"Y from {usual.OPEN_Y.low:g} to {usual.OPEN_Y.high:g}"),
        (NEGATIVE, f"tau_2 up to {usual.NEGATIVE_TAU:g} times"),
        (NEGATIVE, f"X up to {usual.NEGATIVE_X:g} times"),
        (NEGATIVE, f"Y up to {usual.NEGATIVE_Y:g} times X"),
    ],
)
def test_what_else_limits_the_search(domain, words):
    assert words in "; ".join(limits(domain))


def test_what_condition_4_1_forbids_is_not_printed_as_searched():
    """With 10 filters it allows 208 samples, and with 20 samples 39 filters."""
    narrow = from_scratch(TAU_2, Between(0.1, 1.0), scales={Scale.M: Between(8, 10)})
    assert narrow.ranges(PRACTICAL)[Scale.N2] == Between(20, 208)
    assert narrow.ranges(PRACTICAL)[Scale.N1] == Between(20, 1000)  # not asked of the other task
    few = from_scratch(TAU_2, Between(0.1, 1.0), scales={Scale.N2: Between(20, 20)})
    assert few.ranges(PRACTICAL)[Scale.M] == Between(8, 39)
    assert few.ranges(LITERAL)[Scale.M] == Between(8, 32)


def test_a_domain_ranges_over_no_scale_without_a_task():
    assert Domain(construction=Construction.SMALL).ranges(PRACTICAL) == {}

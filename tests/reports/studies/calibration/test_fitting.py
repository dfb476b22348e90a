"""A constant from what regimes need: the extreme, an allowance, and what cannot be identified."""

import math
from dataclasses import replace

import numpy as np
import pytest
from fits import C_1, C_2, C_3, REGIME, Needed, needs

from claims.core.calibration import suffice
from claims.core.constants import LEAST, MOST
from reports.studies.calibration.fitting import ALLOWANCE, Fit, derive, fit

TIGHT = replace(C_2, unmet=9.0)


# Per regime ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("delta", "most", "least"), [(0.0, 20.0, 1.0), (0.1, 18.0, 3.0)])
def test_a_share_of_the_seeds_is_left_out(delta, most, least):
    """The neediest: of 20 seeds, two at delta = 0.1."""
    observation = Needed(np.random.default_rng(0).permutation(np.arange(1.0, 21.0)))
    assert C_1.per_regime(observation, delta) == most
    assert C_2.per_regime(observation, delta) == least


def test_along_a_run():
    """A seed needs what its neediest step does."""
    values = np.array([[1.0, 5.0], [4.0, 2.0]])  # (steps, seeds)
    assert C_1.per_seed(Needed(values)).tolist() == [4.0, 5.0]
    assert C_2.per_seed(Needed(values)).tolist() == [1.0, 2.0]


def test_suffice():
    """In nats; a claim whose constants all suffice has the margin of the worst."""
    constants = {"toy.C_1": 4.0, "toy.C_2": 1.0}
    margin = suffice(C_1, C_2)(Needed(np.array([2.0, 4.0, 8.0])), constants)
    assert margin.low == pytest.approx(np.log([2.0, 1.0, 0.5]))
    assert suffice(C_2)(Needed(np.array([2.0])), constants).low == pytest.approx([math.log(2)])


# The fit ------------------------------------------------------------------------------------------


def test_at_least():
    """The largest need, times the allowance, two digits, away from the data."""
    one = fit(C_1, needs(1.0, 3.21, 2.0), {})
    assert (one.value, one.regimes) == (4.9, 3)  # 4.815
    assert one.rule == f"largest needed, times {ALLOWANCE:.3g}"
    assert 1.0 <= one.interval[0] <= one.interval[1] == 3.21


def test_at_most():
    one = fit(C_2, needs(2.0, 3.21, 7.0, name="toy.C_2"), {})
    assert one.value == 1.3  # 1.333
    assert one.rule.startswith("least needed, times 0.667")
    assert one.interval[0] == 2.0


def test_strata():
    """The same fit in each by itself, without allowance."""
    both = [*needs(1.0, 3.0, tags=("practical",)), *needs(2.0, tags=("literal",))]
    assert fit(C_1, both, {}).strata == {"practical": 3.0, "literal": 2.0}


def test_regimes_that_do_not_count():
    """Given the constants known so far; where none counts, the value that was declared."""
    some = needs(1.0, 3.0)
    some[1] = replace(some[1], regime=replace(REGIME, n2=20))
    counted = replace(C_1, where=lambda regime, known: regime.n2 < known["toy.most"], otherwise=2.0)
    assert fit(counted, some, {"toy.most": 10.0}).value == 1.5
    none = fit(counted, some, {"toy.most": 1.0})
    assert (none.value, none.regimes) == (3.0, 0)
    assert all(map(math.isnan, none.interval))


@pytest.mark.parametrize(
    ("largest", "value"), [(8.9, 14.0), (9.1, MOST), (math.inf, MOST), (1e9, MOST)]
)
def test_at_the_end_of_a_range(largest, value):
    """A need within a tenth of the end that was drawn is not identified."""
    bounded = replace(C_1, beyond=10.0)
    assert fit(bounded, needs(1.0, largest), {}).value == value


@pytest.mark.parametrize(
    ("values", "low", "value"),
    [
        ((1.2, 5.0), 1.0, 0.8),  # well above the low end
        ((1.05, 5.0), 1.0, LEAST),  # at it
        ((9.0, 5.0), 1.0, 3.3),
        ((1.05, 5.0), None, 0.7),  # no end to be at
        ((9.0, 9.0), 9.0, 6.0),  # needs that say nothing
    ],
)
def test_at_the_low_end_of_a_range(values, low, value):
    one = fit(TIGHT, needs(*values, name="toy.C_2", low=low), {})
    assert one.value == value


@pytest.mark.parametrize(("largest", "value"), [(1e-6, LEAST), (1e6, MOST)])
def test_limits(largest, value):
    """Outside them the statement stands or falls at the limit."""
    assert fit(C_1, needs(largest), {}).value == value


def test_again_the_same():
    many = needs(*np.random.default_rng(1).uniform(1, 2, 40))
    assert fit(C_1, many, {}) == fit(C_1, many, {})


# From others --------------------------------------------------------------------------------------


def test_derived():
    """Its value from theirs; its interval from the ends of theirs, allowances included."""
    first = Fit("toy.C_1", 3.0, (1.5, 2.0), 7, "", {"wide": 2.0, "narrow": 1.0})
    second = Fit("toy.C_2", 0.5, (0.75, 1.0), 9, "", {"wide": 0.75, "narrow": 0.0})
    one = derive(C_3, {"toy.C_1": first, "toy.C_2": second})
    square = ALLOWANCE**2
    assert (one.name, one.value, one.regimes, one.rule) == ("toy.C_3", 6.0, 7, "C_1/C_2")
    assert one.interval == pytest.approx((square * 1.5 / 1.0, square * 2.0 / 0.75))
    assert one.strata == pytest.approx({"wide": square * 2.0 / 0.75})

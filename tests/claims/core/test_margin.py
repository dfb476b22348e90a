"""By how much a statement holds."""

import math

import pytest

from claims.core.margin import Margin


@pytest.mark.parametrize(
    ("low", "high", "certain", "possible"),
    [
        ([1.0, 0.0, -0.0], [1.0, 0.0, -0.0], 0, 0),
        ([-1.0, -1.0, 1.0], [-0.5, 1.0, 2.0], 1, 2),
        ([math.nan, 1.0, -math.inf], [math.nan, 1.0, math.inf], 1, 2),
    ],
)
def test_failures(low, high, certain, possible):
    margin = Margin.between(low, high)
    assert (margin.certain_failures, margin.possible_failures) == (certain, possible)


def test_conjunction_is_the_worse():
    both = Margin.between([1.0, -2.0], [3.0, 4.0]).both(Margin.between([0.5, 0.0], [9.0, 1.0]))
    assert (both.low.tolist(), both.high.tolist()) == ([0.5, -2.0], [3.0, 1.0])
    assert Margin.exact([math.nan]).both(Margin.exact([1.0])).certain_failures == 1


@pytest.mark.parametrize(("delta", "worst"), [(0.0, -9.0), (0.05, -9.0), (0.1, -3.0), (0.25, 1.0)])
def test_tolerated(delta, worst):
    """The worst margin but for the share that may fail."""
    assert Margin.exact([5.0, -9.0, 1.0, -3.0, 2.0, 4.0, 6.0, 7.0, 8.0, 9.0]).tolerated(delta) == (
        worst,
        None,
    )


def test_tolerated_nan_is_the_worst():
    assert Margin.exact([1.0, math.nan]).tolerated(0.0) == (-math.inf, None)


def test_one_number_is_a_margin():
    assert Margin.exact(-2).high.tolist() == [-2.0]

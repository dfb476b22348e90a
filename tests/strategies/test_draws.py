"""A point of the unit cube places what Hypothesis draws: the ends of an axis are the ends of the
range, and every number between has its stretch.
"""

import numpy as np
import pytest

from strategies.draws import PlacedDraws

SHARES = np.linspace(0, 1, 1001).tolist()


def along(ask):
    """What is placed from one end of an axis to the other."""
    return [ask(PlacedDraws({"x": share})) for share in SHARES]


@pytest.mark.parametrize(("low", "high"), [(1e-4, 0.9), (0.3, 0.3), (2.0, 3e9)])
@pytest.mark.parametrize("way", ["real", "threshold"])
def test_reals(way, low, high):
    placed = along(lambda draws: getattr(draws, way)("x", low, high))
    assert (placed[0], placed[-1]) == (low, high)
    assert placed == sorted(placed)
    assert placed[500] == pytest.approx((low * high) ** 0.5)


@pytest.mark.parametrize(("way", "low", "high"), [("size", 40, 120), ("whole", 1, 12)])
def test_counts_on_a_logarithmic_axis(way, low, high):
    placed = along(lambda draws: getattr(draws, way)("x", low, high))
    assert placed == sorted(placed)
    assert set(placed) == set(range(low, high + 1))
    assert placed[500] == int((low * (high + 1)) ** 0.5)


def test_whole_numbers_from_nought():
    placed = along(lambda draws: draws.whole("x", 0, 4))
    assert [placed.count(k) for k in range(5)] == pytest.approx([200] * 5, abs=1)


def test_choices():
    placed = along(lambda draws: draws.among("x", "abbb"))
    assert placed == sorted(placed)
    assert placed.count("a") == pytest.approx(250, abs=1)


@pytest.mark.parametrize("share", [-1.0, 2.0])
def test_never_beyond_an_end(share):
    draws = PlacedDraws({"x": share})
    assert draws.real("x", 1.0, 2.0) in (1.0, 2.0)
    assert draws.whole("x", 0, 4) in (0, 4)
    assert draws.among("x", "ab") in "ab"


def test_what_was_asked_for():
    """In order, and whether there was a choice; what the point does not name is in the middle."""
    draws = PlacedDraws({})
    assert draws.real("a", 1.0, 4.0) == 2.0
    draws.size("b", 3, 3)
    draws.among("c", ["only"])
    draws.whole("b", 3, 4)
    assert draws.asked == {"a": True, "b": True, "c": False}
    assert list(draws.asked) == ["a", "b", "c"]

"""Thresholds side by side: the ratio of the two constants, and its interval."""

import pytest

from claims.core import constants
from claims.core.criteria import READINGS
from claims.core.transitions import transitions


def test_every_criterion():
    found = transitions()
    assert [one.criterion for one in found] == ["τ₂", *(one.plain for one in READINGS)]
    assert all(one.low <= one.high for one in found)
    table = constants.table()
    assert found[0].ratio == pytest.approx(
        table["theorem-4.3.C_1"]["value"] / table["theorem-4.3.C_3"]["value"]
    )


def test_by_hand():
    table = {
        name: {"value": 3.0, "interval": [1.0, 2.0]}
        | ({"value": 0.5, "interval": [0.4, 0.8]} if "C_3" in name else {})
        for name in constants.table()
    }
    first = transitions(table)[0]
    assert (first.c_1, first.c_3, first.ratio) == (3.0, 0.5, 6.0)
    assert (first.low, first.high) == pytest.approx((1 / 0.8, 2 / 0.4))

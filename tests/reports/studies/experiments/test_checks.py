"""Statements about pictures, and tests of the tests."""

from dataclasses import replace

import numpy as np
import pytest

from reports.studies.experiments import checks, testing


def test_curves_are_ordered(data, sources):
    found = checks.head_start(data["head-start"])
    assert len(found) == 2 * len(sources)
    assert all("sign test at level 0.005" in check.test for check in found)
    after = [check for check in found if "after training" in check.statement]
    assert [check.holds for check in after] == [True] * len(sources)


def test_swapped_curves_are_not_ordered(data, sources):
    """Planted: scratch's data for the largest source's."""
    found = data["head-start"]
    swapped = replace(
        found, columns=dict(found.columns) | {"errors": found.columns["errors"][::-1]}
    )
    assert [check.holds for check in checks.head_start(swapped)] == [False] * 2 * len(sources)


def test_swapped_errors_fail_in_the_negative_region(tmp_path, data):
    """Planted: transfer's errors for scratch's."""
    found = data["negative-transfer"]
    swapped = dict(found.columns) | {"difference.mean": -found.columns["difference.mean"]}
    right, wrong = (checks.negative(x) for x in (found, replace(found, columns=swapped)))
    assert [check.holds for check in (right[0], right[2])] == [True, True]
    assert [check.holds for check in (wrong[0], wrong[2])] == [False, False]
    assert (right[1].value, wrong[1].value) == (1.0, 0.0)


def test_sign_test_is_exact():
    found = testing.sign_test("", np.array([1.0] * 9 + [-1.0]), "", 0.05)
    assert (found.p, found.holds) == (pytest.approx(11 / 1024), True)
    assert testing.sign_test("", -np.ones(10), "", 0.05).holds is False
    assert testing.sign_test("", np.zeros(10), "", 0.05).holds is None
    assert testing.sign_test("", np.ones(4), "", 0.05).holds is None  # 1/16


def test_t_intervals_are_joint():
    found = testing.above_zero("", np.array([3.0, 10.0]), np.array([1.0, 1.0]), 24, "", 0.05)
    assert (found.value, found.holds) == (3.0, True)
    assert 3 - found.low == pytest.approx(2.3979, abs=1e-4)  # t of 23 degrees at 1 - 0.05/4
    assert (
        testing.above_zero("", np.array([2.3, 10.0]), np.array([1.0, 1.0]), 24, "", 0.05).holds
        is None
    )
    assert (
        testing.above_zero("", np.array([-9.0, 10.0]), np.array([1.0, 1.0]), 24, "", 0.05).holds
        is False
    )

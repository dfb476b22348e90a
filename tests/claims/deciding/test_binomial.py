"""Exact intervals, against the library that defines them."""

import pytest
from scipy import stats

from claims.deciding.binomial import interval_of


@pytest.mark.parametrize(
    ("failures", "trials"), [(0, 1), (1, 1), (0, 4000), (32, 4000), (4000, 4000), (3, 7)]
)
def test_clopper_and_pearson(failures, trials):
    expected = stats.binomtest(failures, trials).proportion_ci(0.95, method="exact")
    assert interval_of(failures, trials) == pytest.approx(tuple(expected), rel=1e-9, abs=1e-12)

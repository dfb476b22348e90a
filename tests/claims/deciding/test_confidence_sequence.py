"""An interval for all counts at once: its level under continuous looking, and what that costs."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from claims.deciding.confidence_sequence import reach

LEVEL, RUNS, MOST = 0.05, 4000, 200
DRAWS = {
    "normal": lambda generator, size: generator.normal(size=size),
    "uniform": lambda generator, size: generator.uniform(-1, 1, size),
    "t, 4 degrees": lambda generator, size: generator.standard_t(4, size),
    "two points": lambda generator, size: generator.choice([-1.0, 1.0], size),
}


def missed(values, reaches, first=4):
    """The share of runs in which some interval, from `first` numbers on, leaves the mean of 0
    out.
    """
    counts = np.arange(1, values.shape[1] + 1)
    means = values.cumsum(1) / counts
    squares = (values**2).cumsum(1) - counts * means**2
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = np.sqrt(np.maximum(squares, 0) / (counts - 1) / counts)
        outside = np.abs(means) > reaches * errors
    some = errors > 1e-9  # without spread nothing is decided
    return (outside & some)[:, first - 1 :].any(1).mean()


SEQUENCE = np.array([reach(count, LEVEL) for count in range(1, MOST + 1)])
STUDENT = np.array([np.inf, *(stats.t.isf(LEVEL / 2, n - 1) for n in range(2, MOST + 1))])


@pytest.mark.parametrize("law", DRAWS)
def test_whoever_looks_always_is_misled_as_rarely_as_it_says(law):
    values = DRAWS[law](np.random.default_rng(1), (RUNS, MOST))
    error = math.sqrt(LEVEL * (1 - LEVEL) / RUNS)
    assert LEVEL / 10 < missed(values, SEQUENCE) <= LEVEL + 3 * error


def test_student_misleads_whoever_looks_always():
    """Control: the same looks at intervals for one number of seeds."""
    values = DRAWS["normal"](np.random.default_rng(1), (RUNS, MOST))
    assert missed(values, STUDENT) > 3 * LEVEL
    assert missed(values[:, :16], STUDENT[:16]) > 2 * LEVEL


@pytest.mark.parametrize("count", [5, 8, 40])
def test_the_process_is_a_mean_of_likelihood_ratios(count):
    """At its end it is 1/level: the noncentral t's density, averaged over effect sizes from N(0,
    4), over Student's.
    """
    level = 0.2
    t = reach(count, level)

    def ratio(effect):
        nct = stats.nct.pdf(t, count - 1, effect * math.sqrt(count))
        return nct / stats.t.pdf(t, count - 1) * stats.norm.pdf(effect, scale=2)

    assert integrate.quad(ratio, -16, 16, limit=200)[0] == pytest.approx(1 / level, rel=1e-4)


def test_what_it_costs():
    """Wider than Student's by less than twice from 12 numbers on, and it shrinks."""
    for level in (0.05, 0.01, 0.005):
        counts = range(12, 200)
        ratios = [reach(n, level) / stats.t.isf(level / 2, n - 1) for n in counts]
        assert 1 < min(ratios) <= max(ratios) < 2
        widths = [reach(n, level) / math.sqrt(n) for n in counts]
        assert np.all(np.diff(widths) < 0)


@pytest.mark.parametrize(("count", "level"), [(0, 0.05), (1, 0.05), (2, 0.05), (5, 1e-4)])
def test_too_few_numbers_have_no_bound(count, level):
    assert reach(count, level) == math.inf

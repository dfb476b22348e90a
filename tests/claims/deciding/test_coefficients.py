"""Coefficients of a regression: least squares, and the level that a part of a population keeps."""

import numpy as np
import pytest
from scipy.stats import binom

from claims.deciding import coefficients
from claims.deciding.budget import LEVEL, PART_LEVEL, PARTS
from claims.deciding.coefficients import fit, largest_at_most

BOUND, TRUE = 0.3, np.array([0.3, 0.0, 0.0, 0.0])


def drawn(generator, noise, count=150):
    """A response whose largest coefficient is at the bound, its columns, and a known column."""
    design, known = generator.standard_normal((count, 4)), generator.standard_normal(count)
    return design @ TRUE + known + 0.2 * noise(generator, count), design, known


def gaussian(generator, count):
    return generator.standard_normal(count)


def test_fit():
    """The coefficients of a plane, exactly, once a cubic is taken out."""
    generator = np.random.default_rng(0)
    design, known = generator.standard_normal((40, 3)), generator.standard_normal(40)
    response = design @ [2.0, -1.0, 0.5] + 7.0 - known + known**3
    assert fit(response, design, known).values == pytest.approx([2.0, -1.0, 0.5])


def test_errors():
    """The spread of coefficients over repetitions is what their errors say."""
    generator = np.random.default_rng(1)
    fitted = [fit(*drawn(generator, gaussian)) for _ in range(400)]
    spread = np.std([one.values for one in fitted], axis=0)
    assert np.mean([one.errors for one in fitted], axis=0) == pytest.approx(spread, rel=0.2)


def test_dependent_columns():
    """A column twice: half of its coefficient each, and one degree of freedom used."""
    generator = np.random.default_rng(2)
    response, design, known = drawn(generator, gaussian)
    twice = fit(response, np.column_stack([design, design[:, 0]]), known)
    once = fit(response, design, known)
    assert twice.values[[0, -1]] == pytest.approx(once.values[0] / 2)
    assert twice.freedom == once.freedom


LAWS = {
    "Gaussian": gaussian,
    "t_4": lambda g, n: g.standard_t(4, n),
    "lognormal": lambda g, n: g.lognormal(0.0, 1.0, n) - np.exp(0.5),
    "two-point": lambda g, n: np.where(g.random(n) < 0.1, 3.0, -1 / 3),
}


@pytest.mark.parametrize("law", LAWS)
def test_a_part_keeps_its_level(law):
    """A true statement at its bound: one part refutes it with probability PART_LEVEL at most.
    Binomial at 1e-6.
    """
    generator, runs = np.random.default_rng(5), 6000
    refuted = 0
    for _ in range(runs):
        one = fit(*drawn(generator, LAWS[law], 50))
        refuted += (np.abs(one.values) - one.reach(PART_LEVEL / 2)).max() > BOUND
    assert refuted <= binom.isf(1e-6, runs, PART_LEVEL)
    assert PART_LEVEL**PARTS <= LEVEL * (1 + 1e-9)


@pytest.mark.parametrize(
    ("bound", "certain", "possible"), [(0.1, 1, 1), (0.29, 0, 1), (0.5, 0, 0)], ids=str
)
def test_largest_at_most(bound, certain, possible):
    margin = largest_at_most(bound, *drawn(np.random.default_rng(6), gaussian, 600))
    assert (margin.certain_failures, margin.possible_failures) == (certain, possible)


def test_every_part_must_refute(monkeypatch):
    """One part in which it holds keeps the statement undecided."""
    response, design, known = drawn(np.random.default_rng(7), gaussian, 600)
    response[:: coefficients.PARTS] -= design[:: coefficients.PARTS] @ TRUE
    margin = largest_at_most(0.1, response, design, known)
    assert (margin.certain_failures, margin.possible_failures) == (0, 1)


def test_too_few_refute_nothing():
    few = drawn(np.random.default_rng(8), gaussian, 20)
    assert largest_at_most(0.0, *few).certain_failures == 0


def test_unit():
    """In another unit, another bound."""
    data = drawn(np.random.default_rng(9), gaussian, 600)
    assert largest_at_most(0.5 / 2, *data, unit=2.0).low == pytest.approx(
        largest_at_most(0.5, *data).low / 2
    )

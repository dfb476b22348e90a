"""Law level has the law of explicit sampling, to the end of training: losses, coefficients and test
errors of whole trials.

Exact two-sample Kolmogorov-Smirnov tests at LEVEL each, so that the 40 of them fail by chance with
probability below 1e-4; seeds are arbitrary and fixed. Power: with 256 seeds a side, laws whose
distribution functions are 0.24 apart are told apart with probability 1/2, those 0.35 apart with
probability 0.99. Finer errors of the sampling itself are for `test_sampling`.
"""

import numpy as np
import pytest
import torch
from examples import compare, outcomes, regime

from model import sampling
from model.sampling import Seeds

LEVEL = 1e-6
LAW, EXPLICIT = Seeds(20, 256), Seeds(21, 256)
REGIMES = {
    # Just enough dimensions for law level, where a Wishart matrix is furthest from a Gaussian one;
    # the tasks' signals overlap.
    "tight": regime(n1=16, n2=8, m=2, d=16 + 8 + 8 + 3, cos_v=0.6, zeta=1.0, signal=6.0),
    "positive transfer": regime(n1=20, n2=6, d=200, m=4, inherited=3, universal=0.9, sigma1=0.5),
    "negative transfer": regime(
        n1=30, n2=5, d=120, m=3, inherited=2, universal=0.1, sigma1=2.0, signal=10.0, cos_v=-0.5
    ),
    "noise memorised, no signal shared": regime(
        n1=10, n2=10, d=400, m=2, inherited=1, u=0.0, zeta=3.0
    ),
}


@pytest.fixture(scope="module")
def tight():
    """Explicit outcomes of the regime that the controls share."""
    return outcomes(REGIMES["tight"], EXPLICIT, "explicit")


@pytest.mark.parametrize("made", REGIMES.values(), ids=REGIMES)
def test_outcomes_have_the_same_law(made):
    """Ten statistics: test error, loss and coefficients, of scratch and of transfer."""
    compared = compare(outcomes(made, LAW, "law"), outcomes(made, EXPLICIT, "explicit"))
    assert len(compared) == 10
    worst = min(compared, key=compared.get)
    assert compared[worst] > LEVEL, (worst, compared[worst])


def degrees_do_not_fall(monkeypatch):
    """Bartlett's factor with chi of the same degrees of freedom in every row."""
    right = sampling._bartlett

    def wrong(generator, dimension, factor):
        right(generator, dimension, factor)
        np.fill_diagonal(factor, np.sqrt(generator.chisquare(dimension, len(factor))))

    monkeypatch.setattr(sampling, "_bartlett", wrong)


def vectors_are_orthogonal(monkeypatch):
    """Right lengths, no inner products: high-dimensional intuition in place of the Wishart law."""
    right = sampling._bartlett

    def wrong(generator, dimension, factor):
        right(generator, dimension, factor)
        factor[:] = np.diag(np.linalg.norm(factor, axis=1))

    monkeypatch.setattr(sampling, "_bartlett", wrong)


def noise_keeps_the_signal(monkeypatch):
    """P left out: noise patches not orthogonal to their own signal."""
    monkeypatch.setattr(
        sampling, "projection", lambda made, index: torch.eye(3, dtype=torch.float64)
    )


def three_coordinates_lost(monkeypatch):
    """The explicit coordinates of all Gaussian vectors dropped: noise without overlap with the
    other task's signal, filters without signal.
    """
    right = sampling._assemble

    def wrong(made, vectors, labels, level):
        vectors[..., :3] = 0
        return right(made, vectors, labels, level)

    monkeypatch.setattr(sampling, "_assemble", wrong)


@pytest.mark.parametrize(
    "plant",
    [degrees_do_not_fall, vectors_are_orthogonal, noise_keeps_the_signal, three_coordinates_lost],
)
def test_a_wrong_law_would_be_seen(plant, tight, monkeypatch):
    """Control: each planted at law level only."""
    plant(monkeypatch)
    assert min(compare(outcomes(REGIMES["tight"], LAW, "law"), tight).values()) < LEVEL


def test_two_halves_of_one_level_agree(tight):
    """Control of the control: other seeds alone are not seen."""
    assert (
        min(compare(outcomes(REGIMES["tight"], EXPLICIT.after(256), "explicit"), tight).values())
        > LEVEL
    )

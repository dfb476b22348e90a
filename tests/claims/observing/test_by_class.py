"""tau_2 by the sizes of the classes: of networks whose labels are known."""

import numpy as np
import pytest
import torch

from claims.core.quantities import TAU_2
from claims.observing.by_class import ByClass, by_class, smaller_class
from claims.observing.errors import log_error, scratch_only
from model.sampling import Seeds, sample
from model.scales import Scales

SIZES = {"n1": 20, "n2": 20, "m": 8, "inherited": 0, "d": 10**7}
REST = {"upstream_share": 1.0, "cos_v": 0.0, "X": 1.0, "Y": 1.0, "h_1": 0.5, "h_2": 0.5}
REGIME = Scales(**SIZES, **REST, tau_2=600.0, steps1=40, steps2=40, zeta_2=0.01).regime()
SEEDS = Seeds(3, 400)


def seen(*fewer):
    exact = torch.ones(len(fewer), dtype=torch.float64)
    return ByClass(REGIME, 0, np.array(fewer), (exact, exact, exact))


def test_smaller_class():
    labels = torch.tensor([[1, 1, 1, -1], [1, -1, -1, -1], [1, 1, -1, -1], [1, 1, 1, 1]])
    assert smaller_class(labels).tolist() == [1, 1, 2, 0]


def test_the_criterion():
    """Equal classes: tau_2. Of 5 of 20: 2 5²/(20 15), a sixth. Of none: nothing is learned."""
    tau = TAU_2(REGIME)
    assert seen(10, 5, 0).tau == pytest.approx([tau, tau / 6, 0.0])
    assert seen(10, 5).fewer_to(1.0) == pytest.approx([tau, tau / 2])
    assert seen(10, 5).fewer_to(2.0) == pytest.approx([tau, tau / 4])


def test_what_is_observed():
    found = by_class(REGIME, Seeds(3, 5))
    labels = sample(REGIME, Seeds(3, 5)).downstream.labels
    assert (found.networks, found.fewer.tolist()) == (5, smaller_class(labels).tolist())
    assert torch.equal(found.error.value, scratch_only(REGIME, Seeds(3, 5)).scratch.error.value)


def test_it_orders_errors_within_a_regime():
    """The exponents of networks of one regime differ by their classes: once these are counted, half
    of the spread is left, and the same exponent for all.
    """
    found = by_class(REGIME, SEEDS)
    exponents = -log_error(found.error)[1]
    rate = exponents / found.tau
    plain = np.log(exponents)
    assert np.log(rate).std() < 0.5 * plain.std()
    fewer, equal = found.fewer <= 6, found.fewer >= 9
    assert fewer.sum() > 20
    assert np.median(rate[fewer]) == pytest.approx(np.median(rate[equal]), rel=0.2)
    assert np.median(exponents[fewer]) < 0.4 * np.median(exponents[equal])

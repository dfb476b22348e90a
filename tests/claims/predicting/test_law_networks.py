"""What each approximation of the law costs, measured on its own: its moments against those of
trained networks, and errors of networks against errors of Gaussians with their moments.

The sizes are those that the law's derivation (`claims.predicting.law`) states.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
import torch
from examples import regime

from claims.core import quantities
from claims.observing.class_sizes import with_counts
from claims.predicting.law import scratch_errors_by_class
from claims.predicting.law.cascade import cascade
from claims.predicting.law.counted import counted
from claims.predicting.law.imbalance import fitted
from model.regime import SIGNAL_COORDINATES
from model.run import signs
from model.sampling import Seeds, sample
from model.test_error import estimate_error
from model.transfer import train_task

N, M, NETWORKS = 100, 20, 120


def made(h, zeta, crowding=1.0):
    """Of tau_2 = 4, N q/2d = 0.014; crowding multiplies this, and tau_2 by its square."""
    return regime(
        n1=1,
        n2=N,
        d=50 * N**2,
        m=M,
        inherited=0,
        signal=crowding * math.sqrt(4 * 50 * N),
        sigma2=1.0,
        h=h,
        zeta=zeta,
        steps=round(40 / h),
    )


@dataclass(frozen=True)
class Trained:
    """Networks with classes of equal size; of filters of the sign +1, in the law's units."""

    own: np.ndarray  # coefficients on the class's samples: (networks, filters, samples)
    other: np.ndarray  # on the other class's
    active: np.ndarray  # as `own`
    signal: np.ndarray  # S, (networks,)
    covariance: np.ndarray  # of all filters' outputs on fresh noise, before the ReLU
    errors: np.ndarray  # (networks,)


@cache
def trained(h, zeta, crowding=1.0):
    one, seeds = made(h, zeta, crowding), Seeds(11, NETWORKS)
    draw = sample(one, seeds)
    data = with_counts(draw.downstream, np.full(NETWORKS, N // 2))
    weights = train_task(one, 2, data, draw.fresh).weights
    noise = data.noise
    gram, onto = (torch.bmm(x, noise.mT) for x in (noise, weights - draw.fresh))
    coefficients = torch.linalg.solve(gram, onto.mT).mT.numpy() * one.d
    right = signs(M).numpy() == 1
    own = data.labels[0].numpy() == 1
    active = (torch.bmm(weights, noise.mT) > 0).numpy()
    on_signal = torch.relu(weights @ data.signal).numpy()
    across = weights.clone()
    across[:, :, :SIGNAL_COORDINATES] = 0
    return Trained(
        coefficients[:, right][:, :, own],
        coefficients[:, right][:, :, ~own],
        active[:, right][:, :, own],
        on_signal[:, right].mean(1) - on_signal[:, ~right].mean(1),
        torch.bmm(across, across.mT).numpy(),
        estimate_error(weights, data.signal, one, 2, seeds, 64).value.numpy(),
    )


RUNS = pytest.mark.parametrize(
    ("h", "zeta"), [(0.4, 0.02), (0.4, 0.5), (2.0, 0.05)], ids=["small", "started", "steps"]
)


@RUNS
def test_inner_products_are_not_independent(h, zeta):
    """Approximation 1. The samples that a sample is active with learn less of it: late on fewer
    filters switch on than the cascade has it.
    """
    share = trained(h, zeta).active.mean()
    assert 0.0 < cascade(h, 40.0, zeta).share - share < 0.02


@pytest.mark.parametrize("crowding", [1.0, 10.0])
@RUNS
def test_what_is_memorised(h, zeta, crowding):
    """Approximations 2 and 3, shares from common Gaussian fields and filters that join in time: the
    second moment within 0.5%, the correlation of filters within 0.02, the signal within 1%. Where
    the signal fits a sixth of the training set too, within 3 and 2%.
    """
    law, one = counted(h, 40.0, zeta, M), made(h, zeta, crowding)
    found = trained(h, zeta, crowding)
    learned = quantities.catalogue()["q_2"](one) * N / 2 / one.d * law.m_1
    memorised = float(fitted(law.output, 0.0, learned / law.output))
    assert (memorised < 0.9) == (crowding > 1)
    own = (found.own**2).mean()
    rel, of_signal = (0.005, 0.01) if crowding == 1 else (0.03, 0.02)
    assert own == pytest.approx((1 - law.left) * law.v * memorised**2, rel=rel)
    mean = found.own.mean(1)
    pairs = ((M * mean) ** 2 - (found.own**2).sum(1)).mean() / (M * (M - 1))
    of_law = law.r * law.v - law.left_mean**2
    assert pairs / own == pytest.approx(of_law / ((1 - law.left) * law.v), abs=0.02)
    assert found.signal.mean() == pytest.approx(learned * memorised, rel=of_signal)


@RUNS
def test_what_is_left_behind_on_the_other_class(h, zeta):
    """Its mean and its mean square within 1%."""
    law, found = counted(h, 40.0, zeta, M), trained(h, zeta)
    assert -found.other.mean() == pytest.approx(law.left_mean, rel=0.01)
    assert (found.other**2).mean() == pytest.approx(law.left * law.v, rel=0.01)


def errors(covariance, signal, draws, generator):
    """Of Gaussian outputs with this covariance."""
    size = len(covariance)
    factor = np.linalg.cholesky(covariance + 1e-9 * np.trace(covariance) / size * np.eye(size))
    outputs = np.maximum(generator.standard_normal((draws, size)) @ factor.T, 0.0)
    right = signs(M).numpy() == 1
    return (outputs[:, ~right].mean(1) - outputs[:, right].mean(1) > signal).mean()


@RUNS
def test_filters_are_alike(h, zeta):
    """Approximation 4: one variance for all filters, one covariance for pairs of a sign and one for
    pairs of different signs, and one signal: worth 0.02 nats at most.
    """
    found, generator = trained(h, zeta), np.random.default_rng(0)
    covariance, right = found.covariance.mean(0), signs(M).numpy() == 1
    same = np.equal.outer(right, right)
    off = same & ~np.eye(2 * M, dtype=bool)
    alike = np.where(same, covariance[off].mean(), covariance[~same].mean())
    np.fill_diagonal(alike, np.diag(covariance).mean())
    equal = errors(alike, found.signal.mean(), 10**6, generator)
    apart = np.mean(
        [
            errors(one, signal, 20_000, generator)
            for one, signal in zip(found.covariance, found.signal, strict=True)
        ]
    )
    assert math.log(apart / equal) == pytest.approx(0, abs=0.02)
    assert math.log(found.errors.mean() / apart) == pytest.approx(0, abs=0.03)


@RUNS
def test_all_together(h, zeta):
    """Classes of equal size: the law's error within 0.05 nats, of which the networks' own
    uncertainty is 0.02.
    """
    (law,) = scratch_errors_by_class(made(h, zeta), np.array([1.0]))
    assert math.log(trained(h, zeta).errors.mean() / law) == pytest.approx(0, abs=0.05)

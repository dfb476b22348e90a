"""Where 0.1 comes from, on networks: the shift's bound on some that it was not derived on, and the
event by plain draws.
"""

import math

import numpy as np
import pytest
import torch
from examples import regime
from scipy.integrate import quad
from scipy.stats import binom, norm

from claims.observing import overruns
from claims.observing.overruns import SHIFT, Overrun, event, overrun, shifts
from model.run import signs
from model.sampling import Seeds, fresh_noise, projected, sample
from model.test_error import ErrorEstimate, estimate_error, estimate_overrun
from model.transfer import run_trial, train_task

MADE = regime(n1=4, n2=9, d=60, m=3, inherited=0, signal=0.5, cos_v=0.5, sigma2=1.3)
SEEDS = Seeds(6, 8)


def output(weights, patches):
    """G: (seeds, count) from filters (seeds, 2m, dim) and patches (seeds, count, dim)."""
    j = signs(weights.shape[1] // 2) / (weights.shape[1] // 2)
    return torch.einsum("r,srn->sn", j, torch.bmm(weights, patches.transpose(1, 2)).clamp_min(0))


def gained(weights, patches, v):
    """G(xi + v) + G(-xi + v) - G(xi) - G(-xi) at every patch xi."""
    v = v.unsqueeze(1)
    return (
        output(weights, patches + v)
        + output(weights, v - patches)
        - output(weights, patches)
        - output(weights, -patches)
    )


def larger_output(weights, signal):
    """S, label by label and filter by filter."""
    j = signs(weights.shape[1] // 2) / (weights.shape[1] // 2)
    a = weights @ signal
    return torch.maximum((j * a.clamp_min(0)).sum(1), -(j * (-a).clamp_min(0)).sum(1))


def trained():
    """Networks, their data and the v of the statement: along the sum of the noise patches with y =
    +1, of length 0.06 sigma.
    """
    draw = sample(MADE, SEEDS)
    data = draw.downstream
    v = torch.stack([data.noise[s][data.labels[s] > 0].sum(0) for s in range(SEEDS.count)])
    return (
        train_task(MADE, 2, data, draw.fresh).weights,
        data,
        0.06 * MADE.sigma2 * v / v.norm(dim=1, keepdim=True),
    )


@pytest.mark.parametrize("size", [1e-3, 0.05, 1.0, 30.0])
def test_bound_holds_at_every_patch(size):
    """At 2000 random patches of every size, the sum never falls below B(v); so the bound is on what
    it says.
    """
    weights, data, v = trained()
    bound = torch.from_numpy(overrun(MADE, SEEDS).shift) * larger_output(weights, data.signal)
    patches = (
        size
        * MADE.sigma2
        * torch.randn(
            SEEDS.count,
            2000,
            v.shape[1],
            dtype=torch.float64,
            generator=torch.Generator().manual_seed(0),
        )
    )
    seen = gained(weights, projected(patches, MADE, 2), v)
    assert (seen >= bound.unsqueeze(1) - 1e-12).all()
    assert (seen.amin(1) < seen.amax(1)).all()


def test_bound_on_random_networks():
    """Whatever the filters: none is trained, and S is what they happen to make of the signal."""
    _, data, v = trained()
    generator = torch.Generator().manual_seed(1)
    for scale in (0.1, 3.0):
        weights = scale * torch.randn(
            SEEDS.count, 6, v.shape[1], dtype=torch.float64, generator=generator
        )
        positive = (data.labels > 0).to(torch.float64)
        outputs = larger_output(weights, data.signal)
        found = torch.from_numpy(overruns._shift(weights, data.signal, positive, data.noise, MADE))
        bound = torch.where(outputs > 0, found * outputs, -math.inf)
        patches = projected(
            0.3
            * torch.randn(SEEDS.count, 2000, v.shape[1], dtype=torch.float64, generator=generator),
            MADE,
            2,
        )
        assert (outputs > 0).any()
        assert (gained(weights, patches, v) >= bound.unsqueeze(1) - 1e-12).all()


def test_bound_is_attained():
    """Two orthogonal filters: far out along the one with j = +1, nothing along the other, the sum
    is B(v) and not more.
    """
    made = regime(n2=1, d=20, m=1, inherited=0, u=1.0, v1=0.0, v2=0.0, sigma2=1.0)
    signal = torch.zeros(20, dtype=torch.float64)
    signal[0] = 1.0
    weights = torch.zeros(1, 2, 20, dtype=torch.float64)
    weights[0, :, 0] = torch.tensor([2.0, -1.0])
    weights[0, 0, 5] = weights[0, 1, 6] = 1.0
    noise = torch.zeros(1, 1, 20, dtype=torch.float64)
    noise[0, 0, 5:7] = torch.tensor([4.0, 3.0])
    shift = overruns._shift(weights, signal, torch.ones(1, 1, dtype=torch.float64), noise, made)
    c = SHIFT * np.array([0.8, 0.6])
    assert shift == pytest.approx((c[0] - 2 * c[1]) / 2.0)  # S = max(2, 1)
    patch = torch.zeros(1, 1, 20, dtype=torch.float64)
    patch[0, 0, 5] = 10.0
    v = SHIFT * noise[:, 0] / 5
    assert gained(weights, patch, v).item() == pytest.approx(c[0] - 2 * c[1])


@pytest.mark.parametrize(("times", "least"), [(4.0, 0.5), (1.0, 2.0)])
def test_margin_of_the_shift(times, least):
    """ln of B over so many S; a bound that is not positive fails."""
    seen = Overrun(0, None, np.array([2.0, 0.0, -1.0]))
    margin = shifts(seen, {}, times=times)
    assert margin.low[0] == pytest.approx(math.log(least))
    assert (margin.high[1:] < -100).all()


#: Signal outputs that differ between labels, and events neither rare nor certain.
EXPLICIT = regime(n1=4, n2=9, d=40, m=2, inherited=0, signal=0.6, zeta=0.5, steps=30)


@pytest.mark.parametrize("root", [0, 1])
def test_overrun_is_what_plain_draws_see(root):
    """|G| > S on fresh noise in R^d: each interval holds a count whose tail is not below 1e-7, at
    twice its width.
    """
    seeds, count = Seeds(root, 3), 20000
    trial = run_trial(EXPLICIT, seeds, level="explicit")
    weights, signal = trial.scratch.weights, trial.draw.downstream.signal
    found = estimate_overrun(weights, signal, EXPLICIT, 2, seeds)
    larger = larger_output(weights, signal)
    for s, generator in enumerate(seeds.generators(99)):
        noise = output(weights[s : s + 1], fresh_noise(EXPLICIT, 2, count, generator).unsqueeze(0))[
            0
        ]
        seen = int((noise.abs() > larger[s]).sum())
        low, high = (
            max(float(found.value[s] + 2 * (end[s] - found.value[s])), 1e-9)
            for end in (found.low, found.high)
        )
        assert binom.ppf(1e-7, count, low) <= seen <= binom.isf(1e-7, count, min(high, 1.0))
        assert 0.05 < found.value[s] < 0.95


def test_overrun_in_closed_form():
    """One filter each, with outputs t and 1 and orthonormal noise: P(|relu Z - relu Z'| > t)."""
    t, made = 1.4, regime(u=1.0, v1=0.0, v2=0.0, sigma2=1.0, d=12, m=1, inherited=0)
    weights = torch.zeros(1, 2, 12, dtype=torch.float64)
    weights[0, 0, [0, 3]], weights[0, 1, [0, 4]] = (
        torch.tensor([t, 1.0], dtype=torch.float64),
        torch.tensor([-1.0, 1.0], dtype=torch.float64),
    )
    signal = torch.zeros(12, dtype=torch.float64)
    signal[0] = 1.0
    tail = norm.sf(t) / 2 + quad(lambda z: norm.pdf(z) * norm.sf(t + z), 0, math.inf)[0]
    found = estimate_overrun(weights.expand(50, -1, -1), signal, made, 2, Seeds(0, 50))
    assert found.value.mean().item() == pytest.approx(2 * tail, rel=0.01)
    # The larger output decides for both signs: the error of the label with the smaller one is
    # larger than its half.
    error = estimate_error(weights.expand(50, -1, -1), signal, made, 2, Seeds(0, 50))
    small = norm.sf(1) / 2 + quad(lambda z: norm.pdf(z) * norm.sf(1 + z), 0, math.inf)[0]
    assert error.value.mean().item() == pytest.approx((tail + small) / 2, rel=0.01)


@pytest.fixture(scope="module")
def seen():
    return overrun(EXPLICIT, SEEDS)


def test_observed(seen):
    """From the networks that training from scratch gives, on the same lines."""
    trial = run_trial(EXPLICIT, SEEDS)
    weights, signal = trial.scratch.weights, trial.draw.downstream.signal
    assert torch.equal(
        seen.event.value, estimate_overrun(weights, signal, EXPLICIT, 2, SEEDS, 256).value
    )
    assert seen.networks == SEEDS.count


def test_half_of_the_event_are_errors():
    """Line by line, not only on average: every network errs at least half as often as |G| exceeds
    S, and not as often where outputs are near.
    """
    trial = run_trial(EXPLICIT, SEEDS)
    weights, signal = trial.scratch.weights, trial.draw.downstream.signal
    error, overruns = (
        estimate(weights, signal, EXPLICIT, 2, SEEDS).value
        for estimate in (estimate_error, estimate_overrun)
    )
    assert (error >= overruns / 2 - 1e-12).all()
    assert (error < 0.6 * overruns).any()


def test_event():
    """ln of the probability over 0.22, its interval kept."""
    chance = ErrorEstimate(
        *(
            torch.tensor(values, dtype=torch.float64)
            for values in ([0.22, 0.5, 0.0], [0.2, 0.4, 0.0], [0.24, 0.6, 0.01])
        )
    )
    margin = event(Overrun(0, chance, np.zeros(3)), {})
    assert margin.low[:2] == pytest.approx(np.log([0.2 / 0.22, 0.4 / 0.22]))
    assert margin.high == pytest.approx(np.log([0.24 / 0.22, 0.6 / 0.22, 0.01 / 0.22]))
    assert (margin.low[2], margin.certain_failures, margin.possible_failures) == (-math.inf, 1, 2)

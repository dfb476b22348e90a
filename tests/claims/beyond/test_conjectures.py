"""What the open questions look at: each observation beside one made by hand, and the margins that
read it.
"""

import itertools
import math

import numpy as np
import pytest
import torch

from claims.beyond import (
    chosen_filters,
    correlated_noise,
    depth,
    law_ends,
    regularised,
    square_loss,
)
from claims.deciding.shares import typical
from claims.observing.errors import LINES, both_ways
from claims.predicting import law
from model.engines.deep import DeepNetwork, descend, estimate_deep_error, fresh_inner
from model.regime import Regime
from model.sampling import Seeds, sample
from model.test_error import ErrorEstimate, estimate_error
from model.transfer import inherit, noise_norms, run_trial, train_task

MADE = Regime(
    u=6.0,
    v1=2.0,
    v2=4.0,
    cos_v=0.0,
    sigma1=1.5,
    sigma2=1.0,
    n1=16,
    n2=12,
    d=4000,
    m=6,
    inherited=2,
    eta1=0.01,
    eta2=0.01,
    steps1=30,
    steps2=20,
    sigma0=1e-4,
)
SEEDS = Seeds(3, 4)


def estimate(*values):
    """An estimate without an error."""
    tensor = torch.tensor(values, dtype=torch.float64)
    return ErrorEstimate(tensor, tensor, tensor)


@pytest.fixture(scope="module")
def trial():
    return run_trial(MADE, SEEDS)


@pytest.fixture(scope="module")
def seen():
    return both_ways(MADE, SEEDS)


# Chosen filters -----------------------------------------------------------------------------------


def test_chosen(trial, seen):
    """By hand, seed by seed: of each sign the two filters with the least ||P w||."""
    found = chosen_filters.chosen(MADE, SEEDS)
    assert found.drawn == pytest.approx(np.log(seen.transfer.error.value.numpy()).mean())
    assert found.networks == 4 * SEEDS.count
    trained, start = trial.upstream.weights, trial.draw.fresh.clone()
    norms = noise_norms(trained, MADE, 2)
    for s in range(SEEDS.count):
        for sign in (0, MADE.m):
            order = sorted(range(sign, sign + MADE.m), key=lambda r, s=s: norms[s, r].item())
            for place, r in enumerate(order[: MADE.inherited]):
                start[s, sign + place] = trained[s, r]
    weights = train_task(MADE, 2, trial.draw.downstream, start).weights
    error = estimate_error(weights, trial.draw.downstream.signal, MADE, 2, SEEDS, LINES).value
    assert found.least_noise == pytest.approx(np.log(error.numpy()).mean())
    assert found.most_signal != found.least_noise


def test_gain():
    """Nats, on average over regimes."""
    regimes = [
        chosen_filters.Chosen(4, -2.0, -2.0 - gain, -2.0 + gain)
        for gain in np.linspace(0.1, 0.3, 40)
    ]
    assert chosen_filters._gained(chosen_filters._least_noise, regimes).value == pytest.approx(0.2)
    assert chosen_filters._gained(chosen_filters._most_signal, regimes).value == pytest.approx(-0.2)


# A penalty ----------------------------------------------------------------------------------------


def test_regularised(seen):
    found = regularised.regularised(MADE, SEEDS)
    assert torch.equal(found.plain.value, seen.transfer.error.value)
    assert torch.equal(found.scratch.value, seen.scratch.error.value)
    assert found.networks == 6 * SEEDS.count
    errors = [found.plain, found.decayed, found.anchored, found.frozen]
    for first, second in itertools.combinations(errors, 2):
        assert not torch.allclose(first.value, second.value)


def test_ways_are_ordered():
    """Each errs more than the next, by the least of the gaps."""
    by_way = {
        way: estimate(error)
        for way, error in (("scratch", 0.1), ("frozen", 0.2), ("anchored", 0.3))
    }
    found = regularised.Regularised(
        0, by_way["scratch"], *([estimate(0.5)] * 2), by_way["anchored"], by_way["frozen"]
    )
    right = regularised.ordered("anchored", "frozen", "scratch")(found, {})
    assert right.low == pytest.approx([math.log(1.5)])
    wrong = regularised.ordered("frozen", "anchored", "scratch")(found, {})
    assert wrong.high == pytest.approx([-math.log(1.5)])


def test_the_square_loss(seen):
    """Other networks than with the logistic loss, of another order of errors; and gain is loss with
    the sign turned.
    """
    found = square_loss.squared(MADE, SEEDS)
    assert found.networks == 3 * SEEDS.count
    assert not torch.allclose(found.scratch.value, seen.scratch.error.value)
    assert not torch.allclose(found.transfer.value, found.scratch.value)
    made = square_loss.Squared(0, estimate(0.3), estimate(0.1))
    assert square_loss.helps(0.5)(made, {}).low == pytest.approx([math.log(3) - 0.5])
    assert square_loss.hurts(0.5)(made, {}).low == pytest.approx([-math.log(3) - 0.5])


# Correlated noise ---------------------------------------------------------------------------------


def test_correlated_with_no_more_noise_is_as_ever(seen):
    found = correlated_noise.correlated(lambda regime: (0.0, 0.0), MADE, SEEDS)
    for errors in (found.plain, found.noisy):
        assert torch.allclose(errors[0].value, seen.scratch.error.value, rtol=1e-9)
        assert torch.allclose(errors[1].value, seen.transfer.error.value, rtol=1e-9)
    assert found.networks == 6 * SEEDS.count


def test_scales():
    """sqrt(q_k) times sigma_k is ||s_k||: as much noise along the signal as there is signal."""
    first, second = correlated_noise.as_strong_as_signals(MADE)
    assert first * MADE.sigma1 == pytest.approx(math.hypot(MADE.u, MADE.v1))
    assert second * MADE.sigma2 == pytest.approx(math.hypot(MADE.u, MADE.v2))
    assert correlated_noise.isotropic(MADE) == (1.0, 1.0)


def test_within():
    """The worse of the two errors, in either direction; from an interval, both ends of what it may
    be.
    """
    plain = estimate(0.1, 0.1, 0.1), estimate(0.2, 0.2, 0.2)
    noisy = estimate(0.1, 0.2, 0.1), estimate(0.1, 0.2, 0.2)
    margin = correlated_noise._within(1.5)(correlated_noise.Correlated(0, plain, noisy), {})
    assert margin.low == pytest.approx(math.log(1.5) - np.array([math.log(2), math.log(2), 0.0]))
    assert margin.high == pytest.approx(margin.low)
    wide = ErrorEstimate(*(torch.tensor([x], dtype=torch.float64) for x in (0.1, 0.05, 0.4)))
    low, high = correlated_noise._change(estimate(0.1), wide)
    assert (low.item(), high.item()) == (0.0, pytest.approx(math.log(4)))
    low, high = correlated_noise._change(estimate(0.8), wide)
    assert (low.item(), high.item()) == (pytest.approx(math.log(2)), pytest.approx(math.log(16)))
    assert correlated_noise._doubled(
        correlated_noise.Correlated(0, plain, noisy), {}
    ).low == pytest.approx(np.array([0.0, 0.0, -math.log(2)]))


# More layers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [3, 4])
def test_deep(layers):
    """Upstream by hand; downstream V is fresh, and the same whatever is inherited."""
    found = depth.deep(layers, MADE, SEEDS)
    draw = sample(MADE, SEEDS)
    h1, h2 = (
        eta * sigma**2 * MADE.d / (n * MADE.m)
        for eta, sigma, n in ((MADE.eta1, MADE.sigma1, MADE.n1), (MADE.eta2, MADE.sigma2, MADE.n2))
    )
    up, down = (fresh_inner(MADE.m, layers, SEEDS, stream) for stream in (3, 4))
    _, trained = descend(
        draw.upstream, DeepNetwork(draw.start, up), MADE.eta1, h1 * MADE.m, MADE.steps1
    )
    for many, error in ((0, found.scratch), (MADE.inherited, found.some), (MADE.m, found.whole)):
        start = DeepNetwork(inherit(trained.filters, draw.fresh, many), down)
        _, after = descend(draw.downstream, start, MADE.eta2, h2 * MADE.m, MADE.steps2)
        counted = estimate_deep_error(after, draw.downstream.signal, MADE, 2, SEEDS).value.numpy()
        assert error == pytest.approx(np.log(np.maximum(counted, 0.5 / 8192)).mean())
    assert found.networks == 4 * SEEDS.count


@pytest.mark.parametrize(
    ("outcome", "inherited", "expected"),
    [("helps", "some", 1), ("helps", "whole", 2), ("hurts", "some", -1), ("hurts", "whole", -2)],
)
def test_won(outcome, inherited, expected):
    """Nats, over regimes; no spread, and so no doubt."""
    seen = [depth.Deep(0, math.log(0.4), math.log(0.2), math.log(0.1))] * 10
    assert depth._won(outcome, inherited, seen).value == pytest.approx(expected * math.log(2))
    assert depth._wins(outcome, inherited, 0.5, seen, {}).low.item() == pytest.approx(
        expected * math.log(2) - 0.5
    )
    assert depth._loses(outcome, inherited, seen, {}).low.item() == pytest.approx(
        -expected * math.log(2)
    )


# Where the law ends -------------------------------------------------------------------------------


def test_compared(seen):
    """The law's prediction, written down beforehand, beside the mean over seeds."""
    scratch, transfer = law_ends.scratch(MADE, SEEDS), law_ends.transfer(MADE, SEEDS)
    assert (scratch.predicted, transfer.predicted) == (
        law.predict(MADE).scratch,
        law.predict(MADE).transfer,
    )
    assert (law_ends.predict_scratch(MADE), law_ends.predict_transfer(MADE)) == (
        {"scratch": scratch.predicted},
        {"transfer": transfer.predicted},
    )
    assert scratch.measured == pytest.approx(seen.scratch.error.value.mean().item())
    assert transfer.measured == pytest.approx(seen.transfer.error.value.mean().item())
    assert (scratch.networks, transfer.networks) == (SEEDS.count, 2 * SEEDS.count)


def test_how_far_off():
    seen = [law_ends.Compared(1, 0.1, 0.1 + gap) for gap in np.tile([0.03, -0.03], 20)]
    assert typical(law_ends.gaps(seen)).value == pytest.approx(0.03)
    assert (
        law_ends.within(0.04, seen, {}).low.item(),
        law_ends.beyond(0.02, seen, {}).low.item(),
    ) == (pytest.approx(0.01), pytest.approx(0.01))
    times = [law_ends.Compared(1, 0.01, 0.03)] * 20
    assert law_ends.exceeds(2.0, times, {}).low.item() == pytest.approx(math.log(1.5))


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("h", [0.25, 8.0, 200.0])
def test_the_law_has_a_value_in_the_first_steps_and_at_any_h(h, steps):
    """Moments that oppose the signs by more than a correlation can are held at one."""
    moments = law.stepwise(h, h * steps)
    assert 0 <= moments.opposed < 1
    assert 0 < law.scratch_error(2.0, moments) < 0.5

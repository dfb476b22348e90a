"""A penalty and noise along the signal, against autograd's optimiser and against examples drawn in
R^d.
"""

import math

import numpy as np
import pytest
import torch
from examples import KINDS, regime

from model.engines.autograd import Trainer, logistic_loss, patches
from model.engines.network import TwoLayerCNN
from model.engines.variants import (
    descend_frozen,
    descend_penalised,
    descend_square,
    estimate_error_with_signal_noise,
    with_signal_noise,
)
from model.regime import SIGNAL_COORDINATES
from model.run import DivergenceError, signs
from model.sampling import Seeds, projected, projection, sample
from model.test_error import estimate_error

SEEDS = Seeds(3, 3)
STREAM = 7
every_kind = pytest.mark.parametrize("kind", KINDS)
every_level = pytest.mark.parametrize("level", ["law", "explicit"])


def by_optimiser(data, start, eta, steps, penalty):
    """torch's own weight decay, on the torch network, seed by seed."""
    trained = []
    for s in range(len(start)):
        network = TwoLayerCNN(start[s])
        optimiser = torch.optim.SGD(network.parameters(), lr=eta, weight_decay=penalty)
        for _ in range(steps):
            optimiser.zero_grad()
            logistic_loss(network(patches(data, s)), data.labels[s]).backward()
            optimiser.step()
        trained.append(network.filters.detach())
    return torch.stack(trained)


# A penalty ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", [0.0, 0.3, 3.0])
def test_weight_decay(penalty):
    case = regime(steps=25)
    draw = sample(case, SEEDS, "explicit")
    mine = descend_penalised(
        draw.downstream, draw.fresh, case.eta2, case.steps2, penalty / (case.eta2 * case.steps2)
    )
    assert torch.allclose(
        mine,
        by_optimiser(
            draw.downstream, draw.fresh, case.eta2, case.steps2, penalty / (case.eta2 * case.steps2)
        ),
        rtol=0,
        atol=1e-13,
    )


@every_kind
def test_without_a_penalty(kind):
    case = KINDS[kind]
    draw = sample(case, SEEDS, "explicit")
    mine = descend_penalised(draw.downstream, draw.fresh, case.eta2, case.steps2, 0.0)
    assert torch.allclose(
        mine,
        Trainer().descend(draw.downstream, draw.fresh, case.eta2, case.steps2).weights,
        rtol=0,
        atol=1e-12,
    )


def test_a_penalty_pulls_to_where_it_is_told():
    """So strong that nothing else counts: to zero, or back to the start."""
    case = regime(steps=60)
    draw = sample(case, SEEDS)
    strong = 0.5 / case.eta2
    away = draw.fresh + 1.0
    faded = descend_penalised(draw.downstream, away, case.eta2, case.steps2, strong).norm()
    kept = (
        descend_penalised(draw.downstream, away, case.eta2, case.steps2, strong, away) - away
    ).norm()
    once = (
        descend_penalised(draw.downstream, away, case.eta2, 1, 0.0) - away
    ).norm()  # what one step without it moves
    assert faded < 4 * once < 0.1 * away.norm()
    assert kept < 4 * once


@every_kind
def test_the_square_loss(kind):
    """One step by autograd."""
    case = KINDS[kind]
    draw = sample(case, SEEDS, "explicit")
    data, weights = draw.downstream, draw.fresh.clone().requires_grad_(True)
    j = signs(case.m)
    on_noise = torch.einsum("srd,snd->srn", weights, data.noise).relu()
    on_signal = ((weights @ data.signal)[:, :, None] * data.labels[:, None]).relu()
    output = torch.einsum("r,srn->sn", j / case.m, on_noise + on_signal)
    # Networks share nothing: the sum over seeds has each one's own gradient.
    ((output - data.labels).square() / 2).mean(1).sum().backward()
    stepped = (weights - case.eta2 * weights.grad).detach()
    mine = descend_square(data, draw.fresh, case.eta2, 1)
    assert torch.allclose(mine, stepped, rtol=0, atol=1e-12)
    assert not torch.allclose(mine, descend_penalised(data, draw.fresh, case.eta2, 1, 0.0))


def test_the_square_loss_s_divergence():
    case = regime()
    draw = sample(case, SEEDS)
    with pytest.raises(DivergenceError, match="smaller step"):
        descend_square(draw.downstream, draw.fresh, 1e4 * case.eta2, 3000)


@every_kind
def test_frozen_filters_stay_and_the_others_learn(kind):
    """By autograd, whose optimiser is told of the free filters alone, as if their gradient were 0
    elsewhere.
    """
    case = KINDS[kind]
    draw = sample(case, SEEDS, "explicit")
    frozen, m = case.m - 1, case.m
    mine = descend_frozen(draw.downstream, draw.fresh, case.eta2, case.steps2, frozen)
    kept = torch.arange(2 * m) % m < frozen
    assert torch.equal(mine[:, kept], draw.fresh[:, kept])
    step = Trainer().descend(draw.downstream, draw.fresh, case.eta2, 1).weights
    one = descend_frozen(draw.downstream, draw.fresh, case.eta2, 1, frozen)
    assert torch.allclose(one[:, ~kept], step[:, ~kept], rtol=0, atol=1e-12)
    assert not torch.allclose(mine[:, ~kept], one[:, ~kept])
    none = descend_frozen(draw.downstream, draw.fresh, case.eta2, case.steps2, 0)
    whole = Trainer().descend(draw.downstream, draw.fresh, case.eta2, case.steps2).weights
    assert torch.allclose(none, whole, rtol=0, atol=1e-12)


def test_the_divergence_of_free_filters():
    case = regime()
    draw = sample(case, SEEDS)
    with pytest.raises(DivergenceError, match="frozen = 1"):
        descend_frozen(draw.downstream, draw.fresh, torch.inf, 2, 1)


def test_the_penalty_s_divergence():
    case = regime()
    draw = sample(case, SEEDS)
    with pytest.raises(DivergenceError, match="penalty"):
        descend_penalised(draw.downstream, draw.fresh, case.eta2, 3000, 5.0 / case.eta2)


# Noise along the signal ---------------------------------------------------------------------------


@pytest.mark.parametrize("index", [1, 2])
@every_kind
def test_noise_is_added_within_the_signals_span_only(kind, index):
    case = KINDS[kind]
    data = sample(case, SEEDS, "explicit")
    data = data.upstream if index == 1 else data.downstream
    noisy = with_signal_noise(data, case, index, SEEDS, 2.0, STREAM)
    assert torch.allclose(projected(noisy.noise, case, index), data.noise, rtol=0, atol=1e-12)
    assert torch.equal(noisy.labels, data.labels)
    assert torch.equal(with_signal_noise(data, case, index, SEEDS, 0.0, STREAM).noise, data.noise)


def test_isotropic_noise_has_the_identity_for_covariance():
    """At scale 1, in the three explicit coordinates, over many seeds; standard errors of a
    covariance are sqrt(2/n) and less.
    """
    case = regime(n2=200, d=400, cos_v=0.6, sigma2=0.7)
    seeds = Seeds(0, 50)
    noise = (
        with_signal_noise(sample(case, seeds).downstream, case, 2, seeds, 1.0, STREAM)
        .noise[..., :SIGNAL_COORDINATES]
        .reshape(-1, SIGNAL_COORDINATES)
    )
    found = noise.T @ noise / len(noise) / case.sigma2**2
    assert torch.allclose(
        found,
        torch.eye(SIGNAL_COORDINATES, dtype=torch.float64),
        rtol=0,
        atol=6 * math.sqrt(2 / len(noise)),
    )


@every_level
def test_error_at_scale_0_is_the_theory_s(level):
    case = regime(d=40)
    draw = sample(case, SEEDS, level)
    weights = Trainer().descend(draw.downstream, draw.fresh, case.eta2, case.steps2).weights
    one = estimate_error(weights, draw.downstream.signal, case, 2, SEEDS)
    other = estimate_error_with_signal_noise(weights, draw.downstream.signal, case, 2, SEEDS, 0.0)
    assert torch.allclose(one.value, other.value, rtol=0, atol=1e-12)


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_error_counts_agree(scale):
    """Errors counted on a quarter of a million examples drawn in R^d lie where the estimate says,
    four standard errors and its interval apart at most.
    """
    case = regime(d=30, n2=12, m=4, inherited=0, signal=2.0, sigma2=1.0, steps=60)
    draw = sample(case, SEEDS, "explicit")
    data = with_signal_noise(draw.downstream, case, 2, SEEDS, scale, STREAM)
    weights = Trainer().descend(data, draw.fresh, case.eta2, case.steps2).weights
    found = estimate_error_with_signal_noise(weights, data.signal, case, 2, SEEDS, scale)
    generator, count = np.random.default_rng(5), 250_000
    drawn = torch.from_numpy(generator.standard_normal((count, case.d)))
    within = torch.eye(SIGNAL_COORDINATES, dtype=torch.float64) - projection(case, 2)
    noise = drawn.clone()
    noise[:, :SIGNAL_COORDINATES] = drawn[:, :SIGNAL_COORDINATES] @ (
        projection(case, 2) + scale * within
    )
    labels = torch.from_numpy(generator.integers(0, 2, count) * 2.0 - 1.0)
    pair = torch.stack([labels.unsqueeze(1) * data.signal, case.sigma2 * noise], 1)
    for s in range(SEEDS.count):
        counted = (labels * TwoLayerCNN(weights[s])(pair) < 0).double().mean().item()
        slack = 4 * math.sqrt(counted * (1 - counted) / count)
        assert found.low[s] - slack <= counted <= found.high[s] + slack
        assert 0.01 < counted < 0.49

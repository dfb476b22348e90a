"""Networks of three and more layers: the theory's where the further layers are the identity,
autograd's module otherwise.
"""

import math

import numpy as np
import pytest
import torch
from examples import KINDS, regime
from torch import nn

from model.engines import deep, gram
from model.engines.autograd import logistic_loss, patches
from model.engines.deep import (
    DeepNetwork,
    descend,
    estimate_deep_error,
    fresh_inner,
    outputs,
    readout,
)
from model.run import DivergenceError
from model.sampling import Seeds, fresh_noise, sample
from model.test_error import estimate_error

SEEDS = Seeds(4, 3)
every_depth = pytest.mark.parametrize("layers", [3, 4])


class Module(nn.Module):
    """The same network, of one seed, layer by layer, on both patches."""

    def __init__(self, network, seed):
        super().__init__()
        m = network.filters.shape[1] // 2
        self.filters = nn.ParameterList(
            [
                nn.Parameter(network.filters[seed, side * m : (side + 1) * m].clone())
                for side in (0, 1)
            ]
        )
        self.inner = nn.ModuleList(
            [
                nn.ParameterList(
                    [nn.Parameter(layer[seed, side].clone()) for layer in network.inner]
                )
                for side in (0, 1)
            ]
        )

    def forward(self, examples):
        ahead, behind = (self.side(examples, side) for side in (0, 1))
        return ahead - behind

    def side(self, examples, side):
        hidden = torch.relu(examples @ self.filters[side].T)
        for layer in self.inner[side]:
            hidden = torch.relu(hidden @ layer.T)
        return hidden.mean(2).sum(1)


def identities(seeds, m, layers):
    return tuple(
        torch.eye(m, dtype=torch.float64).expand(seeds, 2, m, m).clone() for _ in range(layers - 2)
    )


def network_of(case, draw, layers):
    return DeepNetwork(draw.fresh, fresh_inner(case.m, layers, SEEDS, 5))


@every_depth
@pytest.mark.parametrize("kind", ["plain", "cosine", "no-signal", "all-inherited"])
def test_with_identities_it_is_the_theory_s(kind, layers):
    """Losses, filters, errors: relu of relu is relu. V does not move where its step is 0."""
    case = KINDS[kind]
    draw = sample(case, SEEDS, "explicit")
    inner = identities(SEEDS.count, case.m, layers)
    loss, trained = descend(
        draw.downstream, DeepNetwork(draw.fresh, inner), case.eta2, 0.0, case.steps2
    )
    known = gram.descend(draw.downstream, draw.fresh, case.eta2, case.steps2)
    assert torch.allclose(loss, known.loss[:, :-1], rtol=0, atol=1e-12)
    assert torch.allclose(trained.filters, known.weights, rtol=0, atol=1e-12)
    assert all(torch.equal(one, other) for one, other in zip(trained.inner, inner, strict=True))
    counted = estimate_deep_error(trained, draw.downstream.signal, case, 2, SEEDS, 20_000)
    exact = estimate_error(known.weights, draw.downstream.signal, case, 2, SEEDS)
    assert bool(((counted.low <= exact.high) & (exact.low <= counted.high)).all())


@every_depth
def test_it_trains_as_a_module_does(layers):
    case = regime(steps=15, inherited=0)
    draw = sample(case, SEEDS, "explicit")
    start, inner_eta = network_of(case, draw, layers), 0.2
    loss, trained = descend(draw.downstream, start, case.eta2, inner_eta, case.steps2)
    for s in range(SEEDS.count):
        module = Module(start, s)
        optimiser = torch.optim.SGD(
            [
                {"params": module.filters, "lr": case.eta2},
                {"params": [p for side in module.inner for p in side], "lr": inner_eta},
            ]
        )
        for t in range(case.steps2):
            optimiser.zero_grad()
            found = logistic_loss(module(patches(draw.downstream, s)), draw.downstream.labels[s])
            assert abs(found.item() - loss[s, t].item()) < 1e-12
            found.backward()
            optimiser.step()
        assert torch.allclose(
            torch.cat(list(module.filters)), trained.filters[s], rtol=0, atol=1e-12
        )
        for k, layer in enumerate(trained.inner):
            assert torch.allclose(
                torch.stack([module.inner[side][k] for side in (0, 1)]),
                layer[s],
                rtol=0,
                atol=1e-12,
            )
        assert not torch.allclose(trained.inner[0][s], start.inner[0][s])
    kept = sample(case, SEEDS, "explicit")
    assert torch.equal(start.filters, kept.fresh)  # what was passed is not changed


@every_depth
def test_error_counts_agree(layers):
    """Errors counted on examples in R^d lie within the interval, four standard errors apart at
    most.
    """
    case = regime(d=30, n2=12, m=4, inherited=0, signal=2.0, sigma2=1.0, steps=40)
    draw = sample(case, SEEDS, "explicit")
    _, trained = descend(
        draw.downstream, network_of(case, draw, layers), case.eta2, 0.2, case.steps2
    )
    found = estimate_deep_error(trained, draw.downstream.signal, case, 2, SEEDS, 20_000)
    generator, count = np.random.default_rng(6), 100_000
    noise = fresh_noise(case, 2, count, generator)
    labels = torch.from_numpy(generator.integers(0, 2, count) * 2.0 - 1.0)
    pair = torch.stack([labels.unsqueeze(1) * draw.downstream.signal, noise], 1)
    for s in range(SEEDS.count):
        counted = (labels * Module(trained, s)(pair) < 0).double().mean().item()
        slack = 4 * math.sqrt(counted * (1 - counted) / count)
        assert found.low[s] - slack <= counted <= found.high[s] + slack
        assert 0.01 < counted < 0.49


def test_an_interval_of_no_errors_and_of_errors_only():
    """Of n examples without an error, at most 1 - (1/2000)^(1/n) err."""
    found = deep._interval(np.array([0.0, 50.0, 100.0]), 100)
    assert (found.low[0], found.high[2]) == (0, 1)
    assert found.high[0].item() == pytest.approx(1 - 0.0005 ** (1 / 100))
    assert found.low[2].item() == pytest.approx(0.0005 ** (1 / 100))
    assert found.low[1] < found.value[1] < found.high[1]


def test_patches_add_up():
    case = regime(inherited=0)
    draw = sample(case, SEEDS)
    network = network_of(case, draw, 3)
    data, f = draw.downstream, outputs(network, draw.downstream)
    along = network.filters @ data.signal
    by_hand = readout(network.inner, torch.bmm(network.filters, data.noise.transpose(1, 2)) * 1.0)
    by_hand = by_hand + readout(network.inner, along.unsqueeze(2) * data.labels.unsqueeze(1))
    assert torch.allclose(f, by_hand, rtol=0, atol=1e-14)


def test_initial_layers():
    """Variance 2/m, one draw a seed, whatever others are drawn beside it."""
    inner = fresh_inner(40, 4, Seeds(1, 5), 2)
    assert [layer.shape for layer in inner] == [(5, 2, 40, 40)] * 2
    assert torch.cat([layer.flatten() for layer in inner]).var().item() == pytest.approx(
        2 / 40, rel=6 * math.sqrt(2 / 32_000)
    )
    alone = fresh_inner(40, 4, Seeds(1, 2, first=3), 2)
    assert all(torch.equal(one[3:], other) for one, other in zip(inner, alone, strict=True))


def test_divergence():
    case = regime(steps=200)
    draw = sample(case, SEEDS)
    with pytest.raises(DivergenceError, match="eta"):
        descend(draw.downstream, network_of(case, draw, 4), 1e300, 1e300, case.steps2)

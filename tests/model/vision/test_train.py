"""Training on images: what a batch is, how the rate goes, and that the same seed gives the same
network.
"""

import gc
import math
import weakref

import numpy as np
import pytest
import torch
from torch import nn

from model.vision import train as training
from model.vision.train import Device, Examples, Recipe, accuracy, standardised, stream, train

CPU = Device("cpu")


def linear(generator, classes=3):
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, classes))
    with torch.no_grad():
        network[1].weight.copy_(0.01 * torch.randn(classes, 3072, generator=generator))
        network[1].bias.zero_()
    return network


def separable(count=60, classes=3):
    labels = torch.arange(count) % classes
    return Examples(
        torch.randn(count, 3, 32, 32, generator=stream(1, "pixels")) + labels.view(-1, 1, 1, 1),
        labels,
    )


def test_a_network_learns():
    network = linear(stream(0, "network"))
    found = train(
        network,
        separable(),
        separable(),
        Recipe(60, 16, 1e-3),
        stream(0, "batches"),
        CPU,
        at=(0, 30),
    )
    assert found.steps == (0, 30, 60)
    assert (
        found.accuracy[0]
        < 0.7
        < 0.95
        < found.accuracy[-1]
        == found.train_accuracy
        == accuracy(network, separable())
    )
    assert 0 < found.loss < 0.5


def test_the_same_seed_gives_the_same_network_and_another_seed_another():
    def trained(seed):
        network = linear(stream(0, "network"))
        before = torch.random.get_rng_state()
        train(
            network,
            separable(),
            separable(),
            Recipe(5, 8, 1e-3, augment=True),
            stream(seed, "batches"),
            CPU,
        )
        assert torch.equal(torch.random.get_rng_state(), before)
        return network[1].weight.detach()

    assert torch.equal(trained(0), trained(0))
    assert not torch.equal(trained(0), trained(1))


def test_steps_are_those_of_gradient_descent_with_momentum():
    """Against the update written out."""
    recipe, data = Recipe(4, 8, 1e-2), separable()
    network = linear(stream(0, "network"))
    train(network, data, data, recipe, stream(3, "batches"), CPU)
    twin, batches = (
        linear(stream(0, "network")),
        training._batches(60, recipe, stream(3, "batches")),
    )
    kept = [torch.zeros_like(p) for p in twin.parameters()]
    for step in range(recipe.steps):
        here = batches.index[step]
        loss = nn.functional.cross_entropy(twin(data.inputs[here]), data.labels[here])
        for parameter, velocity, slope in zip(
            twin.parameters(), kept, torch.autograd.grad(loss, list(twin.parameters())), strict=True
        ):
            velocity.mul_(training.MOMENTUM).add_(slope)
            parameter.data -= recipe.rate_at(step) * velocity
    assert all(
        torch.allclose(a, b, atol=1e-7)
        for a, b in zip(network.parameters(), twin.parameters(), strict=True)
    )


def test_adam_where_asked():
    plain, adam = linear(stream(0, "network")), linear(stream(0, "network"))
    train(plain, separable(), separable(), Recipe(1, 8, 1e-3), stream(0, "batches"), CPU)
    train(adam, separable(), separable(), Recipe(1, 8, 1e-3, adam=True), stream(0, "batches"), CPU)
    moved = (adam[1].weight - linear(stream(0, "network"))[1].weight).abs()
    assert not torch.equal(plain[1].weight, adam[1].weight)
    assert torch.allclose(
        moved[moved > 1e-5], torch.tensor(1e-3), rtol=1e-2
    )  # whatever the gradient


def test_every_image_comes_once_an_epoch():
    index = training._batches(10, Recipe(7, 4, 1.0), stream(0, "batches")).index
    assert index.shape == (7, 4)
    flat = index.flatten().tolist()
    assert sorted(flat[:10]) == sorted(flat[10:20]) == list(range(10))
    assert flat[:10] != flat[10:20]


def test_more_images_in_a_batch_than_there_are():
    assert torch.bincount(
        training._batches(3, Recipe(2, 8, 1.0), stream(0, "batches")).index.flatten(), minlength=3
    ).tolist() in (
        [5, 5, 6],
        [5, 6, 5],
        [6, 5, 5],
    )


def test_the_rate_rises_and_falls():
    recipe = Recipe(100, 1, 0.5)
    rates = [recipe.rate_at(step) for step in range(100)]
    assert max(rates) == rates[9] == rates[10] == 0.5
    assert rates[:10] == sorted(rates[:10])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert min(rates) > 0
    assert Recipe(1, 1, 0.5).rate_at(0) == 0.5


def test_augmentation_shifts_and_mirrors_each_image_by_itself():
    inputs = torch.arange(2 * 3 * 32 * 32, dtype=torch.float32).view(2, 3, 32, 32) + 1
    shift, mirror = torch.tensor([[4, 4], [1, 7]]), torch.tensor([True, False])
    found = training._augmented(inputs, shift, mirror)
    assert torch.equal(found[0], inputs[0].flip(2))
    expected = torch.zeros(3, 32, 32)
    expected[:, 3:, :29] = inputs[1, :, :29, 3:]  # three rows down, three columns to the left
    assert torch.equal(found[1], expected)


def test_augmentation_keeps_within_four_pixels():
    batches = training._batches(50, Recipe(40, 10, 1.0, augment=True), stream(0, "batches"))
    assert (int(batches.shift.min()), int(batches.shift.max())) == (0, 8)
    assert 0.3 < float(batches.mirror.float().mean()) < 0.7
    assert training._batches(50, Recipe(2, 10, 1.0), stream(0, "batches")).shift.shape == (2, 0, 2)


def test_pixels_are_standardised():
    pixels = torch.randint(
        0, 256, (50, 3, 32, 32), generator=stream(0, "pixels"), dtype=torch.uint8
    )
    deviation, mean = torch.std_mean(pixels.double() / 255, (0, 2, 3), correction=0)
    found = standardised(pixels, mean.tolist(), deviation.tolist())
    assert found.dtype == torch.float32
    assert torch.allclose(found.mean((0, 2, 3)), torch.zeros(3), atol=1e-5)
    assert torch.allclose(found.std((0, 2, 3)), torch.ones(3), atol=1e-3)


def test_streams_differ_by_seed_and_purpose():
    draws = {
        (seed, purpose): torch.randn(4, generator=stream(seed, purpose)).tolist()
        for seed in (0, 1, 2**40)
        for purpose in ("a", "b", "ab")
    }
    assert len({tuple(draw) for draw in draws.values()}) == 9
    assert torch.randn(4, generator=stream(1, "a")).tolist() == draws[1, "a"]


@pytest.mark.parametrize("count", [5, 500])
def test_noise_of_fewer_images_is_the_first_of_more(count):
    """Sources of different sizes are nested, noise and all."""
    many = torch.randn((1000, 3, 32, 32), generator=stream(0, "noise"))
    assert torch.equal(torch.randn((count, 3, 32, 32), generator=stream(0, "noise")), many[:count])


def test_accuracy_looks_at_every_image_and_leaves_the_network_as_it_is():
    data = separable(2500)
    network = linear(stream(0, "network"))
    by_hand = float((network(data.inputs).argmax(1) == data.labels).double().mean())
    assert accuracy(network, data) == pytest.approx(by_hand, abs=1e-12)
    normed = nn.Sequential(nn.BatchNorm2d(3), *linear(stream(0, "network")))
    before = normed[0].running_mean.clone()
    accuracy(normed, data)
    assert torch.equal(normed[0].running_mean, before)


def test_batch_norm_learns_its_statistics_after_a_test_too():
    """Testing a network half-way leaves it in training."""

    def statistics(at):
        network = nn.Sequential(nn.BatchNorm2d(3), *linear(stream(0, "network")))
        train(
            network, separable(), separable(), Recipe(6, 8, 1e-3), stream(0, "batches"), CPU, at=at
        )
        return network[0].running_mean

    assert torch.equal(statistics(()), statistics((0, 1, 3)))


@pytest.mark.parametrize(
    ("field", "value"),
    [("steps", 0), ("batch", 0), ("rate", 0.0), ("rate", math.nan), ("rate", math.inf)],
)
def test_recipes_that_train_nothing(field, value):
    with pytest.raises(ValueError, match=f"{field} = "):
        Recipe(**{"steps": 1, "batch": 1, "rate": 1.0} | {field: value})


def test_divergence_is_seen():
    found = train(
        linear(stream(0, "network")),
        separable(),
        separable(),
        Recipe(30, 8, 1e38),
        stream(0, "batches"),
        CPU,
    )
    assert not np.isfinite(found.loss)


class _NoStream:
    """What a CUDA stream is to the code that warms up, where there is none."""

    def wait_stream(self, other):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        pass


@pytest.fixture
def no_stream(monkeypatch):
    """Let code that asks for CUDA's streams go on."""
    monkeypatch.setattr(torch.cuda, "Stream", _NoStream)
    monkeypatch.setattr(torch.cuda, "current_stream", _NoStream)
    monkeypatch.setattr(torch.cuda, "stream", lambda stream: stream)


def test_warming_up_leaves_nothing_behind(no_stream, monkeypatch):
    """Before a step is captured some are made: weights, statistics and momenta are as if they had
    not been.
    """
    network = nn.Sequential(nn.BatchNorm2d(3), *linear(stream(0, "network")))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    optimiser = torch.optim.SGD(network.parameters(), 0.1, momentum=training.MOMENTUM)
    batches = training._batches(60, Recipe(1, 8, 0.1), stream(0, "batches"))
    steps = []
    monkeypatch.setattr(
        training, "_descend", lambda *args, kept=training._descend: steps.append(kept(*args))
    )
    training._warm_up(network, optimiser, separable(), batches[0], torch.tensor(0.1))
    assert len(steps) == training._WARM_UP
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    momenta = [state["momentum_buffer"] for state in optimiser.state.values()]
    assert len(momenta) == len(list(network.parameters()))
    assert not any(momentum.any() for momentum in momenta)


class _Graph:
    """What a CUDA graph is to the code that captures one: it remembers nothing, and makes nothing
    again.
    """

    def replay(self):
        pass


def test_what_a_graph_writes_to_stays_alive(no_stream, monkeypatch):
    """A graph knows addresses only: momenta must live as long as its steps are replayed."""
    monkeypatch.setattr(torch.cuda, "CUDAGraph", _Graph)
    monkeypatch.setattr(torch.cuda, "graph", lambda graph: _NoStream())
    made = []
    monkeypatch.setattr(
        training,
        "_optimiser",
        lambda *args, kept=training._optimiser, **more: (
            made.append(kept(*args, **more)) or made[-1]
        ),
    )
    network, data = linear(stream(0, "network")), separable()
    step = training._replayed(
        network,
        data,
        Recipe(3, 8, 0.1),
        training._batches(60, Recipe(3, 8, 0.1), stream(0, "batches")),
    )
    momenta = [weakref.ref(state["momentum_buffer"]) for state in made.pop().state.values()]
    del network, data
    gc.collect()
    assert momenta
    assert all(momentum() is not None for momentum in momenta)
    step(0)

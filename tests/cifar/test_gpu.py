"""Training on a GPU: steps that are replayed are those of the ordinary loop, and devices agree."""

import statistics

import pytest
import torch

from model.vision import nets
from model.vision import train as training
from model.vision.train import Device, Recipe, stream, train
from reports.images import run, speed
from reports.images.plan import TrainedNetwork

pytestmark = [
    pytest.mark.cifar,
    pytest.mark.gpu,
    pytest.mark.skipif(
        not torch.cuda.is_available(), reason="needs an accelerator: torch sees none"
    ),
]
FAST, PLAIN, CPU = Device("cuda"), Device("cuda", plain=True), Device("cpu")
ARCHITECTURES = ("conv4", "resnet18", "vgg11", "vit")


def _learned(device):
    return run._learned(run.pair("cifar10").downstream, 500, "n2", stream(0, "images"), None).to(
        device
    )


def _trained(step_of, architecture, recipe):
    """Weights after a few steps, made by `_plain` or `_replayed`, in the precision of a GPU."""
    network = (
        nets.build(nets.Shape(architecture, 5, 0.5), stream(0, "network"))
        .to("cuda")
        .to(memory_format=torch.channels_last)
        .train()
    )
    data = _learned(FAST)
    with FAST.computing():
        step = step_of(
            network,
            data,
            recipe,
            training._batches(len(data.labels), recipe, stream(0, "batches")).to(FAST),
        )
        losses = [float(step(done)) for done in range(recipe.steps)]
    return losses, network.state_dict()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("augment", [False, True])
def test_a_replayed_step_is_an_ordinary_one(architecture, augment):
    recipe = Recipe(
        12, 64, 0.01 if architecture != "vit" else 1e-4, adam=architecture == "vit", augment=augment
    )
    begun = nets.build(nets.Shape(architecture, 5, 0.5), stream(0, "network")).state_dict()
    (plain, one), (replayed, other) = (
        _trained(step, architecture, recipe) for step in (training._plain, training._replayed)
    )
    assert replayed == pytest.approx(plain, rel=0.02)
    moved, apart = (
        sum(
            float((end[name].cpu().double() - start[name].cpu().double()).square().sum())
            for name in begun
        )
        for end, start in ((one, begun), (one, other))
    )
    assert moved > 0
    assert apart <= 0.1**2 * moved


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_same_seed_gives_the_same_network_on_a_gpu(architecture):
    first, second = (
        _trained(training._replayed, architecture, Recipe(20, 64, 1e-3, adam=architecture == "vit"))
        for _ in range(2)
    )
    assert first[0] == second[0]


def test_precision_does_not_move_accuracy():
    """Eight seeds: bfloat16 replayed against float32 on the CPU, paired; the mean difference within
    three standard errors and a point.
    """
    recipe, test = (
        Recipe(150, 64, 0.05),
        run._tested(run.pair("cifar10").downstream, None, CPU).first(2000),
    )
    differences = []
    for seed in range(8):
        reached = []
        for device in (FAST, CPU):
            network = nets.build(nets.Shape("conv4", 5, 0.5), stream(seed, "network"))
            reached.append(
                train(
                    network,
                    _learned(device),
                    test.to(device),
                    recipe,
                    stream(seed, "batches"),
                    device,
                ).accuracy[-1]
            )
        differences.append(100 * (reached[0] - reached[1]))
    error = statistics.stdev(differences) / 8**0.5
    assert abs(statistics.mean(differences)) < 3 * error + 1.0


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_speed_is_measured(architecture, monkeypatch):
    """By a clock that training alone moves: how fast a machine is, is no test's business."""
    now, train = [0.0], speed.train

    def trained(network, data, test, recipe, random, device):
        now[0] += recipe.steps * (2.0 if device.plain else 1.0)
        return train(network, data, test, recipe, random, device)

    monkeypatch.setattr(speed, "train", trained)
    monkeypatch.setattr(speed, "_clock", lambda: now[0])
    found = speed.measure(TrainedNetwork(architecture), FAST, batch=64, steps=10, repeats=1)
    assert (found.fast, found.plain) == (64.0, 32.0)
    assert found.device == torch.cuda.get_device_name()

"""What the tests of the engines share: tasks to train on, and how far apart two runs are.

Differences are relative, ||got - expected|| / ||expected||. Engines agree to some 1e-15; CLOSE
leaves room for other processors, and every planted error must be seen FAR above it.
"""

import pytest
import torch
from examples import KINDS

from claims.observing import mutants as planted
from model.engines import gram, tangent
from model.engines.autograd import Trainer, closed_form_step
from model.sampling import Seeds, sample
from model.transfer import inherit

CLOSE = 1e-12
FAR = 1e-6
THREE = Seeds(0, 3)
autograd = Trainer().descend
every_kind = pytest.mark.parametrize("made", KINDS.values(), ids=KINDS)
every_task = pytest.mark.parametrize("index", [1, 2])
every_engine = pytest.mark.parametrize(
    "engine", [autograd, gram.descend, tangent.descend], ids=["autograd", "batched", "tangent"]
)
PLANTED = [
    kind
    for kind in vars(planted).values()
    if isinstance(kind, type) and issubclass(kind, Trainer) and kind is not Trainer
]


def task(made, index, seeds=THREE):
    """Training set, initial filters, step size and steps; downstream, the filters are those after
    transfer.
    """
    draw, own = sample(made, seeds, "explicit"), made.task(index)
    if index == 1:
        return draw.upstream, draw.start, own.eta, own.steps
    trained = written_out(draw.upstream, draw.start, made.eta1, made.steps1)
    return draw.downstream, inherit(trained, draw.fresh, made.inherited), own.eta, own.steps


def written_out(data, weights, eta, steps):
    for _ in range(steps):
        weights = closed_form_step(data, weights, eta)
    return weights


def gap(got, expected):
    """The largest relative difference over seeds; equal is 0, even where nothing moves."""
    difference, size = (got - expected).flatten(1).norm(dim=1), expected.flatten(1).norm(dim=1)
    return torch.where(difference == 0, 0.0, difference / size).max().item()


def run_gap(got, expected):
    return max(gap(got.loss, expected.loss), gap(got.weights, expected.weights))

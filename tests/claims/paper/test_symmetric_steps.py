"""The step that algebra speaks of is the one that networks take."""

import numpy as np
import pytest
import sympy as sp
import torch

from claims.observing import symbolic_step as algebra
from claims.paper.symmetric_steps import CLAIMS

MEANING = {
    "relu": lambda z: max(z, 0.0),
    "slope": lambda z: float(z > 0),
    "loss": lambda z: float(np.logaddexp(0, -z)),
    "pull": lambda z: float(1 / (1 + np.exp(z))),
}


@pytest.mark.parametrize("seed", range(3))
def test_a_step_is_gradient_descent(seed):
    """With ReLU and the logistic loss, on random numbers, against autograd."""
    rng = np.random.default_rng(seed)
    setting = algebra.generic(2, 2)
    outcomes = [setting.mean_loss, *(entry for one in setting.stepped for entry in one.weights)]
    symbols = sorted(sp.Tuple(*outcomes).free_symbols, key=str)
    values = {symbol: rng.standard_normal() for symbol in symbols}
    values |= {example.label: rng.choice([-1.0, 1.0]) for example in setting.examples}
    values |= {setting.eta: 0.3}
    found = sp.lambdify(symbols, outcomes, modules=[MEANING, "math"])(*values.values())

    def numbers(vector):
        return [float(values[entry]) for entry in vector]

    weights = torch.tensor([numbers(one.weights) for one in setting.filters], dtype=torch.float64)
    weights.requires_grad_()
    signs = torch.tensor([one.sign for one in setting.filters], dtype=torch.float64)
    patches = torch.tensor(
        [[numbers(patch) for patch in example.patches] for example in setting.examples],
        dtype=torch.float64,
    )
    labels = torch.tensor([values[one.label] for one in setting.examples], dtype=torch.float64)
    outputs = (signs * torch.relu(patches @ weights.T)).sum((1, 2)) / 2
    loss = torch.nn.functional.softplus(-labels * outputs).mean()
    (gradient,) = torch.autograd.grad(loss, weights)
    expected = [loss.item(), *(weights - 0.3 * gradient).detach().flatten().tolist()]
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_nothing_is_left(claim):
    """Of the loss and of every weight after the step."""
    seen = claim.observe()
    assert set(seen.residuals) == {0}
    assert len(seen.residuals) >= 5

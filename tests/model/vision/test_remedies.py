"""Pulls and frozen weights, as changes of gradients: those that an optimiser's own weight decay
makes, and none where weights are frozen.
"""

import pytest
import torch
from torch.nn.functional import cross_entropy

from model.vision import nets
from model.vision.inherit import inherit
from model.vision.remedies import Remedy, begin
from model.vision.train import Device, Examples, Recipe, train

DATA = Examples(
    torch.randn(40, 3, 32, 32, generator=torch.Generator().manual_seed(0)), torch.arange(40) % 5
)
RECIPE = Recipe(6, 8, 0.05)


def network(seed):
    return nets.build(nets.Shape("conv4", 5, 0.1), torch.Generator().manual_seed(seed))


def begun(remedy):
    """A network that inherited, and its weights then."""
    made = network(2)
    begin(remedy, network(1), made)
    return made, {name: weights.detach().clone() for name, weights in made.named_parameters()}


def gradients(made):
    """Of one batch."""
    made.zero_grad()
    cross_entropy(made(DATA.inputs), DATA.labels).backward()
    return {name: weights.grad.clone() for name, weights in made.named_parameters()}


def trained(remedy):
    made, before = begun(remedy)
    train(made, DATA, DATA, RECIPE, torch.Generator().manual_seed(3), Device("cpu"))
    return before, {name: weights.detach() for name, weights in made.named_parameters()}


def distance(one, other):
    return sum(float(((one[name] - other[name]) ** 2).sum()) for name in one) ** 0.5


def test_decay_is_that_of_an_optimiser():
    """The gradient that `weight_decay` of torch's SGD descends by."""
    plain, decayed = (begun(remedy)[0] for remedy in (Remedy(), Remedy(decay=0.3)))
    optimiser = torch.optim.SGD(plain.parameters(), 0.1, weight_decay=0.3)
    gradients(plain)
    optimiser.step()
    changed = gradients(decayed)
    with torch.no_grad():
        for weights, gradient in zip(decayed.parameters(), changed.values(), strict=True):
            weights -= 0.1 * gradient
    for one, other in zip(plain.parameters(), decayed.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_l2_sp_pulls_the_body_to_where_it_began_and_the_head_to_zero():
    plain, held = (begun(remedy)[0] for remedy in (Remedy(), Remedy(hold=0.5)))
    with torch.no_grad():
        for made in (plain, held):
            for weights in made.parameters():
                weights += 0.25
    start = dict(network(1).named_parameters())
    for name, gradient in gradients(held).items():
        weights = held.get_parameter(name).detach()
        pull = weights if name.startswith("head.") else weights - start[name].detach()
        torch.testing.assert_close(gradient, gradients(plain)[name] + 0.5 * pull)


def test_frozen_weights_are_the_inherited_ones_and_stay():
    before, after = trained(Remedy(share=0.5, frozen=True))
    taken = inherit(network(1), network(2), 0.5, "filters").parameters
    body = [name for name in before if not name.startswith("head.")]
    assert sum(int((before[name] == after[name]).sum()) for name in body) == taken
    assert not torch.equal(before["head.weight"], after["head.weight"])


def test_a_linear_probe_trains_its_head_alone():
    before, after = trained(Remedy(frozen=True))
    assert {name for name in before if not torch.equal(before[name], after[name])} == {
        "head.weight",
        "head.bias",
    }


def test_strong_pulls_keep_weights_near():
    moved = {}
    for hold in (0.0, 1.0, 5.0):
        before, after = trained(Remedy(hold=hold))
        body = [name for name in before if not name.startswith("head.")]
        moved[hold] = distance({n: before[n] for n in body}, {n: after[n] for n in body})
    assert moved[5.0] < moved[1.0] < moved[0.0]


def test_without_a_remedy_training_is_plain():
    made = network(2)
    inherit(network(1), made, 1.0, "filters")
    train(made, DATA, DATA, RECIPE, torch.Generator().manual_seed(3), Device("cpu"))
    _, after = trained(Remedy())
    assert all(torch.equal(after[name], weights) for name, weights in made.named_parameters())


def test_from_scratch_nothing_is_inherited():
    made = network(2)
    begin(Remedy(share=0.0), None, made)
    assert all(
        torch.equal(one, other)
        for one, other in zip(made.parameters(), network(2).parameters(), strict=True)
    )
    with pytest.raises(ValueError, match="source: must be there"):
        begin(Remedy(), None, network(2))


@pytest.mark.parametrize(
    ("field", "value"), [("share", 1.5), ("share", -0.1), ("decay", -1.0), ("hold", float("inf"))]
)
def test_no_such_remedy(field, value):
    with pytest.raises(ValueError, match=f"{field} = {value}"):
        Remedy(**{field: value})

"""Inheritance between networks: which weights come from upstream, bit for bit, that all others
stay, and what that does to what the network computes.
"""

import math
from copy import deepcopy
from functools import cache
from typing import get_args

import pytest
import torch
from torch import nn

from model.vision.inherit import Form, inherit
from model.vision.nets import Architecture, Shape, build

FORMS = get_args(Form)
ARCHITECTURES = get_args(Architecture)
#: 2 heads for a ViT; elsewhere 4 to 8 filters and more.
WIDTH = {"conv4": 0.125, "resnet18": 0.0625, "vgg11": 0.0625, "vgg16": 0.0625, "vit": 0.6}
SHARES = (0.1, 0.3, 0.5, 0.875)
every_architecture = pytest.mark.parametrize("architecture", ARCHITECTURES)
every_form = pytest.mark.parametrize("form", FORMS)


def generator(seed):
    return torch.Generator().manual_seed(seed)


def trained(architecture, seed=1, classes=5, width=None):
    """A network that stands for a trained one: no tensor, running statistics included, is what it
    is under another seed.
    """
    return deepcopy(made(architecture, seed, classes, width))


@cache
def made(architecture, seed, classes, width):
    network = build(
        Shape(architecture, classes, width or WIDTH[architecture]), generator(seed)
    ).eval()
    source = generator(seed + 100)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if not tensor.is_floating_point():
                tensor.fill_(seed + 1)
            elif tensor.dim() == 1:
                tensor.add_(
                    0.5 * torch.rand(tensor.shape, generator=source) + 0.01 * ("var" in name)
                )
    return network


def states(architecture, share, form):
    """Names of the body's tensors with upstream's, the fresh and the resulting value; and what
    `inherit` reports.
    """
    upstream, downstream = trained(architecture), trained(architecture, 2)
    old, fresh = (
        {name: tensor.clone() for name, tensor in network.state_dict().items()}
        for network in (upstream, downstream)
    )
    report = inherit(upstream, downstream, share, form)
    assert all(
        torch.equal(old[name], tensor) for name, tensor in upstream.state_dict().items()
    )  # only downstream changes
    new = downstream.state_dict()
    assert all(
        torch.equal(new[name], fresh[name]) for name in ("head.weight", "head.bias")
    )  # whatever the share
    return {
        name: (old[name], fresh[name], new[name]) for name in new if not name.startswith("head.")
    }, report


def up(share, count):
    """Rounded half up, another way than the code's."""
    return round(share * count + 1e-9)


def masks(architecture, name, shape, share, form):
    """True where weights must be upstream's: written out here from names, apart from the plan the
    networks tell. (`layers` has its own test.)
    """
    mask = torch.ones(shape, dtype=torch.bool)

    def keep(dim, unit=1):
        beyond = torch.arange(shape[dim]) >= unit * up(share, shape[dim] // unit)
        mask[(slice(None),) * dim + (beyond,)] = False

    if not shape:
        return mask if up(share, 1) else ~mask
    if name == "positions":
        keep(1)
        return mask
    owner, unit = 0, 1
    if "qkv" in name:
        unit = 3 * 64
    elif "project.weight" in name:
        owner, unit = 1, 64
    elif "contract.weight" in name:
        owner = 1
    keep(owner, unit)
    if form == "block" and len(shape) > 1 and shape[1] != 3:
        keep(1 - owner)
    return mask


# Bit for bit --------------------------------------------------------------------------------------


@every_architecture
@every_form
def test_none_and_all(architecture, form):
    none, report = states(architecture, 0, form)
    assert all(torch.equal(new, fresh) for _, fresh, new in none.values())
    assert report.filters == report.parameters == 0
    everything, report = states(architecture, 1, form)
    assert all(
        torch.equal(new, old) and not torch.equal(new, fresh)
        for old, fresh, new in everything.values()
    )
    assert report.filters == report.of > 0
    assert report.parameters == report.of_parameters > 0


@every_architecture
@pytest.mark.parametrize("form", ["filters", "block"])
@pytest.mark.parametrize("share", SHARES)
def test_first_filters(architecture, form, share):
    result, report = states(architecture, share, form)
    taken = 0
    for name, (old, fresh, new) in result.items():
        mask = masks(architecture, name, old.shape, share, form)
        assert torch.equal(new, torch.where(mask, old, fresh)), name
        if "running" not in name and "num_batches" not in name:
            taken += int(mask.sum())
    assert report.parameters == taken
    assert report.of_parameters == sum(
        old.numel()
        for name, (old, *_) in result.items()
        if "running" not in name and "num_batches" not in name
    )
    assert (report.share, report.form) == (share, form)


@every_architecture
@pytest.mark.parametrize("share", SHARES)
def test_first_layers(architecture, share):
    """A tensor is all upstream's or all fresh, and the layers that are upstream's are a beginning
    of the forward pass.
    """
    result, report = states(architecture, share, "layers")
    network = trained(architecture, 2)
    layer_of = {
        part.tensor.data_ptr(): i for i, layer in enumerate(network.layers()) for part in layer
    }
    layers = len(network.layers())
    addresses = {name: tensor.data_ptr() for name, tensor in network.state_dict().items()}
    counted = dict(network.named_parameters())
    parameters = 0
    for name, (old, fresh, new) in result.items():
        inherited = layer_of[addresses[name]] < up(share, layers)
        assert torch.equal(new, old if inherited else fresh), name
        parameters += new.numel() * inherited * (name in counted)
    assert report.parameters == parameters
    assert [taken == of for taken, of in report.layers] == [
        i < up(share, layers) for i in range(layers)
    ]
    assert all(taken in (0, of) for taken, of in report.layers)


def test_a_shortcut_goes_with_the_block_it_ends():
    """Stem, two blocks of two, then the first block with a shortcut: its second convolution is the
    7th of 17 layers.
    """
    names = {
        share: {
            name
            for name, (old, _, new) in states("resnet18", share, "layers")[0].items()
            if torch.equal(old, new)
        }
        for share in (6 / 17, 7 / 17)
    }
    added = {
        name.removesuffix("weight").rsplit(".", 2)[0] for name in names[7 / 17] - names[6 / 17]
    }
    assert added == {"body.2.second", "body.2.shortcut"}


def test_what_is_reported():
    """Half of 3 heads is 2, of 192 channels 96, of 384 hidden units 192; filters of each layer, in
    order.
    """
    networks = [build(Shape("vit", classes), generator(classes)) for classes in (5, 3)]
    report = inherit(*networks, 0.5, "filters")
    assert report.layers == ((96, 192), *((2, 3), (192, 384)) * 6)
    assert report.filters == 96 + 6 * (2 + 192)
    assert report.of == 192 + 6 * (3 + 384)
    conv = inherit(trained("conv4"), trained("conv4", 2, classes=7), 0.375, "block")
    assert conv.layers == ((2, 4), (3, 8), (6, 16), (6, 16))  # 1.5 filters are 2


# What the network computes ------------------------------------------------------------------------


def traced(network, x):
    """Outputs of the leaves of the body that hold weights, with the layer each belongs to, in the
    order of the forward pass.
    """
    layer_of = {
        part.tensor.data_ptr(): i for i, layer in enumerate(network.layers()) for part in layer
    }
    outputs, hooks = [], []
    for module in network.modules():
        own = [
            layer_of[p.data_ptr()]
            for p in module.parameters(recurse=False)
            if p.data_ptr() in layer_of
        ]
        if own and module is not network:
            hooks.append(
                module.register_forward_hook(
                    lambda module, inputs, output, layer=own[0]: outputs.append((layer, output))
                )
            )
    with torch.no_grad():
        network(x)
    for hook in hooks:
        hook.remove()
    return outputs


@every_architecture
@pytest.mark.parametrize("share", [0.25, 0.5, 0.8])
def test_inherited_layers_compute_the_same(architecture, share):
    """Features are upstream's up to the depth inherited, and no further."""
    upstream, downstream = trained(architecture), trained(architecture, 2)
    inherit(upstream, downstream, share, "layers")
    x = torch.randn(2, 3, 32, 32, generator=generator(0))
    depth = up(share, len(upstream.layers()))
    for (layer, theirs), (_, ours) in zip(traced(upstream, x), traced(downstream, x), strict=True):
        assert torch.equal(theirs, ours) == (layer < depth), layer


@every_architecture
@every_form
def test_a_whole_body_computes_the_same(architecture, form):
    upstream, downstream = trained(architecture), trained(architecture, 2)
    inherit(upstream, downstream, 1, form)
    x = torch.randn(2, 3, 32, 32, generator=generator(0))
    with torch.no_grad():
        fresh = downstream(x)
        downstream.head = upstream.head
        assert torch.equal(upstream(x), downstream(x))
        assert not torch.equal(upstream(x), fresh)


@pytest.mark.parametrize("architecture", ["conv4", "resnet18", "vgg11", "vgg16"])
def test_a_block_is_a_narrower_network(architecture):
    """Fresh weights silenced, the inherited half computes what a network of half the width does
    that has the upper left corner of each of upstream's tensors.

    In a residual network that takes the same channels on both sides of each sum. (Not for a ViT,
    whose layer norms see all channels.)
    """
    width = WIDTH[architecture]
    upstream, downstream, narrow = (
        trained(architecture, seed, width=w).double()
        for seed, w in ((1, width), (2, width), (3, width / 2))
    )
    for name, tensor in downstream.state_dict().items():
        if not name.startswith("head.") and tensor.is_floating_point():
            tensor.fill_(1 if "running_var" in name else 0)
    inherit(upstream, downstream, 0.5, "block")
    big = {
        name: downstream.state_dict()[name] if name.startswith("head.") else tensor
        for name, tensor in upstream.state_dict().items()
    }
    for name, tensor in narrow.state_dict().items():
        tensor.copy_(big[name][tuple(slice(n) for n in tensor.shape)])
    x = torch.randn(2, 3, 32, 32, generator=generator(0), dtype=torch.float64)
    with torch.no_grad():
        ours, theirs = downstream(x), narrow(x)
        torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9)
        assert (
            theirs - theirs.mean(0)
        ).abs().max() > 1e-4  # of a few filters and 13 layers little is left, but not nothing


@pytest.mark.parametrize("form", ["filters", "block"])
def test_an_inherited_head_attends_as_upstream(form):
    """On the same normalised tokens the first of two heads gives what it gave upstream, and the
    other does not; of hidden units the first half.
    """
    theirs, ours = (trained("vit", seed) for seed in (1, 2))
    inherit(theirs, ours, 0.5, form)
    tokens = torch.randn(2, 64, 128, generator=generator(0))
    tokens[..., 64:] = 0  # what a block does not read
    seen = []
    for network in (theirs, ours):
        block = network.body[3]
        block.norm1 = block.norm2 = nn.Identity()
        for module in (block.project, block.contract):
            module.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
        with torch.no_grad():
            (
                block.project.weight.zero_(),
                block.project.bias.zero_(),
            )  # so that the MLP reads the same tokens
            block(tokens)
    for old, new in zip(seen[:2], seen[2:], strict=True):
        half = old.shape[-1] // 2
        torch.testing.assert_close(new[..., :half], old[..., :half])
        assert not torch.isclose(new[..., half:], old[..., half:], rtol=1e-3).all(dim=(0, 1)).any()


# Around it ----------------------------------------------------------------------------------------


def test_gradients_and_later_training():
    """Inherited weights stay leaves that train, and training them leaves upstream alone."""
    upstream, downstream = trained("conv4"), trained("conv4", 2).train()
    before = {name: tensor.clone() for name, tensor in upstream.state_dict().items()}
    inherit(upstream, downstream, 1, "filters")
    assert all(p.is_leaf and p.requires_grad for p in downstream.parameters())
    downstream(torch.randn(2, 3, 32, 32, generator=generator(0))).square().sum().backward()
    with torch.no_grad():
        for p in downstream.parameters():
            p.sub_(0.1 * p.grad)
    assert not torch.equal(downstream.body[0].conv.weight, before["body.0.conv.weight"])
    assert all(torch.equal(before[name], tensor) for name, tensor in upstream.state_dict().items())


def test_memory_format_and_precision_of_downstream():
    upstream = trained("resnet18")
    plain = trained("resnet18", 2)
    turned = trained("resnet18", 2).double().to(memory_format=torch.channels_last)
    for network in (plain, turned):
        inherit(upstream, network, 0.5, "block")
    for name, tensor in turned.state_dict().items():
        assert torch.equal(tensor, plain.state_dict()[name].to(tensor.dtype)), name
    assert turned.stem.conv.weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("share", [-0.01, 1.01, math.nan, math.inf, True, "1"])
def test_impossible_share(share):
    downstream = trained("conv4", 2)
    with pytest.raises(ValueError, match=r"^share = .*: must be a finite number from 0 to 1$"):
        inherit(trained("conv4"), downstream, share, "filters")


def test_other_impossible_calls():
    conv = trained("conv4")
    with pytest.raises(
        ValueError, match=r"^form = 'heads': must be one of filters, block, layers$"
    ):
        inherit(conv, trained("conv4", 2), 0.5, "heads")
    with pytest.raises(
        ValueError, match=r"^architecture = 'vgg11': must be the upstream network's, 'conv4'$"
    ):
        inherit(conv, trained("vgg11", 2), 0.5, "filters")
    with pytest.raises(ValueError, match=r"^width = 0.25: must be the upstream network's, 0.125$"):
        inherit(conv, trained("conv4", 2, width=0.25), 0.5, "filters")
    with pytest.raises(ValueError, match=r"^upstream = a Linear: must be a network made by"):
        inherit(nn.Linear(2, 2), conv, 0.5, "filters")
    with pytest.raises(ValueError, match=r"^downstream = a Linear: must be a network made by"):
        inherit(conv, nn.Linear(2, 2), 0.5, "filters")

"""The real-image tier's networks: sizes of the standard forms, draws from the generator alone,
layers that cover the body in order.
"""

import math
from typing import get_args

import pytest
import torch
from torch import nn

from model.vision.nets import (
    Architecture,
    ConvNorm,
    Encoder,
    Shape,
    build,
    flops,
    half_up,
    parameters,
)

#: Narrow enough to be fast; a ViT of one head.
NARROW = {architecture: Shape(architecture, 10, 0.125) for architecture in get_args(Architecture)}
#: Parameters in millions, and GFLOP of an image forward and backward: the tier's plan, where the
#: ViT's 0.68 leaves out attention's own products.
PLANNED = {
    "resnet18": (11.17, 3.33),
    "vgg11": (9.23, 0.91),
    "vgg16": (14.72, 1.88),
    "vit": (1.81, 0.68),
}
ATTENTION = (
    3 * 6 * 4 * 64 * 64 * 192 / 1e9
)  # q·k and weights·v of 64 tokens, 192 channels, 6 blocks; twice as much backward
every_architecture = pytest.mark.parametrize("architecture", NARROW)


def generator(seed):
    return torch.Generator().manual_seed(seed)


def images(count=2, seed=0):
    return torch.randn(count, 3, 32, 32, generator=generator(seed))


@pytest.mark.parametrize("architecture", PLANNED)
def test_standard_forms(architecture):
    size, work = PLANNED[architecture]
    shape = Shape(architecture, 10)
    assert round(parameters(shape) / 1e6, 2) == size
    assert round(flops(shape) / 1e9 - (ATTENTION if architecture == "vit" else 0), 2) == work


@pytest.mark.parametrize(
    ("architecture", "layers"),
    [("conv4", 4), ("resnet18", 17), ("vgg11", 8), ("vgg16", 13), ("vit", 13)],
)
def test_layers_that_give_a_network_its_name(architecture, layers):
    """With the head 18, 11 and 16; a ViT has its embedding, and an attention and an MLP in each of
    6 blocks.
    """
    assert len(build(NARROW[architecture], generator(0)).layers()) == layers


def test_parameters_are_those_built():
    for shape in NARROW.values():
        assert parameters(shape) == sum(p.numel() for p in build(shape, generator(0)).parameters())


@every_architecture
def test_widths(architecture):
    first = {
        width: build(Shape(architecture, 2, width), generator(0)).layers()[0][0].tensor.shape[0]
        for width in (1e-9, 0.25, 0.5)
    }
    full = {"conv4": 32, "resnet18": 64, "vgg11": 64, "vgg16": 64}
    assert first == (
        {1e-9: 64, 0.25: 64, 0.5: 128}
        if architecture == "vit"
        else {1e-9: 1, 0.25: full[architecture] / 4, 0.5: full[architecture] / 2}
    )


@every_architecture
@pytest.mark.parametrize("classes", [2, 10])
def test_output(architecture, classes):
    network = build(Shape(architecture, classes, 0.125), generator(0))
    output = network(images())
    assert output.shape == (2, classes)
    output.sum().backward()
    assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in network.parameters())
    assert not output[0].equal(output[1])


@every_architecture
def test_a_seed_is_a_network(architecture):
    """Whatever the state of the global generator, which is left alone."""
    shape = NARROW[architecture]
    before = torch.get_rng_state()
    first = build(shape, generator(1)).state_dict()
    assert torch.equal(torch.get_rng_state(), before)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        again = build(shape, generator(1)).state_dict()
    other = build(shape, generator(2)).state_dict()
    for name, tensor in first.items():
        assert torch.equal(tensor, again[name]), name
        drawn = tensor.dim() > 1  # matrices, convolutions, positions; the rest is neutral
        assert torch.equal(tensor, other[name]) != drawn, name


@every_architecture
def test_drawn_in_single_precision(architecture):
    """Double precision is the same network, and so is one with other classes, but for its head."""
    single, double = (
        build(NARROW[architecture], generator(1), dtype=dtype)
        for dtype in (torch.float32, torch.float64)
    )
    other = build(Shape(architecture, 3, 0.125), generator(1)).state_dict()
    for name, tensor in double.state_dict().items():
        assert tensor.dtype == (torch.float64 if tensor.is_floating_point() else torch.int64)
        assert torch.equal(tensor.to(single.state_dict()[name].dtype), single.state_dict()[name]), (
            name
        )
        assert name.startswith("head") or torch.equal(other[name], single.state_dict()[name]), name


def test_whatever_the_default_precision():
    usual = build(NARROW["conv4"], generator(1))
    torch.set_default_dtype(torch.float64)
    try:
        network = build(NARROW["conv4"], generator(1))
    finally:
        torch.set_default_dtype(torch.float32)
    assert all(
        torch.equal(p, q) and p.dtype == q.dtype
        for p, q in zip(network.parameters(), usual.parameters(), strict=True)
    )


def test_scales_of_a_draw():
    """Spreads to 5%, on tensors of 20,000 entries and more; what is not drawn is neutral."""
    for architecture in ("vgg11", "resnet18", "vit"):
        network = build(Shape(architecture, 500, 0.5), generator(3))
        seen = 0
        for module in network.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                weight = module.weight.detach()
                fan_in = weight[0].numel()
                scale = (
                    0.02
                    if architecture == "vit"
                    else math.sqrt(1 / fan_in if module is network.head else 2 / fan_in)
                )
                if weight.numel() >= 20_000:
                    seen += 1
                    assert weight.std().item() == pytest.approx(scale, rel=0.05)
                    assert abs(weight.mean().item()) < 5 * scale / math.sqrt(weight.numel())
                assert module.bias is None or not module.bias.any()
            elif isinstance(module, nn.BatchNorm2d | nn.LayerNorm):
                assert bool((module.weight == 1).all())
                assert not module.bias.any()
            if isinstance(module, nn.BatchNorm2d):
                assert bool((module.running_var == 1).all())
                assert not module.running_mean.any()
                assert module.num_batches_tracked == 0
        assert seen >= 4
        if architecture == "vit":
            assert network.positions.std().item() == pytest.approx(0.02, rel=0.05)


@every_architecture
def test_layers_cover_the_body_once(architecture):
    network = build(NARROW[architecture], generator(0))
    parts = [part.tensor.data_ptr() for layer in network.layers() for part in layer]
    body = [
        tensor.data_ptr()
        for name, tensor in network.state_dict().items()
        if not name.startswith("head.")
    ]
    assert sorted(parts) == sorted(body)
    assert len(set(parts)) == len(parts)


@every_architecture
def test_layers_come_in_the_order_of_the_forward_pass(architecture):
    network = build(NARROW[architecture], generator(0))
    layer_of = {
        part.tensor.data_ptr(): i for i, layer in enumerate(network.layers()) for part in layer
    }
    order = []
    for module in network.modules():
        own = {
            layer_of[p.data_ptr()]
            for p in module.parameters(recurse=False)
            if p.data_ptr() in layer_of
        }
        if own and module is not network:
            assert len(own) == 1
            module.register_forward_pre_hook(lambda module, inputs, own=own: order.append(*own))
    network(images())
    assert order == sorted(order)
    assert set(order) == set(range(len(network.layers())))


def test_residual_block():
    """Against the sum written out, with and without a convolution in the shortcut; the ReLU comes
    after the sum.
    """
    network = build(NARROW["resnet18"], generator(0)).eval()
    stages = [block.shortcut is not None for block in network.body]
    assert stages == [False, False, True, False, True, False, True, False]
    x = torch.randn(2, 8, 16, 16, generator=generator(1))
    for block in (network.body[0], network.body[2]):
        first = torch.relu(block.first.norm(block.first.conv(x)))
        side = x if block.shortcut is None else block.shortcut.norm(block.shortcut.conv(x))
        torch.testing.assert_close(
            block(x), torch.relu(block.second.norm(block.second.conv(first)) + side)
        )


def test_attention_written_out():
    """Softmax of q·k/8 over tokens, head by head, where a head's q, k and v are 192 successive
    rows.
    """
    encoder = Encoder(2)
    with torch.no_grad():
        for p in encoder.parameters():
            p.normal_(std=0.1, generator=generator(4))
    x = torch.randn(3, 5, 128, generator=generator(5))
    rows = encoder.qkv(encoder.norm1(x))
    heads = []
    for start in (0, 192):
        q, k, v = (rows[..., start + offset : start + offset + 64] for offset in (0, 64, 128))
        heads.append(torch.softmax(q @ k.transpose(1, 2) / 8, -1) @ v)
    y = x + encoder.project(torch.cat(heads, -1))
    torch.testing.assert_close(
        encoder(x), y + encoder.contract(torch.nn.functional.gelu(encoder.expand(encoder.norm2(y))))
    )


def test_a_convolution_keeps_the_side():
    for kernel, stride, side in ((3, 1, 8), (3, 2, 4), (1, 2, 4)):
        assert ConvNorm(3, 5, kernel=kernel, stride=stride)(torch.zeros(2, 3, 8, 8)).shape == (
            2,
            5,
            side,
            side,
        )


def test_half_up():
    assert [half_up(x) for x in (0, 0.49, 0.5, 1.5, 2.5, 2.49)] == [0, 0, 1, 2, 3, 2]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("architecture", "resnet50"),
        *(("classes", value) for value in (1, 0, -2, 2.0, True)),
        *(("width", value) for value in (0, 0.0, -1, math.inf, math.nan, True, "1")),
    ],
)
def test_impossible_shapes(field, value):
    with pytest.raises(ValueError, match=rf"^{field} = .*: must be"):
        Shape(**{"architecture": "vit", "classes": 10, "width": 1.0, field: value})

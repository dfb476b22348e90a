"""Networks at 32 pixels, in plain torch: a small convolutional net, ResNet-18, VGG-11 and -16, a
ViT of DeiT's kind.

Each network names its layers, and which axes of their tensors count filters (`Part`): inheritance
needs nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, max_pool2d, relu, scaled_dot_product_attention
from torch.utils.flop_counter import FlopCounterMode

Architecture = Literal["conv4", "resnet18", "vgg11", "vgg16", "vit"]

#: Pixels a side, and colours.
SIDE, COLOURS = 32, 3
#: Filters of each convolution; 0 is a max-pool that halves the side.
PLANS: dict[Architecture, tuple[int, ...]] = {
    "conv4": (32, 0, 64, 0, 128, 0, 128),
    "vgg11": (64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0),
    "vgg16": (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0),
}
#: ResNet-18: filters of each stage, of two blocks each.
STAGES = (64, 128, 256, 512)
#: ViT: side of a patch, blocks, heads, channels of a head, hidden units per channel. With an MLP
#: ratio of 2 and the tokens' mean for a class token, parameters and work are those of the tier's
#: plan; DeiT's ratio of 4 would make it 2.7 M.
PATCH, BLOCKS, HEADS, HEAD_CHANNELS, MLP_RATIO = 4, 6, 3, 64, 2


def half_up(x: float) -> int:
    """To the nearest integer, halves up: 1.5 and 2.5 become 2 and 3 (Python's `round` would make
    both 2).
    """
    return math.floor(x + 0.5)


@dataclass(frozen=True)
class Shape:
    """Everything that fixes the shape of a network. Raises ValueError outside the rules below."""

    architecture: Architecture
    classes: int
    width: float = (
        1.0  # multiplies the filters of every layer; in a ViT the heads, of 64 channels each
    )

    def __post_init__(self) -> None:
        if self.architecture not in get_args(Architecture):
            raise ValueError(
                f"architecture = {self.architecture!r}: must be one of"
                f" {', '.join(get_args(Architecture))}"
            )
        if isinstance(self.classes, bool) or not isinstance(self.classes, int) or self.classes < 2:
            raise ValueError(f"classes = {self.classes!r}: must be an integer >= 2")
        if (
            isinstance(self.width, bool)
            or not isinstance(self.width, int | float)
            or not 0 < self.width < math.inf
        ):
            raise ValueError(f"width = {self.width!r}: must be a finite number > 0")

    def scaled(self, filters: int) -> int:
        """This many filters at width 1: how many here."""
        return max(1, half_up(filters * self.width))


# What inheritance needs to know -------------------------------------------------------------------


class Axis(NamedTuple):
    """An axis of a tensor that runs over filters."""

    dim: int
    unit: int = 1  # entries per filter


class Part(NamedTuple):
    """A tensor of a layer, parameter or buffer: the axis of the filters it belongs to, then that of
    the filters it reads from or writes to, if any.
    """

    tensor: Tensor
    axes: tuple[Axis, ...]

    @property
    def filters(self) -> int:
        """How many filters the tensor belongs to."""
        dim, unit = self.axes[0]
        return self.tensor.shape[dim] // unit


#: A weight layer with what normalises it. The filters of its first part are the layer's.
Layer = tuple[Part, ...]


def _channels(module: nn.Module) -> Layer:
    """Tensors with one entry a filter: a normalisation, a bias."""
    # Batch-norm's count of batches is not any filter's: one unit of its own. Nothing reads it while
    # momentum is a number.
    return tuple(
        Part(t if t.dim() else t.view(1), (Axis(0),))
        for t in (*module.parameters(), *module.buffers())
    )


# Networks -----------------------------------------------------------------------------------------


class Network(nn.Module):
    """A body of layers in the order of the forward pass, and a head: (N, 3, 32, 32) -> (N,
    classes).
    """

    head: nn.Linear

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape

    def layers(self) -> tuple[Layer, ...]:
        """The body's weight layers in the order of the forward pass: every parameter and buffer but
        the head's, once.
        """
        raise NotImplementedError

    def draw(self, generator: torch.Generator) -> None:
        """Set every parameter and buffer afresh: convolutions He-normal, the head 1/sqrt(fan-in)
        normal, normalisations and biases neutral.
        """
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
            elif isinstance(module, nn.BatchNorm2d):
                module.reset_parameters()
        nn.init.normal_(self.head.weight, std=self.head.in_features**-0.5, generator=generator)
        nn.init.zeros_(self.head.bias)


class ConvNorm(nn.Module):
    """A convolution that keeps the side (over its stride), without bias, and its batch
    normalisation.
    """

    def __init__(self, inputs: int, filters: int, *, kernel: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, filters, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, side, side) -> (N, filters, side/stride, side/stride), before the ReLU."""
        y: Tensor = self.norm(self.conv(x))
        return y

    def layer(self, *, on_image: bool = False) -> Layer:
        """Its tensors. The colours of an image are no filters."""
        axes = (Axis(0),) if on_image else (Axis(0), Axis(1))
        return (Part(self.conv.weight, axes), *_channels(self.norm))


class Chain(Network):
    """Convolutions one after another, then the mean over what is left of the image: conv4, and VGG
    with a one-layer head.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self.pools = [filters == 0 for filters in PLANS[shape.architecture]]
        widths = [
            COLOURS,
            *(shape.scaled(filters) for filters in PLANS[shape.architecture] if filters),
        ]
        self.body = nn.ModuleList(ConvNorm(a, b) for a, b in pairwise(widths))
        self.head = nn.Linear(widths[-1], shape.classes)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, 32, 32) -> (N, classes)."""
        body = iter(self.body)
        for pool in self.pools:
            x = max_pool2d(x, 2) if pool else relu(next(body)(x))
        y: Tensor = self.head(x.mean((2, 3)))
        return y

    def layers(self) -> tuple[Layer, ...]:
        """One a convolution."""
        return tuple(
            conv.layer(on_image=i == 0)
            for i, conv in enumerate(self.body)
            if isinstance(conv, ConvNorm)
        )


class BasicBlock(nn.Module):
    """relu(x + conv(relu(conv(x)))), with a 1×1 convolution of x where the shapes differ."""

    def __init__(self, inputs: int, filters: int, stride: int) -> None:
        super().__init__()
        self.first = ConvNorm(inputs, filters, stride=stride)
        self.second = ConvNorm(filters, filters)
        self.shortcut = (
            None
            if stride == 1 and inputs == filters
            else ConvNorm(inputs, filters, kernel=1, stride=stride)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, side, side) -> (N, filters, side/stride, side/stride)."""
        inner = self.second(relu(self.first(x)))
        return relu(inner + (x if self.shortcut is None else self.shortcut(x)))

    def layers(self) -> tuple[Layer, Layer]:
        """The two convolutions; the shortcut's belongs to the second, with whose output it is added
        up.
        """
        return self.first.layer(), self.second.layer() + (
            () if self.shortcut is None else self.shortcut.layer()
        )


class ResNet(Network):
    """ResNet-18 with a 3×3 stem."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        widths = [shape.scaled(filters) for filters in STAGES]
        self.stem = ConvNorm(COLOURS, widths[0])
        self.body = nn.ModuleList()
        for stage, (inputs, filters) in enumerate(zip([widths[0], *widths], widths, strict=False)):
            self.body.extend(
                [
                    BasicBlock(inputs, filters, stride=1 if stage == 0 else 2),
                    BasicBlock(filters, filters, stride=1),
                ]
            )
        self.head = nn.Linear(widths[-1], shape.classes)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, 32, 32) -> (N, classes)."""
        x = relu(self.stem(x))
        for block in self.body:
            x = block(x)
        y: Tensor = self.head(x.mean((2, 3)))
        return y

    def layers(self) -> tuple[Layer, ...]:
        """The stem, and two a block: 17."""
        blocks = (
            layer
            for block in self.body
            if isinstance(block, BasicBlock)
            for layer in block.layers()
        )
        return (self.stem.layer(on_image=True), *blocks)


class Encoder(nn.Module):
    """A pre-norm block: x + attention(norm(x)), then x + mlp(norm(x)). Tokens are (N, tokens,
    channels).
    """

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads
        channels = heads * HEAD_CHANNELS
        self.norm1 = nn.LayerNorm(channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.project = nn.Linear(channels, channels)
        self.norm2 = nn.LayerNorm(channels)
        self.expand = nn.Linear(channels, MLP_RATIO * channels)
        self.contract = nn.Linear(MLP_RATIO * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Tokens -> tokens."""
        x = x + self.project(self._attend(self.qkv(self.norm1(x))))
        y: Tensor = x + self.contract(gelu(self.expand(self.norm2(x))))
        return y

    def _attend(self, qkv: Tensor) -> Tensor:
        """(N, tokens, heads × (q, k, v) × 64) -> (N, tokens, heads × 64): head by head, so that the
        first heads are the first rows of `qkv`.
        """
        q, k, v = qkv.reshape(*qkv.shape[:2], self.heads, 3, HEAD_CHANNELS).permute(3, 0, 2, 1, 4)
        return scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)

    def layers(self) -> tuple[Layer, Layer]:
        """Attention, whose filters are heads, and MLP, whose filters are hidden units: a filter
        owns the weights it reads with and those it writes with.

        Biases that are added to the channels, and the norm before, belong to the channels.
        """
        attention = (
            Part(self.qkv.weight, (Axis(0, 3 * HEAD_CHANNELS), Axis(1))),
            Part(self.qkv.bias, (Axis(0, 3 * HEAD_CHANNELS),)),
            Part(self.project.weight, (Axis(1, HEAD_CHANNELS), Axis(0))),
            Part(self.project.bias, (Axis(0),)),
        )
        mlp = (
            Part(self.expand.weight, (Axis(0), Axis(1))),
            Part(self.expand.bias, (Axis(0),)),
            Part(self.contract.weight, (Axis(1), Axis(0))),
            Part(self.contract.bias, (Axis(0),)),
        )
        return attention + _channels(self.norm1), mlp + _channels(self.norm2)


class ViT(Network):
    """DeiT's shape at 32 pixels: 4×4 patches, learned positions, no class token: the head reads the
    mean of the tokens.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        heads = shape.scaled(HEADS)
        channels = heads * HEAD_CHANNELS
        self.embed = nn.Conv2d(COLOURS, channels, PATCH, PATCH)
        self.positions = nn.Parameter(torch.empty((SIDE // PATCH) ** 2, channels))
        self.body = nn.ModuleList(Encoder(heads) for _ in range(BLOCKS))
        self.norm = nn.LayerNorm(channels)
        self.head = nn.Linear(channels, shape.classes)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, 32, 32) -> (N, classes)."""
        x = self.embed(x).flatten(2).transpose(1, 2) + self.positions
        for block in self.body:
            x = block(x)
        y: Tensor = self.head(self.norm(x).mean(1))
        return y

    def layers(self) -> tuple[Layer, ...]:
        """The embedding, whose filters are channels, with positions; two a block; the norm before
        the head belongs to the last: 13.
        """
        embedding = (
            Part(self.embed.weight, (Axis(0),)),
            Part(self.embed.get_parameter("bias"), (Axis(0),)),
            Part(self.positions, (Axis(1),)),
        )
        *blocks, last = (
            layer for block in self.body if isinstance(block, Encoder) for layer in block.layers()
        )
        return (embedding, *blocks, last + _channels(self.norm))

    def draw(self, generator: torch.Generator) -> None:
        """Set every parameter afresh, as DeiT: matrices and positions truncated normal of 0.02, the
        patches' matrix and the head among them.
        """
        normal = partial(nn.init.trunc_normal_, std=0.02, generator=generator)
        normal(self.positions)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Conv2d):
                normal(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.LayerNorm):
                module.reset_parameters()


# Building and counting ----------------------------------------------------------------------------

_KINDS: dict[Architecture, Callable[[Shape], Network]] = {
    "conv4": Chain,
    "resnet18": ResNet,
    "vgg11": Chain,
    "vgg16": Chain,
    "vit": ViT,
}


def _hollow(shape: Shape) -> Network:
    """The network without values: on the meta device, where nothing is drawn."""
    with torch.device("meta"):
        return _KINDS[shape.architecture](shape).float()


def build(
    shape: Shape,
    generator: torch.Generator,
    *,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
) -> Network:
    """A fresh network. Drawn from `generator`, a CPU one, in float32, and moved then: a seed is the
    same network everywhere. No other generator is touched.

    The head is drawn last, so that networks that differ in classes only share their body.
    """
    network = _hollow(shape).to_empty(device="cpu")
    network.draw(generator)
    return network.to(device=device, dtype=dtype)


def parameters(shape: Shape) -> int:
    """How many parameters, the head's included."""
    return sum(p.numel() for p in _hollow(shape).parameters())


def flops(shape: Shape) -> float:
    """Floating point operations, two a multiplication and addition, of one image forward and
    backward: matrix products only, attention's included.
    """
    images = 2  # batch-norm needs more than one value a channel
    with FlopCounterMode(display=False) as counter:
        _hollow(shape)(torch.empty(images, COLOURS, SIDE, SIDE, device="meta")).sum().backward()
    return float(counter.get_total_flops()) / images

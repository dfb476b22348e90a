"""Which share of an upstream network a downstream one takes. The head is always the downstream
network's own.

A count of filters is α times all of them, rounded half up: half of 3 heads is 2. What was taken is
in `Inherited`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import nn

from model.vision.nets import Layer, Network, Part, half_up

Form = Literal["filters", "block", "layers"]
"""filters: the paper's [S]. Of each layer the first α, with all their weights; the rest stays
fresh. block: of these weights only those that join inherited filters, so that filters which grew
together stay together, undisturbed by fresh ones. layers: the first α of the layers, whole; what
practitioners do.

In a ViT, filters are attention heads, hidden units of an MLP, and channels of the embedding, each
rounded by itself: inherited channels come with their patch filters, positions, biases and norms. A
head or hidden unit comes with the weights by which it writes, too: to all channels (filters), or to
inherited ones (block). A layer norm mixes all channels, so that there a block is not undisturbed.
"""


@dataclass(frozen=True)
class Inherited:
    """What was taken of the body (everything but the head)."""

    form: Form
    share: float  # α as asked for
    # Filters taken, of how many; in the order of the forward pass.
    layers: tuple[tuple[int, int], ...]
    parameters: int  # taken
    of_parameters: int

    @property
    def filters(self) -> int:
        """Filters taken, over all layers."""
        return sum(taken for taken, _ in self.layers)

    @property
    def of(self) -> int:
        """Filters of all layers."""
        return sum(of for _, of in self.layers)


def inherit(upstream: nn.Module, downstream: nn.Module, share: float, form: Form) -> Inherited:
    """Copy a share of `upstream`'s body over `downstream`'s, in place: parameters, and batch-norm's
    running statistics. `upstream` stays as it is.

    Raises:
        ValueError: for a share outside [0, 1], an unknown form, networks of different architecture
        or width, or networks that `nets.build` did not make.
    """
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise ValueError(f"share = {share!r}: must be a finite number from 0 to 1")
    if form not in get_args(Form):
        raise ValueError(f"form = {form!r}: must be one of {', '.join(get_args(Form))}")
    layers = []
    parameters = of_parameters = 0
    with torch.no_grad():
        for old, new, layer_share in _pairs(upstream, downstream, share, form):
            layers.append((_count(new[0], layer_share), new[0].filters))
            for source, target in zip(old, new, strict=True):
                region = _region(target, layer_share, form)
                taken = target.tensor[region].copy_(source.tensor[region])
                if isinstance(target.tensor, nn.Parameter):
                    parameters += taken.numel()
                    of_parameters += target.tensor.numel()
    return Inherited(form, float(share), tuple(layers), parameters, of_parameters)


def _pairs(
    upstream: nn.Module, downstream: nn.Module, share: float, form: Form
) -> Iterator[tuple[Layer, Layer, float]]:
    """Layers of both networks that correspond, and the share of their filters to take."""
    theirs, ours = _network("upstream", upstream), _network("downstream", downstream)
    for field in ("architecture", "width"):
        if (old := getattr(theirs.shape, field)) != (new := getattr(ours.shape, field)):
            raise ValueError(f"{field} = {new!r}: must be the upstream network's, {old!r}")
    pairs = list(zip(theirs.layers(), ours.layers(), strict=True))
    whole = half_up(share * len(pairs))
    for i, (source, target) in enumerate(pairs):
        yield source, target, share if form != "layers" else float(i < whole)


def _network(name: str, module: nn.Module) -> Network:
    if not isinstance(module, Network):
        raise ValueError(
            f"{name} = a {type(module).__name__}: must be a network made by model.vision.nets.build"
        )
    return module


def _count(part: Part, share: float, axis: int = 0) -> int:
    """How many filters are inherited of those along an axis."""
    dim, unit = part.axes[axis]
    return half_up(share * (part.tensor.shape[dim] // unit))


def _region(part: Part, share: float, form: Form) -> tuple[slice, ...]:
    """Where inherited weights are in a tensor.

    The first filters along each axis: initial filters are exchangeable, so that the first ones are
    as good as any drawn at random; and since they are the first everywhere, channels added up by
    residual connections, and those a layer writes and the next one reads, are the same.
    """
    region = [slice(None)] * part.tensor.dim()
    for axis, (dim, unit) in enumerate(part.axes):
        if axis == 0 or form == "block":
            region[dim] = slice(_count(part, share, axis) * unit)
    return tuple(region)

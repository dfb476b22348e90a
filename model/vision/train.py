"""Training on real images: everything resident on one device, every batch settled before the first
step.

Gradient descent with momentum (Adam for a ViT), rate rising over the first tenth of the steps and
falling to 0 over the rest; no weight decay, label smoothing or test-time augmentation, which would
change the dynamics under test. The number of steps is fixed, not that of epochs: else more images
would mean longer training.

On a GPU, layers compute in bfloat16 on channels-last tensors, and one step, whose shapes never
change, is captured as a CUDA graph and replayed; weights stay in float32. `Device.plain` trains in
float32 by an ordinary loop, which is what the other is measured against.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, pad

#: Share of the steps over which the rate rises.
_RISE = 0.1
MOMENTUM = 0.9
#: Images that are looked at together where nothing is learned.
_TOGETHER = 1000
#: Test images that a network is tested on before its end.
_GLANCED = 1000
#: Pixels by which an augmented image is shifted at most.
_SHIFT = 4
#: Steps made before a step is captured: on the first few, libraries choose and allocate.
_WARM_UP = 3


@dataclass(frozen=True)
class Recipe:
    """How a network is trained."""

    steps: int
    batch: int
    rate: float  # the highest
    adam: bool = False  # else gradient descent with momentum
    augment: bool = False  # shift by up to 4 pixels, and mirror

    def __post_init__(self) -> None:
        for name in ("steps", "batch"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} = {getattr(self, name)}: must be at least 1")
        if not (math.isfinite(self.rate) and self.rate > 0):
            raise ValueError(f"rate = {self.rate}: must be positive and finite")

    def rate_at(self, step: int) -> float:
        """Of the step after `step` others."""
        rise = max(1, round(_RISE * self.steps))
        return self.rate * min((step + 1) / rise, (self.steps - step) / max(1, self.steps - rise))


@dataclass(frozen=True)
class Device:
    """Where, and how exactly, networks are trained."""

    name: str  # of torch: cpu, cuda
    plain: bool = False  # float32 and an ordinary loop, on a GPU too

    @property
    def fast(self) -> bool:
        """Whether layers compute in bfloat16 and steps are replayed."""
        return self.name != "cpu" and not self.plain

    @property
    def hardware(self) -> str:
        """Its name for people and records: the GPU's, or cpu."""
        return torch.cuda.get_device_name() if self.name.startswith("cuda") else "cpu"

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Precision of what is computed inside, and algorithms that give the same numbers again."""
        with (
            torch.backends.cudnn.flags(
                enabled=True, benchmark=False, deterministic=True, allow_tf32=False
            ),
            torch.autocast(
                torch.device(self.name).type, torch.bfloat16, enabled=self.fast, cache_enabled=False
            ),
        ):
            yield


@dataclass(frozen=True)
class Examples:
    """Images to learn from or to be tested on, on the device."""

    inputs: Tensor  # (n, 3, 32, 32), float32, standardised
    labels: Tensor  # (n,), int64

    def to(self, device: Device) -> Examples:
        """The same on a device, channels last."""
        return Examples(
            self.inputs.to(device.name, memory_format=torch.channels_last),
            self.labels.to(device.name),
        )

    def first(self, count: int) -> Examples:
        """Some of them."""
        return Examples(self.inputs[:count], self.labels[:count])


@dataclass(frozen=True)
class Trained:
    """What a training leaves behind, beside the network itself."""

    steps: tuple[int, ...]  # when the network was tested
    accuracy: tuple[float, ...]  # then, on test images, in [0, 1]
    train_accuracy: float  # on the images it learned from, at the end
    loss: float  # of the last batch; not finite where training diverged


def standardised(pixels: Tensor, mean: Sequence[float], deviation: Sequence[float]) -> Tensor:
    """Pixels, (n, 3, 32, 32) uint8, as float32 with this mean and standard deviation of each colour
    taken out.
    """
    shift, scale = (
        torch.tensor(values, dtype=torch.float32).view(1, 3, 1, 1) for values in (mean, deviation)
    )
    return (pixels.float() / 255 - shift) / scale


def stream(seed: int, purpose: str) -> torch.Generator:
    """The random numbers of one seed for one purpose; those of different purposes are
    independent.
    """
    words = np.random.SeedSequence([seed, *purpose.encode()]).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(words[0]))


def train(
    network: nn.Module,
    data: Examples,
    test: Examples,
    recipe: Recipe,
    generator: torch.Generator,
    device: Device,
    at: Sequence[int] = (),
) -> Trained:
    """Train a network in place; test it after the steps `at`, on `_GLANCED` images, and after the
    last, on all.

    Which images make up a batch, and how they are augmented, is drawn from `generator` on the CPU
    before the first step, so that it is the same on every device.
    """
    network.to(device.name).to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]  # known to torch, not to its stubs
    with device.computing():
        step = (_replayed if device.fast else _plain)(
            network, data, recipe, _batches(len(data.labels), recipe, generator).to(device)
        )
        tested: dict[int, float] = {}
        for done in range(recipe.steps + 1):
            if done in at or done == recipe.steps:
                tested[done] = accuracy(
                    network, test if done == recipe.steps else test.first(_GLANCED)
                )
                network.train()
            if done < recipe.steps:
                loss = step(done)
        return Trained(tuple(tested), tuple(tested.values()), accuracy(network, data), float(loss))


def accuracy(network: nn.Module, data: Examples) -> float:
    """The share of images given their own label; statistics of batch-norm as they are."""
    network.eval()
    right = torch.zeros((), dtype=torch.int64, device=data.labels.device)
    with torch.no_grad():
        for first in range(0, len(data.labels), _TOGETHER):
            here = slice(first, first + _TOGETHER)
            right += (network(data.inputs[here]).argmax(1) == data.labels[here]).sum()
    return float(right) / len(data.labels)


# Batches ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Batches:
    """What each step sees."""

    index: Tensor  # (steps, batch): places among the images
    # (steps, batch, 2): rows and columns, from 0 to 2 _SHIFT; (steps, 0, 2) without augmentation
    shift: Tensor
    mirror: Tensor  # (steps, batch): whether

    def to(self, device: Device) -> _Batches:
        return _Batches(*(part.to(device.name) for part in (self.index, self.shift, self.mirror)))

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor, Tensor]:
        return self.index[step], self.shift[step], self.mirror[step]


def _batches(count: int, recipe: Recipe, generator: torch.Generator) -> _Batches:
    """One random order of all images after the other, cut into batches of one size."""
    needed = recipe.steps * recipe.batch
    orders = [torch.randperm(count, generator=generator) for _ in range(-(-needed // count))]
    augmented = recipe.batch if recipe.augment else 0
    shift = torch.randint(2 * _SHIFT + 1, (recipe.steps, augmented, 2), generator=generator)
    mirror = torch.randint(2, (recipe.steps, augmented), generator=generator).bool()
    return _Batches(torch.cat(orders)[:needed].view(recipe.steps, recipe.batch), shift, mirror)


def _inputs(data: Examples, index: Tensor, shift: Tensor, mirror: Tensor) -> tuple[Tensor, Tensor]:
    """A batch."""
    inputs = data.inputs[index]
    if len(shift):
        inputs = _augmented(inputs, shift, mirror)
    return inputs, data.labels[index]


def _augmented(inputs: Tensor, shift: Tensor, mirror: Tensor) -> Tensor:
    """Each image shifted by its own pixels, with 0 where nothing was, and mirrored."""
    count, side = len(inputs), inputs.shape[-1]
    along = torch.arange(side, device=inputs.device)
    rows = shift[:, 0, None] + along
    columns = shift[:, 1, None] + torch.where(mirror[:, None], along.flip(0), along)
    padded = pad(inputs, (_SHIFT,) * 4)
    here = torch.arange(count, device=inputs.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[here, rows[:, :, None], columns[:, None, :]].permute(
        0, 3, 1, 2
    )


# Steps --------------------------------------------------------------------------------------------

Step = Callable[[int], Tensor]  # the number of steps made before -> the loss of its batch


def _optimiser(
    network: nn.Module, recipe: Recipe, rate: float | Tensor, captured: bool
) -> torch.optim.Optimizer:
    if recipe.adam:
        return torch.optim.Adam(network.parameters(), rate, capturable=captured)
    return torch.optim.SGD(network.parameters(), rate, momentum=MOMENTUM, fused=captured)


def _plain(network: nn.Module, data: Examples, recipe: Recipe, batches: _Batches) -> Step:
    """An ordinary loop."""
    optimiser = _optimiser(network, recipe, recipe.rate, captured=False)

    def step(done: int) -> Tensor:
        optimiser.param_groups[0]["lr"] = recipe.rate_at(done)
        return _descend(network, optimiser, *_inputs(data, *batches[done]))

    return step


def _descend(
    network: nn.Module, optimiser: torch.optim.Optimizer, inputs: Tensor, labels: Tensor
) -> Tensor:
    optimiser.zero_grad(set_to_none=True)
    loss = cross_entropy(network(inputs).float(), labels)
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return loss.detach()


def _replayed(network: nn.Module, data: Examples, recipe: Recipe, batches: _Batches) -> Step:
    """One step captured as a CUDA graph: what differs between steps lies in tensors that are
    written before each replay.
    """
    rate = torch.tensor(recipe.rate, device=data.labels.device)
    optimiser = _optimiser(network, recipe, rate, captured=True)
    now = tuple(part.clone() for part in batches[0])
    _warm_up(network, optimiser, data, now, rate)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = _descend(network, optimiser, *_inputs(data, *now))

    def step(
        done: int, held: tuple[object, ...] = (network, optimiser, data)
    ) -> Tensor:  # the graph knows their addresses, and does not keep them alive
        for part, source in zip(now, batches[done], strict=True):
            part.copy_(source)
        rate.fill_(recipe.rate_at(done))
        graph.replay()
        return loss

    return step


def _warm_up(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    data: Examples,
    batch: tuple[Tensor, ...],
    rate: Tensor,
) -> None:
    """Make some steps of rate 0 beside the main stream, so that capturing allocates nothing; then
    forget all they left behind.
    """
    before = {name: value.clone() for name, value in network.state_dict().items()}
    rate.zero_()
    optimiser._warned_capturable_if_run_uncaptured = (
        True  # Adam warns of what is done here on purpose
    )
    beside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    beside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(beside):
        for _ in range(_WARM_UP):
            _descend(network, optimiser, *_inputs(data, *batch))
    torch.cuda.current_stream().wait_stream(beside)
    with torch.no_grad():
        for name, value in network.state_dict().items():
            value.copy_(before[name])
        for state in optimiser.state.values():
            for value in state.values():
                if isinstance(value, Tensor):
                    value.zero_()

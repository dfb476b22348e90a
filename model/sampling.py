"""Data and initial filters, explicitly in R^d or at law level, where d costs nothing.

Every Gaussian vector of a trial (N_1 + N_2 noise patches, 4m initial filters) has three explicit
coordinates, an orthonormal basis (e_u, e_1, e_2) of a space that holds u, v_1 and v_2, and `rest`
= d - 3 further ones. Only inner products between those vectors matter to the outcome (E6), and the
Gram matrix of n independent N(0, I_D) vectors is Wishart: the rows of its Bartlett factor (chi on
the diagonal, normals below) are the same vectors after a rotation, exactly in law for D >= n. So
*law level* is nothing but explicit sampling in a rotated frame of min(D, n) dimensions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from model.regime import SIGNAL_COORDINATES, Regime, RegimeError

if TYPE_CHECKING:
    from torch import Tensor

Level = Literal["law", "explicit"]
Floats: TypeAlias = NDArray[np.float64]
#: A draw larger than this is refused before it can exhaust memory.
LARGEST_DRAW_BYTES = 8 * 2**30


@dataclass(frozen=True)
class Seeds:
    """`count` independent streams, numbered from `first`, all derived from the one integer
    `root`.
    """

    root: int
    count: int
    first: int = 0

    def generators(self, stream: int = 0) -> list[np.random.Generator]:
        """One generator per seed; streams of different numbers are independent."""
        keys = range(self.first, self.first + self.count)
        return [
            np.random.Generator(
                np.random.PCG64(np.random.SeedSequence(self.root, spawn_key=(k, stream)))
            )
            for k in keys
        ]

    def after(self, count: int) -> Seeds:
        """The next `count` seeds: fresh, never overlapping these."""
        return Seeds(self.root, count, self.first + self.count)


@dataclass(frozen=True)
class Sample:
    """A training set for each seed: signal patch y s, noise patch xi."""

    signal: Tensor  # (dim,)
    noise: Tensor  # (seeds, N, dim)
    labels: Tensor  # (seeds, N), entries +-1
    support: int | None = None  # noise has only 0 from this coordinate on

    @property
    def supported(self) -> Tensor:
        """The noise, where it is not known to be 0: (seeds, N, at most dim)."""
        return self.noise[..., : self.support]

    @cached_property
    def gram(self) -> Tensor:
        """<xi_i, xi_k>, (seeds, N, N): each pair once, and once for all trainings on this set."""
        seeds, n, _ = self.noise.shape
        gram = np.empty((seeds, n, n))
        for patches, products in zip(self.supported.numpy(), gram, strict=True):
            np.matmul(patches, patches.T, out=products)
        return torch.from_numpy(gram)

    def on_noise(self, weights: Tensor) -> Tensor:
        """<w_r, xi_i> of filters (seeds, 2m, dim): (seeds, 2m, N)."""
        return torch.bmm(weights[..., : self.support], self.supported.transpose(1, 2))


@dataclass(frozen=True)
class Draw:
    """Everything random about a batch of trials. Scratch and transfer share `downstream` and
    `fresh`.
    """

    upstream: Sample
    downstream: Sample
    start: Tensor  # (seeds, 2m, dim) upstream initial filters; first m have j = +1
    fresh: Tensor  # (seeds, 2m, dim) downstream initial filters


def directions(regime: Regime) -> tuple[Tensor, Tensor, Tensor]:
    """Unit vectors along u, v_1, v_2 in the three explicit coordinates, each of shape (3,)."""
    sin_v = math.sqrt(max(0.0, 1.0 - regime.cos_v**2))
    u, v1, v2 = torch.tensor(
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, regime.cos_v, sin_v]], dtype=torch.float64
    )
    return u, v1, v2


def signals(regime: Regime) -> tuple[Tensor, Tensor, Tensor]:
    """u, v_1, v_2 in the three explicit coordinates, each of shape (3,)."""
    u, v1, v2 = directions(regime)
    return regime.u * u, regime.v1 * v1, regime.v2 * v2


def projection(regime: Regime, index: int) -> Tensor:
    """P_k on the three explicit coordinates, (3, 3): off span{u, v_k} only, not off the other
    task's v [S, O].
    """
    u, v1, v2 = directions(regime)
    task = regime.task(index)
    off = torch.eye(SIGNAL_COORDINATES, dtype=torch.float64)
    for length, unit in ((task.u, u), (task.v, v1 if index == 1 else v2)):
        if length > 0:
            off = off - torch.outer(unit, unit)
    return off


def projected(weights: Tensor, regime: Regime, index: int) -> Tensor:
    """P_k w of every filter: (seeds, 2m, dim)."""
    result = weights.clone()
    result[..., :SIGNAL_COORDINATES] = weights[..., :SIGNAL_COORDINATES] @ projection(regime, index)
    return result


def noise_rank(regime: Regime, index: int) -> int:
    """D of statement B1: the rank of P_k in R^d."""
    task = regime.task(index)
    return regime.d - (task.u > 0) - (task.v > 0)


def sample(regime: Regime, seeds: Seeds, level: Level = "law") -> Draw:
    """Draw a batch of trials.

    Raises:
        RegimeError: at law level when the d - 3 remaining dimensions are fewer than the
            n1 + n2 + 4m Gaussian vectors of a trial; at either level when the draw would not fit.
    """
    total = regime.n1 + regime.n2 + 4 * regime.m
    if level == "law":
        _check_law_level(regime, total)
    width = SIGNAL_COORDINATES + (total if level == "law" else regime.rest)
    _check_size(regime, level, seeds.count * total * width)
    # numpy asks for large pages, which come four times as fast.
    vectors = torch.from_numpy(np.zeros((seeds.count, total, width)))
    labels = torch.empty((seeds.count, regime.n1 + regime.n2), dtype=torch.float64)
    for i, generator in enumerate(seeds.generators()):
        labels[i] = torch.from_numpy(generator.integers(0, 2, labels.shape[1]) * 2.0 - 1.0)
        ours, rest = vectors[i].numpy(), vectors[i, :, SIGNAL_COORDINATES:].numpy()
        ours[:, :SIGNAL_COORDINATES] = generator.standard_normal((total, SIGNAL_COORDINATES))
        if level == "law":
            _bartlett(generator, regime.rest, rest)
        else:
            rest[:] = generator.standard_normal(rest.shape)
    return _assemble(regime, vectors, labels, level)


def fresh_noise(regime: Regime, index: int, count: int, generator: np.random.Generator) -> Tensor:
    """`count` noise patches of task `index`, explicitly in R^d: (count, d)."""
    patches = torch.from_numpy(generator.standard_normal((count, regime.d)))
    patches[:, :SIGNAL_COORDINATES] @= projection(regime, index)
    return regime.task(index).sigma * patches


def _bartlett(generator: np.random.Generator, dimension: int, factor: Floats) -> None:
    """Write a lower-triangular L into zeros (n, n): L L^T is the Gram matrix of n independent
    N(0, I_dimension) vectors.
    """
    n = len(factor)
    below = generator.standard_normal(n * (n - 1) // 2)
    for row in range(1, n):
        first = row * (row - 1) // 2
        factor[row, :row] = below[first : first + row]
    # Degrees of freedom fall by one with each vector already placed.
    np.fill_diagonal(
        factor, np.sqrt(generator.chisquare(dimension - np.arange(n, dtype=np.float64)))
    )


def _assemble(regime: Regime, vectors: Tensor, labels: Tensor, level: Level) -> Draw:
    n1, n2, filters = regime.n1, regime.n2, 2 * regime.m
    noise1, noise2, start, fresh = torch.split(vectors, [n1, n2, filters, filters], dim=1)
    start *= regime.sigma0
    fresh *= regime.sigma0
    samples = []
    for index, noise, y, last in (
        (1, noise1, labels[:, :n1], n1),
        (2, noise2, labels[:, n1:], n1 + n2),
    ):
        support = SIGNAL_COORDINATES + last if level == "law" else None  # L is triangular
        noise[..., :SIGNAL_COORDINATES] @= projection(regime, index)
        noise[..., :support] *= regime.task(index).sigma
        u, v1, v2 = signals(regime)
        signal = torch.zeros(vectors.shape[-1], dtype=torch.float64)
        signal[:SIGNAL_COORDINATES] = u + (v1 if index == 1 else v2)
        samples.append(Sample(signal, noise, y, support))
    return Draw(samples[0], samples[1], start, fresh)


def _check_law_level(regime: Regime, total: int) -> None:
    if regime.rest >= total:
        return
    for field in ("n1", "n2"):
        if getattr(regime, field) > regime.rest:
            raise RegimeError(
                field, getattr(regime, field), f"at law level must be at most d - 3 = {regime.rest}"
            )
    raise RegimeError(
        "d",
        regime.d,
        f"at law level must be at least n1 + n2 + 4m + 3 = {total + SIGNAL_COORDINATES}; explicit"
        " sampling takes any d",
    )


def check_curves(regime: Regime, seeds: Seeds) -> None:
    """Raise `RegimeError` where the loss curves of a batch would not fit in memory."""
    field = max(("steps1", "steps2"), key=lambda name: float(getattr(regime, name)))
    size = 8 * seeds.count * getattr(regime, field)
    if size > LARGEST_DRAW_BYTES:
        limit = LARGEST_DRAW_BYTES // 2**30
        raise RegimeError(
            field,
            getattr(regime, field),
            f"the loss of one batch would take {size / 2**30:.3g} GiB, at most {limit} are allowed:"
            " fewer steps or seeds",
        )


def _check_size(regime: Regime, level: Level, numbers: int) -> None:
    if 8 * numbers <= LARGEST_DRAW_BYTES:
        return
    field = max(
        ("n1", "n2", "m", "d") if level == "explicit" else ("n1", "n2", "m"),
        key=lambda name: float(getattr(regime, name)),
    )
    size, limit = 8 * numbers / 2**30, LARGEST_DRAW_BYTES // 2**30
    raise RegimeError(
        field,
        getattr(regime, field),
        f"one batch would take {size:.0f} GiB, at most {limit} are allowed: fewer seeds, samples or"
        " filters",
    )

"""What one training of a batch of networks leaves behind, whichever engine ran it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from model.sampling import Sample

if TYPE_CHECKING:
    from torch import Tensor

#: Squares below this have lost digits: ||xi||^2 is what noise is memorised by.
_LEAST_SQUARE = 1e-290
#: |<xi, s>|/||xi||^2, which rounding leaves where it should be 0: engines that work in coefficients
#: take it to be 0, and more would set them apart from those that work in R^d.
_MOST_ALONG = 1e-8
#: And |<xi, s>|/(||xi|| ||s||), which is no more than rounding makes.
_ROUNDING = 1e-12


class DivergenceError(ValueError):
    """Gradient descent left the finite numbers, or would start from what they cannot hold; or it
    ends above the loss it began with.
    """


@dataclass(frozen=True)
class Recorded:
    """The decomposition's coefficients at one step: w = w^0 + j g s + sum_i c_i xi_i (Lemma B.2).

    gamma_u = g ||u||^2, gamma_k = g ||v_k||^2 and rho_i = c_i ||xi_i||^2.
    """

    step: int
    signal: Tensor  # g, (seeds, 2m)
    noise: Tensor  # c, (seeds, 2m, N)
    margin: Tensor  # y_i f(x_i), (seeds, N)


@dataclass(frozen=True)
class Run:
    """A batch of trained networks."""

    loss: Tensor  # (seeds, steps + 1): the training loss before each step and after the last
    weights: Tensor  # (seeds, 2m, dim): w^T
    records: tuple[Recorded, ...] = ()

    def require_descent(self, field: str, eta: float, h: float) -> None:
        """Raise `DivergenceError` if most networks end above the loss they began with."""
        first, last = self.loss[:, 0].median().item(), self.loss[:, -1].median().item()
        if not last <= first:
            raise DivergenceError(
                f"{field} = {eta!r}: gradient descent diverges, the median loss goes from"
                f" {first:.3g} to {last:.3g}; one step moves a memorised sample by h = eta sigma^2"
                f" d/(N m) = {h:.3g}, which must stay well below 8"
            )


def check_numbers(sample: Sample, filters: int) -> None:
    """Refuse a training set that floating-point numbers do not hold, whatever the engine.

    Each needs ||s||^2 and ||xi_i||^2, times the number of filters, and noise orthogonal to the
    signal.

    Raises:
        DivergenceError: a square is not finite, or that of noise so small that digits are lost; or
            what rounding leaves of <xi_i, s> is no longer small.
    """
    noise, signal = sample.supported.square().sum(2), torch.dot(sample.signal, sample.signal).item()
    least, largest = noise.min().item(), noise.max().item()
    squares = f"||s||^2 = {signal:.3g}, ||xi||^2 from {least:.3g} to {largest:.3g}"
    if not (math.isfinite(filters * max(largest, signal)) and least >= _LEAST_SQUARE):
        raise DivergenceError(
            f"{squares}: squares are no longer finite numbers, or lose their digits; use another"
            " unit of length, or norms nearer to one another"
        )
    along = (sample.noise @ sample.signal).abs()
    rounded = along <= _ROUNDING * (noise * signal).sqrt()  # else noise is along it on purpose
    if bool((rounded & (along > _MOST_ALONG * noise)).any()):
        raise DivergenceError(
            f"{squares}: rounding no longer leaves noise orthogonal to the signal; use norms nearer"
            " to one another, or a cosine of 0, 1 or -1"
        )


def finite_run(
    sample: Sample, eta: float, loss: Tensor, weights: Tensor, records: Iterable[Recorded] = ()
) -> Run:
    """What an engine returns.

    Raises:
        DivergenceError: a loss, a weight or a signal's pre-activation <w, s> is not finite.
    """
    reached = (loss, weights, weights @ sample.signal)
    if not all(bool(torch.isfinite(part).all()) for part in reached):
        raise DivergenceError(
            f"eta = {eta!r}: weights or training loss are no longer finite; use a smaller step"
        )
    return Run(loss, weights, tuple(records))


def signs(m: int) -> Tensor:
    """j of each filter, (2m,): the first m are +1."""
    return torch.cat([torch.ones(m, dtype=torch.float64), -torch.ones(m, dtype=torch.float64)])


def log_spaced(steps: int, count: int) -> tuple[int, ...]:
    """At most `count` distinct steps from 1 to `steps`, evenly spaced in their logarithm."""
    grid = torch.logspace(
        0, torch.log10(torch.tensor(float(max(steps, 1)))).item(), count, dtype=torch.float64
    )
    return tuple(sorted({min(steps, max(1, round(t))) for t in grid.tolist()}))


def check_records(record: Sequence[int], steps: int) -> frozenset[int]:
    """The steps to record, refused if outside 0..steps."""
    outside = [t for t in record if not 0 <= t <= steps]
    if outside:
        raise ValueError(f"record = {outside[0]}: must be a step from 0 to {steps}")
    return frozenset(record)

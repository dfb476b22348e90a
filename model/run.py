"""What one training of a batch of networks leaves behind, whichever engine ran it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


class DivergenceError(ValueError):
    """Gradient descent left the finite numbers, or ends above the loss it began with."""


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

"""E2: each filter's coefficients along its task's signals and noise patches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.observing.facts.difference import TINY
from model.engines.autograd import Trainer
from model.regime import Regime
from model.run import Recorded, log_spaced, signs
from model.sampling import Sample, Seeds, sample, signals
from model.transfer import inherit, recording, train_task

if TYPE_CHECKING:
    from torch import Tensor

#: Least squares multiplies rounding by the condition number of the patches.
COEFFICIENT_TOLERANCE = 1e-8


@dataclass(frozen=True)
class Decomposed:
    """What one column of the decomposition adds to each filter, recovered by least squares from
    autograd's weights, beside the recursion's.

    Everything is in units of the filter's own displacement ||w^T - w^0||, to which 1e-4 of ||w^0||
    is added, since a difference of weights is known only to the weights' own rounding.
    """

    residual: Tensor  # (seeds, 2m): what the span of u, v_k and the patches leaves
    along_other: Tensor  # (seeds, 2m): of that, along the part of the other task's v that is new
    recovered: Tensor  # (seeds, 2m, columns): u and v_k where they are not zero, then the patches
    recursion: Tensor  # the same from the recursion for gamma and rho
    signals: tuple[str, ...]  # the leading columns


@dataclass(frozen=True)
class Decompositions:
    """Both runs, at several steps each."""

    networks: int
    parts: tuple[Decomposed, ...]


def decomposed(regime: Regime, seeds: Seeds) -> Decompositions:
    """Train upstream, and downstream after transfer, by autograd, and recover the unique
    coefficients of Lemma B.2 along the way.
    """
    draw = sample(regime, seeds, "explicit")
    upstream = train_task(regime, 1, draw.upstream, draw.start)
    start = inherit(upstream.weights, draw.fresh, regime.inherited)
    parts = (
        *_decomposed(regime, 1, draw.upstream, draw.start),
        *_decomposed(regime, 2, draw.downstream, start),
    )
    return Decompositions((1 + len(parts)) * seeds.count, parts)


#: Steps, log-spaced over a run, at which it is decomposed.
_DECOMPOSED_AT = 4


def _decomposed(regime: Regime, index: int, data: Sample, start: Tensor) -> list[Decomposed]:
    """One run, at several steps."""
    task = regime.task(index)
    records = train_task(
        regime, index, data, start, recording(log_spaced(task.steps, _DECOMPOSED_AT))
    ).records
    return [
        _recovered(
            regime,
            index,
            data,
            start,
            Trainer().descend(data, start, task.eta, record.step).weights - start,
            record,
        )
        for record in records
    ]


def _recovered(
    regime: Regime, index: int, data: Sample, start: Tensor, moved: Tensor, record: Recorded
) -> Decomposed:
    u, v1, v2 = (torch.nn.functional.pad(x, (0, regime.rest)) for x in signals(regime))
    mine, others = (v1, v2) if index == 1 else (v2, v1)
    named = {name: x for name, x in (("u", u), ("v", mine)) if x.norm() > 0}
    # (seeds, k + N, d)
    columns = torch.cat([*(x.expand(len(start), 1, -1) for x in named.values()), data.noise], 1)
    norms = columns.norm(dim=2)
    unit = columns / norms.unsqueeze(2)
    # (seeds, 2m, k + N)
    recovered = torch.linalg.lstsq(unit.transpose(1, 2), moved.transpose(1, 2)).solution.transpose(
        1, 2
    )
    residual = moved - torch.bmm(recovered, unit)
    own = mine / max(mine.norm().item(), TINY)
    other = others - (others @ own) * own
    # gamma_u/||u||^2 = gamma_k/||v_k||^2 = g.
    j_g = (signs(regime.m) * record.signal).unsqueeze(2).expand(-1, -1, len(named))
    recursion = torch.cat([j_g, record.noise], 2) * norms.unsqueeze(1)
    size = (moved.norm(dim=2) + 1e-4 * start.norm(dim=2)).unsqueeze(2)
    along = (residual @ other).abs() / max(other.norm().item(), TINY)
    return Decomposed(
        residual.norm(dim=2) / size[..., 0],
        along / size[..., 0],
        recovered / size,
        recursion / size,
        tuple(named),
    )


def decomposition_gap(
    observation: Decompositions, constants: Constants, *, of_v: float = 1.0, noise_sign: float = 1.0
) -> Margin:
    """Residual, the other task's coefficient, and the coefficients' difference; `of_v`,
    `noise_sign` plant errors.
    """
    worst = torch.stack([_gap(part, of_v, noise_sign) for part in observation.parts]).max(0).values
    return Margin.exact(1 - worst.numpy() / COEFFICIENT_TOLERANCE)


def _gap(observation: Decomposed, of_v: float, noise_sign: float) -> Tensor:
    factors = [of_v if name == "v" else 1.0 for name in observation.signals]
    factors += [noise_sign] * (observation.recursion.shape[2] - len(factors))
    gap = (
        observation.recovered - observation.recursion * torch.tensor(factors, dtype=torch.float64)
    ).abs()
    return (
        torch.stack(
            [observation.residual.amax(1), observation.along_other.amax(1), gap.amax((1, 2))]
        )
        .max(0)
        .values
    )


@dataclass(frozen=True)
class Increments:
    """Changes of the coefficients from one step to the next, over a whole run."""

    networks: int
    signal: Tensor  # (seeds, ...)
    noise_own: Tensor  # rho where j = y_i
    noise_other: Tensor  # rho where j != y_i


def increments(regime: Regime, seeds: Seeds) -> Increments:
    """Record every step of the downstream run after transfer."""
    draw = sample(regime, seeds, "explicit")
    upstream = train_task(regime, 1, draw.upstream, draw.start)
    start = inherit(upstream.weights, draw.fresh, regime.inherited)
    records = train_task(
        regime, 2, draw.downstream, start, recording(range(regime.steps2 + 1))
    ).records
    signal = torch.stack([r.signal for r in records]).diff(dim=0).transpose(0, 1)
    # (seeds, steps, 2m, N)
    noise = torch.stack([r.noise for r in records]).diff(dim=0).transpose(0, 1)
    own = (
        torch.cat(
            [
                draw.downstream.labels.unsqueeze(1).expand(-1, regime.m, -1),
                -draw.downstream.labels.unsqueeze(1).expand(-1, regime.m, -1),
            ],
            1,
        )
        > 0
    )
    return Increments(
        2 * seeds.count,
        signal,
        torch.where(own.unsqueeze(1), noise, 0.0),
        torch.where(own.unsqueeze(1), 0.0, noise),
    )


def monotone(
    observation: Increments,
    constants: Constants,
    *,
    signal: float = 1.0,
    own: float = 1.0,
    other: float = -1.0,
) -> Margin:
    """The least increment, in the direction each coefficient may move."""
    least = [
        (sign * x).flatten(1).min(1).values
        for sign, x in (
            (signal, observation.signal),
            (own, observation.noise_own),
            (other, observation.noise_other),
        )
    ]
    return Margin.exact(torch.stack(least).min(0).values.numpy())

"""Paired comparisons: one regime, changed in one thing at a time, on common seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from claims.core import quantities
from claims.core.margin import Margin
from claims.observing.errors import LINES, log_error
from claims.predicting.scalar import solve
from model.regime import Regime
from model.run import log_spaced, signs
from model.sampling import Seeds, sample, signals
from model.scales import Hold, Times, vary
from model.test_error import ErrorEstimate, estimate_error, estimate_overruled
from model.transfer import inherit, recording, train_task

Array = NDArray[np.float64]
Change = Callable[[Regime], Regime]


@dataclass(frozen=True)
class Rung:
    """Test errors in one regime; None where that training was not asked for."""

    networks: int
    scratch: ErrorEstimate | None
    transfer: ErrorEstimate | None
    overruled: (
        ErrorEstimate | None
    )  # from scratch: the probability that noise alone would err, and the signal overrules it


@dataclass(frozen=True)
class Ladder:
    """Test errors in a regime and in its variants, on common seeds."""

    rungs: tuple[Rung, ...]

    @property
    def networks(self) -> int:
        """Networks trained."""
        return sum(rung.networks for rung in self.rungs)

    def transfer(self, rung: int) -> ErrorEstimate:
        """Test error after transfer."""
        error = self.rungs[rung].transfer
        assert error is not None
        return error

    def scratch(self, rung: int) -> ErrorEstimate:
        """Test error from scratch."""
        error = self.rungs[rung].scratch
        assert error is not None
        return error

    def overruled(self, rung: int) -> ErrorEstimate:
        """From scratch: the probability that noise alone would err, and the signal overrules it."""
        error = self.rungs[rung].overruled
        assert error is not None
        return error


def ladder(
    *changes: Change,
    scratch: bool = True,
    transfer: bool = True,
    overruled: bool = False,
    lines: int = LINES,
) -> Callable[[Regime, Seeds], Ladder]:
    """Observe a regime, and each of its variants; `overruled` asks for that probability as well, of
    what is trained from scratch.
    """

    def observe(regime: Regime, seeds: Seeds) -> Ladder:
        return Ladder(
            tuple(
                _rung(r, seeds, scratch, transfer, overruled, lines)
                for r in (regime, *(change(regime) for change in changes))
            )
        )

    return observe


def _rung(
    regime: Regime, seeds: Seeds, scratch: bool, transfer: bool, overruled: bool, lines: int
) -> Rung:
    draw = sample(regime, seeds)

    def trained(start: torch.Tensor) -> torch.Tensor:
        return train_task(regime, 2, draw.downstream, start).weights

    def probability(estimate: Callable[..., ErrorEstimate], weights: torch.Tensor) -> ErrorEstimate:
        return estimate(weights, draw.downstream.signal, regime, 2, seeds, lines)

    from_scratch = after = silenced = None
    if scratch:
        weights = trained(draw.fresh)
        from_scratch = probability(estimate_error, weights)
        silenced = probability(estimate_overruled, weights) if overruled else None
    if transfer:
        upstream = train_task(regime, 1, draw.upstream, draw.start).weights
        after = probability(
            estimate_error, trained(inherit(upstream, draw.fresh, regime.inherited))
        )
    return Rung((scratch + 2 * transfer) * seeds.count, from_scratch, after, silenced)


def exceeds(first: ErrorEstimate, second: ErrorEstimate, nats: float = 0.0) -> Margin:
    """ln(first error) - ln(second error) - nats, per seed."""
    (low, high), (other_low, other_high) = log_error(first), log_error(second)
    return Margin.between(low - other_high - nats, high - other_low - nats)


def shifted(margin: Margin, nats: float) -> Margin:
    """A margin with so many nats to spare."""
    return Margin(margin.low + nats, margin.high + nats, margin.step)


# Changes ------------------------------------------------------------------------------------------


def universal(factor: float) -> Change:
    """||u|| times a factor, ||s_2|| fixed."""
    return lambda regime: vary(regime, u=Times(factor), hold=Hold.S2)


def upstream_samples(factor: float) -> Change:
    """N_1 times a factor, h_1 fixed."""
    return lambda regime: vary(regime, n1=max(1, round(regime.n1 * factor)), hold=Hold.H)


def upstream_noise(factor: float) -> Change:
    """sigma_1 times a factor, h_1 fixed."""
    return lambda regime: vary(regime, sigma1=Times(factor), hold=Hold.H)


def dimension(factor: float) -> Change:
    """d times a factor; h and the initialisation's scale zeta fixed."""
    return lambda regime: vary(regime, d=Times(factor), hold=(Hold.H, Hold.ZETA))


def width(factor: int) -> Change:
    """m times a factor; alpha and h fixed."""
    return lambda regime: vary(regime, m=Times(factor), hold=(Hold.ALPHA, Hold.H))


# Head start ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HeadStart:
    """Inherited filters along the signals, and test errors along the downstream run: the first axis
    counts recorded steps.
    """

    regime: Regime
    networks: int
    steps: NDArray[np.int64]
    # j<w, u> of inherited filters after upstream training, over A x_T/d: (seeds, 2 alpha m)
    along_u: Array
    gamma_ratio: Array  # j<w, v_1> over j<w, u> of the same: (seeds, 2 alpha m)
    scratch: tuple[ErrorEstimate, ...]
    transfer: tuple[ErrorEstimate, ...]


#: Steps at which errors are compared.
_RECORDS = 3


def head_start(regime: Regime, seeds: Seeds) -> HeadStart:
    """Train upstream, then downstream both ways, keeping what was learned along the way."""
    draw = sample(regime, seeds)
    upstream = train_task(regime, 1, draw.upstream, draw.start)
    steps = (0, *log_spaced(regime.steps2, _RECORDS))
    data, j = draw.downstream, signs(regime.m)
    errors: list[tuple[ErrorEstimate, ...]] = []
    for start in (draw.fresh, inherit(upstream.weights, draw.fresh, regime.inherited)):
        run = train_task(regime, 2, data, start, recording(steps))
        along = [
            start + torch.bmm(r.noise, data.noise) + (j * r.signal).unsqueeze(2) * data.signal
            for r in run.records
        ]
        errors.append(
            tuple(
                estimate_error(weights, data.signal, regime, 2, seeds, LINES) for weights in along
            )
        )
    k, m = regime.inherited, regime.m
    inherited = torch.tensor([*range(k), *range(m, m + k)])
    u, v1 = (
        torch.nn.functional.pad(x, (0, upstream.weights.shape[2] - len(x)))
        for x in signals(regime)[:2]
    )
    on_u, on_v1 = ((j[inherited] * (upstream.weights[:, inherited] @ x)).numpy() for x in (u, v1))
    named = quantities.catalogue()
    unit = (
        named["A"](regime) / regime.d * float(solve(1.0, named["h_1"](regime) / 2 * regime.steps1))
    )
    return HeadStart(
        regime, 3 * seeds.count, np.array(steps), on_u / unit, on_v1 / on_u, errors[0], errors[1]
    )

"""Paired designs: one regime, changed in one thing at a time, on common seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from claims.core import quantities
from claims.core.claim import Kind, Provenance
from claims.core.condition import DELTA
from claims.core.margin import Margin
from claims.deciding.per_regime import PerRegime
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
class VariantErrors:
    """Test errors in one regime; None where that training was not asked for."""

    networks: int
    scratch: ErrorEstimate | None
    transfer: ErrorEstimate | None
    # From scratch: the probability that noise alone would err, and the signal overrules it.
    overruled: ErrorEstimate | None


@dataclass(frozen=True)
class PairedErrors:
    """Test errors in a regime (variant 0) and in its variants, on common seeds."""

    variants: tuple[VariantErrors, ...]

    @property
    def networks(self) -> int:
        """Networks trained."""
        return sum(variant.networks for variant in self.variants)

    def transfer(self, variant: int) -> ErrorEstimate:
        """Test error after transfer."""
        return _trained("transfer", self.variants[variant].transfer)

    def scratch(self, variant: int) -> ErrorEstimate:
        """Test error from scratch."""
        return _trained("scratch", self.variants[variant].scratch)

    def overruled(self, variant: int) -> ErrorEstimate:
        """From scratch: the probability that noise alone would err, and the signal overrules it."""
        return _trained("overruled", self.variants[variant].overruled)


def _trained(name: str, error: ErrorEstimate | None) -> ErrorEstimate:
    if error is None:
        raise ValueError(f"{name}: the paired design does not have it; ask with {name}=True")
    return error


@dataclass(frozen=True)
class PairedDesign:
    """Observes a regime and each of its variants.

    Args:
        changes: each makes a variant of a regime.
        scratch, transfer: what is trained.
        lines: random lines that an error is averaged over.
        overruled: whether that probability is asked for, of what is trained from scratch.
        within_condition: the variants must lie inside Condition 4.1 as well. A claim that says so
            of them is refused, with the clause and the regime, where one does not.
    """

    changes: tuple[Change, ...]
    scratch: bool = True
    transfer: bool = True
    overruled: bool = False
    within_condition: bool = False
    lines: int = LINES

    def variants(self, regime: Regime) -> tuple[Regime, ...]:
        """The regime's variants, in the order of the changes."""
        return tuple(change(regime) for change in self.changes)

    def __call__(self, regime: Regime, seeds: Seeds) -> PairedErrors:
        """Train them all, on the same seeds."""
        regimes = (regime, *self.variants(regime))
        return PairedErrors(tuple(self._errors(one, seeds) for one in regimes))

    def _errors(self, regime: Regime, seeds: Seeds) -> VariantErrors:
        draw = sample(regime, seeds)

        def trained(start: torch.Tensor) -> torch.Tensor:
            return train_task(regime, 2, draw.downstream, start).weights

        def probability(
            estimate: Callable[..., ErrorEstimate], weights: torch.Tensor
        ) -> ErrorEstimate:
            return estimate(weights, draw.downstream.signal, regime, 2, seeds, self.lines)

        from_scratch = after = silenced = None
        if self.scratch:
            weights = trained(draw.fresh)
            from_scratch = probability(estimate_error, weights)
            silenced = probability(estimate_overruled, weights) if self.overruled else None
        if self.transfer:
            upstream = train_task(regime, 1, draw.upstream, draw.start).weights
            start = inherit(upstream, draw.fresh, regime.inherited)
            after = probability(estimate_error, trained(start))
        networks = (self.scratch + 2 * self.transfer) * seeds.count
        return VariantErrors(networks, from_scratch, after, silenced)


def paired(*changes: Change, **options: Any) -> PairedDesign:
    """A paired design with these changes; `options` are its other fields."""
    return PairedDesign(changes, **options)


#: What claims that one error exceeds another, in each network, have in common.
ORDERING: dict[str, Any] = {
    "provenance": (Provenance.S,),
    "kind": Kind.ORDERING,
    "unit": "nats between the errors",
    "rule": PerRegime(DELTA, effort=1 / 3),
}


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

"""Whether transfer helps and hurts with the square loss where it does with the logistic one.

An open question: it is asked in the paper's reviews [O], the statement the plainest one that
networks can decide [D]. It is measured and reported, and never fails a run. With the square loss
what is memorised ends at a fit, of coefficient 1 over the share of active filters, where that of
the logistic loss goes on growing like log T; signal and noise are learned in the same proportion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import DELTA
from claims.core.constants import Constants
from claims.core.domains import harmful, helpful
from claims.core.margin import Margin
from claims.core.ranges import BROAD, C_4
from claims.deciding.per_regime import PerRegime
from claims.observing.errors import BY_STEPS, ESTIMATED, LINES
from claims.observing.paired import exceeds
from model.engines.variants import descend_square
from model.regime import Regime
from model.sampling import Seeds, sample
from model.test_error import ErrorEstimate, estimate_error
from model.transfer import inherit


@dataclass(frozen=True)
class Squared:
    """Test errors with the square loss in both tasks."""

    networks: int
    scratch: ErrorEstimate
    transfer: ErrorEstimate


def squared(regime: Regime, seeds: Seeds) -> Squared:
    """Train upstream, from scratch and after transfer."""
    draw = sample(regime, seeds)
    upstream = descend_square(draw.upstream, draw.start, regime.eta1, regime.steps1)
    starts = draw.fresh, inherit(upstream, draw.fresh, regime.inherited)
    ways = (descend_square(draw.downstream, one, regime.eta2, regime.steps2) for one in starts)
    errors = (estimate_error(w, draw.downstream.signal, regime, 2, seeds, LINES) for w in ways)
    return Squared(3 * seeds.count, *errors)


def helps(nats: float) -> Callable[[Squared, Constants], Margin]:
    """The margin of: transfer errs less than scratch by so many nats."""
    return lambda observation, constants: exceeds(observation.scratch, observation.transfer, nats)


def hurts(nats: float) -> Callable[[Squared, Constants], Margin]:
    """The margin of: transfer errs more than scratch by so many nats."""
    return lambda observation, constants: exceeds(observation.transfer, observation.scratch, nats)


_DOMAINS = {"helps": helpful(BROAD), "hurts": harmful(BROAD)}
_WHERE = {
    "helps": "τ_D from 2 to 8, X from 3 to C₄ and Y ≤ 1.5",
    "hurts": "τ_D ≤ 2, X from 20 and Y from 100",
}
_BOTH = r"\mathrm{error}_{\mathrm{transfer}}%s\mathrm{error}_{\mathrm{scratch}}"
_LATEX = {
    "helps": r"\tau_D\gg\tau_2\;\Rightarrow\;" + _BOTH % "<",
    "hurts": r"\tau_D\ll\tau_2\;\Rightarrow\;" + _BOTH % ">",
}


def _claim(outcome: str) -> Claim:
    by = {"helps": helps, "hurts": hurts}
    other = "hurts" if outcome == "helps" else "helps"
    less = "less" if outcome == "helps" else "more"
    constants = (C_4,)
    return Claim(
        id=f"conjecture.square-loss.{outcome}",
        title=f"Transfer {outcome} with the square loss where it does with the logistic one",
        statement=(
            f"Where {_WHERE[outcome]}, networks trained with the square loss in both tasks err"
            f" {less} after transfer than from scratch."
        ),
        latex=_LATEX[outcome],
        domain=_DOMAINS[outcome],
        observe=squared,
        margin=by[outcome](0.0),
        rule=PerRegime(DELTA, effort=0.4),
        unit="nats between the errors",
        constants=constants if outcome == "helps" else (),
        uses=ESTIMATED | BY_STEPS,
        mutants=(
            Mutant(
                "elsewhere",
                f"and where it {other}",
                {"domain": _DOMAINS[other], "constants": constants if other == "helps" else ()},
            ),
            Mutant("sevenfold", "by a factor of seven or more", {"margin": by[outcome](1.95)}),
        ),
        source="Open questions",
        provenance=(Provenance.D,),
        kind=Kind.CONJECTURE,
    )


CLAIMS = (_claim("helps"), _claim("hurts"))

r"""Proposition 4.4 as a comparison of transfer with scratch, in the same draw [D].

As stated, (1) and (2) bound each of the two errors by itself. Between the two bounds there is room:
near the thresholds transfer is allowed more than 0.1, and so more than scratch. What a reader wants
to know is the difference. Both errors are near exp(-tau/2.6), with tau_2 from scratch and tau_D
after transfer (the sharp law), so

* where transfer helps, ln(scratch/transfer) is to grow like tau_A + tau_2, in the stated reading;
* where it hurts, ln(transfer/scratch) is to grow like tau_2 - tau_D.

How fast, 1/C_6 and 1/C_7 tell, fitted on the hypotheses of (1) and (2) themselves.

A larger target ends the harm, though it inherits just as much noise: X falls as 1/N_2 and tau_2
grows as N_2, so tau_D grows as N_2^2 while alpha X is large. The target is enlarged until tau_D,
and not tau_2, is where errors are small.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from claims.core.calibration import CalibrationSet, OpenConstant
from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import DELTA, PRACTICAL
from claims.core.constants import Constants
from claims.core.criteria import (
    NOT_SMALL,
    SCRATCH_C_1,
    SCRATCH_C_3,
    SHARP,
    STATED,
)
from claims.core.domain import Between, Scale
from claims.core.domains import NEGATIVE, POSITIVE_BALANCED, after_transfer
from claims.core.margin import Margin
from claims.core.quantities import TAU_2, TAU_D
from claims.core.ranges import BALANCED_LATEX, BALANCED_PLAIN, C_4, FEWEST
from claims.deciding.per_regime import PerRegime
from claims.observing.errors import (
    MEASURED,
    Observation,
    both_ways,
    error_at_least,
    error_at_most,
)
from claims.observing.headline_constants import HARMFUL, fitted
from claims.observing.paired import PairedErrors, exceeds, paired
from model.regime import Regime
from model.scales import Hold, vary

#: Nats between the two errors, over what they are to grow like, at least 1/C.
C_6, C_7 = "proposition-4.4.C_6", "proposition-4.4.C_7"
Expected = Callable[[Regime], float]
Difference = Callable[..., Margin]


def gained(observation: Observation, nats: float = 0.0) -> Margin:
    """ln(scratch) - ln(transfer) - nats, per seed, in the same draw."""
    assert observation.transfer is not None
    return exceeds(observation.scratch.error, observation.transfer.error, nats)


def lost(observation: Observation, nats: float = 0.0) -> Margin:
    """ln(transfer) - ln(scratch) - nats, per seed."""
    assert observation.transfer is not None
    return exceeds(observation.transfer.error, observation.scratch.error, nats)


def deficit(regime: Regime) -> float:
    """tau_2 - tau_D."""
    return TAU_2(regime) - TAU_D(regime)


def grows(
    difference: Difference,
    like: Expected,
    constant: str,
    *,
    faster: float = 1.0,
    power: float = 1.0,
) -> Any:
    """The difference is at least `like`/C nats."""

    def margin(observation: Observation, constants: Constants) -> Margin:
        nats = faster * like(observation.regime) ** power / constants[constant]
        return difference(observation, nats)

    return margin


def _open(name: str, difference: Difference, like: Expected, drawn: CalibrationSet) -> OpenConstant:
    """The largest of `like` over the nats there are; without bound where there are none."""

    def needed(observation: Observation) -> np.ndarray:
        nats = difference(observation).low
        with np.errstate(divide="ignore"):
            return np.where(nats > 0, like(observation.regime) / nats, np.inf)

    return OpenConstant(name, needed, sets=(drawn,), words="largest needed")


def enlarged(until: float, criterion: Expected = TAU_D) -> Callable[[Regime], Regime]:
    """The target with as many samples more, h_2 fixed, as bring the criterion to a value."""

    def change(regime: Regime) -> Regime:
        low, high = regime.n2, regime.n2
        while criterion(vary(regime, n2=high, hold=Hold.H)) < until:
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            reached = criterion(vary(regime, n2=middle, hold=Hold.H)) >= until
            low, high = (low, middle) if reached else (middle, high)
        return vary(regime, n2=high, hold=Hold.H)

    return change


def ends(observation: PairedErrors, constants: Constants) -> Margin:
    """Scratch errs at most 0.1 and transfer at least that with the target as it is; transfer at
    most that with the larger one.
    """
    limit = math.log(NOT_SMALL)
    harm = error_at_least(observation.transfer(0), NOT_SMALL)
    harm = harm.both(error_at_most(observation.scratch(0), limit))
    return harm.both(error_at_most(observation.transfer(1), limit))


#: Of tau_D, after transfer: far below the threshold, and above it.
BELOW, ABOVE = 0.3, 4.0
#: Negative transfer with dimension to spare for a target several times as large.
GROWING = after_transfer(
    TAU_D,
    Between(0.2, BELOW),
    x=Between(60.0, 100.0),
    y=Between(300.0, 600.0),
    scales={
        Scale.N1: Between(20, 240),
        Scale.N2: Between(20, 40),
        Scale.M: Between(32, 32),
        Scale.INHERITED: Between(12, 14),
        Scale.SLACK: Between(500.0, 1000.0),
    },
    tier=PRACTICAL,
)
_HELPED = SCRATCH_C_3, STATED.constant("C_1"), C_4
_HURT = SCRATCH_C_1, SHARP.constant("C_3"), C_4
_HELPS = _open(
    C_6,
    gained,
    STATED.criterion,
    CalibrationSet("positive-balanced", POSITIVE_BALANCED, both_ways, share=1 / 2),
)
_HURTS = _open(C_7, lost, deficit, HARMFUL)
_BASE: dict[str, Any] = {
    "source": "Proposition 4.4",
    "provenance": (Provenance.D,),
    "kind": Kind.ORDERING,
    "rule": PerRegime(DELTA),
    "uses": MEASURED,
}
CLAIMS = (
    Claim(
        id="proposition-4.4.1.compared",
        title="Positive transfer, against scratch in the same draw",
        statement=(
            f"Under Condition 4.1, with {FEWEST} source samples or more, {BALANCED_PLAIN}, τ₂ ≤ C₃,"
            " τ_A + τ₂ ≥ C₁ and X ≤ C₄, transfer errs less than scratch in the same draw, by"
            " (τ_A + τ₂)/C₆ nats or more."
        ),
        latex=(
            r"\tau_2\le C_3,\;\tau_A+\tau_2\ge C_1,\;X\le C_4,\;"
            rf"{BALANCED_LATEX}\;\Rightarrow\;\ln\frac{{\mathrm{{scratch}}}}{{\mathrm{{transfer}}}}"
            r"\ge\frac{\tau_A+\tau_2}{C_6}"
        ),
        domain=POSITIVE_BALANCED,
        observe=both_ways,
        margin=grows(gained, STATED.criterion, C_6),
        unit="nats between the errors, over their bound",
        constants=(*_HELPED, C_6),
        fits=(*fitted(*_HELPED), _HELPS),
        family="proposition-4.4.1.balanced",
        mutants=(
            Mutant(
                "faster",
                "four times as many nats",
                {"margin": grows(gained, STATED.criterion, C_6, faster=4.0)},
            ),
            Mutant(
                "exponent",
                "(τ_A + τ₂)²/C₆",
                {"margin": grows(gained, STATED.criterion, C_6, power=2.0)},
            ),
        ),
        **_BASE,
    ),
    Claim(
        id="proposition-4.4.2.compared",
        title="Negative transfer, against scratch in the same draw",
        statement=(
            "Under Condition 4.1, Y ≥ X ≥ C₄, τ₂ ≥ C₁ and τ_D ≤ C₃ imply that transfer errs more"
            " than scratch in the same draw, by (τ₂ − τ_D)/C₇ nats or more."
        ),
        latex=(
            r"Y\ge X\ge C_4,\;\tau_2\ge C_1,\;\tau_D\le C_3\;\Rightarrow\;"
            r"\ln\frac{\mathrm{transfer}}{\mathrm{scratch}}\ge\frac{\tau_2-\tau_D}{C_7}"
        ),
        domain=NEGATIVE,
        observe=both_ways,
        margin=grows(lost, deficit, C_7),
        unit="nats between the errors, over their bound",
        constants=(*_HURT, C_7),
        fits=(*fitted(*_HURT), _HURTS),
        family="proposition-4.4.2",
        mutants=(
            Mutant(
                "faster", "twice as many nats", {"margin": grows(lost, deficit, C_7, faster=2.0)}
            ),
            Mutant(
                "exponent", "(τ₂ − τ_D)^1.5/C₇", {"margin": grows(lost, deficit, C_7, power=1.5)}
            ),
        ),
        **_BASE,
    ),
    Claim(
        id="proposition-4.4.2.larger-target",
        title="A larger target ends negative transfer, where τ_D says",
        statement=(
            "Under Condition 4.1, with X from 60 to 100, Y from 300 to 600, τ_D from 0.2 to"
            f" {BELOW:g}, N₁ from 20 to 240, N₂ from 20 to 40, 12 to 14 of 32 filters inherited and"
            " at least 500 times the dimension that the condition asks for, scratch errs at most"
            " 0.1 and transfer at least 0.1; with more target samples, so many that τ_D reaches"
            f" {ABOVE:g}, and all else as it was, transfer too errs at most 0.1."
        ),
        latex=(
            rf"\tau_D\le {BELOW:g}\;\Rightarrow\;\mathrm{{scratch}}\le 0.1\le"
            r"\mathrm{transfer},\quad"
            rf"\tau_D\ge {ABOVE:g}\;\Rightarrow\;\mathrm{{transfer}}\le 0.1"
        ),
        domain=GROWING,
        observe=paired(enlarged(ABOVE), within_condition=True),
        margin=ends,
        unit="nats, the least of the three bounds' margins",
        mutants=(
            Mutant(
                "scratch",
                f"so many that τ₂ reaches {ABOVE:g}, as from scratch",
                {"observe": paired(enlarged(ABOVE, TAU_2))},
            ),
            Mutant(
                "sooner",
                "so many that τ_D reaches 1",
                {"observe": paired(enlarged(1.0))},
            ),
        ),
        **(_BASE | {"rule": PerRegime(DELTA, effort=1 / 3)}),
    ),
)

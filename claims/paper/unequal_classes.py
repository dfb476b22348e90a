r"""Theorem 4.3 by the sizes of the classes: which networks are those that may fail.

The theorem holds with probability 1 - delta over the draw of a training set. Where samples are few,
one class may have many more than the other, and the exponent of the error is that of the smaller
class: of tau_c in place of tau_2 (`claims.observing.by_class`). Of 20 samples the smaller class has
5 or fewer in one draw of 24, and then tau_c is a sixth of tau_2, or less. So C_2 of the theorem
must serve networks of which the exponent is some four to six times too small, however large tau_2
is; of 16 samples it would leave out more than a share delta.

With tau_c both bounds hold of 99% of networks, and the slopes of the two are far closer to one
another than C_2 and c are [D].
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.core.calibration import OpenConstant
from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.constants import Constants
from claims.core.criteria import NOT_SMALL, SCRATCH_C_1
from claims.core.domain import Between, Scale
from claims.core.domains import from_scratch
from claims.core.margin import Margin
from claims.core.quantities import TAU_2
from claims.deciding.per_regime import PerRegime
from claims.observing.by_class import Array, ByClass, by_class
from claims.observing.errors import MEASURED, log_error, orders
from claims.observing.headline_constants import MOST_DRAWN, fitted

#: The share of networks that may fail.
RARELY = 0.01
C_8, C_9 = "theorem-4.3.C_8", "theorem-4.3.C_9"
#: There the least errors of few samples are about 1e-120; twice as far those of many, or of large
#: initial weights, would come near the least number that can be held.
_MOST = 500.0
_LIMIT = math.log(NOT_SMALL)
#: What takes the place of tau_2: of an observation, (seeds,).
Criterion = Callable[[ByClass], Array]


def tau_c(observation: ByClass) -> Array:
    """tau_2 2 N_c^2/(N (N - N_c)) of the smaller class."""
    return observation.tau


def tau_2(observation: ByClass) -> Array:
    """As if classes were equal: planted."""
    return np.full(len(observation.fewer), TAU_2(observation.regime))


def linear(observation: ByClass) -> Array:
    """tau_2 2 N_c/N: planted."""
    return observation.fewer_to(1.0)


def at_most(criterion: Criterion = tau_c, factor: float = 1.0) -> Any:
    """error <= exp(-criterion/(factor C_8))."""

    def margin(observation: ByClass, constants: Constants) -> Margin:
        low, high = log_error(observation.error)
        bound = -criterion(observation) / (factor * constants[C_8])
        return Margin.between(bound - high, bound - low)

    return margin


def at_least(factor: float = 1.0, power: float = 1.0) -> Any:
    """error >= 0.1 exp(-tau_c^power/(factor C_9))."""

    def margin(observation: ByClass, constants: Constants) -> Margin:
        low, high = log_error(observation.error)
        bound = _LIMIT - observation.tau**power / (factor * constants[C_9])
        return Margin.between(low - bound, high - bound)

    return margin


def _needed_above(observation: ByClass) -> NDArray[np.float64]:
    _, high = log_error(observation.error)
    with np.errstate(divide="ignore"):
        return np.where(high < 0, observation.tau / -high, math.inf)


def _needed_below(observation: ByClass) -> NDArray[np.float64]:
    low, _ = log_error(observation.error)
    with np.errstate(divide="ignore"):
        return np.where(low < _LIMIT, observation.tau / (_LIMIT - low), MOST_DRAWN)


#: Where the sizes of classes matter most.
_MOST_UNEQUAL = from_scratch(TAU_2, Between(_MOST / 5, _MOST), scales={Scale.N2: Between(20, 24)})
_COMMON: dict[str, Any] = {
    "source": "Theorem 4.3",
    "provenance": (Provenance.D,),
    "kind": Kind.PROBABILITY,
    "rule": PerRegime(RARELY),
    "domain": from_scratch(TAU_2, Between(SCRATCH_C_1, _MOST), scales={Scale.N2: Between(20, 240)}),
    "observe": by_class,
    "family": "theorem-4.3.by-class",
    "unit": "nats between the bound and the error",
    "uses": MEASURED | orders("lemma-a1"),
}
_WHERE = (
    f"Under Condition 4.1, with C₁ ≤ τ₂ ≤ {_MOST:g} and 20 to 240 samples, N_c of them in the"
    " smaller class, and τ_c = 2N_c²τ₂/(N₂(N₂ − N_c)):"
)
_LATEX = r"\tau_c=\tau_2\,\frac{2N_c^2}{N_2(N_2-N_c)}:\quad\mathrm{error}"
CLAIMS = (
    Claim(
        id="theorem-4.3.by-class.upper",
        title="Scratch: the smaller class decides how small errors are",
        statement=f"{_WHERE} test error at most exp(−τ_c/C₈).",
        latex=rf"{_LATEX}\le e^{{-\tau_c/C_8}}",
        margin=at_most(),
        constants=(SCRATCH_C_1, C_8),
        fits=(
            *fitted(SCRATCH_C_1),
            OpenConstant(C_8, _needed_above, words="largest needed"),
        ),
        mutants=(
            Mutant("equal-classes", "τ₂ for τ_c", {"margin": at_most(tau_2)}),
            Mutant(
                "linear",
                "2N_cτ₂/N₂ for τ_c",
                {"margin": at_most(linear), "domain": _MOST_UNEQUAL},
            ),
            Mutant("slope", "C₈/2 for C₈", {"margin": at_most(factor=0.5)}),
        ),
        **_COMMON,
    ),
    Claim(
        id="theorem-4.3.by-class.lower",
        title="Scratch: the smaller class decides how large errors stay",
        statement=f"{_WHERE} test error at least 0.1 exp(−τ_c/C₉).",
        latex=rf"{_LATEX}\ge 0.1\,e^{{-\tau_c/C_9}}",
        margin=at_least(),
        constants=(SCRATCH_C_1, C_9),
        fits=(
            *fitted(SCRATCH_C_1),
            OpenConstant(
                C_9,
                _needed_below,
                at_least=False,
                unmet=MOST_DRAWN,
                words="least needed",
            ),
        ),
        mutants=(
            Mutant("slope", "3C₉ for C₉", {"margin": at_least(factor=3.0)}),
            Mutant("exponent", "τ_c^0.7 for τ_c", {"margin": at_least(power=0.7)}),
        ),
        **_COMMON,
    ),
)

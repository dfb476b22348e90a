"""Theorem 4.3: training from scratch. The loss converges, and tau_2 decides the test error.

Under Condition 4.1, for every epsilon some t <= C_T/(h_2 epsilon) has training loss <= epsilon, and
there tau_2 >= C_1 => error <= exp(-tau_2/C_2), tau_2 <= C_3 => error >= 0.1 [S, R].

*Convergence* is decided at every step of a run at once: "for all epsilon in (C_T/(h (t+1)), C_T/(h
t)] some s <= t has loss <= epsilon" is min_{s<=t} L(s) <= C_T/(h (t+1)), so C_T must be at least
max_t h (t+1) min_{s<=t} L(s). The epsilons reached are those above C_T/(h T).

*Errors* are measured after the last step T, where epsilon = C_T/(h T); the statement's own free
choice of epsilon is drawn with h T.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from claims.core import formulas as f
from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import DELTA, Clause
from claims.core.constants import Constants
from claims.core.criteria import (
    NOT_SMALL,
    SCRATCH_C_1,
    SCRATCH_C_2,
    SCRATCH_C_3,
    SCRATCH_C_T,
    misread,
)
from claims.core.domain import Between, Scale
from claims.core.domains import from_scratch, scratch_above, scratch_below
from claims.core.margin import Margin
from claims.core.quantities import TAU_2, Quantity
from claims.core.ranges import Scales
from claims.deciding.per_regime import PerRegime
from claims.observing.errors import (
    BOTH_ERRORS,
    HALVED,
    MEASURED,
    TRAINED,
    Observation,
    error_at_least,
    error_at_most,
    orders,
    scratch_only,
)
from claims.observing.headline_constants import FAR_ABOVE, FEWEST, fitted
from claims.observing.pictures import falls, stays


def converges(observation: Observation, constants: Constants) -> Margin:
    """ln C_T - ln of the smallest C_T that serves."""
    return Margin.exact(
        math.log(constants[SCRATCH_C_T]) - np.log(observation.scratch.least_time_constant())
    )


def at_most(term: Quantity, sense: float = 1.0, factor: float = 1.0) -> Any:
    """error <= exp(-term/(factor C_2)); `sense` -1 plants the flipped inequality."""

    def margin(observation: Observation, constants: Constants) -> Margin:
        c_2 = factor * constants[SCRATCH_C_2]
        holds = error_at_most(observation.scratch.error, -term(observation.regime) / c_2)
        return holds if sense > 0 else holds.negated

    return margin


def at_least(observation: Observation, constants: Constants) -> Margin:
    """error >= 0.1."""
    return error_at_least(observation.scratch.error, NOT_SMALL)


_SCRATCH = {"scratch": BOTH_ERRORS["scratch"]}
SQUARED_SAMPLES = misread("N_2^2 for N_2", lambda: f.n2 * f.tau_2)
OTHER_SAMPLES = misread("N_1 for N_2", lambda: f.tau_2 * f.n1 / f.n2)
SQUARED_NORM = misread("||s_2||^2 for ||s_2||^4", lambda: f.tau_2 / f.signal_square[2])
SIGMA_SQUARED = misread("sigma_2^2 for sigma_2^4", lambda: f.tau_2 * f.sigma2**2)
#: Numbers of samples far enough apart for one to be told from the other.
MORE: Scales = {Scale.N1: Between(400, 400), Scale.N2: Between(40, 40)}
FEWER: Scales = {Scale.N1: Between(20, 20), Scale.N2: Between(120, 120)}
#: Where networks with classes of unequal sizes need C_2 as large as it is.
FEW_FAR_ABOVE = from_scratch(TAU_2, FAR_ABOVE, scales=FEWEST)
#: On either side of every threshold.
ANYWHERE = from_scratch(TAU_2, Between(0.02, 40.0))
_COMMON: dict[str, Any] = {
    "source": "Theorem 4.3",
    "provenance": (Provenance.S, Provenance.R),
    "kind": Kind.PROBABILITY,
    "rule": PerRegime(DELTA),
    "observe": scratch_only,
}
CLAIMS = (
    Claim(
        id="theorem-4.3.convergence",
        title="Scratch: the training loss converges",
        statement=(
            "Under Condition 4.1, for every ε some step t ≤ C_T/(h₂ ε) has training loss at most ε."
        ),
        latex=(
            r"\forall\varepsilon\;\exists\, t\le \frac{C_T}{h_2\,\varepsilon}:\;"
            r" L(W^t)\le\varepsilon"
        ),
        domain=ANYWHERE,
        margin=converges,
        unit="ln C_T − ln of the least constant that serves",
        constants=(SCRATCH_C_T,),
        fits=fitted(SCRATCH_C_T),
        uses=TRAINED | {"lemma-a1.a.lower": "every sample is memorised, so that its loss falls"},
        mutants=(
            Mutant(
                "step-dropped",
                "the step clause of Condition 4.1 is dropped: h from 20 to 200",
                {
                    "domain": ANYWHERE.but(
                        scales={Scale.H2: Between(20.0, 200.0)},
                        without={Clause.STEP, Clause.STEP_DIMENSION},
                    )
                },
            ),
            Mutant(
                "initialisation-dropped",
                "the initialisation clause is dropped: σ₀ from 10⁶ to 10⁸ times what it allows",
                {
                    "domain": ANYWHERE.but(
                        scales={Scale.INITIALISATION: Between(1e6, 1e8)},
                        without={Clause.INITIALISATION},
                    )
                },
            ),
            Mutant(
                "faster",
                "t ≤ C_T/(h₂ √ε) for C_T/(h₂ ε)",
                {
                    "margin": lambda observation, constants: Margin.exact(
                        math.log(constants[SCRATCH_C_T])
                        - np.log(observation.scratch.least_time_constant(0.5))
                    )
                },
            ),
        ),
        **_COMMON,
    ),
    Claim(
        id="theorem-4.3.error-upper",
        title="Scratch: small test error above the threshold",
        statement="Under Condition 4.1, τ₂ ≥ C₁ implies test error at most exp(−τ₂/C₂).",
        latex=r"\tau_2\ge C_1\;\Rightarrow\; \mathrm{error}\le e^{-\tau_2/C_2}",
        domain=scratch_above(TAU_2),
        margin=at_most(TAU_2),
        figure=falls(TAU_2, SCRATCH_C_2, "scratch", _SCRATCH),
        unit="nats between the bound and the error",
        constants=(SCRATCH_C_1, SCRATCH_C_2),
        fits=fitted(SCRATCH_C_1, SCRATCH_C_2),
        uses=MEASURED | orders("lemma-a1"),
        mutants=(
            Mutant("flipped", "error ≥ exp(−τ₂/C₂)", {"margin": at_most(TAU_2, -1.0)}),
            Mutant(
                "slope",
                "C₂/2 for C₂, with few samples",
                {"domain": FEW_FAR_ABOVE, "margin": at_most(TAU_2, factor=0.5)},
            ),
            Mutant(
                "samples-squared",
                "N₂² for N₂ in τ₂",
                {"domain": scratch_above(SQUARED_SAMPLES), "margin": at_most(SQUARED_SAMPLES)},
            ),
            Mutant(
                "other-samples",
                "N₁ for N₂ in τ₂",
                {
                    "domain": scratch_above(OTHER_SAMPLES, MORE),
                    "margin": at_most(OTHER_SAMPLES),
                },
            ),
            Mutant(
                "norm-exponent",
                "‖s₂‖² for ‖s₂‖⁴ in τ₂",
                {"domain": scratch_above(SQUARED_NORM), "margin": at_most(SQUARED_NORM)},
            ),
            Mutant(
                "sigma-exponent",
                "σ₂² for σ₂⁴ in τ₂",
                {"domain": scratch_above(SIGMA_SQUARED), "margin": at_most(SIGMA_SQUARED)},
            ),
        ),
        **_COMMON,
    ),
    Claim(
        id="theorem-4.3.error-lower",
        title="Scratch: large test error below the threshold",
        statement="Under Condition 4.1, τ₂ ≤ C₃ implies test error at least 0.1.",
        latex=r"\tau_2\le C_3\;\Rightarrow\; \mathrm{error}\ge 0.1",
        domain=scratch_below(TAU_2),
        margin=at_least,
        figure=stays(TAU_2, "scratch", _SCRATCH),
        unit="nats between the error and 0.1",
        constants=(SCRATCH_C_3,),
        fits=fitted(SCRATCH_C_3),
        uses=MEASURED | orders("lemma-a1") | HALVED,
        mutants=(
            Mutant(
                "flipped",
                "τ₂ ≤ C₃ implies error at most 0.1",
                {
                    "margin": lambda observation, constants: error_at_most(
                        observation.scratch.error, math.log(NOT_SMALL)
                    )
                },
            ),
            Mutant("threshold", "τ₂ ≤ 10 instead of C₃", {"domain": scratch_below(TAU_2, 10.0)}),
            Mutant("sigma-exponent", "σ₂² for σ₂⁴ in τ₂", {"domain": scratch_below(SIGMA_SQUARED)}),
            Mutant(
                "other-samples",
                "N₁ for N₂ in τ₂",
                {"domain": scratch_below(OTHER_SAMPLES, scales=FEWER)},
            ),
        ),
        **_COMMON,
    ),
)

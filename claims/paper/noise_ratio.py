"""Negative transfer's mechanism, sharp: how much noise inherited filters bring [D].

Proposition 4.4 says that the inherited noise norm exceeds scratch's by a factor that grows with X.
Where both runs are equally long (h_1 T_1 = h_2 T_2), an upstream filter memorises as much of each
of half of its N_1 samples as a scratch filter of half of its N_2: so the ratio of the squares is
N_1 sigma_2^2/(N_2 sigma_1^2) = X/alpha itself, and what the target adds is little where X is large.
Its exponents are decided, and the factor beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.criteria import SCRATCH_C_1, SHARP
from claims.core.domains import NEGATIVE
from claims.core.quantities import X
from claims.core.ranges import C_4
from claims.deciding.population import Population
from claims.observing.errors import TRAINED, noise_ratio
from claims.observing.exponents import Exponents, Reading, off_by, spread, unit_of
from model.regime import Regime
from model.sampling import Seeds
from model.transfer import run_trial

#: Regimes; how far an exponent may be from the declared one; and by what part the ratio may be off.
REGIMES, OFF, PART = 320, 0.05, 0.15
VARIABLES = ("N_1", "N_2", "sigma_2/sigma_1", "alpha", "d", "m")


@dataclass(frozen=True)
class Brought:
    """One regime's inherited noise, mean over filters and seeds."""

    networks: int
    logs: tuple[float, ...]  # of VARIABLES
    ratio: float  # ln of the squares' ratio over X/alpha

    @property
    def log_alpha(self) -> float:
        """ln alpha."""
        return self.logs[VARIABLES.index("alpha")]


def brought(regime: Regime, seeds: Seeds) -> Brought:
    """Train both tasks both ways.

    Raises:
        RegimeError, DivergenceError: as a trial does.
    """
    trial = run_trial(regime, seeds)
    noise = regime.sigma2 / regime.sigma1
    sizes = (regime.n1, regime.n2, noise, regime.alpha, regime.d, regime.m)
    declared = X(regime) / regime.alpha
    return Brought(
        trial.networks,
        tuple(map(math.log, sizes)),
        math.log(float(noise_ratio(trial).mean()) / declared),
    )


_LEFT: Reading = attrgetter("ratio")
_EXPONENTS = Exponents(VARIABLES, attrgetter("logs"), _LEFT)
_WHERE = "Under the hypotheses of Proposition 4.4(2) and with h₁T₁ = h₂T₂"
_CONSTANTS = SCRATCH_C_1, SHARP.constant("C_3"), C_4
_BASE: dict[str, Any] = {
    "source": "Proposition 4.4",
    "provenance": (Provenance.D,),
    "kind": Kind.ORDERING,
    "domain": NEGATIVE,
    "observe": brought,
    "constants": _CONSTANTS,
    "family": "proposition-4.4.2.noise",
    "uses": TRAINED,
}
CLAIMS = (
    Claim(
        id="proposition-4.4.2.mechanism.exponents",
        title="Negative transfer: the exponents of the inherited noise",
        statement=(
            f"{_WHERE}, of the mean square noise norm of inherited filters over that of scratch"
            " filters, mean over seeds, every exponent in N₁, N₂, σ₂/σ₁, α, d and m is within"
            f" {OFF} of that in N₁σ₂²/(N₂σ₁²) = X/α."
        ),
        latex=(
            r"\lVert P w\rVert^2_{\mathrm{inherited}}/\lVert P"
            r" w\rVert^2_{\mathrm{scratch}}\propto\tfrac{N_1\sigma_2^2}{N_2\sigma_1^2}"
        ),
        margin=_EXPONENTS.within(OFF),
        rule=Population(REGIMES, _EXPONENTS.left),
        unit=f"{OFF} less the largest exponent that is off",
        mutants=(
            Mutant("samples", "N₁^1.25 for N₁", {"margin": _EXPONENTS.within(OFF, N_1=0.25)}),
            Mutant("target", "N₂^−0.75 for 1/N₂", {"margin": _EXPONENTS.within(OFF, N_2=0.25)}),
            Mutant("share", "α^−0.75 for 1/α", {"margin": _EXPONENTS.within(OFF, alpha=0.25)}),
            Mutant(
                "noise",
                "(σ₂/σ₁)^2.25 for σ₂²/σ₁²",
                {"margin": _EXPONENTS.within(OFF, **{"sigma_2/sigma_1": 0.25})},
            ),
        ),
        **_BASE,
    ),
    Claim(
        id="proposition-4.4.2.mechanism.factor",
        title="Negative transfer: the inherited noise itself",
        statement=(
            f"{_WHERE}, the mean square noise norm of inherited filters is X/α times that of"
            f" scratch filters, mean over seeds, within a factor of {1 + PART:g}, in two random"
            " regimes of three."
        ),
        latex=(
            r"\lVert P w\rVert^2_{\mathrm{inherited}}\approx\tfrac{X}{\alpha}\lVert P"
            r" w\rVert^2_{\mathrm{scratch}}"
        ),
        margin=off_by(PART, _LEFT),
        rule=Population(REGIMES, partial(spread, readings={"X/α": _LEFT})),
        unit=unit_of(PART),
        mutants=(
            Mutant(
                "more",
                "1.25 X/α",
                {"margin": off_by(PART, lambda one: one.ratio - math.log(1.25))},
            ),
            Mutant("share", "X", {"margin": off_by(PART, lambda one: one.ratio - one.log_alpha)}),
        ),
        **_BASE,
    ),
)

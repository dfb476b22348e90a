"""What the sharp law makes of Theorem 4.3's constants [D]."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from scipy import optimize

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.deciding.formula import Formula
from claims.predicting import law

#: Where the closed form has error 0.1 with p = 0.8, "about"; how far off that may be, and the
#: exponent, as a share of 1/(4 p^2).
THRESHOLD, ABOUT, EXPONENT_OFF = 1.25, 0.02, 0.02
_SHARES = (0.6, 0.7, 0.8, 0.9)
#: tau between which the exponent is measured.
_FAR = (2000.0, 4000.0)


@dataclass(frozen=True)
class Foreseen:
    """Of the closed form: where its error is 0.1, and -d ln(error)/d tau far above, by p."""

    threshold: float
    exponents: dict[float, float]
    networks: int = 0
    method: str = "quadrature"

    @property
    def evidence(self) -> dict[str, Any]:
        """For the ledger."""
        return {
            "error 0.1 at": self.threshold,
            "times 4p²": {str(p): 4 * p**2 * exponent for p, exponent in self.exponents.items()},
        }


def foreseen() -> Foreseen:
    """No regime: p and tau are all that it depends on."""
    threshold = float(
        optimize.brentq(
            lambda tau: law.closed_form_log_error(tau, law.ROUNDED) - math.log(0.1), 0.1, 10.0
        )
    )
    ends = {p: [law.closed_form_log_error(tau, p) for tau in _FAR] for p in _SHARES}
    return Foreseen(
        threshold, {p: (near - far) / (_FAR[1] - _FAR[0]) for p, (near, far) in ends.items()}
    )


def foresees(
    observation: Foreseen, constants: Constants, *, threshold: float = THRESHOLD, power: float = 2.0
) -> Margin:
    """What is left of both tolerances, as a share."""
    off = max(abs(4 * p**power * exponent - 1) for p, exponent in observation.exponents.items())
    return Margin.exact(
        min(1 - abs(observation.threshold / threshold - 1) / ABOUT, 1 - off / EXPONENT_OFF)
    )


CONSTANTS = Claim(
    id="law.constants",
    title="Sharp law: the constants of Theorem 4.3",
    source="L1",
    statement=(
        "With equal shares p, −ln(error)/τ tends to 1/(4p²) far above the threshold; for p = 0.8"
        f" the error is 0.1 at τ = {THRESHOLD}, to {ABOUT:.0%}."
    ),
    latex=(
        r"-\ln(\mathrm{error})/\tau\to\frac1{4p^2},\qquad"
        r" \mathrm{error}=0.1\ \text{at}\ \tau\approx1.25"
    ),
    provenance=(Provenance.D,),
    kind=Kind.EXACT,
    domain=None,
    observe=foreseen,
    rule=Formula(),
    margin=foresees,
    unit="share of the tolerance left",
    mutants=(
        Mutant(
            "power",
            "1/(4p)",
            {"margin": lambda observation, constants: foresees(observation, constants, power=1.0)},
        ),
        Mutant(
            "one",
            "the error is 0.1 at τ = 1",
            {
                "margin": lambda observation, constants: foresees(
                    observation, constants, threshold=1.0
                )
            },
        ),
    ),
)
CLAIMS = (CONSTANTS,)

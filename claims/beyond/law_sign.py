"""L3: whether transfer helps, by the sharp law [D]."""

from __future__ import annotations

from claims.core.claim import Claim, Mutant
from claims.core.declared import SIGN
from claims.observing.signs import sign_given, sign_power, signs_right
from claims.observing.survey import SURVEYED, Surveyed, surveyed


def _by_law(s: Surveyed) -> float:
    return s.predicted.transfer - s.predicted.scratch


L3 = Claim(
    id="law.l3",
    title="Sharp law: positive or negative transfer",
    source="L3",
    statement=(
        "Where the errors of transfer and scratch differ beyond doubt, the law gives the sign in"
        f" {SIGN:.0%} of regimes or more."
    ),
    latex=r"\mathrm{sign}(\mathrm{transfer}-\mathrm{scratch})",
    margin=sign_given(_by_law, SIGN),
    rule=surveyed(
        lambda surveys: {
            "law": signs_right(surveys, _by_law).record(),
            "tau_D": signs_right(
                surveys, lambda s: s.quantity("tau_2") - s.quantity("tau_D")
            ).record(),
        },
        lambda surveys: sign_power(surveys, SIGN),
    ),
    unit=f"share right beyond {SIGN}",
    mutants=(
        Mutant(
            "always-hurts", "transfer always hurts", {"margin": sign_given(lambda s: 1.0, SIGN)}
        ),
        Mutant("flipped", "the opposite sign", {"margin": sign_given(lambda s: -_by_law(s), SIGN)}),
    ),
    **SURVEYED,
)
CLAIMS = (L3,)

"""M4 and F2: far tasks, where inherited filters hold v_1 and not u, and transfer is worse [S].

"Worse where ||u|| << ||v_2||" needs noise to be worse by, and is decided with as much: with less
there is nothing to see.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from claims.core.claim import Claim, Mutant
from claims.core.constants import Constants
from claims.core.domains import FAR, HELPFUL
from claims.core.margin import Margin
from claims.core.ranges import C_4
from claims.observing.errors import MEASURED
from claims.observing.paired import ORDERING, HeadStart, exceeds, head_start


def ratio_of_signals(observation: HeadStart, constants: Constants, *, power: float = 1.0) -> Margin:
    """ln 1.1 less the distance of ln(gamma_1/gamma_u) from ln(||v_1||^2/||u||^2), for the inherited
    filter with the largest.
    """
    expected = power * math.log(observation.regime.v1**2 / observation.regime.u**2)
    return Margin.exact(
        math.log(1.1)
        - np.abs(np.log(np.maximum(observation.gamma_ratio, 1e-300)) - expected).max(1)
    )


def behind(observation: HeadStart, constants: Constants) -> Margin:
    """ln(transfer) - ln(scratch) after training."""
    return exceeds(observation.transfer[-1], observation.scratch[-1])


_M4: dict[str, Any] = ORDERING | {"observe": head_start, "uses": MEASURED}
CLAIMS = (
    Claim(
        id="m4.coefficients",
        title="Far tasks: inherited filters hold v₁, not u",
        source="M4",
        statement=(
            "γ₁/γ_u = ‖v₁‖²/‖u‖², to a tenth, in every inherited filter: with ‖u‖ ≪ ‖v₁‖, γ₁ ≫ γ_u."
        ),
        latex=r"\lVert u\rVert\ll\lVert v_1\rVert\;\Rightarrow\;\gamma_1\gg\gamma_u",
        domain=FAR,
        margin=ratio_of_signals,
        constants=(C_4,),
        family="m4",
        mutants=(
            Mutant(
                "norms",
                "‖v₁‖/‖u‖ for its square",
                {"margin": lambda observation, c: ratio_of_signals(observation, c, power=0.5)},
            ),
            Mutant(
                "equal",
                "γ₁ = γ_u",
                {"margin": lambda observation, c: ratio_of_signals(observation, c, power=0.0)},
            ),
        ),
        **(_M4 | {"unit": "ln 1.1 less the distance of the ratio's ln"}),
    ),
    Claim(
        id="f2.worse",
        title="Far tasks: transfer is worse than scratch",
        source="M4, F2",
        statement=(
            "With ‖u‖ ≪ ‖v₂‖ (Y from 50), X ≥ C₄ and more than half of the filters inherited,"
            " transfer errs more than scratch."
        ),
        latex=(
            r"\lVert u\rVert\ll\lVert v_2\rVert,\;X\ge"
            r" C_4\;\Rightarrow\;\mathrm{error}_{\mathrm{transfer}}"
            r">\mathrm{error}_{\mathrm{scratch}}"
        ),
        domain=FAR,
        margin=behind,
        constants=(C_4,),
        family="m4",
        mutants=(
            Mutant("close", "Y at most 1.5, X ≤ C₄", {"domain": HELPFUL}),
            Mutant(
                "flipped",
                "errs less",
                {"margin": lambda observation, c: behind(observation, c).negated},
            ),
        ),
        **_M4,
    ),
)

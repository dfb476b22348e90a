"""M2: inherited filters carry the universal signal, and give a head start [S unless tagged].

What to expect after transfer [D]. Upstream samples and noise enter only as N_1/sigma_1^2, and with
r = alpha A/B = X/Y, tau_D = B^2 (1 + r)^2/(N_2 (1 + alpha X) d). So

* tau_D/tau_2 = (1+r)^2/(1 + alpha X) exceeds 1 just for X/Y^2 + 2/Y > alpha. "Error at equal steps
  is below scratch's where X <= C_4 and ||u|| > 0", as stated, fails late in training for large Y,
  and "worse where ||u|| << ||v_2||" needs noise to be worse by.

The statement on equal steps is kept as printed beside the one that this algebra bounds.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from claims.core.calibration import OpenConstant, suffice
from claims.core.claim import Claim, Mutant, Provenance
from claims.core.constants import Constants
from claims.core.domains import FAR, HELPFUL, LARGE_Y
from claims.core.margin import Margin
from claims.core.ranges import C_4
from claims.observing.errors import MEASURED
from claims.observing.paired import ORDERING, HeadStart, exceeds, head_start, shifted


def ahead(observation: HeadStart, constants: Constants) -> Margin:
    """ln(scratch) - ln(transfer) at every recorded step."""
    low, high = _gaps(observation)
    return Margin(low.min(0), high.min(0), observation.steps[low.argmin(0)])


def _gaps(observation: HeadStart) -> tuple[Any, Any]:
    """Both ends of ln(scratch) - ln(transfer): (steps, seeds)."""
    gaps = [exceeds(s, t) for s, t in zip(observation.scratch, observation.transfer, strict=True)]
    return np.stack([gap.low for gap in gaps]), np.stack([gap.high for gap in gaps])


def _never_ahead(observation: HeadStart, constants: Constants) -> Margin:
    """ln(transfer) - ln(scratch) at every recorded step, planted."""
    low, high = _gaps(observation)
    return Margin(-high.max(0), -low.max(0))


INHERITED = (
    OpenConstant("m2.c_1", lambda observation: observation.along_u.min(1), at_least=False),
    OpenConstant("m2.c_2", lambda observation: observation.along_u.max(1)),
)


def inherited_within(observation: HeadStart, constants: Constants, *, power: float = 1.0) -> Margin:
    """c_1 <= j<w, u>/(A x_T/d) <= c_2; another power of what is inherited plants an error."""
    margin = suffice(*INHERITED)(observation, constants)
    if power == 1.0:
        return margin
    learned = observation.regime.n1 ** (power - 1)
    spare = [
        c.nats(observation, constants) + (1 if c.at_least else -1) * math.log(learned)
        for c in INHERITED
    ]
    return Margin.exact(np.minimum(*spare))


_M2: dict[str, Any] = ORDERING | {"observe": head_start, "uses": MEASURED}
CLAIMS = (
    Claim(
        id="m2.inherited",
        title="Inherited filters carry the universal signal",
        source="M2",
        statement=(
            "Under Condition 4.1, with X from 3 to C₄ and Y ≤ 1.5, upstream training leaves j⟨w, u⟩"
            " of every inherited filter in [c₁, c₂] A x_T/d."
        ),
        latex=r"j\langle w,u\rangle\in[c_1,c_2]\cdot\frac{A\,x_T}{d}",
        domain=HELPFUL,
        margin=inherited_within,
        constants=(C_4, *(c.name for c in INHERITED)),
        fits=INHERITED,
        family="m2.close",
        mutants=(
            Mutant(
                "samples-squared",
                "N₁² for N₁ in A",
                {"margin": lambda observation, c: inherited_within(observation, c, power=2.0)},
            ),
            Mutant(
                "samples-dropped",
                "no N₁ in A",
                {"margin": lambda observation, c: inherited_within(observation, c, power=0.0)},
            ),
        ),
        **(_M2 | {"unit": "ln of the constant over what is needed"}),
    ),
    Claim(
        id="m2.equal-steps",
        title="Head start: transfer errs less at equal steps",
        source="M2",
        statement=(
            "Under Condition 4.1 with X ≤ C₄ and ‖u‖ > 0, transfer errs less than scratch after"
            " training and at every step recorded on the way."
        ),
        latex=(
            r"X\le C_4,\;\lVert"
            r" u\rVert>0\;\Rightarrow\;\mathrm{error}_{\mathrm{transfer}}(t)"
            r"<\mathrm{error}_{\mathrm{scratch}}(t)"
        ),
        domain=LARGE_Y,
        margin=ahead,
        constants=(C_4,),
        family="m2.far",
        mutants=(
            Mutant("flipped", "errs more", {"margin": _never_ahead}),
            Mutant(
                "tenfold",
                "errs a tenth as much, or less",
                {"margin": lambda observation, c: shifted(ahead(observation, c), -math.log(10))},
            ),
        ),
        **_M2,
    ),
    Claim(
        id="m2.equal-steps.close",
        title="Head start, where the target is close: transfer errs less at equal steps",
        source="M2",
        statement=(
            "Under Condition 4.1 with X ≤ C₄ and Y ≤ 1.5, transfer errs less than scratch after"
            " training and at every step recorded on the way."
        ),
        latex=(
            r"X\le C_4,\;Y\le"
            r" 1.5\;\Rightarrow\;\mathrm{error}_{\mathrm{transfer}}(t)"
            r"<\mathrm{error}_{\mathrm{scratch}}(t)"
        ),
        domain=HELPFUL,
        margin=ahead,
        constants=(C_4,),
        family="m2.close",
        mutants=(
            Mutant("flipped", "errs more", {"margin": _never_ahead}),
            Mutant("far", "Y from 50 to 100, X from C₄ to 30", {"domain": FAR}),
        ),
        **(_M2 | {"provenance": (Provenance.S, Provenance.D)}),
    ),
)

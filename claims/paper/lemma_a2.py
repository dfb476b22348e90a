"""Lemma A.2: downstream dynamics after transfer. Lemma A.1's statements for the increments from the
inherited start.

Inherited filters, besides, keep their universal part: j<w, u> never falls below its inherited
value, since own-task noise is orthogonal to u and gamma_u never falls.
"""

from __future__ import annotations

import numpy as np

from claims.core.claim import Claim, Kind, Provenance, WrongVersion
from claims.core.constants import Constants
from claims.deciding.decision import Margin
from claims.observing import dynamics
from claims.observing.dynamics import Dynamics
from claims.observing.errors import TRAINED
from claims.paper.lemma_a1 import statements
from claims.paper.theorem_4_2 import EVERYWHERE


def kept(seen: Dynamics, constants: Constants, *, share: float = 0.0) -> Margin:
    """Least increment of gamma over inherited filters and steps, less `share` of the largest, which
    is planted.
    """
    inherited = seen.signal[:, :, ~seen.fresh]
    return Margin.along(
        (inherited - share * np.abs(seen.signal).max((0, 2))[None, :, None]).min(2), seen.steps
    )


KEPT = Claim(
    id="lemma-a2.kept",
    title="After transfer: inherited filters keep their universal part",
    source="Lemma A.2",
    statement="j⟨w, u⟩ of an inherited filter never falls below its inherited value.",
    latex=r"j\langle w^t,u\rangle\ge j\langle w^0,u\rangle",
    provenance=(Provenance.S,),
    kind=Kind.EXACT,
    domain=EVERYWHERE,
    observe=dynamics.after_transfer,
    margin=kept,
    unit="least increment",
    uses=TRAINED
    | {
        "e2.decomposition": "γ is what j⟨w, u⟩ gains, but for a positive factor",
        "e2.monotone": "γ never falls, in any run",
    },
    wrong_versions=(
        WrongVersion(
            "grows",
            "it grows by at least half the largest growth",
            {"margin": lambda seen, constants: kept(seen, constants, share=0.5)},
        ),
        WrongVersion(
            "flipped",
            "it never rises",
            {
                "margin": lambda seen, constants: Margin.exact(
                    -seen.signal[:, :, ~seen.fresh].max((0, 2))
                )
            },
        ),
    ),
)

CLAIMS = (
    *statements(
        "lemma-a2",
        2,
        "After transfer",
        dynamics.after_transfer,
        (Provenance.S,),
        {"e2.monotone": "increments have the signs of Lemma B.2"},
    ),
    KEPT,
)

"""Theorem 4.2: after transfer the training loss converges, as from scratch."""

from __future__ import annotations

import math

import numpy as np

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import DELTA, Clause
from claims.core.constants import Constants
from claims.core.criteria import TRANSFER_C_T
from claims.core.domain import Between, Scale
from claims.core.domains import EVERYWHERE
from claims.core.margin import Margin
from claims.deciding.per_regime import PerRegime
from claims.observing.errors import TRAINED, Observation, both_ways
from claims.observing.headline_constants import fitted


def converges(observation: Observation, constants: Constants) -> Margin:
    """ln C_T - ln of the smallest C_T that serves."""
    assert observation.transfer is not None
    return Margin.exact(
        math.log(constants[TRANSFER_C_T]) - np.log(observation.transfer.least_time_constant())
    )


def _convergence() -> Claim[Observation]:
    return Claim(
        id="theorem-4.2.convergence",
        title="Transfer: the training loss converges",
        source="Theorem 4.2",
        statement=(
            "Under Condition 4.1, after transfer, for every ε some step t ≤ C_T/(h₂ ε) has training"
            " loss at most ε."
        ),
        latex=(
            r"\forall\varepsilon\;\exists\, t\le \frac{C_T}{h_2\,\varepsilon}:\;"
            r" L(W^t)\le\varepsilon"
        ),
        provenance=(Provenance.S,),
        kind=Kind.PROBABILITY,
        domain=EVERYWHERE,
        observe=both_ways,
        margin=converges,
        unit="ln C_T − ln of the least constant that serves",
        rule=PerRegime(DELTA),
        constants=(TRANSFER_C_T,),
        fits=fitted(TRANSFER_C_T),
        uses=TRAINED | {"lemma-a2.a.lower": "every sample is memorised, so that its loss falls"},
        mutants=(
            Mutant(
                "step-dropped",
                "the step clause is dropped: h from 20 to 200",
                {
                    "domain": EVERYWHERE.but(
                        scales={Scale.H2: Between(20.0, 200.0)},
                        without={Clause.STEP, Clause.STEP_DIMENSION},
                    )
                },
            ),
            Mutant(
                "initialisation-dropped",
                "the initialisation clause is dropped: σ₀ from 10⁶ to 10⁸ times what it allows",
                {
                    "domain": EVERYWHERE.but(
                        scales={Scale.INITIALISATION: Between(1e6, 1e8)},
                        without={Clause.INITIALISATION},
                    )
                },
            ),
            Mutant("faster", "t ≤ C_T/(h₂ √ε) for C_T/(h₂ ε)", {"margin": _converges_faster}),
        ),
    )


def _converges_faster(observation: Observation, constants: Constants) -> Margin:
    assert observation.transfer is not None
    return Margin.exact(
        math.log(constants[TRANSFER_C_T]) - np.log(observation.transfer.least_time_constant(0.5))
    )


CLAIMS = (_convergence(),)

"""F1, F3: signatures of failure [S]. F2, transfer that is worse for far tasks, stands with M4 in
`m4_far_tasks`.

F1 is Theorem 4.3's and 4.2's lower statements together: below both thresholds no choice between
scratch and transfer helps.

F3 as stated is false [D]. The step h = 8 is where gradient descent on a quadratic with the logistic
loss's largest curvature, 1/4, stops converging. But nothing here is quadratic: noise patches are
nearly orthogonal, so that each sample has a direction of its own along which its loss only falls.
With h from 20 to 200 the first step already gives every sample a margin of order h/4, later ones
add to it, and the loss falls to 10^-4 or less. What the step clause is needed for is that all
samples are pulled alike (`condition.step.needed`).
"""

from __future__ import annotations

import numpy as np

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import DELTA
from claims.core.constants import Constants
from claims.core.criteria import NOT_SMALL, SHARP
from claims.core.domain import Between, Scale
from claims.core.domains import EVERYWHERE, FAST, after_transfer
from claims.core.margin import Margin
from claims.core.quantities import TAU_D
from claims.deciding.per_regime import PerRegime
from claims.observing.errors import TRAINED, Observation, both_ways, error_at_least, scratch_only
from claims.observing.headline_constants import fitted

_C_3 = SHARP.constant("C_3")


def both_err(observation: Observation, constants: Constants, *, bound: float = NOT_SMALL) -> Margin:
    """Scratch and transfer err at least `bound`."""
    assert observation.transfer is not None
    return error_at_least(observation.scratch.error, bound).both(
        error_at_least(observation.transfer.error, bound)
    )


def unconverged(observation: Observation, constants: Constants, *, share: float = 0.1) -> Margin:
    """ln of the mean loss of the last half of the run over a share of the first loss, log 2 or
    more.
    """
    loss = observation.scratch.loss
    return Margin.exact(np.log(loss[:, loss.shape[1] // 2 :].mean(1)) - np.log(share * loss[:, 0]))


#: Steps far too large, and 40 to 400 of them.
FAST_AND_LONG = FAST.but(scales={Scale.DURATION: Between(8000.0, 8000.0)})
CLAIMS = (
    Claim(
        id="f1.below",
        title="Below the threshold nothing helps",
        source="F1",
        statement=(
            "Under Condition 4.1, τ_D ≤ C₃, X ≤ 1 and Y ≤ 1.5 imply that scratch and transfer both"
            " err more than 0.1."
        ),
        latex=r"\tau_D\le C_3\;\Rightarrow\;\mathrm{scratch},\,\mathrm{transfer}>0.1",
        provenance=(Provenance.S,),
        kind=Kind.PROBABILITY,
        domain=after_transfer(TAU_D, Between(high=_C_3), x=Between(0.01, 1.0), y=Between(1.0, 1.5)),
        observe=both_ways,
        margin=both_err,
        unit="nats between the lesser error and 0.1",
        rule=PerRegime(DELTA, effort=0.5),
        constants=(_C_3,),
        fits=fitted(_C_3),
        uses={
            "theorem-4.3.error-lower": (
                "scratch errs below its threshold, and τ₂ ≤ τ_D where Y ≤ 1.5"
            ),
            "theorem-4.2.error-lower.tau-D": "so does transfer",
        },
        mutants=(
            Mutant(
                "above",
                "τ_D from 10 to 40",
                {"domain": after_transfer(TAU_D, Between(10.0, 40.0))},
            ),
            Mutant(
                "guessing",
                "both err more than 0.49",
                {
                    "margin": lambda observation, constants: both_err(
                        observation, constants, bound=0.49
                    )
                },
            ),
        ),
    ),
    Claim(
        id="f3.diverges",
        title="With steps far too large the loss does not converge",
        source="F3",
        statement=(
            "With h from 20 to 200 the training loss, averaged over the second half of the run, is"
            " above a tenth of its first value."
        ),
        latex=r"h\gg 8\;\Rightarrow\;L(W^t)\not\to 0",
        provenance=(Provenance.S,),
        kind=Kind.PROBABILITY,
        domain=FAST_AND_LONG,
        observe=scratch_only,
        margin=unconverged,
        unit="ln of the mean loss over a tenth of the first",
        rule=PerRegime(DELTA, effort=0.5),
        uses=TRAINED,
        mutants=(
            Mutant("within", "h within Condition 4.1", {"domain": EVERYWHERE}),
            Mutant(
                "first",
                "it stays at its first value",
                {
                    "margin": lambda observation, constants: unconverged(
                        observation, constants, share=1.0
                    )
                },
            ),
        ),
    ),
)

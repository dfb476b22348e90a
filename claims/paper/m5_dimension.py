"""M5: error rises with dimension, to one half [S].

"To 1/2" is decided with d for networks that noise activates at all: in the others the signal alone
decides.
"""

from __future__ import annotations

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import DELTA, PRACTICAL
from claims.core.constants import Constants
from claims.core.domain import Between
from claims.core.domains import from_scratch
from claims.core.margin import Margin
from claims.core.quantities import TAU_2
from claims.deciding.per_regime import PerRegime
from claims.observing.errors import MEASURED
from claims.observing.paired import PairedErrors, dimension, exceeds, paired

GROWING = paired(dimension(10), dimension(10**6), transfer=False, overruled=True, lines=512)
#: How far below its limit the error at 10^6 d may lie.
FROM_LIMIT = 0.01
NEAR_THRESHOLD = from_scratch(TAU_2, Between(1.0, 10.0), tier=PRACTICAL)


def rises_with_dimension(observation: PairedErrors, constants: Constants) -> Margin:
    """At d, 10 d and 10^6 d: each error exceeds the one before, and the last is near half the
    probability that noise activates a filter.

    Where it activates none, y f is the signal's alone, and right: with probability 0.1 and less
    with 12 filters of a sign.
    """
    up = exceeds(observation.scratch(1), observation.scratch(0)).both(
        exceeds(observation.scratch(2), observation.scratch(1))
    )
    short = observation.overruled(2)
    return up.both(Margin.between(FROM_LIMIT - short.high.numpy(), FROM_LIMIT - short.low.numpy()))


M5 = Claim(
    id="m5.dimension",
    title="Error rises with dimension, to one half where a filter is active",
    source="M5",
    statement=(
        "At fixed N, ‖s‖ and σ, error rises from d to 10 d and to 10⁶ d, where it is ½ P(noise"
        f" activates a filter), less {FROM_LIMIT} at most."
    ),
    latex=r"d\to\infty\;\Rightarrow\;\mathrm{error}\uparrow\tfrac12\,\mathbb P(G\ne0)",
    domain=NEAR_THRESHOLD,
    observe=GROWING,
    margin=rises_with_dimension,
    mutants=(
        Mutant(
            "flipped",
            "falls",
            {
                "margin": lambda observation, c: exceeds(
                    observation.scratch(0), observation.scratch(1)
                )
            },
        ),
        Mutant(
            "less",
            "with less dimension, 0.9 d and 0.8 d",
            {"observe": paired(dimension(0.9), dimension(0.8), transfer=False, overruled=True)},
        ),
    ),
    uses=MEASURED,
    provenance=(Provenance.S,),
    kind=Kind.ORDERING,
    rule=PerRegime(DELTA, effort=1 / 3),
    unit="nats between the errors",
)
CLAIMS = (M5,)

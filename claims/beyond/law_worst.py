"""The regime where the sharp law is furthest off [D]."""

from __future__ import annotations

from collections.abc import Callable

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.constants import Constants
from claims.core.domains import SURVEY
from claims.core.margin import Margin
from claims.deciding.budget import LEVEL, MOST_WORST
from claims.deciding.estimates import spread
from claims.deciding.worst_case import WorstCase
from claims.observing.errors import MEASURED
from claims.observing.survey import Read, Surveyed, predict, survey


def _law_scratch(s: Surveyed) -> float:
    return s.predicted.scratch


def _law_transfer(s: Surveyed) -> float:
    return s.predicted.transfer


def everywhere(
    bound: float, predicted: Read = _law_transfer
) -> Callable[[Surveyed, Constants], Margin]:
    """The margin of |law - mean error after transfer| <= bound in one regime, the mean's own error
    counted.
    """

    def margin(observation: Surveyed, constants: Constants) -> Margin:
        spare, unsure = (
            bound - abs(predicted(observation) - observation.transfer),
            spread(observation.seeds, LEVEL / MOST_WORST) * observation.transfer_error,
        )
        return Margin.between([spare - unsure], [spare + unsure])

    return margin


#: Declared before the search that `law.worst` makes.
ANYWHERE = 0.1
WORST = Claim(
    id="law.worst",
    title="Sharp law: the worst regime",
    source="L2",
    statement=(
        "In every regime inside Condition 4.1 with practical constants, τ_D from 0.1 to 20, X ≤"
        f" 100 and Y ≤ 30, the law's error after transfer is off by at most {ANYWHERE}."
    ),
    latex=rf"\max|\mathrm{{error}}-\mathrm{{law}}|\le {ANYWHERE}",
    provenance=(Provenance.D,),
    kind=Kind.ORDERING,
    domain=SURVEY,
    observe=survey,
    rule=WorstCase(60, predict),
    margin=everywhere(ANYWHERE),
    unit=f"{ANYWHERE} less the distance and what the mean is unsure by",
    family="law.worst",
    uses=MEASURED,
    mutants=(
        Mutant(
            "scratch",
            "the law's error from scratch is",
            {"margin": everywhere(ANYWHERE, _law_scratch)},
        ),
        Mutant("half", "one half always is", {"margin": everywhere(ANYWHERE, lambda s: 0.5)}),
    ),
)
CLAIMS = (WORST,)

"""The regime where the sharp law at finite size is furthest off from scratch [D].

The bound is what so many networks can tell: where errors are rare the mean of 768 is unsure by a
fifth of a nat at the level of this search. Furthest off are few filters and large initial weights:
with 6 filters, zeta_2 = 1/2 and 41 samples 4000 networks err 0.20 nats less than the law says, at
an error of 2.2e-5 (standard error 0.02). The worst that an adversary found in twelve minutes is the
corner with 20 samples, 4 filters, tau_2 = 30 and zeta_2 = 1/2: below 0.3.
"""

from __future__ import annotations

import math
from functools import partial

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import PRACTICAL, Clause
from claims.core.constants import Constants
from claims.core.domain import Between, Scale
from claims.core.domains import from_scratch
from claims.core.margin import Margin
from claims.core.quantities import TAU_2
from claims.core.ranges import SMALL
from claims.deciding.budget import LEVEL, MOST_WORST
from claims.deciding.estimates import spread
from claims.deciding.worst_case import WorstCase
from claims.observing.class_sizes import Unsure, predict_finite, with_error
from claims.observing.errors import MEASURED

#: Nats, and the least error that is told from none.
BOUND, LEAST = 0.5, 1e-6

ANYWHERE = from_scratch(
    TAU_2,
    Between(0.1, 30.0),
    scales={**SMALL, Scale.M: Between(4, 64)},
    without={Clause.WIDTH, Clause.FRESH_WIDTH},
    tier=PRACTICAL,
)


def near(reading: str, regime: Unsure, constants: Constants) -> Margin:
    """The margin of: off by at most `BOUND` in one regime, the mean's own error counted."""
    measured = max(regime.measured, LEAST)
    off = abs(math.log(measured / max(regime.foretold[reading], LEAST)))
    networks = regime.networks
    unsure = spread(networks, LEVEL / MOST_WORST) * regime.unsure / measured
    return Margin.between([BOUND - off - unsure], [BOUND - off + unsure])


CLAIMS = (
    Claim(
        id="law.finite.worst",
        title="Sharp law at finite size: the worst regime",
        source="L1, finite N and m",
        statement=(
            "In every regime inside Condition 4.1 with practical constants, but with 4 to 64"
            " filters of each sign, N₂ from 20 to 240 and τ₂ from 0.1 to 30, the law of finite size"
            f" is off from scratch by at most {BOUND} nats. Errors below {LEAST:g} count as that."
        ),
        latex=rf"\max|\ln(\mathrm{{error}}/\mathrm{{law}})|\le {BOUND}",
        provenance=(Provenance.D,),
        kind=Kind.ORDERING,
        domain=ANYWHERE,
        observe=with_error,
        margin=partial(near, "law"),
        rule=WorstCase(20, predict_finite),
        unit=f"{BOUND} nats less what the law is off by, and what the mean is unsure by",
        family="law.finite.worst",
        uses=MEASURED,
        mutants=(
            Mutant("more", "τ a fifth larger", {"margin": partial(near, "a fifth more signal")}),
            Mutant("less", "τ a fifth smaller", {"margin": partial(near, "a fifth less signal")}),
        ),
    ),
)

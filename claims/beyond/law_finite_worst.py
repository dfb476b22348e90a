"""The regime where the sharp law at finite size is furthest off from scratch [D].

The bound is what so many networks can tell: where errors are rare the mean of 768 is unsure by a
fifth of a nat at the level of this search. Furthest off are few filters and large initial weights:
with 6 filters, zeta_2 = 1/2 and 41 samples 4000 networks err 0.20 nats less than the law says, at
an error of 2.2e-5 (standard error 0.02). The worst that an adversary found, twice in eleven
minutes, is the corner with 20 samples, 4 filters, tau_2 = 30 and zeta_2 = 1/2: below 0.4.

After transfer a network costs more, and 240 of a regime tell half a nat at errors of 10^-3. In 13
minutes (315 regimes) the worst was one with most filters inherited and little noise with them, 15
of 24 and X = 0.1, at tau_D = 8.4: below 0.5.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import PRACTICAL, Clause
from claims.core.constants import Constants
from claims.core.domain import Between, Scale
from claims.core.domains import ANY_SHARE, from_scratch, inheriting
from claims.core.margin import Margin
from claims.core.quantities import TAU_2, TAU_D
from claims.core.ranges import SMALL
from claims.deciding.budget import LEVEL, MOST_WORST
from claims.deciding.estimates import spread
from claims.deciding.worst_case import WorstCase
from claims.observing.class_sizes import (
    Unsure,
    predict_finite,
    predict_transfer,
    transferred_with_error,
    with_error,
)
from claims.observing.errors import MEASURED

#: Nats, and the least error that is told from none; the same after transfer.
BOUND, LEAST = 0.5, 1e-6
TRANSFER_BOUND, TRANSFER_LEAST = 0.5, 1e-3

ANYWHERE = from_scratch(
    TAU_2,
    Between(0.1, 30.0),
    scales={**SMALL, Scale.M: Between(4, 64)},
    without={Clause.WIDTH, Clause.FRESH_WIDTH},
    tier=PRACTICAL,
)


def near(bound: float, least: float, reading: str, regime: Unsure, constants: Constants) -> Margin:
    """The margin of: off by at most so many nats in one regime, the mean's own error counted;
    errors below `least` count as that.
    """
    measured = max(regime.measured, least)
    off = abs(math.log(measured / max(regime.foretold[reading], least)))
    unsure = spread(regime.networks, LEVEL / MOST_WORST) * regime.unsure / measured
    return Margin.between([bound - off - unsure], [bound - off + unsure])


#: After transfer, with any share of few or many filters.
TRANSFERRED = inheriting(
    TAU_D, Between(0.1, 20.0), x=Between(0.1, 20.0), y=Between(1.0, 20.0), filters=ANY_SHARE
)


def _mutants(margin: Callable[..., Margin], more: str, less: str) -> tuple[Mutant, ...]:
    """By how much the signal is too large or too small."""
    return (
        Mutant("more", f"τ {more} larger", {"margin": partial(margin, f"{more} more signal")}),
        Mutant("less", f"τ {less} smaller", {"margin": partial(margin, f"{less} less signal")}),
    )


_SCRATCH = partial(near, BOUND, LEAST)
_TRANSFER = partial(near, TRANSFER_BOUND, TRANSFER_LEAST)
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
        margin=partial(_SCRATCH, "law"),
        rule=WorstCase(20, predict_finite),
        unit=f"{BOUND} nats less what the law is off by, and what the mean is unsure by",
        family="law.finite.worst",
        uses=MEASURED,
        mutants=_mutants(_SCRATCH, "a fifth", "a fifth"),
    ),
    Claim(
        id="law.finite.worst.transfer",
        title="Sharp law at finite size: the worst regime after transfer",
        source="L2, finite N and m",
        statement=(
            "In every regime inside Condition 4.1 with practical constants, with 1 to 17 of 18 to"
            " 24 filters inherited, N₁ and N₂ from 20 to 240, τ_D from 0.1 to 20, X from 0.1 to 20"
            f" and Y up to 20, the law of finite size is off after transfer by at most"
            f" {TRANSFER_BOUND:g} nats. Errors below {TRANSFER_LEAST:g} count as that."
        ),
        latex=rf"\max|\ln(\mathrm{{error}}/\mathrm{{law}})|\le {TRANSFER_BOUND:g}",
        provenance=(Provenance.D,),
        kind=Kind.ORDERING,
        domain=TRANSFERRED,
        observe=transferred_with_error,
        margin=partial(_TRANSFER, "law"),
        rule=WorstCase(20, predict_transfer),
        unit=f"{TRANSFER_BOUND:g} nats less what the law is off by, and what the mean is unsure by",
        family="law.finite.worst.transfer",
        uses=MEASURED,
        mutants=_mutants(_TRANSFER, "half", "a third"),
    ),
)

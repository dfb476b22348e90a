"""What an angle between v_1 and v_2 does [D].

The paper takes v_1 and v_2 to be orthogonal. Where they are not, filters of the source have
learned <s_1, s_2> = ||u||^2 + cos ||v_1|| ||v_2|| of the target's signal instead of ||u||^2. That
is all, by the law: at an acute angle tasks share more, and transfer helps more; at an obtuse one
they share less, and where cos ||v_1|| ||v_2|| < -||u||^2 the source has learned the wrong sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.domain import Between, Scale
from claims.core.domains import inheriting
from claims.core.quantities import TAU_2
from claims.deciding.population import Population
from claims.deciding.shares import typical
from claims.observing import in_nats
from claims.observing.class_sizes import Foretold, nats, predict_transfer, turned
from claims.observing.errors import MEASURED

#: Nats that the law may be off by, as at right angles, where it foretells an error in this range.
BOUND, LEAST, LARGEST = 0.2, 1e-4, 1.0
#: The cosine is one of the two ends.
TURNED = inheriting(
    TAU_2,
    Between(0.5, 8.0),
    x=Between(3.0, 20.0),
    y=Between(2.0, 10.0),
    filters=Between(4, 17),
    scales={Scale.COS_V: Between(-0.5, 0.5), Scale.UPSTREAM_SHARE: Between(1.0, 10.0)},
)


near = partial(in_nats.near, LEAST, LARGEST, BOUND)


def _record(regimes: Sequence[Foretold]) -> dict[str, Any]:
    column = nats(regimes, "law", LEAST, LARGEST)
    return {
        **in_nats.spread_of(column),
        "nats of two regimes in three": typical(column).record(),
        "the same without the angle": typical(nats(regimes, "no angle", LEAST, LARGEST)).record(),
    }


CLAIMS = (
    Claim(
        id="law.finite.transfer.angle",
        title="Sharp law at finite size: v₁ and v₂ at an angle",
        source="L2, finite N and m",
        statement=(
            "With v₁ and v₂ at an angle, of cosine −½ or ½, and ‖u‖² + cos ‖v₁‖‖v₂‖ for ‖u‖², where"
            f" the law of finite size foretells an error above {LEAST:g} after transfer it is off"
            f" by at most {BOUND} nats in two random regimes of three, with 4 to 17 of 18 to 24"
            " filters inherited, N₁ and N₂ from 20 to 240, τ₂ from 0.5 to 8, X from"
            " 3 to 20, Y from 2 to 10, and ‖v₁‖²/‖u‖² from 1 to 10."
        ),
        latex=r"\|u\|^2\to\langle s_1,s_2\rangle=\|u\|^2+\cos\angle(v_1,v_2)\|v_1\|\|v_2\|",
        provenance=(Provenance.D,),
        kind=Kind.ORDERING,
        domain=TURNED,
        observe=turned,
        margin=partial(near, "law"),
        rule=Population(80, _record, predict_transfer),
        unit=f"{BOUND} nats less what two regimes of three are off by",
        family="law.angle",
        uses=MEASURED,
        mutants=(
            Mutant("ignored", "the angle does not matter", {"margin": partial(near, "no angle")}),
            Mutant(
                "half", "half of the cosine does", {"margin": partial(near, "half of the cosine")}
            ),
        ),
    ),
)

"""The sharp law towards its limit, and away from it [D]."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.constants import Constants
from claims.core.declared import SCRATCH
from claims.core.domains import LIMIT
from claims.core.margin import Margin
from claims.deciding.estimates import each, estimate, root_mean_square
from claims.deciding.population import Population
from claims.deciding.shares import median, typical
from claims.observing.errors import MEASURED
from claims.observing.limit import Approached, approach, predict_variants

#: Away from the limit the law is off by so many times what it is near it. (Near it, the spread over
#: the seeds is what is left.)
AWAY = 3.0
_AWAY: dict[str, tuple[str, str, Callable[[Approached], float]]] = {
    "initialisation": ("ζ is 1000 times smaller", r"\zeta\to0", lambda s: s.lazy),
    "width": ("m is 28 to 32 instead of 1", r"1/m\to0", lambda s: s.narrow),
    "dimension": ("d is 50 000 times larger", r"N^2/d\to0", lambda s: s.crowded),
}


def _near(s: Approached) -> float:
    return s.near


Gap = Callable[[Approached], float]
#: A smaller gap counts as this: rounding.
_LEAST_GAP = 1e-12


def shrinks(
    far: Gap, near: Gap, share: float = 1 / AWAY
) -> Callable[[Sequence[Approached], Constants], Margin]:
    """The margin of: in half of the regimes `near` is at most a share of `far`."""

    def ratio(one: Approached) -> float:
        return math.log(abs(far(one)) / max(abs(near(one)), _LEAST_GAP)) + math.log(share)

    return lambda observations, constants: median(each(observations, ratio)).at_least(0.0)


def _distances(observations: Sequence[Approached]) -> dict[str, Any]:
    reads = {"near the limit": _near} | {name: far for name, (_, _, far) in _AWAY.items()}
    return {
        name: estimate(root_mean_square, each(observations, read)).record()
        for name, read in reads.items()
    }


def close(far: Gap, bound: float = SCRATCH) -> Callable[[Sequence[Approached], Constants], Margin]:
    """The margin of: in two regimes of three `far` is at most `bound`."""
    return lambda observations, constants: typical(each(observations, far)).at_most(bound)


_LIMIT: dict[str, Any] = {
    "source": "L1",
    "provenance": (Provenance.D,),
    "domain": LIMIT,
    "observe": approach,
    "family": "limit",
    "rule": Population(96, _distances, predict_variants),
    "uses": MEASURED,
}
IMPROVES = tuple(
    Claim(
        id=f"law.improves.{name}",
        title=f"Sharp law: closer as {words}",
        statement=(
            f"Where {words} and all else is the same, the law's error from scratch is off by a"
            " third or less, in half of the random regimes."
        ),
        latex=rf"{latex}\;\Rightarrow\;\mathrm{{error}}\to\mathrm{{law}}",
        # With dimension it is false, as far as one can see: there is nothing left to shrink.
        kind=Kind.CONJECTURE if name == "dimension" else Kind.ORDERING,
        margin=shrinks(far, _near),
        unit="nats between a third of the law's error away from the limit, and its error near it",
        mutants=(
            Mutant(
                "flipped", "off by three times as much, or more", {"margin": shrinks(_near, far)}
            ),
            Mutant(
                "thousandfold",
                "off by a thousandth, or less",
                {"margin": shrinks(far, _near, 0.001)},
            ),
        ),
        **_LIMIT,
    )
    for name, (words, latex, far) in _AWAY.items()
)
CROWDED = Claim(
    id="law.crowded",
    title="Sharp law: N²/d need not be small",
    statement=(
        "With d 50 000 times smaller than near the limit, N²/d of order one, the law's error from"
        f" scratch is off by at most {SCRATCH} in two regimes of three."
    ),
    latex=(
        r"N^2/d\approx 1\;\Rightarrow\;|\mathrm{error}-\mathrm{law}|\le"
        rf" {SCRATCH}"
    ),
    kind=Kind.ORDERING,
    margin=close(_AWAY["dimension"][2]),
    unit=f"{SCRATCH} less what two regimes of three are off by",
    mutants=(
        Mutant(
            "narrow", "so it is with one filter of each sign", {"margin": close(_AWAY["width"][2])}
        ),
        Mutant(
            "rich",
            "so it is with ζ 1000 times larger",
            {"margin": close(_AWAY["initialisation"][2])},
        ),
    ),
    **_LIMIT,
)
CLAIMS = (*IMPROVES, CROWDED)

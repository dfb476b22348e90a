"""The sharp law towards its limit, and away from it [D]."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.constants import Constants
from claims.core.declared import SCRATCH
from claims.core.domains import LIMIT
from claims.core.margin import Margin
from claims.deciding.estimates import Array, each, estimate, root_mean_square
from claims.deciding.population import Population
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


def shrinks(
    far: Gap, near: Gap, share: float = 1 / AWAY
) -> Callable[[Sequence[Approached], Constants], Margin]:
    """The margin of: root mean square of `near` at most a share of that of `far`."""

    def gap(one: Array, other: Array) -> float:
        return share * root_mean_square(one) - root_mean_square(other)

    return lambda observations, constants: estimate(
        gap, each(observations, far), each(observations, near)
    ).at_least(0.0)


def _distances(observations: Sequence[Approached]) -> dict[str, Any]:
    reads = {"near the limit": _near} | {name: far for name, (_, _, far) in _AWAY.items()}
    return {
        name: estimate(root_mean_square, each(observations, read)).record()
        for name, read in reads.items()
    }


def close(far: Gap, bound: float = SCRATCH) -> Callable[[Sequence[Approached], Constants], Margin]:
    """The margin of: root mean square of `far` at most `bound`."""
    return lambda observations, constants: estimate(
        root_mean_square, each(observations, far)
    ).at_most(bound)


_LIMIT: dict[str, Any] = {
    "source": "L1",
    "provenance": (Provenance.D,),
    "domain": LIMIT,
    "observe": approach,
    "family": "limit",
    "rule": Population(64, _distances, predict_variants),
    "uses": MEASURED,
}
IMPROVES = tuple(
    Claim(
        id=f"law.improves.{name}",
        title=f"Sharp law: closer as {words}",
        statement=(
            "The law's error from scratch is off by a third or less, root mean square over random"
            f" regimes, where {words} and all else is the same."
        ),
        latex=rf"{latex}\;\Rightarrow\;\mathrm{{error}}\to\mathrm{{law}}",
        # With dimension it is false, as far as one can see: there is nothing left to shrink.
        kind=Kind.CONJECTURE if name == "dimension" else Kind.ORDERING,
        margin=shrinks(far, _near),
        unit="a third of the root mean square away from the limit, less that near it",
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
        f" scratch is off by at most {SCRATCH} rms."
    ),
    latex=(
        r"N^2/d\approx 1\;\Rightarrow\;|\mathrm{error}-\mathrm{law}|\le"
        rf" {SCRATCH}\;(\mathrm{{rms}})"
    ),
    kind=Kind.ORDERING,
    margin=close(_AWAY["dimension"][2]),
    unit=f"{SCRATCH} less the root mean square",
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

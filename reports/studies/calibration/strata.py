"""Strata of a calibration set: two widths, three dimensions, both tiers of Condition 4.1; and how
far a constant drifts between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Protocol, TypeVar

from claims.core.claim import Domain
from claims.core.condition import LITERAL, PRACTICAL, TIERS
from strategies.search import Case, search

#: Of a set's regimes, the share that is drawn in the literal tier, whose runs are ten times as
#: long.
LITERAL_SHARE = 0.15
#: Filters of each sign, per tier, where a domain does not say.
_WIDTHS = {PRACTICAL.name: ((12.0, 16.0), (28.0, 32.0)), LITERAL.name: ((12.0, 12.0), (24.0, 24.0))}
#: d over the least that Condition 4.1 allows, where a domain does not say.
_ROOM = (1.0, 100.0)


class Tagged(Protocol):
    """What was seen of one regime, with the names of its strata."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Tier, width and dimension."""


_T = TypeVar("_T", bound=Tagged)


@dataclass(frozen=True)
class Stratum:
    """A part of a domain, and how many regimes to draw in it."""

    tags: tuple[str, ...]
    domain: Domain
    regimes: int


def strata(domain: Domain, regimes: int) -> list[Stratum]:
    """The parts of a domain; those of the literal tier get `LITERAL_SHARE` of the regimes, at least
    one each. A domain may be of one tier only.
    """
    given = {name: (low, high) for name, low, high in domain.groups}
    found = []
    tiers = [TIERS[domain.tier]] if domain.tier else [PRACTICAL, LITERAL]
    for tier, width, place in product(tiers, ("narrow", "wide"), range(3)):
        share = 1.0 if domain.tier else LITERAL_SHARE if tier is LITERAL else 1 - LITERAL_SHARE
        low, high = given.get("m", (0.0, 0.0))
        m = (
            ((low, low) if width == "narrow" else (high, high))
            if "m" in given
            else _WIDTHS[tier.name][width == "wide"]
        )
        least, most = given.get("room", _ROOM)
        room = least * (most / least) ** (place / 2)
        groups = tuple(
            (name, *drawn) for name, drawn in (given | {"m": m, "room": (room, room)}).items()
        )
        tags = (tier.name, width, ("least d", "middle d", "largest d")[place])
        found.append(
            Stratum(
                tags,
                replace(domain, groups=groups, tier=tier.name),
                max(1, round(regimes * share / 6)),
            )
        )
    return found


def search_strata(
    domain: Domain,
    constants: dict[str, float],
    look: Callable[[Case, tuple[str, ...]], None],
    *,
    name: str,
    entropy: int,
    regimes: int,
) -> None:
    """Call `look(case, tags)` on the calibration regimes of every stratum of a domain."""

    def within(stratum: Stratum) -> Callable[[Case], bool]:
        def seen(case: Case) -> bool:
            look(case, stratum.tags)
            return False

        return seen

    for stratum in strata(domain, regimes):
        full = f"calibrate/{name}/{'/'.join(stratum.tags)}"
        search(
            stratum.domain,
            constants,
            within(stratum),
            name=full,
            entropy=entropy,
            cases=stratum.regimes,
            calibration=True,
        )


def by_stratum(points: Sequence[_T], rule: Callable[[Sequence[_T]], float]) -> dict[str, float]:
    """A fit of each stratum by itself, with no allowance."""
    names = dict.fromkeys(tag for point in points for tag in point.tags)
    return {name: rule([point for point in points if name in point.tags]) for name in names}

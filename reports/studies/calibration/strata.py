"""Strata of a calibration set: two widths, three dimensions, both tiers of Condition 4.1; and how
far a constant drifts between them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Protocol, TypeVar

from claims.core.case import Case
from claims.core.condition import LITERAL, PRACTICAL, Tier
from claims.core.domain import Between, Domain, Scale
from strategies.search import HypothesisSearch

#: Of a set's regimes, the share that is drawn in the literal tier, whose runs are ten times as
#: long.
LITERAL_SHARE = 0.15
#: Filters of each sign, per tier, where a domain does not say.
_WIDTHS = {PRACTICAL.name: ((9.0, 16.0), (28.0, 48.0)), LITERAL.name: ((12.0, 12.0), (24.0, 24.0))}
#: Samples of either task, at most: constants are fitted on few, and verified on many.
MOST_SAMPLES = {PRACTICAL.name: 120.0, LITERAL.name: 60.0}
#: Dimension slack, where a domain does not say.
_SLACK = Between(1.0, 100.0)


class Tagged(Protocol):
    """What was measured of one regime, with the names of its strata."""

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
    """The parts of a domain, at least one regime each; a domain may be of one tier only.

    Those of the literal tier get `LITERAL_SHARE` of the regimes.
    """
    tiers = [PRACTICAL, LITERAL] if domain.tier is None else [domain.tier]
    least, most = domain.scales.get(Scale.SLACK, _SLACK).range({})
    parts = []
    for tier, wide, place in product(tiers, (False, True), range(3)):
        slack = least * (most / least) ** (place / 2)
        scales = {
            Scale.M: _width(domain, tier, wide),
            Scale.SLACK: Between(slack, slack),
            **{scale: _samples(domain, tier, scale) for scale in (Scale.N1, Scale.N2)},
        }
        part = replace(domain, scales={**domain.scales, **scales}, tier=tier)
        dimension = ("least d", "middle d", "largest d")[place]
        tags = (tier.name, "wide" if wide else "narrow", dimension)
        parts.append(Stratum(tags, part, max(1, round(regimes * _share(domain, tier) / 6))))
    return parts


def _share(domain: Domain, tier: Tier) -> float:
    if domain.tier is not None:
        return 1.0
    return LITERAL_SHARE if tier is LITERAL else 1 - LITERAL_SHARE


def _samples(domain: Domain, tier: Tier, scale: Scale) -> Between:
    """Numbers of samples: the domain's, as far as these are few."""
    low, high = domain.ranges(tier)[scale].range({})
    return Between(low, max(low, min(high, MOST_SAMPLES[tier.name])))


def _width(domain: Domain, tier: Tier, wide: bool) -> Between:
    """Filters of each sign: one end of the domain's own range, or the tier's usual ones."""
    if Scale.M not in domain.scales:
        return Between(*_WIDTHS[tier.name][wide])
    ends = domain.scales[Scale.M].range({})
    return Between(ends[wide], ends[wide])


def search_strata(
    domain: Domain,
    constants: Mapping[str, float],
    measure: Callable[[Case, tuple[str, ...]], None],
    *,
    name: str,
    entropy: int,
    regimes: int,
) -> None:
    """Call `measure(case, tags)` on the calibration regimes of every stratum of a domain."""

    def within(stratum: Stratum) -> Callable[[Case], bool]:
        def stands(case: Case) -> bool:
            measure(case, stratum.tags)
            return False

        return stands

    for stratum in strata(domain, regimes):
        HypothesisSearch(calibration=True).falling(
            stratum.domain,
            constants,
            within(stratum),
            name=f"calibrate/{name}/{'/'.join(stratum.tags)}",
            entropy=entropy,
            cases=stratum.regimes,
        )


def by_stratum(points: Sequence[_T], rule: Callable[[Sequence[_T]], float]) -> dict[str, float]:
    """A fit of each stratum by itself, with no allowance."""
    names = dict.fromkeys(tag for point in points for tag in point.tags)
    return {name: rule([point for point in points if name in point.tags]) for name in names}

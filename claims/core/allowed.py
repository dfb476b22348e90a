"""Numbers of samples and of filters that Condition 4.1 allows for one another."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from claims.core.condition import DELTA, Clause, Tier
from claims.core.scale import Between, Scale


@dataclass(frozen=True)
class Allowed:
    """What a tier's clauses on samples and on filters allow, but for those dropped."""

    tier: Tier
    without: Collection[Clause] = ()

    def fewest_filters(self, samples: int, inherited: int = 0) -> int:
        """Filters of each sign, at least, for so many samples and inherited filters."""
        fresh = self._fewest_fresh(samples)
        free = 0 if Clause.WIDTH in self.without else fresh
        kept = inherited if Clause.FRESH_WIDTH in self.without else fresh + inherited
        return max(free, kept, 1)

    def most_inherited(self, m: int, samples: int) -> int:
        """Inherited filters of each sign, at most, that leave fresh ones enough."""
        if Clause.FRESH_WIDTH in self.without:
            return m
        return max(0, m - self._fewest_fresh(samples))

    def _fewest_fresh(self, samples: int) -> int:
        return math.ceil(self.tier.constants["C_m"] * math.log(samples / DELTA))

    def most_filters(self, samples: int) -> float:
        """Filters of each sign, at most, for so few samples."""
        if Clause.SAMPLES in self.without:
            return math.inf
        return math.floor(DELTA * math.exp(min(samples / self.tier.constants["C_N"], 500.0)))

    def fewest_samples(self, m: int) -> int:
        """Samples, at least, for so many filters."""
        if Clause.SAMPLES in self.without:
            return 1
        return math.ceil(self.tier.constants["C_N"] * math.log(m / DELTA))

    def most_samples(self, m: int, inherited: int = 0) -> float:
        """Samples, at most, for so few filters, of which so many are inherited."""
        fresh = math.inf if Clause.WIDTH in self.without else m
        if Clause.FRESH_WIDTH not in self.without:
            fresh = min(fresh, m - inherited)
        exponent = fresh / self.tier.constants["C_m"]
        return math.floor(DELTA * math.exp(exponent)) if exponent < 500.0 else math.inf


def cut(
    ranges: dict[Scale, Between], allowed: Allowed, tasks: Collection[int]
) -> dict[Scale, Between]:
    """The same ranges, less what Condition 4.1 forbids for every value of the others."""
    ranges = dict(ranges)
    sizes = [scale for scale, task in ((Scale.N1, 1), (Scale.N2, 2)) if task in tasks]
    narrowest, widest = map(int, ranges[Scale.M].range({}))
    inherited = int(ranges[Scale.INHERITED].range({})[0]) if Scale.INHERITED in ranges else 0
    for scale in sizes:
        low, high = ranges[scale].range({})
        ranges[scale] = Between(
            max(low, allowed.fewest_samples(narrowest)),
            min(high, allowed.most_samples(widest, inherited)),
        )
    least = max(int(ranges[scale].range({})[0]) for scale in sizes)
    most = min(int(ranges[scale].range({})[1]) for scale in sizes)
    narrowest = max(narrowest, allowed.fewest_filters(least, inherited))
    ranges[Scale.M] = Between(narrowest, min(widest, allowed.most_filters(most)))
    if inherited:
        left = allowed.most_inherited(int(ranges[Scale.M].range({})[1]), least)
        low, high = ranges[Scale.INHERITED].range({})
        ranges[Scale.INHERITED] = Between(low, max(low, min(high, left)))
    return ranges

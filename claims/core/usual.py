"""The ranges of every scale that a domain does not name: limits of the search, and so part of the
statement.

`Domain.ranges` fills them in, `strategies` draws from them and from nothing else, and
`claims.core.limits` prints them with the statement.
"""

from __future__ import annotations

from claims.core.condition import LITERAL, PRACTICAL, Tier
from claims.core.scale import Between, Scale

#: Per tier; no usual range limits n1/n2, which follows from the two.
_SIZES = {PRACTICAL: Between(20, 1000), LITERAL: Between(20, 120)}
_WIDTHS = {PRACTICAL: Between(8, 64), LITERAL: Between(8, 32)}
#: The largest step over the smallest; the largest is the one that Condition 4.1 allows. Literal
#: steps are small, and runs long.
_STEPS = {PRACTICAL: 2.0, LITERAL: 1.2}
_DURATIONS = {PRACTICAL: Between(20.0, 60.0), LITERAL: Between(20.0, 22.0)}

#: Runs are cut at this number of steps, and at so many multiplications, m N^2 each. (log T enters
#: the dimension clause before T is known.)
MOST_STEPS, MOST_WORK = 8192, 2e10
#: Decades of d: the dimension clauses ask for at least the first at least, and no regime has more
#: dimensions than the last.
DECADES = (0.7, 18.0)
#: sigma_2, in powers of ten.
UNITS = (0, -3, 3)
#: How far a quantity with one end is followed, down, and up: to where errors are below 1e-8 but in
#: networks with classes of very unequal sizes. Those are followed on in `theorem-4.3.by-class`, and
#: C_2 is fitted for them up to 1000.
DOWN, UP = 30.0, 64.0
#: The same, of X and Y where a domain does not bound them.
OPEN_X = Between(1e-2, 1e2)
OPEN_Y = Between(1.0, 1e2)
#: Negative transfer: how far tau_2 is followed beyond its lower end, X beyond the least that brings
#: tau_D below its end, and Y beyond X.
NEGATIVE_TAU, NEGATIVE_X, NEGATIVE_Y = 3.0, 10.0, 30.0

#: Small regimes, which need not lie inside Condition 4.1: ranges, and values.
SMALL_RANGES = {
    "n1": Between(1, 12),
    "n2": Between(1, 12),
    "m": Between(1, 4),
    "d beyond the least": Between(0, 36),
    "sigma1, sigma2": Between(0.1, 10.0),
    "h1, h2": Between(0.01, 4.0),
    "zeta_2": Between(1e-3, 10.0),
    "steps1, steps2": Between(1, 40),
}
SMALL_VALUES = {
    "norms of u, v1, v2": (1.0, 0.0, 0.1, 3.0, 10.0),
    "cos_v": (0.0, -1.0, -0.5, 0.5, 1.0),
}


def widths(tier: Tier | None) -> tuple[float, float]:
    """Filters of each sign, fewest and most, where a domain does not say."""
    return _WIDTHS[tier or PRACTICAL].range({})


def usual(tier: Tier) -> dict[Scale, Between]:
    """The usual range of each scale, at a tier's constants."""
    largest = 1 / tier.constants["C_eta"]
    step = Between(largest / _STEPS[tier], largest)
    return {
        Scale.N1: _SIZES[tier],
        Scale.N2: _SIZES[tier],
        Scale.M: _WIDTHS[tier],
        Scale.INHERITED: Between(1, _WIDTHS[tier].range({})[1] - 1),
        Scale.UPSTREAM_SHARE: Between(1e-2, 10.0),
        Scale.COS_V: Between(0.0, 0.0),
        Scale.H1: step,
        Scale.H2: step,
        Scale.DURATION: _DURATIONS[tier],
        Scale.INITIALISATION: Between(0.01, 1.0),
        Scale.SLACK: Between(1.0, 30.0),
    }

"""Intervals for a mean that may be looked at after every number, and hold at all looks at once.

Gaussian numbers of unknown mean and variance. Under a mean of mu the process

    M_n = sqrt(c/(n + c)) ((1 + t^2/(n - 1)) / (1 + c t^2/((n + c)(n - 1))))^(n/2),

of Student's t about mu after n numbers, is a martingale that begins at 1: the likelihood of t, its
effect size drawn from N(0, 1/c), over that without effect. By Ville's inequality it ever reaches
1/level with probability at most `level`; so the means at which it has not are an interval that
holds at every n, whatever decides when to stop. [Lai, 1976; Wang and Ramdas, 2024, "Anytime-valid
t-tests and confidence sequences for Gaussian means with unknown variance".] Student's, looked at
after each of 200 numbers, misses at some time more than three times as often as it says.
"""

from __future__ import annotations

import math

#: c: the sequence is narrowest for effects of some two standard deviations, which few numbers show.
_PRECISION = 0.25


def reach(count: int, level: float) -> float:
    """How many standard errors from their mean the interval after `count` numbers ends; infinite
    where they are too few.

    Args:
        level: that the true mean is ever outside, above or below, at this or any other count.
    """
    if count < 2:
        return math.inf
    kept = _PRECISION / (count + _PRECISION)
    grown = (1 / (level * math.sqrt(kept))) ** (2 / count)
    if kept * grown >= 1:
        return math.inf
    return math.sqrt((count - 1) * (grown - 1) / (1 - kept * grown))

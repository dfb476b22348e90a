"""Exact intervals of a probability, light to import: what is read from records needs no more."""

from __future__ import annotations

_LEVEL = 0.05


def interval_of(failures: int, trials: int) -> tuple[float, float]:
    """Of a probability of failure, with confidence 95%: Clopper and Pearson's."""
    from scipy.special import betaincinv

    held, tail = trials - failures, _LEVEL / 2
    low = 0.0 if failures == 0 else float(betaincinv(failures, held + 1, tail))
    high = 1.0 if held == 0 else float(betaincinv(failures + 1, held, 1 - tail))
    return low, high

"""What a sample memorises in steps of finite size, by the share of filters active on it.

Filters join a sample as the cascade says: the share c(t)/p of those that it ends with, c the share
of the class that is active before step t. One that is active from the start has coefficient k(t),
one that joins at step s has k(t) - k(s), the output is their sum, and k grows by h/(1 + e^output).
No equal memorisation is assumed, as `moments.memorised` does: the steps that a sample takes before
its filters have joined are counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from claims.predicting.law.cascade import LONGEST, Cascade
from claims.predicting.law.quadrature import Array
from claims.predicting.law.rising import risen
from model.engines.compiled import compiled

#: Nothing more is memorised beyond, and exp of it is finite.
_MOST_OUTPUT = 700.0
_LEAST_SHARE = 1e-12


@dataclass(frozen=True, eq=False)
class Memory:
    """Of samples with these shares of active filters, each (shares,): the coefficient of a filter
    that is active throughout; the mean of coefficients over all filters; that of their squares.
    """

    first: Array
    output: Array
    square: Array


def memory(run: Cascade, reach: float, shares: Array) -> Memory:
    """The end of a run of h T = `reach` whose cascade is `run`; beyond its end, in continuous
    time.
    """
    steps = len(run.joined) - 1
    h = min(reach, LONGEST) / steps
    part = shares / sum(run.joined)
    first, missed, squared, active = _stepped(np.array(run.joined), h, part)
    first = first + _continued(part * (active * first - missed), shares, reach - h * steps)
    return Memory(
        first,
        part * (active * first - missed),
        part * (active * first**2 - 2 * first * missed + squared),
    )


@compiled
def _stepped(joined: Array, h: float, part: Array) -> tuple[Array, Array, Array, float]:
    """k at the end; sums over those that have joined of k and of k^2 at joining; how many."""
    many = len(part)
    first, missed, squared = np.zeros(many), np.zeros(many), np.zeros(many)
    active = 0.0
    for step in range(len(joined)):
        active += joined[step]
        for i in range(many):
            missed[i] += joined[step] * first[i]
            squared[i] += joined[step] * first[i] ** 2
            if step < len(joined) - 1:
                output = min(part[i] * (active * first[i] - missed[i]), _MOST_OUTPUT)
                first[i] += h / (1 + math.exp(output))
    return first, missed, squared, active


def _continued(output: Array, shares: Array, left: float) -> Array:
    """By how much all coefficients grow in the time that is left, every filter having joined: y/P
    with y + e^x (e^y - 1) = P `left`, from output x.
    """
    if left <= 0:
        return np.zeros_like(output)
    share = np.maximum(shares, _LEAST_SHARE)
    scale, total = np.exp(np.minimum(output, _MOST_OUTPUT)), share * left
    return np.asarray(risen(scale, total) / share)

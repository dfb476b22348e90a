"""Mean test errors from scratch that the rarest class sizes dominate, measured honestly.

The mean over networks of an error of 10^-6 is made by the one network in thousands of whose N
samples few are of one class. Plain draws would miss it. So networks are stratified over N_+: the
number of samples of class +1 is drawn from a proposal, evenly over its quantiles, and each
network's error counts with the binomial probability of its N_+ over the proposal's. That is
unbiased whatever the proposal. It is one third the binomial law itself, which bounds the weights by
3, and two thirds what the law of finite size takes to be each N_+'s part in the mean. Labels are
exchangeable and independent of all else: the first N_+ samples get +1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy import stats

from claims.predicting import law
from claims.predicting.law import scratch_errors_by_class
from model.regime import Regime
from model.sampling import Sample, Seeds, sample
from model.test_error import estimate_error
from model.transfer import train_task

#: Networks for each seed of a population's regime; and lines per label and network, few, for the
#: spread between networks is larger.
TIMES, LINES = 8, 64
#: The share of the proposal that is the binomial law.
_PLAIN = 1 / 3
#: Networks times Gaussian vectors squared that are drawn together.
_TOGETHER = 2e6


@dataclass(frozen=True)
class Foretold:
    """One regime: errors that were foretold, by the name of the law; and the mean over networks."""

    networks: int
    foretold: Mapping[str, float]
    measured: float


def readings(regime: Regime) -> dict[str, float]:
    """The law of finite size, and what it would say with something left out or wrong."""
    return {
        "law": law.finite_scratch(regime),
        "limit": law.predict(regime).scratch,
        **law.finite_readings(regime),
    }


def predict_finite(regime: Regime) -> dict[str, float]:
    """The law's error from scratch at finite size, and the limit's."""
    named = readings(regime)
    return {"scratch": named["law"], "limit": named["limit"]}


def stratified(regime: Regime, seeds: Seeds) -> Foretold:
    """Train `TIMES` networks from scratch for each seed."""
    many = replace(seeds, first=TIMES * seeds.first, count=TIMES * seeds.count)
    counts, weights = drawn_counts(regime, many.count)
    errors, at = np.empty(many.count), 0
    for part in _parts(regime, many):
        chosen = slice(at, at + part.count)
        errors[chosen] = _errors(regime, part, counts[chosen])
        at += part.count
    return Foretold(many.count, readings(regime), float(weights @ errors) / many.count)


def drawn_counts(regime: Regime, many: int) -> tuple[np.ndarray, np.ndarray]:
    """N_+ of each network, at even quantiles of the proposal, and its weight: (many,) each."""
    every = np.arange(regime.n2 + 1)
    plain = stats.binom.pmf(every, regime.n2, 0.5)
    one_class = scratch_errors_by_class(regime, 2 * every / regime.n2)
    part = plain * (one_class + one_class[::-1])
    proposal = _PLAIN * plain + (1 - _PLAIN) * part / part.sum()
    places = (np.arange(many) + 0.5) / many * proposal.sum()
    counts = np.minimum(np.searchsorted(np.cumsum(proposal), places), regime.n2)
    return counts, (plain / proposal)[counts]


def _parts(regime: Regime, seeds: Seeds) -> Sequence[Seeds]:
    vectors = regime.n1 + regime.n2 + 4 * regime.m
    size = max(1, int(_TOGETHER / vectors**2))
    return [
        replace(seeds, first=first, count=min(size, seeds.first + seeds.count - first))
        for first in range(seeds.first, seeds.first + seeds.count, size)
    ]


def _errors(regime: Regime, seeds: Seeds, counts: np.ndarray) -> np.ndarray:
    draw = sample(regime, seeds)
    data = with_counts(draw.downstream, counts)
    run = train_task(regime, 2, data, draw.fresh)
    found = estimate_error(run.weights, data.signal, regime, 2, seeds, LINES)
    return np.asarray(found.value.numpy())


def with_counts(data: Sample, counts: np.ndarray) -> Sample:
    """The same noise with so many labels +1 in each training set, (seeds,)."""
    positive = torch.arange(data.labels.shape[1]) < torch.from_numpy(counts).unsqueeze(1)
    return replace(data, labels=2.0 * positive.to(torch.float64) - 1)

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

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats

from claims.deciding.estimates import each
from claims.predicting import law
from claims.predicting.law import scratch_errors_by_class
from model.regime import Regime
from model.sampling import Sample, Seeds, sample
from model.test_error import estimate_error
from model.transfer import inherit, train_task

Array = NDArray[np.float64]
#: Networks for each seed of a population's regime, from scratch and after transfer.
TIMES, TRANSFERRED = 8, 5
#: Of a regime that is judged alone.
ALONE, ALONE_TRANSFERRED = 32, 10
#: Lines per label and network: few, for the spread between networks is larger.
LINES = 64
#: The share of the proposal that is the binomial law.
_PLAIN = 1 / 3
#: Stream of the generator that pairs the two tasks' class sizes.
_PAIRING = 2
#: Networks times Gaussian vectors squared that are drawn together.
_TOGETHER = 2e6


@dataclass(frozen=True)
class Foretold:
    """One regime: errors that were foretold, by the name of the law; and the mean over networks."""

    networks: int
    foretold: Mapping[str, float]
    measured: float
    inherited: float = 0.0  # the share of filters


def nats(regimes: Sequence[Foretold], reading: str, low: float, high: float) -> Array:
    """ln(measured/foretold), of regimes of which the law foretells an error in this range."""
    chosen = [one for one in regimes if low < one.foretold["law"] <= high]
    return each(chosen, lambda one: math.log(one.measured / one.foretold[reading]))


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
    return Foretold(TIMES * seeds.count, readings(regime), mean_error(regime, seeds))


def mean_error(regime: Regime, seeds: Seeds) -> float:
    """The mean test error of `TIMES` networks from scratch for each seed."""
    return float(_weighted(regime, _times(seeds, TIMES)).mean())


@dataclass(frozen=True)
class Unsure:
    """One regime: the error that was foretold from scratch, by the name of the law; the mean over
    networks, and its standard error.
    """

    networks: int
    foretold: Mapping[str, float]
    measured: float
    unsure: float


def with_error(regime: Regime, seeds: Seeds) -> Unsure:
    """Train `ALONE` networks from scratch for each seed."""
    many = _times(seeds, ALONE)
    errors = _weighted(regime, many)
    # Networks stand in the order of their class sizes: neighbours differ by chance alone.
    unsure = math.sqrt(float((np.diff(errors) ** 2).mean()) / 2 / many.count)
    return Unsure(many.count, readings(regime), float(errors.mean()), unsure)


def _times(seeds: Seeds, times: int) -> Seeds:
    return replace(seeds, first=times * seeds.first, count=times * seeds.count)


def _weighted(regime: Regime, seeds: Seeds) -> Array:
    """Each network's error times its weight, (seeds,)."""
    counts, weights = drawn_counts(regime, seeds.count)
    return np.asarray(weights * _each(_from_scratch, regime, seeds, counts))


def drawn_counts(regime: Regime, many: int) -> tuple[np.ndarray, np.ndarray]:
    """N_+ of each network, at even quantiles of the proposal, and its weight: (many,) each."""
    every = np.arange(regime.n2 + 1)
    plain = stats.binom.pmf(every, regime.n2, 0.5)
    one_class = scratch_errors_by_class(regime, 2 * every / regime.n2)
    part = plain * (one_class + one_class[::-1])
    return _quantiles(plain, part / part.sum(), many)


def transferred(regime: Regime, seeds: Seeds) -> Foretold:
    """Train `TRANSFERRED` networks upstream and after transfer for each seed, stratified over the
    class sizes of both tasks.
    """
    errors = _weighted_transfer(regime, _times(seeds, TRANSFERRED))
    measured, share = float(errors.mean()), regime.inherited / regime.m
    return Foretold(2 * len(errors), transfer_readings(regime), measured, share)


def turned(regime: Regime, seeds: Seeds) -> Foretold:
    """The same, beside the law that leaves out the angle of v_1 and v_2, or half of its cosine."""
    errors = _weighted_transfer(regime, _times(seeds, TRANSFERRED))
    foretold = {
        name: law.finite_transfer(replace(regime, cos_v=part * regime.cos_v))
        for name, part in (("law", 1.0), ("no angle", 0.0), ("half of the cosine", 0.5))
    }
    measured, share = float(errors.mean()), regime.inherited / regime.m
    return Foretold(2 * len(errors), foretold, measured, share)


def transferred_with_error(regime: Regime, seeds: Seeds) -> Unsure:
    """Train `ALONE_TRANSFERRED` networks upstream and after transfer for each seed."""
    errors = _weighted_transfer(regime, _times(seeds, ALONE_TRANSFERRED))
    unsure = float(errors.std(ddof=1)) / math.sqrt(len(errors))
    foretold = {
        "law": law.finite_transfer(regime),
        "half more signal": law.finite_transfer(law.with_signal(regime, 1.5)),
        "a third less signal": law.finite_transfer(law.with_signal(regime, 1 / 1.5)),
    }
    return Unsure(2 * len(errors), foretold, float(errors.mean()), unsure)


def _weighted_transfer(regime: Regime, seeds: Seeds) -> Array:
    """Each network's error after transfer times its weight, (seeds,)."""
    (generator,) = replace(seeds, count=1).generators(_PAIRING)
    source, target = (broad_counts(n, seeds.count) for n in (regime.n1, regime.n2))
    order = generator.permutation(seeds.count)
    errors = _each(_after_transfer, regime, seeds, source[0][order], target[0])
    return np.asarray(source[1][order] * target[1] * errors)


def transfer_readings(regime: Regime) -> dict[str, float]:
    """The law of finite size after transfer, its limit, the same with equal classes, the law from
    scratch, and the law with signals that are too long or too short.
    """
    return {
        "law": law.finite_transfer(regime),
        "limit": law.predict(regime).transfer,
        "equal classes": law.equal_classes_transfer(regime),
        "scratch": law.finite_scratch(regime),
        "a fifth more signal": law.finite_transfer(law.with_signal(regime, 1.2)),
        "a fifth less signal": law.finite_transfer(law.with_signal(regime, 0.8)),
    }


def predict_transfer(regime: Regime) -> dict[str, float]:
    """The law's error after transfer at finite size, and the limit's."""
    return {"transfer": law.finite_transfer(regime), "limit": law.predict(regime).transfer}


def broad_counts(n: int, many: int) -> tuple[np.ndarray, np.ndarray]:
    """N_+ of each network and its weight, (many,) each, from a proposal that knows no law: one
    third is binomial, two thirds are in proportion to the root of that.
    """
    plain = stats.binom.pmf(np.arange(n + 1), n, 0.5)
    broad = np.sqrt(plain)
    return _quantiles(plain, broad / broad.sum(), many)


def _quantiles(plain: np.ndarray, part: np.ndarray, many: int) -> tuple[np.ndarray, np.ndarray]:
    proposal = _PLAIN * plain + (1 - _PLAIN) * part
    places = (np.arange(many) + 0.5) / many * proposal.sum()
    counts = np.minimum(np.searchsorted(np.cumsum(proposal), places), len(plain) - 1)
    return counts, (plain / proposal)[counts]


def _each(
    errors: Callable[..., np.ndarray], regime: Regime, seeds: Seeds, *counts: np.ndarray
) -> np.ndarray:
    """Errors of networks, (seeds,), as many drawn together as memory takes."""
    parts, at = [], 0
    for part in _parts(regime, seeds):
        parts.append(errors(regime, part, *(one[at : at + part.count] for one in counts)))
        at += part.count
    return np.concatenate(parts)


def _after_transfer(
    regime: Regime, seeds: Seeds, source: np.ndarray, target: np.ndarray
) -> np.ndarray:
    draw = sample(regime, seeds)
    trained = train_task(regime, 1, with_counts(draw.upstream, source), draw.start)
    data = with_counts(draw.downstream, target)
    return _errors(regime, seeds, data, inherit(trained.weights, draw.fresh, regime.inherited))


def _parts(regime: Regime, seeds: Seeds) -> Sequence[Seeds]:
    vectors = regime.n1 + regime.n2 + 4 * regime.m
    size = max(1, int(_TOGETHER / vectors**2))
    return [
        replace(seeds, first=first, count=min(size, seeds.first + seeds.count - first))
        for first in range(seeds.first, seeds.first + seeds.count, size)
    ]


def _from_scratch(regime: Regime, seeds: Seeds, counts: np.ndarray) -> np.ndarray:
    draw = sample(regime, seeds)
    return _errors(regime, seeds, with_counts(draw.downstream, counts), draw.fresh)


def _errors(regime: Regime, seeds: Seeds, data: Sample, start: torch.Tensor) -> np.ndarray:
    """Of networks trained downstream from this start: (seeds,)."""
    run = train_task(regime, 2, data, start)
    found = estimate_error(run.weights, data.signal, regime, 2, seeds, LINES)
    return np.asarray(found.value.numpy())


def with_counts(data: Sample, counts: np.ndarray) -> Sample:
    """The same noise with so many labels +1 in each training set, (seeds,)."""
    positive = torch.arange(data.labels.shape[1]) < torch.from_numpy(counts).unsqueeze(1)
    return replace(data, labels=2.0 * positive.to(torch.float64) - 1)

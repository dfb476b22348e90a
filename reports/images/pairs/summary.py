"""Foretold against measured.

What is foretold is tau_D/tau_2: over 1, transfer helps. For one target it orders sources as the
law's gain in accuracy does, and tells gains apart that are all but complete.

The criterion was fixed before any network was trained. Of each target, over all its sources: the
rank correlation (Spearman's) of tau_D/tau_2 with the measured gain, with a 95% interval by
bootstrap over pairs; and how often the forecast has the sign of the gain right, with an exact 95%
interval, against "always transfer", by the exact test of McNemar. A forecast is good where its
interval is above 0. It is a conjecture: nothing fails where it is not.

What the intervals do not tell: pairs are few, they share the target's images and networks, and
their sources were chosen here, not drawn. Where a measured gain is near 0, its sign is chance;
so signs are also counted over those pairs alone whose gain is told from 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from claims.deciding import paired_seeds
from claims.deciding.paired_seeds import Interval
from claims.predicting.contrasts import Forecast
from model.vision.tasks import MOST_FAR
from model.vision.unlike import Source
from reports.images.pairs.listed import MIXED
from reports.images.pairs.plan import PairSetting, Target
from reports.images.pairs.run import Finished, Foretold, Record, Space

Array = NDArray[np.float64]
LEVEL = 0.05
_RESAMPLES = 9999
#: With fewer pairs than this there is no interval of their correlation.
LEAST_PAIRS = 5


@dataclass(frozen=True)
class PairFound:
    """One pair of tasks in one network."""

    network: str
    target: Target
    source: Source
    foretold: Mapping[Space, float]  # ln tau_D/tau_2, mean over seeds
    gain: Interval  # points of accuracy over scratch, 95%

    @property
    def decided(self) -> bool:
        """Whether the gain is told from 0."""
        return self.gain.low > 0 or self.gain.high < 0


@dataclass(frozen=True)
class Correlation:
    """Of ranks, with its interval; without bound where pairs are too few."""

    pairs: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Signs:
    """How often the sign is right."""

    pairs: int
    right: int
    low: float  # of the share that is right
    high: float
    always: int  # pairs in which transfer helps: right for whoever always transfers
    p: float  # McNemar's, two-sided, that both do as well

    @property
    def share(self) -> float:
        """Of pairs, those with the right sign."""
        return self.right / self.pairs if self.pairs else math.nan


@dataclass(frozen=True)
class Agreement:
    """What a forecast was worth for one target, in one space."""

    network: str
    target: Target
    space: Space
    correlation: Correlation
    signs: Signs
    decided: Signs  # over pairs whose gain is told from 0
    followed: float  # points won by a mean pair that is transferred where it is advised
    always: float  # where it is transferred always
    best: float  # where it is transferred if that helps


@dataclass(frozen=True)
class Mismatch:
    """A graded factor: how accuracy after transfer changes over a source ever less like the
    target's.
    """

    network: str
    target: Target
    factor: str
    slope: Interval  # points between none and all

    @property
    def verdict(self) -> str:
        """In a word; the level is spent over all of them."""
        if self.slope.high < 0:
            return "hurts"
        return "helps" if self.slope.low > 0 else "undecided"


def advantage(forecast: Forecast) -> float:
    """ln tau_D/tau_2: above 0, transfer helps."""
    return math.log(forecast.tau_D / forecast.tau_2)


def pairs(records: Sequence[Record]) -> list[PairFound]:
    """Every pair that was trained, in the order of the plan."""
    accuracy = {one.setting: _accuracy(one) for one in records if isinstance(one, Finished)}
    foretold: dict[tuple[PairSetting, Space], float] = {
        (one.setting, one.space): advantage(one.forecast)
        for one in records
        if isinstance(one, Foretold)
    }
    together: dict[tuple[str, Target, Source], list[PairSetting]] = {}
    for setting in accuracy:
        if setting.source is not None and setting.scratch in accuracy:
            key = setting.network.label, setting.target, setting.source
            together.setdefault(key, []).append(setting)
    return [
        PairFound(*key, _means(some, foretold), _gain(some, accuracy))
        for key, some in together.items()
    ]


def _accuracy(record: Finished) -> float:
    return math.nan if record.loss is None else record.accuracy


def _means(
    settings: Sequence[PairSetting], foretold: Mapping[tuple[PairSetting, Space], float]
) -> dict[Space, float]:
    """Over the seeds that were trained; of a space that was foretold for all of them."""
    spaces: tuple[Space, ...] = ("pixels", "random", "source")
    return {
        space: float(np.mean([foretold[one, space] for one in settings]))
        for space in spaces
        if all((one, space) in foretold for one in settings)
    }


def _gain(settings: Iterable[PairSetting], accuracy: Mapping[PairSetting, float]) -> Interval:
    ordered = sorted(settings, key=lambda one: one.seed)
    values = [100 * (accuracy[one] - accuracy[one.scratch]) for one in ordered]
    return paired_seeds.interval(np.array(values), LEVEL)


# Agreement ----------------------------------------------------------------------------------------


def agreements(found: Sequence[PairFound]) -> list[Agreement]:
    """Of each target and space."""
    by_target = groupby(
        sorted(found, key=lambda one: (one.network, one.target.name, -one.target.n2)),
        key=lambda one: (one.network, one.target),
    )
    return [
        _agreement(*key, space, [one for one in some if space in one.foretold])
        for key, some in ((key, list(group)) for key, group in by_target)
        for space in ("pixels", "random", "source")
        if any(space in one.foretold for one in some)
    ]


def _agreement(network: str, target: Target, space: Space, found: Sequence[PairFound]) -> Agreement:
    foretold = np.array([one.foretold[space] for one in found])
    measured = np.array([one.gain.mean for one in found])
    decided = np.array([one.decided for one in found])
    return Agreement(
        network,
        target,
        space,
        correlation(foretold, measured),
        signs(foretold, measured),
        signs(foretold[decided], measured[decided]),
        followed=float(np.where(foretold > 0, measured, 0.0).mean()),
        always=float(measured.mean()),
        best=float(np.maximum(measured, 0.0).mean()),
    )


def correlation(foretold: Array, measured: Array) -> Correlation:
    """Of ranks, with a 95% interval by bootstrap over pairs."""
    value = float(_rank_correlation(foretold, measured))
    if len(foretold) < LEAST_PAIRS:
        return Correlation(len(foretold), value, -math.inf, math.inf)
    interval = stats.bootstrap(
        (foretold, measured),
        _rank_correlation,
        paired=True,
        vectorized=True,
        n_resamples=_RESAMPLES,
        method="percentile",
        confidence_level=1 - LEVEL,
        rng=np.random.default_rng(0),
    ).confidence_interval
    return Correlation(len(foretold), value, float(interval.low), float(interval.high))


def _rank_correlation(first: Array, second: Array, axis: int = -1) -> Array:
    """Spearman's, along an axis; 0 where one of them is the same everywhere."""
    one, other = (stats.rankdata(values, axis=axis) for values in (first, second))
    one, other = (ranks - ranks.mean(axis, keepdims=True) for ranks in (one, other))
    size = np.sqrt((one**2).sum(axis) * (other**2).sum(axis))
    product = (one * other).sum(axis)
    return np.asarray(np.divide(product, size, out=np.zeros_like(product), where=size > 0))


def signs(foretold: Array, measured: Array) -> Signs:
    """How often the forecast's sign is right, against that of who always transfers."""
    count = len(foretold)
    right, helps = np.sign(foretold) == np.sign(measured), measured > 0
    better, worse = int((right & ~helps).sum()), int((~right & helps).sum())
    found = int(right.sum())
    low, high, p = 0.0, 1.0, 1.0
    if count:
        share = stats.binomtest(found, count).proportion_ci(1 - LEVEL, method="exact")
        low, high = float(share.low), float(share.high)
    if better + worse:
        p = float(stats.binomtest(better, better + worse).pvalue)
    return Signs(count, found, low, high, int(helps.sum()), p)


# Mismatch -----------------------------------------------------------------------------------------


def mismatches(records: Sequence[Record]) -> list[Mismatch]:
    """Slopes of accuracy over the share of text in the source, and over the share of its
    superclasses that are far from the target's.
    """
    accuracy = {one.setting: _accuracy(one) for one in records if isinstance(one, Finished)}
    places: dict[tuple[str, Target, str], dict[int, dict[float, float]]] = {}
    for setting, reached in accuracy.items():
        graded = None if setting.source is None else _graded(setting.source)
        if graded is not None:
            key = setting.network.label, setting.target, graded[0]
            places.setdefault(key, {}).setdefault(setting.seed, {})[graded[1]] = 100 * reached
    level = LEVEL / max(1, len(places))
    return [
        Mismatch(*key, paired_seeds.interval(_slopes(by_seed), level))
        for key, by_seed in places.items()
    ]


def _graded(source: Source) -> tuple[str, float] | None:
    """The factor that a source lies on, and where from 0 to 1."""
    if source.kind == "hundred":
        return "far superclasses", source.far / MOST_FAR
    if source == replace(MIXED, text=source.text):
        return "text", source.text
    return None


def _slopes(by_seed: Mapping[int, Mapping[float, float]]) -> Array:
    """Least-squares slope of each seed that has all places: (seeds,)."""
    every = sorted({place for reached in by_seed.values() for place in reached})
    whole = [
        [by_seed[seed][place] for place in every]
        for seed in sorted(by_seed)
        if len(by_seed[seed]) == len(every)
    ]
    if len(every) < 2 or not whole:
        return np.empty(0)
    return np.asarray(np.polyfit(every, np.array(whole).T, 1)[0])

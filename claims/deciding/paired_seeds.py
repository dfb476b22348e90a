"""The rule of a statement on networks trained beforehand, which share their random numbers.

What is compared is one number a seed, and the statement says that its mean is positive. An
interval decides, with the level split evenly over statements and their contrasts, and over the
networks that were trained: the statement stands for a network where the whole interval is positive,
and falls where it is negative. Over seeds, not over images: test images and classes are the same
for all, and what is decided is decided for them. The interval holds after every number of seeds at
once (`claims.deciding.confidence_sequence`): seeds may be added until something is decided. Where a
training diverged, or all seeds give the very same number, nothing is decided.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from claims.core.claim import Claim
from claims.core.constants import Constants
from claims.core.evidence import Evidence, RegimeEvidence, RegimeOutcome
from claims.core.inquiry import Inquiry
from claims.core.margin import Margin
from claims.core.profile import Profile
from claims.core.records import finite
from claims.core.status import Status
from claims.deciding import confidence_sequence, estimates
from claims.deciding.arguments import check_number, check_whole
from model.regime import Regime

METHOD = "paired over seeds"
Array = NDArray[np.float64]
#: Of each cell, which has a `network`, the test accuracy after training by seed.
Accuracies = Mapping[Any, Mapping[int, float]]
#: Of one network, the number of each seed whose mean is to be positive: (seeds,).
Contrast = Callable[[Any, str], Array]
#: With fewer seeds than this nothing is decided.
LEAST_SEEDS = 5


@dataclass(frozen=True)
class Contrasts:
    """The margin of "one of these contrasts has a positive mean", a number a seed."""

    by_name: Mapping[str, Contrast]

    def __call__(self, accuracies: Accuracies, constants: Constants) -> Margin:
        """All numbers of all networks, one after the other."""
        columns = [
            values
            for network in self.networks(accuracies)
            for values in self.of(accuracies, network).values()
        ]
        return Margin.exact(np.concatenate([np.empty(0), *columns]))

    def networks(self, accuracies: Accuracies) -> list[str]:
        """Those that say anything."""
        every = sorted({cell.network for cell in accuracies})
        return [name for name in every if any(map(len, self.of(accuracies, name).values()))]

    def of(self, accuracies: Accuracies, network: str) -> dict[str, Array]:
        """Of each contrast, a number a seed."""
        return {name: contrast(accuracies, network) for name, contrast in self.by_name.items()}


@dataclass(frozen=True)
class Interval:
    """A mean over seeds, in points, with the interval that decides."""

    seeds: int
    mean: float
    low: float
    high: float
    error: float  # standard error of the mean

    @property
    def outcome(self) -> RegimeOutcome:
        """Of "the mean is positive"."""
        if self.low > 0:
            return RegimeOutcome.STANDS
        return RegimeOutcome.FALLS if self.high < 0 else RegimeOutcome.UNDECIDED

    def record(self) -> dict[str, Any]:
        """For the ledger, with the least effect detected with probability 0.99."""
        bounded = math.isfinite(self.low)
        why = "too few seeds" if self.error > 0 else "no spread, or a training diverged"
        ends = {"value": self.mean, "low": self.low, "high": self.high}
        detected = self.mean - self.low + estimates.reach() * self.error
        return {
            "mean": {name: finite(round(end, 3)) for name, end in ends.items()} if bounded else why,
            "seeds": self.seeds,
            "would be seen from": finite(round(detected, 2)) if bounded else "without bound",
        }


def interval(values: Array, level: float) -> Interval:
    """One that the mean is ever outside of, as seeds are added, with probability `level` at most.

    Without bound for fewer than `LEAST_SEEDS` (for a small level more), without spread, or with a
    nan.
    """
    count = len(values)
    if count < LEAST_SEEDS or not np.ptp(values) > 0:
        mean = float(values.mean()) if count else math.nan
        return Interval(
            count, mean, -math.inf, math.inf, error=math.inf if count < LEAST_SEEDS else 0.0
        )
    mean, error = float(values.mean()), float(values.std(ddof=1) / math.sqrt(count))
    reach = confidence_sequence.reach(count, level) * error
    return Interval(count, mean, mean - reach, mean + reach, error)


def outcome(by_contrast: Mapping[str, Interval]) -> RegimeOutcome:
    """Of "one of the contrasts has a positive mean" in one network."""
    outcomes = {one.outcome for one in by_contrast.values()}
    if RegimeOutcome.STANDS in outcomes:
        return RegimeOutcome.STANDS
    return RegimeOutcome.FALLS if outcomes == {RegimeOutcome.FALLS} else RegimeOutcome.UNDECIDED


@dataclass(frozen=True)
class PairedSeeds:
    """Differences that are paired over seeds, of every network that was trained.

    The claim's `margin` is its `Contrasts`; its `observe` gets the accuracies.

    Args:
        level: the probability, over all `statements`, that a true one is falsified; and as much
            that a false one is verified.
        statements: how many share the level.
    """

    level: float
    statements: int
    needs_domain = False
    of_regimes = False
    of_all_seeds = True
    from_records = True
    detects = "a regime in which it fails with probability"
    delta = 0.0

    def __post_init__(self) -> None:
        check_number("level", self.level)
        check_whole("statements", self.statements)
        if not 0 < self.level < 1:
            raise ValueError(f"level = {self.level}: must lie between 0 and 1")
        if self.statements < 1:
            raise ValueError(f"statements = {self.statements}: must be at least 1")

    @property
    def own_level(self) -> float:
        """Its statement's part of the level."""
        return self.level / self.statements

    def regimes(self, profile: Profile) -> int:
        """One judgement of all that was trained."""
        return 1

    def seeds(self, profile: Profile) -> int:
        """Those that were trained beforehand."""
        return LEAST_SEEDS

    def intervals(
        self, contrasts: Contrasts, accuracies: Accuracies
    ) -> dict[str, dict[str, Interval]]:
        """Of each network and contrast, the interval that decides."""
        networks = contrasts.networks(accuracies)
        level = self.level / (self.statements * max(1, len(networks)) * len(contrasts.by_name))
        return {
            network: {
                name: interval(values, level)
                for name, values in contrasts.of(accuracies, network).items()
            }
            for network in networks
        }

    def decide(self, claim: Claim[Any], inquiry: Inquiry) -> Evidence:
        """Judge each network that the records say anything of."""
        assert isinstance(claim.margin, Contrasts)
        evidence = Evidence(METHOD, level=self.own_level, repeatable=False)
        if inquiry.images is None:
            evidence.record = {"trained": "nothing: transfer-claims cifar run"}
            return evidence
        intervals = self.intervals(claim.margin, claim.observe(inquiry.images.accuracies))
        evidence.cases = [(None, _judged(one)) for one in intervals.values()]
        evidence.drawn = len(intervals)
        evidence.networks, evidence.tier = inquiry.images.networks, inquiry.images.tier
        evidence.seconds = round(inquiry.images.seconds, 1)
        rows = _rows(intervals, several=len(claim.margin.by_name) > 1)
        evidence.record = {"trained": inquiry.images.description} | rows
        return evidence

    def repeat(
        self, claim: Claim[Any], regime: Regime | None, root: int, inquiry: Inquiry
    ) -> Margin:
        """No counterexample of such a claim is kept."""
        raise ValueError(f"{claim.id}: is decided on records of training, which no file repeats")


@dataclass(frozen=True)
class NetworkVerdict:
    """A statement in one network: one of its contrasts has a positive mean, in points."""

    claim: Claim[Any]
    network: str
    status: Status
    intervals: Mapping[str, Interval]  # by contrast, at the level that decides

    @property
    def best(self) -> Interval:
        """That of the contrast that does most for the statement."""
        return max(self.intervals.values(), key=lambda one: (one.low, one.mean))


#: What an outcome says of a statement in one network.
_STATUSES = {
    RegimeOutcome.STANDS: Status.VERIFIED,
    RegimeOutcome.FALLS: Status.FALSIFIED,
    RegimeOutcome.UNDECIDED: Status.INCONCLUSIVE,
}


def by_network(claim: Claim[Any], accuracies: Accuracies) -> list[NetworkVerdict]:
    """The statement in each network on its own, at the level that is spent on it in all of them."""
    assert isinstance(claim.margin, Contrasts)
    rule = cast("PairedSeeds", claim.rule)  # as for all whose margin is of contrasts
    intervals = rule.intervals(claim.margin, accuracies)
    return [
        NetworkVerdict(claim, network, _STATUSES[outcome(one)], one)
        for network, one in intervals.items()
    ]


def _judged(by_contrast: Mapping[str, Interval]) -> RegimeEvidence:
    seeds = max(one.seeds for one in by_contrast.values())
    margin = max(one.low for one in by_contrast.values())
    return RegimeEvidence(outcome(by_contrast), seeds, 0, 0, margin, least_margin=margin)


def _rows(
    intervals: Mapping[str, Mapping[str, Interval]], *, several: bool
) -> dict[str, dict[str, Any]]:
    return {
        f"{network}: {name}" if several else network: one.record()
        for network, by_contrast in intervals.items()
        for name, one in by_contrast.items()
    }

"""What an adversary's search measures of a regime, and how the worst that it found is decided.

The search is of `strategies.attack`; it may look at as many regimes as it likes, since nothing that
it measures decides. The worst regime is trained once more on fresh seeds, and the statement falls
where the exact (Clopper-Pearson) lower bound of its probability of failure there is above what the
rule allows. The first regime that is decided so has half of `budget.RUN_BUDGET`, the second a
quarter, and so on: however often an attack is gone on with, a true statement falls with probability
at most `RUN_BUDGET`. A statement that is judged by one margin of all seeds has its level in that
margin.

Example: delta = 0.05 and 500 networks. The statement falls with 53 failures, not with 52; where it
fails in 15% of networks it falls with probability 0.998.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from scipy import stats

from claims.core import constants as constant_table
from claims.core.case import Case
from claims.core.claim import Claim, ClaimError
from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.core.records import finite
from claims.core.status import Status
from claims.deciding.binomial import interval_of
from claims.deciding.budget import RUN_BUDGET
from claims.deciding.formula import Formula
from claims.deciding.interval_proof import IntervalProof
from claims.deciding.observed import check_variants
from claims.deciding.paired_seeds import PairedSeeds
from claims.deciding.per_regime import PerRegime
from claims.deciding.population import Population
from claims.deciding.verdict import Verdict
from claims.deciding.worst_case import WorstCase
from model.regime import SIGNAL_COORDINATES, Regime, RegimeError
from model.run import DivergenceError
from model.sampling import Seeds

METHOD = "searched by an adversary, the worst regime decided on fresh seeds"
#: Seeds of a regime; and of one that looks worse than any before.
FIRST_SEEDS, MORE_SEEDS = 16, 64
#: Fresh seeds of the worst regime, where it is not too large; and the least there may be. So many
#: tell a share of failures of 0.075 from 0.05.
FRESH_SEEDS, LEAST_FRESH = 4000, 100
#: Multiplications that deciding the worst regime may take: a minute or two.
_WORK = 1e12
#: Of the vectors of seeds that are trained together.
_BYTES, _TOGETHER = 2**29, 64


class AttackError(ValueError):
    """A claim that no regime can be sought for: names the field, the value and the rule."""


_WHY_NOT: dict[type[Any], str] = {
    Population: "it is judged over many regimes at once, and no regime of its own can break it",
    IntervalProof: "it is proved for all real numbers, and nothing is left to search",
    PairedSeeds: "it is decided on records of networks trained on real images",
}


def check_attackable(claim: Claim[Any]) -> None:
    """Raise `AttackError` for a claim whose rule an attack cannot serve."""
    rule = type(claim.rule)
    if rule in (PerRegime, WorstCase, Formula):
        return
    name, why = rule.__name__, _WHY_NOT.get(rule, "its rule is not one that an attack knows")
    raise AttackError(
        f"claim = {claim.id!r}: its rule is {name}, and an attack takes PerRegime, WorstCase or"
        f" Formula: {why}"
    )


@dataclass(frozen=True)
class Probed:
    """What was measured of one regime on the way, which decides nothing."""

    margin: float  # at the quantile that the rule tolerates
    seeds: int
    networks: int
    failures: int  # certain ones


class UnmeasuredError(ValueError):
    """A regime that cannot be measured here, or about which the statement says nothing."""


def probe(
    claim: Claim[Any], case: Case, constants: Constants, worst: float = float("inf")
) -> Probed:
    """The margin of one regime, on few seeds; on more where that is below `worst`.

    Raises:
        UnmeasuredError: it lies outside the statement's hypotheses, or cannot be trained here.
    """
    check_inside(claim, case.regime, constants)
    first = probe_on(claim, case, constants, FIRST_SEEDS)
    if first.margin >= worst:
        return first
    more = probe_on(claim, case, constants, MORE_SEEDS)
    return Probed(more.margin, more.seeds, first.networks + more.networks, more.failures)


def check_inside(claim: Claim[Any], regime: Regime, constants: Constants) -> None:
    """Raise `UnmeasuredError` for a regime that the statement does not speak of."""
    assert claim.domain is not None
    if broken := claim.domain.violations(regime, constants):
        raise UnmeasuredError(f"outside the hypotheses: {', '.join(broken)}")
    try:
        check_variants(claim, regime)
    except ClaimError as error:
        raise UnmeasuredError(f"{error.field}: {error.rule}") from None


def probe_on(claim: Claim[Any], case: Case, constants: Constants, seeds: int) -> Probed:
    """The margin of one regime on so many seeds.

    Raises:
        UnmeasuredError: it cannot be trained here.
    """
    margin, networks = _measured(claim, case, constants, seeds)
    return Probed(tolerated(margin, claim.rule.delta), seeds, networks, margin.certain_failures)


def tolerated(margin: Margin, delta: float) -> float:
    """The worst margin once a share delta of the seeds may fail.

    Of an interval its middle, or the end that is finite: an error that is too small to be measured
    has no logarithm.
    """
    low, high = margin.low, margin.high
    with np.errstate(invalid="ignore"):
        middle = (low + high) / 2
    middle = np.where(np.isfinite(low), middle, high)
    middle = np.where(np.isfinite(high), middle, low)
    return Margin.exact(middle).tolerated(delta)[0]


def _measured(
    claim: Claim[Any], case: Case, constants: Constants, seeds: int
) -> tuple[Margin, int]:
    """Margins of so many seeds, and the networks that they took."""
    margins, networks = [], 0
    try:
        for batch in _batches(claim, case, seeds):
            observation = claim.observe(case.regime, batch)
            networks += observation.networks
            margins.append(claim.margin(observation, constants))
    except (RegimeError, DivergenceError) as error:
        raise UnmeasuredError(f"cannot be trained here: {error}") from None
    return Margin.joined(margins), networks


def _batches(claim: Claim[Any], case: Case, seeds: int) -> Iterator[Seeds]:
    """As many seeds together as memory allows; all, where one margin speaks of all."""
    most = seeds if claim.rule.of_all_seeds else _together(case.regime)
    for first in range(0, seeds, most):
        yield Seeds(case.root, min(most, seeds - first), first)


def _together(regime: Regime) -> int:
    return max(1, min(_TOGETHER, _BYTES // _seed_bytes(regime)))


def _replayed(regime: Regime) -> int:
    """Seeds of a counterexample, which are trained all together when it is replayed."""
    return max(LEAST_FRESH // 10, 4 * _BYTES // _seed_bytes(regime))


def _seed_bytes(regime: Regime) -> int:
    vectors = regime.n1 + regime.n2 + 4 * regime.m
    return 8 * vectors * (vectors + SIGNAL_COORDINATES)


@dataclass(frozen=True)
class Confirmation:
    """The worst regime, on seeds that the search has not seen."""

    case: Case
    seeds: int
    networks: int
    trials: int  # margins: one a seed, or one of all
    failures: int  # certain ones
    possible_failures: int
    margin: float  # at the quantile that the rule tolerates
    least_margin: float  # of all seeds
    delta: float
    level: float  # the probability spent on a false alarm

    @property
    def interval(self) -> tuple[float, float]:
        """Of the probability of failure, with confidence 95%; exact."""
        return interval_of(self.failures, self.trials)

    @property
    def at_least(self) -> float:
        """What the probability of failure exceeds but with probability `level`; exact."""
        if self.failures == 0:
            return 0.0
        return float(stats.beta.ppf(self.level, self.failures, self.trials - self.failures + 1))

    @property
    def falls(self) -> bool:
        """Whether the statement does."""
        return self.at_least > self.delta


def confirm(
    claim: Claim[Any], case: Case, constants: Constants, *, earlier: int = 0
) -> Confirmation:
    """Decide one regime on the seeds of a root of its own.

    Args:
        earlier: regimes of the same attack that were decided before.

    Raises:
        UnmeasuredError: it cannot be trained here.
    """
    seeds = fresh_seeds(claim, case.regime)
    margin, networks = _measured(claim, case, constants, seeds)
    return Confirmation(
        case,
        seeds,
        networks,
        len(margin.high),
        margin.certain_failures,
        margin.possible_failures,
        tolerated(margin, claim.rule.delta),
        margin.least,
        claim.rule.delta,
        RUN_BUDGET / 2 ** (earlier + 1),
    )


def fresh_seeds(claim: Claim[Any], regime: Regime) -> int:
    """Seeds that a regime is decided on: `FRESH_SEEDS`, fewer where that takes too long."""
    steps = regime.steps1 * regime.n1**2 + 2 * regime.steps2 * regime.n2**2
    seeds = max(LEAST_FRESH, min(FRESH_SEEDS, int(_WORK // (4 * regime.m * steps))))
    return min(seeds, 4 * _together(regime)) if claim.rule.of_all_seeds else seeds


def refutation(
    claim: Claim[Any],
    confirmation: Confirmation,
    constants: Constants,
    *,
    regimes: int,
    networks: int,
    entropy: int,
    seconds: float,
) -> Verdict:
    """The verdict of an attack in which the statement fell.

    Args:
        regimes, networks, entropy, seconds: of the search.
    """
    if not confirmation.falls:
        _refuse(confirmation)
    case = {
        "regime": confirmation.case.regime.to_dict(),
        "root": confirmation.case.root,
        "seeds": confirmation.seeds,
        "replay_seeds": min(confirmation.seeds, _replayed(confirmation.case.regime)),
        "certain_failures": confirmation.failures,
        "possible_failures": confirmation.possible_failures,
        "margin": finite(confirmation.margin),
    }
    return Verdict(
        claim=claim.id,
        family=claim.family_id,
        status=Status.FALSIFIED,
        regimes=regimes,
        drawn=regimes,
        seeds=confirmation.seeds,
        networks=networks + confirmation.networks,
        worst_margin=finite(confirmation.margin),
        least_margin=finite(confirmation.least_margin),
        failures=confirmation.possible_failures,
        tried=confirmation.trials,
        retried=None,
        share_bound=None,
        points=[{"margin": finite(confirmation.margin)}],
        worst_case=case,
        counterexample=case,
        method=METHOD,
        evidence={"failure probability at least": confirmation.at_least},
        unit=claim.unit,
        delta=confirmation.delta,
        level=confirmation.level,
        detectable=0.0,
        constants=constant_table.select(claim.constants, constants),
        profile="attack",
        entropy=entropy,
        seconds=seconds,
    )


def _refuse(confirmation: Confirmation) -> NoReturn:
    raise ValueError(
        f"at_least = {confirmation.at_least:.3g}: no refutation, must be above"
        f" {confirmation.delta:g}"
    )

"""Differences paired over seeds: decided as they should be where the truth is planted."""

import json
import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats
from toys import PROFILE, bare, decided

from claims.core.evidence import RegimeOutcome
from claims.core.inquiry import ImageRecords
from claims.core.status import Status
from claims.deciding import confidence_sequence
from claims.deciding.decide import repeat
from claims.deciding.paired_seeds import (
    LEAST_SEEDS,
    METHOD,
    Contrasts,
    PairedSeeds,
    interval,
    outcome,
)
from claims.deciding.verdict import Verdict
from strategies.search import SEARCH

RULE = PairedSeeds(0.05, statements=5)


@dataclass(frozen=True)
class Cell:
    """What a toy network was trained on."""

    network: str
    place: str = ""


def accuracies(**means):
    """Of each network, nine seeds around a mean in points."""
    noise = np.random.default_rng(0).normal(0, 0.1, 9)
    return {Cell(name): dict(enumerate((mean + noise) / 100)) for name, mean in means.items()}


def points(records, network):
    """The accuracy itself, in points."""
    return 100 * np.array(list(records.get(Cell(network), {}).values()), dtype=np.float64)


def beyond(bound, sign=1.0):
    return lambda records, network: sign * (points(records, network) - bound)


def claim(margin=None, **changes):
    values = {
        "domain": None,
        "rule": RULE,
        "observe": lambda records: records,
        "margin": margin or Contrasts({"above": beyond(0.0)}),
    }
    return bare(**(values | changes))


def judged(records, margin=None):
    """The verdict on accuracies of trained networks."""
    images = ImageRecords(records, "three seeds on a laptop", 12, 1.25, "cifar-small")
    return decided(claim(margin), images=images)


@pytest.mark.parametrize(
    ("level", "statements", "field"),
    [
        (0.0, 5, "level"),
        (1.0, 5, "level"),
        (-0.1, 5, "level"),
        (math.nan, 5, "level"),
        (0.05, 0, "statements"),
    ],
)
def test_refused(level, statements, field):
    with pytest.raises(ValueError, match=f"^{field} = "):
        PairedSeeds(level, statements)


@pytest.mark.parametrize(
    ("means", "status"),
    [
        ({"a": 1.0}, Status.VERIFIED),
        ({"a": -1.0}, Status.FALSIFIED),
        ({"a": 0.0}, Status.INCONCLUSIVE),
        ({"a": 1.0, "b": 1.0}, Status.VERIFIED),
        ({"a": 1.0, "b": -1.0}, Status.FALSIFIED),
        ({"a": 1.0, "b": 0.0}, Status.INCONCLUSIVE),
        ({}, Status.VACUOUS),
    ],
    ids=str,
)
def test_status(means, status):
    """Each network is judged by itself; one in which it falls is enough."""
    verdict = judged(accuracies(**means))
    assert verdict.status is status
    assert (verdict.regimes, verdict.drawn) == (len(means), len(means))


def test_what_the_verdict_says():
    """Of what was trained beforehand: nothing of a profile, and no case to repeat."""
    verdict = judged(accuracies(a=-1.0))
    assert (verdict.method, verdict.networks, verdict.seconds) == (METHOD, 12, 1.2)
    assert (verdict.profile, verdict.entropy) == ("cifar-small", 0)
    assert (verdict.counterexample, verdict.worst_case) == (None, None)
    assert verdict.level == RULE.level / RULE.statements
    assert verdict.evidence["trained"] == "three seeds on a laptop"
    one = RULE.intervals(claim().margin, accuracies(a=-1.0))["a"]["above"]
    assert verdict.evidence["a"] == one.record()
    assert verdict.worst_margin == one.low
    back = Verdict.from_dict(json.loads(json.dumps(verdict.to_dict(), allow_nan=False)))
    assert back == verdict


def test_nothing_trained():
    """The verdict says what to do about it."""
    verdict = decided(claim())
    assert verdict.status is Status.VACUOUS
    assert verdict.evidence == {"trained": "nothing: transfer-claims cifar run"}
    assert verdict.profile == PROFILE.name


def test_one_of_several_contrasts_is_enough():
    """And it falls only where all do; each has a row of its own."""
    two = Contrasts({"above": beyond(0.0), "below": beyond(3.0, -1.0)})
    assert judged(accuracies(a=5.0), two).status is Status.VERIFIED
    assert judged(accuracies(a=-5.0), two).status is Status.VERIFIED
    neither = Contrasts({"above": beyond(9.0), "below": beyond(3.0, -1.0)})
    verdict = judged(accuracies(a=5.0), neither)
    assert verdict.status is Status.FALSIFIED
    assert set(verdict.evidence) == {"trained", "a: above", "a: below"}


def test_no_counterexample_is_repeated():
    with pytest.raises(ValueError, match="no file repeats"):
        repeat(claim(), None, 0, entropy=1, regimes=1, search=SEARCH)


def test_the_margin_is_every_number():
    """Of all networks, one after the other."""
    records = accuracies(a=1.0, b=-1.0)
    margin = claim().margin(records, {})
    assert margin.low == pytest.approx([*points(records, "a"), *points(records, "b")])
    assert len(claim().margin({}, {}).low) == 0


# The interval -------------------------------------------------------------------------------------


def test_the_interval_is_about_the_mean():
    values = np.random.default_rng(0).normal(1, 2, 9)
    own = interval(values, 0.01)
    reach = confidence_sequence.reach(9, 0.01) * stats.sem(values)
    assert (own.low, own.high) == pytest.approx((values.mean() - reach, values.mean() + reach))
    numbers = 9, values.mean(), stats.sem(values)
    assert (own.seeds, own.mean, own.error) == pytest.approx(numbers)


@pytest.mark.parametrize("count", range(LEAST_SEEDS))
def test_few_seeds_leave_the_interval_without_bound(count):
    one = interval(np.arange(count, dtype=float), 0.01)
    assert (one.low, one.high, one.seeds) == (-math.inf, math.inf, count)
    assert one.record()["mean"] == "too few seeds"


@pytest.mark.parametrize(
    "values",
    [np.full(9, 0.5), np.array([1.0, 2.0, np.nan, 1.5, 1.2, 1.1])],
    ids=["no spread", "diverged"],
)
def test_identical_numbers_and_nan_decide_nothing(values):
    """No spread is no evidence: a network that never changed, or diverged."""
    one = interval(values, 0.01)
    assert one.outcome is RegimeOutcome.UNDECIDED
    assert one.record()["would be seen from"] == "without bound"
    assert json.dumps(one.record(), allow_nan=False)


def test_so_few_seeds_that_a_small_level_has_no_bound():
    one = interval(np.arange(5, dtype=float), 1e-4)
    assert (one.low, one.outcome) == (-math.inf, RegimeOutcome.UNDECIDED)
    assert one.record()["mean"] == "too few seeds"


def test_outcome_of_no_contrast():
    assert outcome({}) is RegimeOutcome.UNDECIDED


def test_the_level_is_split_over_statements_networks_and_contrasts():
    two = Contrasts({"above": beyond(0.0), "below": beyond(0.0, -1.0)})
    alone, both = accuracies(a=1.0), accuracies(a=1.0, b=2.0)
    values = points(alone, "a")
    assert RULE.intervals(two, alone)["a"]["above"] == interval(values, 0.05 / 10)
    assert RULE.intervals(two, both)["a"]["above"] == interval(values, 0.05 / 20)

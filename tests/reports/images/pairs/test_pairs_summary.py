"""Foretold against measured: correlations, signs and slopes of numbers that are known."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from claims.deciding.paired_seeds import Interval
from model.vision.unlike import Source
from reports.images.pairs import plot, run, summary
from reports.images.pairs.plan import Target
from reports.images.pairs.run import Finished, Foretold
from reports.images.pairs.summary import PairFound

TARGET = Target("cifar10", 500)


def pair(foretold, gain, reach=1.0, n1=500):
    interval = Interval(8, gain, gain - reach, gain + reach, 0.2)
    return PairFound("conv4", TARGET, Source("half", n1), {"pixels": foretold}, interval)


def test_ranks_that_agree():
    found = summary.correlation(np.arange(8.0), np.arange(8.0) ** 3)
    assert (found.value, found.low, found.high) == pytest.approx((1.0, 1.0, 1.0))


def test_the_correlation_is_spearmans():
    rng = np.random.default_rng(0)
    for _ in range(5):
        one, other = rng.integers(0, 5, 12), rng.standard_normal(12)
        found = summary.correlation(one.astype(float), other)
        assert found.value == pytest.approx(stats.spearmanr(one, other).statistic)
        assert -1 <= found.low <= found.value <= found.high <= 1


def test_a_bootstrap_covers_what_it_says():
    """Of 60 samples of 17 pairs with a rank correlation of about 0.58, most intervals hold it."""
    rng = np.random.default_rng(1)
    rho = 6 / math.pi * math.asin(0.6 / 2)
    held = 0
    for _ in range(60):
        one = rng.standard_normal(17)
        found = summary.correlation(one, 0.6 * one + 0.8 * rng.standard_normal(17))
        held += found.low <= rho <= found.high
    assert held >= 48


def test_too_few_pairs_have_no_interval():
    found = summary.correlation(np.arange(4.0), np.arange(4.0))
    assert (found.low, found.high) == (-math.inf, math.inf)


def test_a_constant_forecast_ranks_nothing():
    assert summary.correlation(np.ones(6), np.arange(6.0)).value == 0


def test_signs_are_counted_against_always_transferring():
    foretold = np.array([1.0, 1.0, -1.0, -1.0, 1.0])
    measured = np.array([2.0, -2.0, -2.0, 2.0, 0.5])
    found = summary.signs(foretold, measured)
    assert (found.pairs, found.right, found.always) == (5, 3, 3)
    low, high = stats.binomtest(3, 5).proportion_ci(0.95, method="exact")
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.p == 1.0  # one pair each, in which one is right and the other is not


def test_a_forecast_that_knows_every_loss_is_told_from_always_transferring():
    measured = np.r_[np.ones(4), -np.ones(8)]
    found = summary.signs(measured, measured)
    assert (found.right, found.always) == (12, 4)
    assert found.p == pytest.approx(2 * 0.5**8)


def test_no_pairs_no_signs():
    found = summary.signs(np.empty(0), np.empty(0))
    assert (found.pairs, found.low, found.high) == (0, 0.0, 1.0)
    assert math.isnan(found.share)


def test_advice_is_worth_what_following_it_wins():
    found = [pair(1.0, 3.0), pair(-1.0, -2.0), pair(2.0, -1.0), pair(-3.0, 0.5)]
    (one,) = summary.agreements(found)
    assert (one.followed, one.always, one.best) == pytest.approx((0.5, 0.125, 0.875))
    assert (one.decided.pairs, one.decided.right) == (2, 2)


def test_pairs_are_what_records_say(kept_pairs):
    """Paired over seeds, by hand."""
    records = run.read(kept_pairs)
    found = summary.pairs(records)
    assert len(found) == 2 * 5 + 3
    by_setting = {one.setting: one.accuracy for one in records if isinstance(one, Finished)}
    one = found[0]
    gains = [
        100 * (accuracy - by_setting[setting.scratch])
        for setting, accuracy in by_setting.items()
        if (setting.target, setting.source) == (one.target, one.source)
    ]
    assert one.gain.seeds == 6
    assert one.gain.mean == pytest.approx(np.mean(gains))
    told = [
        math.log(each.forecast.tau_D / each.forecast.tau_2)
        for each in records
        if isinstance(each, Foretold)
        and each.space == "random"
        and (each.setting.target, each.setting.source) == (one.target, one.source)
    ]
    assert one.foretold["random"] == pytest.approx(np.mean(told))


def test_a_pair_without_its_scratch_is_none(kept_pairs):
    records = [
        one
        for one in run.read(kept_pairs)
        if isinstance(one, Foretold) or one.setting.source is not None
    ]
    assert summary.pairs(records) == []


def test_what_diverged_has_no_interval(kept_pairs):
    records = [
        replace(one, loss=None) if isinstance(one, Finished) else one
        for one in run.read(kept_pairs)
    ]
    assert all(math.isinf(one.gain.low) for one in summary.pairs(records))


def graded(records, slope):
    """Accuracies that fall by so many points over a graded factor, but for a little noise."""
    made = []
    for one in records:
        source = one.setting.source
        place = 0.0 if source is None else max(source.text, source.far / 5)
        drawn = int(one.key, 16) % 7 / 1000
        made.append(
            replace(one, accuracy=0.5 - slope / 100 * place + drawn)
            if isinstance(one, Finished)
            else one
        )
    return made


@pytest.mark.parametrize(("slope", "verdict"), [(20, "hurts"), (-20, "helps"), (0, "undecided")])
def test_mismatch_is_decided_by_slopes_over_seeds(kept_pairs, slope, verdict):
    found = summary.mismatches(graded(run.read(kept_pairs), slope))
    assert [one.factor for one in found] == ["text", "text", "far superclasses"]
    assert {one.verdict for one in found} == {verdict}
    for one in found:
        assert one.slope.mean == pytest.approx(-slope, abs=2)
        assert one.slope.seeds == 6


def test_few_seeds_decide_nothing(kept_pairs):
    some = [one for one in graded(run.read(kept_pairs), 20) if one.setting.seed < 4]
    assert {one.verdict for one in summary.mismatches(some)} == {"undecided"}


def test_the_level_is_spent_over_all_factors(kept_pairs):
    """One of them alone is decided at all of it, and more narrowly."""
    records = graded(run.read(kept_pairs), 20)
    every = summary.mismatches(records)
    (alone,) = summary.mismatches([one for one in records if one.setting.target.name == "cifar100"])
    assert alone.slope.low > every[-1].slope.low


def test_a_seed_that_lacks_a_place_is_left_out(kept_pairs):
    records = [
        one
        for one in run.read(kept_pairs)
        if not (one.setting.seed == 0 and one.setting.source and one.setting.source.far == 2)
    ]
    assert summary.mismatches(records)[-1].slope.seeds == 5


def test_every_pair_is_drawn_where_it_was_measured(kept_pairs):
    found = summary.pairs(run.read(kept_pairs))
    figure = plot.scatter(found)
    drawn = {
        (round(float(x), 6), round(float(y), 6))
        for axes in figure.axes
        for line in axes.get_lines()
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    for one in found:
        for told in one.foretold.values():
            assert (round(math.exp(told), 6), round(one.gain.mean, 6)) in drawn

"""The law after transfer at finite size: what is inherited, its limits, and extreme inputs."""

import math
from dataclasses import replace

import numpy as np
import pytest
from examples import partly_inherited as made
from scipy.optimize import brentq
from scipy.stats import binom

from claims.observing.class_sizes import transferred
from claims.predicting.law import (
    IncomputableError,
    equal_classes_transfer,
    finite_readings,
    finite_scratch,
    finite_transfer,
    inherited,
    predict,
)
from claims.predicting.law.cascade import cascade
from claims.predicting.law.counted import counted
from claims.predicting.law.fields import field_correlation
from claims.predicting.law.inherited import Target, inherited_share, mixed, two_points
from claims.predicting.law.quadrature import hermite
from claims.predicting.law.transfer import task_signal
from model.run import signs
from model.sampling import Seeds
from model.scales import in_unit
from model.transfer import run_trial

MADE = made()
UP = counted(0.4, 40.0, 0.02, 20)


def target(inherited=6, m=20):
    run = cascade(0.4, 40.0, 0.02)
    return Target(0.4, 40.0, run, field_correlation(0.4, 40.0, 0.02), inherited, m)


@pytest.mark.parametrize("many", [1, 2, 7, 50])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_two_points(many, p):
    """Three moments of a binomial share; all of it where there is one filter."""
    found = two_points(many, p)
    values, weights = np.array(found[:2]), np.array(found[2:])
    for power in (0, 1, 2, 3):
        exact = binom.expect(lambda k, q=power: (k / many) ** q, args=(many, p))
        assert float((weights * values**power).sum()) == pytest.approx(exact, rel=0.02)
    if many == 1:
        assert sorted(values) == pytest.approx([0.0, 1.0], abs=1e-6)


def test_much_inherited_noise_is_not_outweighed():
    """Half of the inherited filters stay active, and the others memorise the more."""
    little, much = (mixed(target(), UP, brought) for brought in (1.0, 1e4))
    assert much.inherited < little.inherited
    assert much.fresh > little.fresh
    assert much.pairs_inherited <= much.inherited
    assert much.m_1 > little.m_1


def test_one_filter_inherited_of_many():
    """The others memorise as from scratch."""
    found = mixed(target(1, 1000), UP, 10.0)
    alone = counted(0.4, 40.0, 0.02, 1000)
    assert found.m_1 == pytest.approx(alone.m_1, rel=0.01)
    assert found.fresh == pytest.approx(alone.v, rel=0.01)
    assert found.pairs_fresh == pytest.approx(alone.r * alone.v, rel=0.02)


@pytest.mark.parametrize("source", [0.5, 2.0])
def test_shares_of_trained_networks(source):
    """Of their own class, inherited and fresh filters are active on so many samples as the cascades
    say.
    """
    one = made(d=10**7, sigma1=1 / math.sqrt(source), inherited=10, signal=600.0)
    trial = run_trial(one, Seeds(3, 96))
    data = trial.draw.downstream
    active = (data.on_noise(trial.transfer.weights) > 0).numpy()
    own = (signs(20).unsqueeze(1) == data.labels.unsqueeze(1)).numpy()
    both = [*range(10), *range(20, 30)], [*range(10, 20), *range(30, 40)]
    old, new = (active[:, rows][own[:, rows]].mean() for rows in both)
    brought = source * UP.v
    assert new == pytest.approx(cascade(0.4, 40.0, 0.02).share, abs=0.03)
    assert old == pytest.approx(inherited_share(target(10), UP, brought), abs=0.03)


def test_nothing_inherited():
    assert finite_transfer(replace(MADE, inherited=0)) == finite_scratch(MADE)


def test_little_inherited():
    """It continues from the law from scratch."""
    one = made(m=1000, inherited=1)
    assert finite_transfer(one) == pytest.approx(finite_scratch(one), rel=0.05)


def test_many_samples_and_filters():
    """Near the limit's law, at common errors; equal classes are the same there."""
    n = 10**5
    one = made(n1=n, n2=n, d=10**13, m=500, inherited=50, signal=math.sqrt(2e8))
    found = finite_transfer(one)
    assert found == pytest.approx(predict(one).transfer, rel=0.1)
    assert found == pytest.approx(equal_classes_transfer(one), rel=0.01)


def test_unequal_classes_err_more():
    """The more, the rarer errors are."""
    ratios = [
        finite_transfer(one) / equal_classes_transfer(one) for one in (MADE, made(signal=400.0))
    ]
    assert 1 < ratios[0] < ratios[1] / 2


def test_signal_helps_and_noise_harms():
    assert finite_transfer(made(sigma1=0.3)) < finite_scratch(MADE) / 2
    unshared = made(universal=1e-4, n1=600)
    assert finite_transfer(unshared) > 1.1 * finite_scratch(unshared)


@pytest.mark.parametrize("factor", [10.0, 1e-100])
def test_scale_does_not_matter(factor):
    scaled = in_unit(MADE, factor)
    assert finite_transfer(scaled) == pytest.approx(finite_transfer(MADE), rel=1e-4)


@pytest.mark.parametrize(
    "changes", [{"n1": 1}, {"n2": 1}, {"m": 1, "inherited": 1}, {"inherited": 20}], ids=str
)
def test_extreme_sizes(changes):
    assert 0 < finite_transfer(made(**changes)) <= 0.55


def test_refused():
    with pytest.raises(IncomputableError, match="h_2 = "):
        finite_transfer(replace(MADE, sigma2=1e-160))


# Much inherited noise, N q/d near 0.2 -------------------------------------------------------------

CROWDED = made(d=10**5, signal=60.0, sigma1=0.4, inherited=14)


@pytest.fixture(scope="module")
def crowded():
    """The mean error of 300 networks."""
    return transferred(CROWDED, Seeds(5, 60)).measured


def test_signals_fit_the_source_and_noise_lies_along_it(crowded):
    """0.03 nats are the networks' own."""
    assert math.log(crowded / finite_transfer(CROWDED)) == pytest.approx(0, abs=0.12)


@pytest.mark.parametrize("times", [0.0, 1.5], ids=["none", "half more"])
def test_noise_along_the_source_s_signal_is_told(crowded, monkeypatch, times):
    whole = finite_transfer.__wrapped__
    monkeypatch.setitem(
        whole.__globals__, "task_signal", lambda regime: times * task_signal(regime)
    )
    assert abs(math.log(crowded / whole(CROWDED))) > 0.15


def test_two_filters():
    """Pairs have nothing negative in common."""
    for m in (1, 2, 3):
        assert 0 < finite_transfer(made(m=m, inherited=m)) < 0.6


@pytest.mark.parametrize("n2", [2, 3, 4, 5])
def test_hardly_any_target_samples(n2):
    assert 0 < finite_transfer(made(n2=n2)) < 0.5


def test_noise_is_not_orthogonal_to_a_signal_that_is_not_there():
    """With v_2 = 0 the angle between v_1 and v_2 means nothing."""
    alone = made(v2=0.0, v1=20.0)
    assert finite_transfer(replace(alone, cos_v=0.5)) == finite_transfer(alone)


def test_equal_classes_without_anything_inherited():
    scratch = replace(MADE, inherited=0)
    assert equal_classes_transfer(scratch) == finite_readings(scratch)["equal classes"]


def _agreeing(share, near):
    nodes, across = hermite(10)
    _, own = hermite(8)
    push = np.maximum(0.0, nodes[:, None] + np.linspace(-1.0, 1.0, 8))
    at = (0.6 * nodes, push, 0.5, own, across)
    return at, inherited._agreeing(*at, share, near)


@pytest.mark.parametrize("near", [-3.0, -0.5, 0.4, 1.5])
@pytest.mark.parametrize("share", [0.55, 0.62, 0.7])
def test_the_strength_is_where_scipy_finds_it(share, near):
    at, found = _agreeing(share, near)

    def excess(strength):
        return inherited._mean(*at, strength) - share

    wanted = brentq(excess, -4.0, 2.0, xtol=1e-12)
    assert found == pytest.approx(wanted, abs=2e-3)


@pytest.mark.parametrize(("share", "end"), [(0.2, -4.0), (0.999, 2.0)])
def test_the_strength_ends_where_no_share_is_as_small_or_as_large(share, end):
    assert _agreeing(share, -0.5)[1] == end


def test_no_share_has_no_strength():
    assert math.isnan(_agreeing(math.nan, -0.5)[1])

"""Errors averaged over networks that are stratified over their class sizes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from examples import regime
from scipy.stats import binom

from claims.observing import class_sizes
from claims.observing.class_sizes import (
    broad_counts,
    drawn_counts,
    predict_finite,
    predict_transfer,
    stratified,
    transferred,
    transferred_with_error,
    turned,
    with_counts,
    with_error,
)
from claims.predicting import law
from model.sampling import Seeds, sample
from model.test_error import estimate_error
from model.transfer import run_trial, train_task

MADE = regime(n1=1, n2=24, d=10**6, m=5, inherited=0, signal=700.0, sigma2=1.0, h=0.4, steps=100)


@pytest.mark.parametrize("many", [24, 96])
def test_counts_are_weighted_to_the_binomial_law(many):
    """Weighted frequencies are binomial, to what so many quantiles can tell, and no weight is above
    3.
    """
    counts, weights = drawn_counts(MADE, many)
    assert len(counts) == len(weights) == many
    assert weights.max() <= 3
    assert weights.mean() == pytest.approx(1, abs=4 / many)
    assert weights @ counts / many == pytest.approx(12, abs=40 / many)
    assert np.all(np.diff(counts) >= 0)


def test_rare_sizes_are_drawn():
    """With tau near 100, networks whose smaller class has 5 of 24 samples or fewer make the error:
    1 in 150 of all, and many of those drawn.
    """
    made = regime(n1=1, n2=24, d=10**6, m=5, inherited=0, signal=2000.0, sigma2=1.0, h=0.4)
    counts, weights = drawn_counts(made, 96)
    rare = np.minimum(counts, 24 - counts) <= 5
    assert 2 * binom.cdf(5, 24, 0.5) < 1 / 100
    assert rare.mean() > 0.3
    assert weights[rare].max() < 0.2


def test_labels_alone_change():
    data = sample(MADE, Seeds(0, 3)).downstream
    changed = with_counts(data, np.array([0, 5, 24]))
    assert torch.equal(changed.noise, data.noise)
    assert (changed.labels > 0).sum(1).tolist() == [0, 5, 24]
    assert set(changed.labels.unique().tolist()) == {-1.0, 1.0}


def test_the_mean_is_that_of_plain_draws():
    """Where errors are common enough for plain draws to see them."""
    made = regime(n1=1, n2=20, d=10**6, m=4, inherited=0, signal=300.0, sigma2=1.0, steps=60)
    draw = sample(made, Seeds(1, 400))
    run = train_task(made, 2, draw.downstream, draw.fresh)
    plain = estimate_error(run.weights, draw.downstream.signal, made, 2, Seeds(1, 400), 64).value
    found = stratified(made, Seeds(2, 20))
    assert found.networks == 20 * class_sizes.TIMES
    error = plain.std().item() / 20
    assert found.measured == pytest.approx(plain.mean().item(), abs=4 * error)


def test_how_unsure_the_mean_is():
    """Repeated on other seeds, it varies by what its standard error says."""
    found = [with_error(MADE, Seeds(root, 2)) for root in range(40)]
    assert found[0].networks == 2 * class_sizes.ALONE
    means = np.array([one.measured for one in found])
    errors = np.array([one.unsure for one in found])
    assert np.std(means) == pytest.approx(np.sqrt((errors**2).mean()), rel=0.35)
    assert found[0].foretold == stratified(MADE, Seeds(0, 1)).foretold


def test_what_is_foretold():
    """The law, its limit, and what leaves something out."""
    found = stratified(MADE, Seeds(0, 1)).foretold
    assert found["law"] == law.finite_scratch(MADE) == predict_finite(MADE)["scratch"]
    assert found["limit"] == law.predict(MADE).scratch == predict_finite(MADE)["limit"]
    assert found["equal classes"] < found["law"] / 3
    assert found["half the samples"] > 1.5 * found["law"]
    assert found["a tenth more signal"] < found["law"] < found["a tenth less signal"]
    assert found["a fifth more signal"] < found["a tenth more signal"]
    assert found["nothing left behind"] < found["law"]


@pytest.mark.parametrize("n", [1, 20, 300])
def test_broad_counts(n):
    """Weights give the binomial law back; sizes of three deviations are among a few dozen."""
    counts, weights = broad_counts(n, 48)
    assert weights.max() <= 3
    assert weights @ counts / 48 == pytest.approx(n / 2, rel=0.03)
    assert weights @ (counts - n / 2) ** 2 / 48 == pytest.approx(n / 4, rel=0.2)
    if n == 300:
        assert np.abs(counts - n / 2).max() > 2.5 * np.sqrt(n) / 2


def test_the_mean_after_transfer_is_that_of_plain_draws():
    made = regime(
        n1=20, n2=20, d=10**6, m=6, inherited=2, signal=300.0, sigma1=1.0, sigma2=1.0, steps=60
    )
    trial = run_trial(made, Seeds(1, 300))
    signal = trial.draw.downstream.signal
    plain = estimate_error(trial.transfer.weights, signal, made, 2, Seeds(1, 300), 64).value
    found = transferred(made, Seeds(2, 40))
    assert found.networks == 2 * 40 * class_sizes.TRANSFERRED
    error = plain.std().item() / 300**0.5
    assert found.measured == pytest.approx(plain.mean().item(), abs=5 * error)
    assert found.foretold["law"] == law.finite_transfer(made) == predict_transfer(made)["transfer"]
    assert found.foretold["limit"] == predict_transfer(made)["limit"]
    assert found.foretold["a fifth more signal"] < found.foretold["law"]
    assert found.foretold["law"] < found.foretold["a fifth less signal"]


def test_the_mean_after_transfer_is_known_to_its_error():
    made = regime(
        n1=20, n2=20, d=10**6, m=6, inherited=2, signal=300.0, sigma1=1.0, sigma2=1.0, steps=60
    )
    one, other = (transferred_with_error(made, Seeds(root, 12)) for root in (0, 1))
    assert one.networks == 2 * 12 * class_sizes.ALONE_TRANSFERRED
    assert one.measured != other.measured
    apart = np.hypot(one.unsure, other.unsure)
    assert abs(one.measured - other.measured) < 5 * apart
    assert 0.02 < one.unsure / one.measured < 0.3
    assert one.foretold["half more signal"] < one.foretold["law"] == law.finite_transfer(made)
    assert one.foretold["law"] < one.foretold["a third less signal"]


def test_the_angle_is_left_out_of_what_is_foretold_alone():
    made = replace(
        regime(
            n1=20, n2=20, d=10**6, m=6, inherited=2, signal=300.0, sigma1=1.0, sigma2=1.0, steps=60
        ),
        cos_v=-0.5,
    )
    found = turned(made, Seeds(2, 8))
    assert found.measured == transferred(made, Seeds(2, 8)).measured
    assert found.foretold["law"] == law.finite_transfer(made)
    assert found.foretold["no angle"] == law.finite_transfer(replace(made, cos_v=0.0))
    assert found.foretold["half of the cosine"] == law.finite_transfer(replace(made, cos_v=-0.25))
    assert found.foretold["law"] > found.foretold["half of the cosine"] > found.foretold["no angle"]

"""Test error by line sampling: against closed forms, against fresh examples in R^d, and at the
edges.

Networks of the closed forms are built by hand: a filter is what it makes of the signal and a row of
the noise. Statistical tests are binomial at LEVEL each. An interval is tested at twice its width
(6.6 standard deviations) where it must hold every time, and as declared where its coverage is what
is tested.
"""

import math

import numpy as np
import pytest
import torch
from examples import KINDS, regime
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import binom, norm

from model import test_error
from model.engines.network import TwoLayerCNN
from model.sampling import Seeds, fresh_noise, projected
from model.test_error import INTERVAL_WIDTH, _below, estimate_error, preactivation_factor
from model.transfer import run_trial

LEVEL = 1e-7


def network(*filters):
    """(1, 2m, d) from (signal output, *noise row) of each filter, and the regime and signal they
    belong to: <w, s> and P w as given, sigma = 1.
    """
    made = regime(u=1.0, v1=0.0, v2=0.0, sigma2=1.0, d=12, m=len(filters) // 2, inherited=0)
    weights = torch.zeros(1, len(filters), made.d, dtype=torch.float64)
    for r, (signal, *row) in enumerate(filters):
        weights[0, r, 0] = signal
        weights[0, r, 3 : 3 + len(row)] = torch.tensor(row, dtype=torch.float64)
    signal = torch.zeros(made.d, dtype=torch.float64)
    signal[0] = 1
    return weights, signal, made


def estimate(filters, seeds, lines=512):
    """The same network for every seed: estimates that differ in their lines only."""
    weights, signal, made = network(*filters)
    return estimate_error(weights.expand(seeds.count, -1, -1), signal, made, 2, seeds, lines)


def missed(found, truth, width=1.0, rounding=1e-6):
    """Seeds whose interval, `width` times as wide as declared, leaves the truth out by more than
    rounding.
    """
    low, high = (
        found.value - width * (found.value - found.low),
        found.value + width * (found.high - found.value),
    )
    return int(((low > truth * (1 + rounding)) | (high < truth * (1 - rounding))).sum())


# Closed forms -------------------------------------------------------------------------------------


def one_against(t):
    """(1) Signal output t against one noisy filter: 1/2 Phi(-t), the error of label +1."""
    return ((t,), (0, 1)), ndtr(-t) / 2


def two_against(t):
    """(2) Against the mean of two orthonormal ones: P(relu Z + relu Z' > t) = Phi(-t) + Phi(x)
    Phi(-x), x = t / sqrt 2.
    """
    x = t / math.sqrt(2)
    return ((t,), (0,), (0, 1, 0), (0, 0, 1)), (ndtr(-t) + ndtr(x) * ndtr(-x)) / 2


def one_each(t):
    """(3) Both labels at output t, m = 1, orthonormal noise: P(relu Z' > t + relu Z) = 1/2 Phi(-t)
    + int_0^inf phi(z) Phi(-t - z) dz.
    """
    tail, _ = quad(lambda z: norm.pdf(z) * ndtr(-t - z), 0, math.inf, epsabs=0, epsrel=1e-10)
    return ((t, 1, 0), (-t, 0, 1)), ndtr(-t) / 2 + tail


def unequal(t, rho=-0.6):
    """(4) The same with noise of standard deviations 1 and 1/2 and correlation rho, given one
    filter's pre-activation z.
    """

    def err(own, other):  # P(relu(Z') > t + relu(Z)), Z' of standard deviation `other`
        sd = other * math.sqrt(1 - rho**2)
        part, _ = quad(
            lambda z: norm.pdf(z) * ndtr((rho * other * z - t - max(own * z, 0)) / sd),
            -40,
            40,
            points=[0, rho * t / other],
            epsabs=0,
            epsrel=1e-10,
            limit=200,
        )
        return part

    return ((t, 1, 0), (-t, 0.5 * rho, 0.5 * math.sqrt(1 - rho**2))), (
        err(1, 0.5) + err(0.5, 1)
    ) / 2


FAR = [12.0, 20.0]
CLOSED_FORMS = [
    pytest.param(form, t, id=f"{form.__name__}-{t}")
    for form in (one_against, two_against, one_each, unequal)
    for t in [0.3, 1.0, 2.0, 4.0, 5.5, *FAR]  # errors from 0.4 to 1e-8, then down to 1e-89
]


@pytest.mark.parametrize(("form", "t"), CLOSED_FORMS)
def test_closed_form(form, t):
    """As many digits of a rare error as of a common one: 512 lines give tens of per cent, 100 seeds
    a few.
    """
    filters, truth = form(t)
    found = estimate(filters, Seeds(1, 100))
    assert (found.high - found.low).mean() <= 0.4 * truth
    assert found.value.mean().item() == pytest.approx(truth, rel=0.03, abs=0)
    if form is not two_against:  # see the known weakness below
        # What lines rarely meet no spread can tell of: here up to 1e-3 of the error.
        assert missed(found, truth, width=2, rounding=2e-3) == 0


@pytest.mark.parametrize("t", [0.0, 0.3, 2.0])
@pytest.mark.parametrize("rho", [-0.05, -0.01, -1e-6, -1e-12, 1e-12, 0.01, 0.05])
def test_filters_hardly_correlated(t, rho):
    """Along the line of one the other hardly changes: where it turns on, if at all, is far beyond
    the line's ends.
    """
    filters, truth = unequal(t, rho)
    found = estimate(filters, Seeds(13, 100))
    assert missed(found, truth, width=2) == 0
    assert found.value.mean().item() == pytest.approx(truth, rel=0.03)


@pytest.mark.parametrize("m", [1, 2, 3])
@pytest.mark.parametrize("scale", [1e-100, 1.0, 1e100])
def test_ties_are_no_error(m, scale):
    """No signal, 2m orthonormal filters: all off, so y f = 0, with probability 4^-m; else either
    sign alike. At any scale.
    """
    filters = [(0, *(scale * (k == r) for k in range(2 * m))) for r in range(2 * m)]
    found = estimate(filters, Seeds(2, 100))
    assert missed(found, (1 - 4.0**-m) / 2, width=2) == 0
    assert found.value.mean().item() == pytest.approx((1 - 4.0**-m) / 2, rel=0.01)


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        pytest.param(((0,), (0,)), 0, id="all zero: f is 0"),
        pytest.param(((2,), (-3,)), 0, id="right without noise"),
        pytest.param(((-2,), (3,)), 1, id="wrong without noise"),
        pytest.param(((-2,), (0,)), 0.5, id="wrong on y = -1, 0 on y = +1"),
        pytest.param(((2,), (3,)), 0.5, id="wrong on y = +1, 0 on y = -1"),
        pytest.param(((0, 1), (0,)), 0.5 * 0.5, id="noise against y = -1 alone"),
        pytest.param(((0, 1), (-0.5,)), 0.5 * ndtr(-0.5), id="Phi, label -1"),
        pytest.param(
            ((5,), (3, 2)), 0.5 * ndtr(-1), id="difference of outputs over the standard deviation"
        ),
        pytest.param(((1,), (1,), (-1,), (-1,)), 0, id="duplicates without noise"),
        pytest.param(
            ((2,), (0,), (0, 1), (0, 1)),
            0.5 * ndtr(-1),
            id="duplicate filters against: their mean is one of them",
        ),
        pytest.param(
            ((2,), (0,), (0, 1), (0, 3)),
            0.5 * ndtr(-0.5),
            id="parallel filters against: one of the mean norm",
        ),
        pytest.param(
            ((1,), (0,), (0, 1), (0, -1)),
            0.5 * 2 * ndtr(-1),
            id="opposite filters against: one is always on",
        ),
    ],
)
def test_degenerate_networks(filters, error):
    """Covariances of rank 0 and 1: no nan, and the answer to rounding or, where lines must be
    drawn, within the interval.
    """
    found = estimate(filters, Seeds(3, 50))
    assert all(bool(torch.isfinite(x).all()) for x in (found.value, found.low, found.high))
    assert missed(found, error, width=2) == 0
    assert missed(found, error, width=2, rounding=0) == 0 or error not in (0, 0.5, 1)


def test_duplicate_filters_among_others():
    """Every filter twice is the network of half the width, whose covariance has full rank: in one
    batch with one that has it.
    """
    half, _ = unequal(1.0)
    double, truth = (half[0], half[0], half[1], half[1]), unequal(1.0)[1]
    (weights, signal, made), other = (
        network(*double),
        network(*((1, *row) for row in np.eye(4).tolist()))[0],
    )
    batch = torch.cat([weights, other, weights])
    found = estimate_error(batch, signal, made, 2, Seeds(4, 3), 4096)
    assert (
        missed(type(found)(found.value[::2], found.low[::2], found.high[::2]), truth, width=2) == 0
    )
    alone = estimate_error(other, signal, made, 2, Seeds(4, 1, first=1), 4096)
    assert found.value[1].item() == pytest.approx(alone.value.item(), rel=1e-12)


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        pytest.param(((0.7, 0.3, 0.2), (0.7, 0.3, 0.2)), 0, id="w_+ = w_-: f is 0"),
        pytest.param(
            ((0, 1.3, 0.1), (0, 0.4, 0.7), (0, 0.4, 0.7), (0, 1.3, 0.1)), 0, id="the same, m = 2"
        ),
    ],
)
def test_filters_that_cancel_are_ties(filters, error):
    assert estimate(filters, Seeds(5, 50)).value.max() <= error


ELSEWHERE = [
    pytest.param(*unequal(5.5, rho=0.6), id="positively correlated signs"),
    pytest.param(
        ((5.5,), (0,), (0, 1), (0, -1)), ndtr(-5.5), id="opposite filters, whose sum vanishes"
    ),
]


@pytest.mark.parametrize(("filters", "error"), ELSEWHERE)
def test_rare_errors_along_other_directions(filters, error):
    """Where the sum of the filters against does not point."""
    found = estimate(filters, Seeds(6, 1000), lines=256)
    assert binom.sf(missed(found, error) - 1, 1000, 0.005) > LEVEL
    assert found.value.mean().item() == pytest.approx(error, rel=0.02, abs=0)


def one_direction(factor, readout, output, directions, many):
    """Lines along the sum alone."""


def overlapping(p, b, readout, level, least, found):
    """Parts that are all of space: what lies in several is counted as often."""
    _below(p, b, readout, level, np.full_like(least, -40.0), found)


@pytest.mark.parametrize(
    ("helper", "planted_error"),
    [("_find_directions", one_direction), ("_below", overlapping)],
    ids=["one direction", "parts that overlap"],
)
def test_directions_and_parts_are_needed(monkeypatch, helper, planted_error):
    """Control: without either, one of these is missed."""
    monkeypatch.setattr(test_error, helper, planted_error)
    missing = [
        missed(estimate(case.values[0], Seeds(6, 1000), lines=256), case.values[1])
        for case in ELSEWHERE
    ]
    assert min(binom.sf(many - 1, 1000, 0.005) for many in missing) < LEVEL


@pytest.mark.xfail(
    reason=(
        "either of two orthogonal filters errs alone in 1.4% of the errors, which 256 lines hardly"
        " meet, and the interval is too narrow by that"
    )
)
def test_errors_beside_the_direction_in_which_they_begin_soonest():
    """A known weakness, of hand-made networks: what training makes is covered below."""
    filters, error = two_against(4.0)
    found = estimate(filters, Seeds(6, 1000), lines=256)
    assert binom.sf(missed(found, error) - 1, 1000, 0.005) > LEVEL


# Precision ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "t"),
    [(one_each, 0.0), (one_each, 2.0), (one_each, 5.5), (unequal, 0.5), (two_against, 0.5)],
)
def test_interval_covers_the_truth(form, t):
    """99.9% declared; no more misses over 1000 seeds than 99.5% allows, and the spread is the one
    declared.
    """
    filters, truth = form(t)
    found = estimate(filters, Seeds(7, 1000), lines=256)
    assert binom.sf(missed(found, truth) - 1, 1000, 0.005) > LEVEL
    declared = ((found.high - found.value) / INTERVAL_WIDTH).square().mean().sqrt()
    assert found.value.std().item() == pytest.approx(declared.item(), rel=0.15)
    # Control: a truth off by half an interval would be seen.
    assert (
        binom.sf(
            missed(found, truth + (found.high - found.value).mean().item() / 2) - 1, 1000, 0.005
        )
        < LEVEL
    )


@pytest.mark.parametrize("signal", [4.0, 10.0, 14.0])
def test_interval_covers_what_training_makes(signal):
    """Errors of trained networks, 1e-2 to 1e-12, scratch and transfer, taken as known from 250
    times as many lines.
    """
    made = regime(n1=20, n2=20, d=400, m=4, inherited=2, signal=signal, steps=60)
    trial = run_trial(made, Seeds(8, 1))
    for run in (trial.scratch, trial.transfer):
        truth = estimate_error(
            run.weights, trial.draw.downstream.signal, made, 2, Seeds(9, 1), 32_000
        )
        found = estimate_error(
            run.weights.expand(200, -1, -1),
            trial.draw.downstream.signal,
            made,
            2,
            Seeds(10, 200),
            128,
        )
        assert 1e-14 < truth.value.item() < 0.2
        outside = int(((found.high < truth.low) | (found.low > truth.high)).sum())
        assert binom.sf(outside - 1, 200, 0.005) > LEVEL


def test_more_lines_are_narrower():
    """As one over the root of their number."""
    filters, _ = unequal(2.0)
    few, many = (estimate(filters, Seeds(11, 50), lines) for lines in (128, 128 * 64))
    assert (
        (few.high - few.value).mean() / (many.high - many.value).mean()
    ).item() == pytest.approx(8, rel=0.2)


def test_interval_within_0_and_1():
    few = estimate(one_each(1.0)[0], Seeds(12, 500), lines=3)
    assert (few.low >= 0).all()
    assert (few.high <= 1).all()
    assert ((few.low <= few.value) & (few.value <= few.high)).all()
    assert (few.low == 0).any()


def test_a_seed_s_lines_are_the_same_in_any_batch():
    filters, _ = unequal(1.0)
    batch = estimate(filters, Seeds(13, 5, first=2))
    alone = [estimate(filters, Seeds(13, 1, first=2 + k)).value.item() for k in range(5)]
    assert batch.value.tolist() == pytest.approx(alone, rel=1e-12)
    assert len(set(alone)) == 5


# Fresh examples -----------------------------------------------------------------------------------

EXAMPLES = 200_000


def simulate(weights, signal, made, index, generator, is_wrong=torch.lt):
    """Errors, y f < 0, counted on fresh examples of task `index`, run through the network in
    R^d.
    """
    wrong = 0
    for _ in range(4):
        labels = torch.from_numpy(generator.integers(0, 2, EXAMPLES // 4) * 2.0 - 1.0)
        examples = torch.stack(
            [labels[:, None] * signal, fresh_noise(made, index, EXAMPLES // 4, generator)], 1
        )
        with torch.no_grad():
            wrong += int(is_wrong(labels * TwoLayerCNN(weights)(examples), 0).sum())
    return wrong


def agreement(wrong, found):
    """Binomial p-value of a count, for the most favourable error in twice the interval."""
    low, high = (2 * end.item() - found.value.item() for end in (found.low, found.high))
    return 2 * min(
        binom.sf(wrong - 1, EXAMPLES, min(high, 1)), binom.cdf(wrong, EXAMPLES, max(low, 0))
    )


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("plain", 2),
        ("cosine", 1),
        ("cosine", 2),
        ("no-universal", 1),
        ("no-signal", 2),
        ("smallest-dimension", 2),
        ("one-of-each", 2),
        ("lazy", 1),
    ],
)
def test_fresh_examples(name, index):
    """The network itself, in R^d: upstream, or downstream after transfer."""
    made = KINDS[name]
    trial = run_trial(made, Seeds(14, 1), level="explicit")
    data, run = (
        (trial.draw.upstream, trial.upstream)
        if index == 1
        else (trial.draw.downstream, trial.transfer)
    )
    found = estimate_error(run.weights, data.signal, made, index, trial.seeds, 8192)
    wrong = simulate(run.weights[0], data.signal, made, index, np.random.default_rng(15))
    assert agreement(wrong, found) > LEVEL


def test_wrong_examples_would_be_seen():
    """Control: the other task's noise, and ties counted as errors."""
    made = regime(m=1, sigma1=1.0, sigma2=1.0)
    trial = run_trial(made, Seeds(14, 1), level="explicit")
    weights, signal, generator = (
        trial.transfer.weights,
        trial.draw.downstream.signal,
        np.random.default_rng(16),
    )
    found = estimate_error(weights, 0 * signal, made, 2, trial.seeds, 8192)
    assert agreement(simulate(weights[0], 0 * signal, made, 2, generator), found) > LEVEL
    assert agreement(simulate(weights[0], 0 * signal, made, 2, generator, torch.le), found) < LEVEL
    found = estimate_error(weights, signal, made, 2, trial.seeds, 8192)
    assert agreement(simulate(weights[0], signal, made, 2, generator), found) > LEVEL
    assert (
        agreement(simulate(weights[0], signal, made, 1, generator), found) < LEVEL
    )  # orthogonal to v_1, not to v_2


# The law of pre-activations -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["plain", "cosine", "no-signal", "smallest-dimension", "more-samples-than-dimensions"]
)
@pytest.mark.parametrize("index", [1, 2])
def test_factor(name, index):
    """A A^T = sigma^2 W P W^T, whatever its rank (E7)."""
    made = KINDS[name]
    weights = run_trial(made, Seeds(17, 3), level="explicit").transfer.weights
    factor, rows = (
        preactivation_factor(weights, made, index),
        made.task(index).sigma * projected(weights, made, index),
    )
    expected = rows @ rows.transpose(1, 2)
    torch.testing.assert_close(
        factor @ factor.transpose(1, 2), expected, rtol=0, atol=1e-14 * expected.abs().max().item()
    )


def test_probability_on_a_line():
    """Exact for any piecewise linear function: against a grid of equal shares of the normal law,
    wrong in at most one a crossing.
    """
    generator = np.random.default_rng(18)
    shares = 20_000
    t = torch.from_numpy(norm.ppf((np.arange(shares) + 0.5) / shares))
    for filters in (2, 4, 6):
        p, b = (torch.from_numpy(generator.standard_normal((1, 20, filters))) for _ in range(2))
        b[0, 5:10, 0], p[0, 8:12, -1], b[0, 12:15], p[0, 14] = (
            0,
            0,
            0,
            0,
        )  # units that never switch, breakpoints at 0, nothing but units off
        readout = torch.from_numpy(generator.standard_normal(filters))
        for level in (-0.7, 0.0, 0.4):
            for least in (-40.0, -0.3, 1.1):
                found = np.empty((20, 1))
                _below(
                    p[0, :, None].numpy(),
                    b[0].numpy(),
                    readout.numpy(),
                    np.full(20, level),
                    np.full((20, 1), least),
                    found,
                )
                for line in range(20):
                    value = (readout * (p[0, line] + t[:, None] * b[0, line]).clamp_min(0)).sum(1)
                    share = ((value < level) & (t >= least)).double().mean().item()
                    assert found[line, 0] == pytest.approx(share, abs=(filters + 3) / shares)

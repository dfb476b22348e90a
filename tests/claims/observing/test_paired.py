"""Paired comparisons: what each change alters and what it keeps, and that the networks compared are
those of a trial on common seeds.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from examples import regime
from scipy.optimize import brentq

from claims.core import quantities
from claims.core.margin import Margin
from claims.observing import paired as pairs
from claims.observing.errors import LINES
from claims.observing.paired import (
    dimension,
    exceeds,
    head_start,
    paired,
    universal,
    upstream_noise,
    upstream_samples,
    width,
)
from model.run import signs
from model.sampling import Seeds
from model.test_error import ErrorEstimate, estimate_error
from model.transfer import inherit, run_trial

#: Every field differs between the tasks; sizes divide by the factors below without rounding.
WIDE = regime(
    n1=40,
    n2=60,
    d=10**6,
    m=12,
    inherited=3,
    signal=9.0,
    universal=0.3,
    sigma1=1.3,
    eta2=2e-5,
    steps1=50,
    steps2=70,
)
SMALL = regime(n1=9, n2=7, d=200, m=4, inherited=2, sigma1=1.2, steps1=14, steps2=11)
SEEDS = Seeds(3, 4)

# Changes ------------------------------------------------------------------------------------------

U, V1, S2 = WIDE.u**2, WIDE.v1**2, WIDE.u**2 + WIDE.v2**2


def tau_d(a, n1=40.0, sigma1=1.3, d=1e6):
    """tau_D from section 2 of the theory, for A, N_1, sigma_1 and d."""
    b = 60 * S2 / 0.7**2
    return (a / 4 + b) ** 2 / ((n1 * 0.7**2 / sigma1**2 / 16 + 60) * d)


A = 40 * U / 1.3**2
TAU_D = tau_d(A)
TAU_A, GAMMA, PRINTED = (
    40 * U**k / (16e6 * 1.3**2 * s**2) for k, s in ((2, 1.3), (2, 0.7), (1, 0.7))
)
TAU_2 = 60 * S2**2 / (0.7**4 * 1e6)


def sums(by):
    """Ratios of the candidates that add tau_2, which stays, to a term."""
    terms = {"tau_A": TAU_A, "Gamma": GAMMA, "Gamma_printed": PRINTED}
    return {
        f"{name}+tau_2": (by[name] * term + TAU_2) / (term + TAU_2) for name, term in terms.items()
    }


Q1 = (1.21 * U + V1) / (U + V1)
UNIVERSAL = {
    "q_1": Q1,
    "tau_1": Q1**2,
    "A": 1.21,
    "tau_A": 1.1**4,
    "Gamma": 1.1**4,
    "Gamma_printed": 1.21,
    "tau_D": tau_d(1.21 * A) / TAU_D,
    "Y": 1 / 1.21,
}
SAMPLES = dict.fromkeys(("tau_1", "A", "tau_A", "Gamma", "Gamma_printed", "X"), 4.0) | {
    "zeta_1": 0.5,
    "tau_D": tau_d(4 * A, n1=160.0) / TAU_D,
}
NOISE = {
    "q_1": 1 / 9,
    "zeta_1": 3.0,
    "tau_1": 1 / 81,
    "A": 1 / 9,
    "tau_A": 1 / 81,
    "Gamma": 1 / 9,
    "Gamma_printed": 1 / 9,
    "tau_D": tau_d(A / 9, sigma1=3.9) / TAU_D,
    "X": 1 / 9,
}
CROWDED = dict.fromkeys(
    (
        "tau_1",
        "tau_2",
        "tau_A",
        "Gamma",
        "Gamma_printed",
        "tau_D",
        "tau_A+tau_2",
        "Gamma+tau_2",
        "Gamma_printed+tau_2",
    ),
    0.2,
)
#: What a change does to every quantity of the catalogue, as a ratio; those that are not named stay.
CHANGES = {
    "universal": (universal(1.1), UNIVERSAL | sums(UNIVERSAL) | {"alpha_star": 1.21}),
    "samples": (upstream_samples(4), SAMPLES | sums(SAMPLES)),
    "noise": (upstream_noise(3.0), NOISE | sums(NOISE)),
    "dimension": (dimension(5.0), CROWDED),
    "width": (width(3), {}),
}
every_change = pytest.mark.parametrize(("change", "ratios"), CHANGES.values(), ids=CHANGES)


@every_change
def test_quantities(change, ratios):
    """h_1, h_2 stay in every one, and so do ||s_2||, alpha and zeta but where they are what is
    changed.
    """
    before, after = quantities.evaluate_all(WIDE), quantities.evaluate_all(change(WIDE))
    assert {name: after[name] / before[name] for name in before} == pytest.approx(
        dict.fromkeys(before, 1.0) | ratios, rel=1e-12
    )


#: The fields a change may touch.
FIELDS = {
    "universal": {"u", "v2"},
    "samples": {"n1", "eta1"},
    "noise": {"sigma1", "eta1"},
    "dimension": {"d", "eta1", "eta2", "sigma0"},
    "width": {"m", "inherited", "eta1", "eta2"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_fields(name):
    """And no other: of the two tasks, a change upstream leaves the downstream one alone."""
    before, after = WIDE.to_dict(), CHANGES[name][0](WIDE).to_dict()
    assert {field for field in before if before[field] != after[field]} == FIELDS[name]


@pytest.mark.parametrize("change", [universal, upstream_samples, upstream_noise, dimension, width])
def test_factor_one_changes_nothing(change):
    assert change(1)(WIDE).to_dict() == pytest.approx(WIDE.to_dict(), rel=1e-14)


@pytest.mark.parametrize("factor", [0.0, 0.03, 0.5])
def test_less_universal_signal(factor):
    """Down to none: what u loses, v_2 gains."""
    after = universal(factor)(WIDE)
    assert after.u == factor * WIDE.u
    assert math.hypot(after.u, after.v2) == pytest.approx(math.hypot(WIDE.u, WIDE.v2), rel=1e-14)


@pytest.mark.parametrize(("factor", "n1"), [(0.03, 1), (1e-9, 1), (0.26, 10), (2.01, 80)])
def test_whole_samples(factor, n1):
    """N_1 is rounded, to one at least, and h_1 is kept for the number there is."""
    after = upstream_samples(factor)(WIDE)
    assert after.n1 == n1
    assert quantities.catalogue()["h_1"](after) == pytest.approx(
        quantities.catalogue()["h_1"](WIDE)
    )


# Margins ------------------------------------------------------------------------------------------


def errors(*intervals):
    """Estimates, one seed each, from (low, high)."""
    low, high = (torch.tensor(end, dtype=torch.float64) for end in zip(*intervals, strict=True))
    return ErrorEstimate((low + high) / 2, low, high)


FIRST, SECOND = (
    errors((0.2, 0.3), (0.01, 0.02), (0.1, 0.1)),
    errors((0.1, 0.12), (0.01, 0.05), (0.1, 0.1)),
)


@pytest.mark.parametrize("nats", [0.0, 0.5, -2.0])
def test_exceeds(nats):
    """The worst and the best that the two intervals allow."""
    margin = exceeds(FIRST, SECOND, nats)
    assert margin.low == pytest.approx(
        [math.log(0.2 / 0.12) - nats, math.log(0.01 / 0.05) - nats, -nats]
    )
    assert margin.high == pytest.approx(
        [math.log(0.3 / 0.1) - nats, math.log(0.02 / 0.01) - nats, -nats]
    )


def test_exceeds_nothing():
    """An error that may be 0 is exceeded for certain only by what it may not reach."""
    margin = exceeds(errors((0.0, 0.1), (0.2, 0.3)), errors((0.01, 0.02), (0.0, 0.1)))
    assert margin.low.tolist() == [-math.inf, math.log(0.2) - math.log(0.1)]
    assert margin.high.tolist() == [math.log(0.1) - math.log(0.01), math.inf]


@pytest.mark.parametrize("nats", [0.0, 0.7])
def test_the_opposite_of_exceeds(nats):
    """first > e^nats second is not second > e^-nats first."""
    one, other = exceeds(FIRST, SECOND, nats), exceeds(SECOND, FIRST, -nats).negated
    np.testing.assert_allclose(one.low, other.low, atol=1e-15)
    np.testing.assert_allclose(one.high, other.high, atol=1e-15)


def test_negated():
    """Certain where the statement certainly fails, open where it is open; twice is the statement
    itself.
    """
    margin = Margin.between([-2.0, -1.0, 1.0], [-1.5, 1.0, 3.0])
    opposite = margin.negated
    assert (opposite.low.tolist(), opposite.high.tolist()) == ([1.5, -1.0, -3.0], [2.0, 1.0, -1.0])
    assert [(opposite.low >= 0).tolist(), (opposite.high < 0).tolist()] == [
        (margin.high < 0).tolist(),
        (margin.low >= 0).tolist(),
    ]
    again = opposite.negated
    assert (again.low.tolist(), again.high.tolist()) == (margin.low.tolist(), margin.high.tolist())


# Ladders ------------------------------------------------------------------------------------------


def of_trial(made, lines=LINES):
    """Test errors from scratch and after transfer, as a trial trains them."""
    trial = run_trial(made, SEEDS)
    return [
        estimate_error(run.weights, trial.draw.downstream.signal, made, 2, SEEDS, lines)
        for run in (trial.scratch, trial.transfer)
    ]


def same(first, second):
    return all(
        torch.equal(getattr(first, name), getattr(second, name))
        for name in ("value", "low", "high")
    )


@pytest.mark.parametrize("lines", [LINES, 32])
def test_every_rung_is_a_trial(lines):
    """The regime first, then its variants in order, all on the seeds given."""
    changes = (upstream_samples(2), width(2))
    seen = paired(*changes, lines=lines)(SMALL, SEEDS)
    for variant, made in enumerate([SMALL, *(change(SMALL) for change in changes)]):
        scratch, transfer = of_trial(made, lines)
        assert same(seen.scratch(variant), scratch)
        assert same(seen.transfer(variant), transfer)
        assert not same(scratch, transfer)


@pytest.mark.parametrize(
    ("scratch", "transfer", "each"), [(True, True, 3), (True, False, 1), (False, True, 2)]
)
def test_only_what_is_asked_is_trained(monkeypatch, scratch, transfer, each):
    """Upstream networks are needed for transfer alone; every network is counted."""
    trained, run = [], pairs.train_task
    monkeypatch.setattr(
        pairs,
        "train_task",
        lambda r, index, data, start: trained.append(start.shape[0]) or run(r, index, data, start),
    )
    seen = paired(upstream_noise(2.0), scratch=scratch, transfer=transfer, lines=8)(SMALL, SEEDS)
    assert [variant.networks for variant in seen.variants] == [each * 4] * 2
    assert seen.networks == sum(trained) == 2 * each * 4
    assert [
        ((variant.scratch is None), (variant.transfer is None)) for variant in seen.variants
    ] == [(not scratch, not transfer)] * 2


def test_not_asked_for_is_not_read():
    seen = paired(scratch=False, lines=8)(SMALL, SEEDS)
    with pytest.raises(AssertionError):
        seen.scratch(0)


# Head start ---------------------------------------------------------------------------------------

STARTED = replace(SMALL, cos_v=0.6, inherited=3)


@pytest.fixture(scope="module")
def head():
    return head_start(STARTED, SEEDS)


@pytest.fixture(scope="module")
def trial():
    return run_trial(STARTED, SEEDS)


def test_recorded_steps(head):
    """The start, the end and something in between; an error of each kind at every one."""
    assert (head.steps[0], head.steps[-1], head.networks) == (0, STARTED.steps2, 3 * SEEDS.count)
    assert len(head.steps) == len(head.scratch) == len(head.transfer) > 2
    assert np.all(np.diff(head.steps) > 0)


def test_errors_of_the_ends(head, trial):
    """At step 0 of the networks as they start, at the last of those that `run_trial` returns."""
    fresh = trial.draw.fresh
    ends = {
        (0, "scratch"): fresh,
        (0, "transfer"): inherit(trial.upstream.weights, fresh, STARTED.inherited),
        (-1, "scratch"): trial.scratch.weights,
        (-1, "transfer"): trial.transfer.weights,
    }
    for (place, name), weights in ends.items():
        expected = estimate_error(weights, trial.draw.downstream.signal, STARTED, 2, SEEDS, LINES)
        np.testing.assert_allclose(
            getattr(head, name)[place].value,
            expected.value,
            rtol=1e-9,
            err_msg=f"{name} at {place}",
        )


def test_errors_in_between(head):
    """Of the same runs, ended there."""
    for place, step in enumerate(head.steps.tolist()[1:-1], 1):
        ended = run_trial(replace(STARTED, steps2=step), SEEDS)
        for name, run in (("scratch", ended.scratch), ("transfer", ended.transfer)):
            expected = estimate_error(
                run.weights, ended.draw.downstream.signal, STARTED, 2, SEEDS, LINES
            )
            np.testing.assert_allclose(getattr(head, name)[place].value, expected.value, rtol=1e-9)


def test_along_u(head, trial):
    """j<w, u> of the inherited filters over A x_T/d, with x + e^x = h_1 T/2 + 1, from coordinates:
    u and v_1 are the first two axes.
    """
    k, m, t = STARTED.inherited, STARTED.m, STARTED.steps1
    h = STARTED.eta1 * STARTED.sigma1**2 * STARTED.d / (STARTED.n1 * m)
    x = brentq(lambda x: x + math.exp(x) - h / 2 * t - 1, 0.0, 50.0, xtol=1e-14)
    unit = STARTED.n1 * STARTED.u**2 / STARTED.sigma1**2 * x / STARTED.d
    weights = (signs(m)[:, None] * trial.upstream.weights).numpy()
    inherited = np.concatenate([weights[:, :k], weights[:, m : m + k]], axis=1)
    assert head.along_u.shape == (SEEDS.count, 2 * k)
    np.testing.assert_allclose(head.along_u, inherited[..., 0] * STARTED.u / unit, rtol=1e-9)
    np.testing.assert_allclose(
        head.gamma_ratio,
        inherited[..., 1] * STARTED.v1 / (inherited[..., 0] * STARTED.u),
        rtol=1e-9,
    )

"""What statements about many regimes look at: errors of the networks a trial trains, beside the
law's, and variants of a regime that keep what they say.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from examples import regime

from claims.core import quantities
from claims.observing import survey
from claims.observing.errors import LINES, scratch_only
from claims.observing.limit import approach
from claims.observing.shares import (
    SHARES,
    TIMES,
    Swept,
    best_by_finite_law,
    one_less,
    predict_finite_shares,
    shares,
    sweep_alpha,
    sweep_alpha_often,
)
from claims.observing.survey import crowd, narrow, predict
from claims.predicting import law
from model.sampling import Seeds
from model.test_error import estimate_error
from model.transfer import run_trial

MADE = regime(n1=9, n2=8, d=400, m=6, inherited=4, sigma1=1.2, steps1=14, steps2=11)
SEEDS = Seeds(2, 5)
#: With room to lose most of its dimensions.
LARGE = regime(
    n1=6, n2=8, d=10**8, m=4, inherited=2, signal=3000.0, sigma1=1.2, eta2=4e-8, zeta=0.01, steps=30
)


def errors(made, run, trial):
    """Test error of every seed."""
    return estimate_error(
        run.weights, trial.draw.downstream.signal, made, 2, SEEDS, LINES
    ).value.numpy()


# One regime ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trial():
    return run_trial(MADE, SEEDS)


@pytest.fixture(scope="module")
def surveyed():
    return survey.survey(MADE, SEEDS)


def test_errors(surveyed, trial):
    """Means over seeds, and their standard errors; those of the difference are paired."""
    scratch, transfer = (errors(MADE, run, trial) for run in (trial.scratch, trial.transfer))
    n = SEEDS.count
    assert [surveyed.scratch, surveyed.transfer] == pytest.approx(
        [scratch.mean(), transfer.mean()], rel=1e-14
    )
    assert surveyed.transfer_error == pytest.approx(
        math.sqrt(((transfer - transfer.mean()) ** 2).sum() / (n - 1) / n)
    )
    gap = transfer - scratch
    assert surveyed.difference == pytest.approx(
        (
            surveyed.transfer - surveyed.scratch,
            math.sqrt(((gap - gap.mean()) ** 2).sum() / (n - 1) / n),
        )
    )
    assert (surveyed.networks, surveyed.seeds) == (3 * n, n)


def test_share(surveyed, trial):
    """Counted filter by filter: of its own class's training samples, those it is active on."""
    weights, data, m = trial.scratch.weights, trial.draw.downstream, MADE.m
    active = own = 0
    for s in range(SEEDS.count):
        for r in range(2 * m):
            for i in range(MADE.n2):
                if data.labels[s, i] == (1 if r < m else -1):
                    own += 1
                    active += bool(torch.dot(weights[s, r], data.noise[s, i]) > 0)
    assert surveyed.share == pytest.approx(active / own, rel=1e-6)
    assert 0.5 < surveyed.share < 1


def test_predictions(surveyed):
    """The law with its own p, with 0.8, and in closed form; what is written down beforehand is the
    first.
    """
    assert surveyed.predicted == law.predict(MADE)
    assert surveyed.rounded == law.predict(MADE, 0.8)
    assert (surveyed.rounded.p, surveyed.closed_form) == (pytest.approx(0.8), law.closed_form(MADE))
    assert predict(MADE) == {
        "p": surveyed.predicted.p,
        "scratch": surveyed.predicted.scratch,
        "transfer": surveyed.predicted.transfer,
    }


def test_quantity(surveyed):
    assert surveyed.quantity("tau_D") == quantities.catalogue()["tau_D"](MADE)


def test_one_seed_has_no_spread():
    """And says so: a difference of one network is never beyond doubt."""
    one = survey.survey(MADE, Seeds(2, 1))
    assert (one.transfer_error, one.difference[1], one.seeds) == (math.inf, math.inf, 1)


def test_nothing_inherited():
    """Transfer is scratch: measured and predicted."""
    none = survey.survey(replace(MADE, inherited=0), SEEDS)
    assert (none.transfer, none.difference, none.predicted.transfer) == (
        none.scratch,
        (0.0, 0.0),
        none.predicted.scratch,
    )


# Over the inherited share -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def swept():
    return sweep_alpha(MADE, SEEDS)


def test_every_share_is_a_trial(swept, trial):
    """From scratch to transfer, every number in between as if it were the regime's own, on common
    seeds.
    """
    assert swept.alphas.tolist() == [k / 6 for k in range(5)]
    assert swept.errors[0] == pytest.approx(errors(MADE, trial.scratch, trial).mean(), rel=1e-12)
    for k in range(1, 5):
        made = replace(MADE, inherited=k)
        alone = run_trial(made, SEEDS)
        assert swept.errors[k] == pytest.approx(
            errors(made, alone.transfer, alone).mean(), rel=1e-9
        )
    assert len(set(swept.errors)) == 5


def test_networks(swept):
    """Upstream once, downstream once for each share."""
    assert swept.networks == (1 + 5) * SEEDS.count


def test_formulas(swept):
    variants = [replace(MADE, inherited=k) for k in range(5)]
    assert swept.predicted.tolist() == [law.predict(v).transfer for v in variants]
    assert swept.finite.tolist() == [law.finite_transfer(v) for v in variants]
    assert swept.tau_d.tolist() == [quantities.catalogue()["tau_D"](v) for v in variants]
    assert swept.alpha_star == pytest.approx(MADE.u**2 / (MADE.u**2 + MADE.v2**2))


@pytest.mark.parametrize(
    ("inherited", "m", "expected"),
    [
        (15, 24, (0, 3, 6, 9, 12, 15)),
        (24, 24, (0, 5, 10, 14, 19, 24)),
        (1, 4, (0, 1)),
        (4, 4, (0, 1, 2, 3, 4)),
        (0, 4, (0,)),
        (7, 9, (0, 1, 3, 4, 6, 7)),
    ],
)
def test_shares(inherited, m, expected):
    """Both ends, evenly spaced to a whole filter, none twice."""
    assert shares(regime(d=400, m=m, inherited=inherited)) == expected
    assert len(expected) <= SHARES


@pytest.mark.parametrize("inherited", [0, 1])
def test_few_shares(inherited):
    """One error for each share tried, however few there are."""
    few = sweep_alpha(replace(MADE, inherited=inherited), SEEDS)
    assert (
        len(few.alphas) == len(few.errors) == len(few.predicted) == len(few.tau_d) == inherited + 1
    )


def test_choices():
    """Costs against the best measured; ties go to the smaller share."""
    found = Swept(
        MADE,
        0,
        np.array([0.0, 0.25, 0.5, 1.0]),
        np.array([0.3, 0.1, 0.15, 0.1]),
        np.array([0.4, 0.3, 0.2, 0.2]),
        np.array([0.5, 0.4, 0.3, 0.2]),
        np.array([1.0, 2.0, 3.0, 4.0]),
        0.4,
    )
    assert (found.best, found.by_law, found.by_tau_d, found.nearest_star) == (1, 2, 3, 2)
    assert [found.regret(k) for k in range(4)] == pytest.approx([0.2, 0.0, 0.05, 0.0])
    assert (found.by_finite_law, one_less(found), best_by_finite_law(found)) == (3, 2, 3)
    assert [found.nats(k) for k in range(4)] == pytest.approx([np.log(3), 0.0, np.log(1.5), 0.0])
    assert one_less(replace(found, finite=np.array([0.1, 0.2, 0.2, 0.2]))) == 0


def test_swept_more_often():
    """What is preregistered is what is judged; a seed is several networks, never twice the same."""
    often = sweep_alpha_often(MADE, Seeds(2, 3))
    assert often.finite.tolist() == list(predict_finite_shares(MADE).values())
    assert often.networks == TIMES * 3 * 6
    assert often.errors.tolist() == sweep_alpha(MADE, Seeds(2, TIMES * 3)).errors.tolist()
    later = sweep_alpha_often(MADE, Seeds(2, 3, 3))
    assert (
        later.errors.tolist() == sweep_alpha(MADE, Seeds(2, TIMES * 3, TIMES * 3)).errors.tolist()
    )


# Variants -----------------------------------------------------------------------------------------


def changed(before, after):
    """Ratios of all quantities that are not the same."""
    values = {
        name: (quantity(before), quantity(after))
        for name, quantity in quantities.catalogue().items()
    }
    return {
        name: new / old
        for name, (old, new) in values.items()
        if old != pytest.approx(new, rel=1e-9)
    }


@pytest.mark.parametrize("factor", [2.0, 100.0, 1e5])
def test_crowd(factor):
    """Signal-to-noise falls by the root of what d falls by, and tau, h and zeta of both tasks stay,
    as do X, Y and alpha.
    """
    after = crowd(LARGE, factor)
    assert after.d == 1e8 / factor
    ratios = changed(LARGE, after)
    assert ratios.pop("Gamma_printed+tau_2") > 1  # what is not dimensionless does not stay
    assert ratios == pytest.approx(
        dict.fromkeys(("q_1", "q_2", "A", "B"), factor**-0.5) | {"Gamma_printed": factor**0.5}
    )
    assert (after.n1, after.n2, after.m, after.inherited, after.steps2) == (
        LARGE.n1,
        LARGE.n2,
        LARGE.m,
        LARGE.inherited,
        LARGE.steps2,
    )


def test_crowd_to_a_whole_dimension():
    """Rounded up; what that leaves of tau and h is one part in d."""
    after = crowd(LARGE, 3e5)
    assert after.d == 334
    for name in ("tau_2", "h_2", "zeta_2"):
        assert quantities.catalogue()[name](after) == pytest.approx(
            quantities.catalogue()[name](LARGE), rel=1 / 333
        )


@pytest.mark.parametrize("m", [1, 2, 9])
def test_narrow(m):
    """Width alone, and no inheritance: h, tau, zeta and q of both tasks stay."""
    after = narrow(LARGE, m)
    assert (after.m, after.inherited) == (m, 0)
    kept = [f"{name}_{k}" for name in ("h", "tau", "zeta", "q") for k in (1, 2)]
    assert not set(kept) & set(changed(LARGE, after))
    assert {f for f in after.to_dict() if after.to_dict()[f] != LARGE.to_dict()[f]} == {
        "m",
        "inherited",
        "eta1",
        "eta2",
    }


def test_approach():
    """Four trainings from scratch on common seeds, each less the law's prediction for it."""
    found = approach(LARGE, SEEDS)
    variants = {
        "near": LARGE,
        "lazy": replace(LARGE, sigma0=1000 * LARGE.sigma0),
        "narrow": narrow(LARGE, 1),
        "crowded": crowd(LARGE, 5e4),
    }
    for name, made in variants.items():
        error = scratch_only(made, SEEDS).scratch.error.value.numpy().mean()
        assert getattr(found, name) == pytest.approx(
            error - law.predict(made).scratch, rel=1e-9, abs=1e-12
        )
    assert len({found.near, found.lazy, found.narrow, found.crowded}) == 4
    assert found.networks == 4 * SEEDS.count

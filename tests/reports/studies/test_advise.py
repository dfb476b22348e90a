"""Advice from a specification, and what it costs when it is measured."""

import math
from dataclasses import replace

import numpy as np
import pytest
from advising import GROUPS, REGIME, refused, told

from claims.observing.errors import LINES
from claims.predicting.advice import advise as predict
from model.sampling import Seeds
from model.test_error import estimate_error
from model.transfer import run_trial
from reports.studies import advise
from reports.studies.sweep.spec import from_groups

# From a specification -----------------------------------------------------------------------------


def test_json(advise_on, specification):
    """What those who script against it may count on."""
    found, advice = told(advise_on(specification(), "--json")), predict(REGIME)
    assert set(found) == {
        "transfer",
        "inherited",
        "alpha",
        "alpha_star",
        "scratch",
        "advised",
        "nearest_alpha_star",
        "choices",
        "quantities",
        "lengths",
        "data",
        "shared",
        "outside",
        "condition",
        "measured_best",
    }
    assert (found["transfer"], found["inherited"], found["alpha"]) == (
        advice.transfer,
        advice.best.inherited,
        advice.best.alpha,
    )
    assert found["alpha_star"] == pytest.approx(1 / 1.2)
    shown = [found["scratch"], found["advised"], found["nearest_alpha_star"]]
    assert [choice["inherited"] for choice in shown] == [
        0,
        advice.best.inherited,
        advice.nearest_star.inherited,
    ]
    assert [choice["inherited"] for choice in found["choices"]] == [0, 1, 2, 3, 4]
    for choice in (*found["choices"], *shown):
        one = advice.choices[choice["inherited"]]
        assert choice == {
            "inherited": one.inherited,
            "alpha": one.alpha,
            "law": one.error,
            "below": False,
            "tau_D": one.tau_d,
            "measured": None,
        }
    assert set(found["quantities"]) == {"tau_2", "tau_D", "X", "Y", "q_1", "q_2"}
    assert found["quantities"]["tau_D"] == advice.best.tau_d  # of the share that is advised
    assert found["lengths"] == {
        name: getattr(REGIME, name) for name in ("u", "v1", "v2", "sigma1", "sigma2")
    }


@pytest.mark.parametrize("inherited", [0, 4])
def test_own_share_does_not_matter(advise_on, specification, inherited):
    assert told(advise_on(specification(inherited=inherited), "--json")) == told(
        advise_on(specification(), "--json")
    )


@pytest.mark.parametrize(
    ("groups", "words"), [({}, "transfer: inherit"), ({"Y": 300.0, "X": 30.0}, "do not transfer")]
)
def test_for_people(advise_on, specification, groups, words):
    code, out, _ = advise_on(specification(from_groups(GROUPS | groups)))
    assert code == 0
    assert words in " ".join(out.split())


def test_where_the_law_cannot_tell(advise_on, specification):
    code, out, _ = advise_on(
        specification(from_groups(GROUPS | {"n2": 80, "tau_2": 300.0, "Y": 1.05, "X": 0.1}))
    )
    assert code == 0
    assert "cannot tell the shares apart" in " ".join(out.split())


@pytest.mark.parametrize(
    "change", [{"u": 0.0, "v2": 0.0}, {"u": -1}, {"m": 0}, {"seeds": 0}], ids=str
)
def test_refused_specification(advise_on, specification, change):
    refused(advise_on(specification(**change)))


def test_no_universal_signal(advise_on, specification):
    """Y has no value; JSON has no infinity."""
    found = told(advise_on(specification(u=0.0), "--json"))
    assert (found["quantities"]["Y"], found["transfer"], found["alpha_star"]) == (None, False, 0.0)


@pytest.mark.parametrize("m", [1, 2, 7, 40])
def test_choices(m):
    """Both ends, what is advised, and no more than a screen."""
    advice = predict(replace(REGIME, m=m, inherited=0))
    numbers = [choice.inherited for choice in advice.choices]
    assert numbers == sorted(set(numbers))
    assert {0, m, advice.best.inherited, advice.nearest_star.inherited} <= set(numbers)
    assert len(numbers) <= 9


# Measured -----------------------------------------------------------------------------------------


def test_simulate(advise_on, specification):
    """Every choice that is shown, on the specification's own seeds."""
    found = told(advise_on(specification(), "--simulate", "--json"))
    expected = {cost.inherited: cost for cost in advise.costs(REGIME, Seeds(4, 3), [0, 1, 2, 3, 4])}
    for choice in (*found["choices"], found["scratch"], found["advised"]):
        cost = expected[choice["inherited"]]
        assert choice["measured"] == {"mean": cost.mean, "low": cost.low, "high": cost.high}
    code, out, _ = advise_on(specification(), "--simulate")
    assert (code, "measured" in out) == (0, True)


def test_costs_are_trials():
    """As if each number were the regime's own, on common seeds."""
    seeds = Seeds(4, 5)
    for cost in advise.costs(REGIME, seeds, [0, 3]):
        trial = run_trial(replace(REGIME, inherited=cost.inherited), seeds)
        errors = estimate_error(
            trial.transfer.weights, trial.draw.downstream.signal, REGIME, 2, seeds, LINES
        ).value.numpy()
        assert cost.mean == pytest.approx(errors.mean(), rel=1e-9)
        assert cost.high - cost.mean == pytest.approx(
            8.6103 * errors.std(ddof=1) / math.sqrt(5), rel=1e-3
        )  # Student's, 4 degrees, 0.0005


def test_interval_covers():
    """The mean of 400 seeds, from 8 at a time: each misses one in a thousand times."""
    found = [advise.costs(REGIME, Seeds(1, 8, first=8 * k), [2])[0] for k in range(50)]
    means = [cost.mean for cost in found]
    truth = np.mean(means)
    assert sum(not cost.low <= truth <= cost.high for cost in found) <= 2
    half = np.mean([cost.high - cost.mean for cost in found])
    assert (
        3.5 < half / np.std(means, ddof=1) < 7.5
    )  # 5.4 for 7 degrees: wide enough to be true, not so wide as to say nothing


def test_one_seed_says_nothing():
    """But is JSON."""
    (cost,) = advise.costs(REGIME, Seeds(0, 1), [1])
    assert (cost.low, cost.high) == (0.0, 1.0)

"""Advice that says where its model does not fit: bounds, refusals, and doubts in words."""

import math
from dataclasses import replace

import numpy as np
import pytest
from advising import REGIME, refused, told

from claims.predicting import law
from claims.predicting.advice import advise as predict
from claims.predicting.advice import searched
from model.regime import Regime
from reports.studies import advise

#: Inside Condition 4.1.
INSIDE = Regime(
    u=8, v1=8, v2=8, cos_v=0, sigma1=1, sigma2=1, n1=60, n2=60, d=10**6, m=20, inherited=8,
    eta1=2.4e-4, eta2=2.4e-4, steps1=200, steps2=200, sigma0=1e-6,
)  # fmt: skip


def words(result):
    code, out, err = result
    assert (code, err.strip()) == (0, ""), err
    return " ".join(out.split())


# A specification outside the law's range ----------------------------------------------------------


def test_inside():
    assert law.outside(INSIDE) == ()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"sigma0": 1e-3}, "initial weights are too large (source: "),
        ({"sigma1": 1e-4}, "the signal, not noise, fits the training set (source: "),
        ({"v2": 800.0}, "the signal, not noise, fits the training set (target: "),
        ({"eta2": 0.02}, "steps are too large: h = 16.7, more than 15 (target)"),
        ({"steps1": 3}, "there are fewer than 5 steps (source)"),
        ({"steps2": 4}, "there are fewer than 5 steps (target)"),
        ({"eta1": 1e-6}, "hardly anything is memorised: hT = 0.167 (source)"),
        ({"d": 1000, "eta1": 0.2, "eta2": 0.2}, "there are too few dimensions: N²/d = 3.6"),
        ({"m": 4, "inherited": 1}, "there are too few filters (source: "),
        ({"n2": 10}, "there are too few samples (target: "),
    ],
    ids=str,
)
def test_every_bound(change, why, advise_on, specification):
    """Each is told, and makes the advice a guess; what is predicted is shown."""
    made = replace(INSIDE, **change)
    assert any(reason.startswith(why) for reason in law.outside(made))
    assert told(advise_on(specification(made), "--json"))["outside"] == list(law.outside(made))
    said = words(advise_on(specification(made)))
    assert f"outside the law's range, a guess: {why}" in said
    assert "a guess: transfer" in said or "a guess: do not" in said or "a guess: the law" in said


@pytest.mark.parametrize(
    ("change", "clauses"),
    [({}, ["dimension.samples"]), ({"sigma0": 1e-3}, ["initialisation"])],
)
def test_condition_is_told_as_simulate_has_it(change, clauses, advise_on, specification):
    said = words(advise_on(specification(replace(INSIDE, **change))))
    assert "outside Condition 4.1 with practical constants: " in said
    assert all(clause in said.split("constants: ")[1] for clause in clauses)


def test_inside_condition(advise_on, specification):
    """Its range is the law's: no doubt is told."""
    # A source with little of the target's signal, and more noise: nothing is inherited.
    here = {"d": 10**7, "sigma1": 0.3, "eta1": 2.4e-4, "eta2": 2.4e-5, "sigma0": 1e-7}
    made = replace(INSIDE, u=1, v1=8, v2=14, **here)
    found = told(advise_on(specification(made), "--json"))
    assert found["condition"] == {"tiers": {"practical": True, "literal": False}, "broken": []}
    assert (found["outside"], found["transfer"]) == ([], False)
    said = words(advise_on(specification(made)))
    assert "inside Condition 4.1 with practical constants" in said
    assert "a guess" not in said


def test_errors_too_small_for_the_law(advise_on, specification):
    """A bound in place of the number; the share with the largest tau_D among them."""
    made = replace(INSIDE, v2=30, u=30)
    found = told(advise_on(specification(made), "--json"))
    assert {(choice["law"], choice["below"]) for choice in found["choices"]} == {(1e-5, True)}
    best = max(predict(made).choices, key=lambda choice: choice.tau_d)
    assert found["inherited"] == best.inherited
    said = words(advise_on(specification(made)))
    assert "< 1e-05" in said
    assert "1e-12" not in said
    assert "cannot tell the shares apart" in said


def test_short_runs_on_a_clean_source():
    """What is inherited is signal alone, and is foretold as it is measured (`costs`, 12 seeds)."""
    made = replace(INSIDE, sigma1=1e-4)
    foretold = {choice.inherited: choice.error for choice in predict(made).choices}
    for cost in advise.costs(made, advise.Seeds(0, 12), [3, 10]):
        assert cost.low <= foretold[cost.inherited] <= cost.high


@pytest.mark.parametrize("u", [1e160, 1e200])
def test_beyond_all_numbers(u, advise_on, specification):
    assert "the law cannot be computed" in refused(advise_on(specification(replace(INSIDE, u=u))))


# Many filters -------------------------------------------------------------------------------------


@pytest.mark.parametrize("m", [65, 1000, 10**6, 10**12])
def test_many_filters(m, monkeypatch):
    """A grid that narrows around the best share, in a bounded number of predictions; few of them
    are shown.
    """
    made, seen = replace(INSIDE, m=m, inherited=0, eta1=1.2e-5 * m, eta2=1.2e-5 * m), []

    def error(regime):
        seen.append(regime.inherited)
        return law.Law(0.8, 0.2, 0.1 + (regime.alpha - 0.377) ** 2)

    monkeypatch.setattr(law, "predict", error)
    monkeypatch.setattr(law, "finite_transfer", lambda regime: error(regime).transfer)
    found = searched(made)
    assert abs(found.best.alpha - 0.377) <= max(0.5 / m, 1 / 4096)
    assert len(seen) == len(set(seen)) <= 200
    numbers = [choice.inherited for choice in found.choices]
    assert numbers == sorted(numbers)
    assert {0, m, round(m / 2)} <= {*numbers}  # none, all, and alpha*
    shown = predict(made)
    assert shown.best.inherited == found.best.inherited
    assert {0, m, round(m / 2)} <= {choice.inherited for choice in shown.choices}
    assert len(shown.choices) <= 9


# Signals at an angle ------------------------------------------------------------------------------


def made_data(angle, generator, n=60, d=4000, square=64.0):
    """Both sets of the model: two signals of equal length with this cosine."""
    first, second = np.zeros(d), np.zeros(d)
    first[0] = 1.0
    second[:2] = angle, math.sqrt(1 - angle**2)
    sets = []
    for signal in (first, second):
        noise = generator.standard_normal((n, d))
        noise[:, :2] = 0
        labels = np.where(np.arange(n) % 2, 1, -1)
        patches = np.stack([labels[:, None] * math.sqrt(square) * signal, noise], 1)
        sets.append({"patches": patches, "labels": labels})
    return sets


SPEC = replace(INSIDE, d=4000, u=5, v1=5, v2=5, eta1=0.06, eta2=0.06, sigma0=1e-4, n1=60, n2=60)


@pytest.fixture
def advise_data(advise_on, specification, tmp_path):
    def advised(sets, *arguments, spec=SPEC):
        for name, content in zip(("source", "target"), sets, strict=True):
            np.savez(tmp_path / f"{name}.npz", **content)
        files = "--source", tmp_path / "source.npz", "--target", tmp_path / "target.npz"
        return advise_on(specification(spec), *files, *arguments)

    return advised


def test_signals_against_each_other(advise_data):
    """Swapped labels: transfer is predicted to harm, and the swap is asked after."""
    sets = made_data(0.7, np.random.default_rng(1))
    fine = told(advise_data(sets, "--json"))
    sets[0]["labels"] = -sets[0]["labels"]
    found = told(advise_data(sets, "--json"))
    assert not fine["shared"]["against"]
    assert found["shared"]["against"]
    assert found["shared"]["product"] == pytest.approx(-fine["shared"]["product"])
    assert not found["transfer"]
    assert found["choices"][-1]["tau_D"] < found["scratch"]["tau_D"] < fine["advised"]["tau_D"]
    assert found["alpha_star"] == 0
    said = words(advise_data(sets))
    assert "do not transfer" in said
    assert "point against each other" in said
    assert "are the labels of one set swapped?" in said


def test_nothing_shared_is_a_guess(advise_data):
    found = told(advise_data(made_data(0.0, np.random.default_rng(3)), "--json"))
    assert not found["shared"]["told"]
    said = words(advise_data(made_data(0.0, np.random.default_rng(3))))
    assert "do not tell a shared signal from none" in said


def test_a_specification_has_no_doubt_of_the_kind(advise_on, specification):
    assert told(advise_on(specification(), "--json"))["shared"] is None


def test_angle_of_a_specification(advise_on, specification):
    """cos_v counts in the law, in tau_D and in alpha*."""
    along, against = (
        told(advise_on(specification(replace(INSIDE, cos_v=cosine)), "--json"))
        for cosine in (1.0, -1.0)
    )
    assert (along["alpha_star"], against["alpha_star"]) == (1.0, 0.0)
    for one, other in zip(along["choices"][1:], against["choices"][1:], strict=True):
        assert one["law"] < other["law"]
        assert one["tau_D"] > other["tau_D"]


# Data that the model is not of --------------------------------------------------------------------


def plain(generator, labels, mean=0.0, signal=8.0, d=4000):
    patches = generator.standard_normal((len(labels), 2, d)) + mean
    patches[:, 0] = mean
    patches[:, 0, 0] += labels * signal
    return {"patches": patches, "labels": labels}


BALANCED = np.where(np.arange(60) % 2, 1, -1)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("mean", [0.2, -3.0])
@pytest.mark.parametrize("signal", [0.0, 8.0])
def test_a_common_mean_is_refused(advise_data, which, mean, signal):
    generator = np.random.default_rng(4)
    sets = [plain(generator, BALANCED, signal=signal) for _ in range(2)]
    sets[which] = plain(generator, BALANCED, mean, signal)
    said = refused(advise_data(sets))
    if signal:
        assert f"{('source', 'target')[which]} = " in said
        assert "must be centred" in said
    else:
        assert "must be centred" in said or "show no signal" in said


def test_pictures_of_eight_bits_are_refused(advise_data):
    """Numbers from 0 to 255, which have a mean."""
    generator = np.random.default_rng(5)
    sets = [
        {"patches": generator.integers(0, 256, (60, 2, 4000)).astype(np.uint8), "labels": BALANCED}
        for _ in range(2)
    ]
    assert "must be centred" in refused(advise_data(sets))


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("plus", [0, 6, 54, 60])
def test_unbalanced_labels_are_refused(advise_data, which, plus):
    generator = np.random.default_rng(6)
    sets = [plain(generator, BALANCED) for _ in range(2)]
    sets[which] = plain(generator, np.where(np.arange(60) < plus, 1, -1))
    said = refused(advise_data(sets))
    assert f"{('source', 'target')[which]} = '{plus} of 60 labels are 1'" in said


def test_fair_data_are_not_refused():
    """Control: of two hundred sets of the model, labels by the toss of a coin, none."""
    generator = np.random.default_rng(7)
    for _ in range(200):
        labels = generator.choice([-1.0, 1.0], 40)
        data = plain(generator, labels, signal=2.0, d=300)
        summed = labels[:, None] * data["patches"].sum(1)
        advise._check_labels("source", labels)
        advise._check_centred("source", summed, labels, 300)


@pytest.mark.parametrize("unit", [1e-160, 1e-100, 1e-50, 1e50, 1e90])
def test_data_in_any_unit(advise_data, unit):
    """The same advice, or one line."""
    sets = made_data(0.7, np.random.default_rng(1))
    expected = told(advise_data(sets, "--json"))
    for one in sets:
        one["patches"] = one["patches"] * unit
    if unit < 1e-150:
        refused(advise_data(sets))
        return
    spec = replace(
        SPEC, sigma0=SPEC.sigma0 / unit, eta1=SPEC.eta1 / unit**2, eta2=SPEC.eta2 / unit**2
    )
    found = told(advise_data(sets, "--json", spec=spec))
    assert found["inherited"] == expected["inherited"]
    assert found["scratch"]["law"] == pytest.approx(expected["scratch"]["law"], rel=1e-6)


def test_small_regime_is_outside():
    assert any("too few filters" in why for why in law.outside(REGIME))

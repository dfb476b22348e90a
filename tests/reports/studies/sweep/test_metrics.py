"""Sweeps: every metric by other means, and nothing trained twice or for nothing."""

from dataclasses import replace

import numpy as np
import pytest
from sweep_examples import REGIME

from claims.core import quantities
from claims.observing.errors import LINES
from claims.predicting import law
from model.run import DivergenceError
from model.sampling import Seeds
from model.test_error import estimate_error
from model.transfer import noise_norms, run_trial
from reports.studies.sweep import metrics
from reports.studies.sweep.metrics import METRICS, TRAINED, measure

SEEDS = Seeds(5, 4, first=8)


@pytest.fixture(scope="module")
def directly():
    """Every trained metric, one number a seed, by other means."""
    trial = run_trial(REGIME, SEEDS)
    signal_2, k, m = trial.draw.downstream.signal, REGIME.inherited, REGIME.m
    scratch, transfer = (
        estimate_error(run.weights, signal_2, REGIME, 2, SEEDS, LINES).value.numpy()
        for run in (trial.scratch, trial.transfer)
    )
    norms = [
        noise_norms(run.weights, REGIME, 2).numpy() ** 2 for run in (trial.transfer, trial.scratch)
    ]
    kept = [r for r in range(2 * m) if r % m < k]
    return {
        "transfer_error": transfer,
        "scratch_error": scratch,
        "difference": transfer - scratch,
        "scratch_loss": trial.scratch.loss[:, -1].numpy(),
        "transfer_loss": trial.transfer.loss[:, -1].numpy(),
        "noise_ratio": norms[0][:, kept].mean(1) / norms[1].mean(1),
    }


@pytest.mark.parametrize("others", [(), tuple(METRICS)], ids=["alone", "among all"])
@pytest.mark.parametrize("name", sorted(TRAINED))
def test_trained_metrics(directly, name, others):
    """Mean, standard error and median over seeds; whatever else is asked for."""
    values = directly[name]
    found = measure(REGIME, SEEDS, [*others, name] if name not in others else others)[name]
    expected = {"mean": values.mean(), "error": values.std(ddof=1) / 2, "median": np.median(values)}
    assert found == pytest.approx(expected, rel=1e-9)
    assert np.ptp(values) > 0


def test_formulas():
    found = measure(REGIME, SEEDS, [name for name in METRICS if name not in TRAINED])
    predicted = law.predict(REGIME)
    expected = {name: quantity(REGIME) for name, quantity in quantities.catalogue().items()}
    expected |= {"law_scratch": predicted.scratch, "law_transfer": predicted.transfer}
    expected |= {
        "law_finite_scratch": law.finite_scratch(REGIME),
        "law_finite_transfer": law.finite_transfer(REGIME),
    }
    assert {name: value["mean"] for name, value in found.items()} == expected
    assert {tuple(value) for value in found.values()} == {("mean",)}


def test_without_transfer_nothing_upstream_is_trained(monkeypatch):
    def refuse(*_):
        raise AssertionError("trained upstream")

    monkeypatch.setattr(metrics, "run_trial", refuse)
    assert (
        measure(REGIME, SEEDS, ["scratch_error", "scratch_loss", "law_transfer"])["scratch_error"][
            "mean"
        ]
        > 0
    )


def test_scratch_is_trained_once(monkeypatch):
    """With transfer, whichever is asked for first."""

    def refuse(*_):
        raise AssertionError("trained scratch by itself")

    monkeypatch.setattr(metrics, "train_task", refuse)
    assert list(measure(REGIME, SEEDS, ["scratch_loss", "scratch_error", "transfer_loss"])) == [
        "scratch_loss",
        "scratch_error",
        "transfer_loss",
    ]


def test_none():
    """Nothing inherited has no noise; u = 0 has no Y."""
    none = {"mean": None, "error": None, "median": None}
    assert measure(replace(REGIME, inherited=0), SEEDS, ["noise_ratio"])["noise_ratio"] == none
    assert measure(replace(REGIME, u=0.0), SEEDS, ["Y"])["Y"] == {"mean": None}


def test_divergence_is_none(monkeypatch):
    """One point that diverges upstream does not stop a sweep; what does not need upstream is still
    there.
    """
    diverging = replace(REGIME, v1=1e200)
    with pytest.raises(DivergenceError):
        run_trial(diverging, SEEDS)
    found = measure(diverging, SEEDS, ["transfer_error", "difference", "scratch_error", "X"])
    none = {"mean": None, "error": None, "median": None}
    assert (found["transfer_error"], found["difference"]) == (none, none)
    assert found["scratch_error"] == measure(REGIME, SEEDS, ["scratch_error"])["scratch_error"]

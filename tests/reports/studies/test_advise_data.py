"""Advice from data: archives of patches and labels, and how much they show."""

import math
from dataclasses import replace

import numpy as np
import pytest
from advising import REGIME, told

from claims.predicting.advice import advise as predict
from claims.predicting.estimation import estimate
from model.sampling import Seeds, noise_rank, sample
from reports.studies import advise


def believed(draws):
    """The regime that both sets make believe, by the estimates' own function."""
    sets = [(labels[:, None] * patches.sum(1))[None] for patches, labels in draws]
    return estimate(*sets, (noise_rank(REGIME, 1), noise_rank(REGIME, 2))).regimes(REGIME)[0]


def test_files_are_data(advise_on, specification, archives, draws):
    """What an archive says is what the same data say in memory."""
    made = believed(draws)
    found = told(advise_on(specification(), *archives(), "--json"))
    assert found["lengths"] == pytest.approx(
        {name: getattr(made, name) for name in found["lengths"]}, rel=1e-9
    )
    assert found["scratch"]["law"] == pytest.approx(predict(made).scratch.error, rel=1e-6)
    assert found["lengths"] != pytest.approx(
        {name: getattr(REGIME, name) for name in found["lengths"]}, rel=1e-3
    )


def test_estimate_is_the_same_from_a_draw(advise_on, specification, archives):
    """--estimate with all of the target, and files of that very draw."""
    drawn, filed = (
        told(advise_on(specification(), "--estimate", REGIME.n2, "--json")),
        told(advise_on(specification(), *archives(), "--json")),
    )
    assert drawn["lengths"] == pytest.approx(filed["lengths"], rel=1e-9)


def test_estimate_takes_so_many(advise_on, specification):
    few, all_ = (
        told(advise_on(specification(), "--estimate", size, "--json"))["lengths"]
        for size in (3, REGIME.n2)
    )
    assert [few[name] == all_[name] for name in ("sigma1", "sigma2")] == [True, False]


def test_sizes_of_files(draws, archives):
    """The source's size is the file's; the target's, which is trained on, the specification's."""
    _, source, _, target = archives(patches=draws[1][0][:5], labels=draws[1][1][:5])
    made = advise.from_files(replace(REGIME, n1=99), source, target).regime
    assert (made.n1, made.n2) == (10, 12)


def test_integers(advise_on, specification, archives):
    generator = np.random.default_rng(1)
    told(
        advise_on(
            specification(),
            *archives(
                patches=generator.integers(-3, 4, (6, 2, 200)).astype(np.int8),
                labels=np.array([1, -1, 1, -1, 1, 1], np.int8),
            ),
            "--json",
        )
    )


def noisy(draws, size, shrunk):
    """So many examples of the target, its signal times a factor."""
    patches, labels = (x[:size] for x in draws[1])
    signal = np.zeros(REGIME.d)
    draw = sample(REGIME, Seeds(4, 1)).downstream.signal.numpy()
    signal[: len(draw)] = draw
    is_signal = np.abs(patches - labels[:, None, None] * signal).max(2, keepdims=True) < 1e-12
    assert is_signal.sum() == size
    return {"patches": np.where(is_signal, shrunk * patches, patches), "labels": labels}


def test_what_data_show(advise_on, specification, archives, draws):
    """The signal's square, what noise alone makes of it, and whether that tells them apart."""
    found = told(advise_on(specification(), *archives(), "--json"))["data"]
    assert {name: signal["examples"] for name, signal in found.items()} == {
        "source": 10,
        "target": 12,
    }
    for name, rank, sigma, square in (
        ("source", 1, REGIME.sigma1, REGIME.u**2 + REGIME.v1**2),
        ("target", 2, REGIME.sigma2, REGIME.u**2 + REGIME.v2**2),
    ):
        signal, n = found[name], found[name]["examples"]
        deviation = sigma**2 * math.sqrt(2 * noise_rank(REGIME, rank) / (n * (n - 1)))
        assert signal["deviation"] == pytest.approx(deviation, rel=0.2)
        assert abs(signal["square"] - square) < 5 * math.hypot(
            deviation, 2 * sigma * math.sqrt(square / n)
        )
        assert signal["told"] == (signal["square"] > 2 * signal["deviation"])
    assert told(advise_on(specification(), "--json"))["data"] == {}


def test_a_guess(advise_on, specification, archives, draws):
    """Too few examples to tell: advice, and that it is a guess, and how many would do."""
    seen = {}
    for shrunk in np.linspace(0, 4, 21):
        code, out, err = advise_on(specification(), *archives(**noisy(draws, 6, shrunk)))
        seen[
            (
                "refused"
                if code
                else "guess"
                if "a guess: 6 target examples" in out.replace("\n", " ")
                else "told"
            )
        ] = shrunk
        assert code == 0 or "target = 6: examples show no signal" in err
    assert list(seen) == ["refused", "guess", "told"]  # as the signal grows


def test_enough_would_be(draws, archives):
    """Of a signal that is what it seems, so many examples are just enough: the deviation falls like
    1/n.
    """
    _, source, _, target = archives()
    signal = advise.from_files(REGIME, source, target).signals["target"]
    there = replace(
        signal, examples=signal.enough, deviation=signal.deviation * signal.examples / signal.enough
    )
    short = replace(
        signal,
        examples=signal.enough - 2,
        deviation=signal.deviation * signal.examples / (signal.enough - 2),
    )
    assert there.told
    assert not short.told

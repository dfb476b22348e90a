"""Runs after transfer beside the law: readings are what they are called, and errors are seen."""

import math
from dataclasses import replace

import numpy as np
import pytest
from examples import regime

from claims.core.catalogue import find
from claims.observing import dynamics
from claims.observing.exponents import off_by, spread
from claims.observing.learned import (
    MORE,
    Compared,
    compared,
    exponents,
    noise_by,
    predicted,
    signal_by,
)
from claims.observing.orders import VARIABLES
from claims.predicting.scalar import solve
from model.sampling import Seeds

CLAIM = find("lemma-a2.b.noise.exponents")
REGIME = regime(n1=40, n2=24, d=10**5, m=10, inherited=3, h=0.4, zeta=0.02, steps=60)


@pytest.fixture(scope="module")
def seen():
    return compared(REGIME, Seeds(3, 4))


def test_what_is_measured(seen):
    run = dynamics.after_transfer(REGIME, Seeds(3, 4))
    said = predicted(REGIME)
    noise, signal = run.own_mean[-1].mean(), run.signal[-1].mean()
    assert seen.networks == run.networks
    assert seen.noise["law"] == pytest.approx(math.log(noise / said["noise"]))
    assert seen.signal["law"] == pytest.approx(math.log(signal / said["signal"]))
    assert seen.noise["half"] == pytest.approx(math.log(noise / solve(1.0, 0.5 * 0.4 * 60)))
    assert math.exp(seen.logs[VARIABLES.index("x_T")]) == pytest.approx(
        float(solve(1.0, said["share"] * 0.4 * 60))
    )
    q = REGIME.task(2).signal_norm ** 2 / 0.7**2
    assert np.allclose(np.exp([seen.logs[k] for k in (0, 1, 2, 4, 5)]), (24, q, 10**5, 0.4, 10))
    curve, half = (solve(1.0, share * 0.4 * 60) for share in (said["share"], 0.5))
    assert seen.noise["curve"] == pytest.approx(math.log(noise / curve))
    assert seen.signal["half"] == pytest.approx(math.log(signal / (24 * q / 10**5 * half)))


def test_planted_readings(seen):
    assert seen.noise["law"] - seen.noise["more"] == pytest.approx(math.log(MORE["noise"]))
    assert seen.signal["law"] - seen.signal["more"] == pytest.approx(math.log(MORE["signal"]))


def made(seen, off=(0.0,) * 6, count=240, error=0.02):
    """Observations whose noise has these exponents beyond what the law says."""
    rng = np.random.default_rng(0)
    return [
        replace(
            seen,
            logs=tuple(logs),
            noise=dict.fromkeys(
                ("law", "curve"), float(np.dot(off, logs) + error * rng.standard_normal())
            ),
        )
        for logs in rng.normal(0.0, 1.0, (count, 6))
    ]


@pytest.mark.parametrize("place", range(6))
def test_an_exponent_that_is_off_is_seen(seen, place):
    by, off = exponents(noise_by("curve")), np.eye(6)[place]
    right, wrong = made(seen), made(seen, 0.1 * off)
    planted = by.within(0.05, **{VARIABLES[place]: 0.1})
    assert by.within(0.05)(right, {}).low > 0
    assert by.within(0.05)(wrong, {}).high < 0
    assert planted(right, {}).high < 0
    assert planted(wrong, {}).low > 0
    assert CLAIM.margin(right, {}).low > 0
    assert CLAIM.margin(wrong, {}).high < 0
    left = by.left(wrong)["beyond the declared exponent"]
    assert left[VARIABLES[place]][1] == pytest.approx(0.1, abs=0.01)


def test_levels(seen):
    """Two of three Gaussian gaps are below 0.97 of their deviation."""
    some: list[Compared] = made(seen)
    assert off_by(0.03, noise_by("law"))(some, {}).low > 0
    assert off_by(0.01, noise_by("law"))(some, {}).high < 0
    told = spread(some, readings={"law": noise_by("law")})
    assert told["regimes"] == 240
    assert told["law"]["value"] == pytest.approx(0.0194, rel=0.15)
    assert abs(told["law"]["mean"]) < 0.005


def test_an_unknown_variable_cannot_be_planted():
    with pytest.raises(ValueError, match="planted = "):
        exponents(signal_by("law")).within(0.05, n=0.25)

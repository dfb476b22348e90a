"""Advice on alpha: every share is predicted, the best is best, and the claim about advice from data reads what a survey holds."""

import math
from dataclasses import replace

import numpy as np
import pytest
from examples import regime

from claims import law, quantities
from claims.advice import CLAIMS, ENOUGH, RIGHT, Advice, Choice, advise, right_from
from claims.claim import Provenance
from claims.constants import load
from claims.law import Law
from claims.sharp_law import clear
from claims.survey import SIZES, Surveyed
from model.regime import RegimeError
from reports.sweep_spec import from_groups

GROUPS = {"n1": 40, "n2": 40, "d": 40_000, "m": 6, "inherited": 3, "tau_2": 1.0, "X": 1.0, "Y": 2.0}
#: 4.4: a source that is large and clean in noise, sharing nearly all or nearly nothing.
POSITIVE, NEGATIVE = from_groups(GROUPS | {"Y": 1.05, "X": 0.5}), from_groups(GROUPS | {"Y": 300.0, "X": 30.0})


# One regime ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def positive():
    return advise(POSITIVE)


def test_choices(positive):
    """None to all, each as if it were the regime's own."""
    assert [choice.inherited for choice in positive.choices] == list(range(7))
    assert [choice.alpha for choice in positive.choices] == [k / 6 for k in range(7)]
    for k, choice in enumerate(positive.choices):
        variant = replace(POSITIVE, inherited=k)
        assert choice.error == law.predict(variant).transfer
        assert choice.tau_d == quantities.catalogue()["tau_D"](variant)
    assert positive.scratch.error == pytest.approx(law.predict(POSITIVE).scratch)


@pytest.mark.parametrize("inherited", [0, 1, 6])
def test_own_share_does_not_matter(positive, inherited):
    assert advise(replace(POSITIVE, inherited=inherited)) == positive


@pytest.mark.parametrize(("made", "transfer"), [(POSITIVE, True), (NEGATIVE, False)], ids=["positive", "negative"])
def test_whether(made, transfer):
    found = advise(made)
    assert found.transfer is transfer
    assert (found.best.inherited > 0) is transfer
    assert found.best.error == min(choice.error for choice in found.choices)
    assert (found.scratch.error - found.choices[-1].error > 0.02) if transfer else (found.choices[-1].error - found.scratch.error > 0.02)


@pytest.mark.parametrize("made", [POSITIVE, NEGATIVE, replace(POSITIVE, u=0.0)], ids=["positive", "negative", "nothing shared"])
def test_alpha_star(made):
    found = advise(made)
    assert found.alpha_star == quantities.catalogue()["alpha_star"](made)
    gaps = [abs(k / 6 - found.alpha_star) for k in range(7)]
    assert found.nearest_star.inherited == gaps.index(min(gaps))


def test_one_filter():
    found = advise(from_groups(GROUPS | {"m": 1, "inherited": 0}))
    assert [choice.inherited for choice in found.choices] == [0, 1]


def test_no_signal():
    """Nothing to advise on: alpha* is 0/0."""
    with pytest.raises(RegimeError, match="must leave the target a signal"):
        advise(replace(POSITIVE, u=0.0, v2=0.0))


def choices(*pairs):
    return tuple(Choice(k, k / (len(pairs) - 1), error, tau) for k, (error, tau) in enumerate(pairs))


@pytest.mark.parametrize(
    ("pairs", "best"),
    [
        (((0.3, 1.0), (0.2, 2.0), (0.1, 0.5)), 2),  # the least error, whatever tau_D
        (((0.1, 9.0), (0.2, 2.0), (0.3, 0.5)), 0),
        (((1e-12, 5.0), (1e-12, 7.0), (1e-12, 6.0)), 1),  # errors too small to tell apart: tau_D
        (((1e-12, 7.0), (1e-12, 7.0)), 0),  # no reason to transfer
    ],
)
def test_best(pairs, best):
    found = Advice(choices(*pairs), 0.5)
    assert (found.best.inherited, found.transfer) == (best, best > 0)


@pytest.mark.parametrize(("star", "expected"), [(0.0, 0), (0.2, 0), (0.3, 1), (0.74, 1), (0.76, 2), (1.0, 2)])
def test_nearest(star, expected):
    assert Advice(choices((0.3, 1.0), (0.2, 2.0), (0.1, 0.5)), star).nearest_star.inherited == expected


# The claim about data --------------------------------------------------------------------------------

(CLAIM,) = CLAIMS


def surveyed(difference, share_positive, doubt=1e-4, sizes=SIZES, seeds=24):
    """A regime whose errors differ by so much, and whose data advise transfer in this share of sets."""
    gains = np.where(np.arange(20) < round(20 * share_positive), 1.0, -1.0)
    nothing = Law(0.8, 0.1, 0.1)
    return Surveyed(
        regime(), 1, nothing, nothing, 0.1, 0.2, 0.2 + difference, 0.01, (difference, doubt), 0.8, seeds, dict.fromkeys(sizes, gains)
    )  # fmt: skip


def test_right_from():
    """Positive gain is right where transfer errs less."""
    seen = [surveyed(-0.1, 0.9)] * 5 + [surveyed(0.1, 0.3)] * 5
    assert right_from(seen, SIZES[0]).value == pytest.approx(0.8)
    assert right_from(seen, SIZES[0], sense=-1.0).value == pytest.approx(0.2)


def test_only_clear_regimes_count():
    seen = [surveyed(-0.1, 1.0)] * 8 + [surveyed(-0.1, 0.0, doubt=0.1)] * 30 + [surveyed(-0.1, 0.0, doubt=math.inf)]
    assert len(clear(seen)) == 8
    assert (right_from(seen, SIZES[0]).value, right_from(seen, SIZES[0]).count) == (1.0, 8)


def test_no_gain_is_no_advice():
    """Neither sign is right about a gain of nought."""
    seen = [replace(surveyed(-0.1, 0.0), gains={3: np.zeros(20)})] * 9
    assert [right_from(seen, 3, sense).value for sense in (1.0, -1.0)] == [0.0, 0.0]


def test_every_size_is_its_own():
    gains = {size: np.ones(20) if size == ENOUGH else -np.ones(20) for size in SIZES}
    seen = [replace(surveyed(-0.1, 0.0), gains=gains)] * 9
    assert [right_from(seen, size).value for size in SIZES] == [float(size == ENOUGH) for size in SIZES]


def decided(seen, claim=CLAIM):
    """The interval of the claim's margin."""
    margin = claim.margin(seen, load())
    return margin.low[0], margin.high[0]


def test_margin():
    """Nine in ten is well above eight in ten; half is well below; three clear regimes say nothing."""
    good, bad = [surveyed(-0.1, 1.0)] * 40 + [surveyed(0.1, 0.05)] * 40, [surveyed(-0.1, 0.5)] * 40 + [surveyed(0.1, 0.55)] * 40
    assert decided(good)[0] > 0
    assert decided(bad)[1] < 0
    assert decided(good[:3]) == (-math.inf, math.inf)
    assert decided([surveyed(-0.1, RIGHT)] * 20) == (pytest.approx(0.0, abs=1e-9), pytest.approx(0.0, abs=1e-9))


def test_wrong_versions():
    """On a survey where the claim holds: the other sign, and three examples that say nothing, do not."""
    few = {size: np.where(np.arange(20) < (19 if size >= ENOUGH else 10), 1.0, -1.0) for size in SIZES}
    seen = [replace(surveyed(-0.1, 1.0), gains=few)] * 20 + [replace(surveyed(0.1, 1.0), gains={size: -gain for size, gain in few.items()})] * 20
    assert decided(seen)[0] > 0
    wrong = {version.name: CLAIM.wrong(version) for version in CLAIM.wrong_versions}
    assert set(wrong) == {"three", "flipped"}
    assert all(decided(seen, claim)[1] < 0 for claim in wrong.values())


def test_summary():
    seen = [replace(surveyed(-0.1, 1.0), gains={size: np.where(np.arange(20) < 10 + size / 4, 1.0, -1.0) for size in SIZES})] * 9
    found = CLAIM.summary(seen)
    shares = found["share right, by target examples"]
    assert list(shares) == [str(size) for size in SIZES]
    assert [shares[str(size)]["value"] for size in SIZES] == [float((10 + size / 4 > np.arange(20)).mean()) for size in SIZES]
    assert found["nine in ten from"] == 40


def test_nowhere_nine_in_ten():
    assert CLAIM.summary([surveyed(-0.1, 0.5)] * 9)["nine in ten from"] is None


def test_derived():
    assert CLAIM.provenance == (Provenance.D,)
    assert ENOUGH in SIZES

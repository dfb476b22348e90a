"""Advice on alpha: every share is predicted, the best is best, and the claim about advice from data
reads what a survey holds.
"""

import math
from dataclasses import replace

import pytest
from examples import regime

from claims.beyond.advice import CLAIMS, ENOUGH, RIGHT, WANTED, right_from
from claims.core import quantities
from claims.core.claim import Provenance
from claims.core.constants import load
from claims.deciding.shares import Share
from claims.observing.survey import SIZES, Surveyed, gains_from_data
from claims.predicting import law
from claims.predicting.advice import Advice, Choice, advise, searched
from claims.predicting.estimation import estimate, summed
from claims.predicting.law import Law
from model.regime import RegimeError
from model.sampling import Seeds, noise_rank, sample
from reports.studies.sweep.spec import from_groups

GROUPS = {"n1": 40, "n2": 40, "d": 40_000, "m": 6, "inherited": 3, "tau_2": 1.0, "X": 1.0, "Y": 2.0}
#: 4.4: a source that is large and clean in noise, sharing nearly all or nearly nothing.
POSITIVE, NEGATIVE = (
    from_groups(GROUPS | {"Y": 1.05, "X": 0.5}),
    from_groups(GROUPS | {"Y": 300.0, "X": 30.0}),
)


# One regime ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def positive():
    return advise(POSITIVE)


def test_choices(positive):
    """None to all, each as if it were the regime's own."""
    assert [choice.inherited for choice in positive.choices] == list(range(7))
    assert [choice.alpha for choice in positive.choices] == [k / 6 for k in range(7)]
    for k, choice in enumerate(positive.choices):
        variant = replace(POSITIVE, inherited=k)
        assert choice.error == law.finite_transfer(variant)
        assert choice.tau_d == quantities.catalogue()["tau_D"](variant)
    assert positive.scratch.error == law.finite_scratch(POSITIVE)


def test_a_few_are_named():
    """Of 40 filters every share is asked about; seven are named, the best, and the one nearest to
    alpha*.
    """
    made = from_groups(GROUPS | {"m": 40, "Y": 1.3, "X": 20.0})
    every, named = searched(made), advise(made)
    assert [choice.inherited for choice in every.choices] == list(range(41))
    assert set(named.choices) <= set(every.choices)
    assert len(named.choices) <= 9
    assert named.best == every.best
    assert named.nearest_star == every.nearest_star


@pytest.mark.parametrize("inherited", [0, 1, 6])
def test_own_share_does_not_matter(positive, inherited):
    assert advise(replace(POSITIVE, inherited=inherited)) == positive


@pytest.mark.parametrize(
    ("made", "transfer"), [(POSITIVE, True), (NEGATIVE, False)], ids=["positive", "negative"]
)
def test_whether(made, transfer):
    found = advise(made)
    assert found.transfer is transfer
    assert (found.best.inherited > 0) is transfer
    assert found.best.error == min(choice.error for choice in found.choices)
    assert (
        (found.scratch.error - found.choices[-1].error > 0.02)
        if transfer
        else (found.choices[-1].error - found.scratch.error > 0.02)
    )


@pytest.mark.parametrize(
    "made",
    [POSITIVE, NEGATIVE, replace(POSITIVE, u=0.0)],
    ids=["positive", "negative", "nothing shared"],
)
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
    return tuple(
        Choice(k, k / (len(pairs) - 1), error, tau) for k, (error, tau) in enumerate(pairs)
    )


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


@pytest.mark.parametrize(
    ("star", "expected"), [(0.0, 0), (0.2, 0), (0.3, 1), (0.74, 1), (0.76, 2), (1.0, 2)]
)
def test_nearest(star, expected):
    assert (
        Advice(choices((0.3, 1.0), (0.2, 2.0), (0.1, 0.5)), star).nearest_star.inherited == expected
    )


# The claim about data -----------------------------------------------------------------------------

(CLAIM,) = CLAIMS


def surveyed(difference, gain, doubt=1e-4, seeds=24):
    """A regime whose errors differ by so much, and whose data promise this gain: at every size, or
    by size.
    """
    nothing = Law(0.8, 0.1, 0.1)
    gains = gain if isinstance(gain, dict) else dict.fromkeys(SIZES, gain)
    return Surveyed(
        regime(),
        1,
        nothing,
        nothing,
        0.1,
        0.2,
        0.2 + difference,
        0.01,
        (difference, doubt),
        0.8,
        seeds,
        gains,
    )


#: Right and wrong either way, and regimes that say nothing.
RIGHT_EITHER_WAY, WRONG_EITHER_WAY = (
    [surveyed(-0.1, 0.2), surveyed(0.1, -0.2)],
    [
        surveyed(-0.1, -0.2),
        surveyed(0.1, 0.2),
    ],
)
UNCLEAR = [surveyed(-0.1, -1.0, doubt=0.1), surveyed(-0.1, -1.0, doubt=math.inf)]


def test_right_from():
    """A gain is right where transfer errs less, a loss where it errs more; only clear regimes
    count.
    """
    seen = RIGHT_EITHER_WAY + UNCLEAR + WRONG_EITHER_WAY
    assert right_from(seen, SIZES[0]) == Share(2, 4)
    assert right_from(seen[:4], SIZES[0]) == Share(2, 2)
    assert right_from(seen[:4], SIZES[0], sense=-1.0) == Share(0, 2)


def test_no_gain_is_no_advice():
    """Neither sign is right about a gain of nought."""
    seen = [surveyed(-0.1, 0.0)] * 9
    assert [right_from(seen, SIZES[0], sense).holding for sense in (1.0, -1.0)] == [0, 0]


def test_every_size_is_its_own():
    seen = [surveyed(-0.1, {size: 1.0 if size == ENOUGH else -1.0 for size in SIZES})]
    assert [right_from(seen, size).holding for size in SIZES] == [size == ENOUGH for size in SIZES]


def decided(seen, claim=CLAIM):
    """The interval of the claim's margin."""
    margin = claim.margin(seen, load())
    return margin.low[0], margin.high[0]


def test_margin():
    """Nineteen in twenty is well above three in four; half is well below; three clear regimes say
    nothing.
    """
    good, bad = (
        RIGHT_EITHER_WAY * 80 + WRONG_EITHER_WAY * 4,
        RIGHT_EITHER_WAY * 50 + WRONG_EITHER_WAY * 50,
    )
    assert decided(good + UNCLEAR * 100)[0] > 0
    assert decided(bad)[1] < 0
    low, high = decided(good[:3])
    assert low < 0 < high


def test_wrong_versions():
    """On a survey where the claim holds, and transfer helps as often as not: the other sign, and
    never to transfer, are wrong.
    """
    seen = RIGHT_EITHER_WAY * 100
    assert decided(seen)[0] > 0
    wrong = {version.name: CLAIM.mutated(version) for version in CLAIM.mutants}
    assert set(wrong) == {"never", "flipped"}
    assert all(decided(seen, claim)[1] < 0 for claim in wrong.values())


def test_summary():
    """More examples are right more often here; the least number that is right often enough is
    named.
    """
    shares = dict(zip(SIZES, (0.5, 0.6, 0.7, 0.9, 1.0), strict=True))
    seen = [
        surveyed(-0.1, {size: 1.0 if k < 10 * share else -1.0 for size, share in shares.items()})
        for k in range(10)
    ]
    found = CLAIM.rule.summary(seen)
    recorded = found["share right, by target examples"]
    assert {size: recorded[str(size)]["value"] for size in SIZES} == shares
    assert all(
        share["low"] <= share["value"] <= share["high"] and share["of"] == 10
        for share in recorded.values()
    )
    assert found["nine in ten from"] == SIZES[3]
    assert found["always transfer"]["value"] == 1.0  # it helps everywhere here


def test_always_transfer():
    """Right where it helps, whatever data say."""
    seen = RIGHT_EITHER_WAY + WRONG_EITHER_WAY + [surveyed(-0.1, -0.2)] * 6 + UNCLEAR
    assert CLAIM.rule.summary(seen)["always transfer"]["value"] == 0.8


def test_nowhere_nine_in_ten():
    assert CLAIM.rule.summary(RIGHT_EITHER_WAY + WRONG_EITHER_WAY)["nine in ten from"] is None


def test_derived():
    assert CLAIM.provenance == (Provenance.D,)
    assert ENOUGH in SIZES
    assert RIGHT < WANTED


def test_gains_from_data():
    """What the law of finite size says of the regime that the first seed's data make believe, and
    of so many target examples: those of a larger draw.
    """
    made, seeds = from_groups(GROUPS | {"n2": 100}), Seeds(3, 4)
    found = gains_from_data(made, seeds)
    draw = sample(replace(made, n2=max(SIZES)), Seeds(3, 1))
    source, target = (
        summed(data.noise, data.signal, data.labels) for data in (draw.upstream, draw.downstream)
    )
    for size in SIZES:
        (believed,) = estimate(
            source, target[:, :size], (noise_rank(made, 1), noise_rank(made, 2))
        ).regimes(made)
        assert believed.n2 == made.n2  # what is trained on, however many are looked at
        assert found[size] == law.finite_scratch(believed) - law.finite_transfer(believed)
    assert len(set(found.values())) == len(SIZES)

"""The search of an adversary: a design without luck, descents that go where margins are least, the
same points whenever the same margins are given.
"""

import itertools
import math

import numpy as np
import pytest

from claims.core.domain import Between, Scale
from claims.core.domains import ANY_REGIME, SURVEY, after_transfer
from claims.core.quantities import TAU_D
from strategies.attack import AGAIN, FAR, attack, axes, clipped

NAMES = ("x", "y", "n1", "n2", "h1", "slack")
PEAK = {"x": 0.9, "y": 0.15, "n1": 0.97, "n2": 0.05, "h1": 0.6, "slack": 0.3}


def distance(point):
    """From one place within the cube."""
    return math.dist(point.values(), PEAK.values())


def searched(margin=distance, *, names=NAMES, entropy=1, count=300):
    """Steps of a search, each with its margin."""
    search, done = attack(names, entropy), []
    step = next(search)
    while len(done) < count:
        done.append((step, margin(step.point)))
        step = search.send(done[-1][1])
    return done


def least(done):
    return min(margin for _, margin in done)


# The design ---------------------------------------------------------------------------------------


def test_edges_pairs_and_corners_come_first():
    phases = [step.phase for step, _ in searched()]
    order = list(dict.fromkeys(phases))
    assert order[:5] == ["middle", "edges", "pairs", "corners", "everywhere"]
    assert phases.count("edges") == 2 * len(NAMES)


@pytest.mark.parametrize("pair", [("n1", "n2"), ("x", "y")])
def test_extreme_ratios(pair):
    """Each of the four extremes of a ratio's two axes, the others in the middle."""
    looked_at = [
        tuple(step.point[name] for name in pair) for step, _ in searched() if step.phase == "pairs"
    ]
    assert {*itertools.product((0.0, 1.0), repeat=2)} <= {*looked_at}


def test_corners_have_every_axis_at_an_end():
    corners = [step.point for step, _ in searched() if step.phase == "corners"]
    assert len(corners) >= len(NAMES)
    assert all({*point.values()} <= {0.0, 1.0} for point in corners)
    assert all(len({point[name] for point in corners}) == 2 for name in NAMES)


def test_in_the_cube():
    for step, _ in searched(count=600):
        assert [*step.point] == [*NAMES]
        assert all(type(x) is float and 0 <= x <= 1 for x in step.point.values())


# What it finds ------------------------------------------------------------------------------------


@pytest.mark.parametrize("entropy", range(3))
def test_descends(entropy):
    """Far closer than as many points of no design: the volume within 0.02 is 3e-10."""
    assert least(searched(entropy=entropy, count=900)) < 0.02


@pytest.mark.parametrize("entropy", range(3))
def test_descends_through_noise(entropy):
    """To a tenth of the noise's size and more than no search would: there are 500 points."""
    generator = np.random.default_rng(entropy)
    noisy = searched(lambda point: distance(point) + generator.normal(0, 0.1), entropy=entropy)
    assert min(distance(step.point) for step, _ in noisy) < 0.25


def test_reaches_corners():
    """Where the margin is least at a corner, the corner itself is looked at."""
    corner = {name: float(place % 2) for place, name in enumerate(NAMES)}
    done = searched(lambda point: math.dist(point.values(), corner.values()), count=600)
    assert least(done) < 1e-3


def test_leaves_a_valley_that_is_not_the_deepest():
    """A wide valley that draws the first descent, and a narrow deeper one."""
    wide, narrow = [0.5] * len(NAMES), [0.2] * len(NAMES)

    def margin(point):
        deep = math.dist(point.values(), narrow)
        return min(math.dist(point.values(), wide), 3 * deep - 1)

    assert least(searched(margin, count=2000)) < -0.9


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.0, 1e300])
def test_any_margin(value):
    """Of a margin that is all the same, or no number, nothing is expected but that it goes on."""
    assert len(searched(lambda point: value, count=500)) == 500


def test_clipped():
    assert [clipped(x) for x in (math.nan, -math.inf, math.inf, 0.25)] == [-FAR, -FAR, FAR, 0.25]


def test_what_was_unlucky_is_looked_at_again():
    """One margin far too low at the second place, by chance: later descents begin elsewhere."""
    count = itertools.count()
    done = searched(lambda point: -1.0 if next(count) == 1 else distance(point), count=600)
    unlucky = done[1][0].point
    again = [step.point for step, _ in done if step.phase == AGAIN]
    assert unlucky in again
    assert again.count(unlucky) == 1


# Deterministic ------------------------------------------------------------------------------------


def test_same_entropy_same_points():
    assert searched() == searched()


def test_other_entropy_other_points():
    """But for what no draw decides."""
    common = {str(step) for step, _ in searched()} & {str(step) for step, _ in searched(entropy=2)}
    assert all(
        "'middle'" in one or "'edges'" in one or "'pairs'" in one or "'corners'" in one
        for one in common
    )


def test_margins_steer():
    one, other = searched(), searched(lambda point: -distance(point))
    assert [step.phase for step, _ in one[:60]] == [step.phase for step, _ in other[:60]]
    assert one[-1][0] != other[-1][0]


# Axes ---------------------------------------------------------------------------------------------


def test_axes_of_small_regimes():
    assert {"n1", "n2", "m", "d", "sigma1", "steps2", "inherited"} <= {*axes(ANY_REGIME, {})}


def test_axes_of_a_stated_domain():
    """What it leaves open, and nothing that it fixes or that has no effect."""
    names = axes(SURVEY, {})
    assert {"criterion", "x", "y", "n1", "n2", "m", "inherited", "slack"} <= {*names}
    assert not {"tier", "cos_v", "share"} & {*names}


def test_a_fixed_scale_is_no_axis():
    domain = SURVEY.but(scales={Scale.N1: Between(40, 40), Scale.SLACK: Between(2.0, 2.0)})
    assert {*axes(SURVEY, {})} - {*axes(domain, {})} == {"n1", "slack"}


def test_no_axes():
    """The search of a single point goes on with it, on other seeds."""
    assert [step.point for step, _ in searched(lambda point: 1.0, names=(), count=5)] == [{}] * 5


def test_one_axis():
    domain = after_transfer(TAU_D, Between(1.0, 2.0))
    assert "criterion" in axes(domain, {})
    assert least(searched(lambda point: abs(point["x"] - 0.37), names=("x",), count=120)) < 0.01

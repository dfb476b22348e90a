"""What Hypothesis's statistics and observations are told of a claim's search."""

import math
from dataclasses import replace

import pytest
from toys import COUNT, INSIDE, USUAL, decided, falls_from_five, population, toy

from claims.core.domains import ANY_REGIME
from claims.core.quantities import catalogue
from strategies import provider, watching
from strategies.search import SEARCH
from strategies.watching import MARGIN, SCALES, SIZES


def observations(act):
    """Every case that Hypothesis observes meanwhile."""
    found = []
    with provider.observing(found.append):
        act()
    return [one for one in found if one.type == "test_case"]


def by_regime(name):
    """Judged in each regime; falls from five downstream samples on."""
    return toy(falls_from_five, id=name, family="shared")


def test_a_claim_is_a_property_of_its_own_name():
    """Its scales are all there, its margins are those of the verdict, and what falls has failed.

    Claims of one family too.
    """
    for claim in (by_regime("one"), by_regime("another")):
        found = observations(lambda claim=claim: decided(claim))
        verdict = decided(claim)
        assert {one.property for one in found} == {claim.id}
        tried = [one for one in found if one.status != "gave_up"]  # as shrinking does
        assert {one.status for one in tried} == {"passed", "failed"}
        for one in tried:
            assert {*SIZES, MARGIN} < set(one.features)
            assert all(math.isfinite(value) for value in one.features.values())
            assert one.features[MARGIN] == 4.5 - one.features["n2"]
            assert (one.status == "failed") == (one.features[MARGIN] < 0)
        assert verdict.worst_margin in {one.features[MARGIN] for one in tried}


def test_a_population_shows_its_regimes():
    """Whose margin is one of all regimes; the second claim of a family is shown too, though its
    regimes are known already.
    """
    for name in ("one", "another"):
        found = observations(lambda name=name: decided(population(id=name, family="all"), USUAL))
        assert {one.property.partition("/")[0] for one in found} == {name}
        assert len(found) >= COUNT
        assert not any(MARGIN in one.features for one in found)


def test_a_climbing_search_shows_margins():
    def score(case):
        return float(case.regime.n2)

    found = observations(
        lambda: SEARCH.worst(ANY_REGIME, {}, score, name="a", entropy=0, cases=8, title="a claim")
    )
    assert {one.property for one in found} == {"a claim"}
    for one in found:
        assert one.features[MARGIN] == -one.features["n2"]
        assert one.features["target"] == one.features["n2"]


def test_corners_are_properties_of_their_own():
    """Of runs of one property, viewers show the last."""
    found = observations(
        lambda: SEARCH.falling(
            INSIDE, {}, lambda case: False, name="a", entropy=0, cases=40, title="b"
        )
    )
    properties = {one.property for one in found}
    assert "b" in properties
    assert len(properties) > 2
    assert all(name == "b" or name.startswith("b/") for name in properties)


def test_whoever_watches_changes_nothing(monkeypatch):
    """The same cases; and nothing is computed for nobody."""

    def cases():
        drawn = []
        SEARCH.falling(
            ANY_REGIME, {}, lambda case: drawn.append(case) or False, name="a", entropy=0, cases=9
        )
        SEARCH.worst(
            ANY_REGIME, {}, lambda case: drawn.append(case) or 0.0, name="a", entropy=0, cases=9
        )
        return drawn

    with provider.counting(), provider.observing(lambda one: None):
        watched = cases()
    monkeypatch.delattr(watching, "event")
    assert cases() == watched


def test_nobody_is_told_nothing():
    """Not even a margin is asked for."""

    def margin(case):
        raise AssertionError

    options = {"name": "a", "entropy": 0, "cases": 2, "margin": margin}
    SEARCH.falling(ANY_REGIME, {}, lambda case: False, **options)
    with provider.counting(), pytest.raises(AssertionError):
        SEARCH.falling(ANY_REGIME, {}, lambda case: False, **options)


def test_numbers_without_bound_are_left_out():
    """JSON has none."""

    def tell_of_no_signal(case):
        still = replace(case.regime, u=0.0)
        assert not math.isfinite(catalogue()["Y"](still))
        watching.tell(replace(case, regime=still), lambda case: -math.inf)
        return False

    (one,) = observations(
        lambda: SEARCH.falling(ANY_REGIME, {}, tell_of_no_signal, name="a", entropy=0, cases=1)
    )
    assert MARGIN not in one.features
    assert one.features["m"] == 1


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "= 0"),
        (-0.0, "= 0"),
        (1.0, "in [1, 10)"),
        (0.02, "in [0.01, 0.1)"),
        (-3.0, "in (-10, -1]"),
        (1e7, "in [1e+07, 1e+08)"),
        (1.7e308, "in [1e+308, inf)"),
        (5e-324, "in [0, 9.88131e-324)"),
    ],
)
def test_statistics_count_by_powers_of_ten(value, words):
    with provider.counting() as searches:
        SEARCH.falling(
            ANY_REGIME,
            {},
            lambda case: False,
            name="a",
            entropy=0,
            cases=3,
            title="a claim",
            margin=lambda case: value,
        )
    said = provider.statistics("a claim", searches)
    assert f"* 100.00%, {MARGIN} {words}" in said
    assert any(f"{name} in [" in said for name in SCALES)


def test_statistics_of_a_search_with_corners():
    """All cases, those in corners too; a corner's first case, which is passed over, is none."""
    with provider.counting() as searches:
        SEARCH.falling(INSIDE, {}, lambda case: False, name="a", entropy=0, cases=40)
    assert len(searches) > 2
    said = provider.statistics("a claim", searches)
    assert "40 passing, 0 failing" in said
    assert "100.00%, alpha = 0" in said  # from scratch
    assert "max_examples=2" not in said  # a corner's

"""A regime varied: what is changed is, what is held stays, and the rest stays to the bit."""

import math
import pickle
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.core.quantities import catalogue
from model import Hold, Regime, RegimeError, Times, vary

REGIME = Regime(
    u=2.0, v1=1.0, v2=3.0, cos_v=0.5, sigma1=0.7, sigma2=1.3, n1=60, n2=30, d=10**6, m=18,
    inherited=4, eta1=0.01, eta2=0.02, steps1=50, steps2=70, sigma0=1e-7,
)  # fmt: skip
#: The quantities that each hold is about, and the fields that follow.
HELD = {
    "tau": (("tau_2", "Y"), ("u", "v1", "v2")),
    "h": (("h_1", "h_2"), ("eta1", "eta2")),
    "zeta": (("zeta_2",), ("sigma0",)),
    "alpha": (("alpha",), ("inherited",)),
    "s2": (("tau_2",), ("v2",)),
}


def test_nothing():
    assert vary(REGIME) == vary(REGIME, hold="tau h zeta alpha") == REGIME


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "n1": st.integers(1, 10**4),
            "n2": st.integers(1, 10**4),
            "d": st.integers(4, 10**18),
            "m": st.integers(1, 30).map(lambda k: 18 * k),
            "sigma1": st.floats(0.01, 100),
            "sigma2": st.floats(0.01, 100),
        },
    ),
    st.sets(st.sampled_from(["tau", "h", "zeta", "alpha"])),
)
@settings(max_examples=200, deadline=None)
def test_what_is_held_stays(changes, hold):
    changes.setdefault("m", 18)
    made = vary(REGIME, hold=hold, **changes)
    followed = {field for one in hold for field in HELD[one][1]}
    for name, value in REGIME.to_dict().items():
        if name not in followed:
            assert getattr(made, name) == changes.get(name, value), name
    for quantity in (x for one in hold for x in HELD[one][0]):
        expected = catalogue()[quantity](REGIME)
        assert catalogue()[quantity](made) == pytest.approx(expected, rel=1e-9), quantity


@given(st.floats(0, 1.8))
def test_the_universal_signal_s_share(factor):
    for u in (2.0 * factor, Times(factor)):
        made = vary(REGIME, u=u, hold=Hold.S2)
        assert made.u == 2.0 * factor
        assert math.hypot(made.u, made.v2) == pytest.approx(math.hypot(2, 3))


@pytest.mark.parametrize("u", [4.0, Times(2), 1e9])
def test_no_more_than_there_is(u):
    with pytest.raises(RegimeError, match=r"^u = .*: must be at most \|\|s_2\|\| = 3\.6"):
        vary(REGIME, u=u, hold="s2")


def test_a_factor_is_followed_not_the_rounded_number():
    """d is a whole number; the step size follows the factor that was asked for, to the bit."""
    made = vary(REGIME, d=Times(under=7.0, whole=math.ceil), hold="h zeta")
    assert (made.d, made.eta1, made.sigma0) == (142858, 0.01 * 7.0, 1e-7 * 7.0)
    assert vary(REGIME, d=Times(1 / 7)).d == 142857
    large = vary(replace(REGIME, d=3 * 10**16 + 1), d=Times(3))
    assert large.d == 9 * 10**16 + 3  # beyond what a float holds exactly


def test_spellings_of_what_is_held():
    for hold in ("h zeta", ("h", "zeta"), [Hold.H, Hold.ZETA], {Hold.ZETA, "h"}, "zeta  h h"):
        assert vary(REGIME, d=4000, hold=hold) == vary(REGIME, d=4000, hold="h zeta")


@pytest.mark.parametrize(
    ("changes", "hold", "field", "rule"),
    [
        ({"n3": 1}, "", "n3", "unknown field; a regime has u, v1"),
        ({}, "g", "hold", "unknown; there are tau, h, zeta, alpha, s2"),
        ({}, ("h zeta",), "hold", "unknown"),
        ({"eta1": 1.0}, "h", "eta1", "follows from h, which is held"),
        ({"sigma0": 1.0}, "zeta", "sigma0", "follows from zeta"),
        ({"inherited": 1}, "alpha", "inherited", "follows from alpha"),
        ({"u": 1.0}, "tau", "u", "follows from tau"),
        ({"v2": 1.0}, "s2", "v2", "follows from s2"),
        ({}, "tau s2", "hold", "fixes v2, as tau does"),
        ({"m": 10}, "alpha", "inherited", "must be whole for alpha to stay"),
        ({"n1": 0}, "h", "n1", "must be a finite number > 0 for h to stay"),
        ({"sigma2": math.nan}, "tau", "sigma2", "must be a finite number > 0 for tau to stay"),
        ({"sigma1": Times(0)}, "h", "sigma1", "must be a finite number > 0 for h to stay"),
        ({"n1": "60"}, "", "n1", "must be a number"),
        ({"n1": True}, "", "n1", "must be a number"),
        ({"n1": 0}, "", "n1", "must be an integer from 1"),
        ({"m": 3}, "", "inherited", "must be an integer from 0 to m = 3"),
    ],
)
def test_refused(changes, hold, field, rule):
    with pytest.raises(RegimeError) as caught:
        vary(REGIME, hold=hold, **changes)
    assert (caught.value.field, caught.value.rule.startswith(rule)) == (field, True), caught.value


@pytest.mark.parametrize("bad", [{"over": -1}, {"over": math.inf}, {"under": 0}, {"under": -2.0}])
def test_no_factor(bad):
    (name,) = bad
    with pytest.raises(RegimeError, match=f"^{name} = "):
        Times(**bad)


def test_refusals_travel():
    refusal = pickle.loads(pickle.dumps(RegimeError("d", 3, "must be more")))
    assert (refusal.field, refusal.value, refusal.rule) == ("d", 3, "must be more")

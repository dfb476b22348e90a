"""`Regime` refuses every value that no regime can have, naming field, value and rule, and survives
JSON exactly.
"""

import json
import math
from dataclasses import FrozenInstanceError, fields, replace

import pytest
from examples import regime
from hypothesis import given, settings
from hypothesis import strategies as st

from model.printing import shown
from model.regime import LARGEST_COUNT, LARGEST_DIMENSION, Regime, RegimeError

PLAIN = regime(m=3)
NAMES = [f.name for f in fields(Regime)]
NOT_REAL = (math.nan, math.inf, -math.inf, True, "1.0", None, 1j)
NOT_INTEGER = (math.nan, math.inf, 2.0, 2.5, True, "2", None)
RULES = [  # fields, rule, values that break it
    (("u", "v1", "v2"), "must be a finite number >= 0", (-1, -5e-324, *NOT_REAL)),
    (("cos_v",), "must be a cosine, from -1 to 1", (math.nextafter(1, 2), -1.5, *NOT_REAL)),
    (
        ("sigma1", "sigma2", "eta1", "eta2", "sigma0"),
        "must be a finite number > 0",
        (0, -0.0, -1.0, *NOT_REAL),
    ),
    (
        ("n1", "n2", "m", "steps1", "steps2"),
        f"must be an integer from 1 to {10**18}",
        (0, -1, 10**18 + 1, 10**400, *NOT_INTEGER),
    ),
    (("d",), f"must be an integer from 4 to {10**18}", (3, -4, 10**18 + 1, *NOT_INTEGER)),
    (("inherited",), "must be an integer from 0 to m = 3", (-1, 4, *NOT_INTEGER)),
]
BROKEN = [
    pytest.param(name, value, rule, id=f"{name}={value!r}")
    for names, rule, values in RULES
    for name in names
    for value in values
]

nonnegative = st.floats(0, allow_infinity=False)
positive = st.floats(0, exclude_min=True, allow_infinity=False)
counts = st.integers(1, LARGEST_COUNT)


@st.composite
def regimes(draw):
    """Any regime at all."""
    m = draw(counts)
    values = {name: draw(nonnegative) for name in ("u", "v1", "v2")}
    values |= {name: draw(positive) for name in ("sigma1", "sigma2", "eta1", "eta2", "sigma0")}
    values |= {name: draw(counts) for name in ("n1", "n2", "steps1", "steps2")}
    return Regime(
        **values,
        cos_v=draw(st.floats(-1, 1)),
        d=draw(st.integers(4, LARGEST_DIMENSION)),
        m=m,
        inherited=draw(st.integers(0, m)),
    )


def test_every_field_has_a_rule():
    assert sorted(name for names, _, _ in RULES for name in names) == sorted(NAMES)


@pytest.mark.parametrize(("name", "value", "rule"), BROKEN)
def test_refused(name, value, rule):
    with pytest.raises(RegimeError) as caught:
        replace(PLAIN, **{name: value})
    assert (caught.value.field, caught.value.rule) == (name, rule)
    assert caught.value.value is value
    assert str(caught.value) == f"{name} = {shown(value)}: {rule}"


@pytest.mark.parametrize("name", ["u", "cos_v", "sigma1"])
def test_integer_beyond_float_refused(name):
    with pytest.raises(RegimeError, match=f"{name} = .*too large"):
        replace(PLAIN, **{name: 10**400})


@pytest.mark.parametrize("name", NAMES)
def test_missing_field(name):
    values = PLAIN.to_dict()
    del values[name]
    with pytest.raises(RegimeError, match="missing") as caught:
        Regime.from_dict(values)
    assert caught.value.field == name


def test_unknown_field():
    with pytest.raises(RegimeError, match="unknown field") as caught:
        Regime.from_dict(PLAIN.to_dict() | {"sigma3": 1.0})
    assert (caught.value.field, caught.value.value) == ("sigma3", 1.0)
    assert all(name in caught.value.rule for name in NAMES)  # what would have been accepted


@pytest.mark.parametrize(
    "change",
    [
        {"u": 0},
        {"v1": 0},
        {"v2": 0},
        {"cos_v": 1},
        {"cos_v": -1},
        {"d": 4},
        {"d": 10**18},
        {"inherited": 0},
        {"inherited": 3},
        {"n1": 1},
        {"steps2": 1},
    ],
)
def test_edge_accepted(change):
    assert {name: getattr(replace(PLAIN, **change), name) for name in change} == change


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(regimes())
def test_json_round_trip(made):
    back = Regime.from_dict(json.loads(json.dumps(made.to_dict())))
    # Equality does not tell -0.0 from 0.0, nor 1 from 1.0; the representation does.
    assert repr(back) == repr(made)
    assert repr(Regime.from_dict(json.loads(str(made)))) == repr(made)


def test_integers_become_floats():
    """A specification may write 1 for 1.0: the same regime, whichever was written."""
    assert repr(replace(PLAIN, u=1, sigma0=2)) == repr(replace(PLAIN, u=1.0, sigma0=2.0))


def test_frozen():
    with pytest.raises(FrozenInstanceError):
        PLAIN.u = 2.0


def test_tasks():
    made = regime(
        u=3.0,
        v1=4.0,
        v2=0.0,
        n1=7,
        n2=9,
        sigma1=2.0,
        sigma2=5.0,
        eta1=0.1,
        eta2=0.2,
        steps1=11,
        steps2=13,
    )
    first, second = made.task(1), made.task(2)
    assert (
        first.u,
        first.v,
        first.sigma,
        first.samples,
        first.eta,
        first.steps,
        first.signal_norm,
    ) == (3, 4, 2, 7, 0.1, 11, 5)
    assert (
        second.u,
        second.v,
        second.sigma,
        second.samples,
        second.eta,
        second.steps,
        second.signal_norm,
    ) == (3, 0, 5, 9, 0.2, 13, 3)
    with pytest.raises(RegimeError, match="task = 3"):
        made.task(3)


def test_derived():
    made = regime(m=4, inherited=3, d=60)
    assert (made.alpha, made.rest) == (0.75, 57)

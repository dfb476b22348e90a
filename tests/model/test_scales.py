"""Scales and fields: either gives the other, and each relation is the catalogue's quantity."""

import math
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.core.quantities import catalogue
from model import scales
from model.regime import Regime, RegimeError
from model.scales import ScaleRangeError, Scales

ratio = st.floats(1e-3, 1e3)
count = st.integers(1, 10**4)


@st.composite
def regimes(draw):
    """Any regime with a universal signal: alpha from 0 to 1, v_1 and v_2 from 0 up."""
    m = draw(st.integers(1, 64))
    return Regime(
        **{name: draw(ratio) for name in ("u", "sigma1", "sigma2", "eta1", "eta2", "sigma0")},
        **{name: draw(st.one_of(st.just(0.0), ratio)) for name in ("v1", "v2")},
        **{name: draw(count) for name in ("n1", "n2", "steps1", "steps2")},
        cos_v=draw(st.floats(-1, 1)),
        d=draw(st.integers(4, 10**18)),
        m=m,
        inherited=draw(st.one_of(st.just(0), st.just(m), st.integers(0, m))),
    )


REGIME = Regime(
    u=2.0, v1=1.0, v2=3.0, cos_v=0.5, sigma1=0.7, sigma2=1.3, n1=60, n2=30, d=10**6, m=18,
    inherited=4, eta1=0.01, eta2=0.02, steps1=50, steps2=70, sigma0=1e-7,
)  # fmt: skip


@given(regimes())
@settings(max_examples=300, deadline=None)
def test_round_trip(made):
    """Every field to rounding; ||v_2||^2 is the difference of two squares, so to theirs."""
    back = Scales.of(made).regime()
    for name, value in made.to_dict().items():
        if name == "v2":
            assert abs(back.v2**2 - value**2) <= 1e-13 * (made.u**2 + made.v2**2)
        elif isinstance(value, int) or name == "cos_v":
            assert getattr(back, name) == value, name
        else:
            assert getattr(back, name) == pytest.approx(value, rel=1e-13, abs=0), name


@given(regimes())
@settings(max_examples=100, deadline=None)
def test_round_trip_of_scales(made):
    """The other way round; of a Y near 1 there is nothing to lose."""
    there = Scales.of(made)
    for name, value in asdict(Scales.of(there.regime())).items():
        assert value == pytest.approx(asdict(there)[name], rel=1e-12, abs=0), name


@given(regimes())
@settings(max_examples=100, deadline=None)
def test_scales_are_the_catalogue_s(made):
    """By name; X where something is inherited, and without its alpha where nothing is."""
    named, own = catalogue(), Scales.of(made)
    for name in ("tau_2", "Y", "h_1", "h_2", "zeta_2"):
        assert getattr(own, name) == pytest.approx(named[name](made), rel=1e-12), name
    whole = replace(made, inherited=made.inherited or made.m)
    assert pytest.approx(named["X"](whole), rel=1e-12) == own.X


def test_as_many_as_fields():
    assert len(fields(Scales)) == len(fields(Regime)) == 16


def test_no_universal_signal():
    with pytest.raises(RegimeError, match=r"^u = 0\.0: must be > 0: Y and upstream_share are"):
        Scales.of(replace(REGIME, u=0.0))


POSITIVE = ("tau_2", "X", "h_1", "h_2", "zeta_2", "unit")
NOT_POSITIVE = (0, -1.0, math.nan, math.inf, "1", True)


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        *((name, x, "must be a finite number > 0") for name in POSITIVE for x in NOT_POSITIVE),
        *(("Y", x, "must be at least 1") for x in (0.999, math.nan, math.inf)),
        ("upstream_share", -0.1, "must be a finite number >= 0"),
        ("cos_v", 1.1, "must be a cosine"),
        ("n1", 0, "must be an integer from 1"),
        ("n2", 2.0, "must be an integer from 1"),
        ("d", 3, "must be an integer from 4"),
        ("m", True, "must be an integer from 1"),
        ("inherited", 19, "must be an integer from 0 to m = 18"),
        ("steps1", 0, "must be an integer from 1"),
    ],
)  # fmt: skip
def test_refused(name, value, rule):
    with pytest.raises(RegimeError) as caught:
        replace(Scales.of(REGIME), **{name: value})
    assert caught.value.field == name
    assert caught.value.rule.startswith(rule)


def test_out_of_floating_point():
    own = Scales.of(REGIME)
    with pytest.raises(ScaleRangeError, match=r"^scales = .* so far apart"):
        replace(own, X=1e308, n2=10**10).regime()
    with pytest.raises(ScaleRangeError, match=r"^regime = .*no floating-point number"):
        Scales.of(replace(REGIME, u=1e300, v2=1e300, sigma2=1e-300))


@given(ratio, count, st.integers(1, 64), ratio, st.integers(4, 10**18))
@settings(max_examples=100, deadline=None)
def test_relations_and_their_inverses(x, samples, m, sigma, d):
    network = {"samples": samples, "m": m, "sigma": sigma, "d": d}
    patch = {"samples": samples, "sigma": sigma, "d": d}
    assert scales.step(scales.step_size(x, **network), **network) == pytest.approx(x)
    assert scales.zeta(scales.initial_weights(x, **patch), **patch) == pytest.approx(x)
    q = scales.signal_square(x, **patch) / sigma**2
    assert scales.tau(q, samples=samples, d=d) == pytest.approx(x)
    assert scales.dimension(x, samples=samples, signal_to_noise=q) == pytest.approx(d)


@pytest.mark.parametrize(("duration", "h", "expected"), [(20, 0.1, 200), (20, 0.3, 67), (1, 5, 1)])
def test_steps(duration, h, expected):
    assert scales.steps(duration, h) == expected


@pytest.mark.parametrize("factor", [1e-3, 0.5, 1e3])
def test_another_unit(factor):
    """E3: the unit moves, and no other scale."""
    moved = asdict(Scales.of(scales.in_unit(REGIME, factor)))
    own = asdict(Scales.of(REGIME))
    assert moved.pop("unit") == pytest.approx(own.pop("unit") * factor)
    assert moved == pytest.approx(own, rel=1e-12)

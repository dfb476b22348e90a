"""Sweeps: what a file may say, and the regimes that it comes to."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep_examples import BASE, REGIME, groups, table

from claims.core import quantities
from reports.studies.sweep.design import SweepError
from reports.studies.sweep.metrics import METRICS, TRAINED
from reports.studies.sweep.spec import GROUPS, from_groups, parse, read


@pytest.fixture
def reading(tmp_path):
    def run(content):
        path = tmp_path / "sweep.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(path)

    return run


def test_grid(reading):
    """All combinations, the last axis fastest, an axis before the base."""
    text = (
        'seeds = 3\nseed = 5\nmetrics = ["X"]\n'
        + table("groups", BASE)
        + table("axes", {"X": "[1, 2.5]", "Y": "{from = 2, to = 4, count = 3}"})
    )
    found = reading(text)
    assert (found.seeds, found.seed, found.metrics) == (3, 5, ("X",))
    assert [point.axes for point in found.points] == [
        {"X": x, "Y": y} for x in (1, 2.5) for y in (2.0, 3.0, 4.0)
    ]
    assert [point.number for point in found.points] == list(range(6))
    assert [point.regime for point in found.points] == [
        from_groups(BASE | point.axes) for point in found.points
    ]


def test_regime_base(reading):
    found = reading(table("regime", REGIME.to_dict()) + table("axes", {"m": "[4, 5]"}))
    assert [point.regime for point in found.points] == [REGIME, replace(REGIME, m=5)]
    assert (found.seeds, found.seed, found.metrics) == (24, 0, ("scratch_error", "transfer_error"))


def test_log_axis():
    points = parse(groups(axes={"X": {"from": 0.01, "to": 100, "count": 5, "scale": "log"}})).points
    assert [point.axes["X"] for point in points] == pytest.approx([0.01, 0.1, 1.0, 10.0, 100.0])


def test_integers_are_rounded_and_once():
    points = parse(groups(axes={"n1": {"from": 10, "to": 13, "count": 9}})).points
    assert [point.axes["n1"] for point in points] == [10, 11, 12, 13]
    assert {type(point.regime.n1) for point in points} == {int}


@pytest.mark.parametrize("ends", [(49, 1), (1, 49), (93, 1), (1.0, 1.0)])
def test_ends_are_kept(ends):
    """Rounding does not take Y below 1: 49 * (1/49) does."""
    values = [
        point.axes["Y"]
        for point in parse(
            groups(axes={"Y": {"from": ends[0], "to": ends[1], "count": 4, "scale": "log"}})
        ).points
    ]
    assert max(values) <= max(ends)
    assert min(values) == min(ends)


def test_random():
    """Inside the ends, over all of them, from the seed alone; logs are uniform."""
    axes = {"X": {"from": 0.01, "to": 100, "scale": "log"}, "inherited": {"from": 0, "to": 4}}
    one, same, other = (
        parse(groups(axes=axes, design="random", points=200, seed=seed)) for seed in (1, 1, 2)
    )
    assert one == same
    assert one.points[0].axes != other.points[0].axes
    x = np.array([point.axes["X"] for point in one.points])
    assert (len(x), 0.01 <= x.min() < 0.05, 20 < x.max() <= 100) == (200, True, True)
    assert abs((x < 1).mean() - 0.5) < 0.18
    assert {point.axes["inherited"] for point in one.points} == {0, 1, 2, 3, 4}
    assert (
        abs(np.corrcoef(np.log(x), [point.axes["inherited"] for point in one.points])[0, 1]) < 0.35
    )


def axis(**changes):
    return groups(axes={"X": {"from": 1, "to": 2, "count": 3} | changes})


def base(**changes):
    return groups(groups=BASE | changes)


def regimes(**changes):
    return {"regime": REGIME.to_dict() | changes, "axes": {"cos_v": [0.0, 0.5]}}


REFUSED = {
    "unknown name": (groups(grid=1), "grid", "unknown; a sweep has"),
    "both bases": (groups(regime=REGIME.to_dict()), "regime", "either"),
    "no base": ({"axes": {"X": [1]}}, "regime", "either"),
    "groups are a word": (groups(groups="X"), "groups", "must be a table"),
    "regime is a list": ({"regime": [1], "axes": {"X": [1]}}, "regime", "must be a table"),
    "no axes": ({"groups": BASE}, "axes", "one entry or more"),
    "empty axes": (groups(axes={}), "axes", "one entry or more"),
    "axes are a list": (groups(axes=[1]), "axes", "must be a table"),
    "unknown axis": (groups(axes={"Z": [1]}), "Z", "unknown group"),
    "a regime's field among groups": (groups(axes={"eta1": [1]}), "eta1", "unknown group"),
    "unknown field": (
        {"regime": REGIME.to_dict(), "axes": {"tau_2": [1]}},
        "tau_2",
        "unknown field",
    ),
    "missing group": (groups(groups={k: v for k, v in BASE.items() if k != "Y"}), "Y", "missing"),
    "missing field": ({"regime": {"u": 1.0}, "axes": {"v1": [1]}}, "v2", "missing"),
    "unknown metric": (groups(metrics=["accuracy"]), "metrics", "unknown; there are"),
    "metrics are a word": (groups(metrics="X"), "metrics", "must be a list"),
    "metrics are a number": (groups(metrics=5), "metrics", "must be a list"),
    "no metrics": (groups(metrics=[]), "metrics", "one or more"),
    "a list among metrics": (groups(metrics=[["X"]]), "metrics", "unknown"),
    "metric twice": (groups(metrics=["X", "Y", "X"]), "metrics", "twice"),
    "design": (groups(design="sobol"), "design", "grid, random or adaptive"),
    "points of a grid": (groups(points=5), "points", "random design"),
    **{
        f"seeds {x!r}": (groups(seeds=x), "seeds", "from 1 to")
        for x in (0, -1, 2.0, True, "3", 10**6, math.nan)
    },
    **{f"seed {x!r}": (groups(seed=x), "seed", "from 0 to") for x in (-1, 2.0, True, "3", 2**64)},
    **{
        f"points {x!r}": (groups(design="random", points=x), "points", "from 1 to")
        for x in (0, 1.5, True, "3", 10**9)
    },
    **{
        f"count {x!r}": (axis(count=x), "axes.X.count", "from 1 to")
        for x in (0, -1, 2.5, True, "3", 10**9, None)
    },
    **{
        f"from {x!r}": (axis(**{"from": x}), "axes.X", "finite")
        for x in (math.nan, math.inf, "1", True, 10**400)
    },
    **{f"to {x!r}": (axis(to=x), "axes.X", "finite") for x in (math.nan, -math.inf, "1", False)},
    **{
        f"list with {x!r}": (groups(axes={"X": [1.0, x]}), "axes.X", "finite numbers")
        for x in (math.nan, math.inf, "1", True, [1], 10**400)
    },
    "empty list": (groups(axes={"X": []}), "axes.X", "one or more"),
    "an axis that is a number": (groups(axes={"X": 3}), "axes.X", "must be a list"),
    "an axis without end": (
        groups(axes={"X": {"from": 1, "count": 3}}),
        "axes.X",
        "must be a list",
    ),
    "an axis with more": (axis(step=1), "axes.X", "must be a list"),
    "a list at random": (groups(design="random", axes={"X": [1]}), "axes.X", "{from, to}"),
    "a count at random": (axis() | {"design": "random"}, "axes.X", "{from, to}"),
    "scale": (axis(scale="cubic"), "axes.X.scale", "linear, or log"),
    "log of 0": (axis(**{"from": 0, "scale": "log"}), "axes.X.scale", "above 0"),
    "too far apart": (axis(**{"from": -1e308, "to": 1e308}), "axes.X", "too far apart"),
    "too many points": (
        groups(axes={name: {"from": 1, "to": 2, "count": 4000} for name in ("X", "tau_2")}),
        "axes.tau_2",
        "at most",
    ),
    **{
        f"group {x!r}": (base(X=x), "X", "finite number > 0 (point 0")
        for x in (math.nan, math.inf, 0, -1, True, "1", 10**400)
    },
    "a group that an axis replaces": (base(tau_2="much"), "tau_2", "though an axis"),
    "Y below 1": (base(Y=0.5), "Y", "at least 1"),
    "cosine above 1": (base(cos_v=2), "cos_v", "(point 0: {'tau_2': 0.5})"),
    "samples are a float": (base(n1=10.0), "n1", "integer"),
    "out of floating point": (base(duration=1e300, h_1=1e-300), "groups", "far apart"),
    "out of floating point too": (base(X=1e308, n2=10**10), "groups", "far apart"),
    "impossible, third point": (
        groups(axes={"inherited": [0, 4, 5]}),
        "inherited",
        "(point 2: {'inherited': 5})",
    ),
    "impossible, regime": (regimes(sigma1=-1.0), "sigma1", "(point 0: {'cos_v': 0.0})"),
    "regime with NaN": (regimes(u=math.nan), "u", "finite"),
    "regime with a word": (regimes(u="1"), "u", "finite"),
    "untrainable": (groups(axes={"d": [200, 40]}), "d", "(point 1: {'d': 40})"),
    "steps out of memory": (groups(axes={"duration": [1e12]}), "steps1", "(point 0"),
}


@pytest.mark.parametrize(("content", "field", "rule"), REFUSED.values(), ids=REFUSED)
def test_refused(content, field, rule):
    """Before anything is trained: by name, with the value and the rule, in one line."""
    with pytest.raises(SweepError) as caught:
        parse(content)
    assert (caught.value.field, rule in caught.value.rule) == (field, True), str(caught.value)
    assert str(caught.value).startswith((f"{field} = ", f"{field}: missing"))
    assert "\n" not in str(caught.value)


NOT_TOML = {
    "not TOML": b"{",
    "not UTF-8": b"\xff\xfe",
    "nested deep": b"a = " + b"[" * 10**5,
    "a key of many parts": b".".join([b"x"] * 20000) + b" = 1",
    "a number of 5000 digits": b"seed = " + b"7" * 5000,
    "given twice": b"seed = 1\nseed = 2",
}


@pytest.mark.parametrize("content", NOT_TOML.values(), ids=NOT_TOML)
def test_not_toml(reading, content):
    with pytest.raises(SweepError, match=r"^file = .*sweep\.toml'") as caught:
        reading(content)
    assert caught.value.field == "file"


def test_no_file(tmp_path):
    for path in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(OSError, match=path.name):
            read(path)


def test_formulas_need_no_training():
    """Where nothing is trained, any dimension will do."""
    assert parse(groups(axes={"d": [20]}, metrics=["law_transfer", "X"])).points[0].regime.d == 20
    assert {
        name
        for name in METRICS
        if name not in quantities.catalogue() and not name.startswith("law_")
    } == TRAINED


def test_refusals_travel():
    """From a worker to where it is printed: an exception that cannot be unpickled breaks the pool
    it comes from.
    """
    refusal = SweepError("d", 5, "must be more")
    found = pickle.loads(pickle.dumps(refusal))
    assert (type(found), found.field, found.value, found.rule, str(found)) == (
        SweepError,
        "d",
        5,
        "must be more",
        str(refusal),
    )


positive = st.floats(0.01, 50.0)


@given(
    st.fixed_dictionaries(
        {
            "n1": st.integers(2, 300),
            "n2": st.integers(2, 300),
            "d": st.integers(20, 10**8),
            "m": st.integers(1, 30),
            "inherited": st.integers(1, 30),
            "tau_2": positive,
            "X": positive,
            "Y": st.floats(1.0, 50.0),
            "upstream_share": st.floats(0.0, 5.0),
            "cos_v": st.floats(-1.0, 1.0),
            "h_1": st.floats(0.01, 5.0),
            "h_2": st.floats(0.01, 5.0),
            "duration": st.floats(0.1, 50.0),
            "zeta_2": st.floats(1e-4, 2.0),
        }
    )
)
@settings(max_examples=60, deadline=None)
def test_groups_are_met(values):
    values["inherited"] = min(values["inherited"], values["m"])
    made, named = from_groups(values), quantities.catalogue()
    for name in ("tau_2", "X", "Y", "h_1", "h_2", "zeta_2"):
        assert named[name](made) == pytest.approx(values[name], rel=1e-9), name
    assert (made.n1, made.n2, made.d, made.m, made.inherited, made.cos_v) == tuple(
        values[k] for k in ("n1", "n2", "d", "m", "inherited", "cos_v")
    )
    assert made.v1**2 == pytest.approx(values["upstream_share"] * made.u**2, rel=1e-9, abs=1e-300)
    for k, steps in ((1, made.steps1), (2, made.steps2)):
        h = named[f"h_{k}"](made)
        assert -1e-9 <= h * steps - values["duration"] <= h * (1 + 1e-9)
    assert set(values) == set(GROUPS)


def test_group_defaults():
    made, named = REGIME, quantities.catalogue()
    assert [named["h_1"](made), named["h_2"](made), named["zeta_2"](made)] == pytest.approx(
        [0.1, 0.1, 0.01]
    )
    assert (made.cos_v, made.v1) == (0.0, made.u)
    assert (
        made.steps1,
        from_groups({k: v for k, v in BASE.items() if k != "duration"}).steps1,
    ) == (20, 200)

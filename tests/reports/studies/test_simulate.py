"""Simulating one regime: specifications are read strictly, and the engines that share their draws
agree.
"""

import json
import math

import pytest

from claims.core import condition
from claims.core.quantities import catalogue
from model.regime import Regime, RegimeError
from model.run import DivergenceError
from model.sampling import Seeds
from reports.studies.simulate import Spec, read_spec, simulate

REGIME = Regime(
    u=1.5,
    v1=1.0,
    v2=2.0,
    cos_v=0.3,
    sigma1=1.0,
    sigma2=0.7,
    n1=8,
    n2=6,
    d=60,
    m=3,
    inherited=1,
    eta1=0.4,
    eta2=0.6,
    steps1=12,
    steps2=15,
    sigma0=0.01,
)
VALUES = REGIME.to_dict()
SPEC = Spec(REGIME, Seeds(5, 2))
NETWORKS = ("upstream", "scratch", "transfer")


@pytest.fixture
def reading(tmp_path):
    """Read a specification from a file."""

    def run(content):
        path = tmp_path / "spec.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return read_spec(path)

    return run


# Specifications -----------------------------------------------------------------------------------


def test_read(reading):
    assert reading(VALUES | {"seeds": 2, "seed": 5}) == SPEC


def test_defaults(reading):
    """As the design promises."""
    assert reading(VALUES) == Spec(REGIME, Seeds(0, 64))


@pytest.mark.parametrize("name", ["u", "cos_v", "sigma0"])
def test_integers_for_reals(reading, name):
    assert getattr(reading(VALUES | {name: 1}).regime, name) == 1.0


REFUSED = {
    **{
        f"no {name}": ({k: v for k, v in VALUES.items() if k != name}, name, "missing")
        for name in VALUES
    },
    **{f"{name} is NaN": (VALUES | {name: math.nan}, name, "must be") for name in VALUES},
    **{f"{name} is infinite": (VALUES | {name: math.inf}, name, "must be") for name in VALUES},
    **{f"{name} is a word": (VALUES | {name: "1"}, name, "must be") for name in VALUES},
    **{f"{name} is null": (VALUES | {name: None}, name, "must be") for name in VALUES},
    **{f"{name} is true": (VALUES | {name: True}, name, "must be") for name in VALUES},
    **{f"{name} is a list": (VALUES | {name: [1]}, name, "must be") for name in VALUES},
    "unknown field": (VALUES | {"sigma3": 1.0}, "sigma3", "unknown field"),
    "another case": (VALUES | {"N1": 8}, "N1", "unknown field"),
    "inherited beyond m": (VALUES | {"inherited": 4}, "inherited", "m = 3"),
    "samples are a float": (VALUES | {"n1": 8.0}, "n1", "must be an integer"),
    "d too small": (VALUES | {"d": 3}, "d", "from 4"),
    "no seeds": (VALUES | {"seeds": 0}, "seeds", "from 1 to"),
    "too many seeds": (VALUES | {"seeds": 10**6}, "seeds", "from 1 to"),
    "seeds are a float": (VALUES | {"seeds": 2.0}, "seeds", "integer"),
    "seeds are true": (VALUES | {"seeds": True}, "seeds", "integer"),
    "seed below 0": (VALUES | {"seed": -1}, "seed", "from 0"),
    "seed is null": (VALUES | {"seed": None}, "seed", "integer"),
    "seed is huge": (VALUES | {"seed": 2**64}, "seed", "from 0"),
    "a list": ([VALUES], "file", "one JSON object"),
    "a number": (7, "file", "one JSON object"),
    "null": (None, "file", "one JSON object"),
    "empty": (b"", "file", "must be JSON"),
    "truncated": (json.dumps(VALUES).encode()[:-1], "file", "must be JSON"),
    "not UTF-8": (b"\xff\xfe", "file", "must be JSON"),
    "nested deep": (b"[" * 10**5, "file", "must be JSON"),
    "a number of 5000 digits": (f'{{"n1": {"7" * 5000}}}'.encode(), "file", "must be JSON"),
    "repeated": ((json.dumps(VALUES)[:-1] + ', "u": 1.5}').encode(), "u", "given twice"),
    "repeated seeds": (
        (json.dumps(VALUES)[:-1] + ', "seeds": 2, "seeds": 2}').encode(),
        "seeds",
        "given twice",
    ),
}


@pytest.mark.parametrize(("content", "field", "rule"), REFUSED.values(), ids=REFUSED)
def test_refused(reading, content, field, rule):
    """In the name of the field, with what was given and what is asked for."""
    with pytest.raises(RegimeError) as caught:
        reading(content)
    assert caught.value.field == field
    assert rule in caught.value.rule


def test_no_file(tmp_path):
    for path in (tmp_path / "absent.json", tmp_path):
        with pytest.raises(OSError, match=path.name):
            read_spec(path)


# What cannot run ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [({"n1": 57}, "d"), ({"n1": 58}, "n1"), ({"n2": 100}, "n2"), ({"m": 13}, "d")],
    ids=str,
)
def test_law_level_needs_dimensions(change, field):
    """Explicit sampling takes the same regime."""
    spec = Spec(Regime(**(VALUES | change)), Seeds(0, 1))
    with pytest.raises(RegimeError, match="at law level") as caught:
        simulate(spec, "law")
    assert caught.value.field == field
    assert simulate(spec, "gram")["scratch"]["loss"]


#: One huge step, with many samples in each other's way.
DIVERGING = {"n1": 60, "n2": 60, "d": 160, "u": 0.1, "v1": 0.1, "v2": 0.1, "steps1": 1, "steps2": 1}


@pytest.mark.parametrize("engine", ["law", "gram", "autograd"])
@pytest.mark.parametrize("field", ["eta1", "eta2"])
def test_divergence(engine, field):
    """In the name of the step size, with the number that is too large."""
    diverging = Spec(Regime(**(VALUES | DIVERGING | {field: 1e5})), Seeds(0, 2))
    with pytest.raises(
        DivergenceError,
        match=rf"{field} = 100000\.0: gradient descent diverges.* h = eta sigma\^2 d/\(N m\)",
    ) as caught:
        simulate(diverging, engine)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("engine", ["law", "gram"])
def test_overflow(engine):
    with pytest.raises(DivergenceError, match="no longer finite"):
        simulate(Spec(Regime(**(VALUES | {"v2": 1e200})), Seeds(0, 1)), engine)


@pytest.mark.parametrize("change", [{"steps1": 10**12}, {"steps2": 10**30}], ids=str)
def test_out_of_reach(change):
    """What no machine can hold is refused as everything else is."""
    with pytest.raises((RegimeError, DivergenceError)):
        simulate(Spec(Regime(**(VALUES | change)), Seeds(0, 1)))


@pytest.mark.parametrize("change", [{"eta2": 1e200}, {"sigma2": 1e100}, {"d": 10**18}], ids=str)
def test_at_the_edge_of_reach(change):
    """Numbers, not infinities, where the arithmetic still holds them: one such step separates six
    samples.
    """
    json.dumps(simulate(Spec(Regime(**(VALUES | change)), Seeds(0, 1))), allow_nan=False)


# Engines ------------------------------------------------------------------------------------------

KINDS = {
    "plain": {},
    "no universal signal": {"u": 0.0},
    "no signal": {"u": 0.0, "v1": 0.0, "v2": 0.0},
    "nothing inherited": {"inherited": 0},
    "all inherited": {"inherited": 3},
    "more samples than dimensions": {"d": 7},
}


@pytest.mark.parametrize("change", KINDS.values(), ids=KINDS)
def test_gram_is_autograd(change):
    spec = Spec(Regime(**(VALUES | change)), Seeds(5, 2))
    fast, slow = simulate(spec, "gram"), simulate(spec, "autograd")
    assert fast["quantities"] == slow["quantities"]
    assert fast["condition"] == slow["condition"]
    for network in NETWORKS:
        for name in ("loss", "test_error"):
            assert fast[network][name] == pytest.approx(slow[network][name], rel=1e-10, abs=1e-10)


def test_nothing_inherited_is_scratch():
    result = simulate(Spec(Regime(**(VALUES | {"inherited": 0})), Seeds(5, 3)), "law")
    assert result["transfer"] == result["scratch"]


def test_seeds():
    """Repeatable; one entry a seed; each seed the same in any batch."""
    first, again, alone = (
        simulate(Spec(REGIME, seeds)) for seeds in (Seeds(5, 3), Seeds(5, 3), Seeds(5, 1))
    )
    other = simulate(Spec(REGIME, Seeds(6, 3)))
    assert first == again
    for network in NETWORKS:
        assert alone[network]["loss"] == pytest.approx(first[network]["loss"][:1], rel=1e-12)
        assert not set(first[network]["loss"]) & set(other[network]["loss"])


def test_law_and_gram_draw_differently():
    """They agree in law only; were they equal, the option would do nothing."""
    assert simulate(SPEC, "law")["scratch"]["loss"] != simulate(SPEC, "gram")["scratch"]["loss"]


# The result ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["law", "gram", "autograd"])
def test_result(engine):
    """What the design promises to those who script against `--json`."""
    result = simulate(SPEC, engine)
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert set(result) == {"quantities", "condition", *NETWORKS}
    assert result["quantities"] == pytest.approx(
        {name: quantity(REGIME) for name, quantity in catalogue().items()}
    )
    assert result["condition"]["clauses"] == pytest.approx(condition.slacks(REGIME))
    assert result["condition"]["slack"] == min(result["condition"]["clauses"].values())
    assert result["condition"]["asked"] == {
        clause.name: condition.PRACTICAL.constants[clause.constant]
        for clause in condition.clauses()
    }
    assert result["condition"]["tiers"] == {"practical": False, "literal": False}
    for network in NETWORKS:
        found = result[network]
        assert {"loss", "test_error"} <= set(found)
        assert all(len(values) == 2 for values in found.values())
        assert all(
            0 <= low <= value <= high <= 1
            for value, (low, high) in zip(
                found["test_error"], found["test_error_interval"], strict=True
            )
        )


def test_no_infinity_in_json():
    """Y = ||s_2||^2/||u||^2 has no value at u = 0."""
    result = simulate(Spec(Regime(**(VALUES | {"u": 0.0})), Seeds(0, 1)))
    assert result["quantities"]["Y"] is None
    json.dumps(result, allow_nan=False)

"""Counterexamples: written and read back to the same failure; every damaged field refused by name;
reading runs nothing.
"""

import json
from dataclasses import replace

import pytest

from claims.core import constants as constant_table
from claims.core.catalogue import find
from claims.core.profile import PROFILES
from claims.core.status import Status
from model.regime import Regime
from reports.ledger.counterexample import FORMAT, VERSION, CounterexampleError, read, write
from reports.studies.verify import decide

#: Cheap, falsified, of each kind: over regimes and about formulas.
WRONG, FORMULA = "e5.scratch!off-by-one", "gamma-printed.dimensionless"
#: A claim whose constants are calibrated.
FITTED = "theorem-4.3.error-upper"
REGIME = Regime(
    u=1.0,
    v1=1.0,
    v2=2.0,
    cos_v=0.0,
    sigma1=1.0,
    sigma2=1.0,
    n1=3,
    n2=4,
    d=40,
    m=2,
    inherited=1,
    eta1=0.1,
    eta2=0.1,
    steps1=3,
    steps2=3,
    sigma0=0.01,
)


@pytest.fixture(scope="module", params=[WRONG, FORMULA])
def falsified(request):
    verdict = decide(find(request.param), replace(PROFILES["quick"], regimes=2))
    assert verdict.status is Status.FALSIFIED
    return verdict


def record(claim=WRONG, regime=REGIME, **changes):
    """The JSON of a counterexample, by hand."""
    known = constant_table.load()
    return {
        "format": FORMAT,
        "version": VERSION,
        "claim": claim,
        "regime": None if regime is None else regime.to_dict(),
        "root": 7,
        "constants": {name: known[name] for name in find(claim).constants},
    } | changes


@pytest.fixture
def reading(tmp_path):
    """Read a record, or bytes, from a file."""

    def run(content):
        path = tmp_path / "counterexample.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return read(path)

    return run


# Round trip ---------------------------------------------------------------------------------------


def test_round_trip(falsified, tmp_path):
    write(falsified, path := tmp_path / "folder" / "file.json")
    case = read(path)
    assert case.claim.id == falsified.claim
    found = falsified.counterexample
    assert (None if case.regime is None else case.regime.to_dict(), case.root) == (
        found["regime"],
        found["root"],
    )
    assert case.constants == falsified.constants


def test_still_fails(falsified, tmp_path):
    """The same integers, the same margins: those of the verdict."""
    write(falsified, path := tmp_path / "file.json")
    margin = read(path).margin()
    assert margin.certain_failures > 0
    assert margin.low.min() == falsified.counterexample["margin"]
    assert margin.low.tolist() == read(path).margin().low.tolist()


def test_file_is_for_people_too(falsified, tmp_path):
    write(falsified, path := tmp_path / "file.json")
    kept = json.loads(path.read_text())
    assert kept["statement"] == find(falsified.claim).statement
    assert {"unit", "delta", "entropy", "versions", "margin"} <= set(kept)


def test_by_hand(reading):
    case = reading(record())
    assert (case.claim.id, case.regime, case.root, case.constants) == (WRONG, REGIME, 7, {})


@pytest.mark.parametrize("seeds", [None, 1, 50])
def test_seeds_of_its_own(reading, seeds):
    """As many as the file says; as many as the rule tries a regime with where it says nothing."""
    case = reading(record() if seeds is None else record(replay_seeds=seeds))
    wanted = seeds or case.claim.rule.seeds(PROFILES["ci"])
    assert case.seeds == len(case.margin().high) == wanted


@pytest.mark.parametrize("seeds", [0, -1, True, 1.5, "9", 10**6])
def test_bad_seeds(reading, seeds):
    with pytest.raises(CounterexampleError, match="replay_seeds"):
        reading(record(replay_seeds=seeds))


def test_reading_runs_nothing(reading, monkeypatch):
    """Whatever the file says: no network is trained before it is asked for."""

    def never(*_):
        raise AssertionError("ran")

    monkeypatch.setattr("claims.observing.facts.starts.sample", never)
    case = reading(record() | {"observe": "__import__('os').system('true')"})
    with pytest.raises(AssertionError, match="ran"):  # control: it would have been seen
        case.margin()


# Damaged ------------------------------------------------------------------------------------------


def without(name):
    return {k: v for k, v in record().items() if k != name}


DAMAGED = {
    "no format": (without("format"), "format"),
    "another format": (record(format="transfer-claims-ledger"), "format"),
    "no version": (without("version"), "version"),
    "a later version": (record(version=VERSION + 1), "version"),
    "version is a word": (record(version="1"), "version"),
    "no claim": (without("claim"), "claim"),
    "no such claim": (record() | {"claim": "e5.scratches"}, "claim = 'e5.scratches'"),
    "no such version of it": (record() | {"claim": "e5.scratch!bias"}, "claim"),
    "claim is a list": (record() | {"claim": ["e5.scratch"]}, "claim"),
    "claim is a path": (record() | {"claim": "../../etc/passwd"}, "claim"),
    "no root": (without("root"), "root"),
    "root below 0": (record(root=-1), "root = -1"),
    "root is a float": (record(root=7.0), "root"),
    "root is true": (record(root=True), "root"),
    "root is a word": (record(root="7"), "root"),
    "no regime": (without("regime"), "regime"),
    "regime is null": (record(regime=None), "regime"),
    "regime is a list": (record() | {"regime": []}, "regime"),
    "regime is empty": (record() | {"regime": {}}, "u: missing"),
    "regime of a formula": (record(FORMULA, REGIME), "regime"),
    "no constants": (without("constants"), "constants"),
    "constants of another claim": (record(constants={"theorem-4.3.C_1": 1.0}), "constants"),
    **{
        f"{name} of the regime is {value!r}": (
            record() | {"regime": REGIME.to_dict() | {name: value}},
            f"{name} = ",
        )
        for name in REGIME.to_dict()
        for value in (None, "1", float("nan"), -2)
        if not (name == "cos_v" and value == -1)
    },
    "unknown field of the regime": (
        record() | {"regime": REGIME.to_dict() | {"sigma3": 1.0}},
        "sigma3",
    ),
    **{
        f"no {name} in the regime": (
            record() | {"regime": {k: v for k, v in REGIME.to_dict().items() if k != name}},
            name,
        )
        for name in REGIME.to_dict()
    },
}


@pytest.mark.parametrize(("content", "named"), DAMAGED.values(), ids=DAMAGED)
def test_damaged(reading, content, named):
    with pytest.raises(ValueError, match=named) as caught:
        reading(content)
    assert "\n" not in str(caught.value)


UNREADABLE = {
    "empty": b"",
    "truncated": json.dumps(record()).encode()[:-2],
    "not UTF-8": b"\xff\xfe{}",
    "not JSON": b"counterexample",
    "a list": b"[]",
    "null": b"null",
    "nested deep": b"[" * 10**5,
    "nested deep within": (json.dumps(record())[:-1] + ', "note": ' + '{"a": ' * 10**5).encode(),
    "a number of 5000 digits": (json.dumps(record())[:-1] + f', "note": {"7" * 5000}}}').encode(),
    "oversize": b" " * 2**20 + json.dumps(record()).encode(),
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable(reading, content):
    with pytest.raises(CounterexampleError, match=r"counterexample\.json"):
        reading(content)


@pytest.mark.parametrize("name", ["absent.json", ""], ids=["absent", "a folder"])
def test_no_file(tmp_path, name):
    with pytest.raises(CounterexampleError, match="cannot be read"):
        read(tmp_path / name)


def test_a_pickle_is_not_opened(reading):
    with pytest.raises(CounterexampleError):
        reading(b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x94\x85\x94R\x94.")


# Constants ----------------------------------------------------------------------------------------


def test_constants_as_they_are_now(reading):
    assert reading(record(FITTED)).constants == record(FITTED)["constants"] != {}


@pytest.mark.parametrize("change", ["another value", "one missing", "one more", "none"])
def test_other_constants(reading, change):
    """A counterexample to one set of constants says nothing about another."""
    now = record(FITTED)["constants"]
    name = next(iter(now))
    other = {
        "another value": now | {name: now[name] * 1.01},
        "one missing": {k: v for k, v in now.items() if k != name},
        "one more": now | {"theorem-9.9.C_1": 1.0},
        "none": {},
    }[change]
    with pytest.raises(CounterexampleError, match=r"constants = .*verify it again"):
        reading(record(FITTED, constants=other))

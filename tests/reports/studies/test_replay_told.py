"""What a replay tells beside the trajectory: constants, error against bound, the file's margin; by
a claim's id too.
"""

import json
from dataclasses import replace

import pytest

from claims.core import findings
from claims.core.catalogue import find
from claims.core.profile import PROFILES
from claims.core.status import Status
from reports.ledger import counterexample, ledger
from reports.studies import replay
from reports.studies.verify import decide

#: About a test error, with constants; cheap to refute.
CLAIM = "theorem-4.2.error-upper.gamma-printed"
KEPT = findings.path("f3.diverges")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    verdict = decide(find(CLAIM), replace(PROFILES["quick"], regimes=1))
    assert verdict.status is Status.FALSIFIED
    return counterexample.keep(verdict, tmp_path_factory.mktemp("failures"))


@pytest.fixture(scope="module")
def seen(file):
    return replay.again(counterexample.read(file))


def test_the_file_s_margin(file, seen):
    """The same margin on the same seeds, to the last bit, with the worst left out as there."""
    told = json.loads(file.read_text())
    assert seen.tolerated == told["margin"]
    assert len(seen.margin.high) == told["seeds"]
    assert seen.margin.certain_failures == told["certain_failures"]


def test_error_against_bound(seen):
    """The worst seed's error, against the bound at the criterion's value."""
    one = seen.against
    assert (one.held, one.upper, one.criterion) == ("transfer", True, "Gamma_printed+tau_2")
    assert one.value > one.bound
    known = seen.case.constants
    assert one.at >= known["theorem-4.2.gamma-printed.C_1"] * (1 - 1e-9)


def test_printed(run, file):
    code, out, err = run("replay", file)
    told = json.loads(file.read_text())
    assert (code, err) == (1, "")
    assert "constants: theorem-4.2.gamma-printed.C_1 = 100" in out
    assert "(transfer), where at most 0.368 is claimed at Gamma_printed+tau_2 = 100" in out
    assert f"margin {told['margin']:.4g} nats between the bound and the error" in out
    assert f"(the file says {told['margin']:.4g})" in out


def test_json(run, file, seen):
    _, out, _ = run("replay", file, "--json")
    told = json.loads(out)
    assert told["margin"] == told["margin_told"] == seen.tolerated
    assert told["constants"] == dict(seen.case.constants)
    assert told["against"] == seen.against.to_dict()


def test_by_id(run):
    """The counterexample kept of a claim is its file's."""
    code, out, err = run("replay", "f3.diverges", "--json")
    assert (code, err) == (1, "")
    assert out == run("replay", KEPT, "--json")[1]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("e5.scratch", "decide it first: transfer-claims verify e5.scratch"),
        ("e5.scrtch", "did you mean e5.scratch"),
        ("absent.json", "absent.json: cannot be read"),
        ("folder/absent", "cannot be read"),
    ],
)
def test_neither_file_nor_kept(run, named, said):
    code, out, err = run("replay", named)
    assert (code, out, said in err, err.count("\n")) == (2, "", True, 1)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A ledger with what stands, what falls, and what has no regime."""
    path = tmp_path_factory.mktemp("book") / "ledger.jsonl"
    names = "e5.scratch", "e5.scratch!off-by-one", "f3.diverges", "m3.boundary"
    profile = replace(PROFILES["quick"], regimes=2)
    verdicts = [decide(find(name), profile) for name in names]
    ledger.update(path, verdicts)
    return path, dict(zip(names, verdicts, strict=True))


def test_the_worst_regime_of_what_stands(run, book):
    """The margin that the ledger has, and exit code 0."""
    path, verdicts = book
    code, out, err = run("replay", "e5.scratch", "--ledger", path)
    assert (code, err) == (0, "")
    assert "(the ledger says 0)" in out
    assert "\nstands\n" in out
    code, out, _ = run("replay", "e5.scratch", "--ledger", path, "--json")
    told, worst = json.loads(out), verdicts["e5.scratch"].worst_case
    assert (code, told["fails"], told["seeds"]) == (0, False, worst["seeds"])
    assert told["margin"] == told["margin_told"] == worst["margin"]


def test_a_formula_by_a_ledger(run, book):
    """Is computed again; there is nothing to draw."""
    code, out, err = run("replay", "m3.boundary", "--ledger", book[0])
    assert (code, err) == (0, "")
    assert "no trajectory" in out


@pytest.mark.parametrize("name", ["e5.scratch!off-by-one", "f3.diverges"])
def test_what_fell_by_a_ledger(run, book, name):
    """Its counterexample, not the one that is kept."""
    path, verdicts = book
    code, out, err = run("replay", name, "--ledger", path, "--json")
    assert (code, err) == (1, "")
    told = json.loads(out)
    assert told["margin"] == told["margin_told"] == verdicts[name].counterexample["margin"]
    assert "(the ledger says " in run("replay", name, "--ledger", path)[1]


def test_a_ledger_that_does_not_help(run, book, file, tmp_path):
    path, _ = book
    refusals = {
        ("e1.step", path): "has no verdict of it; decide it first",
        ("e1.step", tmp_path / "none.jsonl"): "there is no",
        ("f3.diverges", tmp_path / "none.jsonl"): f"--ledger {tmp_path / 'none.jsonl'}",
        (str(file), path): "is a file, and has its case",
    }
    for (named, ledger_path), said in refusals.items():
        code, out, err = run("replay", named, "--ledger", ledger_path)
        assert (code, out) == (2, "")
        assert said in err


def test_other_constants_than_the_ledger_s(book):
    verdict = replace(book[1]["e5.scratch"], constants={"C_4": 3.0})
    with pytest.raises(counterexample.CounterexampleError, match="verify it again"):
        counterexample.of_verdict(verdict)


def test_no_regime_to_train_again(book):
    verdict = replace(book[1]["e5.scratch"], worst_case=None)
    with pytest.raises(counterexample.CounterexampleError, match="no regime to be trained again"):
        counterexample.of_verdict(verdict)


@pytest.mark.parametrize("changes", [{"margin": "low"}, {"margin": True}, {"seeds": 0}], ids=str)
def test_refused(run, file, tmp_path, changes):
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(json.loads(file.read_text()) | changes))
    code, out, err = run("replay", path)
    assert (code, out, next(iter(changes)) in err) == (2, "", True)


def test_progress_over_many_regimes(monkeypatch):
    """A statement about many regimes tells how far it is."""
    kept = counterexample.read(findings.path("m1.orders.gamma"))
    ticks = []
    replace(kept, regimes=3).margin(lambda done, of: ticks.append((done, of)))
    assert ticks[-1] == (3, 3)
    assert [done for done, _ in ticks] == [1, 2, 3]


def test_a_drawing_has_a_format_by_its_ending(run, file, tmp_path):
    """What it cannot be is said before anything is trained."""
    code, out, err = run("replay", file, "--plot", tmp_path / "drawing.txt")
    assert (code, out) == (2, "")
    assert "must end with .svg, .png, .pdf" in err

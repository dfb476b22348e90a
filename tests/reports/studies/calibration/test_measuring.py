"""Regimes of calibration, what each needs, and going on where a run was interrupted."""

import sys
from dataclasses import replace

import pytest
from fits import C_1, DOMAIN, NAMES, OTHERS, observe
from toys import bare

from claims.core.calibration import CalibrationSet, OpenConstant
from claims.core.condition import DELTA, PRACTICAL
from claims.core.domain import Between
from claims.core.domains import from_scratch
from claims.core.quantities import TAU_2
from claims.core.workspace import Workspace
from model.sampling import Seeds
from reports.studies.calibration.calibrate import calibrate
from reports.studies.calibration.measuring import SEEDS, key, measure, store, stored
from reports.studies.calibration.plan import plan
from strategies.search import ROOTS

pytestmark = pytest.mark.usefixtures("toy_catalogue")


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


@pytest.fixture
def fitted(monkeypatch):
    """Calibrate within this process; and what is measured, in order."""
    measured = []
    module = sys.modules["reports.studies.calibration.calibrate"]

    def noted(name, *rest):
        measured.append(name)
        return measure(name, *rest)

    monkeypatch.setattr(module, "measure", noted)

    def run(workspace=None, chosen=None, known=None, **changes):
        measured.clear()
        options = {"regimes": 6, "entropy": 1, "report": lambda line: None}
        fits = calibrate(plan(chosen), known or {}, workspace=workspace, **(options | changes))
        return fits, list(measured)

    return run


def test_what_regimes_need():
    """Of every constant of the set, a share of the seeds left out; in every stratum."""
    needs = measure("toy.2", {}, 12, 1)
    assert len(needs) == 12
    for need in needs:
        assert DOMAIN.violations(need.regime, {}) == []
        needed = C_1.per_regime(observe(need.regime, Seeds(0, SEEDS)), DELTA)
        assert need.values == {"toy.C_1": needed}
        assert needed == pytest.approx(TAU_2(need.regime) * (SEEDS - int(DELTA * SEEDS)))
        assert need.low == 0.5
    assert len({need.tags for need in needs}) == 6


def test_seeds_of_a_set(toy_catalogue):
    """As many as it asks for; another number makes it another set."""
    drawn = CalibrationSet("toy.more", DOMAIN, observe, seeds=100)
    more = OpenConstant("toy.more", C_1.needed, sets=(drawn,))
    toy_catalogue["more"] = bare(id="more", fits=(more,))
    need = measure("toy.more", {}, 6, 1)[0]
    assert need.values["toy.more"] == pytest.approx(TAU_2(need.regime) * (100 - int(DELTA * 100)))
    assert key(drawn, {}, 6, 1) != key(replace(drawn, seeds=None), {}, 6, 1)


def test_bounds_that_were_fitted_before():
    needs = measure("toy.others", {"toy.C_1": 2.0}, 6, 1)
    assert max(TAU_2(need.regime) for need in needs) <= 2.0 * (1 + 1e-9)


@pytest.mark.parametrize(
    ("between", "low"),
    [(Between(1, 9), 1.0), (Between(0.5, 9.0), 0.5), (Between("toy.C_1", 9.0), None)],
)
def test_low_end(between, low, toy_catalogue):
    """Of what the criterion is drawn from, where it is a number, whole or not."""
    domain = from_scratch(TAU_2, between, tier=PRACTICAL)
    drawn = CalibrationSet("toy.more", domain, observe)
    more = OpenConstant("toy.more", C_1.needed, sets=(drawn,))
    toy_catalogue["more"] = bare(id="more", fits=(more,))
    assert measure("toy.more", {"toy.C_1": 2.0}, 6, 1)[0].low == low


def test_roots_are_calibration_s(monkeypatch):
    roots = []
    module = sys.modules["reports.studies.calibration.measuring"]

    def noted(root, count):
        roots.append(root)
        return Seeds(root, count)

    monkeypatch.setattr(module, "Seeds", noted)
    measure("toy.2", {}, 6, 1)
    assert min(roots) >= ROOTS


# Kept ---------------------------------------------------------------------------------------------


def test_stored(workspace):
    needs = measure("toy.2", {}, 6, 1)
    store(workspace, "toy.2", "a key", needs)
    assert stored(workspace, "toy.2", "a key") == needs
    assert stored(workspace, "toy.2", "another") is None
    assert stored(workspace, "toy.3", "a key") is None


def test_without_a_workspace_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store(None, "toy.2", "a key", [])
    assert stored(None, "toy.2", "a key") is None
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"key": "k", "needs": [{}]}'])
def test_a_broken_file_is_measured_again(workspace, text):
    workspace.calibration.mkdir()
    (workspace.calibration / "toy.2.json").write_text(text)
    assert stored(workspace, "toy.2", "k") is None


def test_what_makes_a_set_another():
    used = {"toy.C_1": 2.0}
    first = key(OTHERS, used, 6, 1)
    assert first == key(OTHERS, used | {"toy.more": 1.0}, 6, 1)
    others = [
        key(OTHERS, {"toy.C_1": 3.0}, 6, 1),
        key(OTHERS, used, 30, 1),
        key(OTHERS, used, 6, 2),
    ]
    assert len({first, *others}) == 4


# Whole --------------------------------------------------------------------------------------------


def test_fitted_in_order(fitted):
    """The second set is drawn below the constant that the first one gave."""
    fits, measured = fitted()
    assert tuple(one.name for one in fits) == NAMES
    assert measured == ["toy.2", "toy.others"]
    first, second, third = (one.value for one in fits)
    assert third == pytest.approx(first / second, rel=0.1)
    assert [one.regimes for one in fits] == [6, 6, 6]


def test_goes_on_where_it_was(fitted, workspace):
    """Sets that were finished are not measured again, unless something of them changed."""
    first, measured = fitted(workspace)
    assert len(measured) == 2
    assert fitted(workspace) == (first, [])
    (workspace.calibration / "toy.others.json").unlink()
    assert fitted(workspace) == (first, ["toy.others"])
    assert fitted(workspace, entropy=2)[1] == ["toy.2", "toy.others"]


def test_known_constants_stay(fitted, toy_catalogue):
    """What is not refitted is drawn with as it stands."""
    chosen = [toy_catalogue["toy.1"]]
    fits, measured = fitted(chosen=chosen, known={"toy.C_1": 2.0})
    assert [one.name for one in fits] == ["toy.C_2"]
    assert measured == ["toy.others"]

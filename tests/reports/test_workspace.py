"""A run writes in its workspace and nowhere else: deciding from a script leaves no trace in the
folder that it is run in.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from claims.core.workspace import Workspace

ROOT = Path(__file__).parents[2]
#: Each regime by itself, and many at once with predictions made before.
EXACT, POPULATION = "e5.scratch", "m1.orders.tau-D"
DECIDE = """
import sys
from dataclasses import replace
from pathlib import Path
from claims.core.catalogue import find
from claims.core.profile import PROFILES
from claims.core.workspace import Workspace
from claims.deciding.population import Population
from reports.studies.verify import decide
name, folder = sys.argv[1:]
claim, profile = find(name), PROFILES["quick"]
if isinstance(claim.rule, Population):  # of few regimes
    assert claim.rule.predict is not None
    claim = replace(claim, rule=replace(claim.rule, count=8))
verdict = decide(claim, profile, workspace=Workspace(Path(folder)) if folder else None)
assert verdict.regimes
"""


def run(name, folder, workspace=""):
    """Decide in a process that is at home in `folder`."""
    done = subprocess.run(
        [sys.executable, "-c", DECIDE, name, str(workspace)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("name", [EXACT, POPULATION])
def test_without_a_workspace_nothing_is_written(tmp_path, name):
    run(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_predictions_go_into_the_workspace(tmp_path):
    """Control: with one, something is written, and there."""
    (here := tmp_path / "here").mkdir()
    run(POPULATION, here, tmp_path / "work")
    assert list(here.iterdir()) == []
    assert [file.name for file in (tmp_path / "work").iterdir()] == ["predictions"]
    assert list(Workspace(tmp_path / "work").predictions.iterdir())


def test_a_workspace_is_made_when_something_is_written(tmp_path):
    workspace = Workspace(tmp_path / "work")
    for name in ("predictions", "failures", "ledger", "sweeps", "experiments", "calibration"):
        assert getattr(workspace, name).is_relative_to(workspace.root)
    assert not workspace.root.exists()

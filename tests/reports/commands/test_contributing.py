"""The page on adding a claim is true: its file, saved where it says, is found, decided and
controlled, with nothing else touched.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "claims" / "CONTRIBUTING.md").read_text()
FILE = re.search(r"Save this as `(claims/\w+/\w+\.py)`", PAGE).group(1)
CODE = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL).group(1)
COMMAND = re.search(r"```\n(transfer-claims .*?)\n```", PAGE).group(1).split()


@pytest.fixture
def project(tmp_path):
    """A copy of the project, and of what is compiled, with the page's file in it."""
    for folder in ("claims", "model", "strategies", "reports"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("out"))
    (tmp_path / FILE).write_text(CODE)
    return tmp_path


def run(project, *arguments):
    """The command line of the copy."""
    start = [sys.executable, "-c", "from reports.commands.entry import main; main()", *arguments]
    return subprocess.run(
        start,
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_page(project):
    done = run(project, *COMMAND[1:], "--json")
    assert done.returncode == 0, done.stderr
    statuses = {verdict["claim"]: verdict["status"] for verdict in json.loads(done.stdout)}
    claim_id = COMMAND[2]
    assert statuses.pop(claim_id) == "verified"
    assert len(statuses) >= 2
    assert set(statuses.values()) == {"falsified"}


def test_nothing_else_to_touch(project):
    """The tests of the catalogue, and those that decide the claim and its mutants, pass
    with the file there.
    """
    for folder in ("tests/claims", "tests/controls", "tests/theory", "tests/model"):
        shutil.copytree(
            ROOT / folder, project / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("tests/conftest.py", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, project / name)
    claim_id = COMMAND[2]
    chosen = [
        "tests/claims/core/test_catalogue.py",
        "tests/theory",
        "tests/controls",
        "-k",
        f"test_catalogue or {claim_id}",
        "-p",
        "no:cacheprovider",
        "--claims-profile",
        "quick",
        "-v",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *chosen],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    for test in (f"test_find[{claim_id}]", f"test_verdict[{claim_id}]"):
        assert f"{test} PASSED" in done.stdout


def test_a_false_claim_does_not_survive(project):
    """Control: the page's claim turned around."""
    (project / FILE).write_text(
        CODE.replace(
            "margin=more(0, 1),",
            "margin=more(1, 0),",
            1,
        )
    )
    assert (project / FILE).read_text() != CODE
    done = run(project, "verify", COMMAND[2], "--profile", "quick", "--json")
    assert done.returncode == 1, done.stderr
    assert [verdict["status"] for verdict in json.loads(done.stdout)] == ["falsified"]


def test_short():
    assert len(CODE.splitlines()) <= 50

"""A run of the theory tier as XML that other tools read."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from claims.deciding.verdict import Verdict
from reports.ledger import ledger
from reports.pytest_plugin import PROPERTY

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("family", ["xunit1", "xunit2"])
def test_junit(pytester, family):
    """A run of the theory tier, by the project's own configuration, as XML that other tools read:
    the claim's test, and its verdict with it.
    """
    tmp_path = pytester.path
    chosen = (
        "-c",
        ROOT / "pyproject.toml",
        "--rootdir",
        ROOT,
        ROOT / "tests" / "theory",
        "-m",
        "theory",
        "-k",
        "e5.scratch or b5.lower",
    )
    options = (
        "--claims-profile",
        "quick",
        "-p",
        "no:cacheprovider",
        "--ledger",
        tmp_path / "ledger.jsonl",
        "--junitxml",
        tmp_path / "junit.xml",
        "-o",
        f"junit_family={family}",
    )
    assert pytester.runpytest_inprocess(*chosen, *options).ret == 0
    suite = ET.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert (suite.get("failures"), suite.get("errors"), suite.get("tests")) == (
        "0",
        "0",
        str(len(cases)),
    )
    kept = ledger.read(tmp_path / "ledger.jsonl").verdicts
    assert {"e5.scratch", "b5.lower"} <= set(kept)
    assert {f"test_verdict[{name}]" for name in kept} == set(cases)
    for name, verdict in kept.items():
        (value,) = [
            p.get("value")
            for p in cases[f"test_verdict[{name}]"].iter("property")
            if p.get("name") == PROPERTY
        ]
        assert Verdict.from_dict(json.loads(value)) == verdict

"""Evidence at the terminal: names and values, no dictionaries of Python."""

import pytest

from reports.commands.showing.claims import evidence_lines

ESTIMATE = {"value": 0.5, "low": 0.25, "high": 0.75}


@pytest.mark.parametrize(
    ("evidence", "lines"),
    [
        ({}, []),
        ({"rank": ESTIMATE}, ["rank: 0.5 (0.25 to 0.75)"]),
        ({"held": True, "n": 3}, ["held: yes", "n: 3"]),
        ({"file": {"name": "x", "regimes": 320}}, ["file:", "  name: x", "  regimes: 320"]),
        (
            {"a": {"x": 1, "y": 2}, "b": {"x": 3, "y": 4}},
            ["a: x 1, y 2", "b: x 3, y 4"],
        ),
        ({"rows": [{"p": 1}, {"p": 2, "q": 3}]}, ["rows:", "  p 1, q", "  p 2, q 3"]),
        ({"matrix": [[1, 2], [3, 4]]}, ["matrix:", "  1, 2", "  3, 4"]),
    ],
)
def test_evidence_in_lines(evidence, lines):
    assert evidence_lines(evidence) == lines
    assert not any(mark in line for line in lines for mark in "{}'")

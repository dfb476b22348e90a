"""Text and numbers from elsewhere are shown, and do nothing."""

import json
from dataclasses import replace

from pages import (
    BOOK,
    HOSTILE,
    Parsed,
    errors_of,
    verdict,
)

from reports.ledger.ledger import Ledger
from reports.page import document
from reports.studies.experiments.results import ClaimCounts
from reports.studies.experiments.testing import Check


def test_hostile_experiment(folder, tmp_path, leave):
    """Whatever words an outcome holds, they are shown as text."""
    decided, check = (
        ClaimCounts(HOSTILE, 9, 7, 4, 2, 1, None, HOSTILE),
        Check(HOSTILE, HOSTILE, 3, 1.0, None, None, 0.5, None),
    )
    leave(tmp_path, "plane", decided=(decided,), checks=(check,))
    file = tmp_path / "plane-quick.json"
    file.write_text(
        json.dumps(
            json.loads(file.read_text(encoding="utf-8")) | {"caption": HOSTILE, "title": HOSTILE}
        ),
        encoding="utf-8",
    )
    text = document.render(BOOK, folder, tmp_path)
    parsed = Parsed(text)
    assert not parsed.misplaced
    assert [tag for tag, _ in parsed.tags].count("script") == 2
    assert [a["src"][:19] for tag, a in parsed.tags if tag == "img"] == ["data:image/svg+xml,"]
    assert not [
        name for _, attributes in parsed.tags for name in attributes if name.startswith("on")
    ]
    assert HOSTILE not in text


def test_hostile_ledger(folder):
    """Whatever strings a ledger holds, they are shown as text."""
    evidence = {
        HOSTILE: HOSTILE,
        "list": [HOSTILE],
        "rows": [{HOSTILE: HOSTILE}],
        "deep": {"x": {"y": {HOSTILE: [1]}}},
    }
    case = {"regime": {HOSTILE: HOSTILE}, "root": HOSTILE, HOSTILE: HOSTILE}
    evil = verdict(
        "e1.step",
        unit=HOSTILE,
        method=HOSTILE,
        profile=HOSTILE,
        evidence=evidence,
        worst_case=case,
        constants={HOSTILE: 1.0},
    )
    text = document.render(
        replace(Ledger({}).updated([evil]), written=HOSTILE, versions={HOSTILE: HOSTILE}), folder
    )
    parsed = Parsed(text)
    assert not parsed.misplaced
    assert [tag for tag, _ in parsed.tags].count("script") == 2
    assert not [tag for tag, _ in parsed.tags if tag == "img"]
    assert not [
        name for _, attributes in parsed.tags for name in attributes if name.startswith("on")
    ]
    assert HOSTILE not in text
    assert HOSTILE in parsed.articles["e1.step"]


def test_hostile_numbers(folder):
    """Numbers that no plot can hold do not keep the page from being made."""
    points = [
        {"margin": None, "across": 0.0, "scratch": 0.1},
        {"margin": 1e300, "across": 5.0, "scratch": None},
        {"margin": -1e300, "across": None},
    ]
    book = Ledger({}).updated(
        [
            errors_of(),
            verdict("theorem-4.3.error-lower", points=points, constants={"theorem-4.3.C_3": 1.0}),
        ]
    )
    assert not Parsed(document.render(book, folder)).misplaced

"""Records of pairs and remedies that come with the project: read, in order, and as the documents
tell them.
"""

from pathlib import Path

import pytest

from reports.images.pairs import run as pairs_run
from reports.images.pairs import summary as pairs_summary
from reports.images.pairs.run import BEFORE, Finished, Foretold
from reports.images.records import KEPT
from reports.images.remedies import run as remedies_run
from reports.images.remedies import summary as remedies_summary
from reports.images.remedies.listed import PLAIN, SCRATCH

README = (Path(__file__).parents[3] / "reports" / "README.md").read_text(encoding="utf-8")


def section(title):
    """Of the document on reports, a part of it; lines are one."""
    return " ".join(README.split(f"### {title}\n")[1].split("\n### ")[0].split())


@pytest.fixture(scope="module")
def pairs():
    return pairs_run.read(KEPT / "pairs.jsonl")


@pytest.fixture(scope="module")
def differences():
    compared = remedies_summary.compared(remedies_run.read(KEPT / "remedies.jsonl"))
    return {(one.remedy, one.reference): one for remedy in compared for one in remedy.against}


def test_every_pair_was_foretold_before_it_was_trained(pairs):
    seen = set()
    for one in pairs:
        if isinstance(one, Foretold):
            assert (one.key, "trained") not in seen
            seen.add((one.key, one.space))
        elif one.setting.source is not None:
            assert {(one.key, space) for space in (*BEFORE, "source")} <= seen
            seen.add((one.key, "trained"))


def test_what_is_told_of_pairs_is_what_records_say(pairs):
    text = section("From data to advice")
    networks = sum(isinstance(one, Finished) for one in pairs)
    assert f"{networks} networks" in text
    for one in pairs_summary.agreements(pairs_summary.pairs(pairs)):
        if one.target.name == "cifar10" and one.space in BEFORE:
            assert f"{one.correlation.value:.2f}".replace("-", "−") in text
            assert f"{one.signs.right} of {one.signs.pairs}" in text


@pytest.mark.parametrize(
    ("remedy", "reference"),
    [
        (PLAIN, SCRATCH),
        ("decay, weak", PLAIN),
        ("L2-SP, strong", PLAIN),
        ("linear probe", PLAIN),
        ("half, frozen", PLAIN),
    ],
)
def test_what_is_told_of_remedies_is_what_records_say(differences, remedy, reference):
    one = differences[remedy, reference].difference
    text = section("Remedies")
    for end in (one.mean, one.low, one.high):
        assert f"{end:.1f}".replace("-", "−") in text

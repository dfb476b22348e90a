"""Pairs and remedies on the page: of one's own records, else of those that are kept."""

import re

import pytest

from reports.images import section
from reports.images.further import shown_pairs, shown_remedies
from reports.images.pairs import run as pairs_run
from reports.images.pairs import summary as pairs_summary
from reports.images.records import KEPT
from reports.images.remedies import run as remedies_run
from reports.images.remedies import summary as remedies_summary
from reports.ledger.ledger import Ledger
from reports.numerals import number
from reports.page import document


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """The words of the page's section on images, from the project's records."""
    page = document.render(Ledger({}), tmp_path_factory.mktemp("page"))
    part = page.split('<section id="images"')[1].split("</section>")[0]
    return " ".join(re.sub("<svg.*?</svg>|<.*?>", " ", part, flags=re.DOTALL).split())


@pytest.fixture
def own(tmp_path):
    """A folder with records of one's own: the first lines of the project's."""

    def write(name, lines):
        folder = tmp_path / section.OWN
        folder.mkdir(exist_ok=True)
        kept = (KEPT / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        path = folder / f"{name}.jsonl"
        path.write_text("".join(kept[:lines]), encoding="utf-8")
        return path

    return write


def test_every_forecast_is_told(text):
    found = pairs_summary.pairs(pairs_run.read(KEPT / "pairs.jsonl"))
    for one in pairs_summary.agreements(found):
        low, high = number(one.correlation.low, 2), number(one.correlation.high, 2)
        assert (
            f"{one.correlation.pairs} {number(one.correlation.value, 2)} ({low} to {high})" in text
        )
        assert f"{one.signs.right} of {one.signs.pairs}" in text


def test_every_remedy_is_told(text):
    for remedy in remedies_summary.compared(remedies_run.read(KEPT / "remedies.jsonl")):
        for one in remedy.against:
            begins = f"{remedy.remedy} {remedy.seeds} {number(remedy.accuracy, 3)} {one.reference}"
            assert f"{begins} {number(one.difference.mean, 2)}" in text


def test_what_was_trained_is_told(text):
    records = remedies_run.read(KEPT / "remedies.jsonl")
    seeds = len({one.setting.seed for one in records})
    assert f"{len(records)} downstream networks (conv4 × 0.5), {seeds} seeds, on cpu" in text


def test_ones_own_come_first(own, tmp_path):
    own("remedies", 4)
    shown = shown_remedies((tmp_path / section.OWN, KEPT))
    assert shown.trained.startswith("3 downstream networks")
    assert len(shown.compared) == 3
    assert shown_pairs((tmp_path / section.OWN, KEPT)) == shown_pairs((KEPT,))


def test_a_file_that_grows_is_read_again(own, tmp_path):
    own("remedies", 3)
    assert shown_remedies((tmp_path / section.OWN,)).trained.startswith("2 downstream")
    own("remedies", 5)
    assert shown_remedies((tmp_path / section.OWN,)).trained.startswith("4 downstream")


@pytest.mark.parametrize("name", ["pairs", "remedies"])
def test_nothing_trained_yet(own, tmp_path, name):
    own(name, 1)
    folders = (tmp_path / section.OWN,)
    assert {"pairs": shown_pairs, "remedies": shown_remedies}[name](folders) is None
    assert shown_pairs((tmp_path,)) is None


@pytest.mark.parametrize("name", ["pairs", "remedies"])
def test_records_that_cannot_be_read_are_said(own, tmp_path, name):
    path = own(name, 3)
    path.write_text(path.read_text(encoding="utf-8") + "{}\n", encoding="utf-8")
    shown = section.section(Ledger({}), tmp_path)
    assert shown.trouble.startswith(f"{section.OWN}/{name}.jsonl: line 4:")

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
    kept = shown_pairs((tmp_path / section.OWN, KEPT))
    assert kept is not None
    assert kept == shown_pairs((KEPT,))


def test_a_file_that_grows_is_read_again(own, tmp_path):
    own("remedies", 3)
    assert shown_remedies((tmp_path / section.OWN,)).trained.startswith("2 downstream")
    own("remedies", 5)
    assert shown_remedies((tmp_path / section.OWN,)).trained.startswith("4 downstream")


@pytest.mark.parametrize("name", ["pairs", "remedies"])
def test_nothing_trained_yet(own, tmp_path, name):
    own(name, 1)
    shown, here = {"pairs": shown_pairs, "remedies": shown_remedies}[name], tmp_path / section.OWN
    assert shown((here,)) is None
    assert shown((tmp_path,)) is None
    assert shown((here, KEPT)) == shown((KEPT,))  # those that are kept, until there are others


def test_forecasts_alone_are_no_pairs(own, tmp_path):
    own("pairs", 9)
    assert shown_pairs((tmp_path / section.OWN,)) is None
    assert shown_pairs((tmp_path / section.OWN, KEPT)).agreements


@pytest.mark.parametrize(
    ("was", "now"), [(r'"versions": \{.*?\}', '"versions": []'), ('"version": 1', '"version": 9')]
)
def test_a_header_that_says_something_else(own, tmp_path, was, now):
    path = own("remedies", 3)
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(was, now, text, count=1), encoding="utf-8")
    shown = section.section(Ledger({}), tmp_path)
    assert "remedies.jsonl: does not begin as" in shown.trouble


@pytest.mark.parametrize("name", ["pairs", "remedies"])
def test_records_that_cannot_be_read_are_said(own, tmp_path, name):
    path = own(name, 3)
    path.write_text(path.read_text(encoding="utf-8") + "{}\n", encoding="utf-8")
    shown = section.section(Ledger({}), tmp_path)
    assert shown.trouble.startswith(f"{section.OWN}/{name}.jsonl: line 4:")
    assert shown.figures  # the rest is
    assert (shown.pairs is None, shown.remedies is None) == (name == "pairs", name == "remedies")


def test_trainings_that_diverged_are_said(own, tmp_path):
    path = own("remedies", 4)
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'"loss": [^,]+', '"loss": null', text, count=1), encoding="utf-8")
    told = shown_remedies((tmp_path / section.OWN,)).trained
    assert told.endswith("; 1 diverged, and nothing is decided by them")

"""The top: counts, filters, and what verdicts are worth."""

import re

from pages import BOOK, counted, verdict, words

from claims.core.catalogue import catalogue
from claims.core.claim import Kind, Provenance
from claims.deciding.budget import RUN_BUDGET
from reports.ledger.ledger import Ledger
from reports.numerals import number
from reports.page import document
from reports.page.marks import GROUPS
from reports.page.summary import tally


def test_counts(text, folder):
    open_statements = len(catalogue()) - 5
    assert counted(text) == {
        "verified": 2,
        "falsified": 1,
        "undecided": 2,
        "no verdict": open_statements,
    }
    every = Ledger({}).updated([verdict(name, points=[], worst_case=None) for name in catalogue()])
    assert counted(document.render(every, folder))["verified"] == len(catalogue())


def test_counts_are_those_of_the_articles(text, parsed):
    groups = parsed.values("data-verdict")
    assert counted(text) == {group: groups.count(group) for group in GROUPS}


def test_counts_are_told_in_words(text):
    """As pytest's last lines and the summary tell them."""
    assert tally(BOOK) in text.replace("&#39;", "'")


def test_counts_set_the_filter(parsed):
    assert (
        set(parsed.values("data-sets")) == set(GROUPS) == set(parsed.values("value")) & set(GROUPS)
    )


def test_filters_know_every_value(parsed):
    options = set(parsed.values("value"))
    assert options >= {kind.value for kind in Kind} | {p.name for p in Provenance}
    assert set(parsed.values("data-kind")) <= options
    assert {p for value in parsed.values("data-provenance") for p in value.split()} <= options


def test_what_verdicts_are_worth(text):
    shown = words(
        re.sub("<.*?>", " ", text.partition('<section id="trust"')[2].partition("</section>")[0])
    )
    for expected in (
        f"within the budget of {number(RUN_BUDGET)}",
        "5 of 7 mutants",
        "2 survived",
        "were not run",
        "profile ci, entropy 1234: 5 statements",
        BOOK.written,
        "torch 2.13",
        "transfer-claims verify --profile ci --entropy 1234 --mutants",
        "transfer-claims report",
    ):
        assert expected in shown, expected


def test_beyond_the_budget(folder):
    assert "<strong>beyond</strong> the budget" in document.render(
        BOOK.updated([verdict("e6.gram", level=1.0)]), folder
    )

"""The page opens with what the paper states, and shows an answer only where it is borne out."""

import re

import pytest
from pages import BOOK, section, verdict, words
from summaries import RECORDED

from claims.core.paper_statements import PAPER_STATEMENTS, Answer
from claims.core.status import Status
from reports.ledger.ledger import Ledger
from reports.page import document
from reports.page.mathematics import converted
from reports.page.paper import paper_counts, paper_rows
from reports.page.prose import prose


def book(statuses):
    return Ledger({}).updated(
        verdict(name, status, worst_case=None, points=[]) for name, status in statuses.items()
    )


def test_it_is_the_first_section(parsed):
    sections = [attributes.get("id") for tag, attributes in parsed.tags if tag == "section"]
    assert sections[:2] == ["paper", "findings"]


def test_every_statement_is_told(text):
    told = section(text, "paper")
    for one in PAPER_STATEMENTS:
        assert all(str(prose(said)) in told for said in (one.name, one.sentence, one.printed))
    linked = re.findall('<a class="ref[^>]*href="#([^"]+)"', section(text, "paper"))
    assert linked == [name for one in PAPER_STATEMENTS for name in one.claims]


@pytest.mark.parametrize("statement", PAPER_STATEMENTS, ids=lambda one: one.name)
def test_formulas_are_set(statement):
    if statement.latex:
        set_ = converted(statement.latex)
        assert set_.startswith("<math")
        assert "\\" not in set_  # no command is left as it is written


def test_recorded_verdicts_bear_every_answer_out():
    rows = paper_rows(book(RECORDED))
    assert [row.mark.word for row in rows] == [one.answer.value for one in PAPER_STATEMENTS]
    counts = paper_counts(rows)
    assert list(counts) == [answer.value for answer in Answer]
    assert sum(counts.values()) == len(rows)


@pytest.mark.parametrize("statement", PAPER_STATEMENTS[::5], ids=lambda one: one.name)
def test_an_answer_that_is_not_borne_out(statement):
    """One verdict turned: not as recorded. None: no verdict."""
    name = statement.claims[0]
    turned = {
        Status.VERIFIED: Status.INCONCLUSIVE,
        Status.FALSIFIED: Status.VERIFIED,
    }[RECORDED[name]]
    against = paper_rows(book(RECORDED | {name: turned}))
    without = paper_rows(book({other: s for other, s in RECORDED.items() if other != name}))
    at = PAPER_STATEMENTS.index(statement)
    assert against[at].mark.word == "not as recorded"
    assert without[at].mark.group == "no verdict"
    assert paper_counts(against)["not as recorded"] == 1


def test_how_it_was_reached():
    """Claims of a family share their networks; a proof has none."""
    made = Ledger({}).updated(
        [
            verdict("lemma-a1.c.balance", family="one", networks=100, regimes=2),
            verdict("lemma-a1.c.bounded", family="one", networks=100, regimes=2),
            verdict("b5.lower", method="interval arithmetic", networks=0, regimes=1),
        ]
    )
    by_name = {row.statement.name: row.reached for row in paper_rows(made)}
    assert by_name["Lemma A.1(c), balance"] == ("tested on regimes: 2 regimes, 100 networks",)
    assert by_name["Lemma B.5, scalar dynamics"] == ("interval arithmetic",)
    assert by_name["Γ, as printed"] == ()


def test_it_says_what_is_not_borne_out(folder):
    """A ledger that speaks against a row says what was recorded; an empty one answers nothing."""
    against = BOOK.updated([verdict("lemma-a1.gamma.printed", Status.VERIFIED)])
    assert "recorded: fails" in section(document.render(against, folder), "paper")
    empty = words(section(document.render(Ledger({}), folder), "paper"))
    assert f"<strong>{len(PAPER_STATEMENTS)}</strong> have no verdict" in empty


def test_engine_facts_follow_the_paper(parsed):
    shown = list(parsed.articles)
    assert shown.index("images.source-samples") < shown.index("e1.step")

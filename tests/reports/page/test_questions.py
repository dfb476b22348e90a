"""Questions are answered where verdicts bear the answer out; figures lead to experiments."""

import re

from pages import BOOK, section, verdict, words
from summaries import RECORDED

from claims.core.questions import PAPER_FIGURES, QUESTIONS
from claims.core.status import Status
from reports.page import document
from reports.page.prose import prose


def test_an_answer_needs_its_verdicts(text, folder):
    open_ones = sum(not one.answer for one in QUESTIONS)
    assert section(text, "questions").count("Not decided here.") == open_ones
    assert "Not answered yet" in section(text, "questions")
    every = [verdict(name, s, worst_case=None, points=[]) for name, s in RECORDED.items()]
    made = BOOK.updated(every)
    told = section(document.render(made, folder), "questions")
    assert "Not answered" not in told
    assert all(str(prose(one.answer)) in told for one in QUESTIONS)
    against = made.updated([verdict("m3-prime.samples", Status.INCONCLUSIVE)])
    assert "Not answered: verdicts" in section(document.render(against, folder), "questions")


def test_figures_lead_to_experiments(text, drawn):
    """Or to the command that draws them."""
    named = [one.experiment for one in PAPER_FIGURES if one.experiment]
    assert all(
        f"transfer-claims experiments {name}<" in section(text, "questions") for name in named
    )
    told = section(drawn, "questions")
    assert re.findall(r'href="#experiment-([\w-]+)"', told) == ["plane"]
    assert "transfer-claims experiments head-start" in words(told)

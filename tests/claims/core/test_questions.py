"""Readers' questions are answered by claims, or not at all."""

import pytest

from claims.core.catalogue import bearings, catalogue
from claims.core.questions import PAPER_FIGURES, QUESTIONS
from claims.core.status import Status
from claims.deciding.decide import expected

RECORDED = {name: expected(claim) for name, claim in catalogue().items()}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.question)
def test_an_answer_rests_on_recorded_findings(question):
    """Every one of them: one turned takes it away, and so does one missing."""
    assert bool(question.answer) is bool(question.claims)
    assert question.question.endswith("?")
    assert question.supported(RECORDED) is (True if question.answer else None)
    for name in question.claims:
        turned = next(status for status in Status if status is not RECORDED[name])
        assert question.supported(RECORDED | {name: turned}) is False
        rest = {other: status for other, status in RECORDED.items() if other != name}
        assert question.supported(rest) is None


def test_questions_are_asked_once():
    assert len({one.question for one in QUESTIONS}) == len(QUESTIONS)


def test_figures_are_those_of_experiments():
    drawn = [one.experiment for one in PAPER_FIGURES if one.experiment]
    assert set(drawn) <= set(bearings())
    assert len(set(drawn)) == len(drawn)

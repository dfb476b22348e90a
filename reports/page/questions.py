"""Readers' questions and the paper's figures, beside what a ledger and experiments say of them."""

from __future__ import annotations

from collections.abc import Iterable

from claims.core import questions
from claims.core.questions import PaperFigure, Question
from reports.ledger.ledger import Ledger
from reports.page.experiments import ExperimentEntry
from reports.page.marks import Mark

#: A question, whether its answer is borne out, and the claims that it rests on.
QuestionRow = tuple[Question, bool | None, tuple[tuple[str, Mark], ...]]


def question_rows(ledger: Ledger) -> tuple[QuestionRow, ...]:
    """Every question."""
    statuses = ledger.statuses
    return tuple(
        (
            one,
            one.supported(statuses),
            tuple((name, Mark.of(statuses.get(name))) for name in one.claims),
        )
        for one in questions.QUESTIONS
    )


def figure_rows(
    experiments: Iterable[ExperimentEntry],
) -> tuple[tuple[PaperFigure, ExperimentEntry | None], ...]:
    """What the paper draws, each with the experiment that draws it here, if it was run."""
    run = {one.stored.name: one for one in experiments}
    return tuple((figure, run.get(figure.experiment)) for figure in questions.PAPER_FIGURES)

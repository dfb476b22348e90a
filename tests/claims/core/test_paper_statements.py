"""Each of the paper's statements is borne out by the recorded findings of its claims."""

from pathlib import Path

import pytest

from claims.core.catalogue import catalogue, find
from claims.core.claim import Provenance
from claims.core.paper_statements import (
    PAPER_STATEMENTS,
    Answer,
    PaperStatement,
    PaperStatementError,
    markdown,
)
from claims.core.status import Status
from claims.deciding.decide import expected

ROOT = Path(__file__).parents[3]
RECORDED = {name: expected(claim) for name, claim in catalogue().items()}


def of(answer, **changes):
    fields = {"name": "Lemma", "latex": "x", "sentence": "It grows."} | changes
    return PaperStatement(answer=answer, **fields)


@pytest.mark.parametrize("statement", PAPER_STATEMENTS, ids=lambda one: one.name)
def test_recorded_findings_bear_the_answer_out(statement):
    """And one verdict turned speaks against it; one missing leaves it open."""
    assert statement.supported(RECORDED) is True
    for name in statement.claims:
        rest = {other: status for other, status in RECORDED.items() if other != name}
        turned = next(status for status in Status if status is not RECORDED[name])
        assert statement.supported(rest | {name: turned}) is False
        assert statement.supported(rest) is None


@pytest.mark.parametrize(
    ("answer", "claims"),
    [
        (Answer.HOLDS, {"stands": ("a",), "falls": ("b",)}),
        (Answer.HOLDS, {"falls": ("b",)}),
        (Answer.CHANGED, {"falls": ("b",)}),
        (Answer.FAILS, {"stands": ("a",), "falls": ("b",)}),
        (Answer.FAILS, {"stands": ("a",)}),
        *((answer, {}) for answer in Answer),
    ],
)
def test_an_answer_that_its_claims_do_not_fit(answer, claims):
    with pytest.raises(PaperStatementError, match=f"Lemma: answer = '{answer.value}'"):
        of(answer, **claims)


def test_a_statement_is_printed_somehow():
    with pytest.raises(PaperStatementError, match="latex"):
        of(Answer.HOLDS, latex="", stands=("a",))
    assert of(Answer.HOLDS, stands=("a",)).claims == ("a",)


def test_names_are_unique_and_claims_exist():
    names = [one.name for one in PAPER_STATEMENTS]
    assert len(set(names)) == len(names)
    assert all(find(name) for one in PAPER_STATEMENTS for name in one.claims)
    assert all(one.sentence.endswith(".") for one in PAPER_STATEMENTS)


def test_every_refuted_statement_of_the_paper_is_told():
    """No refuted claim that is the paper's own comes from a source that the table calls true, or
    does not speak of; but for readings of Γ beside the printed one.
    """
    telling = {
        find(name).source
        for one in PAPER_STATEMENTS
        if one.answer is not Answer.HOLDS
        for name in one.claims
    }
    refuted = {
        claim.source
        for claim in catalogue().values()
        if claim.provenance[0] is Provenance.S and RECORDED[claim.id] is Status.FALSIFIED
    }
    assert refuted - telling == {"M1"}  # which of four readings orders errors: one of them must


def test_readme_has_this_table():
    assert f"\n\n{markdown()}\n\n" in (ROOT / "README.md").read_text(encoding="utf-8")

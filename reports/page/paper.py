"""The paper's own statements, and what a ledger says of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from claims.core import paper_statements
from claims.core.paper_statements import Answer, PaperStatement
from claims.deciding.verdict import Verdict
from reports.ledger.ledger import Ledger
from reports.numerals import number
from reports.page.marks import ANSWER_MARKS, CONTRADICTED, Mark


@dataclass(frozen=True)
class PaperRow:
    """A statement as the paper prints it, and what this ledger says of it."""

    statement: PaperStatement
    supported: bool | None
    reached: tuple[str, ...]  # in words, one a method
    claims: tuple[tuple[str, Mark], ...]

    @property
    def mark(self) -> Mark:
        """The answer where the ledger bears it out."""
        if self.supported:
            return ANSWER_MARKS[self.statement.answer]
        return Mark.of(None) if self.supported is None else CONTRADICTED


def paper_rows(ledger: Ledger) -> tuple[PaperRow, ...]:
    """Every statement, in the paper's order."""
    return tuple(_row(one, ledger) for one in paper_statements.PAPER_STATEMENTS)


def paper_counts(rows: Iterable[PaperRow]) -> dict[str, int]:
    """How many statements hold, hold with a change, fail, and are not borne out by the ledger."""
    words = [row.mark.word for row in rows]
    counts = {answer.value: words.count(answer.value) for answer in Answer}
    others = dict.fromkeys(word for word in words if word not in counts)
    return counts | {word: words.count(word) for word in others}


def _row(statement: PaperStatement, ledger: Ledger) -> PaperRow:
    verdicts = {name: ledger.verdicts[name] for name in statement.claims if name in ledger.verdicts}
    statuses = ledger.statuses
    return PaperRow(
        statement,
        statement.supported(statuses),
        _reached(verdicts),
        tuple((name, Mark.of(statuses.get(name))) for name in statement.claims),
    )


def _reached(verdicts: Mapping[str, Verdict]) -> tuple[str, ...]:
    """Methods, each with the regimes and networks of all its claims; those of a family are the
    same.
    """
    by_method: dict[str, dict[str, Verdict]] = {}
    for verdict in verdicts.values():
        families = by_method.setdefault(verdict.method, {})
        known = families.get(verdict.family)
        if known is None or known.networks < verdict.networks:
            families[verdict.family] = verdict
    return tuple(_said(method, families.values()) for method, families in by_method.items())


def _said(method: str, verdicts: Iterable[Verdict]) -> str:
    trained = [verdict for verdict in verdicts if verdict.networks]
    if not trained:
        return method
    regimes = sum(verdict.regimes for verdict in trained)
    networks = sum(verdict.networks for verdict in trained)
    return f"{method}: {number(regimes)} regime{'s' * (regimes != 1)}, {number(networks)} networks"

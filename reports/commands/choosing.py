"""Which claims a command is about: ids and patterns, a status, a place in the paper."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from claims.core.claim import Claim

StatusName = Literal["verified", "falsified", "inconclusive", "vacuous", "blocked", "undecided"]
StatusOption = Annotated[
    StatusName | None,
    typer.Option(help="Only claims with this last verdict in the ledger."),
]
SourceOption = Annotated[
    str | None,
    typer.Option(help="Only what has this place in the paper: 'Theorem 4.2', 'Lemma *'."),
]
_WILD = frozenset("*?[")


class ChoiceError(ValueError):
    """Nothing is what was asked for: names it."""


def choose(
    patterns: Sequence[str] | None,
    status: StatusName | None,
    source: str | None,
    path: Path,
) -> list[Claim[Any]]:
    """Claims, and mutants where patterns name them (`ID!MUTANT`), each once; all claims if there
    are no patterns.

    Args:
        patterns: ids, or patterns of ids with * ? [ ].
        path: the ledger that holds last verdicts.

    Raises:
        ChoiceError: a pattern, or the source, is nothing's. UnknownClaimError: an id is nobody's.
    """
    from claims.core.catalogue import catalogue

    found = {one.id: one for pattern in patterns or () for one in _matching(pattern)}
    claims = list((found if patterns else catalogue()).values())
    if source is not None:
        claims = _from_source(claims, source)
    if status is not None:
        known = _statuses(path)
        claims = [one for one in claims if known.get(one.id, "undecided") == status]
    return claims


def _matching(pattern: str) -> list[Claim[Any]]:
    """The claim of this id, or those whose ids have this form."""
    from claims.core.catalogue import catalogue, find
    from claims.core.claim import is_mutant

    if not _WILD & set(pattern):
        return [find(pattern)]
    every = list(catalogue().values())
    if is_mutant(pattern):
        every = [mutant for claim in every for mutant in claim.mutations]
    found = [one for one in every if fnmatchcase(one.id, pattern)]
    if not found:
        raise ChoiceError(f"claim = {pattern!r}: no id has this form; see: transfer-claims list")
    return found


def _from_source(claims: list[Claim[Any]], source: str) -> list[Claim[Any]]:
    """Those of one source, in any case of letters; a pattern too."""
    from claims.core.catalogue import catalogue

    sources = dict.fromkeys(claim.source for claim in catalogue().values())
    wanted = {one for one in sources if fnmatchcase(one.casefold(), source.casefold())}
    if not wanted:
        near = difflib.get_close_matches(source, sources, n=3, cutoff=0.4)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise ChoiceError(f"--source {source!r}: no claim has it{hint}")
    return [claim for claim in claims if claim.source in wanted]


def _statuses(path: Path) -> dict[str, str]:
    """Last verdicts by id, mutants' too."""
    from reports.ledger import ledger

    book = ledger.read(path)
    mutants = {name: verdict.status for name, verdict in book.mutants.items()}
    return {name: status.value for name, status in (book.statuses | mutants).items()}

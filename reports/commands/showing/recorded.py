"""What a run ends with: each failure and how to see it again, and whether verdicts are as
recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from claims.core import findings
from claims.core.catalogue import find
from claims.core.claim import Kind
from claims.core.status import Status
from claims.deciding.decide import expected
from claims.deciding.verdict import Verdict
from reports.ledger import counterexample


def recorded(name: str) -> Status | None:
    """The verdict that is recorded: a mutant is falsified; none for a conjecture."""
    claim = find(name)
    if claim.mutant_of is not None:
        return Status.FALSIFIED
    return None if claim.kind is Kind.CONJECTURE else expected(claim)


def as_recorded(verdict: Verdict) -> bool:
    """Whether a verdict is the recorded one; a conjecture's counts against nothing."""
    return recorded(verdict.claim) in (None, verdict.status)


def failures(verdicts: list[Verdict], files: Mapping[str, Path]) -> list[str]:
    """Each falsified claim, and each other verdict that is not as recorded, in some lines.

    Args:
        files: where counterexamples were kept, by claim.
    """
    lines: list[str] = []
    for verdict in verdicts:
        wanted, file = recorded(verdict.claim), files.get(verdict.claim)
        if file is not None:
            lines += [f"{counterexample.message(verdict, file)}", f"  {_beside(verdict, wanted)}"]
        elif wanted is not None and verdict.status is not wanted:
            lines.append(counterexample.surprise(verdict, wanted, None))
    return lines


def _beside(verdict: Verdict, wanted: Status | None) -> str:
    kept = findings.path(verdict.claim)
    if wanted is None:
        return "a conjecture: nothing is recorded"
    if verdict.status is wanted:
        return f"as recorded: claims/counterexamples/{kept.name}"
    return f"not as recorded: its recorded finding is {wanted.value}"


def counted(verdicts: list[Verdict]) -> str:
    """How many are as recorded, in a line."""
    held = [one for one in verdicts if recorded(one.claim) is not None]
    surprises = [one for one in held if not as_recorded(one)]
    falsified = sum(one.status is Status.FALSIFIED for one in held if as_recorded(one))
    conjectures = len(verdicts) - len(held)
    said = (
        f"{len(held) - len(surprises)} of {len(held)} verdicts as recorded, {falsified} of them"
        " falsified"
    )
    if surprises:
        said += f"; not as recorded: {', '.join(one.claim for one in surprises)}"
    return said + (f"; {conjectures} conjectures" if conjectures else "")

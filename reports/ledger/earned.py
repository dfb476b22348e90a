"""What a verdict rests on, in sentences: failures, margins, bounds, and what would have shown."""

from __future__ import annotations

from claims.core.records import finite
from claims.deciding.sequential import CONFIDENCE, INDIFFERENCE
from claims.deciding.verdict import Verdict

_CONFIDENT = f"with {CONFIDENCE:.0%} confidence"


def sentences(verdict: Verdict) -> list[str]:
    """Of a verdict that counts failures of networks; none for others."""
    if not (verdict.delta and verdict.tried):
        return []
    said = [
        f"In the worst regime {_of(verdict.failures, verdict.tried)} networks fail. A share δ ="
        f" {verdict.delta:g} may; a regime stands once a test accepts that rather than"
        f" {INDIFFERENCE * verdict.delta:g}, and falls once it rejects it.",
        f"The margin there is {_number(verdict.worst_margin)} once the worst {verdict.delta:.0%} of"
        f" networks are left out; the least of any network in any regime is"
        f" {_number(verdict.least_margin)}.",
    ]
    if verdict.retried:
        again = verdict.retried
        said.append(
            f"Tried again, on networks that its choice did not rest on, it fails in"
            f" {_of(again.failures, again.seeds)}: in at most {again.bound:.2g} of networks there,"
            f" {_CONFIDENT}."
        )
    if verdict.share_bound is not None:
        said.append(
            f"No regime of {verdict.regimes} was rejected: at most {verdict.share_bound:.2g} of the"
            f" regimes that the search draws fail in {INDIFFERENCE * verdict.delta:g} of networks"
            f" or more, {_CONFIDENT}."
        )
    return said


def _of(failures: int, seeds: int) -> str:
    return f"{failures} of {seeds}"


def _number(value: float | None) -> str:
    return "without bound" if finite(value) is None else f"{value:.3g}"

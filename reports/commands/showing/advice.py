"""Why a claim or a mutant is not decided, or not as it should be, and what to do about it."""

from __future__ import annotations

from typing import Any

from claims.core.claim import Claim
from claims.core.status import Status
from claims.deciding.verdict import Verdict


def advice(claim: Claim, verdict: Verdict) -> list[str]:
    """Lines for a reader: why, then what to do. None where there is nothing to explain."""
    mutant = claim.mutant_of is not None
    if verdict.status is Status.INCONCLUSIVE:
        return [f"{verdict.claim} is inconclusive: {_unsure(claim, verdict)}", *_surer(claim)]
    if verdict.status is Status.VACUOUS and claim.rule.from_records:
        return [
            f"{verdict.claim} is vacuous: no network was trained that it speaks of",
            "  transfer-claims cifar run, then transfer-claims cifar report",
        ]
    if verdict.status is Status.VACUOUS:
        return [
            f"{verdict.claim} is vacuous: {verdict.regimes} of {verdict.drawn} regimes meet its"
            " hypotheses",
            "  give its domain scales inside its hypotheses, or drop the clauses that it breaks",
        ]
    if mutant and verdict.status is not Status.FALSIFIED:
        worst = "" if verdict.worst_margin is None else f"; its least margin is {_worst(verdict)}"
        return [
            f"{verdict.claim} is not falsified on {verdict.regimes} regimes{worst}",
            "  the evidence does not tell this error from the truth: plant a larger one, or give"
            " it a domain in which it shows",
        ]
    return []


def _worst(verdict: Verdict) -> str:
    if verdict.worst_margin is None:
        return "without bound"
    return f"{verdict.worst_margin:.3g} {verdict.unit}"


def _unsure(claim: Claim, verdict: Verdict) -> str:
    case: dict[str, Any] = verdict.worst_case or {}
    certain, possible = case.get("certain_failures", 0), case.get("possible_failures", 0)
    if claim.rule.of_regimes:
        return (
            f"what is measured over {verdict.regimes} regimes is unsure by more than the margin,"
            f" whose lower end is {_worst(verdict)}"
        )
    if claim.rule.from_records:
        return (
            f"over {verdict.seeds} seeds in all, its interval goes below 0 and above, from"
            f" {_worst(verdict)}"
        )
    if not claim.rule.needs_domain:
        return f"its margin is unsure by more than it is, and its lower end is {_worst(verdict)}"
    counted = f"in the worst regime {possible} of {case.get('seeds', 0)} seeds may fail"
    if possible > certain:
        return f"{counted}, and {certain} do so beyond the error of measurement"
    return f"{counted}: more than δ = {verdict.delta:g}, fewer than tells it from 3δ"


def _surer(claim: Claim) -> list[str]:
    if claim.rule.of_regimes:
        return ["  take more regimes (Population's count), or claim less"]
    if claim.rule.from_records:
        return [
            "  train more: transfer-claims cifar run --seeds N, then transfer-claims cifar report"
        ]
    if not claim.rule.needs_domain:
        return ["  bound it more closely, or claim less"]
    return [
        "  where the measurement is too coarse, estimate the error on more lines; where failures"
        " come near δ, claim a larger δ or a smaller domain; or --profile nightly"
    ]

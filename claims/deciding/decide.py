"""Decide a claim: its rule gathers the evidence, and the verdict is derived from it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from claims.core import constants as constant_table
from claims.core import findings
from claims.core.case import Search
from claims.core.claim import Claim, ClaimError
from claims.core.constants import Constants, ConstantsError
from claims.core.evidence import Evidence, Judged
from claims.core.faults import StatementError, place, said
from claims.core.inquiry import ImageRecords, Inquiry, Tick
from claims.core.margin import Margin
from claims.core.profile import PROFILES, Profile
from claims.core.records import finite
from claims.core.status import Status
from claims.core.workspace import Workspace
from claims.deciding.verdict import Verdict, derive
from model.regime import Regime


def decide(
    claim: Claim[Any],
    profile: Profile,
    *,
    search: Search,
    constants: Constants | None = None,
    workspace: Workspace | None = None,
    tick: Tick | None = None,
    images: ImageRecords | None = None,
) -> Verdict:
    """Decide one claim.

    Args:
        search: where cases come from.
        constants: calibrated ones; those of the project if None.
        workspace: where predictions are written; nowhere if None.
        tick: called with regimes done, and how many there are, after each.
        images: what networks trained on real images left behind.
    """
    constants = constant_table.load() if constants is None else constants
    begun = time.perf_counter()
    inquiry = Inquiry(profile, constants, search, workspace, tick, images)
    evidence = _gathered(claim, inquiry)
    return _verdict(claim, inquiry, evidence, time.perf_counter() - begun)


def _gathered(claim: Claim, inquiry: Inquiry) -> Evidence:
    """The rule's evidence. Raises `StatementError` where a function in the claim's file fails."""
    try:
        return claim.rule.decide(claim, inquiry)
    except (AttributeError, LookupError, NameError, TypeError, ValueError) as error:
        where = place(error)
        if where is None or isinstance(error, ClaimError | ConstantsError):
            raise
        raise StatementError(f"{where}: claim {claim.id!r}: {said(error)}") from error


def repeat(
    claim: Claim[Any],
    regime: Regime | None,
    root: int,
    *,
    entropy: int,
    regimes: int,
    search: Search,
    seeds: int | None = None,
    tick: Tick | None = None,
) -> Margin:
    """The margin of a kept counterexample, measured again.

    One regime on the seeds of `root`, a formula, or a population of so many `regimes`.

    Args:
        seeds: of one regime; as many as the rule tries one with if None.
        tick: called with regimes done, and how many there are, where there are many.
    """
    profile = replace(PROFILES["ci"], entropy=entropy)
    constants = constant_table.load()
    inquiry = Inquiry(profile, constants, search, tick=tick, regimes=regimes, seeds=seeds)
    return claim.rule.repeat(claim, regime, root, inquiry)


def expected(claim: Claim[Any]) -> Status:
    """The claim's recorded finding.

    Falsified if a counterexample is kept in the repository, else verified.
    """
    return Status.FALSIFIED if findings.path(claim.id).exists() else Status.VERIFIED


def _verdict(claim: Claim[Any], inquiry: Inquiry, evidence: Evidence, seconds: float) -> Verdict:
    judged = [one for _, one in evidence.cases]
    worst = min(evidence.cases, key=lambda pair: pair[1].worst_margin, default=None)
    profile = inquiry.profile
    return Verdict(
        claim=claim.id,
        family=claim.family_id,
        status=derive(judged, len(judged) if evidence.at_once else evidence.drawn),
        regimes=evidence.drawn if evidence.at_once else len(judged),
        drawn=evidence.drawn,
        method=evidence.method,
        evidence=evidence.record,
        seeds=sum(one.seeds for one in judged),
        networks=evidence.networks,
        worst_margin=worst[1].worst_margin if worst else None,
        least_margin=min((one.least_margin for one in judged), default=None),
        failures=worst[1].possible_failures if worst else 0,
        tried=worst[1].seeds if worst else 0,
        retried=evidence.retried,
        share_bound=evidence.share_bound,
        points=[
            {"margin": one.worst_margin, **(evidence.points.get(case, {}) if case else {})}
            for case, one in evidence.cases
        ],
        worst_case=_case_record(worst, evidence.repeatable),
        counterexample=_case_record(evidence.counterexample, evidence.repeatable),
        unit=claim.unit,
        delta=claim.rule.delta,
        level=evidence.level,
        detectable=evidence.detectable,
        constants=constant_table.select(claim.constants, inquiry.constants),
        profile=evidence.tier or profile.name,
        entropy=0 if evidence.tier else profile.entropy,
        seconds=seconds if evidence.seconds is None else evidence.seconds,
    )


def _case_record(judged: Judged | None, repeatable: bool) -> dict[str, Any] | None:
    if judged is None or not repeatable:
        return None
    case, evidence = judged
    record: dict[str, Any] = {
        "regime": case.regime.to_dict() if case else None,
        "root": case.root if case else 0,
        "seeds": evidence.seeds,
        "certain_failures": evidence.certain_failures,
        "possible_failures": evidence.possible_failures,
        "margin": finite(evidence.worst_margin),
    }
    if evidence.worst_step is not None:
        record["step"] = evidence.worst_step
    return record

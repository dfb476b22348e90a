"""Fixtures shared by the tests that decide claims."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from claims import findings
from claims.claim import Claim, Kind
from claims.decision import Status
from reports import counterexample
from reports.plugin import PROPERTY
from reports.verify import Profile, Verdict, decide, expected


@pytest.fixture
def decided(claims_profile: Profile, record_property: Callable[[str, object], None]) -> Callable[..., Verdict]:
    """Decide a claim and put the verdict on record."""

    def run(claim: Claim, **changes: int) -> Verdict:
        verdict = decide(claim, replace(claims_profile, **changes))
        record_property(PROPERTY, json.dumps(verdict.to_dict()))
        return verdict

    return run


@pytest.fixture
def matches_finding(decided: Callable[..., Verdict]) -> Callable[[Claim], None]:
    """Assert that the verdict is the recorded finding, and that a refuted statement's counterexample still refutes it."""

    def check(claim: Claim) -> None:
        __tracebackhide__ = True
        recorded = expected(claim)
        verdict = decided(claim, shrinks=0) if recorded is Status.FALSIFIED else decided(claim)
        seen = verdict.counterexample or verdict.worst_case or {}
        if claim.kind is Kind.CONJECTURE:  # measured and reported; nothing hangs on it
            return
        if verdict.status is not recorded:
            pytest.fail(
                f"{claim.id}: {verdict.status.value}, recorded as {recorded.value}\n  {claim.statement}\n  margin {seen.get('margin')} {claim.unit}"
                f"\n  regime {seen.get('regime')}\n  repeat: transfer-claims verify {claim.id} --entropy {verdict.entropy}",
                pytrace=False,
            )
        if recorded is Status.FALSIFIED:
            kept = counterexample.read(findings.path(claim.id))
            margin = kept.margin()
            assert margin.certain_failures > claim.delta * len(margin.high), f"{findings.path(claim.id)} no longer fails"

    return check

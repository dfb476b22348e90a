"""Observations, made once for all claims of a family that one process decides."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

from claims.core.case import Case, Search
from claims.core.claim import Claim, ClaimError
from claims.core.domain import Domain
from claims.core.inquiry import Inquiry, Tick
from model.regime import Regime
from model.sampling import Seeds

Observe = Callable[[Regime, Seeds], Any]


@lru_cache(maxsize=128)
def observed(observe: Observe, regime: Regime, seeds: Seeds) -> Any:
    """One regime, on these seeds."""
    return observe(regime, seeds)


@runtime_checkable
class Varying(Protocol):
    """An `observe` that trains variants of a regime beside it."""

    @property
    def within_condition(self) -> bool:
        """Whether its variants must lie inside Condition 4.1."""

    def variants(self, regime: Regime) -> tuple[Regime, ...]:
        """The variants."""


def check_variants(claim: Claim[Any], regime: Regime) -> None:
    """Raise `ClaimError` where a variant breaks Condition 4.1 and the claim says that none does."""
    observe = claim.observe
    if claim.domain is None or not (isinstance(observe, Varying) and observe.within_condition):
        return
    for place, variant in enumerate(observe.variants(regime), start=1):
        if broken := claim.domain.broken_clauses(variant):
            rule = f"must lie inside Condition 4.1, and breaks {', '.join(broken)}; of {regime}"
            raise ClaimError(claim.id, f"observe.variants[{place}]", variant, rule)


def population_cases(claim: Claim[Any], inquiry: Inquiry) -> tuple[Case, ...]:
    """The regimes of a population, fixed by the profile's entropy."""
    assert claim.domain is not None
    constants = tuple((name, inquiry.constants[name]) for name in claim.domain.constants)
    count = inquiry.regimes or claim.rule.regimes(inquiry.profile)
    return _cases(
        inquiry.search,
        claim.domain,
        constants,
        claim.family_id,
        inquiry.profile.entropy,
        count,
        claim.id if inquiry.search.watched else claim.family_id,
    )


@lru_cache(maxsize=16)
def _cases(
    search: Search,
    domain: Domain,
    constants: tuple[tuple[str, float], ...],
    name: str,
    entropy: int,
    count: int,
    title: str,
) -> tuple[Case, ...]:
    """The regimes of a population, before anything is trained, shown under this title."""
    drawn: list[Case] = []

    def keep(case: Case) -> bool:
        drawn.append(case)
        return False

    search.falling(
        domain, dict(constants), keep, name=name, entropy=entropy, cases=count, title=title
    )
    return tuple(drawn)


def observations(
    observe: Observe, cases: tuple[Case, ...], seeds: int, tick: Tick | None
) -> list[Any]:
    """What is observed of each case."""
    gathered = _gathered(observe, cases)
    for case in cases[len(gathered) :]:
        gathered.append(observe(case.regime, Seeds(case.root, seeds)))
        if tick:
            tick(len(gathered), len(cases))
    return gathered


@lru_cache(maxsize=8)
def _gathered(observe: Observe, cases: tuple[Case, ...]) -> list[Any]:
    return []

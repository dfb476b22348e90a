"""Statements that rest on others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from claims.core.catalogue import catalogue
from claims.core.status import Status


def settle(statuses: Mapping[str, Status]) -> dict[str, Status]:
    """Statuses, with blocked for what rests on a falsified statement, directly or not."""
    known = catalogue()

    @cache
    def rests_on_falsified(claim_id: str) -> bool:
        return any(
            statuses.get(used) is Status.FALSIFIED or rests_on_falsified(used)
            for used in known[claim_id].uses
        )

    def settled(name: str, status: Status) -> Status:
        blocked = status is Status.VERIFIED and name in known and rests_on_falsified(name)
        return Status.BLOCKED if blocked else status

    return {name: settled(name, status) for name, status in statuses.items()}

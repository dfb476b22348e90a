"""Forms in which a statement of the paper is decided: as it stands, or with a hypothesis more."""

from __future__ import annotations

from enum import StrEnum

from claims.core.claim import Provenance


class Form(StrEnum):
    """A form of a statement."""

    STATED = "stated"  # as the paper has it
    RESTRICTED = "restricted"  # with a range of a criterion, or of X, that the paper does not ask
    BALANCED = "balanced"  # of tasks with samples alike

    def suffix(self, separator: str) -> str:
        """What tells it from the statement as it stands, in an id."""
        return "" if self is Form.STATED else f"{separator}{self}"

    def provenance(self, stated: Provenance) -> Provenance:
        """Of the statement in this form; as it stands it has its own."""
        return stated if self is Form.STATED else Provenance.D

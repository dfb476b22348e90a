"""What an experiment says of statements: the part of it that belongs to the claims.

What is trained for it, checked and drawn is the reports' matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bearing:
    """One experiment's words, and the claims that it bears on.

    Args:
        claims: ids of what is decided at its points.
        roles: ids of those that its pictures or checks single out, by what they are there.

    Raises:
        ValueError: for a role of a claim that it does not bear on.
    """

    name: str
    title: str
    shows: str
    claims: tuple[str, ...]
    roles: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role, claim_id in self.roles.items():
            if claim_id not in self.claims:
                raise ValueError(
                    f"experiment {self.name!r}: roles[{role}] = {claim_id!r}: must be one of claims"
                )

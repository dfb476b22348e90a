"""What is known of a statement."""

from __future__ import annotations

from enum import Enum


class Status(Enum):
    """What is known of a statement. Always derived from evidence, never typed by hand."""

    VERIFIED = "verified"
    FALSIFIED = "falsified"
    INCONCLUSIVE = "inconclusive"  # not enough evidence
    VACUOUS = "vacuous"  # hypotheses rarely met
    BLOCKED = "blocked"  # a statement it uses is falsified

"""Arguments of rules, checked when a rule is made."""

from __future__ import annotations

import math


def check_number(name: str, value: object) -> None:
    """Raise ValueError for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} = {value!r}: must be a finite number")


def check_whole(name: str, value: object) -> None:
    """Raise ValueError for what is no whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} = {value!r}: must be a whole number")

"""Numbers as people write them."""

from __future__ import annotations

import math
from typing import Any

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def power_of_ten(exponent: int) -> str:
    """10⁻³, in plain characters, which any font sets."""
    return "10" + str(exponent).translate(_RAISED)


def short(count: int) -> str:
    """A count whose digits nobody reads, by its leading one: 3·10⁸; one of five digits or fewer as
    it is.
    """
    if count < 10**5:
        return str(count)
    digit, exponent = f"{count:.0e}".split("e")
    return ("" if digit == "1" else f"{digit}·") + power_of_ten(int(exponent))


def duration(seconds: float) -> str:
    """For people: 4.2 seconds, 19 minutes, 1.5 hours; a number that is none as it is."""
    if not math.isfinite(seconds) or seconds < 120:
        return f"{number(seconds, 2)} seconds"
    if seconds < 7200:
        return f"{number(round(seconds / 60))} minutes"
    hours = seconds / 3600
    return f"{number(round(hours, 1) if hours < 10 else round(hours))} hours"


def number(value: Any, digits: int = 4) -> str:
    """For people: 1,000,000; 0.2346; 6.3 × 10⁻⁷; −2; ∞ as none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "without bound" if value is None else str(value)
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if not math.isfinite(value):
        return "without bound"
    written_out = value == round(value) and 1e4 <= abs(value) < 1e7
    text = f"{value + 0.0:,.0f}" if written_out else f"{value + 0.0:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    scaled = f" × {power_of_ten(int(exponent))}" if exponent else ""
    return (mantissa + scaled).replace("-", "−")

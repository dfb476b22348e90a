"""What Hypothesis's own reports are told of a search: which claim it serves, and of each case its
scales and its margin.

Nothing is told where nobody watches, and no case depends on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from hypothesis import event

from claims.core.case import Case
from claims.core.quantities import catalogue
from strategies import provider

#: Sizes, and scales by the names of their formulas.
SIZES = ("n1", "n2", "m", "d")
SCALES = ("tau_2", "tau_D", "X", "Y", "alpha", "h_1", "h_2")
MARGIN = "margin"


def tell(case: Case, margin: Callable[[Case], float | None] | None) -> None:
    """Tell whoever watches of a case, from within its test. `margin` is asked then only.

    Observations get numbers. Statistics, which count cases, get the powers of ten between which a
    number lies, unless observations are written too.
    """
    observed = provider.observed()
    if not (observed or provider.counted()):
        return
    for name, value in _numbers(case, margin(case) if margin else None):
        if observed:
            event(name, value)
        else:
            event(f"{name} {_range(value)}")


def _numbers(case: Case, margin: float | None) -> Iterator[tuple[str, float]]:
    """Those that are finite, which is all that JSON can hold."""
    if margin is not None and math.isfinite(margin):
        yield MARGIN, margin + 0.0  # 0, not -0
    for name in SIZES:
        yield name, getattr(case.regime, name)
    for name in SCALES:
        value = catalogue()[name](case.regime)
        if math.isfinite(value):
            yield name, float(value)


def _range(value: float) -> str:
    """In words: "= 0", "in [1, 10)", "in (-10, -1]"."""
    if value == 0:
        return "= 0"
    power = math.floor(math.log10(abs(value)))
    low, high = float(f"1e{power}"), float(f"1e{power + 1}")  # infinite, where ** would overflow
    return f"in ({-high:g}, {-low:g}]" if value < 0 else f"in [{low:g}, {high:g})"

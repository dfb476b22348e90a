"""Hypothesis as a search engine: draw regimes, decide each, shrink the first that falls.

No distribution is promised by the search, and none is assumed by `claims.decision`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from claims.claim import Domain
from claims.constants import Constants
from model.regime import Regime
from strategies.regimes import regimes

#: Seeds of verification and of calibration come from disjoint halves of this range.
ROOTS = 2**32


@dataclass(frozen=True)
class Case:
    """A regime and the integer from which all its random numbers come."""

    regime: Regime
    root: int


class _FoundError(Exception):
    """Tells Hypothesis that a case falls, so that it shrinks it."""


def search(
    domain: Domain,
    constants: Constants,
    falls: Callable[[Case], bool],
    *,
    name: str,
    entropy: int,
    cases: int,
    shrinks: int = 0,
    calibration: bool = False,
) -> Case | None:
    """Call `falls` on up to `cases` cases; at the first that falls, shrink it with up to `shrinks` more calls.

    Args:
        name, entropy: fix the whole search: same values, same cases, whatever else runs.
        calibration: take roots that verification never takes.

    Returns:
        The smallest case found to fall, or None.
    """
    decided: dict[Case, bool] = {}
    spare = shrinks
    smallest: Case | None = None
    low = ROOTS if calibration else 0

    def body(regime: Regime, root: int) -> None:
        nonlocal spare, smallest
        case = Case(regime, root)
        if case not in decided:
            if smallest is not None:
                if spare == 0:
                    return
                spare -= 1
            decided[case] = falls(case)
        if decided[case]:
            smallest = case
            raise _FoundError

    # Every field is set here: a profile made elsewhere (under CI, say) is inherited silently otherwise.
    configured = settings(
        max_examples=cases,
        phases=[Phase.generate, Phase.shrink] if shrinks else [Phase.generate],
        database=None,
        derandomize=False,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        stateful_step_count=1,
        verbosity=hypothesis.Verbosity.quiet,
        suppress_health_check=[HealthCheck.too_slow],  # a case trains networks; discarding draws stays an error
    )
    seeded = hypothesis.seed(int.from_bytes(hashlib.sha256(f"{entropy}:{name}".encode()).digest()[:8], "big"))
    run = seeded(configured(given(regimes(domain, constants), st.integers(low, low + ROOTS - 1))(body)))
    try:
        run()
    except _FoundError:
        return smallest
    return None

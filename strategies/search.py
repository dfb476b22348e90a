"""Hypothesis as a search engine: draw regimes, decide each, shrink the first that falls.

No distribution is promised by the search, and none is assumed by any rule.

Left alone, Hypothesis also draws the numbers that it finds in the source of whatever modules are
imported, so that cases would differ between pytest, the command line and a user's script; and after
ten cases it turns to mutants of those it has seen, which is good at finding crashes but poor at
covering a space. A backend of our own, its usual one without either, does neither; shrinking stays
Hypothesis's. Where a search is to
*climb* towards the worst case, mutants are wanted, and `hypothesis.target` steers them; Hypothesis
does that for its own backend only, which therefore invents no constants for as long as the search
lasts.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings, target
from hypothesis import strategies as st

from claims.core.case import Case
from claims.core.constants import Constants
from claims.core.domain import Domain
from model.regime import Regime
from strategies.provider import PLAIN, counted, observed, without_constants
from strategies.regimes import regimes
from strategies.sizes import Corner, corners
from strategies.watching import tell

#: Seeds of verification and of calibration come from disjoint halves of this range.
ROOTS = 2**32
#: A search of so many cases for each corner takes one in each.
_CASES_A_CORNER = 3


class _FallenError(Exception):
    """Tells Hypothesis that a case falls, so that it shrinks it."""


@dataclass(frozen=True)
class HypothesisSearch:
    """The search that rules are handed: `claims.core.case.Search`.

    Args:
        calibration: take roots that verification never takes.
    """

    calibration: bool = False

    @property
    def watched(self) -> bool:
        """Whether Hypothesis writes observations, or collects statistics."""
        return observed() or counted()

    def falling(
        self,
        domain: Domain,
        constants: Constants,
        falls: Callable[[Case], bool],
        *,
        name: str,
        entropy: int,
        cases: int,
        shrinks: int = 0,
        title: str = "",
        margin: Callable[[Case], float | None] | None = None,
    ) -> Case | None:
        """Call `falls` on up to `cases` cases; shrink the first that falls.

        Args:
            name, entropy: fix the whole search: same values, same cases, whatever else runs.
            shrinks: calls more that shrinking may take.
            title, margin: what Hypothesis's statistics and observations call the search, and say of
                a case. Each corner is a property of its own there: of those with one name, a
                viewer shows the last that ran.

        The last cases lie in the domain's corners (`strategies.sizes`), one in each, where there
        are cases enough.

        Returns:
            The smallest case that was met and falls, or None.
        """
        first_root = ROOTS if self.calibration else 0
        for corner, count in _parts(domain, cases):
            # A search begins with the simplest case, which is in no corner.
            hunt = _Hunt(falls, shrinks, margin, passed=0 if corner is None else 1)
            drawn = (
                regimes(domain, constants, corner),
                st.integers(first_root, first_root + ROOTS - 1),
            )
            label = "" if corner is None else f"/{corner.value}"
            seed, shown = f"{entropy}:{name}{label}", f"{title or name}{label}"
            _run(drawn, hunt, seed, shown, count + hunt.passed)
            if hunt.smallest is not None:
                return hunt.smallest
        return None

    def worst(
        self,
        domain: Domain,
        constants: Constants,
        score: Callable[[Case], float],
        *,
        name: str,
        entropy: int,
        cases: int,
        title: str = "",
    ) -> None:
        """Call `score` on up to `cases` cases, chosen by `hypothesis.target` to make it large.

        Deterministic, as `falling` is. What is shown of a case as its margin is minus its score.
        """
        scores: dict[Case, float] = {}

        def climb(root: int, regime: Regime) -> None:
            case = Case(regime, root)
            if case not in scores:
                if len(scores) == cases:
                    return
                scores[case] = score(case)
            tell(case, lambda case: -scores[case])
            if math.isfinite(scores[case]):  # nothing else can be climbed
                target(scores[case])

        with without_constants():
            # The optimiser changes what was drawn last first: the regime, not the root. It begins
            # when half of the cases are spent.
            phases = [Phase.generate, Phase.target]
            configured = settings(_settings(cases), backend="hypothesis", phases=phases)
            drawn = st.integers(0, ROOTS - 1), regimes(domain, constants)
            _seeded(climb, f"{entropy}:{name}", title or name, configured, *drawn)()


#: The one that verdicts are reached with.
SEARCH = HypothesisSearch()


@dataclass
class _Hunt:
    """The cases decided so far, but for the first, which may be passed over."""

    falls: Callable[[Case], bool]
    shrinks: int
    margin: Callable[[Case], float | None] | None = None
    passed: int = 0
    decided: dict[Case, bool] = field(default_factory=dict)
    smallest: Case | None = None

    def __call__(self, regime: Regime, root: int) -> None:
        case = Case(regime, root)
        if self.passed:
            self.passed -= 1
            return
        if case not in self.decided:
            if self.smallest is not None:
                if self.shrinks == 0:
                    return
                self.shrinks -= 1
            self.decided[case] = self.falls(case)
        tell(case, self.margin)
        if self.decided[case]:
            self.smallest = case
            raise _FallenError


def _parts(domain: Domain, cases: int) -> list[tuple[Corner | None, int]]:
    """A domain, and its corners where there are cases for them; with the cases of each."""
    there = corners(domain.ranges(domain.tiers[0])) if domain.tasks else ()
    if cases < _CASES_A_CORNER * len(there):
        there = ()
    return [(None, cases - len(there)), *((corner, 1) for corner in there)]


def _run(
    drawn: tuple[st.SearchStrategy[Regime], st.SearchStrategy[int]],
    hunt: _Hunt,
    seed: str,
    title: str,
    cases: int,
) -> None:
    phases = [Phase.generate, Phase.shrink] if hunt.shrinks else [Phase.generate]
    try:
        _seeded(hunt, seed, title, settings(_settings(cases), phases=phases), *drawn)()
    except _FallenError:
        return


def _settings(cases: int) -> settings:
    # Every field is set here: a profile made elsewhere (under CI, say) is inherited silently
    # otherwise.
    return settings(
        max_examples=cases,
        phases=[Phase.generate],
        backend=PLAIN,
        database=None,
        derandomize=False,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        stateful_step_count=1,
        verbosity=hypothesis.Verbosity.quiet,
        # A case trains networks; discarding draws stays an error.
        suppress_health_check=[HealthCheck.too_slow],
    )


def _seeded(
    test: Callable[..., None],
    seed: str,
    title: str,
    configured: settings,
    *drawn: st.SearchStrategy[Any],
) -> Callable[[], None]:
    @hypothesis.seed(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big"))
    @configured
    @given(st.tuples(*drawn))
    def run(values: tuple[Any, ...]) -> None:
        test(*values)

    run.__name__ = title  # what Hypothesis calls the property
    return run

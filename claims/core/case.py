"""A regime with its random numbers, and what a search for such cases promises."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Protocol

from claims.core.constants import Constants
from claims.core.domain import Domain
from model.regime import Regime


@dataclass(frozen=True)
class Case:
    """A regime and the integer from which all its random numbers come."""

    regime: Regime
    root: int


class Search(Hashable, Protocol):
    """Draws cases of a domain. `strategies.search` has one; rules are handed it.

    `name` and `entropy` fix the whole search: same values, same cases, whatever else runs. No
    distribution is promised, and no rule assumes one. `title` names the search to whoever watches
    it, `name` if empty; no case depends on it.
    """

    @property
    def watched(self) -> bool:
        """Whether somebody is shown its cases: then claims do not share a search."""

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
        """Call `falls` on up to `cases` cases; make the first that falls smaller, and return it.

        `margin` is that of a case which `falls` was called on, to be shown; None if it has none.
        """

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
        """Call `score` on up to `cases` cases, chosen to make it large."""

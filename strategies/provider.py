"""All that is used of Hypothesis's private side: where its numbers come from, and who watches.

Hypothesis promises none of this from one release to the next. What it is used for, and what to look
for where a release moves it, is in `tests/strategies/test_provider.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from hypothesis.internal import observability
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.statistics import collector, describe_statistics


class PlainProvider(HypothesisProvider):
    """Hypothesis's own source of numbers, but for constants found in modules around."""

    def _maybe_draw_constant(self, *_: object, **__: object) -> None:
        return None


#: What `hypothesis.settings(backend=...)` calls it.
PLAIN = "transfer-claims"
AVAILABLE_PROVIDERS[PLAIN] = PlainProvider


def without_constants() -> AbstractContextManager[object]:
    """For as long as this lasts, Hypothesis's own backend draws no constants either.

    Targets are climbed for that backend only. Its method is replaced, not the backend: what has not
    been tried yet is drawn by that class whatever backend is registered.
    """
    return patch.object(
        HypothesisProvider, "_maybe_draw_constant", PlainProvider._maybe_draw_constant
    )


# Who watches --------------------------------------------------------------------------------------


def observed() -> bool:
    """Whether observations are written, as Tyche reads them."""
    return observability.observability_enabled()


def counted() -> bool:
    """Whether statistics are collected."""
    return collector.value is not None


def observing(callback: Callable[[Any], None]) -> AbstractContextManager[None]:
    """Call this with every observation that is made meanwhile."""
    return observability.with_observability_callback(callback)


@contextmanager
def counting() -> Iterator[list[dict[str, Any]]]:
    """Collect the statistics of every search that runs meanwhile."""
    found: list[dict[str, Any]] = []
    with collector.with_value(found.append):  # type: ignore[arg-type]  # declared as None
        yield found


def statistics(title: str, searches: list[dict[str, Any]]) -> str:
    """Statistics of searches, as Hypothesis words those of one: why the first stopped, and the
    highest targets of all. A case that passed untold was passed over, and does not count.
    """
    whole: dict[str, Any] = {"nodeid": title, "stopped-because": searches[0]["stopped-because"]}
    for one in searches:
        for name, phase in one.items():
            if name.endswith("-phase"):
                told = phase | {"test-cases": [*filter(_is_told, phase["test-cases"])]}
                whole[name] = _sum(whole[name], told) if name in whole else told
            elif name == "targets":
                highest = whole.setdefault(name, {})
                for label, score in phase.items():
                    highest[label] = max(score, highest.get(label, score))
    return describe_statistics(whole)  # type: ignore[arg-type]  # a private type


def _is_told(case: dict[str, Any]) -> bool:
    return case["status"] != "valid" or bool(case["events"])


def _sum(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Of times, counts and lists."""
    return {name: one[name] + other[name] for name in one}

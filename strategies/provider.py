"""All that is used of Hypothesis's private side: where its numbers come from.

Hypothesis promises none of this from one release to the next. What it is used for, and what to look
for where a release moves it, is in `tests/strategies/test_provider.py`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from unittest.mock import patch

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider


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

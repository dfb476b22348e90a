"""What a claim assumes and what it is measured by: its hypotheses and its constants, as rows."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from claims.core.claim import Claim
from claims.core.domain import Bound, Hypothesis
from claims.deciding.verdict import Verdict
from reports.page.mathematics import mathml, symbol


@dataclass(frozen=True)
class HypothesisRow:
    """A hypothesis: the inequality, and what its quantity is."""

    inequality: Markup
    meaning: str


def hypothesis_rows(claim: Claim) -> tuple[HypothesisRow, ...]:
    """A claim's hypotheses."""
    return tuple(map(_hypothesis_row, claim.domain.hypotheses)) if claim.domain else ()


def _hypothesis_row(hypothesis: Hypothesis) -> HypothesisRow:
    low, high = hypothesis.between.low, hypothesis.between.high
    if low == high:
        latex = f"{hypothesis.quantity.latex}={_bound(low)}"
        return HypothesisRow(mathml(latex), hypothesis.quantity.meaning)
    left = "" if low == -math.inf else rf"{_bound(low)}\le "
    right = "" if high == math.inf else rf"\le {_bound(high)}"
    inequality = mathml(f"{left}{hypothesis.quantity.latex}{right}")
    return HypothesisRow(inequality, hypothesis.quantity.meaning)


def _bound(bound: Bound) -> str:
    return symbol(bound) if isinstance(bound, str) else f"{bound:g}"


@dataclass(frozen=True)
class ConstantRow:
    """A constant of a statement: its value, and how it was fitted."""

    name: str
    symbol: Markup
    value: float
    fit: Mapping[str, Any]

    @property
    def rule(self) -> str:
        """How it was fitted; other constants by their letters: (C_3 of theorem-4.3)."""
        named = re.sub(r"([a-z][\w.-]*)\.(C_[\w-]+)", r"(\2 of \1)", self.fit["rule"])
        return named.replace(" - ", " − ")


def constant_rows(
    claim: Claim, verdict: Verdict | None, record: Mapping[str, Any]
) -> tuple[ConstantRow, ...]:
    """The values that decided, or would now; `record` is what `transfer-claims show` tells."""
    values = verdict.constants if verdict else record["constants"]
    return tuple(
        ConstantRow(
            name,
            mathml(symbol(name)),
            values.get(name, math.nan),
            record["calibration"][name],
        )
        for name in claim.constants
    )

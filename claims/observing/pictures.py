"""What the report draws of statements about test errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from claims.core.claim import Figure
from claims.core.constants import resolve
from claims.core.criteria import NOT_SMALL
from claims.core.domain import Bound
from claims.core.quantities import Quantity
from claims.observing.errors import BOTH_ERRORS


def falls(
    criterion: Quantity, c_2: Bound, held: str, values: Mapping[str, Any] = BOTH_ERRORS
) -> Figure:
    """Errors against a criterion, and exp(-criterion/C_2)."""
    return Figure(
        criterion,
        values,
        held,
        lambda value, constants: math.exp(-value / resolve(c_2, constants)),
        upper=True,
    )


def stays(criterion: Quantity, held: str, values: Mapping[str, Any] = BOTH_ERRORS) -> Figure:
    """Errors against a criterion, and 0.1."""
    return Figure(criterion, values, held, lambda value, constants: NOT_SMALL, upper=False)

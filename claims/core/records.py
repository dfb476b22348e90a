"""Values as they go into JSON records, and records as they are read: checked, never evaluated."""

from __future__ import annotations

import json
import math
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


def finite(value: float | None) -> float | None:
    """JSON has no infinity; a number without bound is none."""
    return value if value is not None and math.isfinite(value) else None


def plain(value: Any) -> Any:
    """The same without infinities and nan."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return finite(value) if isinstance(value, float) else value


def validated(adapter: TypeAdapter[T], values: Any, what: str) -> T:
    """What JSON values say, by pydantic's rules.

    Raises:
        ValueError: names the field, or `what` they should be.
    """
    try:
        return adapter.validate_json(json.dumps(values))
    except ValidationError as invalid:
        first = invalid.errors(include_url=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc'])) or what}: {first['msg']}") from None

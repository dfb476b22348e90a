"""Statements about statements: that some hold, or one fails.

Files of statements are imported by nobody: what claims speak of is found by its id.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from claims.core.catalogue import stated
from claims.core.constants import Constants
from claims.core.margin import Margin

Measure = Callable[[Any, Constants], Margin]


def hold(*claim_ids: str) -> Measure:
    """The margin of: these statements, all about the same networks, hold."""
    bases = [stated(claim_id) for claim_id in claim_ids]
    return lambda observation, constants: reduce(
        Margin.both, [base.margin(observation, constants) for base in bases]
    )


def fails(*claim_ids: str) -> Measure:
    """The margin of: the statement does not hold, or one of them, all about the same networks."""
    held = hold(*claim_ids)
    return lambda observation, constants: plain(held(observation, constants)).negated


def constants_of(*claim_ids: str) -> tuple[str, ...]:
    """The constants that these statements name, each once."""
    return tuple(
        dict.fromkeys(name for claim_id in claim_ids for name in stated(claim_id).constants)
    )


def plain(margin: Margin) -> Margin:
    """An infinite margin is as good as a large one, and its opposite must be a number."""
    low, high = (
        np.nan_to_num(end, nan=-1e9, posinf=1e9, neginf=-1e9) for end in (margin.low, margin.high)
    )
    return Margin(low, high)

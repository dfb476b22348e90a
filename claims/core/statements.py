"""Statements about statements: that some hold, or one fails.

Files of statements are imported by nobody. Claims about other claims are made while the catalogue
is not yet whole, and find what they speak of by its id, in the few files named here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from claims.core.claim import Claim
from claims.core.constants import Constants
from claims.core.margin import Margin

#: Files whose statements others speak of.
_FILES = ("lemma_a", "theorem_4_3", "theorem_4_2_convergence")

Measure = Callable[[Any, Constants], Margin]


def statement(claim_id: str) -> Claim[Any]:
    """A claim that others speak of."""
    modules = [importlib.import_module(f"claims.paper.{file}") for file in _FILES]
    stated: list[Claim[Any]] = [claim for module in modules for claim in module.CLAIMS]
    return next(claim for claim in stated if claim.id == claim_id)


def hold(*claim_ids: str) -> Measure:
    """The margin of: these statements, all about the same networks, hold."""
    bases = [statement(claim_id) for claim_id in claim_ids]
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
        dict.fromkeys(name for claim_id in claim_ids for name in statement(claim_id).constants)
    )


def plain(margin: Margin) -> Margin:
    """An infinite margin is as good as a large one, and its opposite must be a number."""
    low, high = (
        np.nan_to_num(end, nan=-1e9, posinf=1e9, neginf=-1e9) for end in (margin.low, margin.high)
    )
    return Margin(low, high)

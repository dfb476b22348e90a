"""Mutants that are made alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from claims.core.claim import Mutant


def naming(mutants: list[Mutant], *constants: str) -> list[Mutant]:
    """The same, which read these constants where the statement does not."""
    return [
        replace(mutant, changes={**mutant.changes, "constants": constants}) for mutant in mutants
    ]


def replanted(name: str, error: str, function: Callable[..., Any], **changed: Any) -> Mutant:
    """What is observed, with keyword arguments changed to plant an error."""
    return Mutant(name, error, {"observe": partial(function, **changed)})

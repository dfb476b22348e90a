"""Which sets are trained for which constants, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from typing import Any

from claims.core.calibration import (
    CalibrationSet,
    DerivedConstant,
    FittedConstant,
    OpenConstant,
)
from claims.core.catalogue import catalogue
from claims.core.claim import Claim


class PlanError(ValueError):
    """A constant that a plan does not fit: names it, and those that it fits."""


@dataclass(frozen=True)
class Plan:
    """Constants in the order in which they are fitted, each with its sets."""

    constants: tuple[FittedConstant, ...]

    @property
    def sets(self) -> dict[str, CalibrationSet]:
        """Every set by name."""
        every = (one for constant in self.constants for one in _sets(constant))
        return {one.name: one for one in every}

    def only(self, names: Iterable[str]) -> Plan:
        """The part of it that fits these constants; others are taken as they are known.

        Raises:
            PlanError: it has no constant of such a name.
        """
        wanted, known = set(names), {constant.name for constant in self.constants}
        if unknown := sorted(wanted - known):
            raise PlanError(
                f"constant = {unknown[0]!r}: is none of those to be fitted:"
                f" {', '.join(sorted(known))}"
            )
        return Plan(tuple(one for one in self.constants if one.name in wanted))

    def measured(self, name: str) -> tuple[OpenConstant, ...]:
        """The constants that a set is measured for."""
        return tuple(
            constant
            for constant in self.constants
            if isinstance(constant, OpenConstant) and name in {one.name for one in constant.sets}
        )


def plan(claims: Iterable[Claim[Any]] | None = None) -> Plan:
    """What the constants of these claims take; of all if None.

    Raises:
        ValueError: two claims declare one constant differently, or one uses what is not declared.
    """
    declared = _declared(catalogue().values())
    own = catalogue().values() if claims is None else claims
    names = {constant.name for claim in own for constant in claim.fits}
    for name in list(names):  # what is computed from others takes those as well
        constant = declared[name]
        names |= set(constant.uses) if isinstance(constant, DerivedConstant) else set()
    order = TopologicalSorter({name: _before(constant) for name, constant in declared.items()})
    return Plan(tuple(declared[name] for name in order.static_order() if name in names))


def _declared(claims: Iterable[Claim[Any]]) -> dict[str, FittedConstant]:
    """Every constant by name, those without sets of their own on the regimes of their claim."""
    declared: dict[str, FittedConstant] = {}
    as_written: dict[str, FittedConstant] = {}
    own_sets: dict[Any, CalibrationSet] = {}
    for claim in claims:
        for constant in claim.fits:
            if as_written.setdefault(constant.name, constant) != constant:
                raise ValueError(f"{constant.name}: {claim.id} declares it as another does not")
            if isinstance(constant, OpenConstant) and not constant.sets:
                assert claim.domain is not None
                # Claims on the same networks share a set, which has the first one's name.
                key = claim.domain, claim.observe
                own = CalibrationSet(claim.id, claim.domain, claim.observe)
                constant = replace(constant, sets=(own_sets.setdefault(key, own),))
            declared.setdefault(constant.name, constant)
    for constant in declared.values():
        if missing := [name for name in _before(constant) if name not in declared]:
            raise ValueError(f"{constant.name}: uses {', '.join(missing)}, which no claim fits")
    return declared


def _sets(constant: FittedConstant) -> tuple[CalibrationSet, ...]:
    return constant.sets if isinstance(constant, OpenConstant) else ()


def _before(constant: FittedConstant) -> tuple[str, ...]:
    """Constants that must be known first: for its rule, or to draw its sets."""
    drawn = (name for one in _sets(constant) for name in one.domain.constants)
    return tuple(dict.fromkeys((*constant.uses, *drawn)))


def ready(plan: Plan, known: Mapping[str, float]) -> list[CalibrationSet]:
    """The sets that can be drawn with the constants known so far."""
    return [one for one in plan.sets.values() if set(one.domain.constants) <= set(known)]

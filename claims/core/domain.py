"""The regimes that a statement speaks of: a validated `Domain`.

Everything that limits the search is in it, and is printed with the statement. `strategies`
constructs the regimes; nothing is filtered. Whatever a construction cannot honour is refused when
the domain is made, with the field, the value and the rule.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NoReturn

from claims.core import condition, quantities
from claims.core.allowed import Allowed, cut
from claims.core.condition import Clause, Tier
from claims.core.constants import Constants
from claims.core.quantities import Quantity
from claims.core.scale import Between, Bound, DomainError, Scale
from claims.core.usual import usual, widths
from model.regime import Regime

__all__ = ["Between", "Bound", "Construction", "Domain", "DomainError", "Hypothesis", "Scale"]

ROUNDING = 1e-9


class Construction(StrEnum):
    """How regimes are made."""

    SMALL = "small"  # any small regime, inside Condition 4.1 or not
    INDEPENDENT = "independent"  # small, with all Gaussian vectors linearly independent
    SCRATCH = "scratch"  # inside Condition 4.1 for the downstream task
    TRANSFER = "transfer"  # inside Condition 4.1 for both tasks
    POSITIVE = "positive"  # the same, where Proposition 4.4(1) speaks
    NEGATIVE = "negative"  # the same, where Proposition 4.4(2) speaks

    @property
    def tasks(self) -> tuple[int, ...]:
        """The tasks that Condition 4.1 is required of."""
        if self in (Construction.SMALL, Construction.INDEPENDENT):
            return ()
        return (2,) if self is Construction.SCRATCH else (1, 2)


_COUNTS = (Scale.N1, Scale.N2, Scale.M, Scale.INHERITED)
#: Of each scale, the least and the most that mean anything.
_LEAST = {Scale.N1: 1, Scale.N2: 1, Scale.M: 1, Scale.INHERITED: 1, Scale.COS_V: -1.0}
_MOST = {Scale.COS_V: 1.0}
#: Quantities of the catalogue that a domain can be solved for: those that signals decide, and that
#: grow with tau_2 when all else is fixed.
_SOLVABLE = frozenset(
    {
        "tau_1",
        "tau_2",
        "tau_A",
        "tau_D",
        "Gamma",
        "Gamma_printed",
        "tau_A+tau_2",
        "Gamma+tau_2",
        "Gamma_printed+tau_2",
    }
)


@dataclass(frozen=True)
class Hypothesis:
    """A quantity required to lie in a range."""

    quantity: Quantity
    between: Between

    def holds(self, regime: Regime, constants: Constants) -> bool:
        """Whether a regime meets it, rounding forgiven."""
        low, high = self.between.range(constants)
        return _inside(self.quantity(regime), low, high)

    def __str__(self) -> str:
        low, high = self.between.low, self.between.high
        left = "" if low == -math.inf else f"{_short(low)} ≤ "
        right = "" if high == math.inf else f" ≤ {_short(high)}"
        return f"{left}{self.quantity.name}{right}"


@dataclass(frozen=True, kw_only=True)
class Domain:
    """The regimes that a statement speaks of.

    Args:
        construction: how they are made.
        where: ranges of quantities. `SCRATCH` takes one; `TRANSFER` one beside X and Y; `POSITIVE`
            tau_2, X and tau_A+tau_2; `NEGATIVE` tau_2, tau_D, X and Y/X. Their order has no
            meaning.
        solve_for: the quantity that the overall signal strength is solved for: of `SCRATCH` and
            `TRANSFER` only.
        scales: ranges of scales that replace the usual ones (`claims.core.usual`), which are part
            of the domain as well.
        without: clauses of Condition 4.1 that are not required.
        tier: the one tier of constants to construct for; any if None.

    Raises:
        DomainError: for what is not known, is of the wrong type, is empty, or cannot be honoured.
    """

    construction: Construction
    where: Mapping[Quantity, Between] = field(default_factory=dict)
    solve_for: Quantity | None = None
    scales: Mapping[Scale, Between] = field(default_factory=dict)
    without: frozenset[Clause] = frozenset()
    tier: Tier | None = None

    def __post_init__(self) -> None:
        _check_kind(self)
        object.__setattr__(self, "where", MappingProxyType(dict(self.where)))
        object.__setattr__(self, "scales", MappingProxyType(dict(self.scales)))
        object.__setattr__(self, "without", frozenset(self.without))
        _check_where(self)
        _check_scales(self)
        _check_clauses(self)

    def __hash__(self) -> int:
        return hash(
            (
                self.construction,
                frozenset(self.where.items()),
                self.solve_for,
                frozenset(self.scales.items()),
                self.without,
                self.tier,
            )
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Domain) and self._data == other._data

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (dict(self._data),)

    @property
    def _data(self) -> dict[str, Any]:
        return {
            "construction": self.construction,
            "where": dict(self.where),
            "solve_for": self.solve_for,
            "scales": dict(self.scales),
            "without": self.without,
            "tier": self.tier,
        }

    def but(
        self,
        *,
        where: Mapping[Quantity, Between] | None = None,
        scales: Mapping[Scale, Between] | None = None,
        without: Collection[Clause] = (),
    ) -> Domain:
        """The same domain with other ranges of these, and without these clauses as well."""
        return replace(
            self,
            where={**self.where, **(where or {})},
            scales={**self.scales, **(scales or {})},
            without=self.without | set(without),
        )

    @property
    def tasks(self) -> tuple[int, ...]:
        """The tasks that Condition 4.1 is required of."""
        return self.construction.tasks

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers of constants that regimes are constructed for."""
        return tuple(condition.TIERS.values()) if self.tier is None else (self.tier,)

    def ranges(self, tier: Tier) -> dict[Scale, Between]:
        """The range of every scale, at a tier's constants: its own, and the usual ones.

        Less what Condition 4.1 forbids for every value of the others.
        """
        if not self.tasks:
            return {}
        filled = {**usual(tier), **self.scales}
        if self.construction is Construction.SCRATCH:
            del filled[Scale.INHERITED]
        return cut(filled, Allowed(tier, self.without), self.tasks)

    @property
    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """What `where` requires, in its order, which serves display alone."""
        return tuple(Hypothesis(quantity, between) for quantity, between in self.where.items())

    @property
    def constants(self) -> tuple[str, ...]:
        """Names of the calibrated constants among its bounds, sorted."""
        ranges = (*self.where.values(), *self.scales.values())
        return tuple(sorted({name for between in ranges for name in between.constants}))

    def violations(self, regime: Regime, constants: Constants) -> list[str]:
        """What keeps a regime outside; empty if it is inside."""
        broken = [str(h) for h in self.hypotheses if not h.holds(regime, constants)]
        if not self.tasks:
            return broken
        by_tier = [[*self._beyond(regime, t), *self._broken(regime, t)] for t in self.tiers]
        return broken + min(by_tier, key=len)

    def _beyond(self, regime: Regime, tier: Tier) -> list[str]:
        """The scales whose value lies beyond their range, of those that a regime tells."""
        beyond = []
        for scale, between in self.ranges(tier).items():
            value = _told(scale, regime)
            low, high = between.range({})
            if value is not None and not _inside(value, low, high):
                beyond.append(f"{low:g} ≤ {scale} ≤ {high:g}")
        return beyond

    def _broken(self, regime: Regime, tier: Tier) -> list[str]:
        return condition.violations(regime, tier, self.tasks, self.without)

    def broken_clauses(self, regime: Regime) -> list[str]:
        """The clauses of Condition 4.1 that a regime breaks, at the tier where it breaks fewest."""
        return min((self._broken(regime, tier) for tier in condition.TIERS.values()), key=len)


#: Scales that a regime tells as they were drawn.
_READ: Mapping[Scale, Callable[[Regime], float]] = {
    Scale.N1: lambda regime: regime.n1,
    Scale.N2: lambda regime: regime.n2,
    Scale.RATIO: lambda regime: regime.n1 / regime.n2,
    Scale.M: lambda regime: regime.m,
    Scale.INHERITED: lambda regime: regime.inherited,
    Scale.COS_V: lambda regime: regime.cos_v,
}


def _told(scale: Scale, regime: Regime) -> float | None:
    return _READ[scale](regime) if scale in _READ else None


def _inside(value: float, low: float, high: float) -> bool:
    return low - ROUNDING * abs(low) <= value <= high + ROUNDING * abs(high)


def _remade(values: dict[str, Any]) -> Domain:
    return Domain(**values)


def _short(bound: Bound) -> str:
    return bound.rsplit(".", 1)[-1] if isinstance(bound, str) else f"{bound:g}"


def _check_kind(domain: Domain) -> None:
    if not isinstance(domain.construction, Construction):
        _refuse_name("construction", domain.construction, Construction)
    if domain.tier is not None and not isinstance(domain.tier, Tier):
        raise DomainError("tier", repr(domain.tier), "must be one of condition.TIERS, or None")
    for name in ("where", "scales"):
        if not isinstance(getattr(domain, name), Mapping):
            raise DomainError(name, repr(getattr(domain, name)), "must be a mapping to Between")
    if isinstance(domain.without, str) or not isinstance(domain.without, Collection):
        raise DomainError("without", repr(domain.without), "must be a set of Clause")


def _refuse_name(name: str, value: object, known: type[StrEnum]) -> NoReturn:
    near = difflib.get_close_matches(str(value), list(known), n=1, cutoff=0.0)
    member = f"{known.__name__}.{known(near[0]).name}" if near else known.__name__
    names = ", ".join(f"{known.__name__}.{one.name}" for one in known)
    raise DomainError(name, repr(value), f"must be one of {names}; did you mean {member}?")


def _check_ranges(name: str, ranges: Mapping[Any, object]) -> None:
    for key, between in ranges.items():
        if not isinstance(between, Between):
            label = key.name if isinstance(key, Quantity) else key
            raise DomainError(f"{name}[{label}]", repr(between), "must be a Between(low, high)")


def _check_where(domain: Domain) -> None:
    for quantity in domain.where:
        if not isinstance(quantity, Quantity):
            raise DomainError(
                "where", repr(quantity), "must be a quantity, such as quantities.TAU_2"
            )
    _check_ranges("where", domain.where)
    names = [quantity.name for quantity in domain.where]
    if len(set(names)) < len(names):
        raise DomainError("where", ", ".join(names), "names a quantity twice")
    _check_solved(domain)
    given = set(domain.where)
    match domain.construction:
        case Construction.SMALL | Construction.INDEPENDENT:
            _require(domain, given, set(), "takes no ranges of quantities")
        case Construction.SCRATCH:
            _require(domain, given, {domain.solve_for}, "takes one, that of solve_for")
        case Construction.TRANSFER:
            wanted = {domain.solve_for, quantities.X, quantities.Y}
            _require(domain, given, wanted, "takes those of solve_for, X and Y")
        case Construction.POSITIVE:
            wanted = {quantities.TAU_2, quantities.X, quantities.CRITERION}
            _require(domain, given, wanted, "takes those of tau_2, X and tau_A+tau_2")
        case Construction.NEGATIVE:
            wanted = {quantities.TAU_2, quantities.TAU_D, quantities.X, quantities.Y_OVER_X}
            _require(domain, given, wanted, "takes those of tau_2, tau_D, X and Y/X")
    for quantity, between in domain.where.items():
        _check_ends(domain, quantity, between)


#: The ends that a negative domain cannot do without.
_LOW = {quantities.TAU_2: "low", quantities.TAU_D: "high"}


def _check_ends(domain: Domain, quantity: Quantity, between: Between) -> None:
    """Ranges are drawn on logarithmic grids: of positive numbers, with the ends that are needed."""

    def refuse(rule: str) -> NoReturn:
        raise DomainError(f"where[{quantity.name}]", f"{between.low} to {between.high}", rule)

    low, high = between.low, between.high
    if not isinstance(high, str) and high <= 0:
        refuse("must reach above 0")
    if not isinstance(low, str) and -math.inf < low <= 0:
        refuse("must begin above 0, or have no lower end")
    if quantity == quantities.Y and not isinstance(low, str) and -math.inf < low < 1:
        refuse("must begin at 1 or above: the target's signal has the universal one in it")
    bounded = low != -math.inf, high != math.inf
    if quantity == domain.solve_for and not any(bounded):
        refuse("must have an end, since it is solved for")
    transfer = domain.construction is Construction.TRANSFER and quantity != domain.solve_for
    if transfer and not all(bounded):
        refuse("must have two ends in a transfer domain")
    if domain.construction is Construction.POSITIVE:
        needed = bounded[1] if quantity == quantities.TAU_2 else bounded[0]
        if quantity != quantities.X and not needed:
            refuse("tau_2 must have a high end, and tau_A+tau_2 a low one, in a positive domain")
    negative = domain.construction is Construction.NEGATIVE
    if negative and quantity in _LOW and not bounded[_LOW[quantity] == "high"]:
        refuse(f"must have a {_LOW[quantity]} end in a negative domain")
    if negative and quantity == quantities.X and not all(bounded):
        refuse("must have two ends in a negative domain")


def _check_solved(domain: Domain) -> None:
    solves = domain.construction in (Construction.SCRATCH, Construction.TRANSFER)
    if solves and not isinstance(domain.solve_for, Quantity):
        raise DomainError(
            "solve_for",
            repr(domain.solve_for),
            f"must be the quantity that a {domain.construction} domain is solved for",
        )
    term = domain.solve_for
    if term is not None and term.name in quantities.catalogue() and term.name not in _SOLVABLE:
        rule = "must be one that grows with tau_2: " + ", ".join(sorted(_SOLVABLE))
        raise DomainError("solve_for", term.name, rule)
    if not solves and domain.solve_for is not None:
        raise DomainError(
            "solve_for", domain.solve_for.name, f"has no meaning in a {domain.construction} domain"
        )


def _require(domain: Domain, given: set[Quantity], wanted: set[Quantity | None], rule: str) -> None:
    if given != wanted:
        _refuse_where(domain, rule)


def _refuse_where(domain: Domain, rule: str) -> NoReturn:
    names = ", ".join(quantity.name for quantity in domain.where) or "{}"
    solved = f" (solve_for = {domain.solve_for.name})" if domain.solve_for else ""
    raise DomainError("where", names, f"a {domain.construction} domain {rule}{solved}")


def _check_scales(domain: Domain) -> None:
    for scale in domain.scales:
        if not isinstance(scale, Scale):
            _refuse_name("scales", scale, Scale)
    _check_ranges("scales", domain.scales)
    for scale, between in domain.scales.items():
        _check_scale(domain, scale, between)


def _check_scale(domain: Domain, scale: Scale, between: Between) -> None:
    def refuse(rule: str) -> NoReturn:
        raise DomainError(f"scales[{scale}]", f"{between.low} to {between.high}", rule)

    if not domain.tasks:
        refuse(f"a {domain.construction} domain draws its scales itself")
    if between.constants or not all(map(math.isfinite, _numbers(between))):
        refuse("must be two finite numbers")
    low, high = _numbers(between)
    if scale in _COUNTS and not (low.is_integer() and high.is_integer()):
        refuse("must be whole numbers")
    least, most = _LEAST.get(scale), _MOST.get(scale, math.inf)
    if low <= 0 if least is None else low < least:
        refuse(f"must be {'greater than 0' if least is None else f'at least {least:g}'}")
    if high > most:
        refuse(f"must be at most {most:g}")
    if scale is Scale.INHERITED and domain.construction is Construction.SCRATCH:
        refuse("a scratch domain inherits nothing")
    if scale is Scale.INHERITED and Scale.M in domain.scales:
        fewest = _numbers(domain.scales[Scale.M])[0]
        if high > fewest:
            refuse(f"must be at most scales[m], which begins at {fewest:g}")
    if scale is Scale.RATIO and not low <= 1 <= high:
        refuse("must have 1 between its ends")


def _numbers(between: Between) -> tuple[float, float]:
    return float(between.low), float(between.high)


def _check_clauses(domain: Domain) -> None:
    for clause in domain.without:
        if not isinstance(clause, Clause):
            _refuse_name("without", clause, Clause)
    if domain.without and not domain.tasks:
        raise DomainError(
            "without",
            _listed(domain.without),
            f"a {domain.construction} domain does not ask for Condition 4.1",
        )
    ranges = {str(scale): _numbers(between) for scale, between in domain.scales.items()}
    for scale, clauses in condition.broken_by(ranges, domain.tier, widths(domain.tier)):
        if not set(clauses) & domain.without:
            low, high = ranges[scale]
            raise DomainError(
                f"scales[{scale}]",
                f"{low:g} to {high:g}",
                f"breaks Condition 4.1, unless without has {_listed(clauses)}",
            )


def _listed(clauses: Iterable[Clause]) -> str:
    return " or ".join(f"Clause.{clause.name}" for clause in sorted(clauses))

"""What a claim is: data and small functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any, Generic, NoReturn, Protocol, runtime_checkable

from typing_extensions import TypeVar

from claims.core.calibration import DerivedConstant, FittedConstant, OpenConstant
from claims.core.constants import Constants
from claims.core.domain import Domain
from claims.core.evidence import Evidence
from claims.core.inquiry import Inquiry
from claims.core.margin import Margin
from claims.core.profile import Profile
from claims.core.quantities import Quantity
from model.regime import Regime

#: What a claim observes.
Seen = TypeVar("Seen", default=Any)


class ClaimError(ValueError):
    """A claim that cannot be decided as it is written: names the claim, the field and the rule."""

    def __init__(self, claim: str, field: str, value: object, rule: str) -> None:
        super().__init__(f"claim {claim!r}: {field} = {value}: {rule}")
        self.claim, self.field, self.value, self.rule = claim, field, value, rule

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.claim, self.field, str(self.value), self.rule)


class Provenance(Enum):
    """Where a statement comes from."""

    S = "stated in the digest of the paper"
    O = "taken from the paper's public reviews"  # noqa: E741
    R = "the analogous statement in the paper's own line of work"
    D = "derived here from the definitions"


#: Trainings of which statements bound curves.
TRAININGS = ("upstream", "transfer")


class Kind(Enum):
    """What kind of statement it is, for a reader. How it is decided is its rule's matter."""

    EXACT = "exact"
    PROBABILITY = "probability"
    ORDERING = "ordering"
    CONJECTURE = "conjecture"


@dataclass(frozen=True)
class Figure:
    """What the report draws of each regime.

    Values against a quantity, and the bound that one of them is held to.
    """

    across: Quantity
    values: Mapping[str, Callable[[Any], float]]  # name -> what is observed in a regime
    held: str  # the value that the bound is about
    bound: Callable[[float, Constants], float]  # at a value of `across`
    upper: bool  # the bound is one from above
    label: str = "test error"  # of the vertical axis

    def point(self, regime: Regime, observation: Any) -> dict[str, float]:
        """One regime: `across`, and every value."""
        values = {name: value(observation) for name, value in self.values.items()}
        return {"across": self.across(regime)} | values


@dataclass(frozen=True)
class Mutant:
    """A planted wrong version of a claim: some of its fields replaced. It must be falsified."""

    name: str
    error: str  # what is wrong with it
    changes: Mapping[str, Any]


@runtime_checkable
class Rule(Protocol):
    """How a claim is decided. Frozen, and without a state of its own.

    The rules themselves are in `claims.deciding`.
    """

    @property
    def needs_domain(self) -> bool:
        """Whether it looks for regimes in a claim's domain."""

    @property
    def of_regimes(self) -> bool:
        """Whether one margin judges many regimes together, so that no one of them is at fault."""

    @property
    def of_all_seeds(self) -> bool:
        """Whether one margin speaks of all seeds of a regime together."""

    @property
    def from_records(self) -> bool:
        """Whether it decides on networks trained beforehand, within a level of its own."""

    @property
    def own_level(self) -> float:
        """The probability, outside the run's budget, that it falsifies a true statement."""

    @property
    def detects(self) -> str:
        """What a verdict's smallest detectable effect is the size of."""

    @property
    def delta(self) -> float:
        """The probability with which the statement may fail; 0 for what holds every time."""

    def regimes(self, profile: Profile) -> int:
        """How many regimes it takes."""

    def seeds(self, profile: Profile) -> int:
        """How many seeds it tries a regime with."""

    def decide(self, claim: Claim, inquiry: Inquiry) -> Evidence:
        """Gather the evidence from which a verdict is derived."""

    def repeat(self, claim: Claim, regime: Regime | None, root: int, inquiry: Inquiry) -> Margin:
        """The margin of a kept counterexample, measured again."""


@dataclass(frozen=True, kw_only=True)
class Claim(Generic[Seen]):
    """One statement, and how a machine decides it.

    `observe` trains what is needed for a batch of seeds in a regime and returns anything with an
    attribute `networks`, the number trained; `margin` reads it. What else a rule needs of the two
    stands with the rule: a statement about formulas has no domain and is observed without a regime,
    one about a population of regimes gets a list of observations.

    Raises:
        ClaimError: for a rule that cannot decide it, a constant that its domain names and it does
            not, or a mutant of something that a claim has not.
    """

    id: str
    title: str
    source: str  # numbering of the paper, or the theory's own
    statement: str
    latex: str
    provenance: tuple[Provenance, ...]
    kind: Kind
    domain: Domain | None
    observe: Callable[..., Seen]
    margin: Callable[[Any, Constants], Margin]
    unit: str
    rule: Rule
    constants: tuple[str, ...] = ()
    fits: tuple[FittedConstant, ...] = ()  # those of its constants that calibration fits here
    uses: Mapping[str, str] = field(default_factory=dict)  # id -> why
    mutants: tuple[Mutant, ...] = ()
    figure: Figure | None = None  # drawn in the report, one point a regime
    # Of a statement about curves along training: which training, one of `TRAININGS`.
    training: str | None = None
    # Of claims that are decided on the same networks: same domain, same `observe`; its id if empty.
    family: str = ""
    mutant_of: str | None = None  # the id of the claim that it is a wrong version of

    def __post_init__(self) -> None:
        _check(self)

    @property
    def family_id(self) -> str:
        """What names the regimes and networks that it is decided on."""
        return self.family or self.id

    @property
    def of_the_paper(self) -> bool:
        """Whether the paper states it, or its own line of work where the paper is silent."""
        return not {Provenance.S, Provenance.R}.isdisjoint(self.provenance)

    @property
    def mutations(self) -> tuple[Claim[Any], ...]:
        """The claim with each of its mutants in place."""
        return tuple(self.mutated(mutant) for mutant in self.mutants)

    def mutated(self, mutant: Mutant) -> Claim[Any]:
        """The planted wrong version, on the same networks unless it says which others."""
        name = mutant_id(self.id, mutant.name)
        elsewhere = {"domain", "observe"} & set(mutant.changes)
        family = name if elsewhere else self.family_id
        return replace(
            self, id=name, mutants=(), family=family, mutant_of=self.id, **mutant.changes
        )


#: Between a claim's id and the name of its mutant.
_MARK = "!"


def mutant_id(claim_id: str, name: str) -> str:
    """The id of a claim's mutant."""
    return f"{claim_id}{_MARK}{name}"


def split_id(claim_id: str) -> tuple[str, str]:
    """The id of the claim itself, and the name of its mutant; "" where it is none."""
    base, _, name = claim_id.partition(_MARK)
    return base, name


def base_of(claim_id: str) -> str:
    """The id of the claim itself."""
    return split_id(claim_id)[0]


def is_mutant(claim_id: str) -> bool:
    """Whether an id names a mutant."""
    return _MARK in claim_id


_ID = re.compile(r"[A-Za-z0-9.-]+(![A-Za-z0-9.-]+)?")
#: Of fields that are no data of another module: what each must be, in words.
_FIELDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "id": (lambda x: isinstance(x, str) and bool(_ID.fullmatch(x)), "letters, digits, . and -"),
    "provenance": (lambda x: _all(x, Provenance) and bool(x), "a tuple of Provenance"),
    "kind": (lambda x: isinstance(x, Kind), "a Kind"),
    "domain": (lambda x: x is None or isinstance(x, Domain), "a Domain, or None"),
    "observe": (callable, "a function of what the rule hands it"),
    "margin": (callable, "a function of an observation and of constants"),
    "rule": (
        lambda x: isinstance(x, Rule) and not isinstance(x, type),
        "one of claims.deciding, such as PerRegime(0.05)",
    ),
    "constants": (lambda x: _all(x, str), "a tuple of names"),
    "fits": (lambda x: _all(x, OpenConstant, DerivedConstant), "a tuple of fitted constants"),
    "uses": (lambda x: isinstance(x, Mapping), "a mapping from id to the reason"),
    "mutants": (lambda x: _all(x, Mutant), "a tuple of Mutant"),
    "figure": (lambda x: x is None or isinstance(x, Figure), "a Figure, or None"),
    "training": (lambda x: x in (None, *TRAININGS), "upstream, transfer, or None"),
}
#: What a mutant cannot change.
_OWN = frozenset({"id", "mutants", "family", "mutant_of"})


def _all(values: Any, *types: type) -> bool:
    return isinstance(values, tuple) and all(isinstance(value, types) for value in values)


def _check(claim: Claim) -> None:
    def refuse(field: str, value: object, rule: str) -> NoReturn:
        raise ClaimError(claim.id, field, value, rule)

    for name, (right, words) in _FIELDS.items():
        value = getattr(claim, name)
        if not right(value):
            refuse(name, repr(value), f"must be {words}")
    if claim.rule.needs_domain is not (claim.domain is not None):
        wanted = "needs a domain" if claim.rule.needs_domain else "takes no domain"
        refuse("domain", claim.domain, f"{type(claim.rule).__name__} {wanted}")
    named = claim.domain.constants if claim.domain else ()
    if missing := [name for name in named if name not in claim.constants]:
        refuse("constants", claim.constants, f"must have {', '.join(missing)}: its domain does")
    _check_mutants(claim, refuse)


def _check_mutants(claim: Claim, refuse: Callable[[str, object, str], NoReturn]) -> None:
    names = [mutant.name for mutant in claim.mutants]
    if len(set(names)) < len(names):
        refuse("mutants", ", ".join(names), "two of them have one name")
    known = {one.name for one in fields(Claim)} - _OWN
    for mutant in claim.mutants:
        place = f"mutants[{mutant.name}]"
        if not mutant.changes:
            refuse(place, "{}", "must change something")
        if unknown := sorted(set(mutant.changes) - known):
            refuse(place, ", ".join(unknown), "a claim has no such field for a mutant to change")
    _ = claim.mutations  # raises for what no claim can be

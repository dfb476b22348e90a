"""What a claim is: data and small functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any, Generic

from typing_extensions import TypeVar

from claims.core.calibration import FittedConstant
from claims.core.constants import Constants
from claims.core.domain import Domain
from claims.core.margin import Margin
from claims.core.quantities import Quantity
from claims.core.rule import Rule
from model.regime import Regime

#: What a claim observes.
Seen = TypeVar("Seen", default=Any)


class ClaimError(ValueError):
    """A claim that cannot be decided as it is written: names the claim, the field and the rule."""

    def __init__(self, claim: str, field: str, value: object, rule: str) -> None:
        super().__init__(f"claim {claim!r}: {field} = {value}: {rule}")
        self.claim, self.field, self.value, self.rule = claim, field, value, rule


class Provenance(Enum):
    """Where a statement comes from."""

    S = "stated in the digest of the paper"
    O = "taken from the paper's public reviews"  # noqa: E741
    R = "the analogous statement in the paper's own line of work"
    D = "derived here from the definitions"


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
    # Of claims that are decided on the same networks: same domain, same `observe`; its id if empty.
    family: str = ""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def family_id(self) -> str:
        """What names the regimes and networks that it is decided on."""
        return self.family or self.id

    def mutated(self, mutant: Mutant) -> Claim[Any]:
        """The planted wrong version, on the same networks unless it says which others."""
        name = f"{self.id}!{mutant.name}"
        elsewhere = {"domain", "observe"} & set(mutant.changes)
        family = name if elsewhere else self.family_id
        return replace(self, id=name, mutants=(), family=family, **mutant.changes)


def _check(claim: Claim[Any]) -> None:
    def refuse(field: str, value: object, rule: str) -> None:
        raise ClaimError(claim.id, field, value, rule)

    if isinstance(claim.rule, type) or not isinstance(claim.rule, Rule):
        refuse("rule", repr(claim.rule), "must be one of claims.deciding, such as PerRegime(0.05)")
    if claim.domain is not None and not isinstance(claim.domain, Domain):
        refuse("domain", repr(claim.domain), "must be a Domain, or None")
    if claim.rule.needs_domain is not (claim.domain is not None):
        wanted = "needs a domain" if claim.rule.needs_domain else "takes no domain"
        refuse("domain", claim.domain, f"{type(claim.rule).__name__} {wanted}")
    named = claim.domain.constants if claim.domain else ()
    if missing := [name for name in named if name not in claim.constants]:
        refuse("constants", claim.constants, f"must have {', '.join(missing)}: its domain does")
    names = [mutant.name for mutant in claim.mutants]
    if len(set(names)) < len(names):
        refuse("mutants", ", ".join(names), "two of them have one name")
    known = {one.name for one in fields(Claim)}
    for mutant in claim.mutants:
        if unknown := sorted(set(mutant.changes) - known):
            refuse(f"mutants[{mutant.name}]", ", ".join(unknown), "a claim has no such field")

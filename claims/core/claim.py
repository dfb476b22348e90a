"""What a claim is: data and small functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from claims.core import condition, quantities
from claims.core.constants import Constants, resolve
from claims.core.quantities import Quantity
from claims.deciding.decision import Margin
from model.regime import Regime
from model.sampling import Seeds

Bound = float | str  # a number, or the name of a calibrated constant
ROUNDING = 1e-9


class Provenance(Enum):
    """Where a statement comes from."""

    S = "stated in the digest of the paper"
    O = "taken from the paper's public reviews"  # noqa: E741
    R = "the analogous statement in the paper's own line of work"
    D = "derived here from the definitions"


class Kind(Enum):
    """How a statement is decided."""

    EXACT = "exact"
    PROBABILITY = "probability"
    ORDERING = "ordering"
    CONJECTURE = "conjecture"


@dataclass(frozen=True)
class Hypothesis:
    """A quantity required to lie in [low, high]; a bound may be a constant's name."""

    quantity: Quantity
    low: Bound = -math.inf
    high: Bound = math.inf

    def range(self, constants: Constants) -> tuple[float, float]:
        """The numbers."""
        return resolve(self.low, constants), resolve(self.high, constants)

    def holds(self, regime: Regime, constants: Constants) -> bool:
        """Whether a regime meets it, rounding forgiven."""
        low, high = self.range(constants)
        value = self.quantity(regime)
        return low - ROUNDING * abs(low) <= value <= high + ROUNDING * abs(high)

    def __str__(self) -> str:
        left = "" if self.low == -math.inf else f"{_short(self.low)} ≤ "
        right = "" if self.high == math.inf else f" ≤ {_short(self.high)}"
        return f"{left}{self.quantity.name}{right}"


def _short(bound: Bound) -> str:
    return bound.rsplit(".", 1)[-1] if isinstance(bound, str) else f"{bound:g}"


Construction = Literal["small", "independent", "scratch", "transfer", "positive", "negative"]


@dataclass(frozen=True)
class Domain:
    """The regimes a statement speaks of. `strategies` constructs them; nothing is filtered.

    small: any small regime, inside Condition 4.1 or not. independent: small, with d so large that
    all Gaussian vectors are linearly independent. The others lie inside Condition 4.1 and inside
    `hypotheses`, of which the first is the one the overall signal strength is solved for.
    """

    construction: Construction
    hypotheses: tuple[Hypothesis, ...] = ()
    dropped: frozenset[str] = frozenset()  # clauses of Condition 4.1 not required
    groups: tuple[
        tuple[str, float, float], ...
    ] = ()  # dimensionless groups drawn from another range than usual
    tier: str = ""  # the one tier of constants to construct for; both if empty

    @property
    def tasks(self) -> tuple[int, ...]:
        """The tasks Condition 4.1 is required of."""
        return {"small": (), "independent": (), "scratch": (2,)}.get(self.construction, (1, 2))

    def violations(self, regime: Regime, constants: Constants) -> list[str]:
        """What keeps a regime outside; empty if it is inside."""
        found = [str(h) for h in self.hypotheses if not h.holds(regime, constants)]
        if self.tasks:
            by_tier = [
                condition.violations(regime, tier, self.tasks, self.dropped)
                for tier in condition.TIERS.values()
            ]
            found += sorted(by_tier, key=len)[0]
        return found


@dataclass(frozen=True)
class OpenConstant:
    """A constant that a statement leaves open, and what each seed needs of it. The calibrate
    command fits it.
    """

    name: str
    needed: Callable[
        [Any], NDArray[np.float64]
    ]  # observation -> (seeds,), or (steps, seeds) along a whole run
    at_least: bool = True  # it must be at least what is needed; at most otherwise

    def nats(self, seen: Any, constants: Constants) -> NDArray[np.float64]:
        """By how much the constant suffices, as a logarithm: same shape as what is needed."""
        with np.errstate(divide="ignore", invalid="ignore"):
            spare = math.log(constants[self.name]) - np.log(self.needed(seen))
        return spare if self.at_least else -spare

    def per_seed(self, seen: Any) -> NDArray[np.float64]:
        """What each seed needs, over all its steps: (seeds,)."""
        needed = self.needed(seen)
        return needed if needed.ndim == 1 else needed.max(0) if self.at_least else needed.min(0)


def suffice(*constants_needed: OpenConstant) -> Callable[[Any, Constants], Margin]:
    """The margin, in nats, of a statement that holds when these constants suffice."""

    def margin(seen: Any, constants: Constants) -> Margin:
        spare = np.min([c.nats(seen, constants) for c in constants_needed], axis=0)
        return Margin.exact(spare) if spare.ndim == 1 else Margin.along(spare, seen.steps)

    return margin


@dataclass(frozen=True)
class Picture:
    """What the report draws of each regime: values against a quantity, and the bound that some of
    them are held to.
    """

    across: Quantity
    values: Mapping[str, Callable[[Any], float]]  # name -> what is seen in a regime
    held: str  # the value that the bound is about
    bound: Callable[[float, Constants], float]  # at a value of `across`
    upper: bool  # the bound is one from above
    label: str = "test error"  # of the vertical axis

    def point(self, regime: Regime, seen: Any) -> dict[str, float]:
        """One regime: `across`, and every value."""
        return {"across": self.across(regime)} | {
            name: value(seen) for name, value in self.values.items()
        }


@dataclass(frozen=True)
class WrongVersion:
    """A planted false variant of a claim: fields of the claim replaced. It must come out
    falsified.
    """

    name: str
    error: str
    changes: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One statement, and how a machine decides it.

    `observe` trains what is needed for a batch of seeds in a regime and returns anything with an
    attribute `networks`, the number trained; `margin` reads it. A statement about formulas alone
    has `domain` None and is observed once, with no regime; what it returns also says by what
    `method` it was decided and, as JSON values, on what `evidence`. A statement about many regimes
    at once (a ranking, an accuracy) has a `population`; its `margin` gets a list of observations,
    and its `summary` is the evidence.
    """

    id: str
    title: str
    source: str  # numbering of the paper, or the theory's own
    statement: str
    latex: str
    provenance: tuple[Provenance, ...]
    kind: Kind
    domain: Domain | None
    observe: Callable[[Regime, Seeds], Any]
    margin: Callable[[Any, Constants], Margin]
    unit: str
    delta: float = 0.0
    constants: tuple[str, ...] = ()
    fits: tuple[
        OpenConstant, ...
    ] = ()  # those of its constants that are fitted by what each seed needs
    uses: Mapping[str, str] = field(default_factory=dict)  # id -> why
    wrong_versions: tuple[WrongVersion, ...] = ()
    sweep: float = 1.0  # share of the usual number of regimes
    summary: Callable[[Any], dict[str, Any]] | None = (
        None  # of a population's observations, as JSON values
    )
    power: Callable[[Any], float] | None = (
        # of a population's observations: the smallest violation seen with probability 0.99, if its
        # number is no mean
        None
    )
    population: int = (
        0  # regimes whose observations are judged together, as a list, by one call of `margin`
    )
    foretell: Callable[[Regime], dict[str, float]] | None = (
        # what is predicted of a population's or climb's regime, written down before it is trained
        None
    )
    # regimes are sought where the margin is least, each judged by one margin of all its seeds
    climbs: bool = False
    picture: Picture | None = None  # drawn in the report, one point a regime
    family: str = (
        ""  # of claims that look at the same networks: same domain, same `observe`; its id if empty
    )

    @property
    def looks(self) -> str:
        """What names the regimes and networks it looks at."""
        return self.family or self.id

    def wrong(self, version: WrongVersion) -> Claim:
        """The planted false claim; it looks at the same networks unless it says where else."""
        name = f"{self.id}!{version.name}"
        elsewhere = {"domain", "observe"} & set(version.changes)
        return replace(
            self,
            id=name,
            wrong_versions=(),
            family=name if elsewhere else self.looks,
            **version.changes,
        )


def hypothesis(name: str, low: Bound = -math.inf, high: Bound = math.inf) -> Hypothesis:
    """A hypothesis on a quantity of the catalogue."""
    return Hypothesis(quantities.catalogue()[name], low, high)

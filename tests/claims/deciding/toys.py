"""Toy claims whose margins are known, and toy searches: they train nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from claims.core.case import Case
from claims.core.claim import Claim, Kind, Provenance
from claims.core.domain import Between
from claims.core.domains import ANY_REGIME, from_scratch
from claims.core.margin import Margin
from claims.core.profile import PROFILES, Profile
from claims.core.quantities import TAU_2
from claims.deciding.decide import decide
from claims.deciding.estimates import each
from claims.deciding.formula import Formula
from claims.deciding.per_regime import PerRegime
from claims.deciding.population import Population
from claims.deciding.shares import median
from claims.deciding.worst_case import WorstCase
from model.regime import Regime
from model.sampling import Seeds
from strategies.search import SEARCH

PROFILE = Profile("toy", regimes=10, entropy=1, shrinks=400)
#: As many regimes as in `ci`, which populations and worst cases are counted by.
USUAL = Profile("toy", regimes=PROFILES["ci"].regimes, entropy=1)
#: Regimes of a toy population.
COUNT = 40
INSIDE = from_scratch(TAU_2, Between(0.5, 5.0))


@dataclass
class Observation:
    """What a toy claim observes: where, and on which seeds."""

    regime: Regime | None
    seeds: Seeds | None
    networks: int
    method: str = "algebra"
    evidence: dict[str, Any] = field(default_factory=dict)


def observe(regime, seeds):
    """Three networks a seed."""
    return Observation(regime, seeds, 3 * seeds.count)


def bare(**changes):
    """A claim with something in every field that needs it."""
    values = {
        "id": "toy",
        "title": "t",
        "source": "s",
        "statement": "x",
        "latex": "x",
        "provenance": (Provenance.D,),
        "kind": Kind.EXACT,
        "domain": ANY_REGIME,
        "observe": observe,
        "margin": lambda observation, constants: Margin.exact(1.0),
        "unit": "u",
        "rule": PerRegime(),
    }
    return Claim(**(values | changes))


def toy(margin, *, delta=0.0, **changes):
    """Judged in each regime; `margin(observation)` gives one number for all seeds, or a margin."""

    def measure(observation, constants):
        value = margin(observation)
        if isinstance(value, Margin):
            return value
        return Margin.exact(np.full(observation.seeds.count, value))

    kind = Kind.PROBABILITY if delta else Kind.EXACT
    return bare(**({"margin": measure, "rule": PerRegime(delta), "kind": kind} | changes))


def formula(value=0.0, **changes):
    """Observed once, without a regime."""
    values = {
        "domain": None,
        "rule": Formula(),
        "observe": lambda: Observation(None, None, 0),
        "margin": lambda observation, constants: Margin.exact(value),
    }
    return bare(**(values | changes))


def falls_from_five(observation):
    """Fails wherever there are five downstream samples or more."""
    return 4.5 - observation.regime.n2


def decided(claim, profile=PROFILE, constants=None, *, search=SEARCH, **options):
    """The verdict, with no constants unless they are given."""
    return decide(claim, profile, search=search, constants=constants or {}, **options)


@dataclass(frozen=True)
class Straying:
    """Draws a domain's cases, and moves some outside: steps that Condition 4.1 forbids."""

    strays: Callable[[Regime], bool]
    watched = False

    def _moved(self, case: Case) -> Case:
        regime = case.regime
        far = replace(regime, eta2=1e3 * regime.eta2)
        return replace(case, regime=far) if self.strays(regime) else case

    def falling(self, domain, constants, falls, **options):
        """As the usual search does."""
        case = SEARCH.falling(domain, constants, lambda one: falls(self._moved(one)), **options)
        return None if case is None else self._moved(case)

    def worst(self, domain, constants, score, **options):
        """As the usual search does."""
        SEARCH.worst(domain, constants, lambda one: score(self._moved(one)), **options)


def third(regime):
    """A third of all regimes, or so."""
    return regime.n2 % 3 == 0


EVERYWHERE_OUTSIDE = Straying(bool)
PARTLY_OUTSIDE = Straying(third)


# Many regimes at once -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """Of one regime: a standard normal number that its root fixes."""

    regime: Regime
    seeds: Seeds
    value: float
    networks: int = 5


class Counting:
    """An `observe` that counts: each is another, so that no test shares what another observed."""

    def __init__(self, breaks_at=0):
        self.regimes, self.breaks_at = [], breaks_at

    def __call__(self, regime, seeds):
        self.regimes.append(regime)
        if len(self.regimes) == self.breaks_at:
            raise KeyboardInterrupt
        return Drawn(regime, seeds, float(np.random.default_rng(seeds.root).standard_normal()))


def middle(observed):
    """Over a population: the median, known to be near 0, with a known standard error."""
    return median(each(observed, lambda one: one.value))


def population(bound=1.0, *, count=COUNT, predict=None, summary=None, detectable=None, **changes):
    """Over the population, the median is at most `bound`."""
    values = {
        "kind": Kind.ORDERING,
        "observe": Counting(),
        "margin": lambda observed, constants: middle(observed).at_most(bound),
        "rule": Population(count, summary, predict, detectable),
    }
    return bare(**(values | changes))


def worst_case(worth, *, count=20, predict=None, **changes):
    """In every regime, `worth(regime)` is not negative."""
    values = {
        "kind": Kind.ORDERING,
        "observe": Counting(),
        "margin": lambda observation, constants: Margin.exact(worth(observation.regime)),
        "rule": WorstCase(count, predict),
    }
    return bare(**(values | changes))

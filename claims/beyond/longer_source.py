"""What training the source beyond fitting does to the target [D].

No criterion of the paper, nor tau_D, knows how long the source was trained. It matters: what a
source memorises goes on growing, like log T_1, and with it the noise and the signal that are
inherited, against what the target learns. Where most of the target's signal is its own that harms,
by 0.1 to 1.4 nats for thirty times as many steps in the regimes that decide this, and by what the
law of finite size says. Where the tasks share nearly all, with Y up to 1.1, and X is below 0.3, it
helps by the law, which has not been compared with networks there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.constants import Constants
from claims.core.domain import Between, Domain
from claims.core.domains import inheriting
from claims.core.margin import Margin
from claims.core.quantities import TAU_2
from claims.deciding.estimates import Array, each
from claims.deciding.population import Population
from claims.deciding.shares import Share, typical
from claims.observing.errors import MEASURED
from claims.observing.longer_source import TIMES_LONGER, Longer, longer_source, predict_longer

Found = Sequence[Longer]
#: Nats that the law may be off by, and the least error that it foretells there.
BOUND, LEAST = 0.08, 1e-3
#: From this Y on most of the target's signal is its own; how often it then harms, and by how much.
OWN, OFTEN, HARM = 5.0, 0.8, 0.1


def _domain(least_y: float) -> Domain:
    return inheriting(
        TAU_2,
        Between(0.5, 6.0),
        x=Between(1.0, 20.0),
        y=Between(least_y, 20.0),
        filters=Between(4, 17),
    )


def gaps(found: Found, factor: float) -> Array:
    """What is measured less the law's, this many times as large; of errors that are not rare."""
    common = [one for one in found if one.error > LEAST]
    return each(common, lambda one: one.measured - factor * one.foretold)


def near(factor: float, found: Found, constants: Constants) -> Margin:
    """The margin of: off by at most `BOUND` in two regimes of three."""
    return typical(gaps(found, factor)).at_most(BOUND)


def harms(least: float, found: Found, constants: Constants) -> Margin:
    """The margin of: the logarithm of the error rises by so much in a share `OFTEN` of regimes or
    more.
    """
    return _harmed(found, least).at_least(OFTEN)


def _harmed(found: Found, least: float) -> Share:
    return Share.of([one.measured > least for one in found if one.error > LEAST])


def _record(found: Found) -> dict[str, Any]:
    changed = [one.measured for one in found if one.error > LEAST]
    return {
        "measured less foretold, nats": typical(gaps(found, 1.0)).record(),
        "nats": {"least": min(changed), "greatest": max(changed)},
        "share that it harms": _harmed(found, 0.0).record(),
    }


_SHARED: dict[str, Any] = {
    "source": "Open questions",
    "provenance": (Provenance.D,),
    "kind": Kind.ORDERING,
    "observe": longer_source,
    "uses": MEASURED,
}
_WHERE = (
    f"of errors that the law foretells above {LEAST:g}, with τ₂ from 0.5 to 6, X from 1 to 20, N₁"
    " and N₂ from 20 to 240, and 4 to 17 of 18 to 24 filters inherited"
)
CLAIMS = (
    Claim(
        id="longer-source.law",
        title="Longer source training changes the error as the sharp law says",
        statement=(
            f"{TIMES_LONGER} times as many source steps change the logarithm of the mean error"
            " after transfer by what the law of finitely many samples and filters says, to"
            f" {BOUND} nats in two random regimes of three, {_WHERE}, and Y up to 20."
        ),
        latex=r"\Delta\ln\mathrm{error}\;(T_1\to30\,T_1)",
        domain=_domain(1.0),
        rule=Population(80, _record, predict_longer),
        margin=partial(near, 1.0),
        unit=f"{BOUND} nats less what two regimes of three are off by",
        mutants=(
            Mutant("nothing", "it changes nothing", {"margin": partial(near, 0.0)}),
            Mutant("half", "half of the law's change", {"margin": partial(near, 0.5)}),
            Mutant("more", "the law's change and a half", {"margin": partial(near, 1.5)}),
        ),
        **_SHARED,
    ),
    Claim(
        id="longer-source.harms",
        title="Longer source training harms where most of the signal is the target's own",
        statement=(
            f"With Y from {OWN:g} to 20, {TIMES_LONGER} times as many source steps make the mean"
            f" error after transfer larger, by {HARM} nats or more, in {OFTEN:.0%} of random"
            f" regimes or more, {_WHERE}."
        ),
        latex=r"Y\ge5\;\Rightarrow\;\mathrm{error}(30\,T_1)>\mathrm{error}(T_1)",
        domain=_domain(OWN),
        rule=Population(48, _record, predict_longer),
        margin=partial(harms, HARM),
        unit=f"share of regimes in which it harms, beyond {OFTEN}",
        mutants=(
            Mutant("nearly-two", "1.9 times as large, or more", {"margin": partial(harms, 0.642)}),
            Mutant("two", "twice as large, or more", {"margin": partial(harms, 0.693)}),
        ),
        **_SHARED,
    ),
)

"""What inherited shares are predicted to cost, and which one is best, by the law of finite size. Of
so many filters that not every share can be asked about, a grid narrows around the best.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from claims.core import quantities
from claims.predicting import law
from model.regime import Regime, RegimeError

#: Shares predicted at once, at most; how much finer the next ones are, and the finest.
_GRID, _NARROWER, _FINEST = 64, 8, 4096
#: Shares that advice names, evenly between none and all, beside the best.
_NAMED = 7


@dataclass(frozen=True)
class Choice:
    """One share, and what it is predicted to cost."""

    inherited: int
    alpha: float
    error: float  # a law's
    tau_d: float


@dataclass(frozen=True)
class Advice:
    """What to inherit in a regime."""

    choices: tuple[Choice, ...]  # from none to all, by inherited number
    alpha_star: float

    @property
    def scratch(self) -> Choice:
        """Inherit nothing."""
        return self.choices[0]

    @property
    def best(self) -> Choice:
        """The share with the least predicted error; the largest tau_D where errors are too small to
        be told apart.
        """
        return min(self.choices, key=lambda choice: (max(choice.error, law.RARE), -choice.tau_d))

    @property
    def transfer(self) -> bool:
        """Whether to transfer at all."""
        return self.best.inherited > 0

    @property
    def nearest_star(self) -> Choice:
        """The share nearest to alpha*."""
        return min(self.choices, key=lambda choice: abs(choice.alpha - self.alpha_star))


def advise(regime: Regime) -> Advice:
    """The best share and a few others; the regime's own inherited number does not matter.

    Raises RegimeError where the target has no signal, so that no share has a meaning, or where the
    law cannot be computed.
    """
    found = searched(regime)
    last = found.choices[-1].inherited
    wanted = {round(k * last / (_NAMED - 1)) for k in range(_NAMED)}
    numbers = {_nearest(found, number) for number in wanted}
    numbers |= {found.best.inherited, found.nearest_star.inherited}
    named = tuple(choice for choice in found.choices if choice.inherited in numbers)
    return Advice(named, found.alpha_star)


def _nearest(advice: Advice, number: int) -> int:
    """The number nearest to this that has been predicted."""
    return min((choice.inherited for choice in advice.choices), key=lambda k: abs(k - number))


def searched(regime: Regime) -> Advice:
    """What the law says of every share, or where there are too many of those on a grid that narrows
    around the best. Raises RegimeError, as `advise` does.
    """
    if regime.u == regime.v2 == 0:
        raise RegimeError(
            "v2", regime.v2, "must leave the target a signal: ||u||^2 + ||v_2||^2 > 0"
        )
    alpha_star = quantities.catalogue()["alpha_star"](regime)
    if not math.isfinite(alpha_star):
        raise law.incomputable(regime)
    m, step = regime.m, max(1, -(-regime.m // _GRID))
    numbers = {*range(0, m + 1, step), m, min(m, round(alpha_star * m))}
    advice = Advice(tuple(_choice(regime, k) for k in sorted(numbers)), alpha_star)
    while step > max(1, m // _FINEST):
        best, step = advice.best.inherited, max(1, step // _NARROWER)
        around = range(best - _NARROWER * step, best + _NARROWER * step + 1, step)
        known = {choice.inherited: choice for choice in advice.choices}
        known |= {k: _choice(regime, k) for k in around if 0 <= k <= m and k not in known}
        advice = Advice(tuple(known[k] for k in sorted(known)), alpha_star)
    return advice


def _choice(regime: Regime, inherited: int) -> Choice:
    variant = replace(regime, inherited=inherited)
    tau_d = quantities.catalogue()["tau_D"](variant)
    if not math.isfinite(tau_d):
        raise law.incomputable(variant)
    return Choice(inherited, variant.alpha, law.finite_transfer(variant), tau_d)

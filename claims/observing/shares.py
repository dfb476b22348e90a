"""What statements about the inherited share look at: one regime, trained with several shares, and
what choices of the share cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.core import quantities
from claims.core.claim import Kind, Provenance
from claims.core.constants import Constants
from claims.core.domains import SWEEP
from claims.core.margin import Margin
from claims.deciding.estimates import average, each, estimate
from claims.deciding.population import Population
from claims.deciding.shares import typical
from claims.observing.errors import MEASURED, trial_errors
from claims.predicting import law
from model.regime import Regime
from model.sampling import Seeds
from model.transfer import inherit, run_trial, train_task

Array = NDArray[np.float64]
#: Inherited numbers of filters tried in one regime, evenly spaced from none to the most its domain
#: allows.
SHARES = 6
#: Networks for each seed where errors are rarer.
TIMES = 2


@dataclass(frozen=True)
class Swept:
    """One regime, trained with several inherited numbers of filters on common seeds."""

    regime: Regime
    networks: int
    alphas: Array  # (shares,), from 0 up
    errors: Array  # (shares,): mean test error over seeds
    predicted: Array  # (shares,): the law's, in the limit
    finite: Array  # (shares,): the law's of finite size
    tau_d: Array  # (shares,)
    alpha_star: float

    def regret(self, chosen: int) -> float:
        """What a choice of share costs, in test error, against the best measured."""
        return float(self.errors[chosen] - self.errors.min())

    def nats(self, chosen: int) -> float:
        """The same, in the logarithm of the error."""
        return float(np.log(self.errors[chosen] / self.errors.min()))

    @property
    def best(self) -> int:
        """The best share measured."""
        return int(self.errors.argmin())

    @property
    def by_law(self) -> int:
        """The share that the law calls best."""
        return int(self.predicted.argmin())

    @property
    def by_finite_law(self) -> int:
        """The share that the law of finite size calls best."""
        return int(self.finite.argmin())

    @property
    def by_tau_d(self) -> int:
        """The share with the largest tau_D."""
        return int(self.tau_d.argmax())

    @property
    def nearest_star(self) -> int:
        """The share nearest to alpha*."""
        return int(np.abs(self.alphas - self.alpha_star).argmin())


def shares(regime: Regime) -> tuple[int, ...]:
    """Inherited numbers tried: from none to the regime's own."""
    return tuple(sorted({round(x) for x in np.linspace(0, regime.inherited, SHARES)}))


def predict_shares(regime: Regime) -> dict[str, float]:
    """The law's error for every inherited number tried."""
    return {
        f"{k} of {regime.m} inherited": law.predict(replace(regime, inherited=k)).transfer
        for k in shares(regime)
    }


def predict_finite_shares(regime: Regime) -> dict[str, float]:
    """The same of the law of finite size."""
    return {
        f"{k} of {regime.m} inherited": law.finite_transfer(replace(regime, inherited=k))
        for k in shares(regime)
    }


def sweep_alpha_often(regime: Regime, seeds: Seeds) -> Swept:
    """The same on `TIMES` networks for each seed."""
    return sweep_alpha(regime, replace(seeds, first=TIMES * seeds.first, count=TIMES * seeds.count))


def sweep_alpha(regime: Regime, seeds: Seeds) -> Swept:
    """Train upstream once, then downstream with each inherited number of filters."""
    numbers, predicted = shares(regime), np.array(list(predict_shares(regime).values()))
    finite = np.array(list(predict_finite_shares(regime).values()))
    variants = [replace(regime, inherited=k) for k in numbers]
    trial = run_trial(replace(regime, inherited=numbers[-1]), seeds)
    errors = [trial_errors(trial, trial.scratch.weights).mean()]
    for k in numbers[1:-1]:
        start = inherit(trial.upstream.weights, trial.draw.fresh, k)
        errors.append(
            trial_errors(trial, train_task(regime, 2, trial.draw.downstream, start).weights).mean()
        )
    if len(numbers) > 1:
        errors.append(trial_errors(trial, trial.transfer.weights).mean())
    named = quantities.catalogue()
    return Swept(
        regime,
        (len(numbers) + 1) * seeds.count,
        np.array([k / regime.m for k in numbers]),
        np.array(errors),
        predicted,
        finite,
        np.array([named["tau_D"](variant) for variant in variants]),
        named["alpha_star"](regime),
    )


Choose = Callable[[Swept], int]


def regret(observations: Sequence[Swept], choose: Choose) -> Array:
    """Cost of a choice of alpha against the best measured."""
    return np.array([s.regret(choose(s)) for s in observations])


def distance(observations: Sequence[Swept], choose: Choose) -> Array:
    """Distance of a choice from the best measured alpha."""
    return np.array([abs(s.alphas[choose(s)] - s.alphas[s.best]) for s in observations])


def follows(bound: float, choose: Choose) -> Callable[[Sequence[Swept], Constants], Margin]:
    """The margin of: in two regimes of three the regret is at most so much."""
    return lambda observations, constants: typical(regret(observations, choose)).at_most(bound)


def lies_near(bound: float, choose: Choose) -> Callable[[Sequence[Swept], Constants], Margin]:
    """The margin of: in two regimes of three the distance is at most so much."""
    return lambda observations, constants: typical(distance(observations, choose)).at_most(bound)


def inherit_nothing(s: Swept) -> int:
    """No share."""
    return 0


def best_by_law(s: Swept) -> int:
    return s.by_law


def best_by_finite_law(s: Swept) -> int:
    return s.by_finite_law


def one_less(s: Swept) -> int:
    """The share tried below the one that the law of finite size calls best."""
    return max(s.by_finite_law - 1, 0)


def nearest_star(s: Swept) -> int:
    """The share nearest alpha*."""
    return s.nearest_star


def worst_by_law(s: Swept) -> int:
    """The share that the law calls worst."""
    return int(s.predicted.argmax())


CHOICES: dict[str, Choose] = {
    "law": best_by_law,
    "law of finite size": best_by_finite_law,
    "alpha*": nearest_star,
    "tau_D": lambda s: s.by_tau_d,
    "none": inherit_nothing,
    "most": lambda s: len(s.alphas) - 1,
}


def follows_closely(bound: float, choose: Choose) -> Callable[[Sequence[Swept], Constants], Margin]:
    """The margin of: in two regimes of three the regret is at most so many nats."""
    return lambda observations, constants: typical(
        each(observations, lambda s: s.nats(choose(s)))
    ).at_most(bound)


def advice(observations: Sequence[Swept]) -> dict[str, Any]:
    """Regret, and distance from the best alpha, of every rule: what two regimes of three do not
    exceed, and the mean.
    """
    return {
        name: {
            "regret": typical(regret(observations, choose)).record(),
            "mean regret": estimate(average, regret(observations, choose)).record(),
            "distance": typical(distance(observations, choose)).record(),
            "mean distance": estimate(average, distance(observations, choose)).record(),
        }
        for name, choose in CHOICES.items()
    }


#: What claims about swept regimes have in common.
SWEPT: dict[str, Any] = {
    "provenance": (Provenance.D,),
    "kind": Kind.ORDERING,
    "domain": SWEEP,
    "observe": sweep_alpha,
    "family": "sweep",
    "rule": Population(48, advice, predict_shares),
    "uses": MEASURED,
}

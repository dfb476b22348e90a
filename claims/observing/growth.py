"""What Lemmas A.1 and A.2 say of a run's coefficients, measured at every recorded step.

Keyword arguments with a default plant an error when changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from claims.core.calibration import OpenConstant
from claims.core.condition import DELTA
from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.observing.dynamics import Dynamics
from claims.predicting.scalar import SPREAD


def above_envelope(observation: Dynamics, constants: Constants, *, speed: float = 0.2) -> Margin:
    """(1/m) sum_r rho-bar - x_t, c = h/5, b = 6/5, for the worst sample."""
    gap = observation.own_mean - observation.x(speed * observation.h, SPREAD)[:, None, None]
    return Margin.along(gap.min(2), observation.steps)


def below_envelope(
    observation: Dynamics, constants: Constants, *, speed: float = 1.5, allowance: float = 1.0
) -> Margin:
    """x_t + c/(1 + b) - (1/m) sum_r rho-bar, c = 3h/2, b = 5/6, for the worst sample."""
    c, b = speed * observation.h, 1 / SPREAD
    gap = observation.x(c, b)[:, None, None] + allowance * c / (1 + b) - observation.own_mean
    return Margin.along(gap.min(2), observation.steps)


def signal_ratio(observation: Dynamics, power: float = 1.0) -> NDArray[np.float64]:
    """gamma over (N q/d) x_t: (steps, seeds, 2m)."""
    task = observation.regime.task(observation.index)
    unit = task.samples * (task.signal_norm / task.sigma) ** 2 / observation.regime.d
    return observation.signal / (unit * observation.x(observation.h / 2) ** power)[:, None, None]


def noise_ratio(observation: Dynamics, power: float = 1.0) -> NDArray[np.float64]:
    """sum_i rho-bar over N x_t: (steps, seeds, 2m)."""
    return (
        observation.own_sum
        / (
            observation.regime.task(observation.index).samples
            * observation.x(observation.h / 2) ** power
        )[:, None, None]
    )


def extremes(
    name: str, ratio: Callable[..., NDArray[np.float64]], low: str, high: str, **planted: float
) -> tuple[OpenConstant, OpenConstant]:
    """low <= ratio <= high at every step, for every filter."""
    return (
        OpenConstant(
            f"{name}.{low}",
            lambda observation: ratio(observation, **planted).min(2),
            at_least=False,
        ),
        OpenConstant(f"{name}.{high}", lambda observation: ratio(observation, **planted).max(2)),
    )


def balance(name: str) -> OpenConstant:
    """C_7 >= max l'_i/l'_k at every step."""
    return OpenConstant(f"{name}.C_7", lambda observation: observation.imbalance)


def unwanted(name: str, scale: float = 1.0) -> OpenConstant:
    """C_8 >= -rho-underbar over h + initial terms + N sqrt(log(6N^2/delta)/d) log T."""

    def needed(observation: Dynamics) -> NDArray[np.float64]:
        n, steps = (
            observation.regime.task(observation.index).samples,
            observation.regime.task(observation.index).steps,
        )
        overlap = (
            n
            * math.sqrt(math.log(6 * n**2 / DELTA) / observation.regime.d)
            * math.log(max(steps, 2))
        )
        return np.asarray(
            np.maximum(-observation.other_least, 1e-300)
            / (scale * (observation.h + observation.start_size + overlap))
        )

    return OpenConstant(f"{name}.C_8", needed)


def bounded(observation: Dynamics, constants: Constants, *, factor: float = 4.0) -> Margin:
    """ln of 4 log T over the largest rho-bar; -inf where one is negative."""
    steps = max(observation.regime.task(observation.index).steps, 2)
    return Margin.along(
        np.where(
            observation.own_least >= 0,
            math.log(factor * math.log(steps)) - np.log(observation.own_most),
            -np.inf,
        ),
        observation.steps,
    )


def exponent(observation: Dynamics) -> NDArray[np.float64]:
    """The power of x_t that gamma follows over the second half of the recorded steps: (seeds,
    2m).
    """
    x = np.log(observation.x(observation.h / 2))
    half = len(x) // 2
    gamma = np.log(np.maximum(observation.signal, 1e-300))
    return np.asarray((gamma[-1] - gamma[half]) / (x[-1] - x[half]))


def grows_as(power: float) -> Callable[[Dynamics, Constants], Margin]:
    """One half less the distance of every filter's exponent from `power`."""
    return lambda observation, constants: Margin.exact(
        0.5 - np.abs(exponent(observation) - power).max(1)
    )

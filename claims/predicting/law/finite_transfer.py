"""L2 at finitely many samples and filters [D]. The derivation is that of `claims.predicting.law`.

As from scratch (`imbalance`), with both tasks' classes of unequal size. A class with shares f_1 of
the source's samples and f_2 of the target's has inherited signal and noise in proportion to f_1,
and learns and memorises in proportion to f_2; the other class has 2 - f_1 and 2 - f_2. Beside that:

* What the source memorises falls where its signal fits its training set too (`Tasks.kept`), and
  what the target does where the inherited signal fits from the start.
* The target's noise is orthogonal to s_2, not to v_1, along which inherited filters of the two
  signs have learned with opposite signs: a common part of their noise, and a correlation of -1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

import numpy as np

from claims.core import quantities
from claims.predicting.law.cascade import cascade
from claims.predicting.law.counted import MOST_OPPOSED, Counted, counted
from claims.predicting.law.fields import field_correlation
from claims.predicting.law.finite import finite_readings, finite_scratch
from claims.predicting.law.imbalance import LEAST, class_shares, fitted, noise_scale
from claims.predicting.law.inherited import Mixed, Target, mixed_among
from claims.predicting.law.outputs import Counts, Gaussians, Profile, exceeds, profile
from claims.predicting.law.predict import in_usual_unit, incomputable
from claims.predicting.law.transfer import shared_signal, task_signal
from model.regime import Regime

T = TypeVar("T")
_CLASSES = 4
#: The least share of a class that inherited noise is compared at.
_LEAST = 0.01


@dataclass(frozen=True)
class Output:
    """Of one sign's filters, on an example of the class that they have learned."""

    noise: Profile
    common: float  # minus what it has in common with the other sign's, for the class's samples
    astray: float  # the deviation of what noise along v_1 adds to the mean field
    signal: float
    unsure: float  # the variance of the signal over networks


@dataclass(frozen=True)
class Tasks:
    """A regime, with what both tasks' moments make of it."""

    regime: Regime
    steps: tuple[float, float]  # h of either task
    q: tuple[float, float]
    up: Counted
    down: Counted
    target: Target

    @property
    def unit(self) -> float:
        """Of variances of the target's noise: N_2/(2 d)."""
        return self.regime.n2 / (2 * self.regime.d)

    @property
    def brought(self) -> float:
        """v_A, over that unit."""
        regime = self.regime
        noise = (regime.sigma2 / regime.sigma1) ** 2
        return noise * regime.n1 / regime.n2 * self.up.v

    def kept(self, f: float) -> float:
        """What the source memorises of a class with this share, over what it would without a
        signal.
        """
        regime, up = self.regime, self.up
        kappa = self.q[0] * regime.n1 / (2 * regime.d) * up.m_1 / up.output
        return float(fitted(up.output, 0.0, kappa * f))


@lru_cache(maxsize=1024)
def finite_transfer(regime: Regime) -> float:
    """L2 at the regime's N_1, N_2 and m: the test error after transfer, averaged over networks.

    Raises:
        IncomputableError: no floating-point number holds what it is made of.
    """
    return finite_scratch(regime) if regime.inherited == 0 else _guarded(regime, _CLASSES)


def of_tasks(regime: Regime, compute: Callable[[Tasks], T]) -> T:
    """What is computed of both tasks' moments, in their usual unit.

    Raises:
        IncomputableError: no floating-point number holds what it is made of. An infinite result is
        for the caller to refuse.
    """
    try:
        with np.errstate(all="ignore"):
            return compute(_tasks(in_usual_unit(regime)))
    except (ArithmeticError, ValueError, np.linalg.LinAlgError):
        raise incomputable(regime) from None


def _guarded(regime: Regime, classes: int) -> float:
    error = of_tasks(regime, lambda tasks: _mean(tasks, classes))
    if math.isfinite(error):
        return error
    raise incomputable(regime)


def _tasks(regime: Regime) -> Tasks:
    named = quantities.catalogue()
    h, zeta, q = ([named[f"{name}_{k}"](regime) for k in (1, 2)] for name in ("h", "zeta", "q"))
    reach = [h[0] * regime.steps1, h[1] * regime.steps2]
    up, down = (counted(h[k], reach[k], zeta[k], regime.m) for k in (0, 1))
    target = Target(
        h[1],
        reach[1],
        cascade(h[1], reach[1], zeta[1]),
        field_correlation(h[1], reach[1], zeta[1]),
        regime.inherited,
        regime.m,
    )
    return Tasks(regime, (h[0], h[1]), (q[0], q[1]), up, down, target)


def equal_classes_transfer(regime: Regime) -> float:
    """The same as if the classes of both tasks were of equal size: what imbalance is worth.

    Raises:
        IncomputableError: no floating-point number holds what it is made of.
    """
    if regime.inherited == 0:
        return finite_readings(regime)["equal classes"]
    return _guarded(regime, 1)


def _mean(tasks: Tasks, classes: int) -> float:
    """Over the classes of both tasks."""
    (source, first), (target, second) = (
        class_shares(n, classes) for n in (tasks.regime.n1, tasks.regime.n2)
    )
    # What the target memorises depends on the ratio of the classes' shares alone.
    ratios = np.maximum(source, _LEAST)[:, None] / np.maximum(target, _LEAST)
    of = mixed_among(tasks.target, tasks.up, tasks.brought * ratios.ravel() * tasks.kept(1.0) ** 2)
    outputs = [
        [_output(tasks, f_1, f_2, kept, of[i * len(target) + k]) for k, f_2 in enumerate(target)]
        for i, (f_1, kept) in enumerate(zip(source, map(tasks.kept, source), strict=True))
    ]
    # Nodes are symmetric about 1: the other class has the shares of the opposite ones.
    chances = np.array(
        [
            [_chance(outputs[i][k], outputs[-1 - i][-1 - k]) for k in range(len(target))]
            for i in range(len(source))
        ]
    )
    return max(float(first @ chances @ second), LEAST)


def _chance(right: Output, wrong: Output) -> float:
    """Each sign has memorised its own samples, and left the opposite behind on the other's; and
    they have learned opposite signals of the source.
    """
    common = right.common + wrong.common + right.astray * wrong.astray
    common /= right.noise.length * wrong.noise.length
    return exceeds(
        right.noise,
        wrong.noise,
        signal=right.signal,
        unsure=right.unsure,
        opposed=min(common, MOST_OPPOSED),
    )


def _output(tasks: Tasks, f_1: float, f_2: float, kept: float, of: Mixed) -> Output:
    """`kept` is `tasks.kept(f_1)`."""
    regime, unit, up, down = tasks.regime, tasks.unit, tasks.up, tasks.down
    alpha, q = regime.alpha, tasks.q[1]
    of_source = regime.n1 / (2 * regime.d)
    source = alpha * shared_signal(regime) * of_source
    # The first step comes before anything fits.
    m_1 = max(kept * up.m_1 * math.exp(up.m_1_slope * (f_1 - 1)), tasks.steps[0] / 2)
    first_steps = [h / 2 * (1 - f) for h, f in zip(tasks.steps, (f_1, f_2), strict=True)]
    upstream = f_1 * m_1 + first_steps[0]
    inherited = source * upstream
    # Signals fit the training set too: the inherited one from the start.
    fit = float(fitted(of.output, inherited, q * unit * f_2 * of.m_1 / of.output))
    part = fit * math.exp(down.m_1_slope * (f_2 - 1))
    own = max(part * of.m_1, tasks.steps[1] / 2)
    learned = q * unit * (f_2 * own + (1 - alpha) * first_steps[1])
    # The target's noise has a part along v_1, which inherited filters have learned.
    astray = of_source * upstream * task_signal(regime) * regime.sigma2 / regime.sigma1
    gaussians = _gaussians(tasks, f_1, f_2, kept, fit, of)
    gaussians = replace(gaussians, source=gaussians.source + astray**2)
    noise = profile(Counts(alpha, regime.m, regime.n1, regime.n2), gaussians)
    brought = alpha**2 * gaussians.source / noise.length**2
    spread = brought**2 * up.noise_spread / (2 * regime.n1)
    spread += (1 - brought) ** 2 * max(of.noise_spread, 0.0) / (2 * regime.n2)
    common = alpha**2 * f_1 * kept * unit * tasks.brought / up.v * up.output * up.left_mean
    common += f_2 * fit * unit * of.output * down.left_mean
    unsure = (source * m_1) ** 2 * 2 * f_1 / regime.n1 * max(up.signal_spread, 0.0)
    unsure += (q * unit * own) ** 2 * 2 * f_2 / regime.n2 * max(of.signal_spread, 0.0)
    varied = replace(noise, variance=noise.variance + noise.mean**2 * spread)
    return Output(varied, common, alpha * astray, inherited + learned, unsure)


def _gaussians(
    tasks: Tasks, f_1: float, f_2: float, kept: float, fit: float, of: Mixed
) -> Gaussians:
    """Of filters of a class with these shares, of which the source and the target memorise these
    parts of what they would without a signal.
    """
    up, down, unit = tasks.up, tasks.down, tasks.unit
    brought = unit * tasks.brought * float(noise_scale(up, f_1, kept)) ** 2
    noise = unit * f_2 * fit**2 * math.exp(down.v_slope * (f_2 - 1))
    # What the target leaves behind on its other class, of each filter and of pairs.
    left = unit * (2 - f_2) * down.left * down.v
    common = unit * (2 - f_2) * down.left_mean**2
    pairs = noise * np.array(
        [[of.pairs_inherited, of.pairs_mixed], [of.pairs_mixed, of.pairs_fresh]]
    )
    return Gaussians(
        brought * up.r,
        pairs + common,
        brought * (1 - up.r),
        noise * (of.inherited - of.pairs_inherited) + left - common,
        noise * (of.fresh - of.pairs_fresh) + left - common,
    )

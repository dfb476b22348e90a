"""What statements about training the source longer look at."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from claims.observing.errors import downstream_errors
from claims.predicting import law
from model.regime import Regime
from model.sampling import Draw, Seeds, sample
from model.transfer import inherit, train_task

#: Source steps are so many times as many.
TIMES_LONGER = 30
#: Networks for each seed of a population's regime.
TIMES = 4


@dataclass(frozen=True)
class Longer:
    """One regime: what more source steps add to the logarithm of the mean error after transfer,
    foretold and measured; and the error that is foretold without them.
    """

    networks: int
    error: float
    foretold: float
    measured: float


def longer(regime: Regime) -> Regime:
    """The regime with `TIMES_LONGER` times as many source steps."""
    return replace(regime, steps1=TIMES_LONGER * regime.steps1)


def longer_source(regime: Regime, seeds: Seeds) -> Longer:
    """Train upstream and after transfer, with as many source steps and with more, on the same
    draws.
    """
    many = replace(seeds, first=TIMES * seeds.first, count=TIMES * seeds.count)
    draw = sample(regime, many)
    before, after = (_mean_error(one, many, draw) for one in (regime, longer(regime)))
    foretold = predict_longer(regime)
    return Longer(
        4 * many.count,
        foretold["transfer"],
        math.log(foretold["after longer source training"] / foretold["transfer"]),
        math.log(after / before),
    )


def predict_longer(regime: Regime) -> dict[str, float]:
    """The law's errors after transfer at finite size."""
    return {
        "transfer": law.finite_transfer(regime),
        "after longer source training": law.finite_transfer(longer(regime)),
    }


def _mean_error(regime: Regime, seeds: Seeds, draw: Draw) -> float:
    source = train_task(regime, 1, draw.upstream, draw.start)
    start = inherit(source.weights, draw.fresh, regime.inherited)
    run = train_task(regime, 2, draw.downstream, start)
    return float(downstream_errors(run.weights, draw.downstream.signal, regime, seeds).mean())

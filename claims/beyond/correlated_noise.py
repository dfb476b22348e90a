"""Whether noise along the signals matters.

An open question: it is the paper's and its reviews' [S, O], the statement the plainest one that
networks can decide [D]. It is measured and reported, and never fails a run.

Isotropic noise has a part along s_k of size sigma, a 1/sqrt(q_k)-th of the signal, and q_k is large
under Condition 4.1: next to nothing changes. It must be as strong as the signal to matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from claims.core import quantities
from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import DELTA, PRACTICAL
from claims.core.constants import Constants
from claims.core.domain import Between
from claims.core.domains import after_transfer
from claims.core.margin import Margin
from claims.core.quantities import TAU_D
from claims.core.ranges import NARROW
from claims.deciding.per_regime import PerRegime
from claims.observing.errors import BY_STEPS, ESTIMATED, LINES, log_error
from model.engines.variants import (
    descend_penalised,
    estimate_error_with_signal_noise,
    with_signal_noise,
)
from model.regime import Regime
from model.sampling import Sample, Seeds, sample
from model.test_error import ErrorEstimate
from model.transfer import inherit

Array = NDArray[np.float64]
#: Streams of generators, apart from those of data and lines.
_UPSTREAM_STREAM, _DOWNSTREAM_STREAM = 3, 4


@dataclass(frozen=True)
class Correlated:
    """Test errors from scratch and after transfer, with noise off the signals and with noise along
    them too.
    """

    networks: int
    plain: tuple[ErrorEstimate, ErrorEstimate]
    noisy: tuple[ErrorEstimate, ErrorEstimate]


def isotropic(regime: Regime) -> tuple[float, float]:
    """As strong along the signals as elsewhere."""
    return 1.0, 1.0


def as_strong_as_signals(regime: Regime) -> tuple[float, float]:
    """sqrt(q_k) times as strong along the signals."""
    named = quantities.catalogue()
    return named["q_1"](regime) ** 0.5, named["q_2"](regime) ** 0.5


def correlated(
    scales: Callable[[Regime], tuple[float, float]], regime: Regime, seeds: Seeds
) -> Correlated:
    """Train upstream, from scratch and after transfer, in both kinds of noise."""
    draw = sample(regime, seeds)

    def errors(
        upstream: Sample, downstream: Sample, scale: float
    ) -> tuple[ErrorEstimate, ErrorEstimate]:
        def after(start: torch.Tensor) -> ErrorEstimate:
            weights = descend_penalised(downstream, start, regime.eta2, regime.steps2, 0.0)
            return estimate_error_with_signal_noise(
                weights, downstream.signal, regime, 2, seeds, scale, LINES
            )

        trained = descend_penalised(upstream, draw.start, regime.eta1, regime.steps1, 0.0)
        return after(draw.fresh), after(inherit(trained, draw.fresh, regime.inherited))

    first, second = scales(regime)
    noisy = (
        with_signal_noise(draw.upstream, regime, 1, seeds, first, _UPSTREAM_STREAM),
        with_signal_noise(draw.downstream, regime, 2, seeds, second, _DOWNSTREAM_STREAM),
    )
    return Correlated(
        6 * seeds.count, errors(draw.upstream, draw.downstream, 0.0), errors(*noisy, second)
    )


def _within(factor: float) -> Callable[[Correlated, Constants], Margin]:
    """The margin of: both errors change by at most this factor."""

    def margin(observation: Correlated, constants: Constants) -> Margin:
        changes = [
            _change(one, other)
            for one, other in zip(observation.plain, observation.noisy, strict=True)
        ]
        low, high = (np.max([pair[side] for pair in changes], axis=0) for side in (0, 1))
        return Margin.between(np.log(factor) - high, np.log(factor) - low)

    return margin


def _doubled(observation: Correlated, constants: Constants) -> Margin:
    """The margin of: an error changes by a factor 2 or more, planted."""
    return _within(2.0)(observation, constants).negated


def _change(one: ErrorEstimate, other: ErrorEstimate) -> tuple[Array, Array]:
    """An interval of |ln one - ln other|."""
    (low, high), (other_low, other_high) = log_error(one), log_error(other)
    least, most = low - other_high, high - other_low
    return np.maximum(0.0, np.maximum(least, -most)), np.maximum(np.abs(least), np.abs(most))


CORRELATED = Claim(
    id="conjecture.correlated-noise",
    title="Isotropic noise does as noise off the signal does",
    statement=(
        "Under Condition 4.1 with τ_D from 0.5 to 5, X ≤ 10 and Y ≤ 10, noise N(0, σ²I), with a"
        " part along the signals, changes errors by a factor 1.5 at most."
    ),
    latex=(
        r"\xi\sim"
        r" N(0,\sigma_k^2I)\;\Rightarrow\;\tfrac23\le\mathrm{error}/\mathrm{error}_P\le\tfrac32"
    ),
    domain=after_transfer(
        TAU_D,
        Between(0.5, 5.0),
        x=Between(0.1, 10.0),
        y=Between(1.0, 10.0),
        scales=NARROW,
        tier=PRACTICAL,
    ),
    observe=partial(correlated, isotropic),
    margin=_within(1.5),
    rule=PerRegime(DELTA, effort=0.4),
    unit="nats that the errors may still change by",
    mutants=(
        Mutant(
            "strong",
            "noise as strong along the signal as the signal",
            {"observe": partial(correlated, as_strong_as_signals)},
        ),
        Mutant("doubled", "an error changes by a factor 2 or more", {"margin": _doubled}),
    ),
    uses=BY_STEPS | ESTIMATED,
    source="Open questions",
    provenance=(Provenance.D,),
    kind=Kind.CONJECTURE,
)
CLAIMS = (CORRELATED,)

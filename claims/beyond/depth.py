"""Whether more layers change where transfer helps.

An open question: it is the paper's and its reviews' [S, O], the statement the plainest one that
networks can decide [D]. It is measured and reported, and never fails a run.

Three and four layers (`model.engines.deep`), filters inherited as ever, the other layers fresh: in
most regimes transfer helps and hurts where tau_D says so for two; and so it does where the
whole layer of filters is inherited (tau_D is on the same side of tau_2 at alpha = 1, farther off).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from claims.core import quantities
from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.constants import Constants
from claims.core.domains import harmful, helpful
from claims.core.margin import Margin
from claims.core.ranges import C_4, NARROW
from claims.deciding.population import Population
from claims.deciding.shares import Quantile, median
from model.engines.deep import EXAMPLES, DeepNetwork, descend, estimate_deep_error, fresh_inner
from model.regime import Regime
from model.sampling import Seeds, sample
from model.transfer import inherit

#: Streams of generators, apart from those of data and lines.
_UPSTREAM_STREAM, _DOWNSTREAM_STREAM = 3, 4


@dataclass(frozen=True)
class Deep:
    """Networks of more layers in one regime, means over seeds of ln test error: from scratch, after
    inheriting some filters, and all of them.
    """

    networks: int
    scratch: float
    some: float
    whole: float


def deep(layers: int, regime: Regime, seeds: Seeds) -> Deep:
    """Train upstream, and downstream from scratch and after transfer; layers above the filters
    start fresh.
    """
    draw = sample(regime, seeds)
    h = [quantities.catalogue()[name](regime) for name in ("h_1", "h_2")]
    inner = [
        fresh_inner(regime.m, layers, seeds, stream)
        for stream in (_UPSTREAM_STREAM, _DOWNSTREAM_STREAM)
    ]
    _, upstream = descend(
        draw.upstream,
        DeepNetwork(draw.start, inner[0]),
        regime.eta1,
        h[0] * regime.m,
        regime.steps1,
    )

    def after(start: torch.Tensor) -> float:
        _, trained = descend(
            draw.downstream,
            DeepNetwork(start, inner[1]),
            regime.eta2,
            h[1] * regime.m,
            regime.steps2,
        )
        error = estimate_deep_error(trained, draw.downstream.signal, regime, 2, seeds).value
        return float(error.clamp_min(_LEAST_COUNTED).log().mean())

    starts = (
        inherit(upstream.filters, draw.fresh, many) for many in (0, regime.inherited, regime.m)
    )
    return Deep(4 * seeds.count, *(after(start) for start in starts))


#: Half an error among the fresh examples stands for none, which keeps a difference from a larger
#: error on the safe side.
_LEAST_COUNTED = 0.5 / (2 * EXAMPLES)
# One each, for claims of a family to share networks.
_OBSERVE = {layers: partial(deep, layers) for layers in (3, 4)}
_DOMAINS = {"helps": helpful(NARROW), "hurts": harmful(NARROW)}
_WHERE = {
    "helps": "τ_D from 2 to 8, X from 3 to C₄ and Y ≤ 1.5",
    "hurts": "τ_D ≤ 2, X from 20 and Y from 100",
}
_WORDS = {3: "three", 4: "four"}
_LATEX = {
    "helps": (
        r"\tau_D\gg\tau_2\;\Rightarrow\;\mathbb E\ln\frac{\mathrm{scratch}}{\mathrm{transfer}}>0"
    ),
    "hurts": (
        r"\tau_D\ll\tau_2\;\Rightarrow\;\mathbb E\ln\frac{\mathrm{transfer}}{\mathrm{scratch}}>0"
    ),
}


def _won_in(outcome: str, inherited: str, one: Deep) -> float:
    """Nats by which transfer helps, or hurts, in a regime."""
    gained: float = one.scratch - getattr(one, inherited)
    return gained if outcome == "helps" else -gained


def _won(outcome: str, inherited: str, observations: Sequence[Deep]) -> Quantile:
    """The same, in the median regime."""
    return median([_won_in(outcome, inherited, one) for one in observations])


def _wins(
    outcome: str, inherited: str, nats: float, observations: Sequence[Deep], constants: Constants
) -> Margin:
    """The margin of: by so many or more."""
    return _won(outcome, inherited, observations).at_least(nats)


def _loses(
    outcome: str, inherited: str, observations: Sequence[Deep], constants: Constants
) -> Margin:
    """The margin of: it does the opposite."""
    return _won(outcome, inherited, observations).at_most(0.0)


def _depth(layers: int, outcome: str, inherited: str) -> Claim:
    helps, whole = outcome == "helps", inherited == "whole"

    def summary(observations: Sequence[Deep]) -> dict[str, Any]:
        won = _won(outcome, inherited, observations).record()
        wins = sum(_won_in(outcome, inherited, one) > 0 for one in observations)
        return {"nats": won, "regimes": wins}

    what, than = ("Inheriting a whole layer", "transfer") if whole else ("Transfer", "it")
    return Claim(
        id=f"conjecture.{'whole-layer' if whole else 'depth'}-{layers}.{outcome}",
        title=f"{what} {outcome} with {_WORDS[layers]} layers where {than} does with two",
        statement=(
            "Over random regimes with"
            f" {_WHERE[outcome]},"
            f" a network of {_WORDS[layers]} layers that inherits {'all' if whole else 'a third'}"
            f" of its filters errs {'less' if helps else 'more'} than one from scratch, in half of"
            " the regimes or more; a regime's error is the geometric mean over networks."
        ),
        latex=_LATEX[outcome],
        domain=_DOMAINS[outcome],
        observe=_OBSERVE[layers],
        margin=partial(_wins, outcome, inherited, 0.0),
        # What helps is a nat, on average, and what hurts four. So few can all agree by chance with
        # a probability that the level allows.
        rule=Population(40 if helps else 32, summary),
        constants=(C_4,) if helps else (),
        family=f"conjecture.depth-{layers}.{outcome}",
        unit="nats between the errors, in the median regime",
        uses={
            "e7.covariance": (
                "the filters' pre-activations of fresh noise are of that law, whatever is above"
                " them"
            )
        },
        mutants=(
            Mutant(
                "flipped",
                f"it errs {'more' if helps else 'less'}",
                {"margin": partial(_loses, outcome, inherited)},
            ),
            Mutant(
                "millionfold",
                "by a factor of a million or more",
                {"margin": partial(_wins, outcome, inherited, np.log(1e6))},
            ),
        ),
        source="Open questions",
        provenance=(Provenance.D,),
        kind=Kind.CONJECTURE,
    )


DEPTH = tuple(
    _depth(layers, outcome, inherited)
    for layers in (3, 4)
    for outcome in ("helps", "hurts")
    for inherited in ("some", "whole")
)
CLAIMS = DEPTH

"""Whether weight decay cures negative transfer, and what else does.

An open question: it is the paper's and its reviews' [S, O], the statement the plainest one that
networks can decide [D]. It is measured and reported, and never fails a run.

With a penalty (lambda/2)||w||^2 downstream, what is inherited fades as exp(-lambda eta t), signal
and noise alike, and training learns the target meanwhile: negative transfer fades, and so does
positive. A penalty that pulls towards the inherited start keeps both, and holds back what the
target would add; it is worse than to freeze the inherited filters and train fresh ones beside, for
it holds back the fresh ones too. And frozen filters are far worse than a training from scratch.
They are worse than trained ones too, in the mean, by less than the error of one network can tell.
All are compared at equal steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import DELTA
from claims.core.constants import Constants
from claims.core.domains import harmful, helpful
from claims.core.margin import Margin
from claims.core.ranges import BROAD, C_4
from claims.deciding.per_regime import PerRegime
from claims.observing.errors import BY_STEPS, LINES, MEASURED
from claims.observing.paired import exceeds
from model.engines.variants import descend_frozen, descend_penalised
from model.regime import Regime
from model.sampling import Seeds, sample
from model.test_error import ErrorEstimate, estimate_error
from model.transfer import inherit, train_task

#: lambda eta T: what is inherited fades to exp(-3).
FADING = 3.0


@dataclass(frozen=True)
class Regularised:
    """Test errors from scratch and after transfer: as ever; with a penalty that pulls to zero, or
    to the inherited start; and with inherited filters that stay as they are.
    """

    networks: int
    scratch: ErrorEstimate
    plain: ErrorEstimate
    decayed: ErrorEstimate
    anchored: ErrorEstimate
    frozen: ErrorEstimate


def regularised(regime: Regime, seeds: Seeds) -> Regularised:
    """Train upstream, and downstream from scratch and after transfer in every way."""
    draw = sample(regime, seeds)
    upstream = train_task(regime, 1, draw.upstream, draw.start).weights
    data, start, penalty = (
        draw.downstream,
        inherit(upstream, draw.fresh, regime.inherited),
        FADING / (regime.eta2 * regime.steps2),
    )
    ways = (
        train_task(regime, 2, data, draw.fresh).weights,
        train_task(regime, 2, data, start).weights,
        descend_penalised(data, start, regime.eta2, regime.steps2, penalty),
        descend_penalised(data, start, regime.eta2, regime.steps2, penalty, start),
        descend_frozen(data, start, regime.eta2, regime.steps2, regime.inherited),
    )
    return Regularised(
        (1 + len(ways)) * seeds.count,
        *(estimate_error(weights, data.signal, regime, 2, seeds, LINES) for weights in ways),
    )


REGULARISED = Claim(
    id="conjecture.regularised",
    title="Weight decay cures negative transfer",
    statement=(
        "Where transfer hurts (X from 20, Y from 100, τ_D ≤ 2), weight decay downstream with ληT ="
        " 3 errs less than training without."
    ),
    latex=r"\lambda\eta_2T_2=3:\;\mathrm{error}_\lambda<\mathrm{error}_0",
    domain=harmful(BROAD),
    observe=regularised,
    family="conjecture.regularised",
    margin=lambda observation, constants: exceeds(observation.plain, observation.decayed),
    rule=PerRegime(DELTA, effort=0.4),
    unit="nats between the errors",
    mutants=(
        Mutant(
            "everywhere",
            "and where transfer helps",
            {"domain": helpful(BROAD), "constants": (C_4,)},
        ),
        Mutant(
            "start",
            "with a penalty that pulls to the inherited start",
            {
                "margin": lambda observation, constants: exceeds(
                    observation.plain, observation.anchored
                )
            },
        ),
        Mutant(
            "flipped",
            "it errs more",
            {
                "margin": lambda observation, constants: exceeds(
                    observation.decayed, observation.plain
                )
            },
        ),
    ),
    uses=MEASURED | BY_STEPS,
    source="Open questions",
    provenance=(Provenance.D,),
    kind=Kind.CONJECTURE,
)


def ordered(*ways: str) -> Callable[[Regularised, Constants], Margin]:
    """The margin of: each way of training errs more than the next."""

    def margin(observation: Regularised, constants: Constants) -> Margin:
        errors = [getattr(observation, way) for way in ways]
        gaps = [exceeds(first, second) for first, second in pairwise(errors)]
        return reduce(Margin.both, gaps)

    return margin


REMEDIES = Claim(
    id="conjecture.remedies",
    title="Neither pulling towards inherited filters nor freezing them cures negative transfer",
    statement=(
        "Where transfer hurts (X from 20, Y from 100, τ_D ≤ 2), a penalty that pulls towards the"
        " inherited start, with ληT = 3, errs more than freezing the inherited filters with fresh"
        " ones beside; and that more than training from scratch."
    ),
    latex=(
        r"\mathrm{error}_{\mathrm{anchored}}>\mathrm{error}_{\mathrm{frozen}}"
        r">\mathrm{error}_{\mathrm{scratch}}"
    ),
    domain=harmful(BROAD),
    observe=regularised,
    family="conjecture.regularised",
    margin=ordered("anchored", "frozen", "scratch"),
    rule=PerRegime(DELTA, effort=0.4),
    unit="nats between the errors, the lesser of two",
    mutants=(
        Mutant(
            "frozen-cures",
            "frozen filters err less than a training from scratch",
            {"margin": ordered("scratch", "frozen")},
        ),
        Mutant(
            "anchored-before-frozen",
            "freezing errs more than pulling",
            {"margin": ordered("frozen", "anchored")},
        ),
        Mutant(
            "everywhere",
            "and where transfer helps",
            {"domain": helpful(BROAD), "constants": (C_4,)},
        ),
    ),
    uses=MEASURED | BY_STEPS,
    source="Open questions",
    provenance=(Provenance.D,),
    kind=Kind.CONJECTURE,
)
CLAIMS = (REGULARISED, REMEDIES)

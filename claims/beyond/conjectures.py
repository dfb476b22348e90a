"""What the theory leaves open: the questions are the paper's and its reviews' [S, O], the
statements the plainest ones that networks can decide [D].

They are measured and reported, and never fail a run.

* Chosen filters. What filters of one network have learned of u differs little, and at random with
  their noise; noise norms ||P w|| differ by a tenth. So "by the universal signal" chooses nothing,
  and "the least noise" costs alpha^2 N_1 sigma_2^2/sigma_1^2 of tau_D a tenth or two less.
* Regularised. With a penalty (lambda/2)||w||^2 downstream, what is inherited fades as exp(-lambda
  eta t), signal and noise alike, and training learns the target meanwhile: negative transfer fades,
  and so does positive. A penalty that pulls towards the inherited start keeps both, and holds back
  what the target would add.
* Correlated noise. Isotropic noise has a part along s_k of size sigma, a 1/sqrt(q_k)-th of the
  signal, and q_k is large under Condition 4.1: next to nothing changes. It must be as strong as the
  signal to matter.
* Three and four layers (`model.engines.deep`), filters inherited as ever, the other layers fresh:
  on average over regimes transfer helps and hurts where tau_D says so for two; and so it does where
  the whole layer of filters is inherited (tau_D is on the same side of tau_2 at alpha = 1, farther
  off).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from claims.core import quantities
from claims.core.claim import Claim, Domain, Kind, Provenance, WrongVersion, hypothesis
from claims.core.condition import DELTA
from claims.core.constants import Constants
from claims.deciding.decision import Margin
from claims.deciding.estimates import Estimate, average, estimate
from claims.observing.errors import ESTIMATED, LINES, MEASURED, downstream_errors, log_error
from claims.observing.paired import exceeds
from claims.paper.theorem_4_2 import C_4, Groups
from model.engines.deep import EXAMPLES, DeepNetwork, descend, estimate_deep_error, fresh_inner
from model.engines.variants import (
    descend_penalised,
    estimate_error_with_signal_noise,
    with_signal_noise,
)
from model.regime import SIGNAL_COORDINATES, Regime
from model.run import signs
from model.sampling import Sample, Seeds, sample, signals
from model.test_error import ErrorEstimate, estimate_error
from model.transfer import foremost_first, inherit, noise_norms, train_task

Array = NDArray[np.float64]
#: Streams of generators, apart from those of data and lines.
_UPSTREAM_STREAM, _DOWNSTREAM_STREAM = 3, 4

_SMALL: Groups = (("n1", 40.0, 50.0), ("n2", 40.0, 50.0), ("duration", 12.0, 30.0))
_NARROW: Groups = (*_SMALL, ("m", 14.0, 15.0), ("inherited", 5.0, 5.0))
_WIDE: Groups = (*_SMALL, ("m", 20.0, 24.0), ("inherited", 6.0, 9.0))


def _helps(groups: Groups) -> Domain:
    """Where tau_D is several times tau_2."""
    return Domain(
        "transfer",
        (hypothesis("tau_D", 2.0, 8.0), hypothesis("X", 3.0, C_4), hypothesis("Y", 1.0, 1.5)),
        groups=groups,
        tier="practical",
    )


def _hurts(groups: Groups) -> Domain:
    """Where tau_D is a fraction of tau_2."""
    return Domain(
        "transfer",
        (hypothesis("tau_D", 0.5, 2.0), hypothesis("X", 20.0, 60.0), hypothesis("Y", 100.0, 300.0)),
        groups=groups,
        tier="practical",
    )


_OPEN: dict[str, Any] = {
    "source": "Open questions",
    "provenance": (Provenance.D,),
    "kind": Kind.CONJECTURE,
}
_BY_STEPS = {"e1.step": "networks are trained by the step written out"}


# Chosen filters -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """One regime: means over seeds of ln test error."""

    networks: int
    drawn: float  # inherited filters drawn, which by exchangeability the first are
    least_noise: float  # those of the least noise norm ||P w|| on the target
    most_signal: float  # those of the largest j<w, u>


def chosen(regime: Regime, seeds: Seeds) -> Chosen:
    """Train upstream, and downstream after each way to choose what is inherited."""
    draw = sample(regime, seeds)
    upstream = train_task(regime, 1, draw.upstream, draw.start).weights
    u = torch.nn.functional.pad(signals(regime)[0], (0, upstream.shape[2] - SIGNAL_COORDINATES))

    def after(filters: torch.Tensor) -> float:
        weights = train_task(
            regime, 2, draw.downstream, inherit(filters, draw.fresh, regime.inherited)
        ).weights
        return float(
            np.log(downstream_errors(weights, draw.downstream.signal, regime, seeds)).mean()
        )

    quiet = foremost_first(upstream, -noise_norms(upstream, regime, 2))
    along = foremost_first(upstream, signs(regime.m) * (upstream @ u))
    return Chosen(4 * seeds.count, after(upstream), after(quiet), after(along))


def _least_noise(one: Chosen) -> float:
    return one.least_noise


def _most_signal(one: Chosen) -> float:
    return one.most_signal


def _gained(read: Callable[[Chosen], float], seen: Sequence[Chosen]) -> Estimate:
    """Nats that filters chosen so gain over drawn ones, on average."""
    return estimate(average, [one.drawn - read(one) for one in seen])


def _gain(
    read: Callable[[Chosen], float], nats: float, seen: Sequence[Chosen], constants: Constants
) -> Margin:
    """The margin of: they gain so many."""
    return _gained(read, seen).at_least(nats)


_GAIN = 0.1
CHOSEN = Claim(
    id="conjecture.chosen-filters",
    title="Filters of the least noise are worth choosing",
    statement=(
        "Over random regimes with τ_D from 2 to 10 and X from 3 to 30, inheriting the filters of"
        f" least noise errs less than inheriting drawn ones, by {_GAIN} nats on average."
    ),
    latex=r"\min_r\lVert P w_r\rVert:\;\mathbb{E}\ln\frac{\mathrm{drawn}}{\mathrm{chosen}}\ge 0.1",
    domain=Domain(
        "transfer",
        (hypothesis("tau_D", 2.0, 10.0), hypothesis("X", 3.0, 30.0), hypothesis("Y", 1.0, 100.0)),
        groups=_WIDE,
        tier="practical",
    ),
    observe=chosen,
    margin=partial(_gain, _least_noise, _GAIN),
    population=64,
    summary=lambda seen: {
        "nats gained over drawn filters": {
            "least noise": _gained(_least_noise, seen).record(),
            "most signal": _gained(_most_signal, seen).record(),
        }
    },
    unit="nats gained, on average, beyond 0.1",
    wrong_versions=(
        WrongVersion(
            "signal",
            "filters that have learned most of u gain as much",
            {"margin": partial(_gain, _most_signal, _GAIN)},
        ),
        WrongVersion(
            "tenfold",
            "filters of least noise err a tenth as much",
            {"margin": partial(_gain, _least_noise, np.log(10))},
        ),
    ),
    uses=MEASURED,
    **_OPEN,
)


# A penalty ----------------------------------------------------------------------------------------

#: lambda eta T: what is inherited fades to exp(-3).
FADING = 3.0


@dataclass(frozen=True)
class Regularised:
    """Test errors after transfer: as ever, and with a penalty that pulls to zero, or to the
    inherited start.
    """

    networks: int
    plain: ErrorEstimate
    decayed: ErrorEstimate
    kept: ErrorEstimate


def regularised(regime: Regime, seeds: Seeds) -> Regularised:
    """Train upstream, and downstream after transfer with each penalty and with none."""
    draw = sample(regime, seeds)
    upstream = train_task(regime, 1, draw.upstream, draw.start).weights
    data, start, penalty = (
        draw.downstream,
        inherit(upstream, draw.fresh, regime.inherited),
        FADING / (regime.eta2 * regime.steps2),
    )
    ways = (
        train_task(regime, 2, data, start).weights,
        descend_penalised(data, start, regime.eta2, regime.steps2, penalty),
        descend_penalised(data, start, regime.eta2, regime.steps2, penalty, start),
    )
    return Regularised(
        4 * seeds.count,
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
    domain=_hurts(_WIDE),
    observe=regularised,
    margin=lambda seen, constants: exceeds(seen.plain, seen.decayed),
    delta=DELTA,
    sweep=0.4,
    unit="nats between the errors",
    wrong_versions=(
        WrongVersion(
            "everywhere", "and where transfer helps", {"domain": _helps(_WIDE), "constants": (C_4,)}
        ),
        WrongVersion(
            "start",
            "with a penalty that pulls to the inherited start",
            {"margin": lambda seen, constants: exceeds(seen.plain, seen.kept)},
        ),
        WrongVersion(
            "flipped",
            "it errs more",
            {"margin": lambda seen, constants: exceeds(seen.decayed, seen.plain)},
        ),
    ),
    uses=MEASURED | _BY_STEPS,
    **_OPEN,
)


# Correlated noise ---------------------------------------------------------------------------------


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

    def margin(seen: Correlated, constants: Constants) -> Margin:
        found = [_change(one, other) for one, other in zip(seen.plain, seen.noisy, strict=True)]
        low, high = (np.max([pair[side] for pair in found], axis=0) for side in (0, 1))
        return Margin.between(np.log(factor) - high, np.log(factor) - low)

    return margin


def _doubled(seen: Correlated, constants: Constants) -> Margin:
    """The margin of: an error changes by a factor 2 or more, planted."""
    found = _within(2.0)(seen, constants)
    return found.negated


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
    domain=Domain(
        "transfer",
        (hypothesis("tau_D", 0.5, 5.0), hypothesis("X", 0.1, 10.0), hypothesis("Y", 1.0, 10.0)),
        groups=_NARROW,
        tier="practical",
    ),
    observe=partial(correlated, isotropic),
    margin=_within(1.5),
    delta=DELTA,
    sweep=0.4,
    unit="nats that the errors may still change by",
    wrong_versions=(
        WrongVersion(
            "strong",
            "noise as strong along the signal as the signal",
            {"observe": partial(correlated, as_strong_as_signals)},
        ),
        WrongVersion("doubled", "an error changes by a factor 2 or more", {"margin": _doubled}),
    ),
    uses=_BY_STEPS | ESTIMATED,
    **_OPEN,
)


# More layers --------------------------------------------------------------------------------------


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
        return float(error.clamp_min(_LEAST_SEEN).log().mean())

    starts = (
        inherit(upstream.filters, draw.fresh, many) for many in (0, regime.inherited, regime.m)
    )
    return Deep(4 * seeds.count, *(after(start) for start in starts))


#: Half an error among the fresh examples stands for none, which keeps a difference from a larger
#: error on the safe side.
_LEAST_SEEN = 0.5 / (2 * EXAMPLES)
_OBSERVE = {
    layers: partial(deep, layers) for layers in (3, 4)
}  # one each, for claims of a family to share networks
_DOMAINS = {"helps": _helps(_NARROW), "hurts": _hurts(_NARROW)}
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


def _won(outcome: str, inherited: str, seen: Sequence[Deep]) -> Estimate:
    """The same, on average over regimes."""
    return estimate(average, [_won_in(outcome, inherited, one) for one in seen])


def _wins(
    outcome: str, inherited: str, nats: float, seen: Sequence[Deep], constants: Constants
) -> Margin:
    """The margin of: by so many or more."""
    return _won(outcome, inherited, seen).at_least(nats)


def _loses(outcome: str, inherited: str, seen: Sequence[Deep], constants: Constants) -> Margin:
    """The margin of: it does the opposite."""
    return _won(outcome, inherited, seen).at_most(0.0)


def _depth(layers: int, outcome: str, inherited: str) -> Claim:
    helps, whole = outcome == "helps", inherited == "whole"
    what, than = ("Inheriting a whole layer", "transfer") if whole else ("Transfer", "it")
    return Claim(
        id=f"conjecture.{'whole-layer' if whole else 'depth'}-{layers}.{outcome}",
        title=f"{what} {outcome} with {_WORDS[layers]} layers where {than} does with two",
        statement=(
            "Over random regimes with"
            f" {'τ_D from 2 to 8, X from 3 to C₄ and Y ≤ 1.5' if helps else 'τ_D ≤ 2, X from 20 and Y from 100'},"
            f" a network of {_WORDS[layers]} layers that inherits {'all' if whole else 'a third'}"
            f" of its filters errs {'less' if helps else 'more'} than one from scratch, on average"
            " of ln error."
        ),
        latex=_LATEX[outcome],
        domain=_DOMAINS[outcome],
        observe=_OBSERVE[layers],
        margin=partial(_wins, outcome, inherited, 0.0),
        population=40 if helps else 24,  # what helps is a nat, on average, and what hurts four
        constants=(C_4,) if helps else (),
        family=f"conjecture.depth-{layers}.{outcome}",
        unit="nats between the errors, on average",
        summary=lambda seen: {
            "nats": _won(outcome, inherited, seen).record(),
            "regimes": sum(_won_in(outcome, inherited, one) > 0 for one in seen),
        },
        uses={
            "e7.covariance": (
                "the filters' pre-activations of fresh noise are of that law, whatever is above"
                " them"
            )
        },
        wrong_versions=(
            WrongVersion(
                "flipped",
                f"it errs {'more' if helps else 'less'}",
                {"margin": partial(_loses, outcome, inherited)},
            ),
            WrongVersion(
                "millionfold",
                "by a factor of a million or more",
                {"margin": partial(_wins, outcome, inherited, np.log(1e6))},
            ),
        ),
        **_OPEN,
    )


DEPTH = tuple(
    _depth(layers, outcome, inherited)
    for layers in (3, 4)
    for outcome in ("helps", "hurts")
    for inherited in ("some", "whole")
)

CLAIMS = (CHOSEN, REGULARISED, CORRELATED, *DEPTH)

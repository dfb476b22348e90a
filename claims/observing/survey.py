"""What statements about many regimes look at: errors beside the sharp law's prediction, over
regimes and over the inherited share.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from claims.core import quantities
from claims.core.claim import Domain, hypothesis
from claims.deciding.estimates import spread
from claims.observing.errors import downstream_errors, scratch_only
from claims.predicting import law
from claims.predicting.estimation import estimate, summed_sets
from claims.predicting.law import Law
from model.regime import Regime
from model.run import signs
from model.sampling import Sample, Seeds, noise_rank, sample
from model.scales import Hold, Times, vary
from model.transfer import Trial, inherit, run_trial, train_task

Array = NDArray[np.float64]
#: Target examples that advice from data is given.
SIZES = (5, 10, 20, 40, 80)
#: A difference beyond doubt: with no difference at all, one as large has this probability on either
#: side.
DOUBT = 1e-4
#: Inherited numbers of filters tried in one regime, evenly spaced from none to the most its domain
#: allows.
SHARES = 6


@dataclass(frozen=True)
class Surveyed:
    """One regime: the law's predictions, and the mean test error over seeds from scratch and after
    transfer.
    """

    regime: Regime
    networks: int
    predicted: Law
    rounded: Law  # with the share p = 0.8
    closed_form: float  # of scratch, with all shares equal to 0.8
    scratch: float
    transfer: float
    transfer_error: float  # standard error over seeds of `transfer`
    difference: tuple[
        float, float
    ]  # transfer less scratch: mean and standard error over seeds, which are paired
    share: float  # of a filter's own class, active on it after training from scratch
    seeds: int
    gains: dict[
        int, float
        # where it is clear, by number of target examples: scratch less transfer that the law
        # predicts from one data set
    ]

    def quantity(self, name: str) -> float:
        """A quantity of the catalogue."""
        return quantities.catalogue()[name](self.regime)

    @property
    def clear(self) -> bool:
        """Whether the errors of transfer and scratch differ beyond doubt."""
        return _clear(self.difference, self.seeds)


def _clear(difference: tuple[float, float], seeds: int) -> bool:
    return abs(difference[0]) > spread(seeds, DOUBT) * difference[1]


def foretell(regime: Regime) -> dict[str, float]:
    """The law's predictions: p and the two errors."""
    prediction = law.predict(regime)
    return {"p": prediction.p, "scratch": prediction.scratch, "transfer": prediction.transfer}


def survey(regime: Regime, seeds: Seeds) -> Surveyed:
    """Predict, then train upstream, scratch and transfer."""
    predicted, rounded, closed = (
        law.predict(regime),
        law.predict(regime, law.ROUNDED),
        law.closed_form(regime),
    )
    trial = run_trial(regime, seeds)
    scratch, transfer = (
        _errors(trial, weights) for weights in (trial.scratch.weights, trial.transfer.weights)
    )
    gap = transfer - scratch
    own, error = (
        float(x.std(ddof=1) / math.sqrt(len(x))) if len(x) > 1 else math.inf
        for x in (transfer, gap)
    )
    difference = float(gap.mean()), error
    return Surveyed(
        regime,
        trial.networks,
        predicted,
        rounded,
        closed,
        float(scratch.mean()),
        float(transfer.mean()),
        own,
        difference,
        _active_share(trial.scratch.weights, trial.draw.downstream, regime.m),
        seeds.count,
        gains_from_data(regime, seeds) if _clear(difference, seeds.count) else {},
    )


def gains_from_data(regime: Regime, seeds: Seeds) -> dict[int, float]:
    """By number of target examples: the error from scratch less that after transfer that the law
    predicts from one data set, of the first seed.
    """
    draw = sample(replace(regime, n2=max(SIZES)), replace(seeds, count=1))
    source, target = summed_sets(draw)
    gains = {}
    for size in SIZES:
        (believed,) = estimate(
            source, target[:, :size], (noise_rank(regime, 1), noise_rank(regime, 2))
        ).regimes(regime)
        law_of = law.predict(believed)
        gains[size] = law_of.scratch - law_of.transfer
    return gains


def _errors(trial: Trial, weights: torch.Tensor) -> Array:
    return downstream_errors(weights, trial.draw.downstream.signal, trial.regime, trial.seeds)


def _active_share(weights: torch.Tensor, data: Sample, m: int) -> float:
    own = signs(m).unsqueeze(1) == data.labels.unsqueeze(1)
    active = torch.bmm(weights, data.noise.transpose(1, 2)) > 0
    return (active & own).sum().item() / own.sum().item()


@dataclass(frozen=True)
class Swept:
    """One regime, trained with several inherited numbers of filters on common seeds."""

    regime: Regime
    networks: int
    alphas: Array  # (shares,), from 0 up
    errors: Array  # (shares,): mean test error over seeds
    predicted: Array  # (shares,): the law's
    tau_d: Array  # (shares,)
    alpha_star: float

    def regret(self, chosen: int) -> float:
        """What a choice of share costs, in test error, against the best measured."""
        return float(self.errors[chosen] - self.errors.min())

    @property
    def best(self) -> int:
        """The best share measured."""
        return int(self.errors.argmin())

    @property
    def by_law(self) -> int:
        """The share that the law calls best."""
        return int(self.predicted.argmin())

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


def foretell_shares(regime: Regime) -> dict[str, float]:
    """The law's error for every inherited number tried."""
    return {
        f"{k} of {regime.m} inherited": law.predict(replace(regime, inherited=k)).transfer
        for k in shares(regime)
    }


def sweep_alpha(regime: Regime, seeds: Seeds) -> Swept:
    """Train upstream once, then downstream with each inherited number of filters."""
    numbers, predicted = shares(regime), np.array(list(foretell_shares(regime).values()))
    variants = [replace(regime, inherited=k) for k in numbers]
    trial = run_trial(replace(regime, inherited=numbers[-1]), seeds)
    errors = [_errors(trial, trial.scratch.weights).mean()]
    for k in numbers[1:-1]:
        start = inherit(trial.upstream.weights, trial.draw.fresh, k)
        errors.append(
            _errors(trial, train_task(regime, 2, trial.draw.downstream, start).weights).mean()
        )
    if len(numbers) > 1:
        errors.append(_errors(trial, trial.transfer.weights).mean())
    named = quantities.catalogue()
    return Swept(
        regime,
        (len(numbers) + 1) * seeds.count,
        np.array([k / regime.m for k in numbers]),
        np.array(errors),
        predicted,
        np.array([named["tau_D"](variant) for variant in variants]),
        named["alpha_star"](regime),
    )


#: Condition 4.1 with practical constants, on either side of every threshold, where what is
#: inherited matters. (Literal ones ask for thousands of steps.)
SURVEY = Domain(
    "transfer",
    (hypothesis("tau_D", 0.1, 20.0), hypothesis("X", 0.1, 100.0), hypothesis("Y", 1.0, 30.0)),
    tier="practical",
)
#: Where the choice matters: Y from 1 to 6, at least three times as much noise inherited as
#: memorised, up to half of the filters and more.
SWEEP = Domain(
    "transfer",
    (hypothesis("tau_D", 0.5, 3.0), hypothesis("X", 3.0, 30.0), hypothesis("Y", 1.0, 6.0)),
    groups=(("m", 24.0, 24.0), ("inherited", 15.0, 15.0), ("n1", 40.0, 60.0), ("n2", 40.0, 60.0)),
    tier="practical",
)


# Towards the law's limit --------------------------------------------------------------------------


#: By what factor dimension is smaller away from the limit.
CROWDED = 5e4


@dataclass(frozen=True)
class Approached:
    """A regime near the limit, and variants away from it in one respect: mean error from scratch
    less the law's.
    """

    networks: int
    near: float
    lazy: float  # zeta 1000 times as large
    narrow: float  # 1 filter of each sign
    crowded: float  # d smaller by the factor `CROWDED`: N^2/d from 1 to 3


def crowd(regime: Regime, factor: float) -> Regime:
    """The regime in a dimension smaller by a factor; tau, h and zeta fixed."""
    smaller = Times(under=factor, whole=math.ceil)
    return vary(regime, d=smaller, hold=(Hold.TAU, Hold.H, Hold.ZETA))


def narrow(regime: Regime, m: int) -> Regime:
    """The regime with m filters of each sign, none inherited; h fixed."""
    return vary(regime, m=m, inherited=0, hold=Hold.H)


def variants(regime: Regime) -> dict[str, Regime]:
    """A regime near the limit, and away from it in one respect each."""
    return {
        "near": regime,
        "lazy": replace(regime, sigma0=1000 * regime.sigma0),
        "narrow": narrow(regime, 1),
        "crowded": crowd(regime, CROWDED),
    }


def foretell_variants(regime: Regime) -> dict[str, float]:
    """The law's error from scratch in each."""
    return {name: law.predict(variant).scratch for name, variant in variants(regime).items()}


def approach(regime: Regime, seeds: Seeds) -> Approached:
    """Train a regime and its variants from scratch."""
    predicted = foretell_variants(regime)
    gaps = {
        name: scratch_only(variant, seeds).scratch.error.value.mean().item() - predicted[name]
        for name, variant in variants(regime).items()
    }
    return Approached(len(gaps) * seeds.count, **gaps)


LIMIT = Domain(
    "scratch",
    (hypothesis("tau_2", 0.3, 4.0),),
    groups=(
        ("m", 28.0, 32.0),
        ("n1", 20.0, 20.0),
        ("n2", 60.0, 120.0),
        ("initialisation", 0.01, 0.05),
        ("room", 20.0, 30.0),
    ),
    tier="practical",
)

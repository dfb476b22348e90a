"""Towards the sharp law's limit, and away from it: errors from scratch less the law's."""

from __future__ import annotations

from dataclasses import dataclass, replace

from claims.observing.errors import scratch_only
from claims.observing.survey import crowd, narrow
from claims.predicting import law
from model.regime import Regime
from model.sampling import Seeds

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


def variants(regime: Regime) -> dict[str, Regime]:
    """A regime near the limit, and away from it in one respect each."""
    return {
        "near": regime,
        "lazy": replace(regime, sigma0=1000 * regime.sigma0),
        "narrow": narrow(regime, 1),
        "crowded": crowd(regime, CROWDED),
    }


def predict_variants(regime: Regime) -> dict[str, float]:
    """The law's error from scratch in each."""
    return {name: law.predict(variant).scratch for name, variant in variants(regime).items()}


def approach(regime: Regime, seeds: Seeds) -> Approached:
    """Train a regime and its variants from scratch."""
    predicted = predict_variants(regime)
    gaps = {
        name: scratch_only(variant, seeds).scratch.error.value.mean().item() - predicted[name]
        for name, variant in variants(regime).items()
    }
    return Approached(len(gaps) * seeds.count, **gaps)

"""Regimes and statistics that the tests of `model/` share: small, built from dimensionless
groups.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp

from model.regime import Regime
from model.run import Recorded
from model.sampling import Level, Sample, Seeds
from model.test_error import estimate_error
from model.transfer import recording, run_trial


def regime(
    *,
    n1: int = 8,
    n2: int = 6,
    d: int = 60,
    m: int = 3,
    inherited: int = 1,
    signal: float = 4.0,  # ||s_k||^2 of both tasks
    universal: float = 0.5,  # ||u||^2 as a share of it
    sigma1: float = 1.0,
    sigma2: float = 0.7,
    h: float = 0.5,  # eta sigma^2 d / (N m) of both tasks
    zeta: float = 0.1,  # sigma_0 sigma_2 d / sqrt(N_2)
    steps: int = 40,
    **fields: Any,
) -> Regime:
    """A regime with these groups; `fields` overrides any field of the result."""
    u, v = math.sqrt(universal * signal), math.sqrt((1 - universal) * signal)
    values: dict[str, Any] = {
        "u": u,
        "v1": v,
        "v2": v,
        "cos_v": 0.0,
        "sigma1": sigma1,
        "sigma2": sigma2,
        "n1": n1,
        "n2": n2,
        "d": d,
        "m": m,
        "inherited": inherited,
        "eta1": h * n1 * m / (sigma1**2 * d),
        "eta2": h * n2 * m / (sigma2**2 * d),
        "steps1": steps,
        "steps2": steps,
        "sigma0": zeta * math.sqrt(n2) / (sigma2 * d),
    }
    return Regime(**(values | fields))


def partly_inherited(**changes: Any) -> Regime:
    """A regime at h = 0.4 and zeta = 0.02 in both tasks; 6 of 20 filters are inherited."""
    values: dict[str, Any] = {
        "n1": 60,
        "n2": 60,
        "d": 10**6,
        "m": 20,
        "inherited": 6,
        "signal": 200.0,
    }
    values |= {"sigma1": 1.0, "sigma2": 1.0, "h": 0.4, "zeta": 0.02, "steps": 100}
    return regime(**(values | changes))


#: One of every kind, sampled explicitly: each breaks an assumption that a fast path might lean on.
KINDS = {
    "plain": regime(),
    "cosine": regime(cos_v=0.6),
    "aligned": regime(cos_v=1.0),
    "opposed": regime(cos_v=-1.0),
    "no-universal": regime(u=0.0, cos_v=-0.3),
    "no-upstream-signal": regime(v1=0.0),
    "no-downstream-signal": regime(v2=0.0, cos_v=0.4),
    "no-signal": regime(u=0.0, v1=0.0, v2=0.0),
    "nothing-inherited": regime(inherited=0),
    "all-inherited": regime(inherited=3),
    "smallest-dimension": regime(d=4),
    "more-samples-than-dimensions": regime(n1=30, n2=25, d=9),
    "one-of-each": regime(n1=1, n2=1, m=1, inherited=1),
    "lazy": regime(zeta=30.0),
    "large-step": regime(h=4.0),
    "signal-dominates": regime(signal=100.0),
}


def coefficients(record: Recorded, data: Sample) -> dict[str, NDArray[np.float64]]:
    """Statistics of the decomposition, one number a seed. (rho_{r,i} = c_{r,i} ||xi_i||^2.)"""
    rho = record.noise * data.noise.square().sum(2).unsqueeze(1)  # (seeds, 2m, N)
    return {
        "signal coefficient": record.signal[:, 0].numpy(),
        "one rho": rho[:, 0, 0].numpy(),
        "sum of rho": rho.abs().sum((1, 2)).numpy(),
    }


def outcomes(
    regime: Regime, seeds: Seeds, level: Level, lines: int = 64
) -> dict[str, NDArray[np.float64]]:
    """What a trial comes to, one number a seed: statistics whose laws must not depend on the level
    of sampling.
    """
    trial = run_trial(regime, seeds, level=level, engine=recording([regime.steps2]))
    result = {}
    for name, run in (("scratch", trial.scratch), ("transfer", trial.transfer)):
        error = estimate_error(run.weights, trial.draw.downstream.signal, regime, 2, seeds, lines)
        result |= {
            f"{name}: test error": error.value.numpy(),
            f"{name}: loss": run.loss[:, -1].numpy(),
        }
        result |= {
            f"{name}: {key}": value
            for key, value in coefficients(run.records[0], trial.draw.downstream).items()
        }
    return result


def compare(
    first: dict[str, NDArray[np.float64]], second: dict[str, NDArray[np.float64]]
) -> dict[str, float]:
    """p-values of two-sample Kolmogorov-Smirnov tests, one for each statistic."""
    return {
        name: float(ks_2samp(first[name], second[name], method="exact").pvalue) for name in first
    }

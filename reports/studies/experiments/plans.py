"""What each experiment trains: its regimes, and how many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.regime import Regime
from model.scales import initial_weights, signal_square, steps
from reports.studies.sweep.spec import Point, Sweep

#: Fixes every draw: the paper's number.
SEED = 2509_22056


@dataclass(frozen=True)
class Size:
    """How much is computed."""

    seeds: int  # a point
    across: int  # points along the horizontal axis; recorded epochs, where that is time
    along: int = 1  # along the vertical one
    confirm: bool = (
        True  # points are decided, on fresh seeds too; else what is suspicious is left undecided
    )


#: Step as one memorised sample sees it, h T, and zeta_2, of every experiment.
_H, _DURATION, _ZETA = 0.1, 20.0, 0.01


def regime(
    *,
    n1: int,
    n2: int,
    d: int,
    m: int,
    inherited: int,
    signal: float,
    universal: float,
    source: float,
    upstream: float | None = None,
) -> Regime:
    """A regime in units of sigma_2.

    Args:
        signal: ||s_2||. universal: ||u||/||s_2||, from 0 to 1.
        source: sigma_2^2/sigma_1^2, how clean the source is.
        upstream: ||v_1||; as long as ||s_1|| = ||s_2|| needs, if None.
    """
    u, longest = universal * signal, steps(_DURATION, _H)
    v2 = math.sqrt(max(signal**2 - u**2, 0.0))
    # model.scales.step_size in another order, within 2 ulp: recorded runs have these last bits.
    eta = {1: _H * n1 * m * source / d, 2: _H * n2 * m / d}
    return Regime(
        u=u,
        v1=v2 if upstream is None else upstream,
        v2=v2,
        cos_v=0.0,
        sigma1=1 / math.sqrt(source),
        sigma2=1.0,
        n1=n1,
        n2=n2,
        d=d,
        m=m,
        inherited=inherited,
        eta1=eta[1],
        eta2=eta[2],
        steps1=longest,
        steps2=longest,
        sigma0=initial_weights(_ZETA, samples=n2, sigma=1.0, d=d),
    )


def _signal(tau_2: float, n2: int, d: int) -> float:
    """||s_2|| in units of sigma_2."""
    return math.sqrt(signal_square(tau_2, samples=n2, d=d))


def _sweep(
    listed: Sequence[tuple[dict[str, float], Regime]], size: Size, metrics: tuple[str, ...]
) -> Sweep:
    return Sweep(
        tuple(Point(number, axes, made) for number, (axes, made) in enumerate(listed)),
        size.seeds,
        SEED,
        metrics,
    )


_METRICS = (
    "scratch_error",
    "transfer_error",
    "difference",
    "law_scratch",
    "law_transfer",
    "tau_2",
    "tau_D",
    "X",
    "Y",
    "alpha_star",
)
#: (i): sizes of the source.
SOURCES = (100, 200, 500, 1000)


def head_start(size: Size) -> Sweep:
    """tau_2 just below C_3, alpha = 0.4, Y = 1.2, sigma_1 = sigma_2. Point 0 is scratch. d = 10^9
    keeps N_1 = 1000 within Condition 4.1.
    """
    base: dict[str, Any] = {
        "n2": 60,
        "d": 10**9,
        "m": 20,
        "signal": _signal(0.55, 60, 10**9),
        "universal": 1.2**-0.5,
        "source": 1.0,
    }
    listed = [({"n1": 0.0}, regime(n1=SOURCES[0], inherited=0, **base))]
    listed += [({"n1": float(n1)}, regime(n1=n1, inherited=8, **base)) for n1 in SOURCES]
    return _sweep(listed, size, (f"error at {size.across} epochs",))


def negative(size: Size) -> Sweep:
    """tau_2 = 2.8, just above C_1; X = 30, which lets tau_D fall below C_3; ||u|| grows at fixed
    ||s_1|| = ||s_2||.
    """
    base: dict[str, Any] = {
        "n1": 120,
        "n2": 40,
        "d": 10**8,
        "m": 27,
        "inherited": 15,
        "signal": _signal(2.8, 40, 10**8),
        "source": 18.0,
    }
    return _sweep(
        [
            ({"u/s2": x}, regime(universal=x, **base))
            for x in np.linspace(0, 0.6, size.across).tolist()
        ],
        size,
        _METRICS,
    )


def plane(size: Size) -> Sweep:
    """||v_1|| = ||v_2|| = 5 sigma_2 and X = 5.6, just below C_4, so that Proposition 4.4(1) has a
    region; d from below what Condition 4.1 allows.
    """
    v, sizes = 5.0, {"n1": 40, "n2": 80, "m": 20, "inherited": 8}
    listed = []
    for d in np.geomspace(3e5, 1e9, size.along).round().astype(int).tolist():
        for u in np.geomspace(1.5, 60, size.across).tolist():
            signal = math.hypot(u, v)
            listed.append(
                (
                    {"u": u, "d": float(d)},
                    regime(
                        d=d, signal=signal, universal=u / signal, source=28.0, upstream=v, **sizes
                    ),
                )
            )
    return _sweep(listed, size, _METRICS)


def share(size: Size) -> Sweep:
    """tau_2 = 0.8, N_1/sigma_1^2 twenty times N_2/sigma_2^2, so that the choice of alpha matters;
    alpha up to 1, beyond Condition 4.1.
    """
    d, m = 10**8, 40
    base: dict[str, Any] = {
        "n1": 50,
        "n2": 50,
        "d": d,
        "m": m,
        "signal": _signal(0.8, 50, d),
        "source": 20.0,
    }
    shares = [round(x) for x in np.linspace(0, m, size.across)]
    rows = np.geomspace(0.05, 1.0, size.along).tolist()
    return _sweep(
        [
            ({"alpha": k / m, "rho": x}, regime(inherited=k, universal=math.sqrt(x), **base))
            for x in rows
            for k in shares
        ],
        size,
        _METRICS,
    )


#: (v): Y and tau_2 of each case.
CASES = {"aligned": (2.5, 1.5), "between": (12.0, 1.5), "misaligned": (200.0, 7.0)}


def source(size: Size) -> Sweep:
    """X = N_1/20 from 1 to 32, alpha = 15/27; N_1 from the fewest to the most samples that
    Condition 4.1 allows here.
    """
    d, n2 = 10**9, 60
    sizes = [round(x) for x in np.geomspace(20, 640, size.across)]
    sizes[int(np.abs(np.log(np.array(sizes) / 200)).argmin())] = (
        200  # where X = 10, which M3' asks for
    )
    base: dict[str, Any] = {"n2": n2, "d": d, "m": 27, "inherited": 15, "source": 27 / 15 * n2 / 20}
    listed = []
    for case, (y, tau_2) in enumerate(CASES.values()):
        for n1 in sizes:
            listed.append(
                (
                    {"case": float(case), "n1": float(n1)},
                    regime(n1=n1, signal=_signal(tau_2, n2, d), universal=y**-0.5, **base),
                )
            )
    return _sweep(listed, size, _METRICS)

"""The dimensionless scales of a regime, and each relation between them and its fields, once.

A regime has sixteen fields and `Scales` has sixteen, so that either gives the other: sizes and
counts stay; norms and noise levels become tau_2, X, Y, the upstream share and the unit of length;
step sizes become h_1 and h_2; the initial weights become zeta_2. Names are those of the catalogue
of quantities (section 2 of the theory [D]).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from model.regime import (
    LARGEST_COUNT,
    LARGEST_DIMENSION,
    SIGNAL_COORDINATES,
    Regime,
    RegimeError,
    check_integer,
    check_real,
)
from model.variation import Hold, Times, vary

__all__ = [
    "Hold",
    "ScaleRangeError",
    "Scales",
    "Times",
    "data_lengths",
    "dimension",
    "in_unit",
    "initial_weights",
    "signal_square",
    "step",
    "step_scale",
    "step_size",
    "steps",
    "tau",
    "vary",
    "zeta",
]


class ScaleRangeError(RegimeError):
    """Scales and fields so far apart that floating-point numbers do not hold both."""


# Single relations ---------------------------------------------------------------------------------


def step_scale(*, samples: int, m: int, sigma: float, d: int) -> float:
    """h for a step size of 1: sigma_k^2 d/(N_k m)."""
    return sigma**2 * d / (samples * m)


def step_size(h: float, *, samples: int, m: int, sigma: float, d: int) -> float:
    """The step size eta_k at which one memorised sample sees the step h_k."""
    return h / step_scale(samples=samples, m=m, sigma=sigma, d=d)


def step(eta: float, *, samples: int, m: int, sigma: float, d: int) -> float:
    """h_k = eta_k sigma_k^2 d/(N_k m), the step as one memorised sample sees it."""
    return eta * step_scale(samples=samples, m=m, sigma=sigma, d=d)


def steps(duration: float, h: float) -> int:
    """The fewest steps, at least one, for which h T is at least `duration`.

    Raises OverflowError where no number holds them.
    """
    return max(1, math.ceil(duration / h))


def initial_weights(zeta: float, *, samples: int, sigma: float, d: int) -> float:
    """sigma_0 at this initialisation scale zeta_k = sigma_0 sigma_k d/sqrt(N_k)."""
    return zeta * math.sqrt(samples) / (sigma * d)


def zeta(sigma0: float, *, samples: int, sigma: float, d: int) -> float:
    """zeta_k = sigma_0 sigma_k d/sqrt(N_k), the initialisation scale of Condition 4.1."""
    return sigma0 * (sigma * d) / math.sqrt(samples)


def signal_square(tau: float, *, samples: int, d: int, sigma: float = 1.0) -> float:
    """||s_k||^2 at this tau_k, in the unit that sigma_k is in."""
    return sigma**2 * math.sqrt(tau * d / samples)


def tau(signal_to_noise: float, *, samples: int, d: int) -> float:
    """tau_k = N_k q_k^2/d, from q_k = ||s_k||^2/sigma_k^2."""
    return samples * signal_to_noise**2 / d


def dimension(tau: float, *, samples: int, signal_to_noise: float) -> float:
    """The dimension, not yet whole, at which q_k gives this tau_k."""
    return samples * signal_to_noise**2 / tau


def data_lengths(
    n1: int,
    n2: int,
    d: int,
    alpha: float,
    tau_2: float,
    x: float,
    y: float,
    *,
    upstream_share: float = 1.0,
    unit: float = 1.0,
) -> dict[str, float]:
    """Norms and noise levels with these tau_2, X and Y; sigma_2 is the unit of length.

    At alpha = 0, where X is 0 whatever sigma_1, `x` is N_1 sigma_2^2/(N_2 sigma_1^2).
    """
    share = alpha or 1.0
    signal = signal_square(tau_2, samples=n2, d=d, sigma=unit)
    universal = signal / y
    return {
        "u": math.sqrt(universal),
        "v1": math.sqrt(upstream_share * universal),
        "v2": math.sqrt(max(signal - universal, 0.0)),
        "sigma1": unit * math.sqrt(share * n1 / (n2 * x)),
        "sigma2": unit,
    }


def in_unit(regime: Regime, factor: float) -> Regime:
    """The same regime with all lengths of the data multiplied: the symmetry E3."""
    lengths = {
        name: getattr(regime, name) * factor for name in ("u", "v1", "v2", "sigma1", "sigma2")
    }
    return replace(
        regime,
        **lengths,
        sigma0=regime.sigma0 / factor,
        eta1=regime.eta1 / factor**2,
        eta2=regime.eta2 / factor**2,
    )


# All of them --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Scales:
    """A regime by its dimensionless scales.

    Raises `RegimeError` on construction for any value outside the rules checked below.
    """

    n1: int  # upstream samples
    n2: int  # downstream samples
    d: int  # dimension of a patch
    m: int  # filters of each sign
    inherited: int  # of them, taken from upstream
    tau_2: float  # N_2 ||s_2||^4/(sigma_2^4 d)
    X: float  # alpha N_1 sigma_2^2/(N_2 sigma_1^2); where nothing is inherited, without its alpha
    Y: float  # ||s_2||^2/||u||^2, at least 1
    upstream_share: float  # ||v_1||^2/||u||^2
    cos_v: float  # cosine between v_1 and v_2
    h_1: float  # eta_1 sigma_1^2 d/(N_1 m)
    h_2: float  # eta_2 sigma_2^2 d/(N_2 m)
    steps1: int  # upstream steps
    steps2: int  # downstream steps
    zeta_2: float  # sigma_0 sigma_2 d/sqrt(N_2)
    unit: float = 1.0  # sigma_2

    def __post_init__(self) -> None:
        for name in ("n1", "n2", "m", "steps1", "steps2"):
            check_integer(self, name, 1, LARGEST_COUNT)
        check_integer(self, "d", SIGNAL_COORDINATES + 1, LARGEST_DIMENSION)
        check_integer(self, "inherited", 0, self.m, upper_name="m")
        for name in ("tau_2", "X", "h_1", "h_2", "zeta_2", "unit"):
            check_real(self, name, lambda x: x > 0, "must be a finite number > 0")
        check_real(
            self, "Y", lambda x: x >= 1, "must be at least 1: ||s_2||^2 = ||u||^2 + ||v_2||^2"
        )
        check_real(self, "upstream_share", lambda x: x >= 0, "must be a finite number >= 0")
        check_real(self, "cos_v", lambda x: -1 <= x <= 1, "must be a cosine, from -1 to 1")

    @classmethod
    def of(cls, regime: Regime) -> Scales:
        """The scales of a regime.

        Raises:
            RegimeError: ||u|| is 0, to which Y and the upstream share are ratios.
            ScaleRangeError: a scale is beyond floating-point numbers.
        """
        if regime.u == 0:
            raise RegimeError(
                "u", regime.u, "must be > 0: Y and upstream_share are ratios to ||u||^2"
            )
        try:
            return cls(
                **{name: getattr(regime, name) for name in _SHARED},
                **_ratios(regime),  # type: ignore[arg-type]
                **_run_scales(regime),  # type: ignore[arg-type]
                unit=regime.sigma2,
            )
        except (OverflowError, ZeroDivisionError, RegimeError):  # infinite, or 0
            raise ScaleRangeError(
                "regime", str(regime), "has scales that no floating-point number holds"
            ) from None

    def regime(self) -> Regime:
        """The regime with these scales, up to rounding; ||v_2||^2 to the rounding of ||s_2||^2.

        Raises ScaleRangeError where a field is beyond floating-point numbers.
        """
        try:
            shared = {name: getattr(self, name) for name in _SHARED}
            return Regime(**shared, **self._derived())  # type: ignore[arg-type]
        except (OverflowError, ZeroDivisionError):
            raise ScaleRangeError(
                "scales",
                str(self),
                "are so far apart that no floating-point number holds the regime's fields",
            ) from None

    def _derived(self) -> dict[str, float]:
        lengths = data_lengths(
            self.n1,
            self.n2,
            self.d,
            self.inherited / self.m,
            self.tau_2,
            self.X,
            self.Y,
            upstream_share=self.upstream_share,
            unit=self.unit,
        )
        network = {"m": self.m, "d": self.d}
        eta1 = step_size(self.h_1, samples=self.n1, sigma=lengths["sigma1"], **network)
        eta2 = step_size(self.h_2, samples=self.n2, sigma=lengths["sigma2"], **network)
        sigma0 = initial_weights(self.zeta_2, samples=self.n2, sigma=lengths["sigma2"], d=self.d)
        return lengths | {"eta1": eta1, "eta2": eta2, "sigma0": sigma0}


#: Fields that a regime and its scales have in common.
_SHARED = ("n1", "n2", "d", "m", "inherited", "cos_v", "steps1", "steps2")


def _ratios(regime: Regime) -> dict[str, float]:
    """tau_2, X, Y and the upstream share."""
    signal = regime.task(2).signal_norm
    share = regime.alpha or 1.0
    return {
        "tau_2": tau((signal / regime.sigma2) ** 2, samples=regime.n2, d=regime.d),
        "X": share * regime.n1 / regime.n2 * (regime.sigma2 / regime.sigma1) ** 2,
        "Y": (signal / regime.u) ** 2,
        "upstream_share": (regime.v1 / regime.u) ** 2,
    }


def _run_scales(regime: Regime) -> dict[str, float]:
    """h_1, h_2 and zeta_2."""
    h = {
        f"h_{k}": step(
            regime.task(k).eta,
            samples=regime.task(k).samples,
            m=regime.m,
            sigma=regime.task(k).sigma,
            d=regime.d,
        )
        for k in (1, 2)
    }
    return h | {"zeta_2": zeta(regime.sigma0, samples=regime.n2, sigma=regime.sigma2, d=regime.d)}

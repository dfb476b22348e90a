"""Estimates from data alone, in this model [D].

The sum of an example's two patches, times its label, is s + y xi whatever their order. So ||s_k||^2
is estimated without bias by the mean inner product of two different examples, <s_1, s_2> by that of
a source and a target example (||u||^2 where v_1 and v_2 are orthogonal, the default of the setting;
outside what that allows, beyond doubt, the two are at an angle: `Estimated.at_angle`), and
sigma_k^2 by what is left of the mean squared norm, over the rank of the noise. The estimate of
||s_2||^2 from n examples has deviation sigma_2^2 sqrt(2 d)/n, which is sqrt(2 N_2/tau_2)/n of
||s_2||^2 itself: with tau_2 near one, n of order sqrt(N_2) begins to tell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.regime import Regime, RegimeError
from model.sampling import Draw

if TYPE_CHECKING:
    from torch import Tensor

Array = NDArray[np.float64]
#: A squared norm so many times its deviation is told from zero: without a signal one data set in 44
#: shows as much.
TOLD = 2.0
#: A squared norm that comes out negative is taken to be this share of the energy.
_LEAST = 1e-9


def summed(noise: Tensor, signal: Tensor, labels: Tensor) -> Array:
    """y times the sum of both patches: s + y xi, (seeds, N, dim)."""
    return np.asarray((signal + labels.unsqueeze(-1) * noise).numpy())


def summed_sets(draw: Draw) -> tuple[Array, Array]:
    """The same of the source and the target of a draw."""
    source, target = (
        summed(data.noise, data.signal, data.labels) for data in (draw.upstream, draw.downstream)
    )
    return source, target


@dataclass(frozen=True)
class Estimated:
    """Squared norms and noise levels, one a seed: each (seeds,)."""

    signal_1: Array
    signal_2: Array
    universal: Array
    sigma_1: Array
    sigma_2: Array
    # of ||s_1||^2 as estimated where there is no signal: sigma_1^2 sqrt(2 rank/(N (N - 1)))
    deviation_1: Array
    deviation_2: Array
    shared: Array  # <s_1, s_2>, which may be less than 0 and more than either square
    deviation_shared: Array

    def regimes(self, like: Regime) -> list[Regime]:
        """The regime with what was estimated in place of what it knows; sizes, steps and
        initialisation stay.
        """
        regimes = []
        for s_1, s_2, u, sigma_1, sigma_2 in zip(
            self.signal_1, self.signal_2, self.universal, self.sigma_1, self.sigma_2, strict=True
        ):
            v1, v2 = math.sqrt(s_1 - u), math.sqrt(s_2 - u)
            regimes.append(
                replace(
                    like,
                    u=math.sqrt(u),
                    v1=v1,
                    v2=v2,
                    cos_v=0.0,
                    sigma1=float(sigma_1),
                    sigma2=float(sigma_2),
                )
            )
        return regimes

    def at_angle(self, like: Regime) -> list[Regime]:
        """The same, but where <s_1, s_2> is told from all that orthogonal v_1 and v_2 can make, 0
        to the lesser square: there v_1 and v_2 are all of the signals, at the angle between them.
        """
        regimes = self.regimes(like)
        for k, (s_1, s_2, shared, doubt) in enumerate(
            zip(self.signal_1, self.signal_2, self.shared, self.deviation_shared, strict=True)
        ):
            if shared < -TOLD * doubt or shared > min(s_1, s_2) + TOLD * doubt:
                v1, v2 = math.sqrt(s_1), math.sqrt(s_2)
                cosine = min(1.0, max(-1.0, shared / (v1 * v2)))
                regimes[k] = replace(regimes[k], u=0.0, v1=v1, v2=v2, cos_v=cosine)
        return regimes


def estimate(source: Array, target: Array, ranks: tuple[int, int]) -> Estimated:
    """From y times summed patches of both sets, (seeds, N, dim) each, and the ranks of their noise.

    Raises RegimeError for a set of fewer than two examples.
    """
    sizes = {"source": source.shape[1], "target": target.shape[1]}
    for name, n in sizes.items():
        if n < 2:
            raise RegimeError(
                name, n, "must hold two examples or more: norms are estimated from pairs"
            )
    (signal_1, sigma_1), (signal_2, sigma_2) = _norms(source, ranks[0]), _norms(target, ranks[1])
    deviation_1, deviation_2 = (
        sigma**2 * math.sqrt(2 * rank / (n * (n - 1)))
        for sigma, rank, n in zip((sigma_1, sigma_2), ranks, sizes.values(), strict=True)
    )
    cross, most = (
        np.einsum("sd,sd->s", source.mean(1), target.mean(1)),
        np.minimum(signal_1, signal_2),
    )
    # Noise of either set on noise, and on the other's signal.
    (n_1, n_2), rank = sizes.values(), min(ranks)
    of_noise = sigma_1 * sigma_2 * math.sqrt(rank / (n_1 * n_2))
    of_signals = (
        sigma_2 * np.sqrt(signal_1 / n_2),
        sigma_1 * np.sqrt(signal_2 / n_1),
    )
    return Estimated(
        signal_1,
        signal_2,
        np.clip(cross, _LEAST * most, most),
        sigma_1,
        sigma_2,
        deviation_1,
        deviation_2,
        cross,
        np.hypot(of_noise, np.hypot(*of_signals)),
    )


def _norms(data: Array, rank: int) -> tuple[Array, Array]:
    """||s||^2 and sigma of one set."""
    n = data.shape[1]
    total, own = data.sum(1), np.einsum("snd,snd->s", data, data)
    pairs = (np.einsum("sd,sd->s", total, total) - own) / (n * (n - 1))
    energy = own / n
    square = np.maximum(pairs, _LEAST * energy)
    return square, np.sqrt(np.maximum(energy - square, _LEAST * energy) / rank)


def nothing_seen(square: float, sigma: float, rank: int) -> bool:
    """Whether a squared norm came out negative, and was replaced."""
    return square <= _LEAST * (square + sigma**2 * rank) * (1 + 1e-6)


def enough(square: float, deviation: float, n: int) -> int:
    """How many examples would tell this squared norm from zero, if it is what it seems from n."""
    return math.ceil(n * TOLD * deviation / square) + 1


def common_mean(data: Array, labels: Array, sigma: float, rank: int) -> tuple[float, float]:
    """||mu||^2 of examples y s + mu + noise, and its deviation where mu = 0: from pairs of equal
    and of different labels, in which signals cancel.

    Args:
        data: y times summed patches, (N, dim). labels: (N,), entries +-1, two or more of each.
    """
    groups = [data[labels > 0], -data[labels < 0]]
    sums, sizes = [group.sum(0) for group in groups], [len(group) for group in groups]
    alike = [
        float(total @ total - np.einsum("nd,nd->", group, group)) / (n * (n - 1))
        for total, group, n in zip(sums, groups, sizes, strict=True)
    ]
    square = (sum(alike) + 2 * float(sums[0] @ sums[1]) / (sizes[0] * sizes[1])) / 4
    spread = sum(2 / (n * (n - 1)) for n in sizes) + 4 / (sizes[0] * sizes[1])
    return square, sigma**2 * math.sqrt(rank * spread) / 4

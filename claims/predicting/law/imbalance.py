"""L1 at finitely many samples and filters [D]: errors from one half down to 10^-6 and below.

f = 2 N_+/N, N_+ ~ Bin(N, 1/2), is a class's share of the samples. Given f, a fresh example of the
class errs where F' - F > S, F the noise output of its own sign's filters, F' of the other's:

* Noise: filters of a sign memorise their class, so that F has the scale sqrt(f) and F' that of
  sqrt(2 - f).
* Signal: S is f sqrt(tau/2) m_1/sqrt(v), for it is learned from the class's own samples. At the
  first step half of the filters point away from it, and learn from the other class's instead, which
  turns them: h (1 - f)/2 is added to f m_1.
* Signals fit the training set too, the larger class's more: what is memorised of a class falls by a
  factor 1/(1 + kappa f), kappa = (q N/2d) m_1/E x.
* Width: given their common fields F and F' are means of m independent outputs, of variance V(g).
* Samples: S is a sum over N f/2 samples that memorise unequal amounts, and the variances of F and
  F' are sums as well, over N/2 each. That adds to the widths.

Nothing is fitted. As N and m grow and h falls this is L1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import linalg, special

from claims.predicting.law.counted import Counted
from claims.predicting.law.quadrature import Array, hermite
from claims.predicting.law.scratch import positive_part

#: No error is called less likely than this.
LEAST = 1e-40
#: Nodes: of class shares at most, of the common field of the class's own sign, of what the two
#: signs share, and of the width of either sign's output.
_CLASSES, _FIELDS, _SHARED, _WIDTHS, _WIDE = 24, 20, 5, 6, 10
#: The other sign's common field, and its output.
_FIELD = np.arange(-6.0, 16.0, 0.05)
_OUTPUT = 14.0 * np.linspace(0.0, 1.0, 201) ** 2  # outputs near 0 are common
_NEVER = 38.0
_FLAT, _TINY = 1e-9, 1e-300
#: Beyond this skewness the expansion is no longer a monotone function.
_MOST_SKEWED = 1.0


@dataclass(frozen=True)
class Sizes:
    """What the law depends on besides the moments: N, m, tau, h and kappa's factor q N/(2 d)."""

    n: int
    m: int
    tau: float
    h: float
    crowded: float


@cache
def class_shares(n: int, most: int = _CLASSES) -> tuple[Array, Array]:
    """Gauss's nodes and weights of a mean over f = 2 N_+/n, N_+ ~ Bin(n, 1/2), at most so many: all
    n + 1 values where they are few. The recurrence is that of Krawtchouk's polynomials.
    """
    many = min(n + 1, most)
    k = np.arange(1.0, many)
    nodes, vectors = linalg.eigh_tridiagonal(np.full(many, n / 2), np.sqrt(k * (n - k + 1)) / 2)
    return np.clip(2 * nodes / n, 0.0, 2.0), vectors[0] ** 2


def output_moments(g: Array, r: float) -> tuple[Array, Array]:
    """psi(g) and V(g): mean and variance of relu(sqrt(r) g + sqrt(1 - r) h) over h."""
    mean, deviation = math.sqrt(r) * g, math.sqrt(1 - r)
    psi = positive_part(mean, deviation)
    square = mean * psi + deviation**2 * special.ndtr(mean / max(deviation, _TINY))
    return psi, np.maximum(square - psi**2, 0.0)


def errors_by_class(sizes: Sizes, moments: Counted, f: Array) -> Array:
    """Error on a fresh example of a class that has these shares f of the samples, (f,)."""
    shared, shared_weights = hermite(_SHARED)
    table = _exceeds(sizes, moments, shared)
    points, deviations, weights = _own(sizes, moments, shared)
    own, other = (1 / (1 + _kappa(sizes, moments) * part) for part in (f, 2 - f))
    unit = math.sqrt(sizes.tau / 2 / moments.v)
    signal = unit * (own * f * moments.m_1 + sizes.h / 2 * (1 - f))
    scale = (own * np.sqrt(f))[:, None, None]
    lower = _deviations(
        (scale * deviations) ** 2,
        (unit * own * moments.m_1) ** 2 * 2 * f / sizes.n * moments.signal_spread,
        (unit * own * moments.m_1) ** 3 * 4 * f / sizes.n**2 * moments.signal_skew,
    )
    needed = (scale * points + signal[:, None, None])[..., None] + lower
    needed /= np.maximum(other * np.sqrt(2 - f), _FLAT)[:, None, None, None]
    node_weights = hermite(_WIDTHS)[1]
    chances = _read(table, needed) @ node_weights
    return np.asarray(np.einsum("fsg,s,g->f", chances, shared_weights, weights))


def finite_scratch_error(sizes: Sizes, moments: Counted) -> float:
    """The error from scratch, over classes of all sizes."""
    f, weights = class_shares(sizes.n)
    return max(float(weights @ errors_by_class(sizes, moments, f)), LEAST)


def _deviations(of_filters: Array, of_samples: Array, third: Array) -> Array:
    """Of a sum of two independent parts around its mean, at Gauss's nodes: one Gaussian of variance
    `of_filters` (f, shared, g), one whose second and third cumulants are given (f,), by Cornish and
    Fisher's expansion. (f, shared, g, nodes)
    """
    nodes, _ = hermite(_WIDTHS)
    width = np.sqrt(of_filters + of_samples[:, None, None])
    skew = np.minimum(third[:, None, None] / np.maximum(width, _FLAT) ** 3, _MOST_SKEWED)
    return np.asarray(width[..., None] * (nodes + skew[..., None] / 6 * (nodes**2 - 1)))


def _kappa(sizes: Sizes, moments: Counted) -> float:
    return sizes.crowded * moments.m_1 / moments.output


def _fields(g: Array, shared: Array, opposed: float) -> Array:
    """Of a field N(+- sqrt(c) t, 1 - c), from standard normal g: (shared, g)."""
    return np.asarray(math.sqrt(opposed) * shared[:, None] + math.sqrt(1 - opposed) * g)


def _own(sizes: Sizes, moments: Counted, shared: Array) -> tuple[Array, Array, Array]:
    """F given its field: mean and deviation, (shared, g), and weights, (g,)."""
    nodes, weights = hermite(_FIELDS)
    psi, variance = output_moments(_fields(nodes, -shared, moments.opposed), moments.r)
    return psi, _width(sizes, moments, psi, variance), weights


def _width(sizes: Sizes, moments: Counted, psi: Array, variance: Array) -> Array:
    """The deviation of an output given its field: of m filters, and of N/2 samples' noise."""
    return np.sqrt(variance / sizes.m + psi**2 * moments.noise_spread / (2 * sizes.n))


def _exceeds(sizes: Sizes, moments: Counted, shared: Array) -> Array:
    """ln Pr(F' > y) given what the signs share, at all of `_OUTPUT`: (shared, y).

    F' is psi(g) and a width times z: for each z, that from which g on it exceeds y.
    """
    psi, variance = output_moments(_FIELD, moments.r)
    width = _width(sizes, moments, psi, variance)
    nodes, weights = hermite(_WIDE)
    outputs = np.maximum.accumulate(np.maximum(psi + width * nodes[:, None], 0.0), axis=1)
    least = np.array([np.interp(_OUTPUT, output, _FIELD, right=_NEVER) for output in outputs])
    alone = least[None] - math.sqrt(moments.opposed) * shared[:, None, None]
    beyond = special.ndtr(-alone / math.sqrt(1 - moments.opposed))
    beyond[..., 0] = (1 + beyond[..., 0]) / 2  # no output is below 0, and two that are 0 are a tie
    return np.asarray(np.log(np.maximum(np.einsum("z,szy->sy", weights, beyond), _TINY)))


def _read(table: Array, outputs: Array) -> Array:
    """Pr(F' > y) at outputs (f, shared, ..): the logarithm is linear between, in sqrt(y); 0
    beyond.
    """
    last = len(_OUTPUT) - 1
    place = last * np.sqrt(np.clip(outputs / _OUTPUT[-1], 0.0, 1.0))
    low = np.minimum(np.nan_to_num(place).astype(np.int64), last - 1)
    rows = np.arange(len(table)).reshape(1, -1, *[1] * (outputs.ndim - 2))
    below = table[rows, low]
    logs = below + (place - low) * (table[rows, low + 1] - below)
    return np.where(outputs >= _OUTPUT[-1], 0.0, np.exp(logs))  # of no number, none

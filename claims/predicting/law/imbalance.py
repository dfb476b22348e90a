"""L1 at finitely many samples and filters [D]: errors from one half down to 10^-6 and below. The
derivation is that of `claims.predicting.law`.

f = 2 N_+/N, N_+ ~ Bin(N, 1/2), is a class's share of the samples. Given f, a fresh example of the
class errs where F' - F > S, F the noise output of its own sign's filters, F' of the other's:

* Noise: filters of a sign memorise their class, the mean square v(f) of a coefficient, and leave a
  step's coefficients behind on the other, of mean square w: the scale of F is the root of f v(f) +
  (2 - f) w, that of F' has 2 - f for f.
* Signs: each has memorised what the other has left behind, with the opposite sign. That correlates
  their fields, the more the fewer samples a class has (`opposition`).
* Signal: S is f sqrt(tau/2) m_1/sqrt(v), for it is learned from the class's own samples. At the
  first step half of the filters point away from it, and learn from the other class's instead, which
  turns them: h (1 - f)/2 is added to f m_1.
* Signals fit the training set too, the larger class's more (`fitted`): what is memorised of a class
  falls nearly by a factor 1/(1 + kappa f), kappa = (q N/2d) m_1/E x.
* Width: given their common fields F and F' are means of m independent outputs, of variance V(g) and
  skewed; and the N/2 Gaussians of a fresh example's noise leave them more or less of their own.
* Samples: S is a sum over N f/2 samples that memorise unequal amounts, and the variances of F and
  F' are sums as well, over N/2 each. That adds to the widths.

Nothing is fitted. As N and m grow and h falls this is the limit's law.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import linalg, special

from claims.predicting.law.counted import MOST_OPPOSED, Counted
from claims.predicting.law.quadrature import Array, hermite
from claims.predicting.law.rising import risen
from claims.predicting.law.scratch import positive_part

#: No error is called less likely than this.
LEAST = 1e-40
#: Nodes: of class shares at most, of the common field of the class's own sign, and of the width of
#: either sign's output.
_CLASSES, _FIELDS, _WIDTHS, _WIDE = 24, 20, 6, 10
#: The other sign's common field.
_FIELD = np.arange(-6.0, 16.0, 0.05)
_NEVER = 38.0
_FLAT, _TINY = 1e-9, 1e-300
#: A variable that is as skewed as this is nearly always at its least value.
_MOST_SKEWED = 2.0
#: exp of more is no number.
_MOST_OUTPUT = 700.0


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


@dataclass(frozen=True)
class Rectified:
    """One output given its common field, over what filters have of their own: its first three
    cumulants; and the variance of the mean over fresh examples.
    """

    mean: Array
    variance: Array
    third: Array
    varied: Array


def output_moments(g: Array, r: float, n: float) -> Rectified:
    """Of relu(sqrt(r) g + s h) over h, s the deviation of what the common field g leaves of a fresh
    example's noise.

    Of the n/2 Gaussians that this noise consists of, g is one direction: s^2 is 1 - r in the mean,
    goes with 1 + (g^2 - 1)/(n/2), and varies by the chi squared of n/2. That also takes from the
    mean, where psi is concave in s^2: to first order in 1/n.
    """
    at, samples = math.sqrt(r) * g, max(n / 2, 1.0)
    deviation = np.sqrt(np.maximum((1 - r) * (1 + (g**2 - 1) / samples), 0.0))
    psi = positive_part(at, deviation)
    standard = np.clip(at / np.maximum(deviation, _TINY), -_NEVER, _NEVER)
    slope = deviation * np.exp(-(standard**2) / 2) / math.sqrt(2 * math.pi)  # 2 s^2 d psi/d s^2
    square = at * psi + deviation**2 * special.ndtr(standard)
    cube = at * square + 2 * deviation**2 * psi
    return Rectified(
        psi + slope * (standard**2 - 1) / (4 * samples),
        np.maximum(square - psi**2, 0.0),
        np.maximum(cube - 3 * psi * square + 2 * psi**3, 0.0),
        slope**2 / (2 * samples),
    )


def deviations(variance: Array, third: Array, nodes: Array) -> Array:
    """Of a random number around its mean, at Gauss's nodes (nodes,): one with these cumulants, (..)
    each, as a shifted gamma variable is, by Wilson and Hilferty's cube. (.., nodes)
    """
    width = np.sqrt(variance)
    skew = np.clip(third / np.maximum(width, _FLAT) ** 3, -_MOST_SKEWED, _MOST_SKEWED)
    skew = np.where(np.abs(skew) < _FLAT, _FLAT, skew)[..., None]
    root = 1 + skew * nodes / 6 - skew**2 / 36
    return np.asarray(width[..., None] * 2 / skew * (np.maximum(root, 0.0) ** 3 - 1))


def errors_by_class(sizes: Sizes, moments: Counted, f: Array) -> Array:
    """Error on a fresh example of a class that has these shares f of the samples, (f,)."""
    fields, field_weights = hermite(_FIELDS)
    of_field = _given_field(sizes, moments, fields)
    kappa = sizes.crowded * moments.m_1 / moments.output
    own, other = (fitted(moments.output, 0.0, kappa * part) for part in (f, 2 - f))
    unit = math.sqrt(sizes.tau / 2 / moments.v)
    # The first step comes before anything fits.
    m_1 = np.maximum(own * moments.m_1 * np.exp(moments.m_1_slope * (f - 1)), sizes.h / 2)
    signal = unit * (f * m_1 + sizes.h / 2 * (1 - f))
    scale = noise_scale(moments, f, own)[:, None]
    of_signal = (unit * m_1) ** 2 * 2 * f / sizes.n * moments.signal_spread
    of_signal_third = (unit * m_1) ** 3 * 4 * f / sizes.n**2 * moments.signal_skew
    nodes, weights = hermite(_WIDTHS)
    around = deviations(
        scale**2 * of_field.variance + of_signal[:, None],
        scale**3 * of_field.third + of_signal_third[:, None],
        nodes,
    )
    needed = (scale * of_field.mean + signal[:, None])[..., None] + around
    needed /= np.maximum(noise_scale(moments, 2 - f, other), _FLAT)[:, None, None]
    opposed = opposition(moments, f, own, other)
    given_own = -opposed[:, None] * fields
    chances = _exceeds(sizes, moments, needed, given_own, np.sqrt(1 - opposed**2))
    return np.asarray(chances @ weights @ field_weights)


def fitted(output: float, start: Array | float, kappa: Array | float) -> Array:
    """What is memorised, over what would be (`output`) if no signal fitted the training set too.

    A sample's output is u = `start` + (1 + kappa) x, of which x is memorised, and grows as 1/(1 +
    e^u): u + e^u grows with time as x + e^x did, 1 + kappa times as fast.
    """
    total = (1 + kappa) * (output + math.expm1(min(output, _MOST_OUTPUT)))
    scale = np.exp(np.minimum(start, _MOST_OUTPUT))
    return np.asarray(risen(scale, total) / ((1 + kappa) * output))


def noise_scale(moments: Counted, f: Array | float, memorised: Array | float) -> Array:
    """The deviation of a filter's noise output where its class has a share f of the samples, of
    which it memorises this part; over that where classes are equal.
    """
    of_own = f * memorised**2 * np.exp(moments.v_slope * (f - 1))
    return np.asarray(np.sqrt((1 - moments.left) * of_own + moments.left * (2 - f)))


def opposition(moments: Counted, f: Array, own: Array, other: Array) -> Array:
    """Minus the correlation of the two signs' common fields, where a class has a share f of the
    samples and memorises the part `own` of them, the other class the part `other`.

    Each sign has memorised its own samples, and left the opposite behind on the other's.
    """
    left = moments.left_mean
    memorised = moments.r * moments.v - left**2
    of = [
        part * share**2 * np.exp(moments.v_slope * (part - 1)) * memorised + (2 - part) * left**2
        for part, share in ((f, own), (2 - f, other))
    ]
    common = (f * own + (2 - f) * other) * moments.output * left
    return np.minimum(common / np.sqrt(np.maximum(of[0] * of[1], _TINY)), MOST_OPPOSED)


def finite_scratch_error(sizes: Sizes, moments: Counted) -> float:
    """The error from scratch, over classes of all sizes."""
    f, weights = class_shares(sizes.n)
    return max(float(weights @ errors_by_class(sizes, moments, f)), LEAST)


@dataclass(frozen=True)
class _Given:
    """An output of m filters given their common field: its first three cumulants."""

    mean: Array
    variance: Array
    third: Array


def _given_field(sizes: Sizes, moments: Counted, g: Array) -> _Given:
    """Over m filters, N/2 samples' noise in training, and the fresh example's."""
    one = output_moments(g, moments.r, sizes.n)
    of_samples = one.mean**2 * moments.noise_spread / (2 * sizes.n) + one.varied
    # An output is not below 0: what samples add is as skewed as a gamma variable of its mean.
    third = one.third / sizes.m**2 + 2 * of_samples**2 / np.maximum(one.mean, _TINY)
    return _Given(one.mean, one.variance / sizes.m + of_samples, third)


def _exceeds(sizes: Sizes, moments: Counted, needed: Array, mean: Array, deviation: Array) -> Array:
    """Pr(F' > needed), (f, g, nodes), where the field of F' is a Gaussian of this mean (f, g) and
    deviation (f,).

    F' is psi(g') and a width at each node: for each, that g' from which on it exceeds it.
    """
    of = _given_field(sizes, moments, _FIELD)
    nodes, weights = hermite(_WIDE)
    places = of.mean + deviations(of.variance, of.third, nodes).T
    tie = needed <= 0  # no output is below 0, and two that are 0 are a tie
    needed, total = np.maximum(needed, _FLAT), np.zeros(needed.shape)
    for place, weight in zip(places, weights, strict=True):
        outputs = np.maximum.accumulate(np.maximum(place, 0.0))
        least = np.interp(needed, outputs, _FIELD, right=_NEVER)
        total += weight * special.ndtr((mean[..., None] - least) / deviation[:, None, None])
    return np.where(tie, (1 + total) / 2, total)

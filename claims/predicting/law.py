"""A sharp law [D]: test errors with no free constant, as d >> N^2 >> 1, m -> infinity, N q/d -> 0,
zeta -> 0 (section 9 of the theory).

*The share p, derived.* Follow one filter and the samples of its own class. Half of them start
active. With every step an active sample's coefficient grows by h/(1 + e^f); an inactive one sees
the field F_i(t) = sum_k c_k(t) <xi_k, xi_i> of the samples k that are active. The inner products
are independent Gaussians that k's own activation does not depend on, so F_i is a Gaussian process:
samples that became active together share one coefficient, and form one independent Gaussian term
with their mass as variance. Where F_i turns positive the sample switches on and stays on, because
its own coefficient, d/N times stronger, takes over. Samples of the other class that are active are
pushed off in one step, which leaves one step's coefficient behind. This is a recursion in the
masses, solved with a population of paths (`cascade`). Pre-activations start at sigma_0 sigma
sqrt(d) g, which is sqrt(2) zeta g in the units of the field: the larger zeta, the more a sample
that starts inactive needs before it switches on, and the fewer do. With zeta = 0 and a small step p
goes 1/2, 0.79, 0.81, .. to 0.84, a little less for larger steps; it falls fast with zeta. "p =
0.8", read off a simulation at N = 100, stays beside it as a reading (`ROUNDED`).

*The rest* follows the theory: fields of different filters on one sample are correlated, with r;
shares are pi_f(g); equal memorisation gives x + e^x = P h T + 1 and rho = x/P; on fresh noise the
filters of a sign are Gaussians with a common pairwise correlation, whose mean positive part psi is
in closed form. Two things are added to the theory's text, both of order h: coefficients are those
of finite steps, and what is left behind on the other class sets the two signs' noise against each
other (`opposed`), so that they are not independent copies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from claims.core import quantities
from model.engines.compiled import compiled
from model.regime import Regime

Array = NDArray[np.float64]

#: The share as the theory first had it.
ROUNDED = 0.8
_PATHS = 2**13
#: Steps below this are not told apart: the cascade's limit at h -> 0 is reached.
_LEAST_STEP = 0.1
#: Beyond this the field of a sample that is still inactive hardly moves.
_LONGEST = 40.0
_GRID = np.linspace(-9.0, 9.0, 4001)
#: A little over one half: with zeta so large that nothing switches on, a sample of starts can fall
#: short of one half.
_LEAST_SHARE = 0.5001
_SHARED, _POINTS = 2**6, 2**9
_LEAST_ERROR = 1e-12
#: A correlation is at least -1; near that, early in a run or at large h, the moments that make it
#: up are no longer consistent.
_MOST_OPPOSED = 0.999


@cache
def _quadrature() -> tuple[Array, Array]:
    """Nodes and weights for a mean over a standard normal variable."""
    nodes, weights = special.roots_hermitenorm(48)
    return nodes, weights / weights.sum()


@dataclass(frozen=True)
class Cascade:
    """Of one filter at the end of a run: the share of its class that is active; the first samples'
    coefficient; mean and mean square of all.
    """

    share: float
    first: float
    mean: float
    square: float
    other: float  # minus the mean coefficient that is left behind on the other class


def cascade(h: float, duration: float, zeta: float = 0.0) -> Cascade:
    """Run the recursion of this file's docstring. Deterministic."""
    return _cascade(
        float(f"{max(h, _LEAST_STEP):.2g}"),
        float(f"{min(duration, _LONGEST):.2g}"),
        float(f"{zeta:.2g}"),
    )


@cache
def _cascade(h: float, duration: float, zeta: float) -> Cascade:
    generator = np.random.default_rng(0)
    start = generator.standard_normal(2 * _PATHS)
    # Only samples that wait for their field to turn positive are followed: of the filter's own
    # class, then of the other.
    on = start[:_PATHS] > 0
    waiting = np.flatnonzero(np.concatenate([~on, start[_PATHS:] < 0]))
    field = math.sqrt(2) * zeta * start[waiting]
    masses, coefficients = [float(on.mean())], [0.0]

    def term() -> Array:
        """Of all samples that became active together."""
        return math.sqrt(masses[-1]) * generator.standard_normal(len(waiting))

    terms, pushed, other = term(), 0.5, 0.0
    for _ in range(max(1, round(duration / h))):
        step = h / (
            1 + math.exp(sum(mass * c for mass, c in zip(masses, coefficients, strict=True)))
        )
        coefficients = [c + step for c in coefficients]
        other += step * pushed
        field += step * terms  # all coefficients grow by the same step
        if pushed > 0:
            field -= step * math.sqrt(pushed) * generator.standard_normal(len(waiting))
        switched = field > 0
        mine = np.searchsorted(waiting, _PATHS)
        many, pushed = int(switched[:mine].sum()), int(switched[mine:].sum()) / _PATHS
        if switched.any():
            waiting, field, terms = waiting[~switched], field[~switched], terms[~switched]
        if many:
            masses.append(many / _PATHS)
            coefficients.append(0.0)
            terms = terms + term()
    weights, values = np.array(masses), np.array(coefficients)
    return Cascade(
        max(float(weights.sum()), _LEAST_SHARE),
        coefficients[0],
        float(weights @ values),
        float(weights @ values**2),
        other,
    )


def memorised(total: Array, reach: float) -> Array:
    """rho(P) = x/P with x + e^x = P h T + 1, reach = h T."""
    right = total * reach + 1
    return np.asarray((right - special.wrightomega(right)) / total)  # omega + log omega = right


@dataclass(frozen=True)
class Moments:
    """One task: m_1 = E rho, v = E pi rho^2, r = E pi^2 rho^2 / v, and beta."""

    m_1: float
    v: float
    r: float
    beta: float
    opposed: float = 0.0  # minus the correlation between the common noise of the two signs

    def shares(self, g: Array) -> Array:
        """pi_f(g): of the fresh filters, the share active on a sample with common field g."""
        return np.asarray(
            0.5 + 0.5 * special.ndtr((math.sqrt(self.r) * g + self.beta) / math.sqrt(1 - self.r))
        )


def one_task(p: float, reach: float, *, equal_shares: bool = False) -> Moments:
    """The moments for share p and h T; `equal_shares` leaves out the correlation of fields."""
    nodes, weights = _quadrature()
    beta = float(special.ndtri(2 * p - 1))
    r = p
    if equal_shares:
        rho = float(memorised(np.array(p), reach))
        return Moments(rho, p * rho**2, p, beta)
    for _ in range(200):
        guess = Moments(0.0, 1.0, r, beta)
        pi = guess.shares(nodes)
        rho_of_g = memorised(pi, reach)
        v, new = float(weights @ (pi * rho_of_g**2)), float(weights @ (pi**2 * rho_of_g**2))
        if abs(new / v - r) < 1e-12:
            break
        r = new / v
    return Moments(float(weights @ rho_of_g), v, r, beta)


def stepwise(h: float, reach: float, zeta: float = 0.0) -> Moments:
    """The moments with p from the cascade, and its coefficients in place of those of infinitesimal
    steps.

    A finite step leaves samples that switch on later behind; the signal, which is learned from the
    first step on, grows with the first samples' coefficient.
    """
    seen = cascade(h, reach, zeta)
    smooth = one_task(seen.share, reach)
    equal = float(memorised(np.array(seen.share), min(reach, _LONGEST)))
    v = smooth.v * seen.square / (seen.share * equal**2)
    return replace(
        smooth,
        m_1=smooth.m_1 * seen.first / equal,
        v=v,
        opposed=min(2 * seen.other * seen.mean / (seen.square * smooth.r), _MOST_OPPOSED),
    )


def positive_part(mean: Array, deviation: Array | float) -> Array:
    """psi(mu, s) = E relu(mu + s h)."""
    deviation = np.maximum(deviation, 1e-300)
    return np.asarray(
        mean * special.ndtr(mean / deviation)
        + deviation * np.exp(-((mean / deviation) ** 2) / 2) / math.sqrt(2 * math.pi)
    )


def scratch_error(tau: float, moments: Moments) -> float:
    """L1: Pr( psi(sqrt(r) g', sqrt(1-r)) - psi(sqrt(r) g, sqrt(1-r)) > sqrt(tau/2) m_1/sqrt(v)
    ).
    """
    values = positive_part(math.sqrt(moments.r) * _GRID, math.sqrt(1 - moments.r))
    needed = values + math.sqrt(tau / 2) * moments.m_1 / math.sqrt(moments.v)
    needed_g = np.interp(
        needed, values, _GRID, right=38.0
    )  # g' must be at least this; given g it is N(-c g, 1 - c^2)
    beyond = special.ndtr(-(needed_g + moments.opposed * _GRID) / math.sqrt(1 - moments.opposed**2))
    density = np.exp(-(_GRID**2) / 2) / math.sqrt(2 * math.pi)
    return float(max(np.trapezoid(beyond * density, _GRID), _LEAST_ERROR))


@dataclass(frozen=True)
class Law:
    """Predicted test errors of one regime."""

    p: float
    scratch: float
    transfer: float


def closed_form(regime: Regime) -> float:
    """L1 with all shares equal to 0.8: Pr(psi_p(g') - psi_p(g) > sqrt(tau/(2p)))."""
    named = quantities.catalogue()
    reach = named["h_2"](regime) * regime.steps2
    return scratch_error(named["tau_2"](regime), one_task(ROUNDED, reach, equal_shares=True))


def closed_form_log_error(tau: float, p: float) -> float:
    """ln Pr(psi_p(g') - psi_p(g) > sqrt(tau/(2p))), however small."""
    root, deviation = math.sqrt(p), math.sqrt(1 - p)
    needed = positive_part(root * _GRID, deviation) + math.sqrt(tau / (2 * p))
    g = (
        needed / root
        # psi_p(g) >= root g, with less and less between: Newton's method from above, on a convex
        # function
    )
    for _ in range(60):
        g = g - (positive_part(root * g, deviation) - needed) / (
            root * special.ndtr(root * g / deviation)
        )
    return float(
        special.logsumexp(
            special.log_ndtr(-g)
            - _GRID**2 / 2
            + math.log((_GRID[1] - _GRID[0]) / math.sqrt(2 * math.pi))
        )
    )


@cache
def contour_slope(error: float = 0.1) -> float:
    """-d probit(error)/d ln tau where the error from scratch has this value, with all shares
    equal.
    """
    moments = one_task(ROUNDED, 30.0, equal_shares=True)  # whose tau-dependence is free of h T

    def probit(log_tau: float) -> float:
        return float(special.ndtri(scratch_error(math.exp(log_tau), moments)))

    at = float(optimize.brentq(lambda log_tau: probit(log_tau) - special.ndtri(error), -3.0, 3.0))
    return (probit(at - 0.05) - probit(at + 0.05)) / 0.1


@lru_cache(maxsize=4096)
def predict(regime: Regime, p: float | None = None) -> Law:
    """L1 and L2 for one regime: p from each task's cascade, unless given."""
    named = quantities.catalogue()
    tasks = {
        k: (h := named[f"h_{k}"](regime), h * regime.task(k).steps, named[f"zeta_{k}"](regime))
        for k in (1, 2)
    }
    up, down = (one_task(p, tasks[k][1]) if p is not None else stepwise(*tasks[k]) for k in (1, 2))
    scratch = scratch_error(named["tau_2"](regime), down)
    return Law(
        0.5 + 0.5 * float(special.ndtr(down.beta)),
        scratch,
        scratch if regime.inherited == 0 else _transfer(regime, up, down, tasks[2][1]),
    )


def _transfer(regime: Regime, up: Moments, down: Moments, reach: float) -> float:
    nodes, node_weights = _quadrature()
    alpha, q_2 = regime.alpha, quantities.catalogue()["q_2"](regime)
    unit = regime.n2 / (2 * regime.d)
    from_source = regime.n1 / (2 * regime.d)
    v_a, a = (
        (regime.sigma2 / regime.sigma1) ** 2 * from_source * up.v,
        (regime.u / regime.sigma1) ** 2 * from_source * up.m_1,
    )
    v_n = unit * down.v
    pi = down.shares(nodes)
    finite = down.v / float(
        node_weights @ (pi * memorised(pi, reach) ** 2)
    )  # finite steps memorise less; at alpha = 0 this is L1
    g_a, g_d, weights = (
        x.ravel()
        for x in (*np.meshgrid(nodes, nodes, indexing="ij"), np.outer(node_weights, node_weights))
    )
    fresh = down.shares(g_d)
    inherited = _still_active(g_a, g_d, v_a, up.r, v_n, down)
    rho = memorised((1 - alpha) * fresh + alpha * inherited, reach)
    expected = float(node_weights @ memorised(down.shares(nodes), reach))
    signal = (
        alpha * a + q_2 * unit * float(weights @ rho) * down.m_1 / expected
    )  # learned from the first step on

    def moment(values: Array) -> float:
        return finite * unit * float(weights @ (values * rho**2))

    common = np.array([[moment(inherited**2), moment(inherited * fresh)], [0.0, moment(fresh**2)]])
    own = [moment(inherited * (1 - inherited)), moment(fresh * (1 - fresh))]
    return _exceeds(_outputs(alpha, v_a, up, down, common, own), signal)


def _still_active(
    g_a: Array, g_d: Array, v_a: float, r_a: float, v_n: float, down: Moments
) -> Array:
    """pi_i: of the inherited filters, the share active on a downstream sample with common fields
    g_A, g_D.
    """
    nodes, weights = _quadrature()
    push = np.maximum(
        0.0,
        math.sqrt(v_n)
        * (math.sqrt(down.r) * g_d[:, None] + math.sqrt(1 - down.r) * nodes + down.beta),
    )
    return np.asarray(
        special.ndtr((math.sqrt(v_a * r_a) * g_a[:, None] + push) / math.sqrt(v_a * (1 - r_a)))
        @ weights
    )


def _outputs(
    alpha: float, v_a: float, up: Moments, down: Moments, common: Array, own: list[float]
) -> tuple[Array, Array]:
    """F' and F, the outputs of the two signs on fresh noise: (shared, own), at low-discrepancy
    points.

    Their Gaussians are (g, n_i, n_f), each opposed to the other sign's: they share a part with
    opposite signs.
    """
    shared, single = _points(0, _SHARED), _points(1, _POINTS)
    opposed = np.array([up.opposed, down.opposed, down.opposed])
    both = np.sqrt(opposed) * shared[:, None, :], np.sqrt(1 - opposed) * single[None, :, :]
    return _output(alpha, v_a, up.r, common, own, both[1] + both[0]), _output(
        alpha, v_a, up.r, common, own, both[1] - both[0]
    )


@cache
def _points(seed: int, many: int) -> Array:
    """Low-discrepancy standard Gaussians, (many, 3)."""
    return np.asarray(special.ndtri(stats.qmc.Sobol(3, rng=seed).random(many)))


def _output(
    alpha: float, v_a: float, r_a: float, common: Array, own: list[float], gaussians: Array
) -> Array:
    g, first, second = np.moveaxis(gaussians, -1, 0)
    deviation_i, deviation_f = math.sqrt(common[0, 0]), math.sqrt(common[1, 1])
    correlation = min(common[0, 1] / max(deviation_i * deviation_f, 1e-300), 1.0)
    n_i, n_f = (
        deviation_i * first,
        deviation_f * (correlation * first + math.sqrt(1 - correlation**2) * second),
    )
    inherited = positive_part(math.sqrt(r_a * v_a) * g + n_i, math.sqrt((1 - r_a) * v_a + own[0]))
    return np.asarray(alpha * inherited + (1 - alpha) * positive_part(n_f, math.sqrt(own[1])))


def _exceeds(outputs: tuple[Array, Array], signal: float) -> float:
    """Pr(F' - F > signal): given what is shared, the two are independent, so every pair counts."""
    wrong, right = (np.sort(one, axis=1) for one in outputs)
    return float(
        max(1 - _pairs_within(wrong, right + signal) / (wrong.size * right.shape[1]), _LEAST_ERROR)
    )


@compiled
def _pairs_within(wrong: Array, limits: Array) -> int:
    """Pairs of one row with wrong <= limit. Rows ascend."""
    rows, many = wrong.shape
    total = 0
    for row in range(rows):
        within = 0
        for i in range(limits.shape[1]):
            while within < many and wrong[row, within] <= limits[row, i]:
                within += 1
            total += within
    return total

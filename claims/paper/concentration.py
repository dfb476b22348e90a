"""B1, B3, B4: concentration of noise and of initial filters [R], against exact distributions.

Each statement says that n or so events, each with a probability that is known exactly, all hold
with probability at least 1 - delta. The union bound is the proof of that; what is computed here is
the union bound itself, from the exact distribution (chi-square, normal, binomial, and the normal
times chi that an inner product of two Gaussian vectors is) and not from a tail inequality, over a
grid of sizes and delta. The tail inequalities behind them (Laurent-Massart, Gaussian, Hoeffding)
are therefore checked too: "at most delta" is what they promise, and at every grid point the exact
value keeps the promise.

Between and beyond grid points the inequalities cover: chi-square tails at D + 2 sqrt(D L) + 2 L are
at most e^-L for all D [Laurent-Massart 2000, Lemma 1], normal tails at sqrt(2 L) at most e^-L,
binomial ones e^(-2 n gap^2). Inner products need D >= log(4 n^2/delta) times a constant, which the
dimension clause of Condition 4.1 gives, D >= N^2 log(4 N^2/delta) = N^2 L. By Chernoff, at 2 sqrt(D
L) an inner product of two noise vectors has the tail 2 min over s of (1 - s^2)^(-D/2) e^(-2 s
sqrt(D L)), at D = 4 L (N = 2) at most 2 e^(-1.51 L), and nearer 2 e^(-2 L) for more. With filters,
D must grow with log m as well: at D = L = log(8mn/delta) the tail is the largest of exp(-2 L/x - L
(x - 1 - log x)/2), chi_D^2 = x D, at most e^(-1.09 L); the clauses N >= C_N log(m/delta) and on
dimension give that much and more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.deciding.formula import Formula
from claims.observing.union_bounds import (
    few_filters_active,
    few_samples_active,
    inner_products_fail,
    keeps,
    noise_starts_large,
    norm_fails,
    over,
    signal_starts_large,
)

SAMPLES = (2, 5, 20, 100, 1000, 10_000)
#: With filters: one sample too, and more filters than any network has.
FEW_SAMPLES, MANY_FILTERS = (1, *SAMPLES), (1, 5, 20, 100, 1000, 10**5, 10**12)
FILTERS = (1, 5, 20, 100, 1000)
DELTAS = (0.5, 0.1, 0.05, 0.01, 1e-4, 1e-8)
DIMENSIONS = (1, 2, 5, 20, 100, 10_000, 10**6, 10**9)


def _versions(
    grid: dict[str, tuple[float, ...]],
    total: Callable[..., float],
    *versions: tuple[str, str, dict[str, float]],
) -> tuple[Mutant, ...]:
    def wrong(changes: dict[str, float]) -> Callable[..., float]:
        return lambda **point: total(**(point | changes))

    return tuple(
        Mutant(name, error, {"observe": over(grid, wrong(changes))})
        for name, error, changes in versions
    )


_ROOMS = (1.0, 10.0, 1e3, 1e6)
_EXCESS = (1.0, 1.02, 1.1, 1.5, 3.0, 10.0)
_NORMS: dict[str, tuple[float, ...]] = {"n": SAMPLES, "D": DIMENSIONS, "delta": DELTAS}
_INNER: dict[str, tuple[float, ...]] = {"n": SAMPLES, "room": _ROOMS, "delta": DELTAS}
_SIGNAL: dict[str, tuple[float, ...]] = {"m": FILTERS, "delta": DELTAS}
_NOISE: dict[str, tuple[float, ...]] = {
    "m": MANY_FILTERS,
    "n": FEW_SAMPLES,
    "room": _ROOMS[:2],
    "delta": DELTAS,
}
_ACTIVE_FILTERS: dict[str, tuple[float, ...]] = {"n": SAMPLES, "excess": _EXCESS, "delta": DELTAS}
_ACTIVE_SAMPLES: dict[str, tuple[float, ...]] = {"m": FILTERS, "excess": _EXCESS, "delta": DELTAS}
_COMMON: dict[str, Any] = {
    "provenance": (Provenance.R,),
    "kind": Kind.EXACT,
    "domain": None,
    "margin": keeps,
    "unit": "share of δ left",
    "rule": Formula(),
}
CLAIMS = (
    Claim(
        id="b1.norms",
        title="Noise norms concentrate",
        source="Lemma B.1",
        statement=(
            "With probability at least 1 − δ, | ‖ξ_i‖²/σ² − D | ≤ 2√(D log(2n/δ)) + 2 log(2n/δ) for"
            " all i ≤ n, D the rank of P."
        ),
        latex=(
            r"\Big|\frac{\lVert\xi_i\rVert^2}{\sigma^2}-D\Big|\le"
            r" 2\sqrt{D\log\tfrac{2n}{\delta}}+2\log\tfrac{2n}{\delta}"
        ),
        observe=over(_NORMS, norm_fails),
        mutants=_versions(
            _NORMS,
            norm_fails,
            ("linear-dropped", "the linear term is dropped", {"linear": 0.0}),
            ("root", "√(D log) + log without their 2", {"root": 1.0, "linear": 1.0}),
        ),
        **_COMMON,
    ),
    Claim(
        id="b1.inner-products",
        title="Noise patches are nearly orthogonal",
        source="Lemma B.1",
        statement=(
            "For D ≥ n² log(4n²/δ), with probability at least 1 − δ, |⟨ξ_i, ξ_k⟩| ≤ 2σ²√(D"
            " log(4n²/δ)) for all i ≠ k."
        ),
        latex=r"|\langle\xi_i,\xi_k\rangle|\le 2\sigma^2\sqrt{D\log\tfrac{4n^2}{\delta}}",
        observe=over(_INNER, inner_products_fail),
        mutants=_versions(
            _INNER,
            inner_products_fail,
            ("factor", "1 for 2", {"factor": 1.0}),
            ("dimension-dropped", "the dimension clause is dropped: D = 1", {"room": -1.0}),
        ),
        **_COMMON,
    ),
    Claim(
        id="b3.signal",
        title="Initial filters are small along the signal",
        source="Lemma B.3",
        statement=(
            "With probability at least 1 − δ, |⟨w⁰, s⟩| ≤ √(2 log(8m/δ)) σ₀‖s‖ for all 2m filters."
        ),
        latex=r"|\langle w^0,s\rangle|\le\sqrt{2\log\tfrac{8m}{\delta}}\,\sigma_0\lVert s\rVert",
        observe=over(_SIGNAL, signal_starts_large),
        mutants=_versions(
            _SIGNAL,
            signal_starts_large,
            ("factor", "√(log) without its 2", {"factor": 1.0}),
            ("three-halves", "3/2 for 2 under the root", {"factor": 1.5}),
        ),
        **_COMMON,
    ),
    Claim(
        id="b3.noise",
        title="Initial filters are small along the noise",
        source="Lemma B.3",
        statement=(
            "For d ≥ n² log(4n²/δ) and d ≥ log(8mn/δ), with probability at least 1 − δ, |⟨w⁰, ξ_i⟩|"
            " ≤ 2√(log(8mn/δ)) σ₀σ√d for all 2m filters and n samples."
        ),
        latex=(
            r"|\langle w^0,\xi_i\rangle|\le 2\sqrt{\log\tfrac{8mn}{\delta}}\,\sigma_0\sigma\sqrt d"
        ),
        observe=over(_NOISE, noise_starts_large),
        mutants=_versions(
            _NOISE,
            noise_starts_large,
            ("factor", "1 for 2", {"factor": 1.0}),
            ("dimension-dropped", "the dimension clause is dropped: d = 1", {"room": -1.0}),
            ("filters", "d need not grow with the number of filters: d = 10", {"room": -10.0}),
        ),
        **_COMMON,
    ),
    Claim(
        id="b4.filters",
        title="Every sample starts with many filters active",
        source="Lemma B.4",
        statement=(
            "For m ≥ 50 log(2n/δ), with probability at least 1 − δ, at least 0.4m filters with j ="
            " y_i start active on ξ_i, for all i ≤ n."
        ),
        latex=r"\#\{r:\langle w^0_{y_i,r},\xi_i\rangle>0\}\ge 0.4\,m",
        observe=over(_ACTIVE_FILTERS, few_filters_active),
        mutants=_versions(
            _ACTIVE_FILTERS,
            few_filters_active,
            ("share", "0.45 for 0.4", {"share": 0.45}),
            ("width", "m ≥ 10 log(2n/δ) is enough", {"least": 10.0}),
        ),
        **_COMMON,
    ),
    Claim(
        id="b4.samples",
        title="Every filter starts active on many samples",
        source="Lemma B.4",
        statement=(
            "For n ≥ 32 log(4m/δ), with probability at least 1 − δ, each filter starts active on at"
            " least n/8 samples, all of its class."
        ),
        latex=r"\#\{i:y_i=j,\ \langle w^0_{j,r},\xi_i\rangle>0\}\ge n/8",
        observe=over(_ACTIVE_SAMPLES, few_samples_active),
        mutants=_versions(
            _ACTIVE_SAMPLES,
            few_samples_active,
            ("share", "n/5 for n/8", {"share": 0.2}),
            ("samples", "n ≥ 6 log(4m/δ) is enough", {"least": 6.0}),
        ),
        **_COMMON,
    ),
)

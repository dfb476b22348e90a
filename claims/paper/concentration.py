"""B1, B3, B4: concentration of noise and of initial filters [R], proved for all sizes and delta.

Each statement says that n or so events all hold with probability at least 1 - delta, for every n,
m, D and every delta in (0, 1). The proof has three steps.

1. *Chernoff.* The tail of one event is at most e^-E, E the exponent of Markov's inequality for an
   exponential, from the exact moment generating function.
2. *E >= L*, L the statement's logarithm: an inequality in one real variable, L/D or a constant,
   made compact and proved by interval arithmetic (`claims.observing.tail_proofs`, step by step).
   Sizes stay symbols.
3. *Union bound.* So many tails of e^-L each add up to a share of delta: delta for norms, delta/4
   for pairs of samples, delta/2 for the others.

The margin is the share of delta that is left: at least what step 3 leaves, at most what the worst
point of a grid leaves, where the probability that the statement fails is bounded from below by
exact distributions, delta down to e^-400. A wrong constant fails there.

What is needed, and no more. Inner products hold for D >= 4/5 L already, and fail at D = 7/10 L for
small delta (the tail's exponent falls below L near D = 0.73 L). So D >= L is enough, and the N^2 of
Condition 4.1's dimension clause is not needed here. With filters L = log(8mn/delta) grows with m: d
>= n^2 log(4n^2/delta) alone is not enough (a mutant); with n >= log(m/delta), Condition 4.1's
clause on samples, it is (`b3.noise.condition`). At D = L the 2 of the inner products could not be
1.8; 50 in B4 could not be 45, and 32 could be 22.

No trained network here has the width that B4 asks for (m >= 50 log(2n/delta) is 334 at n = 20 and
delta = 0.05; m goes to 64): Lemma A.1 does not rest on it. What does rest on B1 and B3 meets their
premises on sizes (`claims.observing.premises`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from claims.core.claim import Claim, Kind, Provenance
from claims.core.versions import replanted
from claims.deciding import interval_proof
from claims.deciding.interval_proof import Chain, IntervalProof
from claims.observing import tail_proofs
from claims.observing.union_bounds import (
    active_filters,
    active_samples,
    inner_products,
    keeps,
    noise_starts,
    noise_starts_where_samples_ask,
    norms,
    signal_starts,
)

NATS = (0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 200.0, 400.0)
SAMPLES, FILTERS = (1, 2, 20, 1000), (1, 20, 1000)
DIMENSIONS = (1, 2, 5, 20, 1000, 10**6)
_NORMS = {"n": SAMPLES, "D": DIMENSIONS, "nats": NATS}
_SIGNAL = {"m": FILTERS, "nats": NATS}
_ALONE = {"nats": NATS}
_MANY_FILTERS = {
    "m": (10**6, 10**12),
    "n": (1,),
    "times": (2.0, 2.5, 3.0),
    "nats": (10.0, 30.0, 100.0),
}
_TWO = Fraction(2)


def _give_dimension(least: Fraction = Fraction(1)) -> Chain:
    return tail_proofs.samples_give_dimension(least)


_COMMON: dict[str, Any] = {
    "provenance": (Provenance.R,),
    "kind": Kind.EXACT,
    "domain": None,
    "margin": keeps,
    "unit": "share of δ left",
    "rule": IntervalProof(),
}
CLAIMS = (
    Claim(
        id="b1.norms",
        title="Noise norms concentrate",
        source="Lemma B.1",
        statement=(
            "With probability at least 1 − δ, | ‖ξ_i‖²/σ² − D | ≤ 2√(D log(2n/δ)) + 2 log(2n/δ)"
            " for all i ≤ n, D the rank of P: for all n, D ≥ 1 and δ < 1."
        ),
        latex=(
            r"\Big|\frac{\lVert\xi_i\rVert^2}{\sigma^2}-D\Big|\le"
            r" 2\sqrt{D\log\tfrac{2n}{\delta}}+2\log\tfrac{2n}{\delta}"
        ),
        observe=lambda: norms(_NORMS, _TWO, _TWO),
        mutants=(
            replanted(
                "linear",
                "1.6 for the 2 of the linear term",
                norms,
                grid=_NORMS,
                root=_TWO,
                linear=Fraction(8, 5),
            ),
            replanted(
                "root",
                "1.6 for the 2 of the root",
                norms,
                grid=_NORMS,
                root=Fraction(8, 5),
                linear=_TWO,
            ),
            replanted(
                "linear-dropped",
                "the linear term is dropped",
                norms,
                grid=_NORMS,
                root=_TWO,
                linear=Fraction(0),
            ),
        ),
        **_COMMON,
    ),
    Claim(
        id="b1.inner-products",
        title="Noise patches are nearly orthogonal",
        source="Lemma B.1",
        statement=(
            "For D ≥ log(4n²/δ), with probability at least 1 − δ, |⟨ξ_i, ξ_k⟩| ≤ 2σ²√(D"
            " log(4n²/δ)) for all i ≠ k: for all n and δ < 1."
        ),
        latex=r"|\langle\xi_i,\xi_k\rangle|\le 2\sigma^2\sqrt{D\log\tfrac{4n^2}{\delta}}",
        observe=lambda: inner_products(_ALONE, _TWO, Fraction(1)),
        mutants=(
            replanted(
                "factor",
                "1.6 for 2",
                inner_products,
                grid=_ALONE,
                factor=Fraction(8, 5),
                least_dimension=Fraction(1),
            ),
            replanted(
                "dimension",
                "D ≥ (2/3) log(4n²/δ) is enough",
                inner_products,
                grid=_ALONE,
                factor=_TWO,
                least_dimension=Fraction(2, 3),
            ),
        ),
        **_COMMON,
    ),
    Claim(
        id="b3.signal",
        title="Initial filters are small along the signal",
        source="Lemma B.3",
        statement=(
            "With probability at least 1 − δ, |⟨w⁰, s⟩| ≤ √(2 log(8m/δ)) σ₀‖s‖ for all 2m filters:"
            " for all m and δ < 1."
        ),
        latex=r"|\langle w^0,s\rangle|\le\sqrt{2\log\tfrac{8m}{\delta}}\,\sigma_0\lVert s\rVert",
        observe=lambda: signal_starts(_SIGNAL, _TWO),
        mutants=(
            replanted(
                "factor",
                "1.6 for 2 under the root",
                signal_starts,
                grid=_SIGNAL,
                square=Fraction(8, 5),
            ),
            replanted(
                "nine-fifths",
                "1.8 for 2 under the root",
                signal_starts,
                grid=_SIGNAL,
                square=Fraction(9, 5),
            ),
        ),
        **_COMMON,
    ),
    Claim(
        id="b3.noise",
        title="Initial filters are small along the noise",
        source="Lemma B.3",
        statement=(
            "For d ≥ log(8mn/δ), with probability at least 1 − δ, |⟨w⁰, ξ_i⟩| ≤"
            " 2√(log(8mn/δ)) σ₀σ√d for all 2m filters and n samples: for all m, n and δ < 1."
        ),
        latex=(
            r"|\langle w^0,\xi_i\rangle|\le 2\sqrt{\log\tfrac{8mn}{\delta}}\,\sigma_0\sigma\sqrt d"
        ),
        observe=lambda: noise_starts(_ALONE, _TWO, Fraction(1)),
        mutants=(
            replanted(
                "factor",
                "1.6 for 2",
                noise_starts,
                grid=_ALONE,
                factor=Fraction(8, 5),
                least_dimension=Fraction(1),
            ),
            replanted(
                "dimension",
                "d ≥ (2/3) log(8mn/δ) is enough",
                noise_starts,
                grid=_ALONE,
                factor=_TWO,
                least_dimension=Fraction(2, 3),
            ),
            replanted(
                "filters",
                "d need not grow with the number of filters: d ≥ n² log(4n²/δ) is enough",
                noise_starts_where_samples_ask,
                grid=_MANY_FILTERS,
            ),
        ),
        **_COMMON,
    ),
    Claim(
        id="b3.noise.condition",
        title="Condition 4.1 gives the dimension that initial filters need",
        source="Lemma B.3",
        statement=(
            "n ≥ log(m/δ) and d ≥ n² log(4n²/δ) give d ≥ log(8mn/δ), for all m, n ≥ 2 and δ < 1."
        ),
        latex=(
            r"n\ge\log\tfrac m\delta,\ d\ge n^2\log\tfrac{4n^2}{\delta}\;\Rightarrow\;"
            r"d\ge\log\tfrac{8mn}{\delta}"
        ),
        observe=_give_dimension,
        mutants=(
            replanted(
                "samples",
                "n ≥ log(m/δ)/5 is enough",
                _give_dimension,
                least=Fraction(1, 5),
            ),
            replanted(
                "sixth",
                "n ≥ log(m/δ)/6 is enough",
                _give_dimension,
                least=Fraction(1, 6),
            ),
        ),
        **(
            _COMMON
            | {
                "provenance": (Provenance.D,),
                "margin": interval_proof.margin,
                "unit": "least over the steps of the proof",
            }
        ),
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
        observe=lambda: active_filters(_ALONE, Fraction(2, 5), Fraction(50)),
        mutants=(
            replanted(
                "share",
                "0.41 for 0.4",
                active_filters,
                grid=_ALONE,
                share=Fraction(41, 100),
                rate=Fraction(50),
            ),
            replanted(
                "width",
                "m ≥ 40 log(2n/δ) is enough",
                active_filters,
                grid=_ALONE,
                share=Fraction(2, 5),
                rate=Fraction(40),
            ),
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
        observe=lambda: active_samples(_ALONE, Fraction(1, 8), Fraction(32)),
        mutants=(
            replanted(
                "share",
                "n/6 for n/8",
                active_samples,
                grid=_ALONE,
                share=Fraction(1, 6),
                rate=Fraction(32),
            ),
            replanted(
                "samples",
                "n ≥ 20 log(4m/δ) is enough",
                active_samples,
                grid=_ALONE,
                share=Fraction(1, 8),
                rate=Fraction(20),
            ),
        ),
        **_COMMON,
    ),
)

"""E2: unique, monotone coefficients.

It holds in every regime, to rounding error: its domain is small regimes of every kind, inside
Condition 4.1 or not. One failing seed falsifies.

Derivation [D]: it is E1 summed over steps: each gradient is a combination of s_k = u + v_k and the
noise patches, which are linearly independent.
"""

from __future__ import annotations

from functools import partial

from claims.core.claim import Claim, Mutant, Provenance
from claims.core.domains import INDEPENDENT
from claims.observing.facts import decomposition
from claims.observing.facts.difference import FACT

CLAIMS = (
    Claim(
        id="e2.decomposition",
        title="Decomposition: unique coefficients",
        source="Lemma B.2",
        statement=(
            "Along every run, each filter is its start plus γ_u and γ_k times its task's signals"
            " plus ρ_i times the noise patches; γ_u/‖u‖² = γ_k/‖v_k‖²; the other task's v gets"
            " nothing."
        ),
        latex=(
            r"w^t=w^0+j\gamma_u\frac{u}{\lVert u\rVert^2}+j\gamma_k\frac{v_k}{\lVert"
            r" v_k\rVert^2}+\sum_i\rho_i\frac{\xi_i}{\lVert\xi_i\rVert^2}"
        ),
        observe=decomposition.decomposed,
        margin=decomposition.decomposition_gap,
        uses={"e1.step": "the recursion is the closed-form step"},
        mutants=(
            Mutant(
                "signal-ratio",
                "γ_k/‖v_k‖² = 2 γ_u/‖u‖²",
                {"margin": partial(decomposition.decomposition_gap, of_v=2.0)},
            ),
            Mutant(
                "noise-sign",
                "ρ with the opposite sign",
                {"margin": partial(decomposition.decomposition_gap, noise_sign=-1.0)},
            ),
        ),
        **(FACT | {"domain": INDEPENDENT, "provenance": (Provenance.S, Provenance.R)}),
    ),
    Claim(
        id="e2.monotone",
        title="Decomposition: monotone coefficients",
        source="Lemma B.2",
        statement=(
            "γ never falls; ρ of samples with y_i = j never falls; ρ of the others never rises."
        ),
        latex=(
            r"\gamma^{t+1}\ge\gamma^t,\qquad \overline\rho^{\,t+1}\ge\overline\rho^{\,t},\qquad"
            r" \underline\rho^{\,t+1}\le\underline\rho^{\,t}"
        ),
        observe=decomposition.increments,
        margin=decomposition.monotone,
        uses={"e1.step": "the recursion is the closed-form step"},
        mutants=(
            Mutant(
                "signal-falls",
                "γ never rises",
                {"margin": partial(decomposition.monotone, signal=-1.0)},
            ),
            Mutant(
                "own-falls",
                "ρ of samples with y_i = j never rises",
                {"margin": partial(decomposition.monotone, own=-1.0)},
            ),
            Mutant(
                "other-rises",
                "ρ of the other samples never falls",
                {"margin": partial(decomposition.monotone, other=1.0)},
            ),
        ),
        **(FACT | {"provenance": (Provenance.S, Provenance.R), "unit": "least increment"}),
    ),
)

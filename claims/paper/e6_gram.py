"""E6: only inner products matter.

It holds in every regime, to rounding error: its domain is small regimes of every kind, inside
Condition 4.1 or not. One failing seed falsifies.

Derivation [D]: pre-activations after any number of steps are functions of the Gram matrix.
"""

from __future__ import annotations

from claims.core.claim import Claim
from claims.core.versions import replanted
from claims.observing.facts import gram
from claims.observing.facts.difference import FACT, RUN_TOLERANCE, within

CLAIMS = (
    Claim(
        id="e6.gram",
        title="Only inner products matter",
        source="E6",
        statement="Vectors with the same Gram matrix, in other dimensions, give the same losses.",
        latex=r"\langle a_i,a_k\rangle=\langle b_i,b_k\rangle\;\Rightarrow\;L_a=L_b",
        observe=gram.gram_only,
        margin=within(RUN_TOLERANCE),
        mutants=(
            replanted(
                "one-flipped", "one noise patch is turned around", gram.gram_only, flip_one=True
            ),
            replanted(
                "shorter", "one noise patch is shorter by a tenth", gram.gram_only, length=0.9
            ),
        ),
        **FACT,
    ),
)

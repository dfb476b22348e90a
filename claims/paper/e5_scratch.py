"""E5: inheriting nothing is training from scratch.

It holds in every regime, to rounding error: its domain is small regimes of every kind, inside
Condition 4.1 or not. One failing seed falsifies.

Derivation [D]: with nothing inherited, the start is scratch's.
"""

from __future__ import annotations

from claims.core.claim import Claim, Mutant
from claims.core.versions import replanted
from claims.observing.facts import starts
from claims.observing.facts.difference import FACT

CLAIMS = (
    Claim(
        id="e5.scratch",
        title="Inheriting nothing is training from scratch",
        source="E5",
        statement="With no filter inherited, transfer is scratch, bit for bit.",
        latex=r"\alpha=0\;\Rightarrow\;W_{\mathrm{transfer}}=W_{\mathrm{scratch}}",
        observe=starts.nothing_inherited,
        margin=starts.identical,
        mutants=(
            replanted(
                "off-by-one",
                "one filter of each sign is inherited",
                starts.nothing_inherited,
                inherited=1,
            ),
            Mutant(
                "perturbed",
                "one filter's start moves by one part in 10^12",
                {"observe": starts.perturbed_start},
            ),
        ),
        **(FACT | {"unit": "minus the largest difference"}),
    ),
)

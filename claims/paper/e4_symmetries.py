"""E4: rotations, orders of samples, filters and patches, flipped labels.

It holds in every regime, to rounding error: its domain is small regimes of every kind, inside
Condition 4.1 or not. One failing seed falsifies.

Derivation [D]: the loss is a symmetric function of inner products.
"""

from __future__ import annotations

from functools import partial

from claims.core.claim import Claim, Mutant
from claims.core.versions import replanted
from claims.observing.facts import symmetries
from claims.observing.facts.difference import FACT, RUN_TOLERANCE, within

CLAIMS = (
    Claim(
        id="e4.rotation",
        title="Rotations of R^d change nothing",
        source="E4",
        statement=(
            "Rotating signals, noise and initial filters together rotates the trained filters and"
            " changes no loss."
        ),
        latex=r"(s,\xi,w^0)\mapsto(Rs,R\xi,Rw^0)",
        observe=symmetries.rotation,
        margin=within(RUN_TOLERANCE),
        mutants=(
            replanted(
                "not-a-rotation",
                "one axis is shortened by a tenth",
                symmetries.rotation,
                contraction=0.9,
            ),
            replanted("projection", "one axis is dropped", symmetries.rotation, contraction=0.0),
        ),
        **FACT,
    ),
    Claim(
        id="e4.samples",
        title="The order of samples changes nothing",
        source="E4",
        statement="Permuting the samples changes no loss and no filter.",
        latex=r"(\xi_i,y_i)\mapsto(\xi_{\pi(i)},y_{\pi(i)})",
        observe=symmetries.sample_order,
        margin=within(RUN_TOLERANCE),
        mutants=(
            replanted(
                "labels-left", "the labels stay behind", symmetries.sample_order, labels_too=False
            ),
            replanted(
                "one-twice",
                "one sample is taken twice, and another left out",
                symmetries.sample_order,
                all_kept=False,
            ),
        ),
        **FACT,
    ),
    Claim(
        id="e4.filters",
        title="The order of filters of one sign changes nothing",
        source="E4",
        statement=(
            "Permuting the filters within each sign permutes the trained filters and changes no"
            " loss."
        ),
        latex=r"w_{j,r}\mapsto w_{j,\pi(r)}",
        observe=symmetries.filter_order,
        margin=within(RUN_TOLERANCE),
        mutants=(
            replanted(
                "across-signs",
                "filters are permuted across signs",
                symmetries.filter_order,
                within_sign=False,
            ),
            replanted(
                "in-place",
                "the trained filters are where they were",
                symmetries.filter_order,
                weights_too=False,
            ),
        ),
        **FACT,
    ),
    Claim(
        id="e4.patches",
        title="The order of the two patches changes nothing",
        source="E4",
        statement=(
            "Swapping the two patches of any examples changes no loss and no filter, since weights"
            " are shared."
        ),
        latex=r"(x^{(1)},x^{(2)})\mapsto(x^{(2)},x^{(1)})",
        observe=symmetries.patch_order,
        margin=within(RUN_TOLERANCE),
        mutants=(
            replanted(
                "noise-twice",
                "swapped examples hold their noise patch twice",
                symmetries.patch_order,
                both_swapped=False,
            ),
            replanted(
                "labels-flipped",
                "the labels of swapped examples flip",
                symmetries.patch_order,
                labels_kept=False,
            ),
        ),
        **FACT,
    ),
    Claim(
        id="e4.labels",
        title="Flipping labels together with j changes nothing",
        source="E4",
        statement=(
            "Flipping every label and the sign of every filter, examples unchanged, changes no"
            " loss."
        ),
        latex=r"(y_i,j)\mapsto(-y_i,-j)",
        observe=symmetries.label_flip,
        margin=within(RUN_TOLERANCE),
        mutants=(
            replanted("signs-left", "j is left as it was", symmetries.label_flip, signs_too=False),
            Mutant(
                "labels-left",
                "j flips, the labels do not",
                {"observe": partial(symmetries.filter_order, within_sign=False)},
            ),
        ),
        **FACT,
    ),
)

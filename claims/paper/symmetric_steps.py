"""E3, E4 and E5 by algebra: one step of gradient descent, and the loss, keep each symmetry.

Beside the numerical claims `e3.scale`, `e4.*` and `e5.scratch`, which train. Here activation, loss
and their slopes are unknown functions, so that each identity holds for any of them, ReLU with
relu'(0) = 0 and the logistic loss among them.

*Induction.* A symmetry maps a setting (filters, examples, step) to another. The claim is that one
step from the mapped filters gives the mapped filters of one step, and that the loss is the same;
then both hold after every number of steps. *Sizes.* Sums over samples, filters and patches are
moved term by term, so that two or three of each show what any number does: a permutation is a
product of exchanges. Vectors are of R^2: a step involves vectors only through inner products and
sums of patches, and a rotation of R^d is a product of rotations of planes.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.versions import replanted
from claims.deciding.formula import Formula
from claims.observing import symbolic_symmetries as symbolic
from claims.observing.identities import Identity, none_left


def _claim(
    name: str,
    title: str,
    statement: str,
    latex: str,
    observe: Callable[..., Identity],
    *mutants: Mutant,
) -> Claim[Any]:
    return Claim(
        id=f"{name}.step",
        title=f"{title}, by algebra",
        source=name[:2].upper(),
        statement=statement,
        latex=latex,
        provenance=(Provenance.D,),
        kind=Kind.EXACT,
        domain=None,
        observe=observe,
        rule=Formula(),
        margin=none_left,
        unit="minus the number of identities that fail",
        mutants=mutants,
    )


CLAIMS = (
    _claim(
        "e3.scale",
        "Scale symmetry",
        "One step from (u, v, σ, σ₀, η) → (λu, λv, λσ, σ₀/λ, η/λ²) gives 1/λ of the weights, and"
        " the loss is the same.",
        r"w^{t+1}\mapsto w^{t+1}/\lambda",
        symbolic.scale,
        replanted("eta", "η → η/λ^{7/4}", symbolic.scale, eta_power=Fraction(-7, 4)),
        replanted("sigma0", "σ₀ → σ₀/λ^{3/4}", symbolic.scale, start_power=Fraction(-3, 4)),
        replanted("sigma", "σ → λ^{5/4}σ", symbolic.scale, noise_power=Fraction(5, 4)),
    ),
    _claim(
        "e4.rotation",
        "Rotations change nothing",
        "One step after a rotation of all vectors gives the rotated weights, and the loss is the"
        " same.",
        r"w^{t+1}\mapsto Rw^{t+1}",
        symbolic.rotation,
        replanted(
            "one-percent",
            "one axis is shortened by a hundredth",
            symbolic.rotation,
            contraction=Fraction(99, 100),
        ),
        replanted(
            "stretched",
            "one axis is twice as long",
            symbolic.rotation,
            contraction=Fraction(2),
        ),
    ),
    _claim(
        "e4.samples",
        "The order of samples changes nothing",
        "One step on the samples in another order gives the same weights, and the loss is the"
        " same.",
        r"w^{t+1}\mapsto w^{t+1}",
        symbolic.sample_order,
        replanted("labels-left", "labels stay behind", symbolic.sample_order, labels_too=False),
        replanted("one-twice", "one sample is taken twice", symbolic.sample_order, all_kept=False),
    ),
    _claim(
        "e4.filters",
        "The order of filters of one sign changes nothing",
        "One step after exchanging filters of one sign exchanges the trained ones, and the loss is"
        " the same.",
        r"w_{j,r}^{t+1}\mapsto w_{j,\pi(r)}^{t+1}",
        symbolic.filter_order,
        replanted(
            "across-signs", "two of different sign", symbolic.filter_order, within_sign=False
        ),
        replanted(
            "in-place",
            "the trained filters are where they were",
            symbolic.filter_order,
            weights_too=False,
        ),
    ),
    _claim(
        "e4.patches",
        "The order of the two patches changes nothing",
        "One step after exchanging the patches of an example gives the same weights, and the loss"
        " is the same.",
        r"w^{t+1}\mapsto w^{t+1}",
        symbolic.patch_order,
        replanted(
            "noise-twice", "one patch is used twice", symbolic.patch_order, both_swapped=False
        ),
        replanted("label-flipped", "its label flips", symbolic.patch_order, label_kept=False),
    ),
    _claim(
        "e4.labels",
        "Flipping labels together with j changes nothing",
        "One step after flipping every label and every j gives the same weights, and the loss is"
        " the same.",
        r"(y,j)\mapsto(-y,-j):\ w^{t+1}\mapsto w^{t+1}",
        symbolic.label_flip,
        replanted("signs-left", "j is left as it was", symbolic.label_flip, signs_too=False),
        replanted(
            "one-label", "one label is left as it was", symbolic.label_flip, every_label=False
        ),
    ),
    _claim(
        "e5.scratch",
        "Inheriting nothing is training from scratch",
        "One step from a start with no inherited filter gives scratch's weights, and the loss is"
        " the same.",
        r"\alpha=0\;\Rightarrow\;w^{t+1}_{\mathrm{transfer}}=w^{t+1}_{\mathrm{scratch}}",
        symbolic.nothing_inherited,
        replanted(
            "off-by-one",
            "one filter of each sign is inherited",
            symbolic.nothing_inherited,
            inherited=1,
        ),
        replanted("all", "all filters are inherited", symbolic.nothing_inherited, inherited=2),
    ),
)

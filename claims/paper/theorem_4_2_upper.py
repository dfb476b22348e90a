"""Theorem 4.2, upper statements: small test error above the threshold, in four readings.

"tau_A + tau_2 >= C_1 and X <= C_4 => error <= exp(-(tau_A + tau_2)/C_2)" [S]; the readings and what
to expect of them are in `claims.core.criteria`.

The stated reading fails where N_2 > N_1 and X is near C_4: there tau_A = (X/Y)^2 (N_2/N_1) tau_2
while tau_D is (1 + X/Y)^2/(1 + alpha X) tau_2, so C_2 must grow with N_2/N_1: no constant serves
for all sizes. Up to five times the threshold the frozen one does (`restricted`).

A statement that falls is one that no constant from 10^-2 to 10^2 saves, so these are searched at
the end of that range where they promise least: tau_A + tau_2 with C_1 = C_2 = 100, at N_2 = 24 N_1;
Gamma as printed has C_1 = C_2 = 100 from its calibration. C_4 is the frozen one: for a smaller X
the same takes a larger N_2/N_1.

The upper statements also ask for more source samples than Condition 4.1 does at these constants
(B4: each filter then starts active on an eighth of its class): with 20 of them one inherited filter
in ten starts active on two or three, learns little, and where no other is inherited the error
exceeds the bound in 14% of networks (tau_D = 256, 1 of 12 filters inherited; 5% with 28 samples, 1%
with 40).

All four need v_1 orthogonal to v_2, the default of the setting. Upstream filters move along u +
v_1, so what they inherit for s_2 is ||u||^2 + cos ||v_1|| ||v_2|| and no longer ||u||^2: with cos <
0 the universal signal is cancelled or overturned, and the error can reach 1. Planted as wrong
versions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from claims.core import quantities as q
from claims.core.claim import (
    Bound,
    Claim,
    Domain,
    Hypothesis,
    Kind,
    Mutant,
    Provenance,
    hypothesis,
)
from claims.core.condition import DELTA
from claims.core.constants import MOST, Constants, resolve
from claims.core.criteria import GAMMA, MODERATE, READINGS, STATED, TAU_D, Reading, misread
from claims.core.margin import Margin
from claims.core.quantities import Quantity
from claims.core.ranges import C_4, EVERY_Y, FEW, Groups
from claims.core.versions import naming
from claims.observing.errors import MEASURED, Observation, both_ways, error_at_most, orders
from claims.observing.pictures import falls

_OBTUSE: Groups = (
    ("cos_v", -1.0, -0.5),
    ("upstream_share", 100.0, 100.0),
)
#: Source samples, fewest and most, of the upper statements.
SOURCE = (40, 120)
#: Many inherited filters.
WIDE: Groups = (("m", 32, 32),)
MANY: Groups = (*WIDE, ("inherited", 20, 20))
#: A source as small, and a target as large, as they get here.
UNEQUAL = (("n1", 20, 20), ("n2", 480, 480))


def at_most(criterion: Quantity, c_2: Bound, sense: float = 1.0) -> Any:
    """error <= exp(-criterion/C_2); `sense` -1 plants the flipped inequality."""

    def margin(observation: Observation, constants: Constants) -> Margin:
        assert observation.transfer is not None
        holds = error_at_most(
            observation.transfer.error, -criterion(observation.regime) / resolve(c_2, constants)
        )
        return holds if sense > 0 else holds.negated

    return margin


def above(criterion: Quantity, reading: Reading, little_noise: Hypothesis | None = None) -> Domain:
    """Condition 4.1, criterion >= C_1 and, where the reading needs it, X <= C_4."""
    return Domain(
        "transfer",
        (
            Hypothesis(criterion, low=reading.constant("C_1")),
            little_noise or reading.little_noise,
            EVERY_Y,
        ),
    )


def searched_above(reading: Reading) -> Domain:
    """Where the derivation above expects a reading's upper statement to fail, if anywhere: a corner
    of its domain.
    """
    everywhere = above(reading.criterion, reading)
    if reading is not STATED:
        return everywhere
    far, near = (
        Hypothesis(reading.criterion, low=15 * MOST, high=30 * MOST),
        hypothesis("X", 5.5, C_4),
    )
    return Domain(
        "transfer",
        (far, near, hypothesis("Y", 1.0, 1.0)),
        groups=(*UNEQUAL, *WIDE, ("inherited", 18, 20)),
        tier="practical",
    )


def _wrong_criteria(reading: Reading) -> tuple[Mutant, ...]:
    """Misreadings of the criterion, each searched where it differs most."""

    def wrong(
        name: str,
        error: str,
        formula: Any,
        x: Hypothesis | None = None,
        y: Hypothesis = EVERY_Y,
        groups: Groups = (),
        low: Bound | None = None,
    ) -> Mutant:
        bad = misread(error, formula)
        first, noise, _ = above(bad, reading, x).hypotheses
        domain = Domain(
            "transfer", (first if low is None else replace(first, low=low), noise, y), groups=groups
        )
        return Mutant(
            name, error, {"domain": domain, "margin": at_most(bad, reading.constant("C_2"))}
        )

    near = hypothesis("Y", 1.0, 1.0)
    if reading is TAU_D:
        noise, signal = q.alpha**2 * q.n1 * q.sigma2**2 / q.sigma1**2 + q.n2, q.alpha * q.A + q.B
        root, fewer = (sp.sqrt(q.alpha) * q.A + q.B) ** 2, (("n1", 20, 20), ("n2", 240, 240))
        return (
            wrong(
                "noise-dropped",
                "the inherited noise is left out of τ_D's variance",
                signal**2 / (q.n2 * q.d),
                hypothesis("X", 30.0, 100.0),
                groups=MANY,
            ),
            wrong(
                "alpha-exponent",
                "√α for α in τ_D's signal",
                root / (noise * q.d),
                hypothesis("X", 30.0, 100.0),
                near,
                FEW,
            ),
            wrong(
                "samples",
                "N₁ for N₂ in τ_D's variance",
                signal**2 / ((noise - q.n2 + q.n1) * q.d),
                hypothesis("X", 0.01, 0.1),
                groups=fewer,
            ),
            wrong(
                "sigma-exponent",
                "σ₁⁴ for σ₁² in τ_D's signal",
                (q.alpha * q.A / q.sigma1**2 + q.B) ** 2 / (noise * q.d),
            ),
        )
    term = reading.criterion.formula - q.tau_2
    x, unequal = hypothesis("X", 1.0, C_4), (("n1", 40, 40), ("n2", 120, 120))
    versions = (
        wrong(
            "alpha-dropped",
            "no α in the transfer term",
            term / q.alpha**2 + q.tau_2,
            x,
            near,
            FEW,
            low=20.0,
        ),  # far above C_1, where it promises most
        wrong("samples-squared", "N₂² for N₂ in τ₂", term + q.n2 * q.tau_2),
        wrong(
            "sigma-exponent",
            "σ₁ twice too often in the transfer term",
            term / q.sigma1**2 + q.tau_2,
            y=hypothesis("Y", 30.0, 100.0),
        ),
    )
    # Gamma with alpha for alpha^2 stays below tau_D, so that its upper statement is weaker, not
    # wrong.
    return (
        versions
        if reading is GAMMA
        else (
            wrong(
                "alpha-exponent",
                "α for α² in the transfer term",
                term / q.alpha + q.tau_2,
                x,
                near,
                (*FEW, *unequal),
            ),
            *versions,
        )
    )


def _upper(reading: Reading, *, restricted: bool = False) -> Claim:
    frozen = at_most(reading.criterion, reading.constant("C_2"))
    moderate = replace(
        above(reading.criterion, reading),
        hypotheses=(
            Hypothesis(reading.criterion, reading.constant("C_1"), MODERATE),
            reading.little_noise,
            EVERY_Y,
        ),
    )
    little_noise = r",\;X\le C_4" if reading.needs_little_noise else ""
    far_above = (
        reading is STATED and not restricted
    )  # the search keeps far above any C_1: nothing depends on it there, or on few source samples
    c_2: Bound = MOST if far_above else reading.constant("C_2")
    searched_in = moderate if restricted else searched_above(reading)
    named = (
        *(() if far_above else (reading.constant("C_1"), reading.constant("C_2"))),
        *((C_4,) if reading.needs_little_noise else ()),
    )
    largest = rf",\;C_1=C_2={MOST:g}" if far_above else ""
    largest_plain = f", with C₁ and C₂ as large as {MOST:g}" if far_above else ""
    enough = "" if far_above else f" with {SOURCE[0]} source samples or more,"
    hypothesis_plain = (
        f"C₁ ≤ {reading.plain} ≤ {MODERATE:g}" if restricted else f"{reading.plain} ≥ C₁"
    )
    hypothesis_latex = (
        rf"C_1\le {reading.latex}\le {MODERATE:g}" if restricted else rf"{reading.latex}\ge C_1"
    )
    near_it = (
        {"domain": above(reading.criterion, reading)} if far_above else {}
    )  # planted errors are in the statement with its frozen constants
    wrong = [
        Mutant(
            "flipped",
            "error ≥ the bound",
            near_it | {"margin": at_most(reading.criterion, reading.constant("C_2"), -1.0)},
        )
    ]
    wrong.append(
        Mutant(
            "misaligned",
            "v₁ and v₂ at an obtuse angle, cosine −1 or −½",
            {"domain": _obtuse(reading), "margin": frozen},
        )
    )
    wrong += _wrong_criteria(reading)
    if reading.needs_little_noise:
        domain = above(reading.criterion, reading, hypothesis("X", 100.0, 200.0))
        far = replace(
            domain, hypotheses=(*domain.hypotheses[:2], hypothesis("Y", 100.0, 100.0)), groups=MANY
        )
        near = above(reading.criterion, reading, hypothesis("X", 1e2, 1e3))
        wrong.append(
            Mutant(
                "condition-dropped",
                "X ≤ C₄ is dropped: X from 100 on",
                {"domain": far if reading is GAMMA else near, "margin": frozen},
            )
        )
    if far_above:
        wrong = naming(wrong, reading.constant("C_1"), reading.constant("C_2"), C_4)
    return Claim(
        id=f"theorem-4.2.error-upper{'-restricted' if restricted else ''}.{reading.name}",
        title=(
            "Transfer: small test error above the threshold, criterion"
            f" {reading.plain}{', near it' if restricted else ''}"
        ),
        source="Theorem 4.2",
        statement=(
            f"Under Condition 4.1,{enough} {hypothesis_plain}"
            f" {'and X ≤ C₄ imply' if reading.needs_little_noise else 'implies'} "
            "test error at most"
            f" exp(−({reading.plain})/C₂){largest_plain}."
        ),
        latex=(
            rf"{hypothesis_latex}{little_noise}\;\Rightarrow\;\mathrm{{error}}\le"
            rf" e^{{-({reading.latex})/C_2}}{largest}"
        ),
        provenance=(Provenance.D if restricted else reading.provenance,),
        kind=Kind.PROBABILITY,
        domain=(
            searched_in
            if far_above
            else replace(searched_in, groups=(*searched_in.groups, ("n1", *SOURCE)))
        ),
        observe=both_ways,
        margin=at_most(reading.criterion, c_2),
        figure=falls(reading.criterion, c_2, "transfer"),
        unit="nats between the bound and the error",
        delta=DELTA,
        constants=named,
        uses=MEASURED | orders("lemma-a2"),
        mutants=tuple(wrong),
    )


def _obtuse(reading: Reading) -> Domain:
    """What is inherited points against the target's signal, and there is enough of it."""
    domain = above(
        reading.criterion,
        reading,
        hypothesis("X", 1.0, C_4 if reading.needs_little_noise else 100.0),
    )
    return replace(
        domain, hypotheses=(*domain.hypotheses[:2], hypothesis("Y", 2.0, 5.0)), groups=_OBTUSE
    )


CLAIMS = (*(_upper(reading) for reading in READINGS), _upper(STATED, restricted=True))

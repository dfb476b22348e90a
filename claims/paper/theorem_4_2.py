"""Theorem 4.2: training after transfer, in four readings of its criterion.

Same convergence. "tau_A + tau_2 >= C_1 and X <= C_4 => error <= exp(-(tau_A + tau_2)/C_2); tau_A +
tau_2 <= C_3 => error >= 0.1" [S]. Beside the stated criterion tau_A + tau_2 stand Gamma + tau_2
(the phase-transition quantity, exponent corrected), tau_D [D] and Gamma as printed.

What to expect [D]. Inherited filters carry universal signal alpha A and noise of variance
alpha^2 N_1 sigma_2^2/sigma_1^2 beside the target's N_2, so tau_D orders the error, and with
r = sigma_1^2/sigma_2^2

    tau_D / tau_2 = (1 + X/Y)^2 / (1 + alpha X),   tau_A / tau_2 = alpha X/(r Y^2),   Gamma / tau_2
    = alpha X/Y^2.

Where X is large and Y near 1, tau_D grows like X while Gamma/tau_2 is only alpha X: a filter's
*noise* is shared out by alpha as well as its signal, and the alpha of the signal cancels. The lower
statement, which puts no bound on X, then has Gamma + tau_2 small and the error smaller than 0.1: no
constant serves for all alpha. tau_A + tau_2 is protected from this only by sigma_1^4 making it
large where X is. It fails the upper statement instead where N_2 > N_1 and X is near C_4: there
tau_A = (X/Y)^2 (N_2/N_1) tau_2 while tau_D is (1 + X/Y)^2/(1 + alpha X) tau_2, so C_2 must grow
with N_2/N_1: no constant serves for all sizes. Up to five times the threshold the frozen one does
(`restricted`).

A statement that falls is one that no constant from 10^-2 to 10^2 saves, so these are searched at
the end of that range where they promise least: tau_A + tau_2 with C_1 = C_2 = 100, at N_2 = 24 N_1;
both Gammas with C_3 = 0.01; Gamma as printed has C_1 = C_2 = 100 from its calibration. C_4 is the
frozen one: for a smaller X the same takes a larger N_2/N_1. With X <= C_4 the lower statement of
Gamma + tau_2 falls at its frozen C_3 alone: (1 + X)^2/ (1 + alpha X)^2 is bounded there, and with
C_3 = 0.01 it follows from tau_D's.

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

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy as sp

from claims.core import quantities as q
from claims.core.claim import (
    Bound,
    Claim,
    Domain,
    Hypothesis,
    Kind,
    Provenance,
    WrongVersion,
    hypothesis,
)
from claims.core.condition import DELTA
from claims.core.constants import LEAST, MOST, Constants, resolve
from claims.core.quantities import Quantity
from claims.deciding.decision import Margin
from claims.observing.errors import (
    MEASURED,
    TRAINED,
    Observation,
    both_ways,
    error_at_least,
    error_at_most,
)
from claims.paper.theorem_4_3 import HALVED, NOT_SMALL, falls, misread, orders, stays

C_T, C_4 = "theorem-4.2.C_T", "theorem-4.2.C_4"  # shared by the readings
ANY = hypothesis("X", 1e-2, 1e2)
EVERY_Y = hypothesis("Y", 1.0, 100.0)
OBTUSE, ACUTE = (
    (("cos_v", cosine, other), ("upstream_share", 100.0, 100.0))
    for cosine, other in ((-1.0, -0.5), (1.0, 1.0))
)
#: Source samples, fewest and most, of the upper statements.
SOURCE = (40, 120)
#: Few and many inherited filters, which tell powers of alpha apart.
WIDE = (("m", 32, 32),)
FEW, MANY = (("inherited", 1, 1),), (*WIDE, ("inherited", 20, 20))
#: A source as small, and a target as large, as they get here.
UNEQUAL = (("n1", 20, 20), ("n2", 480, 480))


Groups = tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class Reading:
    """One reading of the criterion; its constants are its own."""

    name: str
    criterion: Quantity
    plain: str
    latex: str
    provenance: Provenance
    needs_little_noise: bool = True  # X <= C_4 is a hypothesis of the upper statement

    def constant(self, symbol: str) -> str:
        """Full name of one of its constants."""
        return f"theorem-4.2.{self.name}.{symbol}"

    @property
    def little_noise(self) -> Hypothesis:
        """X <= C_4, where the reading needs it."""
        return hypothesis("X", 1e-2, C_4) if self.needs_little_noise else ANY


_named = q.catalogue()
STATED = Reading("tau-A", _named["tau_A+tau_2"], "τ_A + τ₂", r"\tau_A+\tau_2", Provenance.S)
GAMMA = Reading("gamma", _named["Gamma+tau_2"], "Γ + τ₂", r"\Gamma+\tau_2", Provenance.D)
TAU_D = Reading("tau-D", _named["tau_D"], "τ_D", r"\tau_D", Provenance.D, needs_little_noise=False)
PRINTED = Reading(
    "gamma-printed",
    _named["Gamma_printed+tau_2"],
    "Γ_printed + τ₂",
    r"\Gamma_{\mathrm{printed}}+\tau_2",
    Provenance.S,
)
READINGS = (STATED, GAMMA, TAU_D, PRINTED)
RESTRICTED = (STATED, GAMMA)  # whose lower statement is also decided with X <= C_4


def converges(seen: Observation, constants: Constants) -> Margin:
    """ln C_T - ln of the smallest C_T that serves."""
    assert seen.transfer is not None
    return Margin.exact(math.log(constants[C_T]) - np.log(seen.transfer.least_time_constant()))


def at_most(criterion: Quantity, c_2: Bound, sense: float = 1.0) -> Any:
    """error <= exp(-criterion/C_2); `sense` -1 plants the flipped inequality."""

    def margin(seen: Observation, constants: Constants) -> Margin:
        assert seen.transfer is not None
        holds = error_at_most(
            seen.transfer.error, -criterion(seen.regime) / resolve(c_2, constants)
        )
        return holds if sense > 0 else holds.negated

    return margin


def at_least(seen: Observation, constants: Constants) -> Margin:
    """error >= 0.1."""
    assert seen.transfer is not None
    return error_at_least(seen.transfer.error, NOT_SMALL)


def flipped_lower(seen: Observation, constants: Constants) -> Margin:
    """error <= 0.1, planted."""
    assert seen.transfer is not None
    return error_at_most(seen.transfer.error, math.log(NOT_SMALL))


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


def below(criterion: Quantity, bound: Bound, little_noise: Hypothesis = ANY) -> Domain:
    """Condition 4.1 and criterion <= C_3."""
    return Domain("transfer", (Hypothesis(criterion, high=bound), little_noise, EVERY_Y))


def searched(reading: Reading) -> Domain:
    """Where the derivation above expects a reading's lower statement to fail, if anywhere: a corner
    of its domain.
    """
    least = below(reading.criterion, least_promise(reading))
    if reading is GAMMA:
        return replace(
            least,
            hypotheses=(
                least.hypotheses[0],
                hypothesis("X", 200.0, 1000.0),
                hypothesis("Y", 1.0, 1.5),
            ),
            groups=(*WIDE, *FEW),
        )
    if reading is PRINTED:
        return replace(
            least,
            hypotheses=(
                least.hypotheses[0],
                hypothesis("X", 100.0, 1e4),
                hypothesis("Y", 1.0, 3.0),
            ),
        )
    return least


def least_promise(reading: Reading) -> Bound:
    """C_3 of its lower statement: the frozen one, or the least there may be for a reading that
    fails even so.
    """
    return LEAST if reading in (GAMMA, PRINTED) else reading.constant("C_3")


#: tau_A + tau_2 up to five times its threshold.
MODERATE = 45.0


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


def _wrong_criteria(reading: Reading) -> tuple[WrongVersion, ...]:
    """Misreadings of the criterion, each searched where it differs most."""

    def wrong(
        name: str,
        error: str,
        formula: Any,
        x: Hypothesis | None = None,
        y: Hypothesis = EVERY_Y,
        groups: Groups = (),
        low: Bound | None = None,
    ) -> WrongVersion:
        bad = misread(error, formula)
        first, noise, _ = above(bad, reading, x).hypotheses
        domain = Domain(
            "transfer", (first if low is None else replace(first, low=low), noise, y), groups=groups
        )
        return WrongVersion(
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
        WrongVersion(
            "flipped",
            "error ≥ the bound",
            near_it | {"margin": at_most(reading.criterion, reading.constant("C_2"), -1.0)},
        )
    ]
    wrong.append(
        WrongVersion(
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
            WrongVersion(
                "condition-dropped",
                "X ≤ C₄ is dropped: X from 100 on",
                {"domain": far if reading is GAMMA else near, "margin": frozen},
            )
        )
    if far_above:
        wrong = _naming(wrong, reading.constant("C_1"), reading.constant("C_2"), C_4)
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
            f" exp(−({reading.plain})/C₂){f', with C₁ and C₂ as large as {MOST:g}' if far_above else ''}."
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
        picture=falls(reading.criterion, c_2, "transfer"),
        unit="nats between the bound and the error",
        delta=DELTA,
        constants=named,
        uses=MEASURED | orders("lemma-a2"),
        wrong_versions=tuple(wrong),
    )


def _naming(versions: list[WrongVersion], *constants: str) -> list[WrongVersion]:
    """The same, which read these constants where the statement does not."""
    return [
        replace(version, changes={**version.changes, "constants": constants})
        for version in versions
    ]


def _obtuse(reading: Reading) -> Domain:
    """What is inherited points against the target's signal, and there is enough of it."""
    domain = above(
        reading.criterion,
        reading,
        hypothesis("X", 1.0, C_4 if reading.needs_little_noise else 100.0),
    )
    return replace(
        domain, hypotheses=(*domain.hypotheses[:2], hypothesis("Y", 2.0, 5.0)), groups=OBTUSE
    )


def _acute(domain: Domain, restricted: bool) -> Domain:
    x = hypothesis("X", 1.0, C_4) if restricted else hypothesis("X", 10.0, 100.0)
    return replace(
        domain,
        hypotheses=(domain.hypotheses[0], x, hypothesis("Y", 5.0, 20.0)),
        groups=(*ACUTE, *FEW),
    )


def _lower(reading: Reading, *, restricted: bool = False) -> Claim:
    c_3: Bound = reading.constant("C_3-restricted") if restricted else least_promise(reading)
    small = c_3 == LEAST
    least = rf",\;C_3={LEAST:g}" if small else ""
    little_noise = reading.little_noise if restricted else ANY
    little_noise_latex = r",\;X\le C_4" if restricted else ""
    domain = searched(reading)
    # Gamma fails, if anywhere, where little is inherited of much signal: tau_D/tau_2 is near (1 +
    # X)^2 there, and Gamma near 0
    if restricted:
        corner = replace(
            below(reading.criterion, c_3, hypothesis("X", 4.0, C_4)), groups=(("inherited", 1, 1),)
        )
        corner = replace(corner, hypotheses=(*corner.hypotheses[:2], hypothesis("Y", 1.0, 1.0)))
        domain = corner if reading is GAMMA else below(reading.criterion, c_3, little_noise)
    frozen = (
        below(reading.criterion, reading.constant("C_3")) if small else domain
    )  # where errors are planted
    wrong = [
        WrongVersion(
            "flipped",
            "error ≤ 0.1 below the threshold",
            ({"domain": frozen} if small else {}) | {"margin": flipped_lower},
        ),
        WrongVersion("aligned", "v₁ along v₂, cosine 1", {"domain": _acute(frozen, restricted)}),
        WrongVersion(
            "threshold",
            "60 instead of C₃",
            {"domain": below(reading.criterion, 60.0, little_noise)},
        ),
        WrongVersion(
            "transfer-ignored",
            "τ₂ alone, at most 0.1, decides",
            {"domain": below(_named["tau_2"], 0.1, hypothesis("X", 50.0, 100.0))},
        ),
    ]
    if small:
        wrong = _naming(wrong, reading.constant("C_3"))
    return Claim(
        id=f"theorem-4.2.error-lower{'-restricted' if restricted else ''}.{reading.name}",
        title=(
            "Transfer: large test error below the threshold, criterion"
            f" {reading.plain}{', X ≤ C₄' if restricted else ''}"
        ),
        source="Theorem 4.2",
        statement=(
            f"Under Condition 4.1, {reading.plain} ≤ C₃"
            f" {'and X ≤ C₄ imply' if restricted else 'implies'} test error at least"
            f" 0.1{f', with C₃ as small as {LEAST:g}' if small else ''}."
        ),
        latex=(
            rf"{reading.latex}\le C_3{little_noise_latex}\;\Rightarrow\;\mathrm{{error}}\ge"
            rf" 0.1{least}"
        ),
        provenance=(Provenance.D if restricted else reading.provenance,),
        kind=Kind.PROBABILITY,
        domain=domain,
        observe=both_ways,
        margin=at_least,
        picture=stays(reading.criterion, "transfer"),
        unit="nats between the error and 0.1",
        delta=DELTA,
        constants=((c_3,) if isinstance(c_3, str) else ()) + ((C_4,) if restricted else ()),
        uses=MEASURED | orders("lemma-a2") | HALVED,
        wrong_versions=tuple(wrong),
    )


#: Condition 4.1 for both tasks, on either side of every threshold.
EVERYWHERE = Domain("transfer", (hypothesis("tau_D", 0.02, 40.0), ANY, EVERY_Y))


def _convergence() -> Claim:
    return Claim(
        id="theorem-4.2.convergence",
        title="Transfer: the training loss converges",
        source="Theorem 4.2",
        statement=(
            "Under Condition 4.1, after transfer, for every ε some step t ≤ C_T/(h₂ ε) has training"
            " loss at most ε."
        ),
        latex=(
            r"\forall\varepsilon\;\exists\, t\le \frac{C_T}{h_2\,\varepsilon}:\;"
            r" L(W^t)\le\varepsilon"
        ),
        provenance=(Provenance.S,),
        kind=Kind.PROBABILITY,
        domain=EVERYWHERE,
        observe=both_ways,
        margin=converges,
        unit="ln C_T − ln of the least constant that serves",
        delta=DELTA,
        constants=(C_T,),
        uses=TRAINED | {"lemma-a2.a.lower": "every sample is memorised, so that its loss falls"},
        wrong_versions=(
            WrongVersion(
                "step-dropped",
                "the step clause is dropped: h from 20 to 200",
                {"domain": _dropped(("step", "step.dimension"), ("h2", 20.0, 200.0))},
            ),
            WrongVersion(
                "initialisation-dropped",
                "the initialisation clause is dropped: σ₀ from 10⁶ to 10⁸ times what it allows",
                {"domain": _dropped(("initialisation",), ("initialisation", 1e6, 1e8))},
            ),
            WrongVersion("faster", "t ≤ C_T/(h₂ √ε) for C_T/(h₂ ε)", {"margin": _converges_faster}),
        ),
    )


def _dropped(clauses: tuple[str, ...], group: tuple[str, float, float]) -> Domain:
    return Domain("transfer", EVERYWHERE.hypotheses, frozenset(clauses), (group,))


def _converges_faster(seen: Observation, constants: Constants) -> Margin:
    assert seen.transfer is not None
    return Margin.exact(math.log(constants[C_T]) - np.log(seen.transfer.least_time_constant(0.5)))


CLAIMS = (
    _convergence(),
    *(_upper(reading) for reading in READINGS),
    _upper(STATED, restricted=True),
    *(_lower(reading) for reading in READINGS),
    *(_lower(reading, restricted=True) for reading in RESTRICTED),
)

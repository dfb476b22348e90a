"""Proposition 4.4: when transfer helps (1) and when it hurts (2).

(1) tau_2 <= C_3, criterion >= C_1, X <= C_4: scratch errs at least 0.1, transfer at most
    exp(-./C_2) [S].
(2) Y >= X >= C_4, tau_2 >= C_1, tau_D <= C_3: scratch errs at most exp(-tau_2/C_2), transfer at
    least 0.1 [S];
and the reason: the inherited noise norm ||P w|| exceeds scratch's by a factor that grows with X.

(1) as stated falls where Theorem 4.2's upper bound does: for a source much smaller than the target
    tau_A + tau_2 is many times tau_D (`theorem_4_2_sizes`). It is searched there, far above the
    threshold and up to five times it (`restricted`). For tasks with up to three times as many
    samples as one another it holds (`balanced`).

The constants are those of Theorems 4.3 (scratch) and 4.2 (transfer), shared as the theory shares
them.

The factor [D]: an upstream filter memorises about half of its N_1 samples, rho xi_i/||xi_i||^2
each, so ||P w||^2 ~ N_1/(2 sigma_1^2 d) times a common factor; a scratch filter has N_2/(2
sigma_2^2 d) times the same. The ratio of the squares is therefore of order N_1 sigma_2^2/(N_2
sigma_1^2) = X/alpha.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from claims.core import formulas as f
from claims.core.claim import Claim, Figure, Kind, Mutant, Provenance
from claims.core.condition import DELTA, PRACTICAL
from claims.core.constants import Constants
from claims.core.criteria import (
    C_5,
    MODERATE,
    NOISE_GROWTH,
    NOT_SMALL,
    SCRATCH_C_1,
    SCRATCH_C_2,
    SCRATCH_C_3,
    SHARP,
    STATED,
    misread,
)
from claims.core.domain import Between, Construction, Domain, Scale
from claims.core.domains import NEGATIVE, POSITIVE, POSITIVE_BALANCED, after_transfer
from claims.core.forms import Form
from claims.core.margin import Margin
from claims.core.quantities import CRITERION, TAU_2, TAU_D, Quantity, X
from claims.core.ranges import BALANCED_LATEX, BALANCED_PLAIN, C_4, FEW, FEWEST
from claims.deciding.per_regime import PerRegime
from claims.observing.errors import TRAINED, Observation, both_ways, error_at_least, error_at_most
from claims.observing.headline_constants import fitted
from claims.observing.paired import exceeds
from claims.observing.pictures import falls, stays

#: Where Theorem 4.2's upper bound falls: far above the threshold, with many more samples than the
#: source has, most filters inherited, X near C_4.
FAR_ABOVE = Domain(
    construction=Construction.POSITIVE,
    where={
        TAU_2: Between(0.3, SCRATCH_C_3),
        CRITERION: Between(low=80.0),
        X: Between(5.0, C_4),
    },
    scales={
        Scale.N1: Between(40, 40),
        Scale.N2: Between(240, 240),
        Scale.M: Between(26, 26),
        Scale.INHERITED: Between(15, 15),
    },
    tier=PRACTICAL,
)
#: The same up to five times the threshold.
NEAR_THRESHOLD = FAR_ABOVE.but(
    where={
        TAU_2: Between(high=SCRATCH_C_3),
        CRITERION: Between(MODERATE / 1.5, MODERATE),
    },
    scales={
        Scale.N2: Between(480, 1000),
        Scale.M: Between(32, 32),
        Scale.INHERITED: Between(16, 20),
    },
)


def helps(criterion: Quantity) -> Any:
    """Scratch errs at least 0.1, transfer at most exp(-criterion/C_2)."""

    def margin(observation: Observation, constants: Constants) -> Margin:
        assert observation.transfer is not None
        after = error_at_most(
            observation.transfer.error,
            -criterion(observation.regime) / constants[STATED.constant("C_2")],
        )
        return error_at_least(observation.scratch.error, NOT_SMALL).both(after)

    return margin


def hurts(observation: Observation, constants: Constants) -> Margin:
    """Scratch errs at most exp(-tau_2/C_2), transfer at least 0.1."""
    assert observation.transfer is not None
    tau_2 = TAU_2(observation.regime)
    scratch = error_at_most(observation.scratch.error, -tau_2 / constants[SCRATCH_C_2])
    return scratch.both(error_at_least(observation.transfer.error, NOT_SMALL))


def swapped(observation: Observation, constants: Constants) -> Margin:
    """Transfer does better than scratch: the flipped conclusion of (2), and true in (1)."""
    assert observation.transfer is not None
    return exceeds(observation.scratch.error, observation.transfer.error)


def worse(observation: Observation, constants: Constants) -> Margin:
    """Transfer does worse than scratch: the flipped conclusion of (1)."""
    return swapped(observation, constants).negated


def noise_grows(growth: Quantity, sense: float = 1.0) -> Any:
    """||P w||^2 of inherited filters over scratch's is at least C_5 growth."""

    def margin(observation: Observation, constants: Constants) -> Margin:
        assert observation.noise_ratio is not None
        return Margin.exact(
            sense
            * (
                np.log(observation.noise_ratio)
                - math.log(constants[C_5] * growth(observation.regime))
            )
        )

    return margin


ALPHA_CRITERION = misread("alpha for alpha^2", lambda: f.tau_A / f.alpha + f.tau_2)
NO_ALPHA_CRITERION = misread("no alpha", lambda: f.tau_A / f.alpha**2 + f.tau_2)
_BASE: dict[str, Any] = {
    "source": "Proposition 4.4",
    "provenance": (Provenance.S,),
    "kind": Kind.PROBABILITY,
    "rule": PerRegime(DELTA),
    "observe": both_ways,
}
_USES = {
    "theorem-4.3.error-lower": "scratch errs below its threshold",
    "theorem-4.2.error-upper-balanced.tau-A": "transfer succeeds above its own",
}


_WHERE = {
    Form.STATED: "",
    Form.RESTRICTED: ", near the threshold",
    Form.BALANCED: ", sizes alike",
}


def _positive(domain: Domain, form: Form = Form.STATED) -> Claim[Observation]:
    restricted, balanced = form is Form.RESTRICTED, form is Form.BALANCED
    plain, latex = (
        (f"C₁ ≤ τ_A + τ₂ ≤ {MODERATE:g}", rf"C_1\le\tau_A+\tau_2\le {MODERATE:g}")
        if restricted
        else ("τ_A + τ₂ ≥ C₁", r"\tau_A+\tau_2\ge C_1")
    )
    sizes = f" with {FEWEST} source samples or more, {BALANCED_PLAIN}," if balanced else ""
    sizes_latex = rf",\;{BALANCED_LATEX}" if balanced else ""
    # Where the search keeps far above C_1, nothing depends on it.
    named = SCRATCH_C_3, STATED.constant("C_2"), C_4
    all_named = SCRATCH_C_3, STATED.constant("C_1"), STATED.constant("C_2"), C_4
    constants = all_named if balanced else named
    # Planted errors are where the statement holds.
    near_it = {} if balanced else {"domain": POSITIVE_BALANCED, "constants": all_named}
    return Claim(
        id=f"proposition-4.4.1{form.suffix('.')}",
        title=f"Positive transfer{_WHERE[form]}",
        statement=(
            f"Under Condition 4.1,{sizes} τ₂ ≤ C₃, {plain} and X ≤ C₄ imply that scratch errs at"
            " least 0.1 and transfer at most exp(−(τ_A + τ₂)/C₂)."
        ),
        latex=(
            rf"\tau_2\le C_3,\;{latex},\;X\le C_4{sizes_latex}\;\Rightarrow\;\mathrm{{scratch}}\ge"
            r" 0.1,\;\mathrm{transfer}\le e^{-(\tau_A+\tau_2)/C_2}"
        ),
        domain=domain,
        margin=helps(STATED.criterion),
        figure=falls(STATED.criterion, STATED.constant("C_2"), "transfer"),
        unit="nats, the lesser of the two bounds' margins",
        constants=constants,
        fits=fitted(*constants),
        uses=_USES if balanced else {"theorem-4.3.error-lower": _USES["theorem-4.3.error-lower"]},
        mutants=(
            Mutant("flipped", "transfer errs more than scratch", {"margin": worse} | near_it),
            Mutant(
                "alpha-exponent",
                "α for α² in τ_A",
                {
                    "domain": POSITIVE.but(scales=FEW),
                    "margin": helps(ALPHA_CRITERION),
                    "constants": all_named,
                },
            ),
            Mutant("alpha-dropped", "no α in τ_A", {"margin": helps(NO_ALPHA_CRITERION)} | near_it),
            Mutant(
                "threshold",
                "τ₂ ≤ 10 instead of C₃",
                {
                    "domain": POSITIVE.but(
                        where={TAU_2: Between(5.0, 10.0), CRITERION: Between(low=20.0)}
                    )
                },
            ),
        ),
        **(_BASE | {"provenance": (form.provenance(Provenance.S),)}),
    )


_HURTS = SCRATCH_C_1, SCRATCH_C_2, SHARP.constant("C_3"), C_4
_GROWS = C_5, SCRATCH_C_1, SHARP.constant("C_3"), C_4
CLAIMS = (
    _positive(FAR_ABOVE),
    _positive(NEAR_THRESHOLD, Form.RESTRICTED),
    _positive(POSITIVE_BALANCED, Form.BALANCED),
    Claim(
        id="proposition-4.4.2",
        title="Negative transfer",
        statement=(
            "Under Condition 4.1, Y ≥ X ≥ C₄, τ₂ ≥ C₁ and τ_D ≤ C₃ imply that scratch errs at most"
            " exp(−τ₂/C₂) and transfer at least 0.1."
        ),
        latex=(
            r"Y\ge X\ge C_4,\;\tau_2\ge C_1,\;\tau_D\le C_3\;\Rightarrow\;\mathrm{scratch}\le"
            r" e^{-\tau_2/C_2},\;\mathrm{transfer}\ge 0.1"
        ),
        domain=NEGATIVE,
        margin=hurts,
        figure=stays(TAU_D, "transfer"),
        unit="nats, the lesser of the two bounds' margins",
        constants=_HURTS,
        fits=fitted(*_HURTS),
        uses={
            "theorem-4.3.error-upper": "scratch succeeds above its threshold",
            "theorem-4.2.error-lower.tau-D": "transfer fails below its own",
        },
        mutants=(
            Mutant("flipped", "transfer errs less than scratch", {"margin": swapped}),
            Mutant(
                "criterion-dropped",
                "τ_D ≤ C₃ is dropped: τ_D from 5 to 40",
                {"domain": after_transfer(TAU_D, Between(5.0, 40.0), x=NEGATIVE.where[X])},
            ),
            Mutant(
                "condition-dropped",
                "Y ≥ X is dropped: Y at most 2",
                {
                    "domain": after_transfer(
                        TAU_2,
                        Between(SCRATCH_C_1, 10.0),
                        x=Between(20.0, 100.0),
                        y=Between(1.0, 2.0),
                    )
                },
            ),
        ),
        **_BASE,
    ),
    Claim(
        id="proposition-4.4.2.mechanism",
        title="Negative transfer: the inherited noise grows with X",
        statement=(
            "Under the hypotheses of Proposition 4.4(2), the mean square noise norm ‖Pw‖² of"
            " inherited filters is at least C₅ X/α times that of scratch filters."
        ),
        latex=(
            r"\lVert P w\rVert^2_{\mathrm{inherited}}\ge C_5\,\tfrac{X}{\alpha}\,\lVert P"
            r" w\rVert^2_{\mathrm{scratch}}"
        ),
        domain=NEGATIVE,
        margin=noise_grows(NOISE_GROWTH),
        figure=Figure(
            NOISE_GROWTH,
            {"ratio": lambda observation: float(np.median(observation.noise_ratio))},
            "ratio",
            lambda value, constants: constants[C_5] * value,
            upper=False,
            label="‖Pw‖² of inherited filters over that of scratch filters",
        ),
        unit="ln of the ratio over its bound",
        constants=_GROWS,
        fits=fitted(*_GROWS),
        family="proposition-4.4.2",
        uses=TRAINED,
        mutants=(
            Mutant("flipped", "at most C₅ X/α times", {"margin": noise_grows(NOISE_GROWTH, -1.0)}),
            Mutant(
                "exponent",
                "X² for X",
                {"margin": noise_grows(misread("X^2/alpha", lambda: f.noise_ratio**2 / f.alpha))},
            ),
            Mutant(
                "samples",
                "N₁² for N₁",
                {
                    "margin": noise_grows(
                        misread("N_1 X/alpha", lambda: f.n1 * f.noise_ratio / f.alpha)
                    )
                },
            ),
        ),
        **_BASE,
    ),
)

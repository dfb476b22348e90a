"""The criteria that decide test errors, and their constants.

From scratch tau_2 decides (Theorem 4.3). After transfer four readings of the paper's criterion
stand beside one another (Theorem 4.2): the stated tau_A + tau_2, Gamma + tau_2 (the
phase-transition quantity, exponent corrected), tau_D [D] and Gamma as printed.

What to expect [D]. Inherited filters carry universal signal alpha A and noise of variance
alpha^2 N_1 sigma_2^2/sigma_1^2 beside the target's N_2, so tau_D orders the error, and with
r = sigma_1^2/sigma_2^2

    tau_D / tau_2 = (1 + X/Y)^2 / (1 + alpha X),
    tau_A / tau_2 = alpha X/(r Y^2) = X^2 N_2/(N_1 Y^2),
    Gamma / tau_2 = alpha X/Y^2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from claims.core import formulas as f
from claims.core import quantities
from claims.core.claim import Provenance
from claims.core.domain import Between
from claims.core.quantities import Quantity
from claims.core.ranges import ANY, C_4

#: Constants of Theorem 4.3.
SCRATCH_C_1, SCRATCH_C_2, SCRATCH_C_3, SCRATCH_C_T = (
    f"theorem-4.3.{name}" for name in ("C_1", "C_2", "C_3", "C_T")
)
#: Of Theorem 4.2, shared by the readings.
TRANSFER_C_T = "theorem-4.2.C_T"
#: Of Proposition 4.4.
C_5 = "proposition-4.4.C_5"
#: The paper's constant: an error that is not small.
NOT_SMALL = 0.1


def misread(name: str, build: Callable[[], Any]) -> Quantity:
    """A wrong formula where a right one stands."""
    return Quantity(name, name, build, "planted error")


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
    def little_noise(self) -> Between:
        """Of X: at most C_4, where the reading needs it."""
        return Between(1e-2, C_4) if self.needs_little_noise else ANY


_named = quantities.catalogue()
STATED = Reading("tau-A", _named["tau_A+tau_2"], "τ_A + τ₂", r"\tau_A+\tau_2", Provenance.S)
GAMMA = Reading("gamma", _named["Gamma+tau_2"], "Γ + τ₂", r"\Gamma+\tau_2", Provenance.D)
SHARP = Reading("tau-D", _named["tau_D"], "τ_D", r"\tau_D", Provenance.D, needs_little_noise=False)
PRINTED = Reading(
    "gamma-printed",
    _named["Gamma_printed+tau_2"],
    "Γ_printed + τ₂",
    r"\Gamma_{\mathrm{printed}}+\tau_2",
    Provenance.S,
)
_AS_IF_ORTHOGONAL = misread("tau_D with ||u||^2", lambda: f.orthogonal(f.tau_D))


def as_if_orthogonal(reading: Reading) -> Quantity:
    """The reading's criterion with ||u||^2 for <s_1, s_2>, whatever the angle of v_1 and v_2: as
    the paper's quantities have it, and a planted error in tau_D.
    """
    return _AS_IF_ORTHOGONAL if reading is SHARP else reading.criterion


READINGS = (STATED, GAMMA, SHARP, PRINTED)
RESTRICTED = (STATED, GAMMA)  # whose lower statement is also decided with X <= C_4
#: The readings of Theorem 4.2's criterion, and Gamma alone, corrected and as printed.
CANDIDATES = (
    *READINGS,
    Reading("gamma.alone", _named["Gamma"], "Γ", r"\Gamma", Provenance.D),
    Reading(
        "gamma-printed.alone",
        _named["Gamma_printed"],
        "Γ_printed",
        r"\Gamma_{\mathrm{printed}}",
        Provenance.S,
    ),
)
#: tau_A + tau_2 up to five times its threshold.
MODERATE = 45.0
NOISE_GROWTH = Quantity(
    "X/alpha",
    r"X/\alpha",
    lambda: f.noise_ratio / f.alpha,
    "inherited noise norm over scratch's, squared, up to a constant",
)

"""The named quantities of the theory: each a formula of a regime's fields (`claims.core.formulas`).

A quantity is known by its name; its formula is built when it is asked for, since whoever lists or
shows statements needs none.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING

from claims.core import formulas as f
from model.regime import Regime

if TYPE_CHECKING:
    import sympy as sp


@dataclass(frozen=True, eq=False)
class Quantity:
    """A named formula of a regime's fields. Equal to one with the same words and formula."""

    name: str
    latex: str
    build: Callable[[], sp.Expr] = field(repr=False)  # an address has no place in a name
    meaning: str

    @cached_property
    def formula(self) -> sp.Expr:
        """The formula."""
        return self.build()

    @property
    def _words(self) -> tuple[str, str, str]:
        return self.name, self.latex, self.meaning

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Quantity) or self._words != other._words:
            return False
        return bool(self.formula == other.formula)

    def __hash__(self) -> int:
        return hash(self._words)

    def __reduce__(self) -> tuple[object, ...]:
        return _with_formula, (self.name, self.latex, self.formula, self.meaning)

    def __call__(self, regime: Regime) -> float:
        """Its value; inf or nan where a denominator vanishes (u = 0, say)."""
        return f.evaluate(self.formula, regime)

    @property
    def formula_latex(self) -> str:
        """The formula in the paper's symbols."""
        return f.printed(self.formula)

    @property
    def scale_degree(self) -> sp.Expr:
        """The power of lambda it gains under the symmetry E3; 0 for a quantity that can decide an
        outcome.
        """
        return f.scale_degree(self.formula)

    @cached_property
    def has_signal(self) -> bool:
        """Whether it depends on the strength of a signal."""
        return bool(self.formula.free_symbols & {f.u, f.v1, f.v2})


def _with_formula(name: str, latex: str, formula: sp.Expr, meaning: str) -> Quantity:
    return Quantity(name, latex, lambda: formula, meaning)


def _of_task(k: int) -> tuple[Quantity, ...]:
    return (
        Quantity(f"q_{k}", f"q_{k}", lambda: f.snr[k], "signal-to-noise, squared"),
        Quantity(f"h_{k}", f"h_{k}", lambda: f.h[k], "the step as one memorised sample sees it"),
        Quantity(
            f"zeta_{k}",
            rf"\zeta_{k}",
            lambda: f.zeta[k],
            "the initialisation scale of Condition 4.1",
        ),
        Quantity(f"tau_{k}", rf"\tau_{k}", lambda: f.tau[k], f"decides task {k} trained alone"),
    )


@cache
def catalogue() -> dict[str, Quantity]:
    """Every quantity by name."""
    listed = (
        *_of_task(1),
        *_of_task(2),
        Quantity("alpha", r"\alpha", lambda: f.alpha, "inherited share"),
        Quantity(
            "A", "A", lambda: f.A, "universal signal learned upstream per unit of x_t, times d"
        ),
        Quantity("B", "B", lambda: f.B, "signal learned downstream per unit of x_t, times d"),
        Quantity("tau_A", r"\tau_A", lambda: f.tau_A, "Theorem 4.2's transfer term"),
        Quantity(
            "Gamma",
            r"\Gamma",
            lambda: f.Gamma,
            "the phase-transition quantity, exponent corrected",
        ),
        Quantity(
            "Gamma_printed",
            r"\Gamma_{\mathrm{printed}}",
            lambda: f.Gamma_printed,
            "the phase-transition quantity as printed",
        ),
        Quantity(
            "tau_D",
            r"\tau_D",
            lambda: f.tau_D,
            "signal squared over noise variance after transfer",
        ),
        Quantity(
            "tau_A+tau_2",
            r"\tau_A+\tau_2",
            lambda: f.tau_A + f.tau_2,
            "Theorem 4.2's criterion",
        ),
        Quantity(
            "Gamma+tau_2",
            r"\Gamma+\tau_2",
            lambda: f.Gamma + f.tau_2,
            "Theorem 4.2 read with the corrected Gamma",
        ),
        Quantity(
            "Gamma_printed+tau_2",
            r"\Gamma_{\mathrm{printed}}+\tau_2",
            lambda: f.Gamma_printed + f.tau_2,
            "Theorem 4.2 read with the printed Gamma",
        ),
        Quantity(
            "X", "X", lambda: f.noise_ratio, "noise inherited, against noise memorised downstream"
        ),
        Quantity(
            "Y",
            "Y",
            lambda: f.signal_ratio,
            "signal of the target, against the universal signal",
        ),
        Quantity(
            "alpha_star",
            r"\alpha^*",
            lambda: f.alpha_star,
            "the share that maximises tau_D",
        ),
    )
    return {quantity.name: quantity for quantity in listed}


def evaluate_all(regime: Regime) -> dict[str, float]:
    """Every quantity of the catalogue in a regime."""
    return {name: quantity(regime) for name, quantity in catalogue().items()}


def quantity(name: str) -> Quantity:
    """The quantity of the catalogue with this name. Raises ValueError, which names near ones."""
    known = catalogue()
    if name not in known:
        near = ", ".join(difflib.get_close_matches(name, known, n=3, cutoff=0.0))
        raise ValueError(f"quantity = {name!r}: no such name; did you mean one of {near}?")
    return known[name]


TAU_1, TAU_2 = quantity("tau_1"), quantity("tau_2")
TAU_A, TAU_D = quantity("tau_A"), quantity("tau_D")
#: Theorem 4.2's criterion, as stated.
CRITERION = quantity("tau_A+tau_2")
#: Noise inherited against noise memorised, and the target's signal against the universal one.
X, Y = quantity("X"), quantity("Y")
#: At least 1 where little signal is inherited.
Y_OVER_X = Quantity(
    "Y/X",
    "Y/X",
    lambda: f.signal_ratio / f.noise_ratio,
    "at least 1: little signal is inherited",
)

"""The orders of Lemma A.1(b) as exponents [S].

Constants that were fitted hold whatever the order is: N^1.5 for N, fitted again, passes. So each
order is also decided by its exponents (`claims.observing.orders`), over 40 to 1000 samples, runs up
to fifty times as long as elsewhere, and all else that Condition 4.1 allows.

Those of N, q, d, h and m are the lemma's. That of x_T is not, with the lemma's curve: c = h/2 is
the speed at the start, when half of a filter's class is active. More become active, and with the
share p = 0.8 at which that ends [D] the exponent of x_T is 1 too.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.domains import LONG
from claims.deciding.population import Population
from claims.observing import dynamics
from claims.observing.errors import TRAINED
from claims.observing.orders import (
    LAW_SHARE,
    STATED_SHARE,
    Grown,
    exponents,
)

#: Regimes, and how far an exponent may be from the declared one.
REGIMES, OFF = 240, 0.05
_GROWN = Grown(dynamics.upstream)
#: By provenance: the curve's c over h.
_SHARES = {Provenance.S: STATED_SHARE, Provenance.D: LAW_SHARE}


def _claim(name: str, provenance: Provenance) -> Claim[Any]:
    """Of Growth's field of this name, signal or noise."""
    response, share, of_signal = attrgetter(name), _SHARES[provenance], name == "signal"
    what, order, latex = (
        ("signal learned, γ,", "(N q/d) x_T", r"\gamma\propto\frac{Nq}{d}x_T")
        if of_signal
        else ("noise memorised, Σ_i ρ̄,", "N x_T", r"\sum_i\overline\rho_i\propto N x_T")
    )
    planted: dict[str, Any] = {
        "samples": ("N^1.25 for N", {"N": 0.25}),
        "time": ("x_T^1.25 for x_T", {"x_T": 0.25}),
        **({"dimension": ("d^0.75 for d", {"d": 0.25})} if of_signal else {}),
    }
    found, with_p = exponents(response, share), provenance is Provenance.D
    curve, curve_latex = ("0.8 h", r"0.8\,h") if with_p else ("h/2", "h/2")
    return Claim(
        id=f"lemma-a1.b.{name}.exponents{'.share' if with_p else ''}",
        title=f"Upstream: the exponents of {order}, c = {curve}",
        statement=(
            f"With 40 samples of each task or more, of the {what} at the end of training, mean over"
            f" filters, every exponent in N, q, d, x_T, h and m is within {OFF} of that in {order},"
            f" where x_T + exp(x_T) = cT + 1 and c = {curve}."
        ),
        latex=rf"{latex},\;c={curve_latex}",
        source="Lemma A.1",
        provenance=(provenance,),
        kind=Kind.ORDERING,
        domain=LONG,
        observe=_GROWN,
        family="lemma-a1.exponents",
        training="upstream",
        margin=found.within(OFF),
        rule=Population(REGIMES, found.left),
        unit=f"{OFF} less the largest exponent that is off",
        uses=TRAINED,
        mutants=tuple(
            Mutant(key, error, {"margin": found.within(OFF, **wrong)})
            for key, (error, wrong) in planted.items()
        ),
    )


CLAIMS = tuple(_claim(name, provenance) for name in ("signal", "noise") for provenance in _SHARES)

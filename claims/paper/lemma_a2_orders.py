"""The orders of Lemma A.2(b), and the coefficients themselves [D].

After transfer a filter is active on a share of its class that depends on how much noise it has
inherited: from 0.8, as from scratch, down to a half. With the lemma's curve, c = h/2, the exponent
of x_T in the noise memorised is about 0.1 too small. With c = a h it is right, a the share that the
law of finite size foretells of each regime. Beside it stand both coefficients as the law has them,
with no constant; the signal's exponents are held to those. All for classes of equal size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.domains import LONG
from claims.core.margin import Margin
from claims.deciding.population import Population
from claims.observing.errors import TRAINED
from claims.observing.exponents import Reading, off_by, spread, unit_of
from claims.observing.learned import MORE, compared, exponents, noise_by, predicted, signal_by

#: Regimes; how far an exponent may be from the declared one; and by what part the law may be off,
#: of noise and of signal.
REGIMES, OFF = 240, 0.05
NOISE, SIGNAL = 0.015, 0.04
_SIZES = "with 40 samples of each task or more"
_CURVE = (
    "x_T + exp(x_T) = cT + 1, c = a h, and a is the share of its class that the law of finite size"
    " foretells a filter to be active on"
)
_M_1 = "m₁ is what the law of finite size foretells of h Σ_t |ℓ'_t|, mean over samples"


def _claim(
    name: str,
    title: str,
    statement: str,
    latex: str,
    margin: Callable[..., Margin],
    record: Callable[..., dict[str, Any]],
    unit: str,
    mutants: tuple[Mutant, ...],
) -> Claim[Any]:
    return Claim(
        id=f"lemma-a2.b.{name}",
        title=f"After transfer: {title}",
        source="Lemma A.2",
        statement=statement,
        latex=latex,
        provenance=(Provenance.D,),
        kind=Kind.ORDERING,
        domain=LONG,
        observe=compared,
        margin=margin,
        rule=Population(REGIMES, record, predicted),
        unit=unit,
        family="lemma-a2.orders",
        training="transfer",
        uses=TRAINED,
        mutants=mutants,
    )


def _exponents(
    of: str,
    reading: Reading,
    order: str,
    title: str,
    latex: str,
    errors: Mapping[str, tuple[str, str]],
) -> Claim[Any]:
    """`errors` are planted: name and words, by the variable whose exponent is off by a quarter."""
    found = exponents(reading)
    return _claim(
        f"{of}.exponents",
        title,
        f"{order}, every exponent in N, q, d, x_T, h and m is within {OFF} of the declared one,"
        f" {_SIZES}.",
        latex,
        found.within(OFF),
        found.left,
        f"{OFF} less the largest exponent that is off",
        tuple(
            Mutant(name, error, {"margin": found.within(OFF, **{key: 0.25})})
            for key, (name, error) in errors.items()
        ),
    )


def _law(
    name: str, what: str, symbol: str, latex: str, by: Callable[[str], Reading], part: float
) -> Claim[Any]:
    percent = f"{100 * part:g}%"
    readings = {"law": by("law"), "with c = h/2": by("half")}
    return _claim(
        f"{name}.law",
        f"the {what}, by the law",
        f"Of the {what} after transfer, {symbol}, mean over filters and seeds, the law of finite"
        f" size, for classes of equal size, is off by at most {percent} in two random regimes of"
        f" three, {_SIZES}.",
        rf"\Bigl|\ln\frac{{{latex}}}{{\mathrm{{law}}}}\Bigr|\le\ln {1 + part:g}",
        off_by(part, by("law")),
        partial(spread, readings=readings),
        unit_of(part),
        (
            Mutant(
                "more", f"{MORE[name]:.3g} times the law's", {"margin": off_by(part, by("more"))}
            ),
            Mutant("half", "half of a class is active", {"margin": off_by(part, by("half"))}),
        ),
    )


CLAIMS = (
    _exponents(
        "noise",
        noise_by("curve"),
        f"Of the noise memorised after transfer, Σ_i ρ̄, against the order N x_T, where {_CURVE}",
        "the exponents of N x_T, c = a h",
        r"\sum_i\overline\rho_i\propto N x_T,\;c=a\,h",
        {
            "N": ("samples", "N^1.25 for N"),
            "x_T": ("time", "x_T^1.25 for x_T"),
            "q": ("signal", "q^0.25 more"),
        },
    ),
    _exponents(
        "signal",
        signal_by("law"),
        f"Of the signal learned after transfer, γ, against (N q/d) m₁, where {_M_1}, and {_CURVE}",
        "the exponents of (N q/d) m₁",
        r"\gamma\propto\frac{Nq}{d}m_1",
        {
            "N": ("samples", "N^1.25 for N"),
            "x_T": ("time", "x_T^0.25 more"),
            "d": ("dimension", "d^0.75 for d"),
        },
    ),
    _law("noise", "noise memorised", "Σ_i ρ̄", r"\sum_i\overline\rho_i", noise_by, NOISE),
    _law("signal", "signal learned", "γ", r"\gamma", signal_by, SIGNAL),
)

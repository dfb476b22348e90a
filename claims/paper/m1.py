"""M1: which quantity orders test errors [S; the candidates' provenance is theirs].

For one task error falls with tau. After transfer the candidates are Gamma and the printed Gamma,
alone and with tau_2, tau_A + tau_2 and tau_D. Each but Gamma alone, which downstream samples do not
enter, is a claim that errors of random regimes are a falling function of it (the best such curve is
fitted), and a claim that its exponents are those of the contour error = 0.1.

*Exponents.* Near the contour error = 0.1 the probit of the error is regressed on the logarithms of
N_1, N_2, alpha, d, ||u||^2/(sigma_1 sigma_2), sigma_1/sigma_2 and Y (by E3 these are all there is),
after a cubic in the logarithm of a candidate is taken out of both sides. With the right exponents
nothing is left. In units of the slope that L1 gives the contour, the coefficients are what the
candidate's exponents lack, up to a multiple of the exponents themselves; the statement is that none
lacks more than `OFF`. The evidence also holds the contour's fitted direction beside the declared
one.

Gamma + tau_2 lacks 0.6 with a standard error of 0.1: off, and short of the level at which this
suite falsifies with as many regimes as fit into it. That claim is measured and reported, as a
conjecture.

*The winner* is the candidate whose falling function the errors are nearest to, by rule: it is said
to win if it beats every other by more than the bootstrap's spread. Rank correlations stand beside
it in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from claims.core import quantities as q
from claims.core.claim import Claim, Kind, Provenance, WrongVersion
from claims.core.constants import Constants
from claims.core.quantities import Quantity
from claims.deciding.decision import Margin
from claims.deciding.estimates import (
    LEVEL,
    Estimate,
    beyond,
    each,
    estimate,
    rank_correlation,
    root_mean_square,
    slopes,
)
from claims.observing.errors import MEASURED
from claims.observing.survey import SURVEY, Surveyed, foretell, survey
from claims.paper.theorem_4_2 import GAMMA, PRINTED, READINGS, Reading
from claims.paper.theorem_4_2 import TAU_D as SHARPER
from claims.paper.theorem_4_3 import misread
from claims.predicting.law import contour_slope

Array = NDArray[np.float64]
Seen = Sequence[Surveyed]
#: Regimes surveyed; at this number the standard error of a rank correlation near 0.99 is about
#: 0.001.
REGIMES = 320
#: The readings of Theorem 4.2's criterion, and Gamma alone, corrected and as printed.
CANDIDATES = (
    *READINGS,
    Reading("gamma.alone", q.catalogue()["Gamma"], "Γ", r"\Gamma", Provenance.D),
    Reading(
        "gamma-printed.alone",
        q.catalogue()["Gamma_printed"],
        "Γ_printed",
        r"\Gamma_{\mathrm{printed}}",
        Provenance.S,
    ),
)
#: For one task, tau orders errors if its rank correlation is at least this strong.
ORDERS = 0.96
#: After transfer, it does if errors are a falling function of it, to so much root mean square.
COLLAPSES = 0.025
OFF = 0.3
#: Errors that count as near the contour.
NEAR = (0.02, 0.35)


def errors(seen: Seen, *, scratch: bool = False) -> Array:
    """Measured errors."""
    return each(seen, lambda s: s.scratch if scratch else s.transfer)


def order(seen: Seen, criterion: Quantity, *, scratch: bool = False) -> Estimate:
    """Rank correlation of a criterion with the error, its sign reversed."""
    return -estimate(
        rank_correlation, each(seen, lambda s: criterion(s.regime)), errors(seen, scratch=scratch)
    )


def off_the_curve(values: Array, found: Array) -> float:
    """Root-mean-square distance of errors from the best falling curve in a criterion."""
    ordered = found[np.argsort(values)]
    return root_mean_square(ordered - optimize.isotonic_regression(ordered, increasing=False).x)


def collapse(seen: Seen, criterion: Quantity) -> Estimate:
    """How far the errors after transfer are from a falling function of a criterion."""
    return estimate(off_the_curve, each(seen, lambda s: criterion(s.regime)), errors(seen))


def table(seen: Seen) -> dict[str, Any]:
    """Every candidate: rank correlation and collapse, with intervals."""
    return {
        r.name: {
            "rank": order(seen, r.criterion).record(),
            "collapse": collapse(seen, r.criterion).record(),
        }
        for r in CANDIDATES
    }


def lead(seen: Seen, first: Quantity, second: Quantity) -> Estimate:
    """By how much the errors are nearer to a falling function of the first criterion than of the
    second.
    """

    def gap(one: Array, other: Array, found: Array) -> float:
        return off_the_curve(other, found) - off_the_curve(one, found)

    return estimate(
        gap,
        each(seen, lambda s: first(s.regime)),
        each(seen, lambda s: second(s.regime)),
        errors(seen),
    )


# Exponents ----------------------------------------------------------------------------------------

#: What exponents are fitted in, per kind of training.
TRANSFER_LOGS: dict[str, Any] = {
    "N_1": q.n1,
    "N_2": q.n2,
    "alpha": q.alpha,
    "d": q.d,
    "u^2/(sigma_1 sigma_2)": q.u**2 / (q.sigma1 * q.sigma2),
    "sigma_1/sigma_2": q.sigma1 / q.sigma2,
    "Y": q.Y,
}
SCRATCH_LOGS: dict[str, Any] = {
    "N_2": q.n2,
    "d": q.d,
    "s_2^2/sigma_2^2": q.signal_square[2] / q.sigma2**2,
}


def _near(seen: Seen, scratch: bool) -> list[Surveyed]:
    low, high = NEAR
    return [
        s
        for s, error in zip(seen, errors(seen, scratch=scratch), strict=True)
        if low <= error <= high
    ]


def _design(seen: Seen, logs: dict[str, Any]) -> Array:
    return np.asarray(
        np.log(
            np.array([[q.evaluate(formula, s.regime) for formula in logs.values()] for s in seen])
        )
    )


def _direction(response: Array, design: Array) -> Array:
    found = slopes(response, design)
    return np.asarray(found / np.linalg.norm(found))


def missing(seen: Seen, criterion: Quantity, *, scratch: bool = False) -> Estimate:
    """The largest exponent that a criterion leaves in the errors near the contour."""
    near, logs = _near(seen, scratch), SCRATCH_LOGS if scratch else TRANSFER_LOGS

    def largest(design: Array, found: Array, values: Array) -> float:
        left = np.linalg.lstsq(beyond(design, values), beyond(found, values), rcond=1e-9)[0]
        return float(np.abs(left).max() / contour_slope())

    values = np.log(each(near, lambda s: criterion(s.regime)))
    return estimate(
        largest, _design(near, logs), -special.ndtri(errors(near, scratch=scratch)), values
    )


def exponents(seen: Seen, criterion: Quantity, *, scratch: bool = False) -> dict[str, Any]:
    """Fitted components with intervals, and the declared ones."""
    near, logs = _near(seen, scratch), SCRATCH_LOGS if scratch else TRANSFER_LOGS
    design, found = _design(near, logs), -special.ndtri(errors(near, scratch=scratch))
    declared = _direction(np.log(each(near, lambda s: criterion(s.regime))), design)
    fitted = {
        name: (
            estimate(lambda d, e, k=k: float(_direction(e, d)[k]), design, found).record()
            | {"declared": round(float(declared[k]), 6)}
        )
        for k, name in enumerate(logs)
    }
    return {
        "regimes near the contour": len(near),
        "largest left": missing(seen, criterion, scratch=scratch).record(),
        "direction": fitted,
    }


# Claims -------------------------------------------------------------------------------------------

#: Criteria so far from the errors that what they lack is seen too coarsely: never at this suite's
#: level for Γ, in 18 of 19 runs for the printed one.
_HARDLY_SEEN = (GAMMA, PRINTED)

_SURVEY: dict[str, Any] = {
    "source": "M1",
    "kind": Kind.ORDERING,
    "domain": SURVEY,
    "observe": survey,
    "population": REGIMES,
    "family": "survey",
    "foretell": foretell,
}
_USES = MEASURED | {"e3.degrees": "a threshold has no unit"}


def _orders(criterion: Quantity) -> Callable[[Seen, Constants], Margin]:
    return lambda seen, constants: order(seen, criterion, scratch=True).at_least(ORDERS)


def _collapses(criterion: Quantity) -> Callable[[Seen, Constants], Margin]:
    return lambda seen, constants: collapse(seen, criterion).at_most(COLLAPSES)


def _exponents_right(
    criterion: Quantity, scratch: bool = False
) -> Callable[[Seen, Constants], Margin]:
    return lambda seen, constants: missing(seen, criterion, scratch=scratch).at_most(OFF)


def _candidate(reading: Reading) -> tuple[Claim, ...]:
    inverse = misread(f"1/({reading.criterion.name})", 1 / reading.criterion.formula)
    noisier = misread("sigma_1^8 more", reading.criterion.formula * (q.sigma1 / q.sigma2) ** 8)
    rank = Claim(
        id=f"m1.orders.{reading.name}",
        title=f"{reading.plain} orders the errors after transfer",
        statement=(
            "Over random regimes inside Condition 4.1 test error after transfer is a falling"
            f" function of {reading.plain}, to {COLLAPSES} rms."
        ),
        latex=rf"\mathrm{{error}}\approx\phi({reading.latex}),\;\phi\downarrow",
        provenance=(reading.provenance,),
        margin=_collapses(reading.criterion),
        summary=table,
        unit=f"{COLLAPSES} less the root mean square",
        uses=_USES,
        wrong_versions=(
            WrongVersion("inverse", "its inverse does", {"margin": _collapses(inverse)}),
            WrongVersion(
                "dimension",
                "d³ for d in it",
                {"margin": _collapses(misread("d^3", reading.criterion.formula / q.d**2))},
            ),
        ),
        **_SURVEY,
    )
    contour = Claim(
        id=f"m1.exponents.{reading.name}",
        title=f"The 0.1-error contour has the exponents of {reading.plain}",
        statement=(
            f"Near error 0.1 no exponent of {reading.plain} in N₁, N₂, α, d, ‖u‖²/σ₁σ₂, σ₁/σ₂, Y"
            f" lacks more than {OFF}."
        ),
        latex=rf"\nabla\,\mathrm{{error}}\parallel\nabla\log({reading.latex})",
        provenance=(reading.provenance,),
        margin=_exponents_right(reading.criterion),
        summary=partial(exponents, criterion=reading.criterion),
        kind=Kind.CONJECTURE if reading in _HARDLY_SEEN else Kind.ORDERING,
        unit=f"{OFF} less the largest exponent that is lacking",
        uses=_USES,
        wrong_versions=(
            WrongVersion("noise", "(σ₁/σ₂)⁸ in it as well", {"margin": _exponents_right(noisier)}),
            WrongVersion(
                "dimension",
                "d⁹ for d in it",
                {"margin": _exponents_right(misread("d^9", reading.criterion.formula / q.d**8))},
            ),
        ),
        **{key: value for key, value in _SURVEY.items() if key != "kind"},
    )
    return rank, contour


def _one_task() -> tuple[Claim, ...]:
    tau = q.catalogue()["tau_2"]
    inverse = misread("1/tau_2", 1 / q.tau_2)
    common = _SURVEY | {"provenance": (Provenance.S,), "uses": _USES}
    return (
        Claim(
            id="m1.one-task",
            title="For one task error falls with τ",
            statement=(
                "Over random regimes inside Condition 4.1 the rank correlation of test error from"
                f" scratch with τ₂ is −{ORDERS} or stronger."
            ),
            latex=rf"\mathrm{{rank\,corr}}\,(\mathrm{{error}},\,\tau_2)\le-{ORDERS}",
            margin=_orders(tau),
            summary=lambda seen: {"rank": order(seen, tau, scratch=True).record()},
            unit="rank correlation beyond 0.96",
            wrong_versions=(
                WrongVersion("inverse", "1/τ₂ does", {"margin": _orders(inverse)}),
                WrongVersion("other-task", "τ_D does", {"margin": _orders(q.catalogue()["tau_D"])}),
            ),
            **common,
        ),
        Claim(
            id="m1.one-task.exponents",
            title="For one task the 0.1-error contour has the exponents of τ",
            statement=(
                f"Near error 0.1 no exponent of τ₂ in N₂, d, ‖s₂‖²/σ₂² lacks more than {OFF}."
            ),
            latex=r"\nabla\,\mathrm{error}\parallel\nabla\log\tau_2",
            margin=_exponents_right(tau, True),
            summary=partial(exponents, criterion=tau, scratch=True),
            unit=f"{OFF} less the largest exponent that is lacking",
            wrong_versions=(
                WrongVersion(
                    "dimension",
                    "d³ for d",
                    {"margin": _exponents_right(misread("d^3", q.tau_2 / q.d**2), True)},
                ),
                WrongVersion(
                    "signal",
                    "‖s₂‖² for ‖s₂‖⁴",
                    {
                        "margin": _exponents_right(
                            misread("s^2", q.tau_2 * q.sigma2**2 / q.signal_square[2]), True
                        )
                    },
                ),
            ),
            **common,
        ),
    )


def _wins(first: Reading) -> Callable[[Seen, Constants], Margin]:
    def margin(seen: Seen, constants: Constants) -> Margin:
        margins = [
            lead(seen, first.criterion, other.criterion).at_least(
                0.0, LEVEL / (len(CANDIDATES) - 1)
            )
            for other in CANDIDATES
            if other is not first
        ]
        return Margin.between(min(m.low[0] for m in margins), min(m.high[0] for m in margins))

    return margin


_WINNER = Claim(
    id="m1.winner",
    title="τ_D orders errors best",
    statement=(
        "Of Γ and the printed Γ, alone and with τ₂, τ_A + τ₂ and τ_D, test error after transfer is"
        " nearest to a falling function of the last."
    ),
    latex=r"\tau_D\succ\tau_A+\tau_2,\;\Gamma+\tau_2,\;\Gamma_{\mathrm{printed}}+\tau_2,\;\Gamma,\;\Gamma_{\mathrm{printed}}",
    provenance=(Provenance.D,),
    margin=_wins(SHARPER),
    summary=table,
    unit="root mean square, the next one's less its own",
    uses=_USES,
    wrong_versions=tuple(
        WrongVersion(f"{r.name}-wins", f"{r.plain} does", {"margin": _wins(r)})
        for r in CANDIDATES
        if r is not SHARPER
    ),
    **_SURVEY,
)


CLAIMS = (*_one_task(), *(claim for reading in READINGS for claim in _candidate(reading)), _WINNER)

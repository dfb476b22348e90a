"""L1, L2: how accurate the sharp law is [D]. `claims.predicting.law` derives it, networks decide.

Predictions of a population are written down before its first network is trained.
Accuracies are declared: what the law's error does not exceed in two of three random regimes inside
Condition 4.1 with practical constants (of Gaussian errors, that is their root mean square). There N
is 20 to 1000 (most of them below 100), m 9 to 64 and zeta up to 1/2, and so not at the limit the
law speaks of. `law.improves` says that the distance shrinks towards that limit (in zeta and 1/m it
does; in N^2/d there is nothing to shrink, up to N^2/d of order one), and `law.worst` looks for the
regime where the law is furthest off.

The theory's first form, with p = 0.8 and with all shares equal (the closed form), is kept as
readings; each is a claim that it is as accurate as the law with p from the cascade: where the two
differ by a quarter of the declared accuracy or more, it is the nearer one in half of the regimes.

Where it ends: `law_ends`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from claims.core.claim import Claim, Mutant
from claims.core.constants import Constants
from claims.core.declared import SCRATCH, SHARE, TRANSFER
from claims.core.margin import Margin
from claims.deciding.estimates import (
    Array,
    Estimate,
    each,
    estimate,
    rank_correlation,
    root_mean_square,
    slopes,
)
from claims.deciding.shares import nearer, typical
from claims.observing.survey import SURVEYED, Read, Surveyed, Surveys, surveyed
from claims.predicting import law


def gaps(surveys: Surveys, predicted: Read, measured: Read) -> Array:
    """A prediction's errors."""
    return each(surveys, lambda s: predicted(s) - measured(s))


def accuracy(surveys: Surveys, predicted: Read, measured: Read) -> Estimate:
    """Root mean square of a prediction's error."""
    return estimate(root_mean_square, gaps(surveys, predicted, measured))


def within(bound: float, predicted: Read, measured: Read) -> Callable[[Surveys, Constants], Margin]:
    """The margin of: off by at most so much in most regimes."""
    return lambda surveys, constants: typical(gaps(surveys, predicted, measured)).at_most(bound)


def no_worse(
    reading: Read, predicted: Read, measured: Read, accuracy: float
) -> Callable[[Surveys, Constants], Margin]:
    """The margin of: a reading is nearer than the law in half of the regimes where they differ by
    a quarter of the declared accuracy or more.
    """

    def margin(surveys: Surveys, constants: Constants) -> Margin:
        one, other = (gaps(surveys, read, measured) for read in (reading, predicted))
        return nearer(one, other, accuracy / 4).at_least(1 / 2)

    return margin


def _law_p(s: Surveyed) -> float:
    return s.predicted.p


def _share(s: Surveyed) -> float:
    return s.share


def _law_scratch(s: Surveyed) -> float:
    return s.predicted.scratch


def _scratch(s: Surveyed) -> float:
    return s.scratch


def _law_transfer(s: Surveyed) -> float:
    return s.predicted.transfer


def _transfer(s: Surveyed) -> float:
    return s.transfer


def _rounded_p(s: Surveyed) -> float:
    return law.ROUNDED


def _rounded_scratch(s: Surveyed) -> float:
    return s.rounded.scratch


def _rounded_transfer(s: Surveyed) -> float:
    return s.rounded.transfer


def _closed(s: Surveyed) -> float:
    return s.closed_form


def _accuracy_record(predicted: Read, measured: Read) -> Callable[[Surveys], dict[str, Any]]:
    def summary(surveys: Surveys) -> dict[str, Any]:
        off = gaps(surveys, predicted, measured)
        worst = surveys[int(np.abs(off).argmax())]
        return {
            "off by at most, in two regimes of three": typical(off).record(),
            "root mean square": accuracy(surveys, predicted, measured).record(),
            "rank": (
                estimate(
                    rank_correlation, each(surveys, predicted), each(surveys, measured)
                ).record()
            ),
            "worst": {"gap": float(np.abs(off).max()), "regime": worst.regime.to_dict()},
            "against": _dependence(surveys, off),
        }

    return summary


_LOGS: dict[str, Read] = {
    "N^2/d": lambda s: s.regime.n2**2 / s.regime.d,
    "1/m": lambda s: 1 / s.regime.m,
    "zeta": lambda s: s.quantity("zeta_2"),
    "h": lambda s: s.quantity("h_2"),
}


def _dependence(surveys: Surveys, off: Array) -> dict[str, Any]:
    """Slopes of ln |gap| in the logarithms of what should shrink it."""
    design, size = (
        np.log(np.stack([each(surveys, read) for read in _LOGS.values()], 1)),
        np.log(np.abs(off) + 1e-6),
    )
    return {
        name: estimate(lambda d, e, k=k: float(slopes(e, d)[k]), design, size).record()
        for k, name in enumerate(_LOGS)
    }


def _accurate(
    name: str,
    what: str,
    latex: str,
    bound: float,
    predicted: Read,
    measured: Read,
    wrong: Sequence[tuple[str, str, Read]],
    source: str,
) -> Claim:
    return Claim(
        id=f"law.{name}",
        title=f"Sharp law: {what}",
        source=source,
        statement=(
            f"In two of three random regimes inside Condition 4.1 the law's {what} is off by at"
            f" most {bound}."
        ),
        latex=latex,
        margin=within(bound, predicted, measured),
        rule=surveyed(_accuracy_record(predicted, measured)),
        unit=f"{bound} less what two regimes of three are off by",
        mutants=tuple(
            Mutant(n, error, {"margin": within(bound, read, measured)}) for n, error, read in wrong
        ),
        **SURVEYED,
    )


def _reading(
    name: str,
    what: str,
    latex: str,
    reading: Read,
    predicted: Read,
    measured: Read,
    accuracy_declared: float,
    source: str,
) -> Claim:
    return Claim(
        id=f"law.{name}",
        title=f"Sharp law, reading: {what}",
        source=source,
        statement=(
            f"{what} is as accurate as the law with p from the cascade: in half of the random"
            f" regimes where the two differ by {accuracy_declared / 4:g} or more, it is the nearer"
            " one."
        ),
        latex=latex,
        margin=no_worse(reading, predicted, measured, accuracy_declared),
        rule=surveyed(
            lambda surveys: {
                "reading": accuracy(surveys, reading, measured).record(),
                "law": accuracy(surveys, predicted, measured).record(),
            }
        ),
        unit="share of regimes where it is the nearer one, beyond one half",
        mutants=(
            Mutant(
                "half",
                "one half always is",
                {"margin": no_worse(lambda s: 0.5, predicted, measured, accuracy_declared)},
            ),
            Mutant(
                "perfect",
                "the measured value itself is no better",
                {"margin": no_worse(predicted, measured, measured, accuracy_declared)},
            ),
        ),
        **SURVEYED,
    )


def _double(read: Read) -> Read:
    return lambda s: min(2 * read(s), 1.0)


_L1 = (
    r"\mathrm{error}=\Pr\Big(\psi(\sqrt r g',\sqrt{1-r})-\psi(\sqrt r"
    r" g,\sqrt{1-r})>\sqrt{\tau/2}\,m_1/\sqrt v\Big)"
)
_L2 = r"\mathrm{error}=\Pr(F'-F>S)"
CLAIMS = (
    _accurate(
        "share",
        "share p of active samples",
        r"p=p(h,hT,\zeta)",
        SHARE,
        _law_p,
        _share,
        (
            ("half", "no sample switches on: p = 1/2", lambda s: 0.5),
            ("all", "all samples switch on: p = 1", lambda s: 1.0),
        ),
        "L, p",
    ),
    _accurate(
        "l1",
        "error from scratch",
        _L1,
        SCRATCH,
        _law_scratch,
        _scratch,
        (
            ("double", "twice as large", _double(_law_scratch)),
            ("transfer", "the error after transfer", _law_transfer),
        ),
        "L1",
    ),
    _accurate(
        "l2",
        "error after transfer",
        _L2,
        TRANSFER,
        _law_transfer,
        _transfer,
        (
            ("double", "twice as large", _double(_law_transfer)),
            ("scratch", "the error from scratch", _law_scratch),
        ),
        "L2",
    ),
    _reading(
        "share.rounded", "p = 0.8 everywhere", r"p=0.8", _rounded_p, _law_p, _share, SHARE, "L, p"
    ),
    _reading(
        "l1.rounded",
        "L1 with p = 0.8",
        _L1,
        _rounded_scratch,
        _law_scratch,
        _scratch,
        SCRATCH,
        "L1",
    ),
    _reading(
        "l1.closed-form",
        "L1 with all shares equal to 0.8",
        r"\Pr(\psi_p(g')-\psi_p(g)>\sqrt{\tau/2p})",
        _closed,
        _law_scratch,
        _scratch,
        SCRATCH,
        "L1",
    ),
    _reading(
        "l2.rounded",
        "L2 with p = 0.8",
        _L2,
        _rounded_transfer,
        _law_transfer,
        _transfer,
        TRANSFER,
        "L2",
    ),
)

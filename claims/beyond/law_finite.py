"""The sharp law at finitely many samples and filters, from scratch [D].

In the limit of many samples and filters the law falls short where errors are rare, and the cause
was misnamed: not that filters are few, but that the two classes are of unequal size. A network
whose training set holds few samples of one class has learned little of its signal and has much of
the other's noise against it; the rarer the error, the more the mean over networks is made by such
draws. With that, and with the terms of `claims.predicting.law.imbalance`, the law holds to 10^-6,
for 20 samples and more and 4 filters and more, nothing fitted.

How errors are averaged over networks: `claims.observing.class_sizes`. What each term is worth in
the law, in nats at errors of 10^-3 to 10^-2 and of 10^-6 to 10^-5, medians over 63 and 23 regimes:
unequal classes 0.49 and 3.1; what is left behind on the other class 0.14 and 0.19; width 0.09 and
0.15; that samples memorise unequal amounts 0.03 and 0.13; that the first step learns from the other
class 0.02 and 0.12; that moments depend on a class's size 0.006 and 0.035; that a fresh example's
noise is N/2 Gaussians 0.007 and 0.02; that signals fit the training set 0.001 and 0.01. With 20
samples and errors near 0.005 those Gaussians are worth 0.01 to 0.07, and the moments 0.02 to 0.03,
with opposite signs for small and large initial weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from claims.core.claim import Claim, Kind, Provenance
from claims.core.constants import Constants
from claims.core.domains import LARGE_ERRORS, at_finite_size
from claims.core.margin import Margin
from claims.deciding.estimates import Array, each, estimate, root_mean_square
from claims.deciding.population import Population
from claims.deciding.shares import median, typical, within
from claims.observing.class_sizes import Foretold, nats, predict_finite, stratified
from claims.observing.errors import MEASURED
from claims.observing.in_nats import misread, near, spread_of

Regimes = Sequence[Foretold]


#: Errors from 0.05 down to 10^-6 and below.
RARE = at_finite_size(3.0, 60.0)
#: Ranges of foretold errors, and by how many nats the law may be off in each.
DECADES = (
    ("hundredths", 1e-2, 5e-2, 0.1),
    ("thousandths", 1e-3, 1e-2, 0.15),
    ("rarer", 1e-6, 1e-3, 0.25),
)
#: Of errors above 0.05: by how much the law may be off; and of the rare ones together, nats that
#: the median may be off by.
ABSOLUTE, SYSTEMATIC = 0.005, 0.1
_LARGEST, _LEAST = 5e-2, 1e-6
#: Of the family on rare errors: enough in each range.
REGIMES = 140


def gaps(regimes: Regimes, reading: str) -> Array:
    """Measured less foretold."""
    return each(regimes, lambda one: one.measured - one.foretold[reading])


def close(reading: str, regimes: Regimes, constants: Constants) -> Margin:
    """The margin of: off by at most `ABSOLUTE` in two regimes of three."""
    return typical(gaps(regimes, reading)).at_most(ABSOLUTE)


def unbiased(reading: str, regimes: Regimes, constants: Constants) -> Margin:
    """The margin of: the median is within `SYSTEMATIC` nats of 0."""
    return within(median(nats(regimes, reading, _LEAST, _LARGEST)), SYSTEMATIC)


def _record(regimes: Regimes) -> dict[str, Any]:
    columns = {name: nats(regimes, "law", low, high) for name, low, high, _ in DECADES}
    return {name: spread_of(column) for name, column in columns.items()} | {
        "root mean square": estimate(root_mean_square, gaps(regimes, "law")).record()
    }


_SHARED: dict[str, Any] = {
    "source": "L1, finite N and m",
    "provenance": (Provenance.D,),
    "kind": Kind.ORDERING,
    "observe": stratified,
    "uses": MEASURED,
}
_FORMULA = (
    r"\mathrm{error}=\mathbb E_f\Pr\big(\sqrt{(2-f)v+fw}\,F'-\sqrt{fv+(2-f)w}\,F"
    r">f\sqrt{\tau/2}\,m_1\big),\quad f=2N_+/N"
)
_WRONG = {
    "equal": ("equal classes", "classes of equal size"),
    "half": ("half the samples", "half of the samples"),
    "tau": ("a tenth more signal", "τ a tenth larger"),
    "less": ("a tenth less signal", "τ a tenth smaller"),
    "limit": ("limit", "the limit of many samples and filters"),
}


_mutants = partial(misread, _WRONG)


def _decade(name: str, low: float, high: float, bound: float, *wrong: str) -> Claim:
    margin = partial(near, low, high, bound)
    return Claim(
        id=f"law.finite.{name}",
        title=f"Sharp law at finite size: {name}",
        statement=(
            f"Where the law of finitely many samples and filters foretells an error from {low:g} to"
            f" {high:g} from scratch, it is off by at most {bound} nats in two random regimes of"
            " three, with τ₂ from 3 to 60 and 4 to 64 filters of each sign."
        ),
        latex=_FORMULA,
        domain=RARE,
        family="law.finite",
        margin=partial(margin, "law"),
        rule=Population(REGIMES, _record, predict_finite),
        unit=f"{bound} nats less what two regimes of three are off by",
        mutants=_mutants(margin, *wrong),
        **_SHARED,
    )


CLAIMS = (
    Claim(
        id="law.finite.common",
        title="Sharp law at finite size: errors above 0.05",
        statement=(
            "With τ₂ from 0.1 to 2 the law of finitely many samples and filters is off by at most"
            f" {ABSOLUTE} from scratch in two random regimes of three, with 4 to 64 filters of each"
            " sign."
        ),
        latex=_FORMULA,
        domain=LARGE_ERRORS,
        margin=partial(close, "law"),
        rule=Population(96, _record, predict_finite),
        unit=f"{ABSOLUTE} less what two regimes of three are off by",
        mutants=_mutants(close, "tau", "less"),
        **_SHARED,
    ),
    _decade(*DECADES[0], "tau", "less"),
    _decade(*DECADES[1], "equal", "half", "tau"),
    _decade(*DECADES[2], "equal", "half", "limit"),
    Claim(
        id="law.finite.median",
        title="Sharp law at finite size: no systematic error",
        statement=(
            "Of errors that the law of finitely many samples and filters foretells from scratch,"
            " 10⁻⁶ to 0.05, with τ₂ from 3 to 60 and 4 to 64 filters of each sign, the median is"
            f" within {SYSTEMATIC} nats of what is measured."
        ),
        latex=_FORMULA,
        domain=RARE,
        family="law.finite",
        margin=partial(unbiased, "law"),
        rule=Population(REGIMES, _record, predict_finite),
        unit=f"{SYSTEMATIC} nats less what the median is off by",
        mutants=_mutants(unbiased, "equal", "half", "tau", "less"),
        **_SHARED,
    ),
)

r"""Theorems 4.3 and 4.2 with sharper bounds: what follows the threshold, and how large errors stay.

As stated, errors are at most exp(-tau/C_2) from tau = C_1 on. With calibrated constants that is
0.75 where it begins: nearly empty. Two forms beside it say more, with the same C_1 and C_2 [D]:

* *sharp*: error <= 0.1 exp(-(tau - C_1)/C_2) for tau >= C_1. Below C_3 it is at least 0.1, so the
  transition lies between, and C_1/C_3 says how sharp it is: of tau_2 from scratch, and of tau_D
  after transfer (any X).
* *from below*: error >= 0.1 exp(-tau/c). With the first it says that ln(error) falls linearly in
  tau, which no bound from above does.

How fast it falls the two slopes leave open by a factor, C_2/c: about 20. They are those of the
worst networks and of the best over all regimes: networks differ (with few samples one class may
have many more than the other, and such a network errs more: `claims.paper.unequal_classes`), sizes
do, and both constants keep an allowance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.core.calibration import CalibrationSet, OpenConstant
from claims.core.catalogue import stated
from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import DELTA
from claims.core.constants import Constants
from claims.core.criteria import NOT_SMALL, SCRATCH_C_1, SCRATCH_C_2, SHARP
from claims.core.margin import Margin
from claims.core.quantities import TAU_2, Quantity
from claims.deciding.per_regime import PerRegime
from claims.observing.errors import (
    MEASURED,
    Learned,
    Observation,
    error_at_least,
    error_at_most,
    log_error,
    orders,
)
from claims.observing.headline_constants import ANYWHERE, MOST_DRAWN, SCRATCH, fitted
from claims.observing.paired import shifted

_LIMIT = math.log(NOT_SMALL)


@dataclass(frozen=True)
class _Theorem:
    """A criterion with its statement of small errors, and what is sharper."""

    base: str  # the statement's id
    source: str
    words: str
    criterion: Quantity
    plain: str
    latex: str
    hypothesis: str
    c_1: str
    c_2: str
    c: str  # of the bound from below
    drawn: CalibrationSet
    learned: Callable[[Observation], Learned]
    lemma: str

    def sharp(self, begins: float = NOT_SMALL, factor: float = 1.0) -> Any:
        """error <= 0.1 exp(-(criterion - C_1)/(factor C_2)); `begins` in place of 0.1."""

        def margin(observation: Observation, constants: Constants) -> Margin:
            beyond = self.criterion(observation.regime) - constants[self.c_1]
            bound = math.log(begins) - beyond / (factor * constants[self.c_2])
            return error_at_most(self.learned(observation).error, bound)

        return margin

    def from_below(self, factor: float = 1.0, power: float = 1.0) -> Any:
        """error >= 0.1 exp(-criterion^power/(factor c))."""

        def margin(observation: Observation, constants: Constants) -> Margin:
            nats = self.criterion(observation.regime) ** power / (factor * constants[self.c])
            at_least_one = error_at_least(self.learned(observation).error, 1.0)
            return shifted(at_least_one, nats - _LIMIT)

        return margin

    @property
    def slope(self) -> OpenConstant:
        """The least c that is needed."""

        def needed(observation: Observation) -> NDArray[np.float64]:
            low, _ = log_error(self.learned(observation).error)
            value = self.criterion(observation.regime)
            with np.errstate(divide="ignore"):
                return np.where(low < _LIMIT, value / (_LIMIT - low), MOST_DRAWN)

        return OpenConstant(
            self.c,
            needed,
            at_least=False,
            sets=(self.drawn,),
            unmet=MOST_DRAWN,
            words="least over regimes",
        )


_SCRATCH = _Theorem(
    base="theorem-4.3.error-upper",
    source="Theorem 4.3",
    words="Scratch",
    criterion=TAU_2,
    plain="τ₂",
    latex=r"\tau_2",
    hypothesis="",
    c_1=SCRATCH_C_1,
    c_2=SCRATCH_C_2,
    c="theorem-4.3.c",
    drawn=SCRATCH,
    learned=lambda observation: observation.scratch,
    lemma="lemma-a1",
)


def _after_transfer(observation: Observation) -> Learned:
    assert observation.transfer is not None
    return observation.transfer


_TRANSFER = _Theorem(
    base="theorem-4.2.error-upper.tau-D",
    source="Theorem 4.2",
    words="Transfer",
    criterion=SHARP.criterion,
    plain=SHARP.plain,
    latex=SHARP.latex,
    hypothesis=" with 40 source samples or more,",
    c_1=SHARP.constant("C_1"),
    c_2=SHARP.constant("C_2"),
    c=SHARP.constant("c"),
    drawn=ANYWHERE[SHARP.name],
    learned=_after_transfer,
    lemma="lemma-a2",
)


def _claims(theorem: _Theorem) -> tuple[Claim[Observation], ...]:
    base = stated(theorem.base)
    plain, latex = theorem.plain, theorem.latex
    common: dict[str, Any] = {
        "source": theorem.source,
        "provenance": (Provenance.D,),
        "kind": Kind.PROBABILITY,
        "rule": PerRegime(DELTA),
        "domain": base.domain,
        "observe": base.observe,
        "family": base.family_id,
        "unit": "nats between the bound and the error",
        "uses": MEASURED | orders(theorem.lemma),
    }
    return (
        Claim(
            id=f"{theorem.base}.sharp",
            title=f"{theorem.words}: errors begin at 0.1 and fall from there",
            statement=(
                f"Under Condition 4.1,{theorem.hypothesis} {plain} ≥ C₁ implies test error at most"
                f" 0.1 exp(−({plain} − C₁)/C₂)."
            ),
            latex=(
                rf"{latex}\ge C_1\;\Rightarrow\;\mathrm{{error}}\le"
                rf" 0.1\,e^{{-({latex}-C_1)/C_2}}"
            ),
            margin=theorem.sharp(),
            constants=(theorem.c_1, theorem.c_2),
            fits=fitted(theorem.c_1, theorem.c_2),
            mutants=(
                Mutant("begins", "0.03 for 0.1", {"margin": theorem.sharp(begins=0.03)}),
                Mutant("slope", "C₂/3 for C₂", {"margin": theorem.sharp(factor=1 / 3)}),
            ),
            **common,
        ),
        Claim(
            id=f"{theorem.base}.from-below",
            title=f"{theorem.words}: errors fall no faster than exponentially",
            statement=(
                f"Under Condition 4.1,{theorem.hypothesis} {plain} ≥ C₁ implies test error at least"
                f" 0.1 exp(−{plain}/c)."
            ),
            latex=rf"{latex}\ge C_1\;\Rightarrow\;\mathrm{{error}}\ge 0.1\,e^{{-{latex}/c}}",
            margin=theorem.from_below(),
            constants=(theorem.c_1, theorem.c),
            fits=(*fitted(theorem.c_1), theorem.slope),
            mutants=(
                Mutant("slope", "3c for c", {"margin": theorem.from_below(factor=3.0)}),
                Mutant(
                    "exponent",
                    f"{plain}^0.7 for {plain}",
                    {"margin": theorem.from_below(power=0.7)},
                ),
            ),
            **common,
        ),
    )


CLAIMS = (*_claims(_SCRATCH), *_claims(_TRANSFER))

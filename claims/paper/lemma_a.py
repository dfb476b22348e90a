"""Lemmas A.1 and A.2: dynamics under Condition 4.1, upstream and after transfer, at every recorded
step of the run.

(a) [R] With x_t(b, c) the root of x + b e^x = ct + b (B5), the mean memorisation of each sample
stays between two such curves: pairs (h/5, 6/5) below and (3h/2, 5/6) above, plus the recursion's
c/(1 + b). The lower one has explicit constants, so it needs width: with 12 filters of a sign some
sample starts with two of them active, and c = h/5 is more than that. It is decided for m from 32
on; after transfer, for as many fresh filters and C_d from 30 on. That is far below the m >= 50
log(2N/delta), some 330 at N = 20, at which B4 proves that 0.4 m filters start active: it does not
rest on B4, whose constants no trained regime meets.
(b) [S] Signal gamma and memorised noise sum_i rho-bar of every filter are of order (N q/d) x_t and
N x_t, x_t = x_t(1, h/2); the constants are fitted. The latter needs samples: a filter that starts
active on none of its class memorises nothing. It is decided for N from 40 on; B4's N >= 32
log(4m/delta), some 220 at m = 12, is not met, and B4 is not used.
(c) [R] All samples are pulled alike up to a constant, rho-bar <= 4 log T, and rho-underbar stays
small.

Lemma A.2 states the same of the increments from the inherited start. Inherited filters, besides,
keep their universal part: j<w, u> never falls below its inherited value, since own-task noise is
orthogonal to u and gamma_u never falls.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from claims.core.calibration import suffice
from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import DELTA, Clause
from claims.core.constants import Constants
from claims.core.domain import Between, Domain, Scale
from claims.core.domains import EVERYWHERE, SAMPLES, SMALL_DIMENSION
from claims.core.margin import Margin
from claims.core.ranges import Scales
from claims.deciding.per_regime import PerRegime
from claims.observing import dynamics
from claims.observing.dynamics import Dynamics
from claims.observing.errors import TRAINED
from claims.observing.growth import (
    above_envelope,
    balance,
    below_envelope,
    bounded,
    extremes,
    grows_as,
    noise_ratio,
    signal_ratio,
    unwanted,
)

#: Width enough for every sample to find a share of active filters near one half.
WIDTH: Scales = {Scale.M: Between(32, 64)}
_NARROW: Scales = {Scale.M: Between(12, 12)}
_SMALL_TERMS = {
    "b1.inner-products": "patches overlap by no more than the bound's last term",
    "b3.noise": "initial pre-activations are small",
    "b3.noise.condition": "Condition 4.1 gives the dimension that this asks for",
}


#: With as many fresh filters, and with few.
_FRESH: Scales = {
    Scale.M: Between(36, 64),
    Scale.INHERITED: Between(1, 4),
    Scale.SLACK: Between(30.0, 100.0),
}
_STALE: Scales = {**_FRESH, Scale.M: Between(36, 38), Scale.INHERITED: Between(25, 26)}
_LITTLE_DIMENSION = Mutant(
    "dimension-dropped",
    "the dimension clauses are dropped, with 40 to 120 samples and τ_D from 5·10³",
    {"domain": SMALL_DIMENSION},
)


@dataclass(frozen=True)
class RunKind:
    """A kind of run that the statements are about."""

    lemma: str
    index: int  # of the task that is trained
    where: str
    observe: Callable[..., Dynamics]
    provenance: tuple[Provenance, ...]
    uses: dict[str, str]

    @property
    def wide(self) -> Domain:
        """Width enough.

        After transfer every sample needs fresh filters, as many as upstream; and inherited signal,
        N_1 q_1/d to begin with, must not have classified it already: C_d >= 30.
        """
        return EVERYWHERE.but(scales=WIDTH if self.index == 1 else _FRESH)

    @property
    def tight(self) -> Domain:
        """Too little width."""
        return EVERYWHERE.but(scales=_NARROW if self.index == 1 else _STALE)

    @property
    def roomy(self) -> str:
        """What `wide` says, in words."""
        if self.index == 1:
            return f"With {WIDTH[Scale.M].low:g} filters of each sign or more, at"
        return "With 36 filters of each sign or more, 4 inherited at most, and C_d from 30 on, at"

    @property
    def common(self) -> dict[str, Any]:
        """Fields of all its claims."""
        return {
            "source": f"Lemma {self.lemma[-2:].upper()[0]}.{self.lemma[-1]}",
            "provenance": self.provenance,
            "kind": Kind.PROBABILITY,
            "domain": EVERYWHERE,
            "observe": self.observe,
            "training": "upstream" if self.index == 1 else "transfer",
            "rule": PerRegime(DELTA),
            "family": self.lemma,
            "uses": TRAINED | self.uses,
        }


def _opposite(
    margin: Callable[[Dynamics, Constants], Margin],
) -> Callable[[Dynamics, Constants], Margin]:
    """That a statement fails, at the step where it comes closest to failing."""
    return lambda observation, constants: Margin.exact(-margin(observation, constants).high)


def _lower(run: RunKind) -> Claim:
    """(a), from below."""
    return Claim(
        id=f"{run.lemma}.a.lower",
        title=f"{run.where}: every sample is memorised at least as fast as the lower curve",
        statement=(
            f"{run.roomy} every step, (1/m) Σ_r ρ̄_{{y_i,r,i}} is at least x_t with c = h/5, b ="
            " 6/5, for every sample."
        ),
        latex=r"\frac1m\sum_r\overline\rho_{y_i,r,i}^{\,t}\ge \underline x_t",
        margin=above_envelope,
        unit="least gap to the curve",
        mutants=(
            Mutant(
                "tight",
                (
                    "width is not asked for: m = 12"
                    if run.index == 1
                    else "fresh width is not asked for: 26 of 38 are inherited"
                ),
                {"domain": run.tight},
            ),
            Mutant(
                "faster",
                "c = 3h/2 for h/5",
                {"margin": partial(above_envelope, speed=1.5)},
            ),
            Mutant(
                "flipped",
                "at most",
                {"margin": _opposite(above_envelope)},
            ),
        ),
        **(run.common | {"domain": run.wide, "family": f"{run.lemma}.wide"}),
    )


def _upper(run: RunKind) -> Claim:
    """(a), from above."""
    return Claim(
        id=f"{run.lemma}.a.upper",
        title=f"{run.where}: no sample is memorised faster than the upper curve",
        statement=(
            "At every step, (1/m) Σ_r ρ̄_{y_i,r,i} is at most x_t + c/(1 + b) with c = 3h/2, b"
            " = 5/6, for every sample."
        ),
        latex=(
            r"\frac1m\sum_r\overline\rho_{y_i,r,i}^{\,t}\le \overline x_t+\frac{\overline"
            r" c}{1+\overline b}"
        ),
        margin=below_envelope,
        unit="least gap to the curve",
        mutants=(
            Mutant(
                "slower",
                "c = 3h/4 for 3h/2",
                {"margin": partial(below_envelope, speed=0.75)},
            ),
            Mutant(
                "flipped",
                "at least",
                {"margin": _opposite(below_envelope)},
            ),
        ),
        **run.common,
    )


def _signal(run: RunKind) -> Claim:
    """(b) of the signal."""
    ratio = partial(extremes, run.lemma, signal_ratio, "c_1", "c_2")
    constants = ratio()
    return Claim(
        id=f"{run.lemma}.b.signal",
        title=f"{run.where}: the signal grows like (N q/d) x_t in every filter",
        statement=(
            "At every step and for every filter, γ lies between c₁ and c₂ times (N q/d) x_t,"
            " x_t with c = h/2, b = 1."
        ),
        latex=r"\gamma_{j,r}^t\in[c_1,c_2]\cdot\frac{Nq}{d}\,x_t",
        margin=suffice(*constants),
        unit="ln of the constant over what is needed",
        constants=tuple(c.name for c in constants),
        fits=constants,
        mutants=(
            _LITTLE_DIMENSION,
            Mutant("squared", "x_t² for x_t", {"margin": suffice(*ratio(power=2.0))}),
            Mutant("no-growth", "no x_t: γ does not grow", {"margin": suffice(*ratio(power=0.0))}),
        ),
        **run.common,
    )


def _noise(run: RunKind) -> Claim:
    """(b) of memorised noise."""
    ratio = partial(extremes, run.lemma, noise_ratio, "c_3", "c_4")
    constants = ratio()
    return Claim(
        id=f"{run.lemma}.b.noise",
        title=f"{run.where}: memorised noise grows like N x_t in every filter",
        statement=(
            "With 40 samples or more, at every step and for every filter, Σ_i ρ̄ lies between"
            " c₃ and c₄ times N x_t, x_t with c = h/2, b = 1."
        ),
        latex=r"\sum_i\overline\rho_{j,r,i}^{\,t}\in[c_3,c_4]\cdot N\,x_t",
        margin=suffice(*constants),
        unit="ln of the constant over what is needed",
        constants=tuple(c.name for c in constants),
        fits=constants,
        mutants=(
            Mutant(
                "few-samples",
                "the samples clause is dropped: N = 8",
                {
                    "domain": EVERYWHERE.but(
                        without={Clause.SAMPLES},
                        scales={Scale.N1: Between(8, 8), Scale.N2: Between(8, 8)},
                    )
                },
            ),
            Mutant("squared", "x_t² for x_t", {"margin": suffice(*ratio(power=2.0))}),
            Mutant(
                "no-growth",
                "no x_t: the noise does not grow",
                {"margin": suffice(*ratio(power=0.0))},
            ),
        ),
        **(run.common | {"domain": SAMPLES, "family": ""}),
    )


def _balance(run: RunKind) -> Claim:
    """(c): all samples are pulled alike."""
    return Claim(
        id=f"{run.lemma}.c.balance",
        title=f"{run.where}: all samples are pulled alike",
        statement="At every step the largest ℓ'_i/ℓ'_k is at most C₇.",
        latex=r"\max_{i,k}\ell'_i/\ell'_k\le C_7",
        margin=suffice(balance(run.lemma)),
        unit="ln of the constant over what is needed",
        constants=(balance(run.lemma).name,),
        fits=(balance(run.lemma),),
        mutants=(
            Mutant(
                "step-dropped",
                "the step clauses are dropped: h from 20 to 200",
                {
                    "domain": EVERYWHERE.but(
                        without={Clause.STEP, Clause.STEP_DIMENSION},
                        scales={Scale(f"h{run.index}"): Between(20.0, 200.0)},
                    )
                },
            ),
            Mutant(
                "equal",
                "all ℓ' are equal, to 1 percent",
                {
                    "margin": lambda observation, constants: Margin.exact(
                        math.log(1.01) - np.log(observation.imbalance.max(0))
                    )
                },
            ),
        ),
        **run.common,
    )


def _bounded(run: RunKind) -> Claim:
    """(c): memorisation stays logarithmic."""
    return Claim(
        id=f"{run.lemma}.c.bounded",
        title=f"{run.where}: memorisation stays logarithmic",
        statement=(
            f"{'At' if run.index == 1 else run.roomy} every step every ρ̄ is at least 0"
            " and at most 4 log T."
        ),
        latex=r"0\le\overline\rho\le 4\log T",
        margin=bounded,
        unit="ln of the bound over the largest ρ̄",
        mutants=(
            Mutant(
                "quarter",
                "(log T)/4 for 4 log T",
                {"margin": partial(bounded, factor=0.25)},
            ),
            Mutant(
                "flipped",
                "at least",
                {"margin": _opposite(bounded)},
            ),
        ),
        # With few fresh filters active a sample takes more of each.
        **(
            run.common
            | ({} if run.index == 1 else {"domain": run.wide, "family": f"{run.lemma}.wide"})
        ),
    )


def _unwanted(run: RunKind) -> Claim:
    """(c): coefficients of the other class stay small."""
    return Claim(
        id=f"{run.lemma}.c.unwanted",
        title=f"{run.where}: coefficients of the other class stay small",
        statement=(
            "At every step every ρ̲ is at least −C₈ (h + initial pre-activations + N"
            " √(log(6N²/δ)/d) log T)."
        ),
        latex=(
            r"\underline\rho\ge -C_8\Big(h+\max|\langle"
            r" w^0,\cdot\rangle|+N\sqrt{\log(6N^2/\delta)/d}\,\log T\Big)"
        ),
        margin=suffice(unwanted(run.lemma)),
        unit="ln of the constant over what is needed",
        constants=(unwanted(run.lemma).name,),
        fits=(unwanted(run.lemma),),
        mutants=(
            Mutant(
                "vanish",
                "a hundredth of the bound",
                {"margin": suffice(unwanted(run.lemma, scale=0.01))},
            ),
            Mutant(
                "flipped",
                "at most",
                {"margin": _opposite(suffice(unwanted(run.lemma)))},
            ),
        ),
        **(run.common | {"uses": run.common["uses"] | _SMALL_TERMS}),
    )


def _statements(run: RunKind) -> tuple[Claim, ...]:
    """(a), (b) and (c) for one kind of run."""
    parts = (_lower, _upper, _signal, _noise, _balance, _bounded, _unwanted)
    return tuple(part(run) for part in parts)


def _proportional(name: str, plain: str, latex: str, power: float, provenance: Provenance) -> Claim:
    return Claim(
        id=f"lemma-a1.gamma{name}",
        title=f"γ is proportional to {plain}",
        source="Lemma A.1",
        statement=(
            f"γ_u is proportional to {plain}, with x_t of order log t: along the run its exponent"
            f" in x_t is within ½ of {power:g} in every filter."
        ),
        latex=latex,
        provenance=(provenance,),
        kind=Kind.PROBABILITY,
        domain=EVERYWHERE,
        observe=dynamics.upstream,
        training="upstream",
        margin=grows_as(power),
        unit="½ less the distance of the exponent",
        rule=PerRegime(DELTA),
        family="lemma-a1",
        uses=TRAINED
        | {
            "e2.decomposition": "γ_u and γ_1 grow together",
            "b5.lower": "x_t is of order log t",
            "b5.upper": "x_t is of order log t",
        },
        mutants=(
            Mutant("constant", "γ does not grow", {"margin": grows_as(0.0)}),
            Mutant("squared", "x_t² for x_t", {"margin": grows_as(2.0)}),
        ),
    )


#: "gamma proportional to N_1 ||u||^2/(sigma_1^2 d log T)", as printed, and as the dynamics have it.
READINGS = (
    _proportional(
        "",
        "N₁‖u‖² x_T/(σ₁² d)",
        r"\gamma_u\propto\frac{N_1\lVert u\rVert^2}{\sigma_1^2d}\,x_T",
        1.0,
        Provenance.D,
    ),
    _proportional(
        ".printed",
        "N₁‖u‖²/(σ₁² d log T)",
        r"\gamma_u\propto\frac{N_1\lVert u\rVert^2}{\sigma_1^2d\log T}",
        -1.0,
        Provenance.S,
    ),
)
_CURVES = {
    "b5.sandwich": "the curves bound the recursion",
    "e2.monotone": "coefficients have the signs of Lemma B.2",
}


def keep_inherited(observation: Dynamics, constants: Constants, *, share: float = 0.0) -> Margin:
    """Least increment of gamma over inherited filters and steps, less `share` of the largest, which
    is planted.
    """
    inherited = observation.signal[:, :, ~observation.fresh]
    return Margin.along(
        (inherited - share * np.abs(observation.signal).max((0, 2))[None, :, None]).min(2),
        observation.steps,
    )


KEPT = Claim(
    id="lemma-a2.kept",
    title="After transfer: inherited filters keep their universal part",
    source="Lemma A.2",
    statement="j⟨w, u⟩ of an inherited filter never falls below its inherited value.",
    latex=r"j\langle w^t,u\rangle\ge j\langle w^0,u\rangle",
    provenance=(Provenance.S,),
    kind=Kind.EXACT,
    domain=EVERYWHERE,
    rule=PerRegime(),
    observe=dynamics.after_transfer,
    training="transfer",
    margin=keep_inherited,
    unit="least increment",
    uses=TRAINED
    | {
        "e2.decomposition": "γ is what j⟨w, u⟩ gains, but for a positive factor",
        "e2.monotone": "γ never falls, in any run",
    },
    mutants=(
        Mutant(
            "grows",
            "it grows by at least half the largest growth",
            {"margin": partial(keep_inherited, share=0.5)},
        ),
        Mutant(
            "flipped",
            "it never rises",
            {
                "margin": lambda observation, constants: Margin.exact(
                    -observation.signal[:, :, ~observation.fresh].max((0, 2))
                )
            },
        ),
    ),
)
CLAIMS = (
    *_statements(
        RunKind("lemma-a1", 1, "Upstream", dynamics.upstream, (Provenance.S, Provenance.R), _CURVES)
    ),
    *READINGS,
    *_statements(
        RunKind(
            "lemma-a2",
            2,
            "After transfer",
            dynamics.after_transfer,
            (Provenance.S,),
            {"e2.monotone": "increments have the signs of Lemma B.2"},
        )
    ),
    KEPT,
)

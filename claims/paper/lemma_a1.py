"""Lemma A.1: upstream dynamics under Condition 4.1, at every recorded step of the run.

(a) [R] With x_t(b, c) the root of x + b e^x = ct + b (B5), the mean memorisation of each sample
    stays
between two such curves: pairs (h/5, 6/5) below and (3h/2, 5/6) above, plus the recursion's c/(1 +
b). The lower one has explicit constants, so it needs the width that B4 asks for: with 12 filters of
a sign some sample starts with two of them active, and c = h/5 is more than that. It is decided for
m from 32 on; after transfer, for as many fresh filters and C_d from 30 on.
(b) [S] Signal gamma and memorised noise sum_i rho-bar of every filter are of order (N q/d) x_t and
    N x_t,
x_t = x_t(1, h/2); the constants are fitted. The latter needs the samples that B4 asks for: a filter
that starts active on none of its class memorises nothing. It is decided for N from 40 on.
(c) [R] All samples are pulled alike up to a constant, rho-bar <= 4 log T, and rho-underbar stays
    small.

`lemma_a2` decides the same after transfer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.core.claim import (
    Claim,
    Domain,
    Kind,
    OpenConstant,
    Provenance,
    WrongVersion,
    hypothesis,
    suffice,
)
from claims.core.condition import DELTA
from claims.core.constants import Constants
from claims.deciding.decision import Margin
from claims.observing import dynamics
from claims.observing.dynamics import Dynamics
from claims.observing.errors import TRAINED
from claims.paper.theorem_4_2 import EVERYWHERE

#: The most that e^{kappa/2} may be [R].
SPREAD = 6 / 5


def above_envelope(seen: Dynamics, constants: Constants, *, speed: float = 0.2) -> Margin:
    """(1/m) sum_r rho-bar - x_t, c = h/5, b = 6/5, for the worst sample."""
    gap = seen.own_mean - seen.x(speed * seen.h, SPREAD)[:, None, None]
    return Margin.along(gap.min(2), seen.steps)


def below_envelope(
    seen: Dynamics, constants: Constants, *, speed: float = 1.5, allowance: float = 1.0
) -> Margin:
    """x_t + c/(1 + b) - (1/m) sum_r rho-bar, c = 3h/2, b = 5/6, for the worst sample."""
    c, b = speed * seen.h, 1 / SPREAD
    gap = seen.x(c, b)[:, None, None] + allowance * c / (1 + b) - seen.own_mean
    return Margin.along(gap.min(2), seen.steps)


def signal_ratio(seen: Dynamics, power: float = 1.0) -> NDArray[np.float64]:
    """gamma over (N q/d) x_t: (steps, seeds, 2m)."""
    task = seen.regime.task(seen.index)
    unit = task.samples * (task.signal_norm / task.sigma) ** 2 / seen.regime.d
    return seen.signal / (unit * seen.x(seen.h / 2) ** power)[:, None, None]


def noise_ratio(seen: Dynamics, power: float = 1.0) -> NDArray[np.float64]:
    """sum_i rho-bar over N x_t: (steps, seeds, 2m)."""
    return (
        seen.own_sum
        / (seen.regime.task(seen.index).samples * seen.x(seen.h / 2) ** power)[:, None, None]
    )


def extremes(
    name: str, ratio: Callable[..., NDArray[np.float64]], low: str, high: str, **planted: float
) -> tuple[OpenConstant, OpenConstant]:
    """low <= ratio <= high at every step, for every filter."""
    return (
        OpenConstant(f"{name}.{low}", lambda seen: ratio(seen, **planted).min(2), at_least=False),
        OpenConstant(f"{name}.{high}", lambda seen: ratio(seen, **planted).max(2)),
    )


def balance(name: str) -> OpenConstant:
    """C_7 >= max l'_i/l'_k at every step."""
    return OpenConstant(f"{name}.C_7", lambda seen: seen.imbalance)


def unwanted(name: str, scale: float = 1.0) -> OpenConstant:
    """C_8 >= -rho-underbar over h + initial terms + N sqrt(log(6N^2/delta)/d) log T."""

    def needed(seen: Dynamics) -> NDArray[np.float64]:
        n, steps = seen.regime.task(seen.index).samples, seen.regime.task(seen.index).steps
        overlap = (
            n * math.sqrt(math.log(6 * n**2 / DELTA) / seen.regime.d) * math.log(max(steps, 2))
        )
        return np.asarray(
            np.maximum(-seen.other_least, 1e-300) / (scale * (seen.h + seen.start_size + overlap))
        )

    return OpenConstant(f"{name}.C_8", needed)


def bounded(seen: Dynamics, constants: Constants, *, factor: float = 4.0) -> Margin:
    """ln of 4 log T over the largest rho-bar; -inf where one is negative."""
    steps = max(seen.regime.task(seen.index).steps, 2)
    return Margin.along(
        np.where(
            seen.own_least >= 0, math.log(factor * math.log(steps)) - np.log(seen.own_most), -np.inf
        ),
        seen.steps,
    )


#: Width enough for every sample to find a share of active filters near one half.
WIDTH = ("m", 32.0, 38.0)
#: Samples enough for every filter to start active on some of its class; with 20, one in ten
#: networks has a filter that does not.
SAMPLES = replace(EVERYWHERE, groups=(("n1", 40, 120), ("n2", 40, 120)))
#: N q/d beyond 10: signal, not noise, fits the training set.
SMALL_DIMENSION = Domain(
    "transfer",
    (hypothesis("tau_D", 5e3, 2e4), hypothesis("X", 1.0, 10.0), hypothesis("Y", 1.0, 2.0)),
    frozenset({"dimension.signal", "dimension.samples"}),
    (("room", 1e-5, 1e-4),),
)


_SMALL_TERMS = {
    "b1.inner-products": "patches overlap by no more than the bound's last term",
    "b3.noise": "initial pre-activations are small",
}


def statements(
    lemma: str,
    index: int,
    where: str,
    observe: Callable[..., Dynamics],
    provenance: tuple[Provenance, ...],
    uses: dict[str, str],
) -> tuple[Claim, ...]:
    """(a), (b) and (c) for one kind of run."""
    # After transfer every sample needs fresh filters, as many as upstream; and inherited signal,
    # N_1 q_1/d to begin with, must not have classified it already: C_d >= 30.
    wide = replace(
        EVERYWHERE,
        groups=(
            (WIDTH,) if index == 1 else (("m", 36, 38), ("inherited", 1, 4), ("room", 30.0, 100.0))
        ),
    )
    tight = replace(
        wide,
        groups=(
            (("m", 12, 12),)
            if index == 1
            else (("m", 36, 38), ("inherited", 25, 26), ("room", 30.0, 100.0))
        ),
    )
    common: dict[str, Any] = {
        "source": f"Lemma {lemma[-2:].upper()[0]}.{lemma[-1]}",
        "provenance": provenance,
        "kind": Kind.PROBABILITY,
        "domain": EVERYWHERE,
        "observe": observe,
        "delta": DELTA,
        "family": lemma,
        "uses": TRAINED | uses,
    }
    small = WrongVersion(
        "dimension-dropped",
        "the dimension clauses are dropped, at τ_D from 5·10³",
        {"domain": SMALL_DIMENSION},
    )
    roomy = (
        f"With {WIDTH[1]:g} filters of each sign or more, at"
        if index == 1
        else "With 36 filters of each sign or more, 4 inherited at most, and C_d from 30 on, at"
    )
    signal, noise = (
        extremes(lemma, signal_ratio, "c_1", "c_2"),
        extremes(lemma, noise_ratio, "c_3", "c_4"),
    )
    planted = {
        power: (
            extremes(lemma, signal_ratio, "c_1", "c_2", power=power),
            extremes(lemma, noise_ratio, "c_3", "c_4", power=power),
        )
        for power in (0.0, 2.0)
    }
    return (
        Claim(
            id=f"{lemma}.a.lower",
            title=f"{where}: every sample is memorised at least as fast as the lower curve",
            statement=(
                f"{roomy} every step, (1/m) Σ_r ρ̄_{{y_i,r,i}} is at least x_t with c = h/5, b ="
                " 6/5, for every sample."
            ),
            latex=r"\frac1m\sum_r\overline\rho_{y_i,r,i}^{\,t}\ge \underline x_t",
            margin=above_envelope,
            unit="least gap to the curve",
            wrong_versions=(
                WrongVersion(
                    "tight",
                    (
                        "width is not asked for: m = 12"
                        if index == 1
                        else "fresh width is not asked for: 26 of 38 are inherited"
                    ),
                    {"domain": tight},
                ),
                WrongVersion(
                    "faster",
                    "c = 3h/2 for h/5",
                    {"margin": lambda seen, constants: above_envelope(seen, constants, speed=1.5)},
                ),
                WrongVersion(
                    "flipped",
                    "at most",
                    {
                        "margin": lambda seen, constants: Margin.exact(
                            -above_envelope(seen, constants).high
                        )
                    },
                ),
            ),
            **(
                common
                | {
                    "domain": wide,
                    "family": "",
                    "uses": (
                        common["uses"]
                        | {
                            "b4.filters": (
                                "with that width every sample finds filters that are active"
                            )
                        }
                    ),
                }
            ),
        ),
        Claim(
            id=f"{lemma}.a.upper",
            title=f"{where}: no sample is memorised faster than the upper curve",
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
            wrong_versions=(
                WrongVersion(
                    "slower",
                    "c = 3h/4 for 3h/2",
                    {"margin": lambda seen, constants: below_envelope(seen, constants, speed=0.75)},
                ),
                WrongVersion(
                    "flipped",
                    "at least",
                    {
                        "margin": lambda seen, constants: Margin.exact(
                            -below_envelope(seen, constants).high
                        )
                    },
                ),
            ),
            **common,
        ),
        Claim(
            id=f"{lemma}.b.signal",
            title=f"{where}: the signal grows like (N q/d) x_t in every filter",
            statement=(
                "At every step and for every filter, γ lies between c₁ and c₂ times (N q/d) x_t,"
                " x_t with c = h/2, b = 1."
            ),
            latex=r"\gamma_{j,r}^t\in[c_1,c_2]\cdot\frac{Nq}{d}\,x_t",
            margin=suffice(*signal),
            unit="ln of the constant over what is needed",
            constants=tuple(c.name for c in signal),
            fits=signal,
            wrong_versions=(
                small,
                WrongVersion("squared", "x_t² for x_t", {"margin": suffice(*planted[2.0][0])}),
                WrongVersion(
                    "no-growth", "no x_t: γ does not grow", {"margin": suffice(*planted[0.0][0])}
                ),
            ),
            **common,
        ),
        Claim(
            id=f"{lemma}.b.noise",
            title=f"{where}: memorised noise grows like N x_t in every filter",
            statement=(
                "With 40 samples or more, at every step and for every filter, Σ_i ρ̄ lies between"
                " c₃ and c₄ times N x_t, x_t with c = h/2, b = 1."
            ),
            latex=r"\sum_i\overline\rho_{j,r,i}^{\,t}\in[c_3,c_4]\cdot N\,x_t",
            margin=suffice(*noise),
            unit="ln of the constant over what is needed",
            constants=tuple(c.name for c in noise),
            fits=noise,
            wrong_versions=(
                WrongVersion(
                    "few-samples",
                    "the samples clause is dropped: N = 8",
                    {
                        "domain": replace(
                            EVERYWHERE,
                            dropped=frozenset({"samples"}),
                            groups=(("n1", 8, 8), ("n2", 8, 8)),
                        )
                    },
                ),
                WrongVersion("squared", "x_t² for x_t", {"margin": suffice(*planted[2.0][1])}),
                WrongVersion(
                    "no-growth",
                    "no x_t: the noise does not grow",
                    {"margin": suffice(*planted[0.0][1])},
                ),
            ),
            **(
                common
                | {
                    "domain": SAMPLES,
                    "family": "",
                    "uses": (
                        common["uses"]
                        | {"b4.samples": "with so many samples every filter starts active on some"}
                    ),
                }
            ),
        ),
        Claim(
            id=f"{lemma}.c.balance",
            title=f"{where}: all samples are pulled alike",
            statement="At every step the largest ℓ'_i/ℓ'_k is at most C₇.",
            latex=r"\max_{i,k}\ell'_i/\ell'_k\le C_7",
            margin=suffice(balance(lemma)),
            unit="ln of the constant over what is needed",
            constants=(balance(lemma).name,),
            fits=(balance(lemma),),
            wrong_versions=(
                WrongVersion(
                    "step-dropped",
                    "the step clauses are dropped: h from 20 to 200",
                    {
                        "domain": Domain(
                            "transfer",
                            EVERYWHERE.hypotheses,
                            frozenset({"step", "step.dimension"}),
                            ((f"h{index}", 20.0, 200.0),),
                        )
                    },
                ),
                WrongVersion(
                    "equal",
                    "all ℓ' are equal, to 1 percent",
                    {
                        "margin": lambda seen, constants: Margin.exact(
                            math.log(1.01) - np.log(seen.imbalance.max(0))
                        )
                    },
                ),
            ),
            **common,
        ),
        Claim(
            id=f"{lemma}.c.bounded",
            title=f"{where}: memorisation stays logarithmic",
            statement=(
                f"{'At' if index == 1 else roomy} every step every ρ̄ is at least 0 and at most 4"
                " log T."
            ),
            latex=r"0\le\overline\rho\le 4\log T",
            margin=bounded,
            unit="ln of the bound over the largest ρ̄",
            wrong_versions=(
                WrongVersion(
                    "quarter",
                    "(log T)/4 for 4 log T",
                    {"margin": lambda seen, constants: bounded(seen, constants, factor=0.25)},
                ),
                WrongVersion(
                    "flipped",
                    "at least",
                    {
                        "margin": lambda seen, constants: Margin.exact(
                            -bounded(seen, constants).high
                        )
                    },
                ),
            ),
            **(
                common | ({} if index == 1 else {"domain": wide, "family": ""})
            ),  # with few fresh filters active a sample takes more of each
        ),
        Claim(
            id=f"{lemma}.c.unwanted",
            title=f"{where}: coefficients of the other class stay small",
            statement=(
                "At every step every ρ̲ is at least −C₈ (h + initial pre-activations + N"
                " √(log(6N²/δ)/d) log T)."
            ),
            latex=(
                r"\underline\rho\ge -C_8\Big(h+\max|\langle"
                r" w^0,\cdot\rangle|+N\sqrt{\log(6N^2/\delta)/d}\,\log T\Big)"
            ),
            margin=suffice(unwanted(lemma)),
            unit="ln of the constant over what is needed",
            constants=(unwanted(lemma).name,),
            fits=(unwanted(lemma),),
            wrong_versions=(
                WrongVersion(
                    "vanish",
                    "a hundredth of the bound",
                    {"margin": suffice(unwanted(lemma, scale=0.01))},
                ),
                WrongVersion(
                    "flipped",
                    "at most",
                    {
                        "margin": lambda seen, constants: Margin.exact(
                            -suffice(unwanted(lemma))(seen, constants).high
                        )
                    },
                ),
            ),
            **(common | {"uses": common["uses"] | _SMALL_TERMS}),
        ),
    )


def exponent(seen: Dynamics) -> NDArray[np.float64]:
    """The power of x_t that gamma follows over the second half of the recorded steps: (seeds,
    2m).
    """
    x = np.log(seen.x(seen.h / 2))
    half = len(x) // 2
    gamma = np.log(np.maximum(seen.signal, 1e-300))
    return np.asarray((gamma[-1] - gamma[half]) / (x[-1] - x[half]))


def grows_as(power: float) -> Callable[[Dynamics, Constants], Margin]:
    """One half less the distance of every filter's exponent from `power`."""
    return lambda seen, constants: Margin.exact(0.5 - np.abs(exponent(seen) - power).max(1))


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
        margin=grows_as(power),
        unit="½ less the distance of the exponent",
        delta=DELTA,
        family="lemma-a1",
        uses=TRAINED
        | {
            "e2.decomposition": "γ_u and γ_1 grow together",
            "b5.lower": "x_t is of order log t",
            "b5.upper": "x_t is of order log t",
        },
        wrong_versions=(
            WrongVersion("constant", "γ does not grow", {"margin": grows_as(0.0)}),
            WrongVersion("squared", "x_t² for x_t", {"margin": grows_as(2.0)}),
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

CLAIMS = (
    *statements(
        "lemma-a1", 1, "Upstream", dynamics.upstream, (Provenance.S, Provenance.R), _CURVES
    ),
    *READINGS,
)

"""Condition 4.1, clause by clause, with a named constant each (section 4 of the theory).

A clause holds *at slack c* if it holds with its constant equal to c, so a clause's slack is the
largest constant it survives. A regime's slack is the least over clauses and tasks.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import sympy as sp

from claims.core import formulas as f
from model.regime import Regime

#: The probability that a claim with probability >= 1 - delta may fail; also the delta of Condition
#: 4.1's logarithms.
DELTA = 0.05


class Clause(StrEnum):
    """The clauses of Condition 4.1."""

    DIMENSION_SIGNAL = "dimension.signal"
    DIMENSION_SAMPLES = "dimension.samples"
    WIDTH = "width"
    FRESH_WIDTH = "fresh-width"
    SAMPLES = "samples"
    SIGNAL = "signal"
    INITIALISATION = "initialisation"
    STEP = "step"
    STEP_DIMENSION = "step.dimension"


@dataclass(frozen=True)
class Requirement:
    """One clause: its constant's symbol, its provenance and its slack for task k."""

    name: Clause
    constant: str
    provenance: str
    slack: Mapping[int, sp.Expr]


@cache
def clauses() -> tuple[Requirement, ...]:
    """Every clause of Condition 4.1."""

    def each(build: object) -> dict[int, sp.Expr]:
        return {k: build(k) for k in (1, 2)}  # type: ignore[operator]

    log_steps = {k: sp.log(sp.Max(f.steps[k], 2)) for k in (1, 2)}
    return (
        Requirement(
            Clause.DIMENSION_SIGNAL,
            "C_d",
            "R",
            each(lambda k: f.d / (f.samples[k] * f.snr[k] * log_steps[k])),
        ),
        Requirement(
            Clause.DIMENSION_SAMPLES,
            "C_d",
            "R",
            each(
                lambda k: (
                    f.d
                    / (
                        f.samples[k] ** 2
                        * sp.log(4 * f.samples[k] ** 2 / f.delta)
                        * log_steps[k] ** 2
                    )
                )
            ),
        ),
        Requirement(Clause.WIDTH, "C_m", "R", each(lambda k: f.m / sp.log(f.samples[k] / f.delta))),
        Requirement(
            Clause.FRESH_WIDTH,
            "C_m",
            "D",
            each(lambda k: (f.m - f.inherited) / sp.log(f.samples[k] / f.delta)),
        ),
        Requirement(
            Clause.SAMPLES, "C_N", "R", each(lambda k: f.samples[k] / sp.log(f.m / f.delta))
        ),
        Requirement(
            Clause.SIGNAL, "C_q", "R", each(lambda k: f.snr[k] / sp.log(f.samples[k] / f.delta))
        ),
        Requirement(
            Clause.INITIALISATION,
            "C_0",
            "S",
            each(
                lambda k: (
                    1
                    / (
                        f.sigma0
                        * sp.Max(
                            f.sigma[k] * f.d / sp.sqrt(f.samples[k]),
                            sp.sqrt(sp.log(f.m / f.delta) * f.signal_square[k]),
                        )
                    )
                )
            ),
        ),
        Requirement(Clause.STEP, "C_eta", "R", each(lambda k: 1 / f.h[k])),
        Requirement(
            Clause.STEP_DIMENSION,
            "C'_eta",
            "R",
            each(
                lambda k: (
                    f.samples[k] * sp.sqrt(sp.log(f.samples[k] / f.delta)) / (f.h[k] * sp.sqrt(f.d))
                )
            ),
        ),
    )


@dataclass(frozen=True)
class Tier:
    """A set of constants for Condition 4.1."""

    name: str
    constants: Mapping[str, float]

    def __hash__(self) -> int:
        return hash(self.name)


#: Typed, not fitted: at these the theorems hold, and `claims.beyond.necessity` says what each
#: clause can spare (C_d and C'_eta a hundred times and more, C_q altogether). Lemma A.1(a) asks for
#: more width, and A.2(a) and A.2(c) for more dimension as well: their statements say so.
PRACTICAL = Tier(
    "practical",
    {"C_d": 1.0, "C_m": 1.2, "C_N": 3.0, "C_q": 1.0, "C_0": 2.0, "C_eta": 2.0, "C'_eta": 0.005},
)
#: For large ones: constants of 100 wherever they are free. Width and samples are not: m >= 100 log
#: N and N >= 100 log m meet only near m = N = 1000, where one network costs minutes. The second
#: step clause would ask for 10^5 steps at the dimensions the others ask for.
LITERAL = Tier(
    "literal",
    {
        "C_d": 100.0,
        "C_m": 1.2,
        "C_N": 3.0,
        "C_q": 100.0,
        "C_0": 100.0,
        "C_eta": 100.0,
        "C'_eta": 0.002,
    },
)
TIERS = {tier.name: tier for tier in (PRACTICAL, LITERAL)}


def asked(tier: Tier) -> dict[str, float]:
    """The slack that each clause asks for: its constant."""
    return {str(clause.name): tier.constants[clause.constant] for clause in clauses()}


def slacks(
    regime: Regime, tasks: Collection[int] = (1, 2), names: Collection[str] | None = None
) -> dict[str, float]:
    """Slack per clause, the least over `tasks`; of the clauses with these names, or of all."""
    asked = [clause for clause in clauses() if names is None or clause.name in names]
    return {
        str(clause.name): min(f.evaluate(clause.slack[k], regime, delta=DELTA) for k in tasks)
        for clause in asked
    }


def violations(
    regime: Regime, tier: Tier, tasks: Collection[int] = (1, 2), without: Collection[str] = ()
) -> list[str]:
    """The clauses a regime breaks at a tier's constants, but for those `without`.

    Rounding is forgiven.
    """
    slack = slacks(regime, tasks)
    return [
        name
        for name, least in asked(tier).items()
        if name not in without and not slack[name] >= least * (1 - 1e-9)
    ]


def broken_by(
    ranges: Mapping[str, tuple[float, float]], tier: Tier | None, widths: tuple[float, float]
) -> list[tuple[str, tuple[Clause, ...]]]:
    """The scales of a domain by which it breaks clauses.

    At the constants of `tier`, or of the most lenient tier where that is None. Numbers of samples
    and of filters are cut to what they allow one another (`claims.core.allowed`), and break a
    clause where nothing is left; `widths` are the usual numbers of filters.

    Returns:
        each such scale, with the clauses of which one must be dropped.
    """
    tiers = TIERS.values() if tier is None else (tier,)
    least = {name: min(t.constants[name] for t in tiers) for name in PRACTICAL.constants}
    narrowest, widest = ranges.get("m", widths)
    fewest_samples = max((ranges[name][0] for name in ("n1", "n2") if name in ranges), default=1.0)
    broken: list[tuple[str, tuple[Clause, ...]]] = []
    for name, (low, high) in ranges.items():
        if name in ("h1", "h2") and high > 1 / least["C_eta"]:
            broken.append((name, (Clause.STEP,)))
        if name == "initialisation" and high > 1:
            broken.append((name, (Clause.INITIALISATION,)))
        if name == "slack" and low < 1:
            broken.append((name, (Clause.DIMENSION_SIGNAL, Clause.DIMENSION_SAMPLES)))
        if name in ("n1", "n2") and high < least["C_N"] * math.log(narrowest / DELTA):
            broken.append((name, (Clause.SAMPLES,)))
    needed = least["C_m"] * math.log(fewest_samples / DELTA)
    if widest < needed:
        broken.append(("m", (Clause.WIDTH,)))
    elif "inherited" in ranges and widest - ranges["inherited"][0] < needed:
        broken.append(("inherited", (Clause.FRESH_WIDTH,)))
    return broken


def feasible_tau(n: int, d: int, steps: int, tier: Tier) -> tuple[float, float]:
    """The range of tau_k within which the signal and dimension clauses can be met together [O, D]:
    empty if low > high.

    From q^2 = tau d/N: q >= C_q log(N/delta) gives the lower end, N q log T <= d/C_d the upper.
    """
    low = tier.constants["C_q"] ** 2 * n * math.log(n / DELTA) ** 2 / d
    high = d / (tier.constants["C_d"] ** 2 * n * math.log(max(steps, 2)) ** 2)
    return low, high

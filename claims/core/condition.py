"""Condition 4.1, clause by clause, with a named constant each (section 4 of the theory).

A clause holds *at slack c* if it holds with its constant equal to c, so a clause's slack is the
largest constant it survives. A regime's slack is the least over clauses and tasks.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

import sympy as sp

from claims.core import quantities as q
from model.regime import Regime

#: The probability that a claim with probability >= 1 - delta may fail; also the delta of Condition
#: 4.1's logarithms.
DELTA = 0.05
delta = sp.symbols("delta", positive=True)


@dataclass(frozen=True)
class Clause:
    """One clause: its constant's symbol, its provenance and its slack for task k."""

    name: str
    constant: str
    provenance: str
    slack: Mapping[int, sp.Expr]


@cache
def clauses() -> tuple[Clause, ...]:
    """Every clause of Condition 4.1."""

    def each(build: object) -> dict[int, sp.Expr]:
        return {k: build(k) for k in (1, 2)}  # type: ignore[operator]

    snr = {k: q.signal_square[k] / q.sigma[k] ** 2 for k in (1, 2)}
    h = {k: q.eta[k] * q.sigma[k] ** 2 * q.d / (q.samples[k] * q.m) for k in (1, 2)}
    log_steps = {k: sp.log(sp.Max(q.steps[k], 2)) for k in (1, 2)}
    return (
        Clause(
            "dimension.signal",
            "C_d",
            "R",
            each(lambda k: q.d / (q.samples[k] * snr[k] * log_steps[k])),
        ),
        Clause(
            "dimension.samples",
            "C_d",
            "R",
            each(
                lambda k: (
                    q.d
                    / (
                        q.samples[k] ** 2
                        * sp.log(4 * q.samples[k] ** 2 / delta)
                        * log_steps[k] ** 2
                    )
                )
            ),
        ),
        Clause("width", "C_m", "R", each(lambda k: q.m / sp.log(q.samples[k] / delta))),
        Clause(
            "fresh-width",
            "C_m",
            "D",
            each(lambda k: (q.m - q.inherited) / sp.log(q.samples[k] / delta)),
        ),
        Clause("samples", "C_N", "R", each(lambda k: q.samples[k] / sp.log(q.m / delta))),
        Clause("signal", "C_q", "R", each(lambda k: snr[k] / sp.log(q.samples[k] / delta))),
        Clause(
            "initialisation",
            "C_0",
            "S",
            each(
                lambda k: (
                    1
                    / (
                        q.sigma0
                        * sp.Max(
                            q.sigma[k] * q.d / sp.sqrt(q.samples[k]),
                            sp.sqrt(sp.log(q.m / delta) * q.signal_square[k]),
                        )
                    )
                )
            ),
        ),
        Clause("step", "C_eta", "R", each(lambda k: 1 / h[k])),
        Clause(
            "step.dimension",
            "C'_eta",
            "R",
            each(
                lambda k: (
                    q.samples[k] * sp.sqrt(sp.log(q.samples[k] / delta)) / (h[k] * sp.sqrt(q.d))
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


def slacks(
    regime: Regime, tasks: Collection[int] = (1, 2), names: Collection[str] | None = None
) -> dict[str, float]:
    """Slack per clause, the least over `tasks`; of the clauses with these names, or of all."""
    asked = [clause for clause in clauses() if names is None or clause.name in names]
    return {
        clause.name: min(q.evaluate(clause.slack[k], regime, delta=DELTA) for k in tasks)
        for clause in asked
    }


def violations(
    regime: Regime, tier: Tier, tasks: Collection[int] = (1, 2), dropped: Collection[str] = ()
) -> list[str]:
    """The clauses a regime breaks at a tier's constants, but for those dropped; rounding is
    forgiven.
    """
    found = slacks(regime, tasks)
    return [
        c.name
        for c in clauses()
        if c.name not in dropped and not found[c.name] >= tier.constants[c.constant] * (1 - 1e-9)
    ]


def feasible_tau(n: int, d: int, steps: int, tier: Tier) -> tuple[float, float]:
    """The range of tau_k within which the signal and dimension clauses can be met together [O, D]:
    empty if low > high.

    From q^2 = tau d/N: q >= C_q log(N/delta) gives the lower end, N q log T <= d/C_d the upper.
    """
    low = tier.constants["C_q"] ** 2 * n * math.log(n / DELTA) ** 2 / d
    high = d / (tier.constants["C_d"] ** 2 * n * math.log(max(steps, 2)) ** 2)
    return low, high

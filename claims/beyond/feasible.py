"""Which tau Condition 4.1 leaves room for [O, D].

From q^2 = tau d/N, the signal clause is tau >= C_q^2 N log^2(N/delta)/d, and the first dimension
clause tau <= d/(C_d^2 N log^2 T): solved by sympy from the clauses as they are written in
`claims.core.condition`.
"""

from __future__ import annotations

import sympy as sp

from claims.core import condition
from claims.core import formulas as f
from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import Clause
from claims.deciding.formula import Formula
from claims.observing.identities import Identity, none_left


def identities(*, power: int = 2, factor: int = 1) -> Identity:
    """What is left of tau at the clauses' edges, less the printed range; `power` of the constants
    and `factor` plant errors.
    """
    c_q, c_d = sp.symbols("C_q C_d", positive=True)
    named = {clause.name: clause for clause in condition.clauses()}
    snr, left = sp.symbols("q", positive=True), []
    as_q = {f.u: sp.sqrt(snr) * f.sigma2, f.v2: 0}  # ||s_2||^2 = q sigma_2^2
    log_n, log_t = sp.log(f.n2 / f.delta), sp.log(sp.Max(f.steps2, 2))
    for clause, constant, edge in (
        (Clause.SIGNAL, c_q, c_q**power * f.n2 * log_n**2 / f.d),
        (Clause.DIMENSION_SIGNAL, c_d, factor * f.d / (c_d**power * f.n2 * log_t**2)),
    ):
        slack = named[clause].slack[2].subs(as_q)
        at_edge = sp.solve(sp.Eq(slack, constant), snr)[0]
        left.append(sp.simplify(f.n2 * at_edge**2 / f.d - edge))
    return Identity(tuple(left))


CLAIMS = (
    Claim(
        id="condition.feasible",
        title="The feasible range of τ follows from the clauses",
        source="Condition 4.1",
        statement=(
            "The signal and dimension clauses can be met together just for C_q² N log²(N/δ)/d ≤ τ ≤"
            " d/(C_d² N log² T)."
        ),
        latex=r"\frac{C_q^2N\log^2(N/\delta)}{d}\le\tau\le\frac{d}{C_d^2N\log^2T}",
        provenance=(Provenance.O, Provenance.D),
        kind=Kind.EXACT,
        domain=None,
        observe=identities,
        rule=Formula(),
        margin=none_left,
        unit="minus the number of identities that fail",
        mutants=(
            Mutant(
                "unsquared",
                "C_q for C_q² and C_d for C_d²",
                {"observe": lambda: identities(power=1)},
            ),
            Mutant(
                "factor",
                "twice the upper end",
                {"observe": lambda: identities(factor=2)},
            ),
        ),
    ),
)

"""The best share to inherit, by the sharp law at finite size [D].

Shares are tried from none to 15 of 24 filters, by threes. This does not tell the law from others
that choose well: by its limit, or by tau_D and alpha*, which maximises it, the choice costs more
than here is allowed in one regime of five or four; by the law of finite size in one of ten or
seven. The record has what each costs.
"""

from __future__ import annotations

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.domain import Between
from claims.core.domains import SWEEP
from claims.core.quantities import TAU_D, X, Y
from claims.deciding.population import Population
from claims.observing.errors import MEASURED
from claims.observing.shares import (
    advice,
    best_by_finite_law,
    follows_closely,
    inherit_nothing,
    one_less,
    predict_finite_shares,
    sweep_alpha_often,
)

#: Nats that a choice may cost.
BOUND = 0.015

CLAIMS = (
    Claim(
        id="law.finite.share",
        title="Sharp law at finite size: the best share to inherit",
        source="L4, finite N and m",
        statement=(
            "Of none, 3, 6, 9, 12 and 15 of 24 filters, inheriting as many as the law of finitely"
            f" many samples and filters calls best costs at most {BOUND} nats of mean test error"
            " against the best measured, in two random regimes of three, with τ_D from 2 to 8 at"
            " 15, X from 3 to 30, Y up to 6, and N₁ and N₂ from 20 to 90."
        ),
        latex=r"\ln\frac{\mathrm{error}(\alpha_{\mathrm{law}})}{\min_\alpha\mathrm{error}(\alpha)}"
        rf"\le {BOUND}",
        provenance=(Provenance.D,),
        kind=Kind.ORDERING,
        domain=SWEEP.but(
            where={TAU_D: Between(2.0, 8.0), X: Between(3.0, 30.0), Y: Between(1.0, 6.0)}
        ),
        observe=sweep_alpha_often,
        margin=follows_closely(BOUND, best_by_finite_law),
        rule=Population(96, advice, predict_finite_shares),
        unit=f"{BOUND} nats less the regret of two regimes of three",
        family="law.finite.share",
        uses=MEASURED,
        mutants=(
            Mutant("less", "three filters fewer do", {"margin": follows_closely(BOUND, one_less)}),
            Mutant(
                "none",
                "inheriting nothing does",
                {"margin": follows_closely(BOUND, inherit_nothing)},
            ),
        ),
    ),
)

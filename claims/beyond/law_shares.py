"""L4: the best share to inherit, by the sharp law [D]."""

from __future__ import annotations

from claims.core.claim import Claim, Mutant
from claims.core.declared import REGRET_LAW
from claims.observing.shares import SWEPT, best_by_law, follows, inherit_nothing, worst_by_law

L4 = Claim(
    id="law.l4",
    title="Sharp law: the best share to inherit",
    source="L4",
    statement=(
        f"Inheriting the share that the law calls best costs at most {REGRET_LAW} of test error"
        " against the best share measured, in two regimes of three."
    ),
    latex=r"\mathrm{error}(\alpha_{\mathrm{law}})-\min_\alpha\mathrm{error}(\alpha)",
    margin=follows(REGRET_LAW, best_by_law),
    unit=f"{REGRET_LAW} less the regret of two regimes of three",
    mutants=(
        Mutant("none", "inheriting nothing does", {"margin": follows(REGRET_LAW, inherit_nothing)}),
        Mutant(
            "opposite",
            "the share it calls worst does",
            {"margin": follows(REGRET_LAW, worst_by_law)},
        ),
    ),
    **SWEPT,
)
CLAIMS = (L4,)

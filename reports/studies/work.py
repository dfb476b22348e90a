"""How much a regime would take, before anything is begun: what would take hours is refused, in a
line that says how much it is.
"""

from __future__ import annotations

from model.regime import Regime, RegimeError
from model.sampling import Seeds

#: Multiplications of one training: an hour or so.
MOST_MULTIPLICATIONS = 10**13
#: Steps that a prediction follows, and shares that advice weighs: minutes.
MOST_PREDICTED, MOST_SHARES = 10**8, 10**4


def check_training(regime: Regime, seeds: Seeds, *, in_space: bool = False) -> None:
    """Raise RegimeError where training takes too much; `in_space`, in R^d itself rather than in
    coefficients.
    """
    by_task = {k: _multiplications(regime, k, seeds, in_space=in_space) for k in (1, 2)}
    longest = max(by_task, key=lambda k: by_task[k])
    total = sum(by_task.values())
    if total > MOST_MULTIPLICATIONS:
        field = f"steps{longest}"
        size = f"{total:.1e}" if total < 10**300 else "more than 1e300"
        raise RegimeError(
            field,
            getattr(regime, field),
            f"training would take {size} multiplications, at most {MOST_MULTIPLICATIONS:.0e} are"
            f" allowed: fewer steps, samples, filters, dimensions or seeds ({seeds.count})",
        )


def _multiplications(regime: Regime, index: int, seeds: Seeds, *, in_space: bool) -> int:
    """Of one task: every step each filter meets every sample, in R^d or through all the others."""
    task = regime.task(index)
    inner = regime.d if in_space else task.samples
    steps = task.steps * 2 * regime.m * task.samples * inner
    products = task.samples**2 * (regime.d if in_space else task.samples)
    return seeds.count * (steps + products)


def check_prediction(regime: Regime) -> None:
    """Raise RegimeError where the law would follow too many steps."""
    for field in ("steps1", "steps2"):
        if getattr(regime, field) > MOST_PREDICTED:
            raise RegimeError(
                field,
                getattr(regime, field),
                f"must be at most {MOST_PREDICTED:,} for a prediction, which follows every step",
            )


def check_advice(regime: Regime) -> None:
    """Raise RegimeError where there are too many shares to weigh."""
    check_prediction(regime)
    if regime.m > MOST_SHARES:
        rule = f"must be at most {MOST_SHARES:,} for advice, which weighs every share"
        raise RegimeError("m", regime.m, rule)

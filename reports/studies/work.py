"""How much a regime would take, before anything is begun: what would take hours is refused, in a
line that says how much it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from model.regime import Regime, RegimeError
from model.sampling import Seeds

#: Multiplications of one training: an hour or so.
MOST_MULTIPLICATIONS = 10**13
#: Steps that a prediction follows, and shares that advice weighs: minutes.
MOST_PREDICTED, MOST_SHARES = 10**8, 10**4
_SIZES = ("n1", "n2", "m", "d", "steps1", "steps2")


def check_training(regime: Regime, seeds: Seeds, *, in_space: bool = False) -> None:
    """Raise RegimeError where training takes too much; `in_space`, in R^d itself rather than in
    coefficients.
    """
    sizes = {name: getattr(regime, name) for name in _SIZES}
    total = sum(_multiplications(sizes, in_space)) * seeds.count
    if total > MOST_MULTIPLICATIONS:
        field = _to_blame(sizes, in_space, MOST_MULTIPLICATIONS // seeds.count)
        size = f"{total:.1e}" if total < 10**300 else "more than 1e300"
        raise RegimeError(
            field,
            getattr(regime, field),
            f"training would take {size} multiplications, at most {MOST_MULTIPLICATIONS:.0e} are"
            f" allowed: fewer steps, samples, filters, dimensions or seeds ({seeds.count})",
        )


def multiplications(regime: Regime) -> tuple[int, int]:
    """Of training one network upstream, and one downstream, in coefficients; about."""
    return _multiplications({name: getattr(regime, name) for name in _SIZES}, in_space=False)


def _to_blame(sizes: Mapping[str, int], in_space: bool, most: int) -> str:
    """The first field, of the longer training, that alone is too large; its steps if none is."""
    first, second = _multiplications(sizes, in_space)
    k = 1 if first >= second else 2
    for field in (f"steps{k}", f"n{k}", "m", "d"):
        if sum(_multiplications({**sizes, field: 1}, in_space)) <= most:
            return field
    return f"steps{k}"


def _multiplications(sizes: Mapping[str, int], in_space: bool) -> tuple[int, int]:
    """Of a network in each task: every step each filter meets every sample, in R^d or through all
    the others.
    """

    def of_task(k: int) -> int:
        samples = sizes[f"n{k}"]
        inner = sizes["d"] if in_space else samples
        return (sizes[f"steps{k}"] * 2 * sizes["m"] + samples) * samples * inner

    return of_task(1), of_task(2)


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

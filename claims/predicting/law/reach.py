"""Where the law speaks: what takes a regime outside it (`claims.beyond.law_ends` measures it)."""

from __future__ import annotations

from claims.core import quantities
from claims.core.condition import PRACTICAL, Clause, asked, slacks
from model.regime import Regime

#: The least error that the law of finite size was compared with after transfer
#: (`claims.beyond.law_finite_transfer`): less is not told apart.
RARE = 1e-5
#: The largest step up to which it holds (`claims.beyond.law_finite_steps`), and the largest N^2/d
#: at which it has been found as accurate as inside Condition 4.1.
MOST_STEP, MOST_CROWDED = 15.0, 3.0
#: The fewest steps, and the shortest run h T, after which it speaks. With 5 and with 8 steps, of h
#: up to 15, it is as close after transfer as with many: 0.12 nats off at most in 20 regimes each.
FEWEST_STEPS, SHORTEST = 5, 1.0
#: Clauses that the law needs as well: its words for each, of the slack.
_NEEDED = {
    Clause.DIMENSION_SIGNAL: "the signal, not noise, fits the training set",
    Clause.INITIALISATION: "initial weights are too large",
    Clause.WIDTH: "there are too few filters",
    Clause.SAMPLES: "there are too few samples",
}


def outside(regime: Regime) -> tuple[str, ...]:
    """Why the law does not speak of a regime, whatever it inherits: a phrase for each reason; none
    inside.
    """
    found = []
    for index, task in ((1, "source"), (2, "target")):
        slack = slacks(regime, (index,), tuple(_NEEDED))
        for name, words in _NEEDED.items():
            wanted = asked(PRACTICAL)[name]
            if not slack[name] >= wanted * (1 - 1e-9):
                found.append(
                    f"{words} ({task}: Condition 4.1's {name} has slack {slack[name]:.2g}, and"
                    f" needs {wanted:g})"
                )
        found += [f"{words} ({task})" for words in _of_run(regime, index)]
    return tuple(found)


def _of_run(regime: Regime, index: int) -> list[str]:
    h, task = quantities.catalogue()[f"h_{index}"](regime), regime.task(index)
    crowded = task.samples**2 / regime.d
    bounds = (
        (h <= MOST_STEP, f"steps are too large: h = {h:.3g}, more than {MOST_STEP:g}"),
        (
            crowded <= MOST_CROWDED,
            f"there are too few dimensions: N²/d = {crowded:.3g}, more than {MOST_CROWDED:g}",
        ),
        (task.steps >= FEWEST_STEPS, f"there are fewer than {FEWEST_STEPS} steps"),
        (h * task.steps >= SHORTEST, f"hardly anything is memorised: hT = {h * task.steps:.3g}"),
    )
    return [words for inside, words in bounds if not inside]

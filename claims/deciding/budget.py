"""What a run may spend on falsifying true statements."""

from __future__ import annotations

#: The whole run falsifies a true statement with at most this probability.
RUN_BUDGET = 1e-6
#: Of a statement judged over many regimes at once: an even share of the run's budget, with room for
#: more claims than there are.
LEVEL = RUN_BUDGET / 256
#: Regimes of a worst-case search, among which its level is split.
MOST_WORST = 128


def regime_level(statements: int, regimes: int) -> float:
    """The false-alarm probability that one regime of one statement may spend."""
    return RUN_BUDGET / (max(statements, 1) * max(regimes, 1))

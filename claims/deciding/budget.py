"""What a run may spend on falsifying true statements, and on accepting false ones.

The budget is a statement's own, whatever else is in the catalogue: to add a claim changes no
verdict. A run spends what its statements spend together, and prints it.
"""

from __future__ import annotations

#: A true statement is falsified with at most this probability, in one run.
LEVEL = 1e-9
#: The same of the whole run, for catalogues of up to a thousand statements.
RUN_BUDGET = 1e-6
#: A statement that is false beyond what is left indifferent is accepted with at most this
#: probability: in a regime, or of a population.
MISS = 1e-3
#: Where no exact test of a population is known, this many parts of it must refute a statement, each
#: at the level beside it: together they keep LEVEL.
PARTS, PART_LEVEL = 3, 1e-3
#: Regimes of a worst-case search, among which its level is split; each must be refuted so many
#: times, on fresh seeds, at PART_LEVEL.
MOST_WORST, REFUTATIONS = 128, 4


def regime_level(regimes: int) -> float:
    """The false-alarm probability that one regime of a statement may spend."""
    return LEVEL / max(regimes, 1)

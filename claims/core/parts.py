"""The parts that the statements fall into, in the paper's order."""

from __future__ import annotations

import re

#: The paper's order: parts, and in each the sources that belong to it, as patterns.
PARTS = (
    ("Exact facts", (r"E\d+", "Γ as printed")),
    ("Lemmas B: decomposition, concentration, scalar dynamics", (r"Lemma B\.\d+",)),
    ("Lemmas A: dynamics of training", (r"Lemma A\.\d+",)),
    ("Theorems 4.2 and 4.3", ("Theorem 4.2", "Theorem 4.2-D", "Theorem 4.3")),
    ("Proposition 4.4: positive and negative transfer", ("Proposition 4.4",)),
    ("Where 0.1 comes from", ("Where 0.1 comes from",)),
    ("Condition 4.1: which clauses are needed", ("Condition 4.1",)),
    ("Orderings and mechanisms", (r"M\d.*",)),
    ("Failure signatures", (r"F\d.*",)),
    ("The sharp law, and advice", (r"L\d*\b.*", "Advice")),
    ("Open questions", ("Open questions",)),
    ("Statements on real images", ("Real images",)),
    ("Further statements", (".*",)),
)


def place(source: str) -> tuple[int, int]:
    """Which part a source belongs to, and after which pattern of it."""
    return next(
        (part, position)
        for part, (_, patterns) in enumerate(PARTS)
        for position, pattern in enumerate(patterns)
        if re.fullmatch(pattern, source)
    )

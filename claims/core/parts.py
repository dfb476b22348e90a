"""The parts that the statements fall into: the paper's in its order, then what is ours."""

from __future__ import annotations

import re

#: Parts, and in each the sources that belong to it, as patterns: the paper's statements (condition,
#: lemmas, theorems, proposition, mechanisms, images), then facts of the program and what is ours.
PARTS = (
    ("Condition 4.1: which clauses are needed", ("Condition 4.1",)),
    ("Lemmas A: dynamics of training", (r"Lemma A\.\d+",)),
    ("Lemmas B: decomposition, concentration, scalar dynamics", (r"Lemma B\.\d+",)),
    ("Theorems 4.2 and 4.3", ("Theorem 4.2", "Γ as printed", "Theorem 4.2-D", "Theorem 4.3")),
    ("Proposition 4.4: positive and negative transfer", ("Proposition 4.4",)),
    ("Where 0.1 comes from", ("Where 0.1 comes from",)),
    ("Orderings and mechanisms", (r"M\d.*",)),
    ("Failure signatures", (r"F\d.*",)),
    ("Statements on real images", ("Real images",)),
    ("Exact facts of the networks and of their engines", (r"E\d+",)),
    ("The sharp law, and advice", (r"L\d*\b.*", "Advice")),
    ("Open questions", ("Open questions",)),
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

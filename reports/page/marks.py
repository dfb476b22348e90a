"""Verdicts as the page shows them: a word, a shape, and what they are counted and filtered as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from claims.core.paper_statements import Answer
from claims.core.status import Status
from reports.page.summary import NO_VERDICT, group_of

Shape = Literal["circle", "half", "diamond", "triangle", "square", "ring"]
SHAPES: dict[str, Shape] = {
    "verified": "circle",
    "falsified": "diamond",
    "undecided": "triangle",
    NO_VERDICT: "ring",
}
#: What verdicts are counted and filtered as, with the words that a reader needs to tell them apart.
GROUPS = {
    "verified": "held in every regime",
    "falsified": "a counterexample was found",
    "undecided": "too little evidence, hypotheses rarely met, or a statement it uses is falsified",
    NO_VERDICT: "this ledger has none of it",
}


@dataclass(frozen=True)
class Mark:
    """A verdict as it is shown: a word, a shape, and what it is counted as (which has the
    colour).
    """

    word: str
    shape: Shape
    group: str

    @classmethod
    def of(cls, status: Status | None) -> Mark:
        """Of a settled status; None is "no verdict"."""
        group = group_of(status)
        if status is None:
            return cls(NO_VERDICT, SHAPES[group], group)
        shape = "square" if status is Status.BLOCKED else SHAPES[group]
        return cls(status.value, shape, group)

    @property
    def css(self) -> str:
        """Its class."""
        return self.group.replace(" ", "-")


#: What became of a statement about a picture.
CHECK_MARKS = {
    True: Mark("shown", "circle", "verified"),
    False: Mark("opposite shown", "diamond", "falsified"),
    None: Mark("undecided", "triangle", "undecided"),
}

#: Whether a statement of the paper holds as it is printed.
ANSWER_MARKS = {
    Answer.HOLDS: Mark(Answer.HOLDS.value, "circle", "verified"),
    Answer.CHANGED: Mark(Answer.CHANGED.value, "half", "verified"),
    Answer.FAILS: Mark(Answer.FAILS.value, "diamond", "falsified"),
}
#: An answer that verdicts of this ledger speak against.
CONTRADICTED = Mark("not as recorded", "triangle", "undecided")

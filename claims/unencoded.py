"""What the theory mentions and the suite does not decide, each with the reason. They are listed, and never counted as verified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unencoded:
    """A statement without a claim."""

    id: str
    title: str
    source: str
    reason: str


UNENCODED = (
    Unencoded(
        "conjecture.depth", "Networks of three and four layers", "section 7, open", "no statement is given: what would have to hold, and under which condition?"
    ),
    Unencoded(
        "conjecture.correlated-noise",
        "Noise correlated with the signal",
        "section 7, open",
        "the engines and E7 rest on noise that is orthogonal to its task's signal",
    ),
    Unencoded("conjecture.chosen-filters", "Inherited filters chosen rather than drawn", "section 7, open", "no rule of choice is given"),
    Unencoded("conjecture.regularised", "Regularised transfer", "section 7, open", "no penalty is given; weight decay would leave coefficient space"),
    Unencoded("conjecture.whole-layers", "Inheriting whole layers", "section 7, open", "the network of the theory has one trained layer"),
)

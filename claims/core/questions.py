"""What readers of the paper have asked, each with the claims that answer it; and what the paper
draws, beside what is drawn here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from claims.core.findings import borne_out
from claims.core.status import Status


@dataclass(frozen=True)
class Question:
    """A question, and what it rests on to be answered; without an answer it is not decided here."""

    question: str
    answer: str = ""
    stands: tuple[str, ...] = ()  # claims that must be verified
    falls: tuple[str, ...] = ()  # claims that must be falsified

    @property
    def claims(self) -> tuple[str, ...]:
        """All that it rests on."""
        return (*self.falls, *self.stands)

    def supported(self, statuses: Mapping[str, Status]) -> bool | None:
        """Whether these verdicts bear the answer out; None where one is missing, or there is no
        answer.
        """
        wanted = dict.fromkeys(self.stands, Status.VERIFIED)
        wanted |= dict.fromkeys(self.falls, Status.FALSIFIED)
        return borne_out(wanted, statuses) if self.answer else None


@dataclass(frozen=True)
class PaperFigure:
    """What the paper draws, and the experiment that draws it here; none for real images."""

    drawn: str
    experiment: str = ""


def _layers(beginning: str) -> tuple[str, ...]:
    """Claims of networks of three and four layers, of gain and of loss."""
    return tuple(f"{beginning}-{layers}.{sign}" for layers in (3, 4) for sign in ("helps", "hurts"))


QUESTIONS = (
    Question(
        "Is the printed covariance of the noise positive semidefinite?",
        "Just where u ⊥ v_k: its least eigenvalue is −|cos(u, v_k)|.",
        ("covariance.eigenvalues",),
    ),
    Question(
        "Which dimension suffices?",
        "Condition 4.1 needs its N² part, from N²/d = 100 on; a thousandth of it is enough.",
        ("condition.dimension.samples.needed", "condition.dimension.samples.spare"),
    ),
    Question(
        "Does σ or σ² make the theorems free of units?",
        "With σ_k² for the variance all criteria are, but for the printed Γ.",
        ("e3.scale", "e3.degrees"),
        ("gamma-printed.dimensionless",),
    ),
    Question(
        "What if v₁ and v₂ are not orthogonal?",
        "Then ‖u‖² + cos ‖v₁‖‖v₂‖ takes the place of ‖u‖²; the law foretells the error.",
        ("law.finite.transfer.angle",),
    ),
    Question(
        "How little may two tasks share before transfer hurts?",
        "The law says from which Y on, to a tenth in two regimes of three, and how fast.",
        ("law.finite.break-even", "law.finite.break-even.slope"),
    ),
    Question(
        "Does Proposition 4.4(2) say that a large, poorly aligned source is the worst?",
        "Yes: in its region transfer error rises with N₁.",
        ("proposition-4.4.2", "m3-prime.samples"),
    ),
    Question(
        "Is inheriting a whole layer judged by the same criterion as a random share?",
        "On average: with three and four layers it gains and loses where τ_D says.",
        _layers("conjecture.whole-layer"),
    ),
    Question(
        "Is inheriting all filters, as in full fine-tuning, judged by the same criterion?",
        "By the law: with α = 1 it foretells the error to 0.04 in two regimes of three.",
        ("law.whole",),
    ),
    Question(
        "What is to be computed from data, and how is α chosen?",
        "Norms and noise levels, estimated from both sets; then the share that the law calls best.",
        ("advice.from-data", "law.finite.share"),
    ),
    Question("What if u is not orthogonal to v_k?"),
    Question(
        "What if the noise is not orthogonal to the signal?",
        "Isotropic noise does as noise off the signal does.",
        ("conjecture.correlated-noise",),
    ),
    Question("From which noise along the signal on does the criterion fail?"),
    Question(
        "Does any of it hold for the square loss?",
        "In both regions tried transfer helps and hurts with it as with the logistic loss.",
        ("conjecture.square-loss.helps", "conjecture.square-loss.hurts"),
    ),
    Question(
        "Do deeper networks gain and lose where those of two layers do?",
        "On average, with three and four layers.",
        _layers("conjecture.depth"),
    ),
    Question("How does the threshold in τ move with depth and width?"),
    Question(
        "Does training the source longer, beyond fitting, harm the target?",
        "Where Y is 5 or more it does, by what the law says; it grows like log T₁.",
        ("longer-source.harms", "longer-source.law"),
    ),
    Question(
        "Does weight decay cure negative transfer?",
        "Yes, and it fades positive transfer too.",
        ("conjecture.regularised",),
    ),
    Question(
        "Is pulling towards inherited weights, or freezing them, a better remedy?",
        "No: where transfer hurts, both err more than scratch, and pulling more than freezing.",
        ("conjecture.remedies", "conjecture.regularised"),
    ),
    Question(
        "Are some filters better to inherit than random ones?",
        "Those of the least noise are.",
        ("conjecture.chosen-filters",),
    ),
)

PAPER_FIGURES = (
    PaperFigure("Target accuracy over epochs, N₁ from 100 to 1000", "head-start"),
    PaperFigure("Accuracy as ‖u‖ falls to 0, ‖u + v₂‖ fixed", "negative-transfer"),
    PaperFigure("Accuracy over ‖u‖ and d, and the same cut at 0.9", "plane"),
    PaperFigure("Accuracy on CIFAR-10 and CIFAR-100, by the source's size and noise"),
)

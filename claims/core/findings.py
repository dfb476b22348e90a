"""What the suite has found: sentences, each with the verdicts it rests on, and the counterexamples
kept in the repository.

A sentence is shown as a finding only where a ledger's verdicts are those it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from claims.core.status import Status

FOLDER = Path(__file__).parents[1] / "counterexamples"


def path(claim_id: str) -> Path:
    """Where the counterexample of a claim is kept, if there is one: one JSON file for each
    statement that the suite has refuted.
    """
    return FOLDER / f"{claim_id}.json"


def borne_out(wanted: Mapping[str, Status], statuses: Mapping[str, Status]) -> bool | None:
    """Whether all verdicts are those wanted; None where one is missing, and none speaks against."""
    agreeing = [statuses[name] is status for name, status in wanted.items() if name in statuses]
    return None if all(agreeing) and len(agreeing) < len(wanted) else all(agreeing)


@dataclass(frozen=True)
class Finding:
    """A sentence for a reader in a hurry, and what must have been decided for it to stand."""

    title: str
    text: str
    rests_on: Mapping[str, Status]  # claim id -> the verdict it needs

    def supported(self, statuses: Mapping[str, Status]) -> bool | None:
        """Whether these verdicts bear it out; None where one is missing, and none speaks against
        it.
        """
        return borne_out(self.rests_on, statuses)


def _rests(verified: str = "", falsified: str = "") -> dict[str, Status]:
    return dict.fromkeys(verified.split(), Status.VERIFIED) | dict.fromkeys(
        falsified.split(), Status.FALSIFIED
    )


FINDINGS = (
    Finding(
        "The Γ printed in the paper cannot be a threshold",
        "It changes with the unit of length, and no outcome does; regimes with the same printed Γ +"
        " τ₂ err from 0 to ½, whatever the constants.",
        _rests(
            "e3.scale e3.degrees",
            "gamma-printed.dimensionless theorem-4.2.error-upper.gamma-printed"
            " theorem-4.2.error-lower.gamma-printed",
        ),
    ),
    Finding(
        "Theorem 4.2 as stated holds for tasks of like size only; Γ + τ₂ does not decide",
        "τ_A + τ₂ is τ_D times a factor in which N₂/N₁ stands free, so that over all sizes no"
        " constants serve: with a source much smaller than the target errors are large far above"
        " any C₁, and with one much larger they are small far below any C₃. Where neither task has"
        " more than three times the other's samples, and each has 40 or more, both bounds hold."
        " Γ + τ₂, exponent corrected, misses transfer that succeeds with few inherited filters,"
        " even below 0.01. (With X ≤ C₄ the lower bounds of both fall just at their fitted C₃:"
        " there a smaller one serves.)",
        _rests(
            "theorem-4.2.convergence theorem-4.2.sizes theorem-4.2.error-upper-balanced.tau-A"
            " theorem-4.2.error-lower-balanced.tau-A theorem-4.2.error-upper.gamma",
            "theorem-4.2.error-upper.tau-A theorem-4.2.error-upper-restricted.tau-A"
            " theorem-4.2.error-lower.tau-A theorem-4.2.error-lower-restricted.tau-A"
            " theorem-4.2.error-lower.gamma theorem-4.2.error-lower-restricted.gamma",
        ),
    ),
    Finding(
        "τ_D, signal over noise after transfer, decides everywhere",
        "With no bound on X, whatever the sizes of the tasks (20 to 1000 samples, up to 50 times as"
        " many in one as in the other), and 40 source samples or more for the upper bound; it alone"
        " brings the errors of random regimes onto one curve, and is the winner among the"
        " candidates.",
        _rests(
            "theorem-4.2.error-upper.tau-D theorem-4.2.error-lower.tau-D m1.orders.tau-D m1.winner",
            "m1.orders.tau-A m1.orders.gamma",
        ),
    ),
    Finding(
        "Positive and negative transfer are both found where Proposition 4.4 puts them",
        "But for positive transfer from a source much smaller than the target, where Theorem 4.2's"
        " bound fails; of tasks with up to three times as many samples as one another it holds."
        " In the same draw transfer gains (τ_A + τ₂)/C₆ nats over scratch or more where it helps,"
        " and loses (τ₂ − τ_D)/C₇ or more where it hurts. The square of inherited noise is X/α"
        " times scratch's, the reason given, within a factor of 1.15 in two regimes of three where"
        " both runs are equally long. A target with so many more samples that τ_D passes its"
        " threshold ends the loss.",
        _rests(
            "proposition-4.4.1.balanced proposition-4.4.2 proposition-4.4.2.mechanism"
            " proposition-4.4.2.mechanism.exponents proposition-4.4.2.mechanism.factor"
            " proposition-4.4.1.compared proposition-4.4.2.compared"
            " proposition-4.4.2.larger-target",
            "proposition-4.4.1 proposition-4.4.1.restricted",
        ),
    ),
    Finding(
        "“More or cleaner source data helps” holds just for Y < X + 2/α",
        "Beyond, as the algebra of τ_D says, error rises with N₁ and with 1/σ₁.",
        _rests(
            "m3.boundary m3.samples.aligned m3.noise.aligned m3-prime.samples",
            "m3.samples m3.noise",
        ),
    ),
    Finding(
        "γ grows like x_T ~ log T, not like 1/log T, as printed",
        "Measured as the exponent of every filter's coefficient along the run; and from run to run:"
        " with the lemma's own curve (c = h/2, the speed at the start) coefficients grow like"
        " x_T^0.88, with c = 0.8 h, for the share of samples that become active, like x_T. After"
        " transfer that share depends on how much noise is inherited; with the one that the law"
        " foretells, exponents of the noise memorised are right again. The law foretells both"
        " coefficients too, noise to 1.5% and signal to 4% in two regimes of three.",
        _rests(
            "lemma-a1.gamma lemma-a1.b.signal.exponents.share lemma-a1.b.noise.exponents.share"
            " lemma-a2.b.noise.exponents lemma-a2.b.signal.exponents lemma-a2.b.noise.law"
            " lemma-a2.b.signal.law",
            "lemma-a1.gamma.printed lemma-a1.b.signal.exponents lemma-a1.b.noise.exponents",
        ),
    ),
    Finding(
        "Large steps do not keep the loss from converging",
        "Where it should diverge, at h = 20, it falls; what large steps break is the balance"
        " between samples.",
        _rests("condition.step.needed lemma-a1.c.balance", "f3.diverges"),
    ),
    Finding(
        "Two clauses of Condition 4.1 are not needed",
        "The signal's, and the √d part of the step's, for Lemma A.1(b), A.1(c) and convergence. The"
        " N² part of the dimension clause is needed, from N²/d = 100 on; a thousandth of what it"
        " asks for is enough.",
        _rests(
            "condition.signal.unneeded condition.step.dimension.unneeded"
            " condition.dimension.samples.needed condition.dimension.samples.spare",
            "condition.signal.needed condition.step.dimension.needed",
        ),
    ),
    Finding(
        "Where filters hardly move, coefficients keep their orders",
        "With σ₀ from 10³ to 3·10³ times what Condition 4.1 allows, and 40 samples or more, filters"
        " move less than they start from the origin, and Lemma A.1(b) still holds: most"
        " pre-activations start small all the same. (Up to 10⁴ it fails in many networks of 20"
        " samples, and in few of more; at 10¹² the envelope of (a) fails in all.)",
        _rests(
            "m7.lazy m7.lazy.orders.samples m7.frozen.coefficients",
            "m7.lazy.coefficients m7.lazy.orders",
        ),
    ),
    Finding(
        "The shift argument behind “at least 0.1” fails at τ₂ = 0.01, and works below 5·10⁻⁵",
        "The event that it is about is seen far above.",
        _rests("origin.shift.small origin.event", "origin.shift"),
    ),
    Finding(
        "With few samples the smaller class decides how far errors fall",
        "Signal is learned from a class's own samples, and outweighed by noise of the other's: so"
        " the exponent of the error is not τ₂, but τ₂ 2N_c²/(N₂(N₂ − N_c)), N_c the samples of the"
        " smaller class. With it, bounds hold of 99% of networks, and their slopes are far closer"
        " to one another. Of 20 samples, the fewest that are searched, the smaller class has 5 or"
        " fewer in one draw of 24, and Theorem 4.3's C₂ is as large as it is for those.",
        _rests(
            "theorem-4.3.by-class.upper theorem-4.3.by-class.lower theorem-4.3.error-upper"
            " theorem-4.3.error-upper.sharp"
        ),
    ),
    Finding(
        "A law with no free constant predicts the test error itself",
        "From scratch to 0.01 and after transfer to 0.02, in two of three random regimes,"
        " predictions written down before training; it gives the sign of transfer where that is"
        " clear, and the share to inherit. It needs neither N²/d → 0 nor small steps, up to N²/d ="
        " 3 and h = 4; it ends before h = 10. Below errors of 10⁻³ networks err several times what"
        " its limit of many samples says: their two classes are of unequal size. With that, and"
        " finitely many filters, it holds to a quarter of a nat from scratch down to 10⁻⁶, and"
        " after transfer to 0.15 above 0.005 and to 0.4 down to 10⁻⁵, in two regimes of three; and"
        " up to h = 15, for what it lacked at large steps is the noise that they"
        " leave behind on the other class. It says to 5% at which τ₂ the error is 0.1, and to a"
        " tenth how wide the transition is; how little two tasks may share before transfer hurts,"
        " and how fast gain turns into loss; and which share is best.",
        _rests(
            "law.share law.l1 law.l2 law.l3 law.l4 law.improves.initialisation law.improves.width"
            " law.crowded law.worst law.steps law.ends.steps law.ends.rare law.finite.common"
            " law.finite.hundredths law.finite.thousandths law.finite.rarer law.finite.median"
            " law.finite.transfer law.finite.transfer.hundredths law.finite.transfer.rarer"
            " law.finite.transfer.median law.finite.transfer.common law.finite.transfer.steps"
            " law.finite.transfer.angle"
            " law.finite.threshold law.finite.transition law.finite.break-even"
            " law.finite.break-even.slope law.finite.share law.finite.steps law.finite.ends.steps"
            " law.finite.worst law.finite.worst.transfer"
        ),
    ),
    Finding(
        "Training the source beyond fitting harms where most of the target's signal is its own",
        "With Y from 5 on and errors above 10⁻³, thirty times as many source steps make the error"
        " larger, by a tenth of a nat or more in eight regimes of ten, and by what the law says; no"
        " criterion knows of it. What is inherited grows like log T₁.",
        _rests("longer-source.harms longer-source.law"),
    ),
    Finding(
        "More layers transfer where two do; weight decay cures negative transfer",
        "Networks of three and four layers gain and lose by transfer where τ_D says, as does"
        " inheriting a whole layer. Decay fades what is inherited, positive transfer too. Filters"
        " of the least noise are worth choosing, and isotropic noise does as noise off the signal"
        " does.",
        _rests(
            "conjecture.depth-3.helps conjecture.depth-3.hurts conjecture.depth-4.helps"
            " conjecture.depth-4.hurts conjecture.whole-layer-3.helps"
            " conjecture.whole-layer-3.hurts conjecture.whole-layer-4.helps"
            " conjecture.whole-layer-4.hurts conjecture.regularised conjecture.chosen-filters"
            " conjecture.correlated-noise"
        ),
    ),
)

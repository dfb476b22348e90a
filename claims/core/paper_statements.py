"""What the paper states: each statement as it is printed, whether it holds, and the claims that say
so.

The one source of README's table and of the page's. A statement's answer is shown as the suite's
only where a ledger's verdicts are those it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from claims.core.findings import borne_out
from claims.core.status import Status


class Answer(Enum):
    """Whether a statement holds as it is printed."""

    HOLDS = "holds"
    CHANGED = "holds with a change"
    FAILS = "fails"


class PaperStatementError(ValueError):
    """An answer that the claims named do not fit: names the statement and the rule."""


@dataclass(frozen=True, kw_only=True)
class PaperStatement:
    """A statement of the paper, and what came of it.

    Raises:
        PaperStatementError: it holds, and a claim falls; or it fails, and one stands; or nothing
            stands that says with which change it holds.
    """

    name: str
    latex: str  # as the paper prints it; empty where it is a sentence
    printed: str = ""  # what the formula leaves unsaid
    answer: Answer
    sentence: str
    falls: tuple[str, ...] = ()  # claims that must be falsified
    stands: tuple[str, ...] = ()  # claims that must be verified

    def __post_init__(self) -> None:
        fitting = {
            Answer.HOLDS: bool(self.stands) and not self.falls,
            Answer.CHANGED: bool(self.stands),
            Answer.FAILS: bool(self.falls) and not self.stands,
        }
        if not fitting[self.answer]:
            raise PaperStatementError(
                f"{self.name}: answer = {self.answer.value!r}: does not fit {len(self.stands)}"
                f" claims that stand and {len(self.falls)} that fall"
            )
        if not self.latex and not self.printed:
            raise PaperStatementError(f"{self.name}: latex = '': one of latex, printed is needed")

    @property
    def claims(self) -> tuple[str, ...]:
        """What falls first, then what stands."""
        return (*self.falls, *self.stands)

    @property
    def rests_on(self) -> dict[str, Status]:
        """Claim id -> the verdict that the answer needs."""
        return dict.fromkeys(self.falls, Status.FALSIFIED) | dict.fromkeys(
            self.stands, Status.VERIFIED
        )

    def supported(self, statuses: Mapping[str, Status]) -> bool | None:
        """Whether these verdicts bear the answer out; None where one is missing, and none speaks
        against it.
        """
        return borne_out(self.rests_on, statuses)


def markdown() -> str:
    """The table, as README has it."""
    rows = (
        (one.name, one.answer.value, one.sentence, " ".join(f"`{name}`" for name in one.claims))
        for one in PAPER_STATEMENTS
    )
    head = ("| statement | as stated | in a sentence | claims |", "|---|---|---|---|")
    return "\n".join((*head, *(f"| {' | '.join(cells)} |" for cells in rows)))


_BOTH_CURVES = r"\underline x_t\le\frac1m\sum_r\overline\rho_{y_i,r,i}^{\,t}\le"
_CONVERGES = r"\forall\varepsilon\;\exists\,t\le\frac{C_T}{h_2\,\varepsilon}:\;L(W^t)\le\varepsilon"

#: In the paper's order: its condition, lemmas, theorems, propositions, mechanisms and experiments.
PAPER_STATEMENTS = (
    PaperStatement(
        name="Condition 4.1",
        latex=r"q\ge C\log(N/\delta),\quad h\le\frac{N\sqrt{\log(N/\delta)}}{C\sqrt d}",
        printed="and bounds on dimension, samples, width and initial filters",
        answer=Answer.CHANGED,
        sentence="A.1(b), (c) and convergence need two clauses less.",
        stands=("condition.signal.unneeded", "condition.step.dimension.unneeded"),
    ),
    PaperStatement(
        name="Lemma A.1(a), memorisation",
        latex=_BOTH_CURVES + r"\overline x_t+\frac{\overline c}{1+\overline b}",
        answer=Answer.CHANGED,
        sentence="Samples are memorised on time with 32 filters of each sign.",
        stands=("lemma-a1.a.upper", "lemma-a1.a.lower"),
    ),
    PaperStatement(
        name="Lemma A.1(b), orders",
        latex=r"\gamma_{j,r}^t=\Theta\Big(\frac{Nq}{d}\,x_t\Big),\quad "
        r"\sum_i\overline\rho_{j,r,i}^{\,t}=\Theta(N\,x_t)",
        answer=Answer.CHANGED,
        sentence="From 40 samples on, by a faster curve.",
        falls=("lemma-a1.b.signal.exponents",),
        stands=("lemma-a1.b.signal", "lemma-a1.b.noise"),
    ),
    PaperStatement(
        name="Lemma A.1(c), balance",
        latex=r"\max_{i,k}\ell'_i/\ell'_k\le C,\quad 0\le\overline\rho\le 4\log T",
        answer=Answer.HOLDS,
        sentence="All samples are pulled alike, and what is memorised stays small.",
        stands=("lemma-a1.c.balance", "lemma-a1.c.bounded"),
    ),
    PaperStatement(
        name="γ, the signal learned, ~ 1/log T",
        latex=r"\gamma\propto\frac{N_1\lVert u\rVert^2}{\sigma_1^2\,d\log T}",
        answer=Answer.FAILS,
        sentence="It grows like log T.",
        falls=("lemma-a1.gamma.printed",),
    ),
    PaperStatement(
        name="Lemma A.2, transfer",
        latex=r"j\langle w^t,u\rangle\ge j\langle w^0,u\rangle",
        printed="and the bounds of A.1, from the inherited start",
        answer=Answer.CHANGED,
        sentence="It holds; (a) with 36 filters, four of them inherited.",
        stands=("lemma-a2.kept", "lemma-a2.b.signal", "lemma-a2.a.lower"),
    ),
    PaperStatement(
        name="Lemma B.2, decomposition",
        latex=r"w^t=w^0+j\gamma_u\frac{u}{\lVert u\rVert^2}+j\gamma_k\frac{v_k}{\lVert v_k\rVert^2}"
        r"+\sum_i\rho_i\frac{\xi_i}{\lVert\xi_i\rVert^2}",
        answer=Answer.HOLDS,
        sentence="A filter is its start plus signals and noise patches.",
        stands=("e2.decomposition", "e2.monotone"),
    ),
    PaperStatement(
        name="Lemmas B.1, B.3, B.4",
        latex=r"|\langle\xi_i,\xi_k\rangle|\le 2\sigma^2\sqrt{D\log\tfrac{4n^2}{\delta}}",
        printed="filters start small along the noise, and 0.4m of them active on every sample",
        answer=Answer.HOLDS,
        sentence="Noise patches are nearly orthogonal, filters start small; proved for all sizes.",
        stands=("b1.inner-products", "b3.noise", "b4.filters"),
    ),
    PaperStatement(
        name="Lemma B.5, scalar dynamics",
        latex=r"\log\Big(1+\frac{ct}{1+b}\Big)\le x_t\le\log\Big(1+\frac{ct}{b}\Big),\quad "
        r"x_t\le a_t\le x_t+\frac{c}{1+b}",
        answer=Answer.HOLDS,
        sentence="The recursion stays beside its curve; proved, for every step size.",
        stands=("b5.lower", "b5.upper", "b5.sandwich"),
    ),
    PaperStatement(
        name="Theorem 4.3, scratch",
        latex=r"\tau_2\ge C_1\Rightarrow\mathrm{error}\le e^{-\tau_2/C_2},\quad "
        r"\tau_2\le C_3\Rightarrow\mathrm{error}\ge 0.1",
        printed="and the training loss converges",
        answer=Answer.HOLDS,
        sentence="The loss converges, τ₂ decides the error.",
        stands=(
            "theorem-4.3.convergence",
            "theorem-4.3.error-upper",
            "theorem-4.3.error-lower",
        ),
    ),
    PaperStatement(
        name="Theorem 4.2, convergence",
        latex=_CONVERGES,
        answer=Answer.HOLDS,
        sentence="The loss converges after transfer too.",
        stands=("theorem-4.2.convergence",),
    ),
    PaperStatement(
        name="Theorem 4.2, small errors",
        latex=r"\tau_A+\tau_2\ge C_1,\;X\le C_4\Rightarrow "
        r"\mathrm{error}\le e^{-(\tau_A+\tau_2)/C_2}",
        answer=Answer.CHANGED,
        sentence="They are, for like sizes.",
        falls=("theorem-4.2.error-upper.tau-A",),
        stands=("theorem-4.2.error-upper-balanced.tau-A",),
    ),
    PaperStatement(
        name="Theorem 4.2, large errors",
        latex=r"\tau_A+\tau_2\le C_3\Rightarrow\mathrm{error}\ge 0.1",
        answer=Answer.CHANGED,
        sentence="They are, for like sizes.",
        falls=("theorem-4.2.error-lower.tau-A",),
        stands=("theorem-4.2.error-lower-balanced.tau-A",),
    ),
    PaperStatement(
        name="Proposition 4.4(1), gain",
        latex=r"\tau_2\le C_3,\;\tau_A+\tau_2\ge C_1,\;X\le C_4\Rightarrow "
        r"\mathrm{scratch}\ge 0.1,\;\mathrm{transfer}\le e^{-(\tau_A+\tau_2)/C_2}",
        answer=Answer.CHANGED,
        sentence="Transfer helps there, of tasks of like size.",
        falls=("proposition-4.4.1",),
        stands=("proposition-4.4.1.balanced",),
    ),
    PaperStatement(
        name="Proposition 4.4(2), loss",
        latex=r"Y\ge X\ge C_4,\;\tau_2\ge C_1\Rightarrow "
        r"\mathrm{scratch}\le e^{-\tau_2/C_2},\;\mathrm{transfer}\ge 0.1",
        answer=Answer.HOLDS,
        sentence="A large source that shares little hurts.",
        stands=("proposition-4.4.2", "proposition-4.4.2.compared"),
    ),
    PaperStatement(
        name="Γ, as printed",
        latex=r"\Gamma=\frac{\alpha^2N_1\lVert u\rVert^2}{\sigma_1^2\sigma_2^2d}",
        printed="with τ₂ is the threshold after transfer",
        answer=Answer.FAILS,
        sentence="It changes with the unit of length.",
        falls=("gamma-printed.dimensionless", "theorem-4.2.error-lower.gamma-printed"),
    ),
    PaperStatement(
        name="Mechanism: head start",
        latex=r"\mathrm{error}_{\mathrm{transfer}}(t)<\mathrm{error}_{\mathrm{scratch}}(t)",
        answer=Answer.CHANGED,
        sentence="Transfer errs less at equal steps, where Y ≤ 1.5.",
        falls=("m2.equal-steps",),
        stands=("m2.equal-steps.close",),
    ),
    PaperStatement(
        name="Mechanism: better sources",
        latex=r"\frac{\partial\,\mathrm{error}}{\partial N_1}<0<"
        r"\frac{\partial\,\mathrm{error}}{\partial\sigma_1}",
        answer=Answer.CHANGED,
        sentence="More or cleaner data helps where Y < X + 2/α.",
        falls=("m3.samples", "m3.noise"),
        stands=("m3.boundary", "m3.samples.aligned"),
    ),
    PaperStatement(
        name="Mechanism: far tasks",
        latex=r"\lVert u\rVert\ll\lVert v_k\rVert\Rightarrow\gamma_1\gg\gamma_u,\;"
        r"\mathrm{error}_{\mathrm{transfer}}>\mathrm{error}_{\mathrm{scratch}}",
        answer=Answer.CHANGED,
        sentence="Filters learn v₁ instead of u; transfer is worse, if enough noise is inherited.",
        stands=("m4.coefficients", "f2.worse"),
    ),
    PaperStatement(
        name="Mechanism: dimension, width",
        latex=r"\mathrm{error}\to\tfrac12\;(d\to\infty)",
        printed="and width does not move the threshold in τ₂",
        answer=Answer.HOLDS,
        sentence="Error rises with d; with m thresholds stay, and seeds differ less.",
        stands=("m5.dimension", "m6.threshold", "m6.spread"),
    ),
    PaperStatement(
        name="Signature: lazy filters",
        latex=r"\frac{\lVert w_T-w_0\rVert}{\lVert w_0\rVert}<1",
        printed="with σ₀ far above Condition 4.1, and coefficients lose their orders",
        answer=Answer.CHANGED,
        sentence="They hardly move; memorisation fails far beyond.",
        falls=("m7.lazy.coefficients",),
        stands=("m7.lazy", "m7.frozen.coefficients"),
    ),
    PaperStatement(
        name="Signature: large steps",
        latex=r"h\gg 8",
        printed="keeps the loss from converging",
        answer=Answer.FAILS,
        sentence="The loss falls at h = 20 too; the balance between samples is lost.",
        falls=("f3.diverges",),
    ),
    PaperStatement(
        name="CIFAR-10: better sources",
        latex="",
        printed="accuracy after transfer rises with N₁ and falls with σ₁",
        answer=Answer.HOLDS,
        sentence="Accuracy rises with N₁ and falls with the source's noise.",
        stands=("images.source-samples", "images.source-noise"),
    ),
    PaperStatement(
        name="CIFAR-10: the two signs",
        latex="",
        printed="transfer helps from some sources and hurts from others",
        answer=Answer.HOLDS,
        sentence="Large clean sources help, small or noisy ones hurt.",
        stands=("images.positive-transfer", "images.negative-transfer"),
    ),
)

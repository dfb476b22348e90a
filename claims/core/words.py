"""The symbols and the words of the project: the one source of the tables in `claims/README.md` and
on the report's page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Symbol:
    """A symbol of the paper or of this project; lower index 1 is the source task, 2 the target."""

    symbol: str
    formula: str  # empty where the words are its definition
    meaning: str


@dataclass(frozen=True)
class Word:
    """A term, or a few that are explained together; `code` may stand in ticks."""

    word: str
    meaning: str


SYMBOLS = (
    Symbol(
        "u, v₁, v₂",
        "",
        "the signal that the tasks share, and what each has of its own; u is orthogonal to both",
    ),
    Symbol("s_k", "u + v_k", "the signal of task k; the patch holds y·s_k, y = ±1 the label"),
    Symbol(
        "σ_k, N_k, d, D",
        "",
        "size of the noise, number of samples, dimension; D is the dimension that the noise fills",
    ),
    Symbol("m, α", "", "filters of each sign; the share of them that is inherited"),
    Symbol("η_k, T_k, σ₀", "", "step size, number of steps, size of initial filters"),
    Symbol("q_k", "‖s_k‖²/σ_k²", "signal to noise, squared"),
    Symbol("h_k", "η_kσ_k²d/(N_k m)", "the step, as one memorised sample sees it"),
    Symbol("ζ_k", "σ₀σ_k d/√N_k", "size of initial filters, as Condition 4.1 measures it"),
    Symbol("A, B", "N₁‖u‖²/σ₁², N₂‖s₂‖²/σ₂²", "signal learned upstream and downstream"),
    Symbol("τ_k", "N_k‖s_k‖⁴/(σ_k⁴d)", "decides one task that is trained alone"),
    Symbol("τ_A", "α²N₁‖u‖⁴/(σ₁⁴d)", "what transfer adds, as Theorem 4.2 states it"),
    Symbol(
        "Γ",
        "α²N₁‖u‖⁴/(σ₁²σ₂²d)",
        "the same, as the paper's phase transition has it; printed with ‖u‖²",
    ),
    Symbol(
        "τ_D", "(αA + B)²/((α²N₁σ₂²/σ₁² + N₂)d)", "signal² over noise after transfer, derived here"
    ),
    Symbol("X", "αN₁σ₂²/(N₂σ₁²)", "how much noise is inherited"),
    Symbol("Y", "‖s₂‖²/‖u‖²", "how little of the target's signal is shared"),
    Symbol("α*", "‖u‖²/‖s₂‖²", "the share that τ_D calls best"),
    Symbol("x_t(b, c)", "x + b·eˣ = ct + b", "how much is memorised after t steps; like log t"),
    Symbol(
        "γ, ρ̄, ρ̲",
        "",
        "coefficients of a filter: of a signal, of noise patches of its class, of noise "
        "patches of the other",
    ),
    Symbol("δ", "0.05", 'the probability that a statement "with high probability" may fail'),
)

GLOSSARY = (
    Word(
        "adversary",
        "a search of a claim's whole domain for the regime that breaks it (`transfer-claims "
        "attack`)",
    ),
    Word("conjecture", "a statement that is measured and reported, and fails no run"),
    Word(
        "counterexample",
        "a regime, seeds and constants with which a statement fails, in a file that `replay` reads",
    ),
    Word(
        "domain",
        "the regimes that a statement speaks of: ranges of quantities and of scales, and "
        "clauses of Condition 4.1 that are not asked for",
    ),
    Word("entropy", "the one integer from which all random numbers of a run come"),
    Word("failure", "a network in which the statement's bound does not hold"),
    Word("filter", "a weight vector of the network; each has a sign"),
    Word(
        "finding",
        "the verdict that is recorded for a claim; also a sentence for readers that rests on "
        "verdicts",
    ),
    Word("from scratch", "training the target with no filter inherited"),
    Word("ledger", "the file that verdicts are kept in"),
    Word(
        "margin",
        "by how much a statement holds in one network: 0 or more where it does; in *nats*, a "
        "difference of natural logarithms",
    ),
    Word("mutant", "a planted wrong version of a claim, which must be falsified"),
    Word("network, seed", "what is trained in a regime with one seed's random numbers"),
    Word("no verdict", "not in this ledger: never decided, or decided elsewhere"),
    Word("paired", "compared on the same random numbers"),
    Word("population", "many regimes that are judged at once"),
    Word("profile", "how much evidence a run gathers: `quick`, `ci`, `nightly`"),
    Word(
        "provenance",
        "where a statement comes from: S the paper, O its public reviews, R its line of work, "
        "D derived here",
    ),
    Word("regime", "every number that fixes both tasks and the network"),
    Word("slack", "the largest constant with which a clause of Condition 4.1 still holds"),
    Word("stability", "whether verdicts come out the same on fresh entropy"),
    Word("transfer", "training the target from a share of the source network's filters"),
    Word(
        "undecided",
        "inconclusive (not enough evidence), vacuous (hypotheses rarely met) or blocked (a claim "
        "that it rests on is falsified)",
    ),
    Word("upstream, downstream", "the source task's training, the target task's"),
    Word(
        "verified, falsified",
        "every regime that the search looked at was accepted; one was rejected, on fresh evidence",
    ),
)


def symbols_markdown() -> str:
    """The table of symbols, as `claims/README.md` has it."""
    rows = ((one.symbol, one.formula, one.meaning) for one in SYMBOLS)
    return _table(("symbol", "formula", "in words"), rows)


def glossary_markdown() -> str:
    """The glossary, as `claims/README.md` has it."""
    return _table(("word", "means"), ((one.word, one.meaning) for one in GLOSSARY))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in (head, *rows))
    first, *rest = lines
    return "\n".join((first, "|" + "---|" * len(head), *rest))

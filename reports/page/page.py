"""The report: one page that needs nothing but itself, with every statement, its verdict and the
evidence.

It reads in the paper's order. Nothing in it is loaded from elsewhere, and its policy forbids it:
scripts are named by their digest, so that text from a ledger could not run even if it got past
escaping. Same ledger and experiments, same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import inspect
import json
import math
import os
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import latex2mathml.converter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from claims.core import catalogue as claim_files
from claims.core import findings
from claims.core.catalogue import catalogue
from claims.core.claim import Bound, Claim, Hypothesis, Kind, Provenance
from claims.deciding.decision import RUN_BUDGET, Status
from reports.commands.show import claim_record
from reports.drawing import graph, plots
from reports.drawing.numerals import power_of_ten
from reports.images import section as images
from reports.ledger.files import write_whole
from reports.ledger.ledger import Ledger
from reports.page import summary
from reports.studies import speed
from reports.studies.experiments import files as experiment_files
from reports.studies.experiments.experiments import EXPERIMENTS, Decided
from reports.studies.experiments.files import FOLDER, Kept
from reports.studies.verify import PROFILES, Verdict

NAME = "index.html"
_TEMPLATES = Path(__file__).with_name("templates")
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
    ("Further statements", (".*",)),
)


def build(ledger: Ledger, folder: Path, experiments: Path | None = None) -> Path:
    """Write the page into a folder, and return its path; experiments are those beside it, if no
    other folder is given. Raises OSError.
    """
    path = folder / NAME
    write_whole(path, render(ledger, folder, experiments))
    return path


def render(ledger: Ledger, folder: Path, experiments: Path | None = None) -> str:
    """The page's text; `folder`, where it will lie, is what its links to source files start
    from.
    """
    marks = {name: Mark.of(ledger.statuses.get(name)) for name in catalogue()}
    shown = tuple(
        Experiment(kept, experiment_files.differences(kept, ledger))
        for kept in experiment_files.kept(experiments or folder / FOLDER)
    )
    entries = {
        claim.id: _entry(claim, ledger, marks, shown, folder) for claim in catalogue().values()
    }
    style, script, early = (
        Markup((_TEMPLATES / name).read_text(encoding="utf-8"))
        for name in ("style.css", "script.js", "early.js")
    )
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            ledger=ledger,
            head=_head(ledger),
            parts=_parts(entries),
            findings=_findings(ledger),
            graph=graph.layout(catalogue()),
            entries=entries,
            marks=marks,
            kinds=list(Kind),
            provenances=list(Provenance),
            images=images.section(ledger, folder),
            speed=speed.section(),
            experiments=shown,
            not_run=_not_run(shown),
            found=FOUND,
            groups=GROUPS,
            shapes=_SHAPES,
            symbols=SYMBOLS,
            names=_CASE_NAMES,
            long=LONG,
            style=style,
            script=script,
            early=early,
            digests=[_digest(early), _digest(script)],
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": number,
        "math": mathml,
        "prose": prose,
        "block": block,
        "mark": Mark.of,
    }
    return environment


def _digest(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


# Verdicts -----------------------------------------------------------------------------------------

Shape = Literal["circle", "diamond", "triangle", "square", "ring"]
NOT_DECIDED = summary.NOT_DECIDED
_SHAPES: dict[str, Shape] = {
    "verified": "circle",
    "falsified": "diamond",
    "undecided": "triangle",
    NOT_DECIDED: "ring",
}
#: What verdicts are counted and filtered as, with the words that a reader needs to tell them apart.
GROUPS = {
    "verified": "held in every regime",
    "falsified": "a counterexample was found",
    "undecided": "too little evidence, hypotheses rarely met, or a statement it uses is falsified",
    NOT_DECIDED: "no verdict in this ledger",
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
        """Of a settled status; None is "not decided"."""
        if status is None:
            return cls(NOT_DECIDED, "ring", NOT_DECIDED)
        group = "undecided" if status in summary.UNDECIDED else status.value
        return cls(status.value, "square" if status is Status.BLOCKED else _SHAPES[group], group)

    @property
    def css(self) -> str:
        """Its class."""
        return self.group.replace(" ", "-")


@dataclass(frozen=True)
class Planted:
    """A planted wrong version, and what became of it."""

    name: str
    error: str
    outcome: str
    caught: bool | None  # None where it was not run
    worst_margin: float | None


def _planted(claim: Claim, ledger: Ledger) -> tuple[Planted, ...]:
    found = []
    for version in claim.wrong_versions:
        verdict = ledger.planted.get(f"{claim.id}!{version.name}")
        caught = None if verdict is None else verdict.status is Status.FALSIFIED
        outcome = (
            "not run"
            if verdict is None
            else "falsified, as it must be"
            if caught
            else f"{verdict.status.value}: not caught"
        )
        found.append(
            Planted(
                version.name,
                version.error,
                outcome,
                caught,
                verdict.worst_margin if verdict else None,
            )
        )
    return tuple(found)


# Experiments --------------------------------------------------------------------------------------

#: What became of a statement about a picture.
FOUND = {
    True: Mark("shown", "circle", "verified"),
    False: Mark("opposite shown", "diamond", "falsified"),
    None: Mark("not decided", "triangle", "undecided"),
}


@dataclass(frozen=True)
class Experiment:
    """An experiment that was run, and what sets it apart from this ledger."""

    kept: Kept
    differs: str | None

    @property
    def anchor(self) -> str:
        """Its id."""
        return f"experiment-{self.kept.name}"

    @property
    def troubles(self) -> tuple[str, ...]:
        """What the reader must know of it, in sentences."""
        return (*self.kept.troubles, *([self.differs] if self.differs else []))

    @property
    def counted(self) -> str:
        """What it decides, in a few words."""
        claims = [count for count in self.kept.decided if count.inside]
        falling, shown = (
            sum(count.falls > 0 for count in claims),
            sum(check.holds is True for check in self.kept.checks),
        )
        return (
            f"{len(claims)} claim{'s' if len(claims) != 1 else ''}, {falling or 'none'} of which"
            f" falls; {shown} of {len(self.kept.checks)} statements shown"
            if self.kept.decided
            else ""
        )


def _not_run(experiments: Iterable[Experiment]) -> tuple[str, ...]:
    """Names of the others; none where every one was run."""
    run = {one.kept.name for one in experiments}
    return tuple(name for name in EXPERIMENTS if name not in run)


# One claim ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Required:
    """A hypothesis: the inequality, and what its quantity is."""

    inequality: Markup
    meaning: str


@dataclass(frozen=True)
class Constant:
    """A constant of a statement: its value, and how it was fitted."""

    name: str
    symbol: Markup
    value: float
    fit: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """Everything that the page shows of a claim."""

    claim: Claim
    record: Mapping[str, Any]  # as `transfer-claims show` tells it
    verdict: Verdict | None
    mark: Mark
    marks: Mapping[str, Mark]  # of every claim
    used_by: tuple[tuple[str, str], ...]  # id, why
    planted: tuple[Planted, ...]
    file: str  # relative to the page
    figures: tuple[tuple[Markup, str], ...]  # figure, caption
    experiments: tuple[tuple[Experiment, Decided], ...]  # that bear on it, and what they decide

    @property
    def search(self) -> str:
        """What free text is looked for in."""
        claim = self.claim
        return " ".join(
            (
                claim.id,
                claim.title,
                claim.source,
                claim.statement,
                claim.unit,
                self.mark.word,
                self.record["kind"],
            )
        ).casefold()

    @property
    def strip(self) -> Markup | None:
        """Margins of regimes."""
        return plots.margins(self.verdict.points) if self.verdict else None

    @property
    def required(self) -> tuple[Required, ...]:
        """Its hypotheses."""
        return (
            tuple(_required(hypothesis) for hypothesis in self.claim.domain.hypotheses)
            if self.claim.domain
            else ()
        )

    @property
    def constants(self) -> tuple[Constant, ...]:
        """The values that decided, or would now."""
        values = self.verdict.constants if self.verdict else self.record["constants"]
        return tuple(
            Constant(
                name,
                mathml(_symbol(name)),
                values.get(name, math.nan),
                self.record["calibration"][name],
            )
            for name in self.claim.constants
        )

    @property
    def evidence(self) -> Block | None:
        """What the verdict rests on, beside margins."""
        return block(self.verdict.evidence) if self.verdict and self.verdict.evidence else None

    @property
    def commands(self) -> tuple[tuple[str, str], ...]:
        """What decides it again, and what re-measures its counterexample; each with its purpose."""
        found = [("decides it", f"transfer-claims verify {self.claim.id}{_run(self.verdict)}")]
        if findings.path(self.claim.id).exists():
            found.append(
                (
                    "measures its counterexample again",
                    f"transfer-claims replay claims/counterexamples/{self.claim.id}.json",
                )
            )
        return tuple(found)

    @property
    def cases(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """The worst case and the counterexample, where there is a regime to show."""
        if self.verdict is None:
            return ()
        least, worst = self.verdict.counterexample, self.verdict.worst_case
        named = (("Counterexample", least), ("Worst case", None if worst == least else worst))
        return tuple((name, case) for name, case in named if case and case.get("regime"))


def _entry(
    claim: Claim,
    ledger: Ledger,
    marks: Mapping[str, Mark],
    experiments: Iterable[Experiment],
    folder: Path,
) -> Entry:
    verdict = ledger.verdicts.get(claim.id)
    return Entry(
        claim,
        claim_record(claim, ledger),
        verdict,
        marks[claim.id],
        marks,
        _used_by().get(claim.id, ()),
        _planted(claim, ledger),
        os.path.relpath(_files()[claim.id], folder.absolute()).replace(os.sep, "/"),
        tuple(_figures(claim, verdict)) if verdict else (),
        tuple(
            (one, count)
            for one in experiments
            for count in one.kept.decided
            if count.claim == claim.id
        ),
    )


@cache
def _used_by() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for claim in catalogue().values():
        for used, why in claim.uses.items():
            found[used] = (*found.get(used, ()), (claim.id, why))
    return found


@cache
def _files() -> dict[str, Path]:
    """The file that holds each claim."""
    modules = [importlib.import_module(name) for name in claim_files.files()]
    return {
        claim.id: Path(inspect.getfile(module)) for module in modules for claim in module.CLAIMS
    }


def _figures(claim: Claim, verdict: Verdict) -> Iterable[tuple[Markup, str]]:
    seen = plots.errors(claim, verdict, verdict.constants)
    if seen is not None and claim.picture is not None:
        yield (
            plots.inline(seen, f"{claim.id}: {plots.described(claim.picture)}"),
            f"One point a regime: {claim.picture.label}, median over seeds.",
        )
    along = plots.dynamics(claim, verdict)
    if along is not None:
        yield (
            plots.inline(along, f"{claim.id}: signal and noise along the worst regime"),
            "The worst regime, trained again.",
        )


def _run(verdict: Verdict | None) -> str:
    """Options that repeat a verdict."""
    if verdict is None:
        return ""
    profile = "" if verdict.profile == "ci" else f" --profile {shlex.quote(verdict.profile)}"
    return f"{profile} --entropy {verdict.entropy}"


# Mathematics --------------------------------------------------------------------------------------

#: Letters that MathML Core no longer styles by an attribute.
_STYLED = {
    ("double-struck", "P"): "ℙ",
    ("double-struck", "E"): "𝔼",
    ("double-struck", "R"): "ℝ",
    ("script", "N"): "𝒩",
    ("bold", "1"): "𝟏",
}
#: Signs that are taken for letters, or stretched on one side only, with the space around them.
_OPERATORS = {
    "mi>:": "0.278em",
    "mi>&#x027E8;": "0",
    "mi>&#x027E9;": "0",
    "mo>&#x02016;": "0",
    "mo>&#x02193;": "0",
    "mo>&#x02191;": "0",
}


@cache
def mathml(latex: str, *, block: bool = False) -> Markup:
    """LaTeX as MathML; as code where it does not convert."""
    try:
        text = converted(latex, block=block)
    except (
        Exception
    ):  # the converter raises many kinds; a formula that cannot be set is still readable
        return Markup('<code class="unset">{}</code>').format(latex)
    return Markup(
        text.replace("<math", f'<math alttext="{escape(latex)}"', 1)
    )  # the converter escapes what it is given


def converted(latex: str, *, block: bool = False) -> str:
    """LaTeX as MathML. Raises what the converter raises."""
    text = str(
        latex2mathml.converter.convert(
            latex.replace(r"\not\to", r"\nrightarrow"), display="block" if block else "inline"
        )
    )
    text = text.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")
    text = re.sub(
        r'(?:<mi mathvariant="normal">\w</mi>){2,}',
        lambda run: f"<mi>{re.sub('<[^>]+>', '', run[0])}</mi>",
        text,
    )  # one word
    text = re.sub(r'<(m[in]) mathvariant="([\w-]+)">(\w)</m[in]>', _styled, text)
    text = text.replace("&#x02015;", "&#x000AF;")  # a bar that stretches
    text = re.sub(
        r"(<mi>(?:log|ln)</mi>)(?=<m(?:i|n|sub|sup|subsup|frac|over)\b)",
        r'\1<mspace width="0.167em"/>',
        text,
    )
    for found, space in _OPERATORS.items():
        element, sign = found.split(">")
        text = text.replace(
            f"<{found}</{element}>",
            f'<mo stretchy="false" lspace="{space}" rspace="{space}">{sign}</mo>',
        )
    return text


def _styled(found: re.Match[str]) -> str:
    letter = _STYLED.get((found[2], found[3]))
    return found[0] if letter is None else f"<{found[1]}>{letter}</{found[1]}>"


def prose(text: str) -> Markup:
    """Prose with indices and powers that it writes as x_t, ρ_{r,i} or R^d set as such."""
    return Markup(
        _indices(str(escape(text)))
    )  # escaped first; what is added are tags of this function


def _indices(text: str) -> str:
    text = re.sub(
        r"(?<![\w.])(\w[\u0300-\u036f]?)_(?:\{([^{}]*)\}|(\w+))",
        lambda found: f"{found[1]}<sub>{_indices(found[2] or found[3])}</sub>",
        text,
    )
    return re.sub(
        r"\^(?:\{([^{}]*)\}|(−?\w+))", lambda found: f"<sup>{found[1] or found[2]}</sup>", text
    )


def _symbol(constant: str) -> str:
    """LaTeX of a constant's name: C_3 of theorem-4.2.gamma.C_3-restricted, marked as such."""
    symbol, _, variant = constant.rsplit(".", 1)[-1].partition("-")
    return symbol + (rf"^{{\mathrm{{{variant}}}}}" if variant else "")


def _required(hypothesis: Hypothesis) -> Required:
    left = "" if hypothesis.low == -math.inf else rf"{_bound(hypothesis.low)}\le "
    right = "" if hypothesis.high == math.inf else rf"\le {_bound(hypothesis.high)}"
    return Required(
        mathml(f"{left}{hypothesis.quantity.latex}{right}"), hypothesis.quantity.meaning
    )


def _bound(bound: Bound) -> str:
    return _symbol(bound) if isinstance(bound, str) else f"{bound:g}"


def number(value: Any, digits: int = 4) -> str:
    """For people: 1,000,000; 0.2346; 6.3 × 10⁻⁷; −2; ∞ as none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "without bound" if value is None else str(value)
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if not math.isfinite(value):
        return "without bound"
    text = (
        f"{value + 0.0:,.0f}"
        if value == round(value) and 1e4 <= abs(value) < 1e7
        else f"{value + 0.0:.{digits}g}"
    )
    mantissa, _, exponent = text.partition("e")
    scaled = "" if not exponent else f" × {power_of_ten(int(exponent))}"
    return (mantissa + scaled).replace("-", "−")


# Evidence -----------------------------------------------------------------------------------------

#: Nesting shown as tables and lists; what lies deeper is shown as JSON.
_DEEPEST = 5
#: Cells beyond which evidence is folded away.
LONG = 24
#: Names of a regime's fields as the paper writes them.
SYMBOLS = {
    "u": "‖u‖",
    "v1": "‖v₁‖",
    "v2": "‖v₂‖",
    "cos_v": "cos∠(v₁, v₂)",
    "sigma1": "σ₁",
    "sigma2": "σ₂",
    "n1": "N₁",
    "n2": "N₂",
    "d": "d",
    "m": "m",
    "inherited": "αm",
    "eta1": "η₁",
    "eta2": "η₂",
    "steps1": "T₁",
    "steps2": "T₂",
    "sigma0": "σ₀",
}

#: Fields of a case beside its regime.
_CASE_NAMES = {
    "root": "seed",
    "certain_failures": "certain failures",
    "possible_failures": "possible failures",
    "step": "at step",
}


@dataclass(frozen=True)
class Block:
    """JSON values arranged for reading: words, a table, or named blocks."""

    text: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    entries: tuple[tuple[str, Block], ...] = ()

    @property
    def cells(self) -> int:
        """How much there is to read."""
        return (
            1
            + len(self.text) // 60
            + sum(map(len, self.rows))
            + sum(inner.cells for _, inner in self.entries)
        )


def block(value: Any, depth: int = 0) -> Block:
    """Arrange JSON values."""
    if not isinstance(value, dict | list):
        return Block(text=_word(value))
    if depth >= _DEEPEST:
        return Block(text=json.dumps(value, ensure_ascii=False))
    if isinstance(value, list):
        return _of_list(value, depth)
    if value.keys() >= {"u", "v1", "v2", "sigma1", "sigma2"}:
        return Block(
            text=", ".join(f"{SYMBOLS.get(name, name)} = {_word(x)}" for name, x in value.items())
        )
    if _interval(value):
        return Block(text=_word(value))
    alike = _alike(value)
    entries = tuple(
        (str(name), block(x, depth + 1)) for name, x in value.items() if name not in alike
    )
    return (
        _table(alike)
        if alike and not entries
        else Block(entries=(*entries, *([("", _table(alike))] if alike else [])))
    )


def _alike(value: Mapping[str, Any]) -> dict[str, Any]:
    """Those values that are of one form, to be the rows of a table; none unless there are two."""
    forms = Counter(tuple(x) for x in value.values() if _flat(x))
    form = next((form for form, many in forms.most_common(1) if many > 1), None)
    return {name: x for name, x in value.items() if _flat(x) and tuple(x) == form}


def _table(rows: Mapping[str, Any]) -> Block:
    columns = tuple(next(iter(rows.values())))
    return Block(
        head=("", *map(str, columns)),
        rows=tuple(
            (str(name), *(_word(x[column]) for column in columns)) for name, x in rows.items()
        ),
    )


def _of_list(values: Sequence[Any], depth: int) -> Block:
    if not any(isinstance(x, dict | list) for x in values):
        return Block(text=", ".join(map(_word, values)) or "none")
    if all(_flat(x) for x in values):
        columns = list(dict.fromkeys(name for x in values for name in x))
        return Block(
            head=tuple(map(str, columns)),
            rows=tuple(tuple(_word(x.get(name, "")) for name in columns) for x in values),
        )
    if all(isinstance(x, list) and not any(isinstance(y, dict | list) for y in x) for x in values):
        return Block(rows=tuple(tuple(map(_word, x)) for x in values))
    return Block(
        entries=tuple((str(place), block(x, depth + 1)) for place, x in enumerate(values, 1))
    )


def _flat(value: Any) -> bool:
    """Whether a value is a row of words."""
    return (
        isinstance(value, dict)
        and bool(value)
        and not any(
            isinstance(x, list) or (isinstance(x, dict) and not _interval(x))
            for x in value.values()
        )
    )


def _interval(value: Any) -> bool:
    """Whether a value is an estimate with its interval, and nothing else."""
    return (
        isinstance(value, dict)
        and value.keys() == {"value", "low", "high"}
        and not any(isinstance(x, dict | list) for x in value.values())
    )


def _word(value: Any) -> str:
    if isinstance(value, dict):
        return f"{_word(value['value'])} ({_word(value['low'])} to {_word(value['high'])})"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else number(value)


# The whole ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """The statements of one numbered source, in the catalogue's order."""

    name: str
    anchor: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Part:
    """A part of the page."""

    name: str
    anchor: str
    sources: tuple[Source, ...]

    @property
    def counted(self) -> str:
        """How many of its statements have which verdict, in words."""
        found = Counter(entry.mark.group for source in self.sources for entry in source.entries)
        return ", ".join(f"{found[group]} {group}" for group in GROUPS if found[group])


def _parts(entries: Mapping[str, Entry]) -> tuple[Part, ...]:
    by_source: dict[str, list[Entry]] = {}
    for entry in entries.values():
        by_source.setdefault(entry.claim.source, []).append(entry)
    places = {name: _place(name) for name in by_source}
    parts = []
    for index, (title, _) in enumerate(PARTS):
        names = sorted(
            (name for name, place in places.items() if place[0] == index),
            key=lambda name: places[name][1],
        )
        if names:
            parts.append(
                Part(
                    title,
                    f"part-{_slug(title)}",
                    tuple(
                        Source(name, f"source-{_slug(name)}", tuple(by_source[name]))
                        for name in names
                    ),
                )
            )
    return tuple(parts)


def _place(source: str) -> tuple[int, int]:
    """Which part a source belongs to, and after which pattern of it."""
    return next(
        (part, place)
        for part, (_, patterns) in enumerate(PARTS)
        for place, pattern in enumerate(patterns)
        if re.fullmatch(pattern, source)
    )


def _slug(name: str) -> str:
    return re.sub(r"[^\w.]+", "-", name.replace("′", "-prime")).strip("-")


@dataclass(frozen=True)
class Shown:
    """A finding, and whether this ledger bears it out."""

    title: str
    text: str
    supported: bool | None
    rests_on: tuple[tuple[str, Mark, Mark], ...]  # claim, what is needed of it, what it is


def _findings(ledger: Ledger) -> tuple[Shown, ...]:
    """Those that the ledger bears out first, those it speaks against last."""
    statuses = ledger.statuses
    shown = [
        Shown(
            finding.title,
            finding.text,
            finding.supported(statuses),
            tuple(
                (name, Mark.of(wanted), Mark.of(statuses.get(name)))
                for name, wanted in finding.rests_on.items()
            ),
        )
        for finding in findings.FINDINGS
    ]
    return tuple(sorted(shown, key=lambda one: (True, None, False).index(one.supported)))


@dataclass(frozen=True)
class Head:
    """What a reviewer wants first."""

    counts: Mapping[str, int]
    statements: int
    regimes: int
    networks: int
    seconds: float
    budget: float
    spent: float
    caught: tuple[int, int]  # of the planted wrong versions that were run
    planted: int  # all there are
    runs: tuple[tuple[str, int, int], ...]  # profile, entropy, verdicts
    commands: tuple[str, ...]
    level_kept: bool


def _head(ledger: Ledger) -> Head:
    counts, decided = (
        summary.counts(ledger),
        [verdict for name, verdict in ledger.verdicts.items() if name in catalogue()],
    )
    looked: dict[str, int] = {}
    for verdict in decided:
        looked[verdict.looks] = max(
            looked.get(verdict.looks, 0),
            verdict.regimes if verdict.networks or verdict.regimes > 1 else 0,
        )
    runs = Counter((verdict.profile, verdict.entropy) for verdict in decided)
    return Head(
        counts=counts,
        statements=sum(counts.values()),
        regimes=sum(looked.values()),
        networks=ledger.networks,
        seconds=sum(v.seconds for v in decided),
        budget=RUN_BUDGET,
        spent=ledger.false_alarm,
        caught=summary.caught(ledger),
        planted=sum(len(claim.wrong_versions) for claim in catalogue().values()),
        runs=tuple(
            (*run, many) for run, many in sorted(runs.items(), key=lambda item: (-item[1], item[0]))
        ),
        commands=tuple(_repeat(profile, entropy, ledger) for profile, entropy in sorted(runs))
        or ("transfer-claims verify",),
        level_kept=ledger.false_alarm <= RUN_BUDGET,
    )


def _repeat(profile: str, entropy: int, ledger: Ledger) -> str:
    """The command that decides claims again as a run did."""
    named = profile if profile in PROFILES else shlex.quote(profile)
    return (
        f"transfer-claims verify --profile {named} --entropy"
        f" {entropy}{' --wrong' if ledger.planted else ''}"
    )

"""The report: one page that needs nothing but itself, with every statement, its verdict and the
evidence.

It reads in the paper's order. Nothing in it is loaded from elsewhere, and its policy forbids it:
scripts are named by their digest, so that text from a ledger could not run even if it got past
escaping. Same ledger and experiments, same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from claims.core import words
from claims.core.catalogue import catalogue
from claims.core.claim import Kind, Provenance
from claims.core.transitions import transitions
from reports.drawing import graph
from reports.images import section as images
from reports.ledger import attacks
from reports.ledger.files import write_whole
from reports.ledger.ledger import Ledger
from reports.numerals import duration, number
from reports.page.blocks import CASE_FIELDS, LONG, SYMBOLS, block
from reports.page.downloads import ledger_link, spec
from reports.page.entry import entries_by_claim
from reports.page.experiments import experiment_entries, not_run
from reports.page.findings import finding_entries
from reports.page.head import head_of
from reports.page.marks import CHECK_MARKS, GROUPS, SHAPES, Mark
from reports.page.mathematics import mathml
from reports.page.paper import paper_counts, paper_rows
from reports.page.parts import parts_of
from reports.page.prose import formula, marked, prose
from reports.page.questions import figure_rows, question_rows
from reports.page.summary import NO_VERDICT
from reports.studies import robustness, speed
from reports.studies.experiments.files import FOLDER

NAME = "index.html"
#: The contents bar: sections and their names there.
BAR = (
    ("paper", "The paper"),
    ("findings", "Findings"),
    ("transitions", "Thresholds"),
    ("trust", "What it is worth"),
    ("words", "Symbols and words"),
    ("graph", "Graph"),
    ("experiments", "Experiments"),
    ("images", "Real images"),
    ("questions", "Questions"),
    ("statements", "Statements"),
    ("speed", "Speed"),
)
#: Attacks that are shown at once.
_ATTACKS = 10
_TEMPLATES = Path(__file__).with_name("templates")


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
    experiments_run = experiment_entries(experiments or folder / FOLDER, ledger)
    marks = {name: Mark.of(ledger.statuses.get(name)) for name in catalogue()}
    entries = entries_by_claim(ledger, marks, experiments_run, folder)
    style, script, early = map(_asset, ("style.css", "script.js", "early.js"))
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            ledger=ledger,
            ledger_link=ledger_link(ledger),
            bar=BAR,
            head=head_of(ledger),
            parts=parts_of(entries),
            paper=(paper := paper_rows(ledger)),
            paper_counts=paper_counts(paper),
            findings=finding_entries(ledger),
            graph=graph.layout(catalogue()),
            entries=entries,
            marks=marks,
            kinds=list(Kind),
            provenances=list(Provenance),
            images=images.section(ledger, folder),
            speed=speed.section(),
            attacks=attacks.section(),
            attacks_command=attacks.COMMAND,
            attacks_shown=_ATTACKS,
            robustness=robustness.section(),
            robustness_commands=robustness.COMMANDS,
            transitions=transitions(),
            experiments=experiments_run,
            questions=question_rows(ledger),
            figures=figure_rows(experiments_run),
            not_run=not_run(experiments_run),
            check_marks=CHECK_MARKS,
            groups=GROUPS,
            no_verdict=NO_VERDICT,
            shapes=SHAPES,
            symbols=SYMBOLS,
            case_fields=CASE_FIELDS,
            words=words,
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
        "duration": duration,
        "spec": spec,
        "math": mathml,
        "prose": prose,
        "marked": marked,
        "formula": formula,
        "block": block,
        "mark": Mark.of,
    }
    return environment


def _asset(name: str) -> Markup:
    """A style sheet or script of the page's own."""
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))


def _digest(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

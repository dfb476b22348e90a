"""Imports run in one direction: from room to room, and never out of a file of statements."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
#: A room may import what stands before it, and itself.
ORDER = (
    "model",
    "claims.core",
    "claims.deciding",
    "claims.predicting",
    "claims.observing",
    "claims.paper",
    "claims.beyond",
    "strategies",
    "reports",
)
#: Files of statements: nobody imports them.
STATEMENTS = ("claims.paper", "claims.beyond")


def modules():
    """Every module of the program, by name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for folder in ("model", "claims", "strategies", "reports")
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


MODULES = modules()


def imports(text):
    """Modules that a module's text imports: at its top, within a function, or for types alone."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            within = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            names |= within or {node.module}
    return names & MODULES.keys()


def room(module):
    """The room that a module stands in; none for a package of rooms."""
    return next((name for name in ORDER if f"{module}.".startswith(f"{name}.")), None)


def misplaced(module, text):
    """What a module imports that it must not."""
    home = room(module)
    return {
        name
        for name in imports(text)
        if name != module
        and room(name)
        and (room(name) in STATEMENTS or ORDER.index(room(name)) > ORDER.index(home))
    }


@pytest.mark.parametrize("module", [name for name in MODULES if room(name)])
def test_one_direction(module):
    """`model` imports no claim, no claim a strategy, and nobody a file of statements.

    The catalogue finds those by the names of their files, and so do statements about statements.
    """
    assert misplaced(module, MODULES[module].read_text()) == set()


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("model.regime", "from claims.core import quantities"),
        ("claims.core.claim", "from claims.observing.errors import both_ways"),
        ("claims.core.rule", "if TYPE_CHECKING:\n    from claims.deciding import verdict"),
        ("claims.core.rule", "from claims.deciding.per_regime import PerRegime"),
        ("claims.deciding.decide", "from strategies.search import SEARCH"),
        ("claims.observing.paired", "from claims.paper.real_images import CLAIMS"),
        ("claims.paper.m1", "from claims.paper.theorem_4_3 import CLAIMS"),
        ("claims.beyond.advice", "import claims.paper.m1"),
        ("reports.studies.verify", "def late():\n    from claims.beyond import necessity"),
    ],
)
def test_wrong_directions_are_caught(module, text):
    assert misplaced(module, text)


def test_statement_files_are_named_in_two_places():
    """Whoever imports modules by name could import a file of statements, unseen by that test."""
    by_name = {
        name
        for name, path in MODULES.items()
        if name.startswith("claims.") and "import_module(" in path.read_text()
    }
    assert by_name == {"claims.core.catalogue", "claims.core.statements"}


CALIBRATION = ROOT / "reports" / "studies" / "calibration"


@pytest.mark.parametrize("path", [*CALIBRATION.glob("*.py")], ids=lambda path: path.stem)
def test_calibration_names_no_theorem(path):
    """It fits what claims declare, whatever they are called."""
    assert "theorem" not in path.read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("reports.")])
def test_reports_import_no_statement(module):
    """They show what is decided; which statements there are is the catalogue's."""
    imported = imports(MODULES[module].read_text(encoding="utf-8"))
    assert not {name for name in imported if room(name) in STATEMENTS}

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
#: Statements on real images are also what their own tier reads.
READ_BY_THEIR_TIER = "claims.paper.real_images"
#: Margins and statuses are what every room speaks of, and stand beside the rules that read them.
SPOKEN_OF_EVERYWHERE = "claims.deciding.decision"


def modules():
    """Every module of the program, by name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for folder in ("model", "claims", "strategies", "reports")
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


MODULES = modules()


def imports(text):
    """Modules that a module's text imports, at its top or within a function."""
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
        if name not in {READ_BY_THEIR_TIER, SPOKEN_OF_EVERYWHERE, module}
        and (room(name) in STATEMENTS or ORDER.index(room(name)) > ORDER.index(home))
    }


@pytest.mark.parametrize("module", [name for name in MODULES if room(name)])
def test_one_direction(module):
    """`model` imports no claim, no claim a strategy, and nobody a file of statements: the catalogue
    finds those by the names of their files, and so do statements about statements.
    """
    assert misplaced(module, MODULES[module].read_text()) == set()


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("model.regime", "from claims.core import quantities"),
        ("claims.core.claim", "from claims.observing.errors import both_ways"),
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

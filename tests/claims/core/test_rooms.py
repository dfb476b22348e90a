"""Imports run in one direction: from room to room, and never out of a file of statements."""

import ast
from pathlib import Path

import pytest

from claims.core.catalogue import catalogue

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

    The catalogue finds those by the names of their files, and statements about statements by its
    help.
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


def literals(path):
    """Strings that a module writes, but for docstrings; of an f-string, its fixed parts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }  # docstrings, and nothing else, stand alone
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    }


#: Files of statements, by their last names.
FILES = {
    name.rpartition(".")[2]
    for name in MODULES
    if room(name) in STATEMENTS and name not in STATEMENTS
}
#: The order of the files is the catalogue's.
FINDS_FILES = "claims.core.catalogue"


def test_statement_files_are_found_in_one_place():
    """Whoever imports modules by name could import a file of statements, unseen by that test."""
    by_name = {
        name
        for name, path in MODULES.items()
        if name.startswith("claims.") and "import_module(" in path.read_text(encoding="utf-8")
    }
    assert by_name == {FINDS_FILES}


@pytest.mark.parametrize(
    "module", [name for name in MODULES if room(name) == "claims.core" and name != FINDS_FILES]
)
def test_the_core_names_no_file_of_statements(module):
    assert not literals(MODULES[module]) & FILES


IDS = set(catalogue())
#: What ids begin with: "theorem-", "lemma-" and the like; and "m1.", "images." and the like.
BEGINNINGS = {name[: name.index("-") + 1] for name in IDS if "-" in name.partition(".")[0]} | {
    name[: name.index(".") + 1] for name in IDS if "." in name
}


def named_statements(path):
    """Ids of the catalogue, or what they begin with, among the strings that a module writes."""
    return {text for text in literals(path) if text in IDS or text.startswith((*BEGINNINGS,))}


@pytest.mark.parametrize("module", [name for name in MODULES if room(name) == "reports"])
def test_reports_name_no_statement(module):
    """What is said of statements stands with the claims; a report asks the catalogue."""
    assert named_statements(MODULES[module]) == set()


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("claim.id.startswith('lemma-a1')", {"lemma-a1"}),
        ("x = find('m2.inherited')", {"m2.inherited"}),
        ("x = f'theorem-4.2.{name}'", {"theorem-4.2."}),
        ("def f():\n    'theorem-4.2 is decided.'", set()),
        ("x = 'Theorem 4.2'", set()),
    ],
    ids=str,
)
def test_named_statements_are_caught(text, caught, tmp_path):
    file = tmp_path / "module.py"
    file.write_text(text, encoding="utf-8")
    assert named_statements(file) == caught


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("reports.")])
def test_reports_import_no_statement(module):
    """They show what is decided; which statements there are is the catalogue's."""
    imported = imports(MODULES[module].read_text(encoding="utf-8"))
    assert not {name for name in imported if room(name) in STATEMENTS}


def by_kind_of_rule(text):
    """Where a module asks what type a claim's rule is, or how a mutant's id is spelt."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(text))
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "isinstance"
            and ast.unparse(node.args[0]).rpartition(".")[2] == "rule"
        )
        or (isinstance(node, ast.Constant) and node.value == "!")
    ]


@pytest.mark.parametrize(
    "module", [name for name in MODULES if room(name) in ("claims.deciding", "reports")]
)
def test_a_rule_says_itself_what_kind_it_is(module):
    assert by_kind_of_rule(MODULES[module].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "isinstance(claim.rule, Population)",
        "[rule for rule in rules if isinstance(rule, PairedSeeds)]",
        "'!' in verdict.claim",
        "f'{claim_id}!{name}'",
        "name.partition('!')[0]",
    ],
)
def test_kinds_of_rules_are_caught(text):
    assert by_kind_of_rule(text)

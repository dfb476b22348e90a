"""The ledger's schema: the file in the repository is the code's, every line of a real ledger
validates, and no damaged one does.
"""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from claims.core.catalogue import find
from claims.core.profile import PROFILES
from claims.core.status import Status
from reports.ledger import ledger
from reports.ledger.ledger import Ledger
from reports.studies.verify import decide

FILE = Path(ledger.__file__).with_name("ledger.schema.json")
SCHEMA = json.loads(FILE.read_text())
VALIDATOR = Draft202012Validator(SCHEMA)
#: Verified and falsified, over regimes, about formulas, with constants and with high probability;
#: and planted versions.
IDS = (
    "e5.scratch",
    "b5.lower",
    "gamma-printed.dimensionless",
    "lemma-a1.b.signal",
    "e5.scratch!off-by-one",
    "lemma-a1.b.signal!no-growth",
)


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """A real ledger, line by line."""
    known = [decide(find(name), PROFILES["quick"]) for name in IDS]
    assert {verdict.status for verdict in known} >= {Status.VERIFIED, Status.FALSIFIED}
    ledger.write(
        Ledger({}).updated(known), path := tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    )
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_file_is_the_code_s():
    """Repeat with: python -c 'import json; from reports import ledger;
    print(json.dumps(ledger.schema(), indent=2))' > reports/ledger.schema.json
    """
    assert json.loads(json.dumps(ledger.schema())) == SCHEMA


def test_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def test_every_line(lines):
    assert len(lines) == len(IDS) + 1
    for line in lines:
        assert [error.message for error in VALIDATOR.iter_errors(line)] == []


def test_every_status(lines):
    for status in Status:
        assert VALIDATOR.is_valid(lines[1] | {"status": status.value, "settled": status.value})


@pytest.mark.parametrize("kind", ["header", "verdict"])
def test_a_missing_field(lines, kind):
    """Any one."""
    whole = lines[0] if kind == "header" else lines[1]
    assert [
        name for name in whole if VALIDATOR.is_valid({k: v for k, v in whole.items() if k != name})
    ] == []


@pytest.mark.parametrize("kind", ["header", "verdict"])
def test_an_extra_field(lines, kind):
    assert not VALIDATOR.is_valid((lines[0] if kind == "header" else lines[1]) | {"mood": "fine"})


@pytest.mark.parametrize("kind", ["header", "verdict"])
@pytest.mark.parametrize("value", [True, [[]], {"a": [{}]}], ids=str)
def test_a_wrong_type(lines, kind, value):
    """In any field; but evidence may be any object, and what a regime is, is not the schema's
    matter.
    """
    whole = lines[0] if kind == "header" else lines[1]
    free = {"evidence", "worst_case", "counterexample"} if isinstance(value, dict) else set()
    assert {name for name in whole if VALIDATOR.is_valid(whole | {name: value})} == (
        free if kind == "verdict" else set()
    )


@pytest.mark.parametrize(
    "damage",
    [
        {"status": "probably"},
        {"settled": "probably"},
        {"networks": 1.5},
        {"entropy": "7"},
        {"points": [{"margin": "small"}]},
        {"points": {}},
        {"constants": {"a": "b"}},
        {"claim": None},
        {"worst_margin": "0"},
        {"unit": 3},
    ],
    ids=str,
)
def test_a_damaged_verdict(lines, damage):
    assert not VALIDATOR.is_valid(lines[1] | damage)


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 2},
        {"format": "another"},
        {"versions": {"torch": 2}},
        {"networks": "many"},
        {"written": 0},
    ],
    ids=str,
)
def test_a_damaged_header(lines, damage):
    assert not VALIDATOR.is_valid(lines[0] | damage)


@pytest.mark.parametrize("line", [None, [], {}, 3, "line"], ids=str)
def test_no_line_at_all(line):
    assert not VALIDATOR.is_valid(line)


def test_reader_and_schema_agree(lines, tmp_path):
    """What the schema refuses in a verdict, the reader refuses."""
    path = tmp_path / "ledger.jsonl"
    for damage in (
        {"networks": 1.5},
        {"points": [{"margin": "small"}]},
        {"constants": {"a": "b"}},
        {"mood": "fine"},
        {"unit": 3},
    ):
        path.write_text("".join(json.dumps(line) + "\n" for line in (lines[0], lines[1] | damage)))
        with pytest.raises(ledger.LedgerError):
            ledger.read(path)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert len(ledger.read(path).verdicts) == 4  # control

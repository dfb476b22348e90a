"""Ledgers edited by hand: what types allow and no run writes is refused when it is read, in one
line that names the line, the field and the rule.
"""

import json

import pytest
from ledgers import REGIME, verdict

from reports.ledger import ledger
from reports.ledger.ledger import Ledger, LedgerError, read

CASE = {"regime": REGIME, "root": 7, "margin": 0.25}
HOSTILE = "\x1b[2J"

CHANGES = {
    "an id in markup": ({"claim": "[bold]x[/nope]"}, "claim"),
    "an id with blanks": ({"claim": "a b"}, "claim"),
    "a profile that is a command": ({"profile": "ci; rm -rf ~"}, "profile"),
    "an escape sequence": ({"unit": HOSTILE}, "unit"),
    "an escape sequence, as a name": ({"evidence": {HOSTILE: 1}}, "a name"),
    "an escape sequence, deep": ({"evidence": {"a": [{"b": HOSTILE}]}}, "b"),
    "text written backwards": ({"method": "\u202eback"}, "method"),
    "an infinite level": ({"level": float("inf")}, "level"),
    "levels that sum beyond all floats": ({"level": 1e308}, "level"),
    "a level below 0": ({"level": -1e-9}, "level"),
    "nan": ({"seconds": float("nan")}, "seconds"),
    "an infinity in evidence": ({"evidence": {"x": float("inf")}}, "x"),
    "fewer than no regimes": ({"regimes": -1}, "regimes"),
    "too many networks": ({"networks": 10**30}, "networks"),
    "digits without end": ({"seeds": 10**2000}, "seeds"),
    "entropy below 0": ({"entropy": -1}, "entropy"),
    "entropy beyond 64 bits": ({"entropy": 2**65}, "entropy"),
    "a share beyond 1": ({"share_bound": 1.5}, "share_bound"),
    "a regime that is text": ({"worst_case": CASE | {"regime": "x"}}, "worst_case.regime"),
    "no regime": ({"worst_case": {"root": 7}}, "worst_case.regime"),
    "half a regime": ({"counterexample": CASE | {"regime": {"u": 1}}}, "counterexample.regime"),
    "an impossible regime": (
        {"worst_case": CASE | {"regime": REGIME | {"sigma1": -1}}},
        "worst_case.regime: sigma1",
    ),
    "a root that is text": ({"worst_case": CASE | {"root": "x"}}, "worst_case.root"),
    "a margin that is a list": ({"worst_case": CASE | {"margin": [1]}}, "worst_case.margin"),
    "a case that is a list": ({"worst_case": [1]}, "worst_case"),
}


@pytest.fixture
def changed(tmp_path):
    """A ledger whose verdict, or header, has these fields."""

    def write(header=None, **fields):
        path = tmp_path / "ledger.jsonl"
        ledger.write(Ledger({}).updated([verdict()]), path)
        first, second = map(json.loads, path.read_text().splitlines())
        lines = (json.dumps(first | (header or {})), json.dumps(second | fields))
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


@pytest.mark.parametrize(("fields", "named"), CHANGES.values(), ids=CHANGES)
def test_edited_by_hand(changed, fields, named):
    with pytest.raises(LedgerError, match=r"line 2, ") as refused:
        read(changed(**fields))
    said = str(refused.value)
    assert named in said
    assert said.isprintable()
    assert len(said) < 800


@pytest.mark.parametrize(
    "header",
    [
        {"written": HOSTILE},
        {"written": "yesterday"},
        {"versions": {HOSTILE: "1"}},
        {"versions": {"torch": "`id`"}},
        {"versions": [1]},
    ],
    ids=repr,
)
def test_a_header_edited_by_hand(changed, header):
    with pytest.raises(LedgerError, match=r"line 1, ") as refused:
        read(changed(header=header))
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("depth", [50, 900, 10**5])
def test_nested_deep(changed, depth):
    path = changed()
    text = path.read_text().replace('"evidence": {}', '"evidence": {"a": %s1%s}')
    path.write_text(text % ("[" * depth, "]" * depth))
    with pytest.raises(LedgerError, match="nested too deep"):
        read(path)


def test_a_byte_order_mark(changed):
    """As some editors leave it."""
    path = changed()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert set(read(path).verdicts) == {"e1.step"}


def test_a_separator_within_text(changed):
    """Lines end where JSON's do, and nowhere else."""
    path = changed(method="one\u2028other")
    path.write_text(path.read_text().replace("\\u2028", "\u2028"), encoding="utf-8")
    assert read(path).verdicts["e1.step"].method == "one\u2028other"

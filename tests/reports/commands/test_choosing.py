"""Which claims `list` and `verify` are about."""

import json

import pytest

from claims.core.catalogue import catalogue
from reports.commands.choosing import ChoiceError, choose
from reports.ledger import ledger


def ids(tmp_path, *patterns, status=None, source=None):
    path = tmp_path / "ledger.jsonl"
    return [claim.id for claim in choose(patterns, status, source, path)]


def test_all(tmp_path):
    assert ids(tmp_path) == [*catalogue()]


def test_patterns(tmp_path):
    found = ids(tmp_path, "theorem-4.3.*", "e5.scratch", "theorem-4.3.error-?????")
    matching = [name for name in catalogue() if name.startswith("theorem-4.3.")]
    assert found == [*matching, "e5.scratch"]
    assert len(matching) >= 3


def test_patterns_of_mutants(tmp_path):
    """Where the pattern names them; else claims alone."""
    mutants = [one.id for one in catalogue()["e5.scratch"].mutations]
    assert ids(tmp_path, "e5.scratch!*") == mutants
    assert ids(tmp_path, "e5.scratc?") == ["e5.scratch"]


@pytest.mark.parametrize("source", ["Theorem 4.2", "theorem 4.2", "*4.2"])
def test_source(tmp_path, source):
    found = ids(tmp_path, source=source)
    assert found == [name for name, one in catalogue().items() if one.source == "Theorem 4.2"]
    assert found


def test_status(book, tmp_path):
    ledger.write(book, tmp_path / "ledger.jsonl")
    assert ids(tmp_path, status="verified") == ["e5.scratch"]
    assert ids(tmp_path, status="falsified") == ["gamma-printed.dimensionless"]
    assert len(ids(tmp_path, status="undecided")) == len(catalogue()) - 2
    assert ids(tmp_path, "e5.*", status="falsified") == []


@pytest.mark.parametrize(
    ("patterns", "source", "said"),
    [(["zz*"], None, "zz"), ([], "Theorem 4.9", "did you mean Theorem 4.")],
)
def test_nothing_has_it(tmp_path, patterns, source, said):
    with pytest.raises(ChoiceError, match=said):
        ids(tmp_path, *patterns, source=source)


def test_list(run, book, tmp_path):
    ledger.write(book, path := tmp_path / "ledger.jsonl")
    code, out, _ = run("list", "e*", "gamma*", "--status", "falsified", "--ledger", path, "--json")
    (listed,) = json.loads(out)
    assert (code, listed["id"], listed["finding"]) == (
        0,
        "gamma-printed.dimensionless",
        "falsified",
    )
    code, out, _ = run("list", "--source", "E5")
    assert (code, "e5.scratch" in out, "e3.scale" in out) == (0, True, False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["e5.*", "--status", "falsified"], "nothing to decide"),
        (["zz*"], "zz*"),
        (["--source", "Theorem 4.9"], "Theorem 4.9"),
        (["e5.scratch", "--fresh", "--entropy", "3"], "--entropy 3"),
        (["e5.scratch", "--entropy", "-3"], "--entropy"),
    ],
    ids=str,
)
def test_verify_refuses(run, tmp_path, options, said):
    """Nothing decided is not a success; what would be ignored is refused."""
    code, out, err = run("verify", *options)
    assert (code, out, said in err, err.count("\n")) == (2, "", True, 1)
    assert list(tmp_path.iterdir()) == []

"""A ledger of some length, and `verify` on it."""

import sys

import pytest

from claims.core.catalogue import find
from claims.core.profile import PROFILES
from reports.commands import entry
from reports.ledger import ledger
from reports.ledger.ledger import Ledger
from reports.studies import deciding
from reports.studies.verify import decide


@pytest.fixture(scope="module")
def book():
    """A ledger of some length."""
    found = [
        decide(find(name), PROFILES["quick"])
        for name in (
            "e5.scratch",
            "b5.lower",
            "gamma-printed.dimensionless",
            "e5.scratch!off-by-one",
        )
    ]
    return Ledger({}).updated(found)


@pytest.fixture
def path(book, tmp_path):
    """A ledger that is already there."""
    ledger.write(book, path := tmp_path / "folder" / "ledger.jsonl")
    return path


@pytest.fixture
def verify(monkeypatch, capsys, tmp_path, book):
    """Run `transfer-claims verify` on a claim that is decided without a worker: exit code, standard
    output, standard error.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        deciding,
        "decide_all",
        lambda ids, profile, workers, verdicts, workspace, tick: verdicts.extend(
            deciding.decide_by_ids(ids, profile, workspace)
        ),
    )

    def call(path, *claims):
        monkeypatch.setattr(
            sys,
            "argv",
            ["transfer-claims", "verify", *claims, "--profile", "quick", "--ledger", str(path)],
        )
        with pytest.raises(SystemExit) as left:
            entry.main()
        return left.value.code or 0, *capsys.readouterr()

    return call

"""Verdicts that go into a ledger, and counterexamples into files, as they are reached, so that
whatever ends a run loses none.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from claims.deciding.verdict import Verdict
from reports.interruption import keeping
from reports.ledger import counterexample, ledger
from reports.ledger.ledger import LedgerError


class Keeper:
    """Writes verdicts into a ledger; those that could not be written are tried with the next."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble: OSError | LedgerError | None = None  # why the last could not be written
        self._kept: set[str] = set()

    def keep(self, verdicts: Iterable[Verdict]) -> None:
        """Write those of these verdicts that are not in the file yet."""
        with keeping():
            new = [verdict for verdict in verdicts if verdict.claim not in self._kept]
            if not new:
                return
            try:
                ledger.put(self.path, new)
            except (OSError, LedgerError) as error:
                self.trouble = error
            else:
                self.trouble = None
                self._kept |= {verdict.claim for verdict in new}


class Failures:
    """Writes counterexamples of falsified claims; those that could not be are tried again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, Path] = {}  # by claim
        self.trouble: OSError | None = None  # why the last could not be written

    def keep(self, verdicts: Iterable[Verdict]) -> None:
        """Write those of these verdicts that are not in a file yet."""
        self.trouble = None
        for verdict in filter(counterexample.is_to_be_kept, verdicts):
            if verdict.claim in self.files:
                continue
            try:
                with keeping():
                    self.files[verdict.claim] = counterexample.keep(verdict, self.folder)
            except OSError as error:
                self.trouble = error

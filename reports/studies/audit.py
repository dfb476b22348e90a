"""Re-decide a ledger that somebody else wrote, or a random share of it, and say how much of it is
reproduced: to the bit, or in law (the same verdict, on other bits).

Every verdict is decided again on its own profile and entropy, with this installation's code and
constants; those on real images from the records that come with the project. Finished verdicts are
appended to a journal, from which an audit that was stopped goes on.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from claims.core.catalogue import find
from claims.core.profile import PROFILES, Profile
from claims.core.workspace import Workspace
from claims.deciding.verdict import Verdict
from reports.ledger import ledger
from reports.ledger.journal import opened
from reports.ledger.ledger import Ledger
from reports.studies import deciding
from reports.studies.stability import sources

FORMAT, VERSION = "transfer-claims-audit", 1
#: With which `differing_at_most` speaks of verdicts that were not audited.
CONFIDENCE = 0.95
#: What no two runs have in common.
_NEVER_ALIKE = frozenset({"seconds"})

#: Watches verdicts: of how many, a context that gives what to call with new ones.
Watch = Callable[[int], AbstractContextManager[Callable[[list[Verdict]], None]]]


class AuditError(ValueError):
    """A ledger that cannot be audited here: says why."""


class Outcome(Enum):
    """What became of one verdict."""

    BIT = "to the bit"
    LAW = "in law"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Compared:
    """A verdict of the ledger, and the one reached here."""

    there: Verdict
    here: Verdict

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of what differs, but for the time taken."""
        there, here = self.there.to_dict(), self.here.to_dict()
        names = (name for name in there if name not in _NEVER_ALIKE)
        return tuple(name for name in names if there[name] != here[name])

    @property
    def outcome(self) -> Outcome:
        """Whether it is reproduced, and how."""
        if self.there.status is not self.here.status:
            return Outcome.DIFFERS
        return Outcome.LAW if self.fields else Outcome.BIT


@dataclass(frozen=True)
class Audit:
    """A ledger, and those of its verdicts that were decided again."""

    book: Ledger
    compared: tuple[Compared, ...]
    journal: Path

    @property
    def verdicts(self) -> int:
        """How many the ledger holds, mutants included."""
        return len(self.book.verdicts) + len(self.book.mutants)

    def count(self, outcome: Outcome) -> int:
        """How many verdicts came out so."""
        return sum(one.outcome is outcome for one in self.compared)

    @property
    def differing_at_most(self) -> int:
        """With 95% confidence no more verdicts of the whole ledger would differ: exact, from a
        share drawn at random.
        """
        return _most(self.verdicts, len(self.compared), self.count(Outcome.DIFFERS))

    @property
    def versions(self) -> dict[str, tuple[str | None, str | None]]:
        """Versions that are not the same there and here."""
        there, here = self.book.versions, ledger.versions()
        names = [*here, *(name for name in there if name not in here)]
        pairs = {name: (there.get(name), here.get(name)) for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _most(total: int, drawn: int, seen: int) -> int:
    """The largest number among `total` of which as few as `seen` among `drawn` are likely."""
    from scipy.stats import hypergeom

    numbers = np.arange(seen, total - drawn + seen + 1)
    likely = hypergeom.cdf(seen, total, numbers, drawn) > 1 - CONFIDENCE
    return int(numbers[likely].max())


def read(path: Path) -> Ledger:
    """A ledger every verdict of which can be decided here.

    Raises:
        AuditError: it is absent or empty, or holds a verdict that this version cannot reach again.
        LedgerError: it is no ledger.
    """
    if not path.exists():
        raise AuditError(f"{path}: there is no such ledger")
    book = ledger.read(path)
    every = [*book.verdicts.values(), *book.mutants.values()]
    if not every:
        raise AuditError(f"{path}: holds no verdict")
    for verdict in every:
        try:
            find(verdict.claim)
        except ValueError as error:
            raise AuditError(f"{path}: {error}") from None
        if verdict.profile not in PROFILES and not ledger.on_images(verdict.claim):
            raise AuditError(
                f"{path}: {verdict.claim}: profile = {verdict.profile!r}: must be one of"
                f" {', '.join(PROFILES)}"
            )
    return book


def chosen(book: Ledger, share: float, entropy: int) -> list[Verdict]:
    """A share of the ledger's verdicts, at least one, drawn at random; in the ledger's order."""
    every = [*book.verdicts.values(), *book.mutants.values()]
    count = min(len(every), math.ceil(share * len(every) - 1e-9))
    places = np.random.default_rng(entropy).choice(len(every), count, replace=False)
    return [every[place] for place in sorted(places)]


def run(path: Path, verdicts: Sequence[Verdict], workers: int, folder: Path, watch: Watch) -> Audit:
    """Decide these verdicts of the ledger again. What is finished is kept in `folder`.

    Raises:
        OSError, JournalError: the journal cannot be read or written.
    """
    book, header = read(path), _header(path)
    name = hashlib.sha256("".join(map(str, header.values())).encode()).hexdigest()[:12]
    journal_path = folder / f"{path.stem}-{name}.jsonl"
    workspace = Workspace(folder / journal_path.stem)  # of certificates and predictions
    with opened(journal_path, header, _checked) as journal:
        here = {one.claim: one for one in map(Verdict.from_dict, journal.records)}
        left = [one for one in verdicts if one.claim not in here]
        with watch(len(left)) as tick:

            def keep(new: list[Verdict]) -> None:
                journal.append(verdict.to_dict() for verdict in new)
                tick(new)

            for profile, ids in _groups(left):
                fresh: list[Verdict] = []
                deciding.decide_all(ids, profile, workers, fresh, workspace, keep)
                here |= {verdict.claim: verdict for verdict in fresh}
    return Audit(book, tuple(Compared(one, here[one.claim]) for one in verdicts), journal_path)


def _header(path: Path) -> dict[str, Any]:
    """Whose verdicts a journal holds: a ledger's, decided again by one version of the sources."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "ledger": hashlib.sha256(path.read_bytes()).hexdigest(),
        "sources": sources(),
        "versions": ledger.versions(),
    }


def _checked(record: Any) -> dict[str, Any]:
    return Verdict.from_dict(record).to_dict()


def _groups(verdicts: Iterable[Verdict]) -> list[tuple[Profile, list[str]]]:
    """Claims by the evidence that they were decided on; those on images have none of these."""
    groups: dict[Profile, list[str]] = {}
    for verdict in verdicts:
        if ledger.on_images(verdict.claim):
            profile = PROFILES["ci"]
        else:
            named = next(one for name, one in PROFILES.items() if name == verdict.profile)
            profile = replace(named, entropy=verdict.entropy)
        groups.setdefault(profile, []).append(verdict.claim)
    return list(groups.items())


def record(audit: Audit, entropy: int | None) -> dict[str, Any]:
    """JSON values; `entropy` chose the share."""
    return {
        "written": audit.book.written,
        "verdicts": audit.verdicts,
        "audited": len(audit.compared),
        "entropy": entropy,
        "to_the_bit": audit.count(Outcome.BIT),
        "in_law": audit.count(Outcome.LAW),
        "differ": audit.count(Outcome.DIFFERS),
        "differing_at_most": audit.differing_at_most,
        "confidence": CONFIDENCE,
        "versions": {
            name: {"there": there, "here": here} for name, (there, here) in audit.versions.items()
        },
        "claims": [
            {
                "claim": one.there.claim,
                "outcome": one.outcome.value,
                "fields": list(one.fields),
                "there": _told(one.there),
                "here": _told(one.here),
            }
            for one in audit.compared
        ],
        "journal": str(audit.journal),
    }


def _told(verdict: Verdict) -> dict[str, Any]:
    return {"status": verdict.status.value, "margin": verdict.to_dict()["worst_margin"]}

"""Verdicts on real images, from the records of one file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from claims.core.catalogue import catalogue
from claims.core.claim import Claim, Kind, base_of
from claims.core.profile import PROFILES
from claims.core.status import Status
from claims.deciding import paired_seeds
from claims.deciding.mutants import Fate, fates, with_fate
from claims.deciding.paired_seeds import Interval, NetworkVerdict, interval
from claims.deciding.verdict import Verdict
from claims.observing.accuracies import Cell, gain
from reports.images import records as image_records
from reports.images.run import Record, StoredRuns, accuracies
from reports.studies import verify


def image_claims() -> list[Claim]:
    """Statements on real images, in the catalogue's order."""
    return [claim for claim in catalogue().values() if claim.rule.from_records]


def level() -> float:
    """The probability, over all of them, that a true statement is falsified."""
    return sum(claim.rule.own_level for claim in image_claims())


def decide(runs: StoredRuns, tier: str) -> list[Verdict]:
    """Every statement that the records say anything of, and its mutants."""
    handed = image_records.of(runs, tier)
    verdicts = [
        verify.decide(one, PROFILES["ci"], images=handed)
        for claim in image_claims()
        for one in (claim, *claim.mutations)
    ]
    return [verdict for verdict in verdicts if verdict.regimes]


def by_network(runs: StoredRuns) -> list[NetworkVerdict]:
    """Every statement that the records say anything of, in each network on its own."""
    measured = accuracies(runs.records)
    return [one for claim in image_claims() for one in paired_seeds.by_network(claim, measured)]


def falsified(verdicts: Sequence[Verdict]) -> list[str]:
    """Statements that fell, conjectures apart."""
    held = {claim.id for claim in image_claims() if claim.kind is not Kind.CONJECTURE}
    return [
        verdict.claim
        for verdict in verdicts
        if verdict.claim in held and verdict.status is Status.FALSIFIED
    ]


def killed(claim_id: str, verdicts: Iterable[Verdict]) -> tuple[int, int]:
    """How many of a statement's mutants came out falsified, of how many that were judged."""
    own = [fate for name, fate in _fates(verdicts).items() if base_of(name) == claim_id]
    return own.count(Fate.KILLED), len(own) - own.count(Fate.NOT_JUDGED)


def missed(verdicts: Iterable[Verdict]) -> list[str]:
    """Mutants that were judged, and not falsified."""
    return with_fate(_fates(verdicts), Fate.SURVIVED)


def _fates(verdicts: Iterable[Verdict]) -> dict[str, Fate]:
    return fates({verdict.claim: verdict.status for verdict in verdicts})


def gains(records: Sequence[Record], level: float = 0.05) -> list[tuple[Cell, Interval]]:
    """Of every cell after transfer, accuracy less that from scratch, with an interval of its own
    for the eye: 95%, if no other level is given, however many seeds are added.
    """
    by_cell = accuracies(records)
    cells = sorted(
        (c for c in by_cell if c.share > 0),
        key=lambda c: (c.network, c.pair, c.far, c.form, c.share, c.sigma, c.n1),
    )
    return [(cell, interval(gain(by_cell, cell), level)) for cell in cells]

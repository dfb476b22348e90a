"""Verdicts of the real-image tier, from the records of its runs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from claims.core.claim import Kind
from claims.deciding import decision
from claims.deciding.decision import RegimeEvidence, Status
from claims.deciding.estimates import SEEN
from claims.paper import real_images
from claims.paper.real_images import (
    CLAIMS_ON_IMAGES,
    LEAST_SEEDS,
    LEVEL,
    PREFIX,
    Accuracies,
    ImageClaim,
    Interval,
    gain,
    interval,
    with_planted,
)
from reports.images.run import Found, Record, accuracies
from reports.ledger.files import finite
from reports.studies.verify import Verdict

METHOD = "paired over seeds"


def decide(found: Found, profile: str) -> list[Verdict]:
    """Every statement that the records of a file say anything of, and its planted false
    variants.
    """
    seen, told = accuracies(found.records), trained_on(found)
    verdicts = (_verdict(claim, seen, found, profile, told) for claim in with_planted())
    return [verdict for verdict in verdicts if verdict is not None]


def trained_on(found: Found) -> str:
    """In words: networks, seeds, device, versions, commit, and trainings that diverged."""
    seeds = len({record.setting.seed for record in found.records})
    networks = dict.fromkeys(record.setting.network.label for record in found.records)
    commits = dict.fromkeys(record.commit for record in found.records if record.commit)
    diverged = sum(record.loss is None for record in found.records)
    return (
        f"{len(found.records):,} downstream networks ({', '.join(networks)}), {seeds}"
        f" seed{'s' if seeds != 1 else ''}, on {found.device}, with torch"
        f" {found.versions.get('torch', '?')}"
        + (f", commit {', '.join(commits)}" if commits else "")
        + (f"; {diverged} diverged, and nothing is decided by them" if diverged else "")
    )


def _verdict(
    claim: ImageClaim, seen: Accuracies, found: Found, profile: str, told: str
) -> Verdict | None:
    """None where no network says anything."""
    every = sorted({cell.network for cell in seen})
    networks = [
        name for name in every if any(len(read(seen, name)) for read in claim.contrasts.values())
    ]
    if not networks:
        return None
    decided = real_images.decide(claim, seen, networks)
    margins = {
        name: max(one.low for one in by_contrast.values()) for name, by_contrast in decided.items()
    }
    evidence = [
        RegimeEvidence(
            real_images.outcome(by_contrast),
            max(one.seeds for one in by_contrast.values()),
            0,
            0,
            margins[name],
        )
        for name, by_contrast in decided.items()
    ]
    worst = min(networks, key=margins.__getitem__)
    seeds = sum(one.seeds for one in evidence)
    return Verdict(
        claim=claim.id,
        looks=PREFIX.rstrip("."),
        status=decision.derive(evidence, len(evidence)),
        regimes=len(networks),
        drawn=len(networks),
        seeds=seeds,
        networks=len(found.records),
        worst_margin=finite(margins[worst]),
        points=[{"margin": finite(margins[name])} for name in networks],
        worst_case=None,
        counterexample=None,
        method=METHOD,
        evidence={"trained": told} | _evidence(claim, decided),
        unit=claim.unit,
        delta=0.0,
        level=LEVEL / len(CLAIMS_ON_IMAGES),
        caught=0.0,
        constants={},
        profile=profile,
        entropy=0,
        seconds=round(sum(record.seconds for record in found.records), 1),
    )


def _evidence(claim: ImageClaim, decided: Mapping[str, Mapping[str, Interval]]) -> dict[str, Any]:
    """For the ledger: every contrast's mean, the interval that decides, and the least effect that
    would have been seen with probability 0.99.
    """
    several = len(claim.contrasts) > 1
    return {
        f"{network}: {contrast}" if several else network: _row(one)
        for network, found in decided.items()
        for contrast, one in found.items()
    }


def _row(one: Interval) -> dict[str, Any]:
    reach = one.mean - one.low + SEEN * one.error
    value = (
        {
            "value": round(one.mean, 3),
            "low": finite(round(one.low, 3)),
            "high": finite(round(one.high, 3)),
        }
        if math.isfinite(one.low)
        else None
    )
    why = "too few seeds" if one.seeds < LEAST_SEEDS else "no spread, or a training diverged"
    return {
        "mean": value or why,
        "seeds": one.seeds,
        "would be seen from": finite(round(reach, 2)) if value else "without bound",
    }


def falsified(verdicts: Sequence[Verdict]) -> list[str]:
    """Statements that fell, conjectures apart."""
    held = {claim.id for claim in CLAIMS_ON_IMAGES if claim.kind is not Kind.CONJECTURE}
    return [
        verdict.claim
        for verdict in verdicts
        if verdict.claim in held and verdict.status is Status.FALSIFIED
    ]


def caught(claim_id: str, verdicts: Iterable[Verdict]) -> tuple[int, int]:
    """How many of a statement's planted false variants came out falsified, of how many that were
    decided.
    """
    planted = [verdict for verdict in verdicts if verdict.claim.startswith(f"{claim_id}!")]
    return sum(verdict.status is Status.FALSIFIED for verdict in planted), len(planted)


def missed(verdicts: Sequence[Verdict]) -> list[str]:
    """Planted false variants of verified statements that were not falsified."""
    statuses = {verdict.claim: verdict.status for verdict in verdicts}
    return [
        name
        for name, status in statuses.items()
        if "!" in name
        and status is not Status.FALSIFIED
        and statuses[name.partition("!")[0]] is Status.VERIFIED
    ]


def gains(
    records: Sequence[Record], level: float = 0.025
) -> list[tuple[real_images.Cell, Interval]]:
    """Of every cell after transfer, accuracy less that from scratch, with an interval of its own
    for the eye: 95%, if no other level is given.
    """
    seen = accuracies(records)
    cells = sorted(
        (c for c in seen if c.share > 0),
        key=lambda c: (c.network, c.pair, c.far, c.form, c.share, c.sigma, c.n1),
    )
    return [(cell, interval(gain(seen, cell), level)) for cell in cells]

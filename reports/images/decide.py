"""Verdicts of the real-image tier, from the records of its runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from claims import decision, real_images
from claims.decision import RegimeEvidence
from claims.population import SEEN
from claims.real_images import CLAIMS_ON_IMAGES, LEVEL, Accuracies, ImageClaim, Interval, gain, interval, with_planted
from reports.files import finite
from reports.images.run import Record, accuracies
from reports.ledger import IMAGES
from reports.verify import Verdict

METHOD = "paired over seeds"


def decide(records: Sequence[Record], profile: str) -> list[Verdict]:
    """Every statement that the records say anything of, and its planted false variants."""
    seen = accuracies(records)
    spent = sum(record.seconds for record in records)
    found = (_verdict(claim, seen, len(records), profile, spent) for claim in with_planted())
    return [verdict for verdict in found if verdict is not None]


def _verdict(claim: ImageClaim, seen: Accuracies, trained: int, profile: str, seconds: float) -> Verdict | None:
    """None where no network says anything."""
    every = sorted({cell.network for cell in seen})
    networks = [name for name in every if any(len(read(seen, name)) for read in claim.contrasts.values())]
    if not networks:
        return None
    decided = real_images.decide(claim, seen, networks)
    margins = {name: max(one.low for one in found.values()) for name, found in decided.items()}
    evidence = [RegimeEvidence(real_images.outcome(found), max(one.seeds for one in found.values()), 0, 0, margins[name]) for name, found in decided.items()]
    worst = min(networks, key=margins.__getitem__)
    seeds = sum(one.seeds for one in evidence)
    return Verdict(
        claim=claim.id, looks=IMAGES.rstrip("."), status=decision.derive(evidence, len(evidence)), regimes=len(networks), drawn=len(networks), seeds=seeds,
        networks=trained, worst_margin=finite(margins[worst]), points=[{"margin": finite(margins[name])} for name in networks], worst_case=None,
        counterexample=None, method=METHOD, evidence=_evidence(claim, decided), unit=claim.unit, delta=0.0, level=LEVEL / len(CLAIMS_ON_IMAGES), caught=0.0,
        constants={}, profile=profile, entropy=0, seconds=round(seconds, 1),
    )  # fmt: skip


def _evidence(claim: ImageClaim, decided: Mapping[str, Mapping[str, Interval]]) -> dict[str, Any]:
    """For the ledger: every contrast's mean, the interval that decides, and the least effect that would have been seen with probability 0.99."""
    several = len(claim.contrasts) > 1
    return {f"{network}: {contrast}" if several else network: _row(one) for network, found in decided.items() for contrast, one in found.items()}


def _row(one: Interval) -> dict[str, Any]:
    reach = one.mean - one.low + SEEN * one.error
    value = {"value": round(one.mean, 3), "low": finite(round(one.low, 3)), "high": finite(round(one.high, 3))} if math.isfinite(one.low) else None
    return {"mean": value if value else "too few seeds", "seeds": one.seeds, "would be seen from": finite(round(reach, 2)) if value else "without bound"}


def gains(records: Sequence[Record], level: float = 0.025) -> list[tuple[real_images.Cell, Interval]]:
    """Of every cell after transfer, accuracy less that from scratch, with an interval of its own for the eye: 95%, if no other level is given."""
    seen = accuracies(records)
    cells = sorted((c for c in seen if c.share > 0), key=lambda c: (c.network, c.pair, c.far, c.form, c.share, c.sigma, c.n1))
    return [(cell, interval(gain(seen, cell), level)) for cell in cells]

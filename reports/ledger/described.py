"""All that is known of a claim, as JSON values: for the command line and for the page."""

from __future__ import annotations

import math
from typing import Any

from claims.core import constants as constant_table
from claims.core.claim import Claim
from claims.core.limits import limits
from reports.ledger import attacks
from reports.ledger.earned import sentences
from reports.ledger.ledger import Ledger


def named(claim: Claim) -> dict[str, Any]:
    """What names a statement, whatever decides it."""
    return {
        "id": claim.id,
        "title": claim.title,
        "source": claim.source,
        "provenance": [p.name for p in claim.provenance],
        "kind": claim.kind.value,
    }


def claim_record(claim: Claim, ledger: Ledger) -> dict[str, Any]:
    """Everything `show` tells of a claim, as JSON values."""
    verdict = ledger.verdicts.get(claim.id)
    return named(claim) | {
        "statement": claim.statement,
        "latex": claim.latex,
        "hypotheses": [str(h) for h in claim.domain.hypotheses] if claim.domain else [],
        "searched": limits(claim.domain) if claim.domain else [],
        "detects": claim.rule.detects,
        "constants": constant_table.select(claim.constants),
        "calibration": _calibrations(claim.constants),
        "delta": claim.rule.delta,
        "uses": dict(claim.uses),
        "mutants": {mutant.name: mutant.error for mutant in claim.mutants},
        "earned": sentences(verdict) if verdict else [],
        "attacked": attacked.sentence if (attacked := attacks.of(claim)) else "",
        "verdict": (
            None
            if verdict is None
            else verdict.to_dict() | {"settled": ledger.statuses[claim.id].value}
        ),
    }


def _calibrations(names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    entries = constant_table.table() if names else {}
    return {name: _calibration(entries[name]) for name in names}


def _calibration(entry: dict[str, Any]) -> dict[str, Any]:
    """Interval, regimes, and the same fit in each stratum; JSON has no infinity."""
    strata = {
        stratum: value if math.isfinite(value) else None
        for stratum, value in entry.get("strata", {}).items()
    }
    interval = [value if math.isfinite(value) else None for value in entry["interval"]]
    return {
        "interval": interval,
        "regimes": entry["regimes"],
        "rule": entry["rule"],
        "strata": strata,
    }

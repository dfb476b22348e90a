"""Counterexamples kept in the repository, one JSON file for each statement that the suite has refuted."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).with_name("counterexamples")


def path(claim_id: str) -> Path:
    """Where the counterexample of a claim is kept, if there is one."""
    return FOLDER / f"{claim_id}.json"

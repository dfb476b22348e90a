"""Certificates: what an interval proof found, so that it can be checked without finding it again.

A certificate names the claim and, for each step, the formula as a tree (`expressions`), its box,
and how the box was cut: cells with a lower bound each, in depth-first order, so that they cover the
box by construction. `claims/check_certificate.py` checks one with another library, and imports
nothing from here. Expressions that algebra shows to vanish are listed by name; it takes those from
sympy.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from claims.core.claim import Claim
from claims.core.workspace import Workspace
from model.files import write_atomically

FORMAT = 1


def record(claim: Claim[Any], observation: Any) -> dict[str, Any] | None:
    """The certificate, as JSON values; None where some step is not proved."""
    proofs = observation.proofs
    if any(proof.low <= 0 for proof in proofs.values()):
        return None
    if any(residual != 0 for residual in observation.algebra.values()):
        return None
    steps = [
        {
            "name": name,
            "positive": proof.formula,
            "expression": proof.expression,
            "box": {variable: list(side) for variable, side in proof.box.items()},
            "cells": list(proof.splits),
        }
        for name, proof in proofs.items()
    ]
    return {
        "format": FORMAT,
        "claim": claim.id,
        "statement": claim.statement,
        "steps": steps,
        "algebra": list(observation.algebra),
    }


def text(certificate: dict[str, Any]) -> str:
    """A certificate as it is written."""
    return json.dumps(certificate, ensure_ascii=False, allow_nan=False) + "\n"


def keep(certificate: dict[str, Any], workspace: Workspace | None, claim_id: str) -> dict[str, Any]:
    """Write a certificate, and return its name and digest for the ledger."""
    written = text(certificate)
    told = {"sha256": hashlib.sha256(written.encode()).hexdigest()}
    if workspace is None:
        return {"not written": "no workspace"} | told
    path = workspace.certificates / f"{claim_id}.json"
    try:
        write_atomically(path, lambda file: file.write(written.encode()))
    except OSError as error:
        return {"not written": str(error)} | told
    return {"file": path.name} | told

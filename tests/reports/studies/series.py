"""Runs of a series, made up."""

import json

from claims.core.catalogue import catalogue
from claims.core.claim import Kind
from claims.deciding.decide import expected
from reports.ledger.ledger import versions
from reports.studies.stability import sources

DECIDED = [name for name, claim in catalogue().items() if claim.kind is not Kind.CONJECTURE]
CONJECTURES = [name for name in catalogue() if name not in DECIDED]
FINDINGS = {name: expected(claim).value for name, claim in catalogue().items()}


def run_of(entropy=1, profile="ci", **statuses):
    """A finished run in which every verdict is the recorded finding but for these; a dot in an id
    is written __.
    """
    changed = {name.replace("__", "."): status for name, status in statuses.items()}
    return {
        "profile": profile,
        "entropy": entropy,
        "seconds": 1.0,
        "versions": versions(),
        "sources": sources(),
        "statuses": FINDINGS | changed,
    }


def lines(*runs):
    return "".join(json.dumps(run) + "\n" for run in runs)

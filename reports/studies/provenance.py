"""What numbers come from: versions of libraries, and the code and constants that compute them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from reports.ledger.files import digest
from reports.ledger.ledger import versions
from reports.studies.stability import root, source_files

Provenance = dict[str, Any]


@cache
def provenance() -> Provenance:
    """Of this process; JSON values."""
    return {"versions": versions(), "sources": _sources()}


def _sources() -> str:
    studies = root() / "reports" / "studies"
    measuring = [*(studies / "sweep").rglob("*.py"), *(studies / "experiments").rglob("*.py")]
    return digest(root(), {*source_files(), *measuring})


def difference(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    """In what two differ, in words; empty where they do not."""
    ours, theirs = here["versions"], there["versions"]
    differing = [
        f"{name} {theirs.get(name, 'absent')}, here {ours.get(name, 'absent')}"
        for name in dict.fromkeys([*ours, *theirs])
        if ours.get(name) != theirs.get(name)
    ]
    if here["sources"] != there["sources"]:
        differing.append("other code or constants")
    return "; ".join(differing)

"""Files that the page carries within itself, to be saved from it: the ledger, and failures."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from claims.deciding.verdict import Verdict
from reports.ledger import counterexample
from reports.ledger.ledger import Ledger, serialised

#: As many seeds as `simulate` takes where it is not told.
_SEEDS, _LARGEST_SEED = 64, 2**63


def ledger_link(ledger: Ledger) -> str:
    """The ledger as an address."""
    return _address(serialised(ledger, ledger.written, ledger.versions))


def failure_link(verdict: Verdict | None) -> str:
    """A failure, as `replay` reads it, as an address; empty where none can be kept."""
    if verdict is None or verdict.counterexample is None:
        return ""
    try:
        return _address(json.dumps(counterexample.record(verdict), ensure_ascii=False, indent=1))
    except (ArithmeticError, LookupError, ValueError, TypeError):
        return ""  # a ledger from elsewhere may hold regimes that are none


def spec(case: Mapping[str, Any]) -> str:
    """The regime of a case as `simulate` reads it, with the case's own seed where it has one."""
    root = case.get("root")
    known = isinstance(root, int) and 0 <= root <= _LARGEST_SEED
    return json.dumps({**case["regime"], "seeds": _SEEDS, "seed": root if known else 0})


def _address(text: str) -> str:
    return "data:application/json;base64," + base64.b64encode(text.encode()).decode()

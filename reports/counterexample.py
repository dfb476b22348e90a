"""Counterexamples as files: what refuted a statement, and how to see it again. Data only; reading one runs nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims import constants as constant_table
from claims.catalogue import find
from claims.claim import Claim
from claims.decision import Margin
from model.regime import Regime
from reports.files import read_json, write_whole
from reports.ledger import versions
from reports.verify import Verdict, measure_again

FORMAT, VERSION = "transfer-claims-counterexample", 1
_LARGEST_FILE = 2**20
_MOST_REGIMES = 10_000


class CounterexampleError(ValueError):
    """The file is not a counterexample that can be replayed here."""


@dataclass(frozen=True)
class Counterexample:
    """A claim, the regime that refutes it (None for a statement about formulas), and the integer behind its random numbers."""

    claim: Claim
    regime: Regime | None
    root: int
    entropy: int  # of the run that found it: fixes the regimes of a statement about many,
    regimes: int  # of which there were so many
    constants: Mapping[str, float]

    def margin(self) -> Margin:
        """Measure again, on the same seeds."""
        return measure_again(self.claim, self.regime, self.root, self.entropy, self.regimes)


def write(verdict: Verdict, path: Path) -> None:
    """Keep the smallest counterexample of a falsified claim."""
    assert verdict.counterexample is not None
    claim = find(verdict.claim)
    record = {
        "format": FORMAT,
        "version": VERSION,
        "claim": verdict.claim,
        "statement": claim.statement,
        **verdict.counterexample,
        "unit": verdict.unit,
        "delta": verdict.delta,
        "constants": verdict.constants,
        "entropy": verdict.entropy,
        "regimes": verdict.regimes,
        "versions": versions(),
    }
    write_whole(path, json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def read(path: Path) -> Counterexample:
    """Read and check a file. Raises `CounterexampleError`, or a subclass of ValueError that names the field."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise CounterexampleError(f"{path}: larger than any counterexample ({_LARGEST_FILE} bytes)")
        record: Any = read_json(path.read_text(encoding="utf-8"))
    except CounterexampleError:
        raise
    except (OSError, ValueError) as error:
        raise CounterexampleError(f"{path}: cannot be read ({error})") from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise CounterexampleError(f"{path}: format: must be {FORMAT!r}")
    if record.get("version") != VERSION:
        raise CounterexampleError(f"{path}: version = {record.get('version')!r}: this version reads {VERSION}")
    claim = find(str(record.get("claim")))
    root, regime, constants = record.get("root"), record.get("regime"), record.get("constants")
    if isinstance(root, bool) or not isinstance(root, int) or root < 0:
        raise CounterexampleError(f"{path}: root = {root!r}: must be an integer >= 0")
    now = constant_table.select(claim.constants)
    if constants != now:
        raise CounterexampleError(f"{path}: constants = {constants!r}: the claim is now decided with {now!r}; verify it again")
    without = claim.domain is None or bool(claim.population)
    if (regime is None) != without or not isinstance(regime, dict | None):
        raise CounterexampleError(f"{path}: regime: must be {'null' if without else 'an object with the fields of a regime'}")
    made = None if regime is None else Regime.from_dict(regime)
    entropy, many = record.get("entropy", 0), record.get("regimes", 1)
    for name, value, least, most in (("entropy", entropy, 0, 2**64), ("regimes", many, 1, _MOST_REGIMES)):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise CounterexampleError(f"{path}: {name} = {value!r}: must be an integer from {least} to {most}")
    return Counterexample(claim, made, root, entropy, many, now)

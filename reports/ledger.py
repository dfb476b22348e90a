"""The ledger: JSON lines, a header and then one verdict a line. Written whole or not at all; read with every field checked."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from claims.catalogue import catalogue, settle
from claims.decision import RUN_BUDGET, Status
from reports.files import read_json, write_whole
from reports.verify import Verdict

FORMAT, VERSION = "transfer-claims-ledger", 2
DEFAULT = Path("reports/out/ledger.jsonl")


class LedgerError(ValueError):
    """The file is not a ledger that this version reads."""


@dataclass(frozen=True)
class Ledger:
    """Verdicts by claim id, with statuses settled (a claim that uses a falsified one is blocked)."""

    verdicts: dict[str, Verdict]

    @property
    def statuses(self) -> dict[str, Status]:
        """Status by claim id."""
        return settle({name: verdict.status for name, verdict in self.verdicts.items()})

    @property
    def networks(self) -> int:
        """Networks trained in all; those that several claims look at count once."""
        trained: dict[str, int] = {}
        for verdict in self.verdicts.values():
            trained[verdict.looks] = max(trained.get(verdict.looks, 0), verdict.networks)
        return sum(trained.values())

    @property
    def false_alarm(self) -> float:
        """The probability spent, in all, on falsifying a true statement."""
        return sum(verdict.level for verdict in self.verdicts.values())

    def updated(self, verdicts: Iterable[Verdict]) -> Ledger:
        """With newer verdicts in place of older ones; the catalogue's order."""
        merged = self.verdicts | {verdict.claim: verdict for verdict in verdicts}
        order = {name: place for place, name in enumerate(catalogue())}
        return Ledger(dict(sorted(merged.items(), key=lambda item: order.get(item[0], len(order)))))


def versions() -> dict[str, str]:
    """Versions of everything a number may depend on."""
    return {"python": platform.python_version()} | {
        name: version(name) for name in ("transfer-claims", "torch", "numpy", "numba", "scipy", "sympy", "hypothesis")
    }


def write(ledger: Ledger, path: Path) -> None:
    """Replace the file by this ledger. Raises OSError."""
    header = {
        "format": FORMAT,
        "version": VERSION,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "networks": ledger.networks,
        "false_alarm": ledger.false_alarm,
        "false_alarm_budget": RUN_BUDGET,
    }
    statuses = ledger.statuses
    records: list[dict[str, Any]] = [header, *({**v.to_dict(), "settled": statuses[v.claim].value} for v in ledger.verdicts.values())]
    write_whole(path, "".join(json.dumps(record, allow_nan=False) + "\n" for record in records))


def read(path: Path) -> Ledger:
    """Read a ledger; an absent file is an empty one. Raises `LedgerError` for anything that is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return Ledger({})
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(f"{path}: cannot be read ({error})") from None
    try:
        header = read_json(lines[0])
        if header["format"] != FORMAT or header["version"] != VERSION:
            held = f"format {header['format']!r} version {header['version']!r}"
            raise LedgerError(f"{path}: {held}; this version reads {FORMAT!r} version {VERSION}: move it away and verify again")
        verdicts = [Verdict.from_dict({k: v for k, v in read_json(line).items() if k != "settled"}) for line in lines[1:]]
    except LedgerError:
        raise
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise LedgerError(f"{path}: not a whole ledger ({type(error).__name__}: {error}); move it away and verify again") from None
    return Ledger({}).updated(verdicts)

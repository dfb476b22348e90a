"""The table of constants, `claims/constants.toml`, which only calibration writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from claims.core import constants as constant_table
from claims.core.condition import DELTA
from reports.ledger.files import write_whole
from reports.studies.calibration.fitting import Fit
from reports.studies.calibration.measuring import SEEDS


def write(fits: Sequence[Fit], entropy: int, path: Path = constant_table.FILE) -> None:
    """Write the table, whole or not at all; constants that were not refitted stay as they are."""
    entries: dict[str, dict[str, Any]] = constant_table.table(path) if path.exists() else {}
    entries |= {fit.name: _entry(fit, entropy) for fit in fits}
    lines = [
        "# Written by `transfer-claims calibrate`; never by hand.",
        "",
        "[calibration]",
        f"seeds_per_regime = {SEEDS}",
        f"delta = {DELTA}",
    ]
    for name in sorted(entries):
        values = (f"{key} = {_toml(value)}" for key, value in entries[name].items())
        lines += ["", f'[constant."{name}"]', *values]
    write_whole(path, "\n".join(lines) + "\n")


def _entry(fit: Fit, entropy: int) -> dict[str, Any]:
    written_by = (
        f"transfer-claims {version('transfer-claims')}, torch {version('torch')}, numpy"
        f" {version('numpy')}, hypothesis {version('hypothesis')}"
    )
    return {
        "value": fit.value,
        "interval": [float(f"{x:.4g}") for x in fit.interval],
        "regimes": fit.regimes,
        "rule": fit.rule,
        "strata": {name: float(f"{x:.4g}") for name, x in fit.strata.items()},
        "entropy": entropy,
        "written_by": written_by,
    }


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        items = ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items())
        return f"{{ {items} }}"
    # inf and nan are TOML as they stand.
    return json.dumps(value) if isinstance(value, str) else repr(value)

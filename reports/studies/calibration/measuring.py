"""Train a calibration set, and reduce each regime to what it needs of each constant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from claims.core.calibration import CalibrationSet
from claims.core.case import Case
from claims.core.condition import DELTA, TIERS
from claims.core.workspace import Workspace
from model.regime import Regime
from model.sampling import Seeds
from reports.ledger.files import LARGE, digest, read_json, read_text, write_whole
from reports.studies.calibration.plan import plan
from reports.studies.calibration.strata import search_strata, strata

SEEDS = 24


@dataclass(frozen=True)
class Need:
    """What one regime needs of the constants of its set, a share delta of its seeds left out."""

    regime: Regime
    tags: tuple[str, ...]  # its strata
    values: Mapping[str, float]  # by constant
    low: float | None  # the low end of the range that its criterion was drawn from


def measure(name: str, constants: Mapping[str, float], regimes: int, entropy: int) -> list[Need]:
    """Train one set's networks, here."""
    import torch

    torch.set_num_threads(1)
    everything = plan()
    drawn, measured = everything.sets[name], everything.measured(name)
    low = _low_end(drawn)
    needs: list[Need] = []

    def add(case: Case, tags: tuple[str, ...]) -> None:
        observation = drawn.observe(case.regime, Seeds(case.root, _seeds(drawn)))
        values = {one.name: one.per_regime(observation, DELTA) for one in measured}
        needs.append(Need(case.regime, tags, values, low))

    search_strata(drawn.domain, constants, add, name=name, entropy=entropy, regimes=regimes)
    return needs


def _seeds(drawn: CalibrationSet) -> int:
    return drawn.seeds or SEEDS


def _low_end(drawn: CalibrationSet) -> float | None:
    """Of the range that the criterion is drawn from, where it is a number."""
    if drawn.domain.solve_for is None:
        return None
    low = drawn.domain.where[drawn.domain.solve_for].low
    return None if isinstance(low, str) else float(low)


# Sets that were trained before --------------------------------------------------------------------


def key(drawn: CalibrationSet, constants: Mapping[str, float], regimes: int, entropy: int) -> str:
    """What makes a set the same set."""
    parts = [(one.tags, one.domain, one.regimes) for one in strata(drawn.domain, regimes)]
    tiers = [(tier.name, sorted(tier.constants.items())) for tier in TIERS.values()]
    used = sorted((name, constants[name]) for name in drawn.domain.constants)
    names = [one.name for one in plan().measured(drawn.name)]
    versions = version("torch"), version("hypothesis")
    return repr(
        (drawn.name, parts, tiers, used, names, entropy, _seeds(drawn), versions, _sources())
    )


@cache
def _sources() -> str:
    """A digest of the code that draws, trains and measures: other code, other needs."""
    root = Path(__file__).parents[3]
    folders = ("model", "strategies", "claims")
    return digest(root, (file for folder in folders for file in (root / folder).rglob("*.py")))


def stored(workspace: Workspace | None, name: str, key: str) -> list[Need] | None:
    """A set that was measured before; None if it was not, or not this one."""
    if workspace is None:
        return None
    try:
        record = read_json(read_text(workspace.calibration / f"{name}.json", LARGE))
        if record["key"] != key:
            return None
        return [_need(need) for need in record["needs"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _need(record: dict[str, Any]) -> Need:
    regime, low = Regime.from_dict(record["regime"]), record["low"]
    values = {name: float(value) for name, value in record["values"].items()}
    return Need(regime, tuple(record["tags"]), values, None if low is None else float(low))


def _record(need: Need) -> dict[str, Any]:
    """Needs and ends as text, for JSON has no infinity."""
    return asdict(need) | {
        "values": {name: repr(float(value)) for name, value in need.values.items()},
        "low": None if need.low is None else repr(need.low),
    }


def store(workspace: Workspace | None, name: str, key: str, needs: list[Need]) -> None:
    """Keep a measured set, so that an interrupted calibration goes on where it was."""
    if workspace is None:
        return
    record = {"key": key, "needs": [_record(need) for need in needs]}
    write_whole(workspace.calibration / f"{name}.json", json.dumps(record))

"""One regime, from a specification file: quantities, Condition 4.1, losses and test errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims.core import condition, quantities
from model.engines import gram, tangent
from model.engines.autograd import Trainer
from model.regime import Regime, RegimeError
from model.run import Run
from model.sampling import Level, Sample, Seeds
from model.test_error import estimate_error
from model.transfer import Descend, Trial, run_trial
from reports.ledger.files import read_json, read_text
from reports.studies.choices import Engine
from reports.studies.work import check_training

_MOST_SEEDS = 4096
_DEFAULTS = {"seeds": 64, "seed": 0}


@dataclass(frozen=True)
class Spec:
    """A regime and the seeds to run it on."""

    regime: Regime
    seeds: Seeds


def read_spec(path: Path) -> Spec:
    """Read a specification: every field of a regime, and optionally `seeds` (64) and `seed` (0).

    Raises RegimeError, which names the field, the value and the rule, or OSError.
    """
    try:
        record = read_json(read_text(path), finite=False, object_pairs_hook=_no_repeats)
    except RegimeError:
        raise
    except ValueError as error:
        raise RegimeError("file", str(path), f"must be JSON ({error})") from None
    if not isinstance(record, dict):
        raise RegimeError("file", str(path), "must hold one JSON object")
    values = _DEFAULTS | record
    seeds = _whole(values.pop("seeds"), "seeds", 1, _MOST_SEEDS)
    seed = _whole(values.pop("seed"), "seed", 0, 2**63)
    return Spec(Regime.from_dict(values), Seeds(seed, seeds))


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in pairs:
        if name in record:
            raise RegimeError(name, value, "given twice")
        record[name] = value
    return record


def _whole(value: Any, name: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RegimeError(name, value, f"must be an integer from {low} to {high}")
    return value


def simulate(spec: Spec, engine: Engine = "law") -> dict[str, Any]:
    """Train upstream, scratch and transfer. JSON values, one entry per seed.

    Raises:
        RegimeError: the regime cannot be drawn with this engine.
        DivergenceError: gradient descent diverges.
    """
    descend: Descend = {
        "law": tangent.descend,
        "gram": gram.descend,
        "autograd": Trainer().descend,
    }[engine]
    check_training(spec.regime, spec.seeds, in_space=engine == "autograd")
    level: Level = "law" if engine == "law" else "explicit"
    trial = run_trial(spec.regime, spec.seeds, engine=descend, level=level)
    h = {k: quantities.catalogue()[f"h_{k}"](spec.regime) for k in (1, 2)}
    trial.upstream.require_descent("eta1", spec.regime.eta1, h[1])
    trial.scratch.require_descent("eta2", spec.regime.eta2, h[2])
    trial.transfer.require_descent("eta2", spec.regime.eta2, h[2])
    slack = condition.slacks(spec.regime)
    return {
        "quantities": {
            name: _finite(value) for name, value in quantities.evaluate_all(spec.regime).items()
        },
        "condition": {
            "slack": _finite(min(slack.values())),
            "clauses": {name: _finite(value) for name, value in slack.items()},
            "asked": condition.asked(condition.PRACTICAL),
            "tiers": {
                name: not condition.violations(spec.regime, tier)
                for name, tier in condition.TIERS.items()
            },
        },
        "upstream": _learned(trial, trial.upstream, trial.draw.upstream, 1),
        "scratch": _learned(trial, trial.scratch, trial.draw.downstream, 2),
        "transfer": _learned(trial, trial.transfer, trial.draw.downstream, 2),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _learned(trial: Trial, run: Run, data: Sample, index: int) -> dict[str, Any]:
    error = estimate_error(run.weights, data.signal, trial.regime, index, trial.seeds)
    return {
        "loss": run.loss[:, -1].tolist(),
        "test_error": error.value.tolist(),
        "test_error_interval": [
            list(pair) for pair in zip(error.low.tolist(), error.high.tolist(), strict=True)
        ],
    }

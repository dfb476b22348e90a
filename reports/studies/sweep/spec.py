"""What a sweep's file says: a base regime, axes, a design; every point is made, and so checked,
before anything is trained.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.regime import SIGNAL_COORDINATES, Given, Regime, RegimeError
from model.sampling import Seeds, check_curves
from model.scales import ScaleRangeError, Scales, steps
from reports.ledger.files import check_plain, read_text
from reports.studies.sweep.design import LISTED, Design, SweepError, is_finite, read_design, whole
from reports.studies.sweep.metrics import METRICS, TRAINED
from reports.studies.work import check_prediction, check_training

#: Dimensionless groups that a base may be given by, instead of a regime's fields; h T is
#: `duration`, sigma_2 the unit of length.
GROUPS = (
    "n1",
    "n2",
    "d",
    "m",
    "inherited",
    "tau_2",
    "X",
    "Y",
    "upstream_share",
    "cos_v",
    "h_1",
    "h_2",
    "duration",
    "zeta_2",
)
#: The least of a group that may be 0 or less.
_LEAST = {"inherited": 0, "upstream_share": 0, "cos_v": -1}
_DEFAULTS: dict[str, float] = {
    "upstream_share": 1.0,
    "cos_v": 0.0,
    "h_1": 0.1,
    "h_2": 0.1,
    "duration": 20.0,
    "zeta_2": 0.01,
}
_MOST_SEEDS = 4096


@dataclass(frozen=True)
class Point:
    """One regime of a sweep."""

    number: int
    axes: dict[str, float]
    regime: Regime


@dataclass(frozen=True)
class Sweep:
    """All points, and what is measured at each."""

    points: tuple[Point, ...]
    seeds: int
    seed: int
    metrics: tuple[str, ...]
    design: Design = LISTED


def read(path: Path) -> Sweep:
    """Read a TOML file. Raises `SweepError` or `RegimeError`, which name the field, the value and
    the rule; OSError.
    """
    try:
        content = tomllib.loads(read_text(path))
        check_plain(content)
    except (
        ValueError,
        RecursionError,
    ) as error:  # tomllib lets a number of 5000 digits through to int()
        raise SweepError("file", str(path), f"must be TOML ({error})") from None
    try:
        return parse(content)
    except RecursionError:  # a key of thousands of parts, which cannot even be printed
        raise SweepError("file", str(path), "is nested too deep") from None


def parse(content: Mapping[str, Any]) -> Sweep:
    """A sweep from a file's content."""
    known = {"regime", "groups", "axes", "design", "contour", "points", "seeds", "seed", "metrics"}
    for name in content:
        if name not in known:
            raise SweepError(
                name, content[name], f"unknown; a sweep has {', '.join(sorted(known))}"
            )
    if ("regime" in content) == ("groups" in content):
        raise SweepError(
            "regime",
            content.get("regime"),
            "a sweep has either [regime], a regime's fields, or [groups], dimensionless ones",
        )
    make, base = (
        (Regime.from_dict, content["regime"])
        if "regime" in content
        else (from_groups, content["groups"])
    )
    if not isinstance(base, dict):
        raise SweepError("regime" if "regime" in content else "groups", base, "must be a table")
    metrics = content.get("metrics", ["scratch_error", "transfer_error"])
    if not isinstance(metrics, list) or not metrics:
        raise SweepError("metrics", metrics, "must be a list of names, one or more")
    for name in metrics:
        if not isinstance(name, str) or name not in METRICS:
            raise SweepError("metrics", name, f"unknown; there are {', '.join(METRICS)}")
        if metrics.count(name) > 1:
            raise SweepError("metrics", name, "given twice")
    seeds, seed = whole(content, "seeds", 24, 1, _MOST_SEEDS), whole(content, "seed", 0, 0, 2**63)
    design, values = read_design(content, seed, metrics)
    for name, value in base.items():
        if name in values[0] and not is_finite(value):
            raise SweepError(name, value, "must be a finite number, though an axis replaces it")
    trained = Seeds(seed, seeds) if TRAINED & set(metrics) else None
    predicted = any(name.startswith("law_") for name in metrics)
    points = tuple(_points(make, base, values, trained, predicted=predicted))
    return Sweep(points, seeds, seed, tuple(metrics), design)


def _points(
    make: Callable[[dict[str, Any]], Regime],
    base: dict[str, Any],
    values: list[dict[str, float]],
    trained: Seeds | None,
    *,
    predicted: bool,
) -> Iterator[Point]:
    for number, axes in enumerate(values):
        try:
            regime = make(base | axes)
            if trained is not None:
                _check_trainable(regime, trained)
            if predicted:
                check_prediction(regime)
            yield Point(number, axes, regime)
        except RegimeError as error:
            raise SweepError(
                error.field, error.value, f"{error.rule} (point {number}: {axes})"
            ) from None


def _check_trainable(regime: Regime, seeds: Seeds) -> None:
    check_curves(regime, seeds)
    check_training(regime, seeds)
    total = regime.n1 + regime.n2 + 4 * regime.m
    if regime.rest < total:
        raise SweepError(
            "d",
            regime.d,
            f"must be at least n1 + n2 + 4m + 3 = {total + SIGNAL_COORDINATES} to be trained",
        )


def from_groups(groups: Mapping[str, Any]) -> Regime:
    """The regime with these dimensionless groups. Raises `SweepError`."""
    for name in groups:
        if name not in GROUPS:
            raise SweepError(name, groups[name], f"unknown group; there are {', '.join(GROUPS)}")
    values = _DEFAULTS | dict(groups)
    for name in GROUPS:
        if name not in values:
            raise SweepError(name, Given.NOTHING, "missing; a regime needs it")
        value, least = values[name], _LEAST.get(name)
        if not is_finite(value) or (value <= 0 if least is None else value < least):
            raise SweepError(
                name, value, f"must be a finite number {'> 0' if least is None else f'>= {least}'}"
            )
    if values["Y"] < 1:
        raise SweepError("Y", values["Y"], "must be at least 1: ||s_2||^2 = ||u||^2 + ||v_2||^2")
    try:
        return _scales(values).regime()
    except (OverflowError, ScaleRangeError):
        raise SweepError(
            "groups",
            dict(values),
            "are so far apart that no floating-point number holds the regime's fields",
        ) from None


def _scales(values: Mapping[str, Any]) -> Scales:
    """Groups as scales: a duration gives both runs' steps, and sigma_2 is the unit of length."""
    same = {name: value for name, value in values.items() if name != "duration"}
    lasting = {f"steps{k}": steps(values["duration"], values[f"h_{k}"]) for k in (1, 2)}
    return Scales(**same, **lasting)

"""One picture of Theorem 4.2: test error after transfer against each reading of its criterion, on
the same random regimes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from claims.core import constants as constant_table
from claims.core.case import Case
from claims.core.criteria import NOT_SMALL, READINGS, Reading
from claims.core.domains import EVERYWHERE
from claims.core.quantities import catalogue
from claims.observing.errors import both_ways
from model.regime import Regime
from model.sampling import Seeds
from reports.drawing.figures import write_figure
from strategies.search import SEARCH

SEEDS = 8
#: Errors below this are drawn at it: the line sampling sees little further.
_FLOOR = 1e-12


@dataclass(frozen=True)
class MeasuredRegime:
    """A regime, and the median over seeds of the test error after transfer."""

    regime: Regime
    error: float


def measure(
    regimes: int, entropy: int, tick: Callable[[int], None] = lambda done: None
) -> list[MeasuredRegime]:
    """Train on regimes drawn on either side of every threshold. `tick(done)` is called after
    each.
    """
    points: list[MeasuredRegime] = []

    def add(case: Case) -> bool:
        learned = both_ways(case.regime, Seeds(case.root, SEEDS)).transfer
        assert learned is not None
        points.append(MeasuredRegime(case.regime, learned.error.value.median().item()))
        tick(len(points))
        return False

    SEARCH.falling(
        EVERYWHERE, constant_table.load(), add, name="picture", entropy=entropy, cases=regimes
    )
    return points


def draw(points: list[MeasuredRegime], caption: str, path: Path) -> None:
    """One panel per reading, as the path's ending asks. Raises OSError."""
    figure = Figure(figsize=(12, 3.6), layout="constrained")
    figure.suptitle(caption, fontsize="small")
    panels = figure.subplots(1, len(READINGS), sharey=True)
    noise = [math.log10(catalogue()["X"](point.regime)) for point in points]
    errors = [max(point.error, _FLOOR) for point in points]
    for panel, reading in zip(panels, READINGS, strict=True):
        values = [reading.criterion(point.regime) for point in points]
        shown = panel.scatter(values, errors, c=noise, cmap="cividis", s=12, linewidths=0)
        _bounds(panel, reading, np.geomspace(min(values), max(values), 200))
        panel.set(xscale="log", yscale="log", ylim=(_FLOOR / 3, 1), xlabel=f"${reading.latex}$")
    panels[0].set_ylabel("test error after transfer")
    figure.colorbar(shown, ax=panels, label="log₁₀ X (inherited noise)")
    write_figure(figure, path, caption)


def _bounds(panel: object, reading: Reading, values: np.ndarray) -> None:
    """What the theorem says with the fitted constants: at least 0.1 up to C_3, below the
    exponential from C_1.
    """
    known = constant_table.load()
    low, high, scale = (known[reading.constant(symbol)] for symbol in ("C_3", "C_1", "C_2"))
    within, beyond = values[values <= low], values[values >= high]
    panel.plot(within, np.full_like(within, NOT_SMALL), "k-", lw=1)  # type: ignore[attr-defined]
    panel.plot(beyond, np.maximum(np.exp(-beyond / scale), _FLOOR), "k--", lw=1)  # type: ignore[attr-defined]

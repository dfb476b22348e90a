"""Pictures of the real-image tier: each factor as τ_D predicts it and as it was measured, and
accuracy along training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from claims.deciding.paired_seeds import Interval
from claims.observing.accuracies import BASE_NOISE, BASE_SAMPLES, BASE_SHARE, Cell
from reports.drawing.figures import INK, SERIES
from reports.images import predict
from reports.images.decide import gains
from reports.images.run import Record
from reports.images.tiers import FORMS, form_name

#: Points at which a formula is drawn.
_FINE = 61


@dataclass(frozen=True)
class Factor:
    """One factor of the plan: where a cell lies on it, and which cells vary in it alone."""

    name: str  # on the axis
    place: Callable[[Cell], float]
    along: Callable[[Cell], bool]
    field: str  # of `predict.regime`
    range: tuple[float, float]
    logarithmic: bool = False


def _ten(cell: Cell) -> bool:
    return cell.pair == "cifar10"


FACTORS = (
    Factor(
        "source images N₁",
        lambda c: c.n1,
        lambda c: _ten(c) and c.sigma == BASE_NOISE and c.share == BASE_SHARE,
        "n1",
        (400, 30000),
        logarithmic=True,
    ),
    Factor(
        "source noise σ",
        lambda c: c.sigma,
        lambda c: _ten(c) and c.n1 == BASE_SAMPLES and c.share == BASE_SHARE,
        "sigma",
        (0, 2),
    ),
    Factor(
        "inherited share α",
        lambda c: c.share,
        lambda c: _ten(c) and c.n1 == BASE_SAMPLES and c.sigma == BASE_NOISE,
        "share",
        (0, 1),
    ),
    Factor(
        "mismatch of source and target",
        lambda c: c.mismatch,
        lambda c: c.pair == "cifar100",
        "far",
        (0, 1),
    ),
)


def factors(records: Sequence[Record]) -> Figure:
    """Each factor: above, τ_D against τ_2; below, points of accuracy after transfer over scratch,
    with 95% intervals over seeds, which hold however many are added.
    """
    measured = gains(records)
    networks = list(dict.fromkeys(cell.network for cell, _ in measured))
    n2 = measured[0][0].n2 if measured else 1
    varied = [factor for factor in FACTORS if any(factor.along(cell) for cell, _ in measured)]
    shown = varied or [FACTORS[0]]
    figure = Figure(figsize=(3.1 * len(shown) + 0.6, 5.2), layout="constrained")
    panels = figure.subplots(2, len(shown), squeeze=False, sharex="col", sharey="row")
    for factor, above, below in zip(shown, panels[0], panels[1], strict=True):
        _predicted(above, factor, n2)
        for network, (marker, colour) in zip(networks, SERIES, strict=False):
            _measured(
                below,
                factor,
                [pair for pair in measured if pair[0].network == network and factor.along(pair[0])],
                network,
                marker,
                colour,
            )
        below.set_xlabel(factor.name)
    # As large as its indices need to be read.
    panels[0, 0].set_ylabel("predicted: $\\tau_D/\\tau_2$", fontsize=12)
    panels[1, 0].set_ylabel("measured: points of accuracy\nover random initialisation")
    figure.legend(*_once(panels.flat), loc="outside upper left", ncols=4, frameon=False, fontsize=9)
    return figure


def _once(panels: Iterable[Axes]) -> tuple[list[Artist], list[str]]:
    """What a legend tells of several panels, each name once."""
    named = {
        name: handle
        for panel in panels
        for handle, name in zip(*panel.get_legend_handles_labels(), strict=True)
    }
    return list(named.values()), list(named)


def _predicted(axes: Axes, factor: Factor, n2: int) -> None:
    low, high = factor.range
    xs = np.geomspace(low, high, _FINE) if factor.logarithmic else np.linspace(low, high, _FINE)
    for y, dash in zip(predict.Y, ("-", "--"), strict=True):
        at = [
            predict.regime(n2, y, **{factor.field: round(x) if factor.logarithmic else float(x)})  # type: ignore[arg-type]
            for x in xs
        ]
        axes.plot(
            xs,
            [predict.advantage(regime) for regime in at],
            color=INK,
            lw=1.5,
            ls=dash,
            label=f"predicted, Y = {y:g}",
        )
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(FixedLocator([0.1, 0.2, 0.5, 1, 2, 5, 10, 20]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    _plain(axes, 1.0)


def _measured(
    axes: Axes,
    factor: Factor,
    gained: Sequence[tuple[Cell, Interval]],
    network: str,
    marker: str,
    colour: str,
) -> None:
    """One line a form of inheritance; what is inherited whole belongs to all of them."""
    for form, dash in zip(FORMS, ("-", "--", ":"), strict=True):
        line = sorted(
            (factor.place(cell), one)
            for cell, one in gained
            if cell.form == form or (cell.share == 1 and _varies(gained, form))
        )
        if not line:
            continue
        means = [one.mean for _, one in line]
        # No bar where there is no interval.
        reach = [one.high - one.mean if np.isfinite(one.high) else np.nan for _, one in line]
        label = network if form == FORMS[0] else f"{network}, {form_name(form)}"
        axes.errorbar(
            [x for x, _ in line],
            means,
            reach,
            color=colour,
            marker=marker,
            ms=5,
            lw=1.2,
            ls=dash,
            capsize=2.5,
            label=label,
            mfc=colour if form == FORMS[0] else "white",
        )
    if factor.logarithmic:
        axes.set_xscale("log")
    _plain(axes, 0.0)


def _varies(gained: Sequence[tuple[Cell, Interval]], form: str) -> bool:
    return any(cell.form == form and cell.share < 1 for cell, _ in gained)


def _plain(axes: Axes, level: float) -> None:
    axes.axhline(level, color="0.55", lw=0.8)
    axes.spines[["top", "right"]].set_visible(False)


def curves(records: Sequence[Record]) -> Figure:
    """Test accuracy along training, mean over seeds: from scratch, and after transfer from four
    sources of CIFAR-10.
    """
    networks = list(dict.fromkeys(record.setting.network.label for record in records))
    figure = Figure(figsize=(max(6.2, 3.6 * len(networks) + 0.4), 3.9), layout="constrained")
    panels = figure.subplots(1, max(1, len(networks)), squeeze=False, sharey=True)[0]
    for network, axes in zip(networks, panels, strict=False):
        _along(
            axes,
            [
                record
                for record in records
                if record.setting.network.label == network
                and record.setting.tasks.pair == "cifar10"
            ],
        )
        axes.set(title=network, xlabel=f"passes over the target's {records[0].setting.n2} images")
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("test accuracy, %")
    figure.legend(*_once(panels), loc="outside upper left", ncols=3, frameon=False, fontsize=9)
    return figure


def _along(axes: Axes, records: Sequence[Record]) -> None:
    by_cell: dict[Cell, list[Record]] = {}
    for record in records:
        by_cell.setdefault(record.setting.cell, []).append(record)
    for (name, cell), (marker, colour) in zip(_told(by_cell).items(), SERIES, strict=False):
        runs = by_cell[cell]
        epochs = np.array(runs[0].steps) * runs[0].setting.recipe.batch / runs[0].setting.n2
        means = 100 * np.mean([run.accuracy for run in runs], axis=0)
        axes.plot(epochs[:-1], means[:-1], color=colour, marker=marker, ms=4, lw=1.2, label=name)
        # On other images: not joined to the rest.
        axes.plot(epochs[-1:], means[-1:], color=colour, marker=marker, ms=7, mfc="none", ls="none")


def _told(cells: dict[Cell, list[Record]]) -> dict[str, Cell]:
    """The cells that a reader wants to see side by side."""
    whole = [cell for cell in cells if cell.share == 1]
    clean = sorted((c for c in whole if c.sigma == BASE_NOISE), key=lambda c: c.n1)
    noisy = sorted(
        (c for c in whole if c.sigma > BASE_NOISE and c.n1 == BASE_SAMPLES), key=lambda c: c.sigma
    )
    chosen = {"from scratch": next((c for c in cells if c.share == 0), None)}
    chosen |= {f"N₁ = {c.n1:,}": c for c in clean[:1] + clean[-1:]}
    chosen |= {f"N₁ = {c.n1:,}, σ = {c.sigma:g}": c for c in noisy[-1:]}
    return {name: cell for name, cell in chosen.items() if cell is not None}

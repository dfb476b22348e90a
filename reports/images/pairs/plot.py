"""Foretold against measured gain, as a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from reports.drawing.figures import INK, SERIES
from reports.images.pairs.plan import Target
from reports.images.pairs.run import Space
from reports.images.pairs.summary import PairFound

SPACES: dict[Space, str] = {
    "pixels": "in pixels",
    "random": "in a random network's features",
    "source": "in the source network's features",
}


def scatter(found: Sequence[PairFound]) -> Figure:
    """A panel a space: where both gains have the same sign, a point lies in a corner without
    shade.
    """
    figure = Figure(figsize=(10.6, 4.4), layout="constrained")
    panels = figure.subplots(1, len(SPACES), sharey=True)
    targets = list(dict.fromkeys(one.target for one in found))
    for axes, (space, words) in zip(panels, SPACES.items(), strict=True):
        for target, (marker, colour) in zip(targets, SERIES, strict=False):
            here = [one for one in found if one.target == target and space in one.foretold]
            _points(axes, here, space, marker, colour, f"target in {target_words(target)}")
        _plain(axes, words)
    panels[0].set_ylabel("measured gain, points of accuracy")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=3, frameon=False, fontsize=9)
    return figure


def target_words(target: Target) -> str:
    """A target in words."""
    name = "CIFAR-10" if target.name == "cifar10" else "CIFAR-100"
    return f"{name}, N₂ = {target.n2}"


def _points(
    axes: Axes, found: Sequence[PairFound], space: Space, marker: str, colour: str, label: str
) -> None:
    means = np.array([one.gain.mean for one in found])
    reach = np.array([one.gain.high - one.gain.mean for one in found])
    axes.errorbar(
        [math.exp(one.foretold[space]) for one in found],
        means,
        np.where(np.isfinite(reach), reach, np.nan),  # no bar where there is no interval
        color=colour,
        marker=marker,
        ls="none",
        ms=5,
        lw=0.8,
        label=label,
    )


def _plain(axes: Axes, words: str) -> None:
    axes.axhline(0, color="0.55", lw=0.8)
    axes.axvline(1, color="0.55", lw=0.8)
    axes.set_xscale("log")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    # As large as its indices need to be read.
    axes.set_xlabel(f"foretold: $\\tau_D/\\tau_2$\n{words}", fontsize=12)
    axes.spines[["top", "right"]].set_visible(False)
    left, right = axes.get_xlim()
    low, high = axes.get_ylim()
    for start, end, floor, ceiling in ((left, 1.0, 0.0, high), (1.0, right, low, 0.0)):
        axes.fill_between([start, end], floor, ceiling, color=INK, alpha=0.06, lw=0)
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)

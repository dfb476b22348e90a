"""How experiments are drawn: axes in the theory's symbols, shades that order in grey as in colour,
shapes and dashes beside colours, a caption below.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from numpy.typing import NDArray
from scipy.optimize import brentq

from claims.core import condition, quantities
from claims.core import constants as constant_table
from claims.core.catalogue import find
from claims.core.constants import Constants
from claims.core.criteria import NOT_SMALL, TAU_D
from claims.observing.paired import dimension
from claims.predicting import law
from model.files import write_atomically
from model.regime import Regime
from reports.drawing.plots import write_svg
from reports.ledger import ledger
from reports.studies.sweep.spec import Sweep

Array = NDArray[np.float64]
BLUE, VERMILION, GREY = "#0072b2", "#d55e00", "0.55"
#: Errors below are drawn here: line sampling sees little further.
FLOOR = 1e-12
#: Below this the spread of networks around their mean makes the mean error far larger than the
#: law's.
_LAW_FROM = 1e-3
_DPI = 150
#: Points at which a curve that is a formula is drawn.
_FINE = 240


@dataclass(frozen=True)
class Seen:
    """What was trained and decided, as a drawing and a check see it."""

    sweep: Sweep
    columns: Mapping[str, Array]
    verdicts: Mapping[tuple[str, int], Mapping[str, Any]]  # evidence by claim and point
    constants: Constants

    def inside(self, claim: str) -> NDArray[np.bool_]:
        """Whether each point lies inside a claim's hypotheses."""
        return np.array([(claim, point.number) in self.verdicts for point in self.sweep.points])

    def condition(self) -> NDArray[np.bool_]:
        """Whether each point lies inside Condition 4.1 at one tier's constants."""
        return np.array(
            [
                any(not condition.violations(p.regime, tier) for tier in condition.TIERS.values())
                for p in self.sweep.points
            ]
        )

    @cached_property
    def grid(self) -> tuple[str, str]:
        """The axes of a plane: along it, and across."""
        across, along = self.sweep.points[0].axes
        return along, across

    def plane(self, name: str) -> Array:
        """A column as an array (along, across)."""
        return self.reshaped(self.columns[name])

    def reshaped(self, values: Any) -> NDArray[Any]:
        """Values of all points as an array (along, across)."""
        along, across = (np.unique(self.columns[axis]) for axis in self.grid)
        order = np.lexsort([self.columns[axis] for axis in reversed(self.grid)])
        return np.asarray(np.asarray(values)[order].reshape(len(along), len(across)))


# Files --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Origin:
    """What a picture was computed with."""

    versions: dict[str, str]
    constants: dict[str, float]

    @classmethod
    def here(cls) -> Origin:
        """Of what is computed now; what takes no part in an experiment is left out."""
        return cls(
            {
                name: number
                for name, number in ledger.versions().items()
                if name not in ("hypothesis", "sympy")
            },
            dict(constant_table.load()),
        )


def save(figure: Figure, title: str, caption: str, svg: Path, png: Path) -> None:
    """The figure with title and caption, twice: same figure, same files. The SVG's metadata tell
    its origin. Raises OSError.
    """
    figure.suptitle(
        title, fontsize=11, gid="title"
    )  # where words are shapes, a page knows by these names what it sets as text
    what, command = caption.split(" Made by: ")
    lines = [*textwrap.wrap(what, round(figure.get_figwidth() * 15)), f"Made by: {command}"]
    figure.supxlabel("\n".join(lines), fontsize=8, x=0.01, ha="left", color="0.25", gid="caption")
    if (
        engine := figure.get_layout_engine()
    ) is not None:  # places are worked out once, for both files
        engine.execute(figure)
        figure.set_layout_engine("none")
    write_svg(
        figure,
        svg,
        title,
        Title=title,
        Description=caption,
        Source=json.dumps(asdict(Origin.here())),
    )
    write_atomically(
        png,
        lambda file: figure.savefig(
            file,
            format="png",
            dpi=_DPI,
            metadata={"Software": None, "Title": title, "Description": caption},
        ),
    )


# (i) ----------------------------------------------------------------------------------------------

#: Dashes and markers of ordered curves; their shades darken with N_1.
_DASHES = ((0, (1, 1.2)), (0, (5, 1.5)), (0, (5, 1.2, 1, 1.2)), (0, (8, 1)), "-")
_MARKERS = ("s", "v", "o", "D", "^")


def shades(count: int) -> Array:
    """Colours of ordered curves, from light to dark."""
    return np.asarray(matplotlib.colormaps["cividis_r"](np.linspace(0.15, 1.0, count)))


def head_start(seen: Seen) -> Figure:
    """Accuracy, and the error, over epochs: median over seeds, with the middle half of them as a
    band.
    """
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    steps, errors = seen.columns["steps"], seen.columns["errors"]
    for k, (values, shade) in enumerate(zip(errors, shades(len(errors)), strict=True)):
        n1 = seen.columns["n1"][k]
        style: dict[str, Any] = {
            "color": shade,
            "ls": _DASHES[k % 5],
            "marker": _MARKERS[k % 5],
            "ms": 4,
            "markevery": 2,
            "lw": 1.6,
        }
        label = f"$N_1 = {n1:.0f}$" if n1 else "scratch"
        for axes, shown in ((left, 1 - values), (right, np.maximum(values, FLOOR))):
            low, middle, high = np.quantile(shown, (0.25, 0.5, 0.75), axis=0)
            axes.fill_between(steps, low, high, color=shade, alpha=0.22, lw=0)
            axes.plot(steps, middle, label=label, **style)
    left.axhline(1 - NOT_SMALL, color="k", lw=0.6)
    right.axhline(NOT_SMALL, color="k", lw=0.6)
    left.set(xscale="log", xlabel="epoch $t$", ylabel="accuracy on the target")
    right.set(xscale="log", yscale="log", xlabel="epoch $t$", ylabel="test error")
    handles, labels = left.get_legend_handles_labels()
    figure.legend(
        handles[::-1],
        labels[::-1],
        loc="outside right center",
        fontsize=9,
        frameon=False,
        title="median over\nseeds; band:\nmiddle half",
        title_fontsize=8,
    )
    _plain_ticks(left.xaxis, right.xaxis, right.yaxis)
    _bare(left, right)
    return figure


# (ii) ---------------------------------------------------------------------------------------------


def negative(seen: Seen) -> Figure:
    """Both errors over ||u||/||s_2||, the law's, and the region of Proposition 4.4(2)."""
    figure = Figure(figsize=(8, 4.8), layout="constrained")
    axes = figure.subplots()
    shares = seen.columns["u/s2"]
    fine = np.linspace(shares.min(), shares.max(), _FINE)
    regimes = [_shared(seen.sweep.points[0].regime, x) for x in fine]
    domain = find("proposition-4.4.2").domain
    assert domain is not None
    region = np.array([not domain.violations(regime, seen.constants) for regime in regimes])
    _shade(axes, fine, region)
    _errors(axes, shares, seen, "scratch", BLUE, "s", "--")
    _errors(axes, shares, seen, "transfer", VERMILION, "o", "-")
    _law(axes, fine[::8], [law.predict(r).transfer for r in regimes[::8]])
    crossing = _crossing(
        fine,
        [quantities.catalogue()["tau_D"](r) - quantities.catalogue()["tau_2"](r) for r in regimes],
    )
    if crossing is not None:
        axes.axvline(crossing, color="k", lw=0.9, ls=(0, (6, 3)))
        axes.annotate(
            r"$\tau_D=\tau_2$",
            (crossing, 0.02),
            xycoords=("data", "axes fraction"),
            xytext=(4, 2),
            textcoords="offset points",
            fontsize=9,
        )
    axes.axhline(NOT_SMALL, color="k", lw=0.6)
    axes.set(yscale="log", ylim=(_bottom(seen), 0.6), xlim=(fine[0] - 0.01, fine[-1] + 0.01))
    axes.set(
        xlabel=r"$\|u\|/\|s_2\|$, at fixed $\|s_2\|=\|u+v_2\|$",
        ylabel="test error (mean over seeds, ± 2 standard errors)",
    )
    handles, labels = axes.get_legend_handles_labels()
    handles.append(Patch(facecolor="0.88", edgecolor="0.5", hatch="////", label="region"))
    axes.legend(
        handles,
        [*labels, r"Proposition 4.4(2): $Y\geq X\geq C_4$, $\tau_2\geq C_1$, $\tau_D\leq C_3$"],
        fontsize=9,
        framealpha=1,
        loc="lower left",
    )
    _bare(axes)
    return figure


def _law(axes: Axes, xs: Array, predicted: Sequence[float]) -> None:
    """The law's error after transfer, where the law speaks."""
    ys = np.array(predicted)
    axes.plot(
        xs[ys >= _LAW_FROM],
        ys[ys >= _LAW_FROM],
        color="k",
        lw=1.1,
        ls=":",
        label="transfer, sharp law",
        zorder=4,
    )


def _bottom(seen: Seen, rows: Any = slice(None)) -> float:
    """Lower end of an axis of errors."""
    return max(
        0.4
        * min(
            float(seen.columns[f"{which}_error.mean"][rows].min())
            for which in ("scratch", "transfer")
        ),
        1e-7,
    )


def _shared(regime: Regime, share: float) -> Regime:
    """The same with another ||u||/||s_2||, ||s_1|| and ||s_2|| fixed."""
    first, second = regime.task(1).signal_norm, regime.task(2).signal_norm
    u = share * second
    return replace(
        regime, u=u, v1=max(first**2 - u**2, 0.0) ** 0.5, v2=max(second**2 - u**2, 0.0) ** 0.5
    )


def _shade(axes: Axes, xs: Array, region: NDArray[np.bool_]) -> None:
    """Where a statement speaks, over the whole height."""
    axes.fill_between(
        xs,
        0,
        1,
        where=region.tolist(),
        transform=axes.get_xaxis_transform(),
        facecolor="0.88",
        edgecolor="0.5",
        hatch="////",
        lw=0.0,
        zorder=0,
    )


def _errors(
    axes: Axes,
    xs: Array,
    seen: Seen,
    which: str,
    colour: str,
    marker: str,
    dashes: Any,
    rows: Any = slice(None),
) -> None:
    mean, unsure = (seen.columns[f"{which}_error.{what}"][rows] for what in ("mean", "error"))
    mean = np.maximum(mean, FLOOR)
    below = np.minimum(2 * unsure, 0.9 * mean)  # on a logarithmic axis
    axes.errorbar(
        xs,
        mean,
        yerr=[below, 2 * unsure],
        color=colour,
        marker=marker,
        ms=4.5,
        ls=dashes,
        lw=1.4,
        elinewidth=0.9,
        capsize=2,
        label=which,
    )


def _crossing(xs: Array, values: list[float]) -> float | None:
    """Where values first change sign."""
    signs = np.sign(values)
    turns = np.nonzero(signs[1:] * signs[:-1] < 0)[0]
    return float(xs[turns[0]] + xs[turns[0] + 1]) / 2 if len(turns) else None


# (iii) --------------------------------------------------------------------------------------------

#: What became of a point, from nothing claimed to falsified: ground, mark, its ink, words. Marks
#: tell apart in grey what shades do in colour.
_FATES = (
    ("white", "", "k", "outside the hypotheses"),
    ("0.86", "", "k", r"$C_3<\tau_D<C_1$: nothing is claimed"),
    ("#a6cee3", "o", "k", r"error $\leq e^{-\tau_D/C_2}$ claimed: stands"),
    ("#3b6d8f", "x", "w", r"error $\geq 0.1$ claimed: stands"),
    ("#f0e442", "d", "k", "claimed: undecided"),
    (VERMILION, "*", "k", "claimed: falls"),
)
_ABOVE, _BELOW = "#f2e6a0", "#3b4a6b"


def plane(seen: Seen) -> Figure:
    """Accuracy, accuracy truncated at 0.9, and verdicts, over (||u||, d)."""
    figure = Figure(figsize=(13.5, 6.2), layout="constrained")
    panels = figure.subplots(1, 3, sharex=True, sharey=True)
    d, u = (np.unique(seen.columns[axis]) for axis in seen.grid)
    accuracy, found, lines = 1 - seen.plane("transfer_error.mean"), fates(seen), boundaries(seen)
    shown = panels[0].pcolormesh(_edges(u), _edges(d), accuracy, cmap="cividis", vmin=0.5, vmax=1)
    figure.colorbar(
        shown, cax=panels[0].inset_axes((0.05, -0.2, 0.9, 0.04)), orientation="horizontal"
    )
    panels[1].pcolormesh(
        _edges(u),
        _edges(d),
        accuracy >= 1 - NOT_SMALL,
        cmap=ListedColormap([_BELOW, _ABOVE]),
        vmin=0,
        vmax=1,
    )
    _fates(panels[2], u, d, found)
    extra = [_mark(panels[2], seen, u, d, *mark) for mark in _EXTRA]
    for axes, title in zip(
        panels,
        (
            "accuracy after transfer",
            "the same, truncated at 0.9",
            "what is claimed, and what became of it",
        ),
        strict=True,
    ):
        _draw_boundaries(axes, lines)
        axes.set(
            xscale="log",
            yscale="log",
            xlabel=r"$\|u\|/\sigma_2$, at fixed $\|v_2\|$",
            xlim=_edges(u)[[0, -1]],
            ylim=_edges(d)[[0, -1]],
        )
        axes.set_title(title, fontsize=10)
        _plain_ticks(axes.xaxis)
    panels[0].set_ylabel("$d$")
    style: dict[str, Any] = {
        "loc": "upper center",
        "bbox_to_anchor": (0.5, -0.13),
        "ncols": 2,
        "fontsize": 8.5,
        "frameon": False,
    }
    sides = [
        Patch(fc=_ABOVE, ec="k", lw=0.4, label="accuracy ≥ 0.9"),
        Patch(fc=_BELOW, label="accuracy < 0.9"),
    ]
    panels[1].legend(
        handles=[
            *sides,
            *(
                Line2D([], [], color=c, lw=w, ls=s, label=name)
                for name, (_, _, c, s, w) in lines.items()
            ),
        ],
        **style,
    )
    present = set(found.ravel().tolist())
    handles: list[Any] = [_fate_handle(k) for k in range(len(_FATES)) if k in present]
    handles += [(handle,) for handle in extra if handle is not None]
    panels[2].legend(handles, [handle[0].get_label() for handle in handles], **style)
    return figure


def _edges(centres: Array, logarithmic: bool = True) -> Array:
    """Edges of the cells around evenly spaced centres."""
    values = np.log(centres) if logarithmic else centres
    step = (values[-1] - values[0]) / (len(values) - 1)
    edges = np.append(values - step / 2, values[-1] + step / 2)
    return np.asarray(np.exp(edges) if logarithmic else edges)


def _fate_handle(k: int) -> Any:
    """A cell's ground, and its mark upon it."""
    colour, mark, ink, words = _FATES[k]
    ground = Patch(fc=colour, ec="k", lw=0.4, label=words)
    return (ground, Line2D([], [], ls="", marker=mark, color=ink, ms=4)) if mark else (ground,)


def fates(seen: Seen) -> NDArray[np.int64]:
    """What became of each point under Theorem 4.2 in tau_D: an index into `_FATES`, (along,
    across).
    """
    upper, lower = "theorem-4.2.error-upper.tau-D", "theorem-4.2.error-lower.tau-D"
    spoken = seen.inside("theorem-4.2.convergence")
    found = []
    for k, point in enumerate(seen.sweep.points):
        outcomes = {
            name: seen.verdicts[name, point.number]["outcome"]
            for name in (upper, lower)
            if (name, point.number) in seen.verdicts
        }
        ended = set(outcomes.values())
        within = spoken[k] or bool(outcomes)
        stands = 2 if upper in outcomes else 3 if outcomes else int(within)
        found.append(5 if "falls" in ended else 4 if "undecided" in ended else stands)
    return np.asarray(seen.reshaped(found))


def _fates(axes: Axes, u: Array, d: Array, found: NDArray[np.int64]) -> None:
    axes.pcolormesh(
        _edges(u),
        _edges(d),
        found,
        cmap=ListedColormap([fate[0] for fate in _FATES]),
        vmin=-0.5,
        vmax=len(_FATES) - 0.5,
    )
    for k, (_, mark, ink, _) in enumerate(_FATES):
        rows, columns = np.nonzero(found == k)
        if mark:
            axes.scatter(u[columns], d[rows], marker=mark, s=9, c=ink, linewidths=0.7)


#: A line across the plane: ||u||, d, colour, dashes, width.
Line = tuple[Array, Array, str, Any, float]


def boundaries(seen: Seen) -> dict[str, Line]:
    """The law's error of 0.1, tau_D = C_1 and C_3, and the least d of Condition 4.1, each solved
    for and not read off the points.
    """
    points = seen.sweep.points
    (low, high), base = (
        (
            float(np.log(x))
            for x in (min(p.regime.u for p in points), max(p.regime.u for p in points))
        ),
        points[0].regime,
    )
    ds = np.geomspace(min(p.regime.d for p in points), max(p.regime.d for p in points), 13)
    tau_d = quantities.catalogue()["tau_D"]

    def at(log_u: float, d: float) -> Regime:
        return dimension(d / base.d)(replace(base, u=float(np.exp(log_u))))

    def solved(gap: Callable[[Regime], float]) -> tuple[Array, Array]:
        found = [(_root(lambda log_u, d=d: gap(at(log_u, d)), low, high), d) for d in ds]  # type: ignore[misc]
        kept = [(float(np.exp(log_u)), d) for log_u, d in found if log_u is not None]
        return np.array([u for u, _ in kept]), np.array([d for _, d in kept])

    us = np.geomspace(np.exp(low), np.exp(high), 24)
    log_least = [
        _root(
            lambda log_d, u=u: (
                1.0  # type: ignore[misc]
                if _meets(at(float(np.log(u)), float(np.exp(log_d))))
                else -1.0
            ),
            *np.log(ds[[0, -1]]),
        )
        for u in us
    ]
    edge = [
        (float(u), float(np.exp(x))) for u, x in zip(us, log_least, strict=True) if x is not None
    ]
    c_1, c_3 = (seen.constants[TAU_D.constant(symbol)] for symbol in ("C_1", "C_3"))
    return {
        "sharp law: error 0.1": (
            *solved(lambda r: float(np.log(law.predict(r).transfer / NOT_SMALL))),
            "k",
            "-",
            2.2,
        ),
        r"$\tau_D=C_1$": (*solved(lambda r: float(np.log(tau_d(r) / c_1))), "k", "--", 1.3),
        r"$\tau_D=C_3$": (*solved(lambda r: float(np.log(tau_d(r) / c_3))), "k", ":", 1.6),
        "edge of Condition 4.1": (
            np.array([u for u, _ in edge]),
            np.array([d for _, d in edge]),
            GREY,
            "-.",
            1.4,
        ),
    }


def _meets(regime: Regime) -> bool:
    return any(not condition.violations(regime, tier) for tier in condition.TIERS.values())


def _root(function: Callable[[float], float], low: float, high: float) -> float | None:
    """Where a function changes sign; None where it does not."""
    return (
        float(brentq(function, low, high, xtol=1e-3))
        if function(low) * function(high) < 0
        else None
    )


def _draw_boundaries(axes: Axes, lines: Mapping[str, Line]) -> None:
    """White beneath, so that each is seen on any ground."""
    for us, ds, colour, dashes, width in lines.values():
        axes.plot(us, ds, color="white", lw=width + 1.8)
        axes.plot(us, ds, color=colour, lw=width, ls=dashes)


#: What is marked on top of a point's fate: a claim, its outcome, style, words.
_EXTRA = (
    (
        "proposition-4.4.1.restricted",
        "stands",
        {"marker": "P", "ms": 6.5, "mfc": "k", "mec": "w", "mew": 0.6},
        "Proposition 4.4(1) stands",
    ),
    (
        "theorem-4.2.error-upper-restricted.tau-A",
        "falls",
        {"marker": "^", "ms": 8, "mfc": "none", "mec": VERMILION, "mew": 1.5},
        r"$e^{-(\tau_A+\tau_2)/C_2}$ claimed: falls",
    ),
)


def _mark(
    axes: Axes,
    seen: Seen,
    u: Array,
    d: Array,
    claim: str,
    outcome: str,
    style: Mapping[str, Any],
    words: str,
) -> Line2D | None:
    """Points with this outcome of a claim; None without any."""
    ended = seen.reshaped(
        [
            seen.verdicts.get((claim, p.number), {}).get("outcome") == outcome
            for p in seen.sweep.points
        ]
    )
    rows, columns = np.nonzero(ended)
    if not len(rows):
        return None
    return axes.plot(u[columns], d[rows], ls="", label=words, zorder=5, **style)[0]


# (iv) ---------------------------------------------------------------------------------------------


def share(seen: Seen) -> Figure:
    """Error, and what each share costs against the best of its row, over (alpha,
    ||u||^2/||s_2||^2).
    """
    figure = Figure(figsize=(11.5, 5.4), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    rho, alpha = (np.unique(seen.columns[axis]) for axis in seen.grid)
    error, unsure = (seen.plane(f"transfer_error.{what}") for what in ("mean", "error"))
    error = np.maximum(error, 1e-6)
    inside = seen.reshaped(seen.condition())
    cells = _edges(alpha, logarithmic=False), _edges(rho)
    first = left.pcolormesh(*cells, error, cmap="cividis_r", norm=LogNorm(error.min(), 0.5))
    figure.colorbar(first, ax=left, label="test error after transfer")
    cost = error - error.min(1, keepdims=True)
    second = right.pcolormesh(*cells, cost, cmap="cividis_r", vmin=0, vmax=_COST_SHOWN)
    figure.colorbar(second, ax=right, label="error less the least of its row", extend="max")
    for axes in (left, right):
        for colour, width in (("white", 4.0), ("black", 1.8)):
            axes.plot(
                *star_line(seen),
                color=colour,
                lw=width,
                label=r"$\alpha^*=\|u\|^2/\|s_2\|^2$" if colour == "black" else None,
            )
        _best(axes, rho, alpha, error, unsure)
        if not inside.all():
            edge = (alpha[inside.any(0)].max() + alpha[~inside.any(0)].min()) / 2
            axes.axvline(edge, color="white", lw=2.6)
            axes.axvline(edge, color="k", lw=1.2, ls="-.", label="edge of Condition 4.1")
        axes.set(
            xlabel=r"$\alpha$, inherited share",
            yscale="log",
            xlim=cells[0][[0, -1]],
            ylim=cells[1][[0, -1]],
        )
        _plain_ticks(axes.yaxis)
    left.set_ylabel(r"$\|u\|^2/\|s_2\|^2$")
    left.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, fontsize=9, frameon=False)
    return figure


#: What a share costs is drawn up to this.
_COST_SHOWN = 0.05


def star_line(seen: Seen) -> tuple[Array, Array]:
    """alpha* of regimes between the lowest and the highest row, from `claims.core.quantities`:
    alpha*, ||u||^2/||s_2||^2.
    """
    rho = np.geomspace(seen.columns["rho"].min(), seen.columns["rho"].max(), _FINE)
    base, star = seen.sweep.points[0].regime, quantities.catalogue()["alpha_star"]
    return np.array([star(_shared(base, float(x) ** 0.5)) for x in rho]), rho


def _best(axes: Axes, rho: Array, alpha: Array, error: Array, unsure: Array) -> None:
    """The least error measured in each row, and the shares whose error is within two standard
    errors of it.
    """
    for k, y in enumerate(rho):
        best = int(error[k].argmin())
        near = alpha[error[k] - error[k, best] <= 2 * np.hypot(unsure[k], unsure[k, best])]
        axes.plot([near.min(), near.max()], [y, y], "-", color="white", lw=2.4)
        axes.plot(
            alpha[best],
            y,
            "o",
            mfc="white",
            mec="k",
            ms=6,
            label="least error measured" if k == 0 else None,
            zorder=4,
        )
        axes.plot(
            [near.min(), near.max()],
            [y, y],
            "-",
            color="0.25",
            lw=1.0,
            label="within 2 standard errors of it" if k == 0 else None,
        )


# (v) ----------------------------------------------------------------------------------------------

_CASE_TITLES = (
    r"aligned: $Y<X+2/\alpha$",
    r"between: $Y=X+2/\alpha$ within",
    r"misaligned: $Y>X+2/\alpha$",
)


def source(seen: Seen) -> Figure:
    """Both errors over N_1, one panel a case; where the prediction turns is marked."""
    figure = Figure(figsize=(12.5, 4.8), layout="constrained")
    panels = figure.subplots(1, len(_CASE_TITLES))
    for case, axes in enumerate(panels):
        rows = seen.columns["case"] == case
        n1, x, y = (seen.columns[name][rows] for name in ("n1", "X.mean", "Y.mean"))
        regime = next(p.regime for p in seen.sweep.points if p.axes["case"] == case)
        tau_2, turn = seen.columns["tau_2.mean"][rows][0], (y[0] - 2 / regime.alpha) * n1[0] / x[0]
        _errors(axes, n1, seen, "scratch", BLUE, "s", "--", rows)
        _errors(axes, n1, seen, "transfer", VERMILION, "o", "-", rows)
        _law(axes, n1, seen.columns["law_transfer.mean"][rows].tolist())
        spoken = (seen.inside("m3.samples.aligned") | seen.inside("m3-prime.samples"))[rows]
        axes.plot(
            n1[spoken],
            seen.columns["transfer_error.mean"][rows][spoken],
            "o",
            ms=11,
            mfc="none",
            mec="k",
            mew=0.9,
            ls="",
            label="M3 or M3′ speaks here",
        )
        if n1.min() < turn < n1.max():
            axes.axvline(
                turn, color="k", lw=0.9, ls=(0, (6, 3)), label=r"$Y=X+2/\alpha$: $\tau_D$ is least"
            )
        axes.axhline(NOT_SMALL, color="k", lw=0.6)
        axes.set(xscale="log", yscale="log", xlabel="$N_1$", ylim=(_bottom(seen, rows), None))
        _plain_ticks(axes.xaxis, axes.yaxis)
        axes.set_title(f"{_CASE_TITLES[case]}\n$Y={y[0]:.3g}$, $\\tau_2={tau_2:.3g}$", fontsize=9.5)
        _bare(axes)
    panels[0].set_ylabel("test error (mean over seeds, ± 2 standard errors)")
    handles = {
        label: handle
        for axes in panels
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    panels[1].legend(
        handles.values(), handles.keys(), fontsize=8.5, frameon=False, loc="lower left"
    )
    return figure


def _plain_ticks(*axis: Any) -> None:
    """1, 2 and 5 times powers of ten, written out."""
    for one in axis:
        one.set_major_locator(LogLocator(10, subs=(1.0, 2.0, 5.0)))
        one.set_minor_locator(NullLocator())
        one.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _bare(*panels: Axes) -> None:
    for axes in panels:
        axes.spines[["top", "right"]].set_visible(False)

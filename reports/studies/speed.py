"""The engine's speed as the page shows it: what `python tests/benchmarks/ratios.py --record`
measured, kept with the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup
from matplotlib.figure import Figure
from pydantic import TypeAdapter

from claims.core.records import validated
from reports.drawing import figures as drawing
from reports.ledger.files import read_json, read_text, write_whole

#: The record that comes with the project.
FILE = Path(__file__).with_name("speed.json")


@dataclass(frozen=True)
class Timing:
    """One contestant: median time, and its ratio to the last contestant's, repeat by repeat."""

    name: str
    milliseconds: float
    over: float
    least: float
    greatest: float


@dataclass(frozen=True)
class Comparison:
    """Contestants timed in turns."""

    title: str
    unit: str
    timings: tuple[Timing, ...]

    def __post_init__(self) -> None:
        if not self.timings:
            raise ValueError(f"{self.title!r} has no timings")


@dataclass(frozen=True)
class Growth:
    """Time against one size, all else fixed."""

    size: str
    fixed: str
    values: tuple[int, ...]
    seconds: tuple[float, ...]
    exponent: float  # least squares through the logarithms
    low: float  # its 95% interval
    high: float
    predicted: str

    def __post_init__(self) -> None:
        if (
            not self.values
            or len(self.values) != len(self.seconds)
            or not min(*self.values, *self.seconds) > 0
        ):
            raise ValueError(
                f"growth with {self.size}: sizes and seconds must be as many, at least one, and"
                " positive"
            )


@dataclass(frozen=True)
class Fact:
    """A number by itself."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True)
class Speed:
    """All of one run."""

    origin: str  # versions, processor, threads, repeats
    comparisons: tuple[Comparison, ...]
    growth: tuple[Growth, ...]
    facts: tuple[Fact, ...]


_ADAPTER = TypeAdapter(Speed)


def write(speed: Speed, path: Path = FILE) -> None:
    """Keep a run's record, whole or not at all. Raises OSError."""
    write_whole(path, _ADAPTER.dump_json(speed, indent=1).decode() + "\n")


def read(path: Path = FILE) -> Speed:
    """A record. Raises OSError, and ValueError naming the field that is not as it should be."""
    return validated(_ADAPTER, read_json(read_text(path)), "record of speed")


@dataclass(frozen=True)
class Section:
    """What the page shows."""

    speed: Speed | None
    figure: Markup
    trouble: str  # why a record is not shown


def section(path: Path | None = None) -> Section:
    """From the project's record, or another."""
    try:
        speed = read(path or FILE)
    except (OSError, ValueError) as error:
        return Section(None, Markup(), str(error))
    figure = (
        drawing.inline(growth(speed), "Time against size, both relative to the least size")
        if speed.growth
        else Markup()
    )
    return Section(speed, figure, "")


def growth(speed: Speed) -> Figure:
    """Time against each size, both over those of the least: a straight line's slope is the
    exponent.
    """
    figure = Figure(figsize=(6.2, 3.9), layout="constrained")
    axes = figure.subplots()
    for one, (marker, colour) in zip(speed.growth, drawing.SERIES, strict=False):
        sizes, times = [[value / of[0] for value in of] for of in (one.values, one.seconds)]
        axes.plot(
            sizes,
            times,
            color=colour,
            marker=marker,
            lw=1.3,
            ms=5,
            label=f"{one.size}, from {one.values[0]:,}",
        )
    most = max(value / one.values[0] for one in speed.growth for value in one.values)
    axes.plot([1, most], [1, most], color=drawing.INK, lw=0.8, alpha=0.5, label="in proportion")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="size, over the least",
        ylabel="time, over that of the least size",
    )
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
    return figure

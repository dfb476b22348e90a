"""A sweep's picture shows its records: every point, interval and contour where the axes say."""

import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.contour import ContourSet
from scipy.stats import t

from reports.drawing import sweeps
from reports.drawing.figures import EndingError
from reports.drawing.sweeps import check_drawable, draw, half_width
from reports.studies.executors import in_process
from reports.studies.sweep import sweep
from reports.studies.sweep.design import SweepError
from reports.studies.sweep.spec import parse

BASE = {"n1": 10, "n2": 12, "d": 200, "m": 4, "inherited": 2, "tau_2": 1.0, "X": 1.0, "Y": 2.0}
LOG = {"from": 0.1, "to": 20, "count": 17, "scale": "log"}
PLANE = {"X": {"from": 1, "to": 3, "count": 3}, "tau_2": LOG}
LEVEL = {"metric": "tau_D", "level": 1.0}


def plan(axes, **changes):
    return parse({"groups": BASE, "axes": axes, "metrics": ["tau_D"], "seeds": 4} | changes)


def records(plan, value=lambda number: 1.0 + number, error=0.1):
    """Records as a run leaves them, of numbers that are chosen."""
    return [
        {
            "point": point.number,
            "axes": point.axes,
            "metrics": {
                name: {"mean": value(point.number), "error": error, "median": value(point.number)}
                if name == "difference"
                else {"mean": value(point.number)}
                for name in plan.metrics
            },
        }
        for point in plan.points
    ]


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """The figure itself, as it is when it is written."""
    figures = []
    write = sweeps.write_figure

    def keep(figure, *arguments):
        figures.append(figure)
        write(figure, *arguments)

    monkeypatch.setattr(sweeps, "write_figure", keep)

    def call(plan, found):
        draw(plan, found, tmp_path / "sweep.svg")
        ET.parse(tmp_path / "sweep.svg")
        return figures[-1]

    return call


def test_curve(drawn):
    """In the order of the axis, with 95% intervals by Student's t over seeds."""
    one = plan({"tau_2": [2.0, 0.5, 1.0]}, metrics=["difference", "tau_D"])
    panel, other = drawn(one, records(one)).axes
    line, _, (bars,) = panel.containers[0].lines
    assert line.get_xydata().tolist() == [[0.5, 2.0], [1.0, 3.0], [2.0, 1.0]]
    half = 0.1 * t.ppf(0.975, 3)
    assert [segment[:, 1] for segment in bars.get_segments()] == [
        pytest.approx([y - half, y + half]) for y in (2.0, 3.0, 1.0)
    ]
    assert (panel.get_xlabel(), panel.get_ylabel(), other.get_ylabel()) == (
        "tau_2",
        "difference",
        "tau_D",
    )
    assert other.containers[0].lines[0].get_xydata()[:, 1].tolist() == [2.0, 3.0, 1.0]


@pytest.mark.parametrize(("seeds", "error"), [(1, None), (4, math.nan)])
def test_no_interval(seeds, error):
    """Of one seed, or of a mean that is none."""
    gathered = {"f.mean": np.array([1.0])} | ({"f.error": np.array([error])} if error else {})
    assert half_width(gathered, "f", seeds).tolist() == [0.0]


def test_scales(drawn):
    one = plan({"tau_2": LOG})
    wide = drawn(one, records(one)).axes[0]
    assert (wide.get_xscale(), wide.get_yscale()) == ("log", "linear")
    assert drawn(one, records(one, lambda number: 10.0**number)).axes[0].get_yscale() == "log"
    assert drawn(one, records(one, lambda number: 100.0 * number)).axes[0].get_yscale() == "linear"


def mesh_of(figure):
    (mesh,) = [one for one in figure.axes[0].collections if type(one).__name__ == "QuadMesh"]
    return mesh


def test_map(drawn):
    """A cell a point, the first axis upwards; blank where a mean is none."""
    both = plan(PLANE)
    figure = drawn(both, records(both, lambda number: None if number == 20 else 100.0 + number))
    shown = mesh_of(figure).get_array().reshape(3, 17)
    expected = np.arange(100.0, 151).reshape(3, 17)
    assert np.argwhere(np.ma.getmaskarray(shown)).tolist() == [[1, 3]]
    assert np.ma.allequal(shown, np.ma.array(expected, mask=np.ma.getmaskarray(shown)))
    edges = mesh_of(figure).get_coordinates()
    assert edges[:, 0, 1].tolist() == [0.5, 1.5, 2.5, 3.5]
    assert np.diff(np.log(edges[0, :, 0])).tolist() == pytest.approx([math.log(200) / 16] * 17)
    panel = figure.axes[0]
    assert (panel.get_xlabel(), panel.get_ylabel(), panel.get_title()) == ("tau_2", "X", "tau_D")


def test_falling_axes_are_drawn_rising(drawn):
    both = plan({"X": [3.0, 1.0], "tau_2": [1.0, 2.0, 0.5]})
    shown = mesh_of(drawn(both, records(both))).get_array().reshape(2, 3)
    assert shown.tolist() == [[6.0, 4.0, 5.0], [3.0, 1.0, 2.0]]


def contours(figure, panel=0):
    return [one for one in figure.axes[panel].collections if isinstance(one, ContourSet)]


def test_contour(drawn):
    """Where the level runs, in the panel of its metric alone: here at a column's half."""
    both = plan(PLANE, metrics=["X", "tau_D"], contour={"metric": "tau_D", "level": 8.5})
    figure = drawn(both, records(both, lambda number: float(number % 17)))
    assert contours(figure) == []
    white, line = contours(figure, 1)
    xs = line.get_paths()[0].vertices[:, 0]
    values = np.array(both.design.axes[1].values)
    assert xs == pytest.approx([(values[8] + values[9]) / 2] * len(xs))
    assert (list(white.levels), list(line.levels)) == ([8.5], [8.5])
    assert contours(drawn(plan(PLANE), records(plan(PLANE)))) == []


def test_adaptive(drawn, tmp_path):
    """Its contour is the law's own: on it the metric, computed anew, is at the level."""
    axes = {"Y": {"from": 1, "to": 20, "count": 33, "scale": "log"}, "tau_2": LOG | {"count": 33}}
    both = plan(axes, design="adaptive", contour=LEVEL)
    found = sweep.run(both, tmp_path / "records.jsonl", in_process)
    figure = drawn(both, found)
    _, line = contours(figure)
    vertices = np.concatenate([path.vertices for path in line.get_paths()])
    assert np.ptp(vertices[:, 1]) == pytest.approx(19.0)
    again = [
        plan({"tau_2": [x], "Y": [y]}).points[0].regime
        for x, y in vertices[:: max(1, len(vertices) // 8)].clip([0.1, 1.0], [20.0, 20.0])
    ]
    from claims.core.quantities import catalogue

    step = 200 ** (1 / 32)
    assert [catalogue()["tau_D"](regime) for regime in again] == pytest.approx(
        [1.0] * len(again), rel=step - 1
    )
    assert f"{len(found)} of 1089 points" in figure.get_suptitle()


def test_random(drawn):
    both = plan({"X": {"from": 1, "to": 2}, "Y": {"from": 1, "to": 2}}, design="random", points=9)
    (dots,) = drawn(both, records(both)).axes[0].collections
    assert dots.get_offsets().tolist() == [[p.axes["Y"], p.axes["X"]] for p in both.points]
    assert dots.get_array().tolist() == [1.0 + number for number in range(9)]


@pytest.mark.parametrize(
    "axes", [{"X": [1.0], "Y": [1.0, 2.0]}, {"X": [1.0], "Y": [1.0]}, {"X": [1.0]}], ids=str
)
@pytest.mark.parametrize("value", [lambda _: None, lambda _: 0.0, lambda _: 1e-300], ids="n0s")
def test_little_to_draw(drawn, axes, value):
    """One point, one row, one value, or none: no warning, which is an error."""
    contour = {"contour": LEVEL} if len(axes) == 2 else {}
    one = plan(axes, **contour)
    drawn(one, records(one, value))


def test_three_axes(tmp_path):
    three = plan({"X": [1.0], "Y": [1.0], "tau_2": [1.0]})
    for refuse in (check_drawable, lambda plan: draw(plan, records(plan), tmp_path / "a.svg")):
        with pytest.raises(SweepError, match="one or two") as caught:
            refuse(three)
        assert caught.value.field == "axes"


@pytest.mark.parametrize(("ending", "begins"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_endings(ending, begins, tmp_path):
    """Same records, same file."""
    one = plan({"tau_2": [0.5, 1.0]})
    for name in ("a", "b"):
        draw(one, records(one), tmp_path / f"{name}{ending}")
    first, second = ((tmp_path / f"{name}{ending}").read_bytes() for name in ("a", "b"))
    assert first.startswith(begins)
    assert first == second
    with pytest.raises(EndingError):
        draw(one, records(one), tmp_path / "a.txt")

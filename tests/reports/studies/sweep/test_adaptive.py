"""Adaptive designs: the contour of the whole grid, at a fraction of its points."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep_examples import groups

from model.sampling import Seeds
from reports.studies.executors import in_process, processes
from reports.studies.sweep import sweep
from reports.studies.sweep.contour import wanted
from reports.studies.sweep.design import Axis, Contour, Design, SweepError
from reports.studies.sweep.metrics import measure
from reports.studies.sweep.spec import parse


def plan(count=81, metric="tau_D", level=1.0, **changes):
    """A phase boundary over two axes."""
    axes = {
        "Y": {"from": 1, "to": 20, "count": count, "scale": "log"},
        "tau_2": {"from": 0.1, "to": 20, "count": count, "scale": "log"},
    }
    contour = {"metric": metric, "level": level}
    content = {"axes": axes, "design": "adaptive", "metrics": [metric], "contour": contour}
    return parse(groups(**content | changes))


def crossed(above):
    """Cells of a grid whose corners lie on both sides."""
    rows, columns = above.shape
    return {
        (row, column)
        for row, column in itertools.product(range(rows - 1), range(columns - 1))
        if len(set(above[row : row + 2, column : column + 2].ravel().tolist())) > 1
    }


def followed(values, level=0.0, order=1, seen=()):
    """Points that an adaptive design computes of a grid of values; `seen` are known before."""
    axes = tuple(
        Axis(name, tuple(range(n)), False) for name, n in zip("ab", values.shape, strict=True)
    )
    design, finished = Design("adaptive", axes, Contour("f", level)), {}
    missing = set(seen) or wanted(design, finished, values.size)
    while missing:
        for number in sorted(missing)[::order]:
            mean = float(values.flat[number])
            finished[number] = {"metrics": {"f": {"mean": mean if np.isfinite(mean) else None}}}
            if order != 1:  # ask after each point, not after each round
                break
        missing = wanted(design, finished, values.size) - finished.keys()
    return set(finished)


def known(values, numbers):
    mask = np.zeros(values.shape, dtype=bool)
    mask.flat[sorted(numbers)] = True
    return mask


def is_whole(values, numbers, cells):
    """Whether every corner of these cells is known."""
    mask = known(values, numbers)
    return all(mask[row : row + 2, column : column + 2].all() for row, column in cells)


@pytest.mark.parametrize("level", [0.3, 1.0, 3.0])
def test_against_the_whole_grid(level):
    """Every cell of the grid that the contour crosses is computed whole, at a tenth of the points:
    the same contour, and not only within a cell.
    """
    adaptive = plan(level=level)
    means = [
        measure(point.regime, Seeds(0, 1), ["tau_D"])["tau_D"]["mean"] for point in adaptive.points
    ]
    values = np.array(means, dtype=float).reshape(adaptive.design.shape)
    numbers = followed(values, level)
    cells = crossed(values > level)
    assert len(cells) >= 81 - 1
    assert is_whole(values, numbers, cells)
    assert len(numbers) <= values.size / 10


def test_records_are_those_of_the_grid(tmp_path):
    """A point has the grid's number, and so its seeds; the file of one design serves the other."""
    adaptive = plan(21, seeds=2)
    records = sweep.run(adaptive, path := tmp_path / "records.jsonl", in_process)
    assert 81 < len(records) < 21**2
    grid = plan(21, seeds=2, design="grid")
    assert grid.points == adaptive.points
    numbers, computed = [record["point"] for record in records], []
    assert numbers == sorted(numbers)
    whole = sweep.run(grid, path, lambda f, jobs: map(f, noted(jobs, computed)))
    assert [record for record in whole if record["point"] in numbers] == records
    assert sorted(computed + numbers) == list(range(21**2))
    assert sweep.run(adaptive, path, in_process) == whole  # nothing that is known is left out


def noted(jobs, computed):
    for job in jobs:
        computed.extend(point.number for point in job.points)
        yield job


def test_any_executor_and_any_interruption(tmp_path):
    """The same records from a process of its own, and from a run that was stopped twice."""
    adaptive = plan(17)
    whole = sweep.run(adaptive, tmp_path / "whole.jsonl", in_process)
    assert sweep.run(adaptive, tmp_path / "one.jsonl", processes(1)) == whole

    def stopping(function, jobs):
        for number, job in enumerate(jobs):
            if number == 10:
                raise KeyboardInterrupt
            yield function(job)

    stopped, path = 0, tmp_path / "stopped.jsonl"
    while True:
        try:
            found = sweep.run(adaptive, path, stopping)
            break
        except KeyboardInterrupt:
            stopped += 1
    assert stopped >= 2
    assert found == whole
    assert len(path.read_text().splitlines()) == 1 + len(whole)


def test_progress_grows(tmp_path):
    """What a round asks for is told as it is known."""
    seen = []
    sweep.run(plan(41), tmp_path / "r.jsonl", in_process, lambda *counts: seen.append(counts))
    totals = [of for _, of in seen]
    assert totals == sorted(totals)
    assert (totals[0], seen[-1][0]) == (81, totals[-1])
    assert totals[-1] > 81


ROWS, COLUMNS = np.mgrid[:65, :65] / 64
SHAPES = {
    "a circle": np.hypot(ROWS - 0.5, COLUMNS - 0.5) - 0.3,
    "a circle that leaves the grid": np.hypot(ROWS - 0.2, COLUMNS - 0.1) - 0.4,
    "two branches": (ROWS - 0.5) * (COLUMNS - 0.5) - 0.02,
    "a finger that coarse points see once": np.abs(ROWS - 0.5) - 0.01 - 0.2 * (COLUMNS > 0.9),
    "a step": np.where(ROWS > 0.31, 1.0, -1.0),
}


@pytest.mark.parametrize("values", SHAPES.values(), ids=SHAPES)
def test_shapes(values):
    """Wherever it is met, a contour is followed to its end."""
    numbers = followed(values)
    assert is_whole(values, numbers, crossed(values > 0))
    assert len(numbers) < values.size / 3


def test_what_is_smaller_than_a_coarse_cell_is_not_met():
    """As the program says of itself; a point inside, once known, is enough."""
    values = np.hypot(ROWS - 0.56, COLUMNS - 0.56) - 0.04
    inside = int(np.argmin(values))
    assert len(followed(values)) == 81
    numbers = followed(values, seen=[inside])
    assert is_whole(values, numbers, crossed(values > 0))


def test_where_nothing_can_be_computed():
    """None lies on neither side, and stops nothing elsewhere."""
    values = SHAPES["a circle"].copy()
    values[:, :20] = np.nan
    numbers = followed(values)
    assert is_whole(
        values[:, 20:], np.flatnonzero(known(values, numbers)[:, 20:]), crossed(values[:, 20:] > 0)
    )
    assert known(values, numbers)[:, :20].sum() < 65 * 20 / 3
    assert len(followed(np.full((65, 65), np.nan))) == 81


@given(st.integers(2, 24), st.integers(2, 24), st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_order_does_not_matter(rows, columns, seed):
    """Of any sizes and any values: what is computed depends on them alone."""
    noise = np.random.default_rng(seed).normal(size=(rows, columns))
    values = np.cumsum(np.cumsum(noise, 0), 1)
    numbers = followed(values)
    assert followed(values, order=-1) == numbers
    assert {0, columns - 1, values.size - columns, values.size - 1} <= numbers
    seen_cells = crossed(values > 0)
    mask = known(values, numbers)
    met = {
        cell
        for cell in seen_cells
        if len(set((values > 0)[corners(cell)][mask[corners(cell)]].tolist())) > 1
    }
    assert is_whole(values, numbers, met)


def corners(cell):
    return np.s_[cell[0] : cell[0] + 2, cell[1] : cell[1] + 2]


LEVEL = {"metric": "tau_D", "level": 1.0}
TWO = {"tau_2": [0.5, 1.0], "X": [1.0, 2.0]}
REFUSED = {
    "no contour": ({"contour": None}, "contour", "a table with metric and level"),
    "a word": ({"contour": "tau_D"}, "contour", "a table"),
    "no level": ({"contour": {"metric": "tau_D"}}, "contour", "metric and level"),
    "more": ({"contour": LEVEL | {"width": 1}}, "contour", "metric and level"),
    "not measured": ({"contour": LEVEL | {"metric": "X"}}, "contour.metric", "be measured: tau_D"),
    "a list": ({"contour": LEVEL | {"metric": ["X"]}}, "contour.metric", "be measured"),
    "a word for a level": ({"contour": LEVEL | {"level": "1"}}, "contour.level", "finite number"),
    "NaN": ({"contour": LEVEL | {"level": float("nan")}}, "contour.level", "finite number"),
    "one axis": ({"axes": {"X": [1.0, 2.0]}}, "axes", "must be two"),
    "three axes": ({"axes": TWO | {"Y": [1.0, 2.0]}}, "axes", "must be two"),
    "a single value": ({"axes": TWO | {"X": [1.0]}}, "axes.X", "rising or falling"),
    "out of order": ({"axes": TWO | {"X": [1.0, 3.0, 2.0]}}, "axes.X", "rising or falling"),
    "twice": ({"axes": TWO | {"X": [1.0, 1.0]}}, "axes.X", "rising or falling"),
    "points": ({"points": 5}, "points", "random design"),
    "at random": (
        {"design": "random", "axes": {"X": {"from": 1, "to": 2}}},
        "contour",
        "a grid or an adaptive",
    ),
}


@pytest.mark.parametrize(("changes", "field", "rule"), REFUSED.values(), ids=REFUSED)
def test_refused(changes, field, rule):
    content = {"axes": TWO, "design": "adaptive", "metrics": ["tau_D"], "contour": LEVEL} | changes
    content = {name: value for name, value in content.items() if value is not None}
    with pytest.raises(SweepError) as caught:
        parse(groups(**content))
    assert (caught.value.field, rule in caught.value.rule) == (field, True), str(caught.value)


def test_falling_and_listed_axes():
    axes = {"tau_2": [2.0, 1.0, 0.5], "inherited": [0, 1, 4]}
    found = plan(axes=axes)
    assert found.design.shape == (3, 3)
    assert [axis.values for axis in found.design.axes] == [(2.0, 1.0, 0.5), (0, 1, 4)]
    assert [point.axes for point in found.points][1] == {"tau_2": 2.0, "inherited": 1}


def test_a_grid_may_have_a_contour():
    """Which its plot shows; every point is computed all the same."""
    grid = plan(5, design="grid")
    assert grid.design.contour == Contour("tau_D", 1.0)
    assert wanted(grid.design, {}, 25) == set(range(25))

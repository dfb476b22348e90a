"""What a verdict rests on, drawn."""

import math
from dataclasses import replace

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from pages import (
    errors_of,
    verdict,
)

from claims.core.catalogue import catalogue
from reports.drawing import claim_figures, figures


def test_errors_are_drawn():
    claim, decided = catalogue()["theorem-4.3.error-upper"], errors_of()
    drawn = claim_figures.errors(claim, decided, decided.constants)
    assert drawn is not None
    names = {text.get_text() for legend in drawn.legends for text in legend.get_texts()}
    assert names == {
        "scratch",
        "scratch, below 10⁻¹²",
        "claimed: scratch at most this",
        "margin below 0",
    }
    (axes,) = drawn.axes
    (bound,) = axes.get_lines()
    assert bound.get_linestyle() == "--"
    xs, ys = bound.get_data()
    assert (min(xs), max(xs)) == pytest.approx((3.0, 90.0))
    assert ys == pytest.approx([math.exp(-x / 9.0) for x in xs])
    points = [
        tuple(map(float, point)) for shown in axes.collections for point in shown.get_offsets()
    ]
    assert points == [
        (3.0, 0.1),
        (10.0, 0.05),
        (90.0, figures.FLOOR),
        (10.0, 0.05),
    ]  # the last, a ring around what fails


@pytest.mark.parametrize("last", [90.0, 191.0, 200.0, 9.9e5])
def test_no_label_is_cut(last):
    """Ticks at the very end of an axis stand within the figure."""
    claim, decided = catalogue()["theorem-4.3.error-upper"], errors_of()
    points = [point | {"across": last if k == 2 else 2.0} for k, point in enumerate(decided.points)]
    drawn = claim_figures.errors(claim, replace(decided, points=points), decided.constants)
    FigureCanvasAgg(drawn).draw()
    (axes,) = drawn.axes
    shown = [
        label.get_window_extent()
        for axis in (axes.xaxis, axes.yaxis)
        for label, at in zip(axis.get_ticklabels(), axis.get_ticklocs(), strict=True)
        if axis.get_view_interval()[0] <= at <= axis.get_view_interval()[1]
    ]
    assert len(shown) > 3
    assert all(drawn.bbox.x0 <= box.x0 and box.x1 <= drawn.bbox.x1 for box in shown)
    assert all(drawn.bbox.y0 <= box.y0 and box.y1 <= drawn.bbox.y1 for box in shown)


def test_lower_bounds_are_solid():
    drawn = claim_figures.errors(
        catalogue()["theorem-4.3.error-lower"],
        errors_of("theorem-4.3.error-lower"),
        {"theorem-4.3.C_3": 0.5},
    )
    assert [line.get_linestyle() for line in drawn.axes[0].get_lines()] == ["-"]


@pytest.mark.parametrize("name", ["e1.step", "theorem-4.3.error-upper"])
def test_nothing_to_draw(name):
    assert claim_figures.errors(catalogue()[name], verdict(name), {}) is None

"""Margins of regimes, as a strip of dots."""

from __future__ import annotations

from markupsafe import Markup

_WIDTH, _RADIUS, _HIGH = 230, 2.6, 34.0

_STRIP = Markup(
    '<svg class="margins" viewBox="0 0 {w} 66" width="{w}" height="66" role="img"'
    ' aria-label="{label}">{body}</svg>'
)

_AXIS = Markup(
    '<path class="axis" d="M6 49H{right}"/><path class="zero" d="M{x:.1f} 12V53"/><text x="{x:.1f}"'
    ' y="9">0</text>'
)


def strip(points: list[dict[str, float | None]]) -> Markup | None:
    """A strip with one dot for each regime's margin, stacked where they fall together, and 0
    marked; None with fewer than two.
    """
    values = sorted(value for point in points if (value := point.get("margin")) is not None)
    if len(values) < 2:
        return None
    low, high = min(values[0], 0.0), max(values[-1], 0.0)
    span = (high / 2 - low / 2) or 1.0  # halves, as the whole may be no float

    places = [14 + (_WIDTH - 28) * (value / 2 - low / 2) / span for value in (0.0, *values)]
    ends = [(places[1], values[0]), (places[-1], values[-1])]
    if ends[1][0] - ends[0][0] < 60:  # one word has space
        ends = ends[:1]
    body = [
        _AXIS.format(right=_WIDTH - 6, x=places[0]),
        *map(_dot, _stacked(places[1:]), values),
        *(_word(x, value) for x, value in ends),
    ]
    unbounded = len(points) - len(values)
    label = (
        f"Margins of {len(values)} regimes, from {values[0]:.3g} to {values[-1]:.3g}; below 0 the"
        " statement fails"
    )
    return _STRIP.format(
        w=_WIDTH,
        label=label + (f"; {unbounded} more without bound" if unbounded else ""),
        body=Markup("").join(body),
    )


def _dot(place: tuple[float, float], value: float) -> Markup:
    kind = "fails" if value < 0 else "holds"
    return Markup('<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{r}"/>').format(
        kind=kind, x=place[0], y=place[1], r=_RADIUS
    )


def _word(x: float, value: float) -> Markup:
    """A number under the axis, kept within the strip."""
    text = f"{value + 0.0:.3g}".replace("-", "−")
    reach = 3.2 * len(text) + 1
    return Markup('<text x="{x:.1f}" y="63">{text}</text>').format(
        x=min(max(x, reach), _WIDTH - reach), text=text
    )


def _stacked(xs: list[float]) -> list[tuple[float, float]]:
    """Dots side by side where there is space, on top of each other where there is none."""
    columns: dict[int, int] = {}
    heights = []
    for x in xs:
        column = round(x / (2 * _RADIUS))
        heights.append(columns.get(column, 0))
        columns[column] = heights[-1] + 1
    rise = min(2 * _RADIUS, _HIGH / max(1, max(columns.values(), default=1)))
    return [(x, 45 - height * rise) for x, height in zip(xs, heights, strict=True)]

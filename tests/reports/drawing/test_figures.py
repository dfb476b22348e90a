"""Figures take on the page's colours and fonts."""

import re

import pytest
from matplotlib.figure import Figure
from pages import (
    Parsed,
    dangling,
)

from reports.drawing import figures


def simple():
    figure = Figure(figsize=(3, 2))
    axes = figure.add_subplot()
    axes.plot([1, 2], [1, 2], "k-o", label="a < b & c")
    axes.scatter([1], [2], color=figures.INK)
    axes.set(title="<script>", xscale="log")
    axes.legend()
    return figure


def test_figures_take_the_page_s_colours():
    text = figures.inline(simple(), 'label "x" <y>')
    assert not re.search(r"#000000|#010203|#ffffff(?!\))", text)
    assert "currentColor" in text
    assert "var(--paper" in text
    assert "<style" not in text
    assert "xmlns" not in text
    parsed = Parsed(text)
    assert not parsed.misplaced
    assert parsed.tags[0][1]["aria-label"] == 'label "x" <y>'
    assert parsed.tags[0][1]["role"] == "img"
    assert "script" not in [tag for tag, _ in parsed.tags]
    assert dangling(parsed) == []


def test_words_in_figures_are_text():
    assert "a &lt; b &amp; c</text>" in figures.inline(simple(), "x")


def test_figures_do_not_share_ids():
    one, other = (set(Parsed(figures.inline(simple(), label)).ids) for label in ("one", "other"))
    assert one
    assert not one & other
    assert figures.inline(simple(), "one") == figures.inline(simple(), "one")


@pytest.mark.parametrize(
    ("value", "shown"), [(1e-12, "10⁻¹²"), (0.1, "10⁻¹"), (1.0, "1"), (10.0, "10"), (1e3, "10³")]
)
def test_power_of_ten(value, shown):
    assert figures.power_of_ten(value) == shown

"""Whatever a value is, a message shows it in a line that steers no terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.printing import one_line, shown, steers

deep = []
for _ in range(10**5):
    deep = [deep]


@pytest.mark.parametrize(
    "value",
    [10**5000, -(10**5000), deep, {"a": deep}, "x" * 10**6, "\x1b[2J", "\u202e", "\ud800"],
    ids=["digits", "negative", "deep", "a deep table", "long", "escape", "backwards", "half"],
)
def test_anything_is_shown(value):
    text = shown(value)
    assert len(text) < 500
    assert not steers(text)


def test_what_is_short_is_shown_whole():
    assert shown({"a": [1, "b"]}) == "{'a': [1, 'b']}"


@given(st.text())
def test_one_line(text):
    line = one_line(text)
    assert not steers(line)
    assert len(line.splitlines()) <= 1
    line.encode("utf-8")


@pytest.mark.parametrize("text", ["τ_D ≥ ½ — ‖u‖²", "two\nlines\tand a tab", ""])
def test_plain_text_steers_nothing(text):
    assert not steers(text)

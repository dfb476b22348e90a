"""The record of the engine's speed, and what the page shows of it."""

from dataclasses import replace

import pytest

from reports import page, speed
from reports.ledger import Ledger
from reports.speed import Comparison, Fact, Growth, Speed, Timing

ONE = Speed(
    "by hand",
    (Comparison("two <engines>", "ms", (Timing("slow", 2.0, 4.0, 3.9, 4.1), Timing("fast", 0.5, 1.0, 1.0, 1.0))),),
    (Growth("N", "m = 20", (10, 100, 1000), (1.0, 100.0, 10000.0), 2.0, 1.9, 2.1, "2"),),
    (Fact("memory", 600.0, "MiB"),),
)


def test_record_is_read_as_it_was_written(tmp_path):
    speed.write(ONE, tmp_path / "speed.json")
    assert speed.read(tmp_path / "speed.json") == ONE


@pytest.mark.parametrize(
    ("text", "named"),
    [("", "line 1"), ("[" * 100_000, "nested too deep"), ("[]", "record of speed"), ('{"origin": 3, "comparisons": [], "growth": [], "facts": []}', "origin")],
    ids=["empty", "deep", "no record", "no text"],
)
def test_a_damaged_record_is_told_and_not_shown(tmp_path, text, named):
    (tmp_path / "speed.json").write_text(text)
    found = speed.section(tmp_path / "speed.json")
    assert found.speed is None
    assert named in found.trouble


def test_a_slope_is_drawn_as_measured():
    """Times are drawn over the first: the line of a square law ends at (100, 10^4); control: another law's does not."""
    (line, *_) = speed.growth(ONE).axes[0].lines
    assert list(line.get_xdata()) == [1, 10, 100]
    assert list(line.get_ydata()) == [1, 100, 10000]
    other = replace(ONE, growth=(replace(ONE.growth[0], seconds=(1.0, 10.0, 100.0)),))
    assert list(speed.growth(other).axes[0].lines[0].get_ydata()) != [1, 100, 10000]


def test_the_page_shows_every_number_of_the_record(tmp_path, monkeypatch):
    monkeypatch.setattr(speed, "FILE", tmp_path / "speed.json")
    speed.write(ONE, tmp_path / "speed.json")
    text = page.render(Ledger({}), tmp_path)
    section = text[text.index('id="speed"') :]
    for part in ("two &lt;engines&gt;", "<td>3.9 to 4.1</td>", "2 (1.9 to 2.1)", "<strong>600</strong> MiB", "by hand"):
        assert part in section


def test_the_record_that_comes_with_the_project():
    """The engine, against autograd and against the product of a step: what the project says of its speed."""
    found = speed.read()
    assert {one.size for one in found.growth} == {"N", "m", "T", "seeds"}
    assert any(row.name == "autograd" for one in found.comparisons for row in one.timings)
    assert any(row.name == "torch.bmm" for one in found.comparisons for row in one.timings)

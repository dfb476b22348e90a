"""The record of the engine's speed, and what the page shows of it."""

import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from reports.ledger.ledger import Ledger
from reports.page import document as page
from reports.studies import speed
from reports.studies.speed import Comparison, Fact, Growth, Speed, Timing

ONE = Speed(
    "by hand",
    (
        Comparison(
            "two <engines>",
            "ms",
            (Timing("slow", 2.0, 4.0, 3.9, 4.1), Timing("fast", 0.5, 1.0, 1.0, 1.0)),
        ),
    ),
    (Growth("N", "m = 20", (10, 100, 1000), (1.0, 100.0, 10000.0), 2.0, 1.9, 2.1, "2"),),
    (Fact("memory", 600.0, "MiB"),),
)


def test_record_is_read_as_it_was_written(tmp_path):
    speed.write(ONE, tmp_path / "speed.json")
    assert speed.read(tmp_path / "speed.json") == ONE


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "line 1"),
        ("[" * 100_000, "nested too deep"),
        ("[]", "record of speed"),
        ('{"origin": 3, "comparisons": [], "growth": [], "facts": []}', "origin"),
    ],
    ids=["empty", "deep", "no record", "no text"],
)
def test_a_damaged_record_is_told_and_not_shown(tmp_path, text, named):
    (tmp_path / "speed.json").write_text(text)
    found = speed.section(tmp_path / "speed.json")
    assert found.speed is None
    assert named in found.trouble


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("growth", {"values": [], "seconds": []}),
        ("growth", {"values": [10, 100]}),
        ("growth", {"seconds": [1.0, 0.0, 2.0]}),
        ("comparisons", {"timings": []}),
    ],
    ids=["no sizes", "fewer sizes", "no time", "no timings"],
)
def test_a_record_that_lacks_something_is_told_and_not_shown(tmp_path, monkeypatch, field, change):
    values = json.loads(json.dumps(asdict(ONE)))
    values[field][0] |= change
    (tmp_path / "speed.json").write_text(json.dumps(values))
    monkeypatch.setattr(speed, "FILE", tmp_path / "speed.json")
    section = (text := page.render(Ledger({}), tmp_path))[text.index('id="speed"') :]
    assert f"Not shown: {field}.0" in section


def test_a_record_without_growth_is_shown_without_a_figure(tmp_path):
    speed.write(replace(ONE, growth=()), tmp_path / "speed.json")
    assert not speed.section(tmp_path / "speed.json").figure


def test_a_slope_is_drawn_as_measured():
    """Times are drawn over the first: the line of a square law ends at (100, 10^4); control:
    another law's does not.
    """
    line, *_ = speed.growth(ONE).axes[0].lines
    assert list(line.get_xdata()) == [1, 10, 100]
    assert list(line.get_ydata()) == [1, 100, 10000]
    other = replace(ONE, growth=(replace(ONE.growth[0], seconds=(1.0, 10.0, 100.0)),))
    assert list(speed.growth(other).axes[0].lines[0].get_ydata()) != [1, 100, 10000]


def test_the_page_shows_every_number_of_the_record(tmp_path, monkeypatch):
    monkeypatch.setattr(speed, "FILE", tmp_path / "speed.json")
    speed.write(ONE, tmp_path / "speed.json")
    text = page.render(Ledger({}), tmp_path)
    section = text[text.index('id="speed"') :]
    row = "<td>2</td><td>4</td><td>3.9 to 4.1</td>"  # milliseconds, ratio, least to greatest
    for part in (
        "two &lt;engines&gt;",
        row,
        "<td>0.5</td><td>1</td>",
        "10 to 1,000",
        "m = 20",
        "2 (1.9 to 2.1)",
        "<strong>600</strong> MiB",
        "by hand",
    ):
        assert part in section


def ratio(title, name):
    """Of the kept record: a contestant's time over the last's."""
    (one,) = (one for one in speed.read().comparisons if title in one.title)
    return next(row.over for row in one.timings if row.name == name)


def test_readme_says_what_the_record_says():
    """Numbers of the engines' README, from the record that comes with the project."""
    page = Path(__file__).parents[3] / "model" / "README.md"
    words = " ".join(page.read_text(encoding="utf-8").split())
    many, one = "64 networks at once", "1 network"
    assert (
        f"about {round(ratio(many, 'autograd'), -1):.0f} times faster than an autograd loop"
        in words
    )
    assert f"and {round(ratio(many, 'closed form')):.0f} times faster than the closed-form" in words
    assert (
        f"(one network: {round(ratio(one, 'autograd'), -1):.0f} and"
        f" {round(ratio(one, 'closed form')):.0f})" in words
    )
    settled, changing = (
        ratio("n = 100; 16", name) for name in ("tangent kernel", "tangent kernel, h = 0.05")
    )
    low, high = re.search(
        r"It takes ([\d.]+) to ([\d.]+) of the time of the matrix product", words
    ).groups()
    assert (settled, changing) == (
        pytest.approx(float(low), abs=0.05),
        pytest.approx(float(high), abs=0.05),
    )

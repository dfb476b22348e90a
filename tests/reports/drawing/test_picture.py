"""The picture shows what was measured: every regime once in every panel, and the same ones for the
same entropy.
"""

import xml.etree.ElementTree as ET

import pytest

from claims.core.criteria import READINGS
from claims.core.domains import EVERYWHERE
from claims.observing.errors import both_ways
from model.sampling import Seeds
from reports.drawing import picture
from reports.drawing.picture import MeasuredRegime, draw, measure


@pytest.fixture(scope="module")
def points():
    return measure(4, entropy=7)


def test_measured(points):
    """Inside the domain, an error of a network that was trained, and repeatable."""
    done = []
    assert measure(4, entropy=7, tick=done.append) == points
    assert done == [1, 2, 3, 4]
    assert [EVERYWHERE.violations(point.regime, {}) for point in points] == [[]] * 4
    assert all(0 < point.error <= 0.6 for point in points)
    assert set(measure(4, entropy=8)) & set(points) == {
        points[0]
    }  # every search begins with the simplest case


def test_error_is_the_median_over_seeds(monkeypatch):
    observed = []
    monkeypatch.setattr(
        picture,
        "both_ways",
        lambda regime, seeds: observed.append(both_ways(regime, seeds)) or observed[-1],
    )
    (point,) = measure(1, entropy=7)
    assert point.error == observed[0].transfer.error.value.median().item()
    assert len(observed[0].transfer.error.value) == Seeds(0, picture.SEEDS).count


def test_drawn(points, tmp_path):
    draw(points, "a caption", path := tmp_path / "new" / "picture.svg")
    page = ET.parse(path).getroot()
    text = path.read_text()
    assert page.tag.endswith("svg")
    # Per panel one collection of points; each point is one reference to the marker.
    collections = [node for node in page.iter() if node.get("id", "").startswith("PathCollection")]
    assert [sum(child.tag.endswith("use") for child in node.iter()) for node in collections] == [
        len(points)
    ] * len(READINGS)
    assert "a caption" in text
    assert "http://" not in text.replace("http://www.w3.org", "").replace(
        "http://purl.org", ""
    ).replace("http://creativecommons.org", "")


def test_same_points_same_picture(points, tmp_path):
    for name in ("a.svg", "b.svg"):
        draw(points, "a caption", tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_an_error_of_zero_is_still_drawn(points, tmp_path):
    draw([*points, MeasuredRegime(points[0].regime, 0.0)], "a caption", tmp_path / "picture.svg")
    assert "nan" not in (tmp_path / "picture.svg").read_text()


def test_unwritable(points, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        draw(points, "a caption", tmp_path / "file" / "picture.svg")


@pytest.mark.parametrize(
    ("ending", "begins"),
    [(".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF"), (".PNG", b"\x89PNG")],
)
def test_ending(points, tmp_path, ending, begins):
    """The format is the one that the name asks for; the same points, the same file."""
    for name in ("a", "b"):
        draw(points, "a caption", tmp_path / f"{name}{ending}")
    assert (tmp_path / f"a{ending}").read_bytes().startswith(begins)
    assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


@pytest.mark.parametrize("name", ["picture.docx", "picture"])
def test_an_ending_that_says_no_format(run, tmp_path, name):
    """Before anything is trained."""
    code, out, err = run("picture", name)
    assert (code, out, ".svg, .png, .pdf" in err) == (2, "", True)
    assert list(tmp_path.iterdir()) == []

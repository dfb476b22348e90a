"""Pictures of experiments as a reader sees them."""

import io
import re
from urllib.parse import unquote

import pytest
from browsing import (
    DRAWN,
    EXPERIMENTS,
    SCHEMES,
    ledger,
    near_the_top,
    wait_until,
)
from matplotlib import image

from reports.drawing.svg import check
from reports.page import document
from reports.studies.experiments.files import stored_experiments


def test_pictures_are_shown(visit, url):
    """All but the hostile one, as large as they say, with a scale that a telephone scrolls."""
    with visit(url, width=400) as page:
        sizes = page.evaluate(
            "[...document.images].map((image) => [image.complete, image.naturalWidth > 0,"
            " image.width, image.width / image.height])"
        )
        assert [(complete, natural) for complete, natural, *_ in sizes] == [(True, True)] * 2
        assert all(width == pytest.approx(576 * 1.1, abs=2) for *_, width, _ in sizes)
        assert all(1.8 < ratio < 3 for *_, ratio in sizes)


def test_link_to_an_experiment(visit, url):
    with visit(f"{url}#experiment-{EXPERIMENTS[2]}") as page:
        assert near_the_top(page, f"experiment-{EXPERIMENTS[2]}")
        page.evaluate(f"location.hash = '{DRAWN}'")
        wait_until(page, f"document.activeElement.id === '{DRAWN}'")
        page.click(f"[id='{DRAWN}'] a[href='#experiment-{EXPERIMENTS[0]}']")
        assert near_the_top(page, f"experiment-{EXPERIMENTS[0]}")


def test_hostile_picture(visit, url, folder, tmp_path, monkeypatch):
    """It is not shown; and if it were, nothing in it would run, nor be fetched."""
    file = folder / "experiments" / f"{EXPERIMENTS[1]}-quick.svg"
    with visit(file.as_uri()) as page:  # it would be seen
        wait_until(page, "document.documentElement.getAttribute('class') === 'run'")
        assert any("example.org" in address for address in page.asked)
    monkeypatch.setattr(check, "refuse", lambda root: None)
    path = document.build(ledger(), tmp_path, folder / "experiments")
    assert "setAttribute" in path.read_text(encoding="utf-8")
    with visit(path.as_uri()) as page:
        wait_until(page, "[...document.images].every((image) => image.complete)")
        assert page.evaluate("document.images.length") == 3
        assert page.evaluate("window.run === undefined && document.querySelector('.run') === null")
        assert [address for address in page.asked if not address.startswith("data:")] == [
            path.as_uri()
        ]
        assert page.said == []


def shot(page):
    """The first picture as it is on the screen: rows, columns, red-green-blue."""
    wait_until(page, "[...document.images].every((image) => image.complete)")
    return (
        image.imread(io.BytesIO(page.locator("#experiments img").first.screenshot()))[:, :, :3]
        * 255
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pictures_take_the_page_s_ground(visit, url, scheme):
    """Their white is the page's paper, their black is nearly its ink, and hues stay; by the button
    as well.
    """
    with visit(url, scheme=scheme) as page:
        for _ in range(2):
            ground = [
                int(part)
                for part in re.findall(
                    r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor")
                )
            ]
            seen = shot(page)
            assert abs(seen[2, 2] - ground).max() <= 1
            assert seen.mean(2).max() > 215
            assert seen.mean(2).min() < 30
            blue = seen[:, :, 2] - seen[:, :, 0]
            assert blue.max() > 100  # the curve's
            page.locator("#theme").click()


def test_pictures_on_paper(visit, url):
    with visit(url, scheme="dark") as page:
        page.emulate_media(media="print")
        assert shot(page)[2, 2].min() > 250
        page.set_viewport_size({"width": 794, "height": 1123})  # A4
        box = page.locator("#experiments img").first.bounding_box()
        assert box["x"] + box["width"] <= 794


def test_pictures_are_those_of_the_files(visit, tmp_path, leave):
    """What is dropped from them is not seen: the file's own picture, cut as it is cut, and without
    its title and caption, looks the same.
    """
    leave(tmp_path, "plane")
    (one,) = stored_experiments(tmp_path)
    (cut,) = re.findall("viewBox='([^']*)'", unquote(one.picture.source))
    whole = re.sub(
        'width="[^"]*" height="[^"]*" viewBox="[^"]*"',
        f'viewBox="{cut}"',
        (tmp_path / "plane-quick.svg").read_text(encoding="utf-8"),
        count=1,
    )
    whole = re.sub('<g id="(title|caption)"', r'\g<0> style="display: none"', whole)
    whole = re.sub(
        '<g id="QuadMesh_.*?"', r'\g<0> shape-rendering="crispEdges"', whole
    )  # the one thing that is drawn otherwise

    def rendered(source):
        (tmp_path / "x.html").write_text(
            f'<body style="margin:0"><div id="experiments"><img width="1152" src="{source}"></div>',
            encoding="utf-8",
        )
        with visit((tmp_path / "x.html").as_uri()) as page:
            return shot(page)

    def differing(text):
        (tmp_path / "whole.svg").write_text(text, encoding="utf-8")
        return float(
            (abs(rendered("whole.svg") - rendered(one.picture.source)).max(2) > 32).mean()
        )  # a share of all pixels

    without_a_number = whole.replace(
        '<g id="text_1">', '<g id="text_1" style="display: none">'
    )  # on an axis
    assert differing(whole) < 0.0003 < differing(without_a_number)

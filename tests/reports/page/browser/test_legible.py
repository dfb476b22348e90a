"""Narrow and wide, light and dark. Every check is shown an error that it must see."""

import pytest
from browsing import DRAWN, FAINT, OVERFLOWING, SCHEMES, SMALLEST, WIDTHS


@pytest.mark.parametrize("width", WIDTHS)
def test_fits_and_is_large_enough(visit, url, width):
    with visit(url, width) as page:
        assert page.evaluate(OVERFLOWING) == []
        least, prose = page.evaluate(SMALLEST)
        assert least >= 9
        assert prose >= 12
        assert float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")) >= 16
        page.evaluate(
            """document.querySelector("main").insertAdjacentHTML("afterbegin",
            '<p style="width:1500px;max-width:none;font-size:6px">wide</p>')"""
        )
        assert any(line.startswith("P.") for line in page.evaluate(OVERFLOWING))
        assert page.evaluate(SMALLEST) == [6, 6]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_contrast(visit, url, scheme):
    with visit(url, scheme=scheme) as page:
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme
        assert page.evaluate(FAINT) == []
        page.evaluate(
            """document.querySelector("main").insertAdjacentHTML("afterbegin",
            '<p style="color:#888;background:#777">faint</p>')"""
        )
        assert [line.split()[0] for line in page.evaluate(FAINT)] == ["faint"]


def test_theme(visit, url):
    """The button turns the system's choice over, and says what it will do."""
    ground = "getComputedStyle(document.body).backgroundColor"
    drawn = f"getComputedStyle(document.querySelector('[id=\"{DRAWN}\"] .plot text')).fill"
    with visit(url, scheme="dark") as page:
        dark, figure = page.evaluate(ground), page.evaluate(drawn)
        button = page.locator("#theme")
        assert button.get_attribute("aria-label") == "Use the light theme"
        button.click()
        light = page.evaluate(ground)
        assert light != dark
        assert page.evaluate(drawn) != figure
        assert button.get_attribute("aria-label") == "Use the dark theme"
        page.reload()
        assert page.evaluate(ground) == light
        page.locator("#theme").click()
        assert page.evaluate(ground) == dark

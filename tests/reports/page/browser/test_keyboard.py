"""By keyboard, and on paper."""

import pytest
from browsing import DRAWN, FALSIFIED, near_the_top, wait_until

from claims.core.catalogue import catalogue


def focused(page):
    return page.evaluate("""() => {
          const at = document.activeElement;
          const box = at.getBoundingClientRect(), style = getComputedStyle(at);
          return {id: at.id, name: at.getAttribute("name"), tag: at.tagName,
                  seen: box.bottom > 0 && box.top < innerHeight,
                  ring: style.outlineStyle !== "none",
                  article: at.closest("article")?.id};
        }""")


def tab_until(page, reached, most=60):
    for _ in range(most):
        page.keyboard.press("Tab")
        at = focused(page)
        if reached(at):
            return at
        assert at["tag"] == "BODY" or at["ring"], at  # never focus without a sign of it
    raise AssertionError(f"not reached in {most} steps; at {at}")


def test_keyboard(visit, url):
    with visit(url) as page:
        page.keyboard.press("Tab")
        at = focused(page)
        assert at["seen"]
        assert at["ring"]
        assert page.locator(".skip").evaluate("(link) => link === document.activeElement")
        page.keyboard.press("Enter")
        tab_until(page, lambda at: at["name"] == "verdict")
        page.keyboard.type("fals")  # a select takes what is typed
        tab_until(page, lambda at: at["article"] == FALSIFIED)
        at = tab_until(page, lambda at: at["tag"] == "SUMMARY")
        assert at["seen"]
        assert at["ring"]
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.parentElement.open")
        with pytest.raises(AssertionError, match="not reached"):
            tab_until(page, lambda at: at["id"] == "nowhere", most=3)


def test_graph_by_keyboard(visit, url):
    """Its nodes are links that take focus, show what they rest on, and lead to their claims."""
    with visit(url) as page:
        page.evaluate(f"document.querySelector('#graph-of-claims [data-id=\"{DRAWN}\"]').focus()")
        lit = page.evaluate(
            "[...document.querySelectorAll('.edge.lit')].map((edge) => [edge.dataset.used,"
            " edge.dataset.by])"
        )
        edges = [(used, c.id) for c in catalogue().values() for used in c.uses]
        assert sorted(map(tuple, lit)) == sorted(edge for edge in edges if DRAWN in edge)
        page.keyboard.press("Enter")
        wait_until(page, f"document.activeElement.id === '{DRAWN}'")
        assert near_the_top(page, DRAWN)


def test_print(visit, url):
    """No controls, every fold open, dark grounds left out."""
    with visit(url, scheme="dark") as page:
        inside = page.locator(f"[id='{DRAWN}'] .body > details > dl")
        assert not inside.is_visible()
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 27, 25)"
        assert not any(
            page.locator(f"{hidden}:visible").count()
            for hidden in ("#filters", "#theme", ".skip", ".contents")
        )
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("details:not([open])").count() == 0
        assert inside.is_visible()
        page.set_viewport_size({"width": 794, "height": 1123})  # A4
        beside = page.locator(f"[id='{DRAWN}'] .aside").bounding_box()
        assert inside.bounding_box()["width"] > 450
        assert beside["x"] + beside["width"] <= inside.bounding_box()["x"]
        assert page.locator("#graph-of-claims").bounding_box()["width"] <= 794
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")
        assert not inside.is_visible()
        page.click("#open-all")
        assert page.locator(".body > details:not([open])").count() == 0
        page.click("#open-all")
        assert page.locator(".body > details[open]").count() == 0

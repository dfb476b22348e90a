"""The page needs nothing but itself. Every check is shown an error that it must see."""

from browsing import BROKEN, EVERY


def test_quiet_and_alone(visit, url):
    """No error, no warning, no link that leads nowhere, and no request but for the file."""
    with visit(url) as page:
        assert page.said == []
        assert page.asked == [url]
        assert page.evaluate("document.compatMode") == "CSS1Compat"
        assert page.evaluate(BROKEN) == []
        page.evaluate(
            """document.body.insertAdjacentHTML("beforeend", '<a href="#nowhere">x</a>')"""
        )
        assert page.evaluate(BROKEN) == ["nowhere"]
        page.evaluate(
            "new Image().src = 'https://example.org/x.png'"
        )  # the policy forbids it, and says so
        page.wait_for_timeout(1000)
        assert any("Content Security Policy" in line for line in page.said)


def test_without_script(visit, url):
    with visit(url, java_script_enabled=False) as page:
        assert page.locator("article:visible").count() == EVERY
        assert not page.locator("#filters").is_visible()
        assert not page.locator("#theme").is_visible()

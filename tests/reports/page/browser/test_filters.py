"""Filters, and addresses that lead to a statement."""

from urllib.parse import parse_qs, urlsplit

from browsing import DRAWN, EVERY, FALSIFIED, PLAIN, near_the_top, wait_until

from claims.core.catalogue import catalogue
from claims.core.claim import Provenance


def visible(page):
    return page.evaluate(
        "[...document.querySelectorAll('article')].filter((a) => a.checkVisibility()).map((a) =>"
        " a.id)"
    )


def query(page):
    return {name: value for name, (value,) in parse_qs(urlsplit(page.url).query).items()}


def test_filter(visit, url):
    """What does not match is hidden, headings of empty sections too; the address keeps the filter,
    and gives it back.
    """
    with visit(url) as page:
        shown = page.locator("#shown")
        assert shown.inner_text() == f"{EVERY} of {EVERY} shown"
        assert shown.get_attribute("aria-live") == "polite"
        page.select_option("[name=verdict]", "falsified")
        assert visible(page) == [FALSIFIED]
        assert shown.inner_text() == f"1 of {EVERY} shown"
        assert query(page) == {"verdict": "falsified"}
        assert not page.locator("#part-The-sharp-law").is_visible()
        page.reload()
        assert visible(page) == [FALSIFIED]
        assert page.locator("[name=verdict]").input_value() == "falsified"
        page.fill("[name=q]", "no such statement")
        assert visible(page) == []
        assert page.locator("#none-shown").is_visible()
        page.click("button[type=reset]")
        wait_until(page, f"document.getElementById('shown').textContent.startsWith('{EVERY} of')")
        assert len(visible(page)) == EVERY
        assert query(page) == {}
        page.click("[data-sets=undecided]")
        assert set(visible(page)) == {"law.l1", "e5.scratch"}
        assert query(page) == {"verdict": "undecided"}
        assert page.locator("[data-sets=undecided]").get_attribute("aria-current") == "true"


def test_filters_together(visit, url):
    with visit(f"{url}?kind=probability&provenance=R&q=Theorem%204.3&verdict=verified") as page:
        assert visible(page) == [DRAWN]
        page.select_option("[name=verdict]", "")
        wanted = [
            c.id
            for c in catalogue().values()
            if c.source == "Theorem 4.3" and Provenance.R in c.provenance
        ]
        assert visible(page) == wanted
    with visit(f"{url}?verdict=nonsense&other=1") as page:
        assert len(visible(page)) == EVERY


def test_deep_link(visit, url):
    """It opens and shows the claim, whatever the filter, and says that it is beside it."""
    with visit(f"{url}?verdict=falsified#{DRAWN}") as page:
        wait_until(page, f"document.activeElement.id === '{DRAWN}'")
        assert set(visible(page)) == {FALSIFIED, DRAWN}
        assert page.locator("#shown").inner_text() == f"1 of {EVERY} shown"
        assert page.evaluate(
            f"document.getElementById('{DRAWN}').classList.contains('beside-filter')"
        )
        assert page.evaluate(
            f"document.getElementById('{DRAWN}').querySelector('.body > details').open"
        )
        assert near_the_top(page, DRAWN)
        page.evaluate(f"location.hash = '{PLAIN}'")
        wait_until(page, f"document.activeElement.id === '{PLAIN}'")
        assert set(visible(page)) == {FALSIFIED, PLAIN}
        assert query(page) == {"verdict": "falsified"}
    with visit(f"{url}#%E0%A4%A") as page:  # not well formed
        assert page.said == []
        assert len(visible(page)) == EVERY

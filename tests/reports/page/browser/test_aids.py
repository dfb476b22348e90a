"""The contents bar, links on headings, commands to copy, and files to save."""

import json

import pytest
from browsing import DRAWN, WIDTHS, ledger, wait_until

from reports.ledger import ledger as ledgers


@pytest.mark.parametrize("width", WIDTHS)
def test_the_bar_stays_in_sight(visit, url, width):
    """Above what its links lead to."""
    with visit(url, width) as page:
        for name in ("words", "questions", "statements"):
            page.evaluate(f"document.querySelector('.bar [href=\"#{name}\"]').click()")
            wait_until(page, f"location.hash === '#{name}'")
            bar = page.locator(".bar").bounding_box()
            title = page.locator(f"#{name}-title").bounding_box()
            assert bar["y"] == pytest.approx(0, abs=1)
            assert bar["y"] + bar["height"] <= title["y"] < 300


def test_every_heading_of_a_section_links_to_itself(visit, url):
    with visit(url) as page:
        links = page.evaluate(
            "[...document.querySelectorAll('section[id] > h2')].map((h) =>"
            " [h.closest('section').id, h.querySelector('.permalink')?.hash])"
        )
        assert len(links) > 15
        assert [one for one in links if one[1] != f"#{one[0]}"] == []


def test_a_command_is_copied(visit, url):
    with visit(url, permissions=["clipboard-read", "clipboard-write"]) as page:
        code = page.locator("#trust code.command").first
        button = page.locator("#trust .copy").first
        assert button.get_attribute("aria-label").startswith("Copy transfer-claims")
        button.click()
        wait_until(page, "document.querySelector('#trust .copy').textContent === 'Copied'")
        assert page.evaluate("navigator.clipboard.readText()") == code.inner_text()
        spec = page.locator(f"[id='{DRAWN}'] code.command", has_text='{"u"').first
        assert json.loads(spec.text_content())["seed"] == 7


def test_a_command_is_selected_where_nothing_may_be_copied(visit, url):
    with visit(url) as page:
        page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        page.locator("#trust .copy").first.click()
        wait_until(page, "document.querySelector('#trust .copy').textContent === 'Selected'")
        selected = page.evaluate("getSelection().toString()")
        assert selected == page.locator("#trust code.command").first.inner_text()


def test_the_ledger_is_saved(visit, url, tmp_path):
    with visit(url) as page:
        with page.expect_download() as saving:
            page.click("a[download='ledger.jsonl']")
        saving.value.save_as(path := tmp_path / "ledger.jsonl")
        kept = ledger()
        assert path.read_text() == ledgers.serialised(kept, kept.written, kept.versions)
        assert page.said == []

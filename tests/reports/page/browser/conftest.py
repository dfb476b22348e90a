"""The page as a reader has it: in a browser, from disk. Skipped where there is no browser."""

import shutil
from contextlib import contextmanager

import pytest
from browsing import EXPERIMENTS, HOSTILE, ledger

from reports.page import document

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory, leave):
    """One experiment whole, one whose picture is hostile, one whose outcome is damaged."""
    folder = tmp_path_factory.mktemp("report")
    for name in EXPERIMENTS[:3]:
        leave(folder / "experiments", name)
    hostile, damaged = (
        folder / "experiments" / f"{EXPERIMENTS[k]}-quick.{kind}"
        for k, kind in ((1, "svg"), (2, "json"))
    )
    hostile.write_text(
        hostile.read_text(encoding="utf-8").replace("<defs>", f"{HOSTILE}<defs>", 1),
        encoding="utf-8",
    )
    damaged.write_text("{")
    return folder


@pytest.fixture(scope="session")
def url(folder):
    return document.build(ledger(), folder).as_uri()


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install -e '.[test]'"
    )
    if BROWSER is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the path")
    with playwright.sync_playwright() as running:
        launched = running.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def visit(browser):
    """Open an address in a context of its own."""

    @contextmanager
    def opened(address, width=1400, scheme="light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **options
        )
        try:
            page = context.new_page()
            page.said, page.asked = [], []
            page.on("console", lambda message: page.said.append(message.text))
            page.on("pageerror", lambda error: page.said.append(str(error)))
            page.on("request", lambda request: page.asked.append(request.url))
            page.goto(address)
            yield page
        finally:
            context.close()

    return opened

"""The page as a reader has it: in a browser, from disk, narrow and wide, by keyboard, light and
dark, on paper.

Every check is shown an error that it must see.
"""

import io
import re
import shutil
from contextlib import contextmanager
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from matplotlib import image

from claims.core.catalogue import catalogue
from claims.core.claim import Provenance
from claims.core.status import Status
from claims.deciding.verdict import Verdict
from reports.ledger.ledger import Ledger
from reports.page import page as report
from reports.studies.experiments import files as experiment_files

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install -e '.[test]'"
)
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="no chromium, chromium-browser or google-chrome on the path"
)

EXPERIMENTS = ("plane", "share", "source")
DRAWN, FALSIFIED, PLAIN = "theorem-4.3.error-upper", "f3.diverges", "e1.step"
EVERY = len(catalogue())
WIDTHS = (400, 1400)
SCHEMES = ("light", "dark")
REGIME = dict.fromkeys(
    (
        "u",
        "v1",
        "v2",
        "cos_v",
        "sigma1",
        "sigma2",
        "n1",
        "n2",
        "d",
        "m",
        "inherited",
        "eta1",
        "eta2",
        "steps1",
        "steps2",
        "sigma0",
    ),
    123456.789e-12,
)


def verdict(claim, status=Status.VERIFIED, **changes):
    values = {
        "looks": claim,
        "regimes": 4,
        "drawn": 4,
        "seeds": 96,
        "networks": 192,
        "worst_margin": 0.25,
        "points": [{"margin": x} for x in (-0.25, 1.5, 3.0, 7.0)],
        "worst_case": {"regime": REGIME, "root": 7, "margin": 0.25},
        "counterexample": None,
        "method": "tested on regimes",
        "evidence": {"sha256": "f" * 64, "rows": [{f"column {k}": 1.23456 for k in range(20)}, {}]},
        "unit": "nats",
        "delta": 0.05,
        "level": 1e-8,
        "caught": 0.45,
        "constants": {},
        "profile": "ci",
        "entropy": 2**63,
        "seconds": 1.5,
    }
    return Verdict(claim=claim, status=status, **(values | changes))


def ledger():
    """One verdict of each sort, a figure, long values, wide tables."""
    points = [
        {"margin": m, "across": x, "scratch": e}
        for m, x, e in ((0.5, 3.0, 0.1), (-1.0, 10.0, 0.05), (2.0, 90.0, 0.0))
    ]
    drawn = verdict(
        DRAWN, points=points, constants={"theorem-4.3.C_1": 2.6, "theorem-4.3.C_2": 9.0}
    )
    decided = [
        drawn,
        verdict(FALSIFIED, Status.FALSIFIED),
        verdict(PLAIN),
        verdict("law.l1", Status.INCONCLUSIVE),
        verdict("e5.scratch", Status.VACUOUS),
    ]
    planted = [
        verdict(f"{DRAWN}!{wrong.name}", status)
        for wrong, status in zip(
            catalogue()[DRAWN].mutants, (Status.FALSIFIED, Status.VERIFIED), strict=False
        )
    ]
    return Ledger({}, written="2026-01-02T03:04:05+00:00", versions={"python": "3.11"}).updated(
        [*decided, *planted]
    )


#: What a picture from elsewhere might try, each seen where it works: a file that is opened by
#: itself.
HOSTILE = (
    '<script>document.documentElement.setAttribute("class", "run"); try { top.run = 1 } catch'
    ' {}</script><image width="9" height="9" xlink:href="https://example.org/x.png"/><rect'
    ' width="9" height="9" style="fill: url(https://example.org/x.svg#a)"/>'
)


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def url(folder):
    return report.build(ledger(), folder).as_uri()


@pytest.fixture(scope="module")
def browser():
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


# By itself ----------------------------------------------------------------------------------------


BROKEN = """() => [...document.querySelectorAll('[href^="#"]')].map((a) => a.getAttribute("href").slice(1)).filter((id) => !document.getElementById(id))"""


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
        page.wait_for_function("true")
        assert any("Content Security Policy" in line for line in page.said)


# Experiments --------------------------------------------------------------------------------------


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
        page.wait_for_function(f"document.activeElement.id === '{DRAWN}'")
        page.click(f"[id='{DRAWN}'] a[href='#experiment-{EXPERIMENTS[0]}']")
        assert near_the_top(page, f"experiment-{EXPERIMENTS[0]}")


def test_hostile_picture(visit, url, folder, tmp_path, monkeypatch):
    """It is not shown; and if it were, nothing in it would run, nor be fetched."""
    file = folder / "experiments" / f"{EXPERIMENTS[1]}-quick.svg"
    with visit(file.as_uri()) as page:  # it would be seen
        page.wait_for_function("document.documentElement.getAttribute('class') === 'run'")
        assert any("example.org" in address for address in page.asked)
    monkeypatch.setattr(experiment_files, "_refuse", lambda root: None)
    path = report.build(ledger(), tmp_path, folder / "experiments")
    assert "setAttribute" in path.read_text(encoding="utf-8")
    with visit(path.as_uri()) as page:
        page.wait_for_function("[...document.images].every((image) => image.complete)")
        assert page.evaluate("document.images.length") == 3
        assert page.evaluate("window.run === undefined && document.querySelector('.run') === null")
        assert [address for address in page.asked if not address.startswith("data:")] == [
            path.as_uri()
        ]
        assert page.said == []


def shot(page):
    """The first picture as it is on the screen: rows, columns, red-green-blue."""
    page.wait_for_function("[...document.images].every((image) => image.complete)")
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
    (one,) = experiment_files.kept(tmp_path)
    (cut,) = re.findall("viewBox='([^']*)'", unquote(one.figure.source))
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
            (abs(rendered("whole.svg") - rendered(one.figure.source)).max(2) > 32).mean()
        )  # a share of all pixels

    without_a_number = whole.replace(
        '<g id="text_1">', '<g id="text_1" style="display: none">'
    )  # on an axis
    assert differing(whole) < 0.0003 < differing(without_a_number)


# Legible ------------------------------------------------------------------------------------------

#: Elements that stick out of the window and that no container scrolls, with every fold open.
OVERFLOWING = """() => {
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  const contained = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      if (["auto", "scroll", "hidden"].includes(getComputedStyle(at).overflowX)) return true;
    }
    return false;
  };
  const out = [...document.body.querySelectorAll("*")].filter(
    (e) => e.checkVisibility() && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !contained(e));
  const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["the page"] : [];
  return [...wide, ...out.map((e) => e.tagName + "." + e.getAttribute("class") + " " + (e.id || e.textContent.slice(0, 40)))].slice(0, 10);
}"""

#: Smallest size, in pixels as drawn, of words; and of words that are not indices, formulas or in
#: figures.
SMALLEST = """() => {
  const sizes = [], prose = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, .unseen, title, .sprite")) continue;
    const svg = element.ownerSVGElement;
    const size = parseFloat(getComputedStyle(element).fontSize) * (svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1);
    sizes.push(size);
    if (!element.closest("sub, sup, math, svg")) prose.push(size);
  }
  return [Math.min(...sizes), Math.min(...prose)];
}"""


@pytest.mark.parametrize("width", WIDTHS)
def test_fits_and_is_large_enough(visit, url, width):
    with visit(url, width) as page:
        assert page.evaluate(OVERFLOWING) == []
        least, prose = page.evaluate(SMALLEST)
        assert least >= 9
        assert prose >= 12
        assert float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")) >= 16
        page.evaluate(
            """document.querySelector("main").insertAdjacentHTML("afterbegin", '<p style="width:1500px;max-width:none;font-size:6px">wide</p>')"""
        )
        assert any(line.startswith("P.") for line in page.evaluate(OVERFLOWING))
        assert page.evaluate(SMALLEST) == [6, 6]


#: Words whose contrast with what is behind them is below WCAG AA: 4.5, or 3 where they are large.
FAINT = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (rgb) => rgb.slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, title, option, .unseen, .sprite")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(parse(element.ownerSVGElement ? style.fill : style.color)), luminance(behind(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const enough = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if ((a + 0.05) / (b + 0.05) < enough) faint.push(`${walker.currentNode.data.trim().slice(0, 30)} ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
  }
  return faint;
}"""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_contrast(visit, url, scheme):
    with visit(url, scheme=scheme) as page:
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme
        assert page.evaluate(FAINT) == []
        page.evaluate(
            """document.querySelector("main").insertAdjacentHTML("afterbegin", '<p style="color:#888;background:#777">faint</p>')"""
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


# Filters ------------------------------------------------------------------------------------------


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
        page.wait_for_function(
            f"document.getElementById('shown').textContent.startsWith('{EVERY} of')"
        )
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


def near_the_top(page, claim):
    top = page.evaluate("(id) => document.getElementById(id).getBoundingClientRect().top", claim)
    return -1 <= top < 300


def test_deep_link(visit, url):
    """It opens and shows the claim, whatever the filter, and says that it is beside it."""
    with visit(f"{url}?verdict=falsified#{DRAWN}") as page:
        page.wait_for_function(f"document.activeElement.id === '{DRAWN}'")
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
        page.wait_for_function(f"document.activeElement.id === '{PLAIN}'")
        assert set(visible(page)) == {FALSIFIED, PLAIN}
        assert query(page) == {"verdict": "falsified"}
    with visit(f"{url}#%E0%A4%A") as page:  # not well formed
        assert page.said == []
        assert len(visible(page)) == EVERY


def test_without_script(visit, url):
    with visit(url, java_script_enabled=False) as page:
        assert page.locator("article:visible").count() == EVERY
        assert not page.locator("#filters").is_visible()
        assert not page.locator("#theme").is_visible()


# Keyboard and paper -------------------------------------------------------------------------------


def focused(page):
    return page.evaluate("""() => {
          const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
          return {id: at.id, name: at.getAttribute("name"), tag: at.tagName, seen: box.bottom > 0 && box.top < innerHeight, ring: style.outlineStyle !== "none",
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
        page.wait_for_function(f"document.activeElement.id === '{DRAWN}'")
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

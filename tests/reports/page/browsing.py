"""What tests of the page in a browser share: a ledger, and scripts that find what is wrong."""

import time

from claims.core.catalogue import catalogue
from claims.core.evidence import Retried
from claims.core.status import Status
from claims.deciding.verdict import Verdict
from reports.ledger.ledger import Ledger

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
        "family": claim,
        "regimes": 4,
        "drawn": 4,
        "seeds": 96,
        "networks": 192,
        "worst_margin": 0.25,
        "least_margin": 0.25,
        "failures": 2,
        "tried": 96,
        "retried": Retried(3, 400, 0.02),
        "share_bound": 0.1,
        "points": [{"margin": x} for x in (-0.25, 1.5, 3.0, 7.0)],
        "worst_case": {"regime": REGIME, "root": 7, "margin": 0.25},
        "counterexample": None,
        "method": "tested on regimes",
        "evidence": {"sha256": "f" * 64, "rows": [{f"column {k}": 1.23456 for k in range(20)}, {}]},
        "unit": "nats",
        "delta": 0.05,
        "level": 1e-8,
        "detectable": 0.45,
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

BROKEN = """() => [...document.querySelectorAll('[href^="#"]')]
  .map((a) => a.getAttribute("href").slice(1))
  .filter((id) => !document.getElementById(id))"""

#: Elements that stick out of the window and that no container scrolls, with every fold open.
OVERFLOWING = """() => {
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  const contained = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      if (["auto", "scroll", "hidden"].includes(getComputedStyle(at).overflowX)) return true;
    }
    return false;
  };
  const width = document.documentElement.clientWidth;
  const out = [...document.body.querySelectorAll("*")].filter(
    (e) => e.checkVisibility() && e.getBoundingClientRect().right > width + 1 && !contained(e));
  const wide = document.documentElement.scrollWidth > width ? ["the page"] : [];
  const named = (e) =>
    e.tagName + "." + e.getAttribute("class") + " " + (e.id || e.textContent.slice(0, 40));
  return [...wide, ...out.map(named)].slice(0, 10);
}"""

#: Smallest size, in pixels as drawn, of words; and of words that are not indices, formulas or in
#: figures.
SMALLEST = """() => {
  const sizes = [], prose = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest("script, .unseen, title, .sprite")) continue;
    const svg = element.ownerSVGElement;
    const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * scale;
    sizes.push(size);
    if (!element.closest("sub, sup, math, svg")) prose.push(size);
  }
  return [Math.min(...sizes), Math.min(...prose)];
}"""

#: Words whose contrast with what is behind them is below WCAG AA: 4.5, or 3 where they are large.
FAINT = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const luminance = (rgb) => rgb.slice(0, 3).map((c) => linear(c / 255))
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
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest("script, title, option, .unseen, .sprite")) continue;
    const style = getComputedStyle(element);
    const ink = parse(element.ownerSVGElement ? style.fill : style.color);
    const [a, b] = [luminance(ink), luminance(behind(element))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const words = walker.currentNode.data.trim().slice(0, 30);
    if (contrast < (large ? 3 : 4.5)) faint.push(`${words} ${contrast.toFixed(2)}`);
  }
  return faint;
}"""


def wait_until(page, expression):
    """As Playwright's `wait_for_function`, which looks again by `eval`: the page forbids that."""
    until = time.monotonic() + 30
    while not page.evaluate(expression):
        assert time.monotonic() < until, f"{expression}: not within 30 seconds"
        page.wait_for_timeout(20)


def near_the_top(page, claim):
    top = page.evaluate("(id) => document.getElementById(id).getBoundingClientRect().top", claim)
    return -1 <= top < 300

"""What tests of the page share: a ledger with one verdict of each sort, and a parser that sees what
is wrong with a page.
"""

import re
from dataclasses import replace
from html.parser import HTMLParser

from claims.core.catalogue import catalogue
from claims.core.evidence import Retried
from claims.core.status import Status
from claims.deciding.verdict import Verdict
from reports.ledger.ledger import Ledger

LIMIT = 6 * 2**20  # bytes

HOSTILE = "<script>alert(1)</script>\"'&</style><img src=x onerror=alert(2)>"

REGIME = {
    "u": 1.0,
    "v1": 1.0,
    "v2": 1.0,
    "cos_v": 0.0,
    "sigma1": 1.0,
    "sigma2": 1.0,
    "n1": 20,
    "n2": 20,
    "d": 1000,
    "m": 10,
    "inherited": 2,
    "eta1": 0.1,
    "eta2": 0.1,
    "steps1": 10,
    "steps2": 10,
    "sigma0": 1e-6,
}


def verdict(claim, status=Status.VERIFIED, **changes):
    """A verdict with a value in every field."""
    values = {
        "family": claim,
        "regimes": 3,
        "drawn": 3,
        "seeds": 72,
        "networks": 144,
        "worst_margin": 0.25,
        "least_margin": 0.25,
        "failures": 2,
        "tried": 96,
        "retried": Retried(3, 400, 0.02),
        "share_bound": 0.1,
        "points": [{"margin": x} for x in (0.25, 1.5, None, 7.0)],
        "worst_case": {"regime": REGIME, "root": 7, "margin": 0.25},
        "counterexample": None,
        "method": "tested on regimes",
        "evidence": {},
        "unit": "nats",
        "delta": 0.05,
        "level": 1e-8,
        "detectable": 0.45,
        "constants": {},
        "profile": "ci",
        "entropy": 1234,
        "seconds": 1.5,
    }
    return Verdict(claim=claim, status=status, **(values | changes))


def errors_of(claim="theorem-4.3.error-upper", margins=(0.5, -1.0, 2.0), **changes):
    points = [
        {"margin": m, "across": x, "scratch": e}
        for m, x, e in zip(margins, (3.0, 10.0, 90.0), (0.1, 0.05, 0.0), strict=True)
    ]
    constants = {"theorem-4.3.C_1": 2.6, "theorem-4.3.C_2": 9.0}
    return verdict(claim, points=points, constants=constants, **changes)


BOOK = replace(
    Ledger({}).updated(
        [
            verdict("e1.step"),
            verdict(
                "e5.scratch",
                Status.FALSIFIED,
                counterexample={"regime": REGIME, "root": 3, "margin": -0.5},
                worst_margin=-0.5,
            ),
            verdict("e7.covariance", Status.INCONCLUSIVE),
            errors_of(),
            verdict("theorem-4.3.error-lower", Status.VACUOUS),
            verdict("e1.step!no.such.version"),
            *(
                verdict(f"theorem-4.3.error-upper!{wrong.name}", Status.FALSIFIED)
                for wrong in catalogue()["theorem-4.3.error-upper"].mutants[1:]
            ),
            verdict(
                f"theorem-4.3.error-upper!{catalogue()['theorem-4.3.error-upper'].mutants[0].name}",
                Status.VERIFIED,
            ),
        ]
    ),
    written="2026-01-02T03:04:05+00:00",
    versions={"python": "3.11", "torch": "2.13"},
)


class Parsed(HTMLParser):
    """What a page holds, as a list of (tag, attributes) and the text of each article."""

    VOID = frozenset(("meta", "link", "br", "input", "img", "hr"))

    def __init__(self, text):
        super().__init__()
        self.tags, self.articles, self.unclosed, self.misplaced = [], {}, [], []
        self.article = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.unclosed.append(tag)
        if tag == "article":
            self.article = dict(attributes)["id"]
            self.articles[self.article] = ""

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.unclosed or self.unclosed.pop() != tag:
            self.misplaced.append((tag, self.getpos()))
        if tag == "article":
            self.article = None

    def handle_data(self, data):
        if self.article:
            self.articles[self.article] += data

    @property
    def ids(self):
        return [attributes["id"] for _, attributes in self.tags if "id" in attributes]

    def values(self, name):
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def words(text):
    return " ".join(text.split())


def dangling(parsed):
    """References within the page that lead nowhere."""
    known = set(parsed.ids)
    within = [href[1:] for href in parsed.values("href") if href.startswith("#")]
    within += [href.partition("#")[2] for href in parsed.values("href") if href.startswith("?")]
    within += [name for value in parsed.values("aria-labelledby") for name in value.split()]
    within += [
        name
        for _, attributes in parsed.tags
        for value in attributes.values()
        for name in re.findall(r"url\(#([^)]+)\)", value or "")
    ]
    return [name for name in within if name not in known]


def loaded(text, parsed):
    """What a browser would fetch."""
    assets = [
        (tag, a)
        for tag, a in parsed.tags
        if not a.get("src", "data:image/svg+xml,").startswith("data:image/svg+xml,")
        or "srcset" in a
        or (tag == "link" and a.get("href") != "data:,")
    ]
    assets += [
        (tag, a)
        for tag, a in parsed.tags
        if tag in ("use", "image") and not (a.get("href") or "").startswith("#")
    ]
    return assets + re.findall(
        r"@import[^;]*|url\((?!#)[^)]*\)", re.sub(r'src="data:image/svg[^"]*"', "", text)
    )  # an image of its own fetches nothing


def headings(parsed):
    return [int(tag[1]) for tag, _ in parsed.tags if re.fullmatch(r"h\d", tag)]


def counted(text):
    return {
        re.sub("<.*?>", "", word).strip(): int(many)
        for many, word in re.findall(
            r'<span class="many">(\d+)</span><span class="word">(.*?)</span></a>', text
        )
    }


def section(text, name="experiments"):
    """A section's own text."""
    return text.partition(f'id="{name}"')[2].partition("</section>")[0]

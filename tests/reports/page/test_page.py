"""The page: every statement is on it, it says what the ledger says and nothing more, and it needs
nothing but itself.
"""

import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from markupsafe import Markup
from matplotlib.figure import Figure

from claims.core import findings
from claims.core.catalogue import catalogue
from claims.core.claim import Kind, Provenance
from claims.core.findings import Finding
from claims.core.status import Status
from claims.deciding.budget import RUN_BUDGET
from claims.deciding.verdict import Verdict
from reports.drawing import graph, plots
from reports.ledger.ledger import Ledger
from reports.page import page
from reports.studies.experiments.checks import Check
from reports.studies.experiments.experiments import Decided

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
        "looks": claim,
        "regimes": 3,
        "drawn": 3,
        "seeds": 72,
        "networks": 144,
        "worst_margin": 0.25,
        "points": [{"margin": x} for x in (0.25, 1.5, None, 7.0)],
        "worst_case": {"regime": REGIME, "root": 7, "margin": 0.25},
        "counterexample": None,
        "method": "tested on regimes",
        "evidence": {},
        "unit": "nats",
        "delta": 0.05,
        "level": 1e-8,
        "caught": 0.45,
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def text(folder):
    return page.build(BOOK, folder).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parsed(text):
    return Parsed(text)


# Whole and by itself ------------------------------------------------------------------------------


def test_well_formed(text, parsed):
    assert text.startswith("<!DOCTYPE html>")
    assert not parsed.misplaced
    assert not parsed.unclosed
    assert Parsed("<p><b>x</p></b>").misplaced  # it would be seen


def test_every_link_resolves(parsed):
    assert dangling(parsed) == []
    assert dangling(
        Parsed('<a href="#here">x</a><a href="?verdict=verified#there">y</a><p id="here">')
    ) == ["there"]


def test_ids_are_unique(parsed):
    assert len(parsed.ids) == len(set(parsed.ids))


def test_nothing_is_loaded(text, parsed):
    assert loaded(text, parsed) == []
    bad = (
        '<img src="https://example.org/x.png"><style>@import "x.css";</style><i'
        ' style="background:url(y.png)"></i>'
    )
    assert len(loaded(bad, Parsed(bad))) == 3


def test_the_only_address_is_the_paper_s(text):
    assert set(re.findall(r"https?://[^\s\"'<)]+", text)) == {"https://arxiv.org/abs/2509.22056"}


def test_policy_forbids_everything_else(parsed):
    policy = next(
        a["content"]
        for tag, a in parsed.tags
        if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]


def test_scripts_are_those_the_policy_names(text):
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) == 2
    assert all(page._digest(script) in text for script in scripts)


def test_same_ledger_same_bytes(folder, text):
    assert page.render(BOOK, folder) == text


def test_size(text):
    assert len(text.encode()) < LIMIT


def test_headings_in_order(parsed):
    levels = headings(parsed)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_written_whole(folder, text, monkeypatch):
    """A page that cannot be made leaves the old one."""
    monkeypatch.setattr(page, "render", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        page.build(BOOK, folder)
    assert (folder / page.NAME).read_text(encoding="utf-8") == text
    assert [file.name for file in folder.iterdir()] == [page.NAME]


# Every statement ----------------------------------------------------------------------------------


def test_every_statement_is_there(parsed):
    assert set(parsed.articles) == set(catalogue())


def test_statements_follow_the_paper(parsed):
    shown = list(parsed.articles)
    order = [
        "e1.step",
        "b1.norms",
        "lemma-a1.a.lower",
        "lemma-a2.a.lower",
        "theorem-4.2.convergence",
        "theorem-4.3.convergence",
        "proposition-4.4.1",
    ]
    order += [
        "condition.feasible",
        "m1.one-task",
        "f3.diverges",
        "law.l1",
        "conjecture.regularised",
    ]
    assert sorted(order, key=shown.index) == order
    for source in {claim.source for claim in catalogue().values()}:
        mine = [claim.id for claim in catalogue().values() if claim.source == source]
        assert sorted(mine, key=shown.index) == mine


def test_no_statement_is_left_to_the_last_part():
    """Sources that no part names would be shown, but out of the paper's order."""
    last = len(page.PARTS) - 1
    assert {
        claim.source for claim in catalogue().values() if page._place(claim.source)[0] == last
    } == set()
    assert page._place("Theorem 9.9")[0] == last


@pytest.mark.parametrize("claim", catalogue().values(), ids=catalogue())
def test_all_mathematics_converts(claim):
    for block in (True, False):
        text = page.converted(claim.latex, block=block)
        assert "\\" not in text
        assert "<merror" not in text
        assert 'mathvariant="' not in text.replace(
            'mathvariant="normal"', ""
        )  # what browsers no longer draw
        assert not Parsed(text).misplaced
    for hypothesis in claim.domain.hypotheses if claim.domain else ():
        assert "unset" not in page._required(hypothesis).inequality


def test_mathematics_that_does_not_convert_is_shown_as_it_is():
    assert page.mathml("a_1_2 < b") == Markup('<code class="unset">a_1_2 &lt; b</code>')


def test_what_an_article_tells(parsed):
    claim, shown = (
        catalogue()["theorem-4.3.error-upper"],
        words(parsed.articles["theorem-4.3.error-upper"]),
    )
    for expected in (
        claim.title,
        claim.id,
        claim.statement,
        claim.source,
        "verified",
        "probability",
        *(p.value for p in claim.provenance),
        "δ = 0.05",
        "3 regimes",
        "144 networks",
        "worst margin 0.25",
        "nats",
        "fit [",
        "calibration regimes",
        "‖u‖ = 1",
        "N₁ = 20",
        "seed 7",
        "probability 0.45 or more is found",
        "1 × 10⁻⁸ of the run's 1 × 10⁻⁶",
        "1.5 seconds",
        "e7.covariance",
        *claim.uses.values(),
        "proposition-4.4.2",
        "claims/paper/theorem_4_3.py",
        "transfer-claims verify theorem-4.3.error-upper --entropy 1234",
        "planted errors caught 4 of 5",
        "verified: not caught",
        "falsified, as it must be",
        *(wrong.name for wrong in claim.mutants),
    ):
        assert expected in shown, expected


def test_not_decided(parsed):
    shown = words(parsed.articles["law.l3"])
    assert "not decided" in shown
    assert "Not decided in this ledger." in shown
    assert "not run" in shown
    assert "verified" not in shown.replace("(verified)", "")


def test_counterexample(parsed):
    shown = words(parsed.articles["e5.scratch"])
    assert "Counterexample" in shown
    assert "margin −0.5" in shown


def test_kept_counterexample_is_replayed(parsed):
    kept = [name for name in catalogue() if findings.path(name).exists()]
    assert kept
    for name in catalogue():
        assert (
            f"transfer-claims replay claims/counterexamples/{name}.json" in parsed.articles[name]
        ) == (name in kept)


def test_blocked(folder):
    shown = Parsed(
        page.render(
            Ledger({}).updated([verdict("e1.step", Status.FALSIFIED), verdict("e1.trajectory")]),
            folder,
        )
    )
    assert "Its own evidence says verified, but a statement it uses is falsified" in words(
        shown.articles["e1.trajectory"]
    )
    assert "blocked" in shown.articles["e1.trajectory"]


def test_source_files_exist(folder, parsed):
    files = {href for href in parsed.values("href") if href.endswith(".py")}
    assert len(files) > 10
    assert all((folder / file).resolve().is_file() for file in files)
    assert len({Path(file).name for file in files}) == len(files)


def test_no_verdict_at_all(folder):
    shown = Parsed(page.render(Ledger({}), folder))
    assert set(shown.articles) >= set(catalogue())
    assert all("not decided" in shown.articles[name] for name in catalogue())


def test_a_claim_that_is_no_more(folder):
    """A verdict of a claim that the catalogue has lost is left out; the page is made."""
    assert "no.longer" not in page.render(BOOK.updated([verdict("no.longer")]), folder)


# The top ------------------------------------------------------------------------------------------


def counted(text):
    return {
        re.sub("<.*?>", "", word).strip(): int(many)
        for many, word in re.findall(
            r'<span class="many">(\d+)</span><span class="word">(.*?)</span></a>', text
        )
    }


def test_counts(text, folder):
    open_statements = len(catalogue()) - 5
    assert counted(text) == {
        "verified": 2,
        "falsified": 1,
        "undecided": 2,
        "not decided": open_statements,
    }
    every = Ledger({}).updated([verdict(name, points=[], worst_case=None) for name in catalogue()])
    assert counted(page.render(every, folder))["verified"] == len(catalogue())


def test_counts_are_those_of_the_articles(text, parsed):
    groups = parsed.values("data-verdict")
    assert counted(text) == {group: groups.count(group) for group in page.GROUPS}


def test_counts_set_the_filter(parsed):
    assert (
        set(parsed.values("data-sets"))
        == set(page.GROUPS)
        == set(parsed.values("value")) & set(page.GROUPS)
    )


def test_filters_know_every_value(parsed):
    options = set(parsed.values("value"))
    assert options >= {kind.value for kind in Kind} | {p.name for p in Provenance}
    assert set(parsed.values("data-kind")) <= options
    assert {p for value in parsed.values("data-provenance") for p in value.split()} <= options


def test_what_verdicts_are_worth(text):
    shown = words(
        re.sub("<.*?>", " ", text.partition('<section id="trust"')[2].partition("</section>")[0])
    )
    for expected in (
        f"within the budget of {page.number(RUN_BUDGET)}",
        "4 of 6 wrong versions",
        "2 not caught",
        "were not run",
        "profile ci, entropy 1234: 5 statements",
        BOOK.written,
        "torch 2.13",
        "transfer-claims verify --profile ci --entropy 1234 --mutants",
        "transfer-claims report",
    ):
        assert expected in shown, expected


def test_beyond_the_budget(folder):
    assert "<strong>beyond</strong> the budget" in page.render(
        BOOK.updated([verdict("e6.gram", level=1.0)]), folder
    )


FINDINGS = (
    Finding("missing", "Text of one.", {"e1.step": Status.VERIFIED, "law.l3": Status.VERIFIED}),
    Finding("against", "Text of another.", {"e1.step": Status.FALSIFIED}),
    Finding(
        "borne out",
        "Text of a third.",
        {"e1.step": Status.VERIFIED, "e5.scratch": Status.FALSIFIED},
    ),
)


def test_findings_stand_only_on_their_verdicts(folder, monkeypatch):
    monkeypatch.setattr(findings, "FINDINGS", FINDINGS)
    shown = page.render(BOOK, folder)
    found = re.findall(
        r'<li class="(supported|open|refuted)">\s*<h3>(.*?)</h3>(.*?)</li>', shown, re.DOTALL
    )
    assert [(state, title) for state, title, _ in found] == [
        ("supported", "borne out"),
        ("open", "missing"),
        ("refuted", "against"),
    ]
    assert ["Not established" in body for *_, body in found] == [False, True, False]
    assert ["Not supported" in body for *_, body in found] == [False, False, True]
    assert all(
        f'href="#{name}"' in body
        for (_, title, body) in found
        for f in FINDINGS
        if f.title == title
        for name in f.rests_on
    )
    assert "(should be falsified)" in words(found[2][2])
    assert "1 of 3 do" in shown


def test_every_finding_is_there(text):
    assert all(str(page.prose(finding.text)) in text for finding in findings.FINDINGS)


# Experiments --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def experiments(tmp_path_factory, leave):
    """One whole, one whose picture is hostile, one whose outcome is damaged, and two that were not
    run.
    """
    folder = tmp_path_factory.mktemp("experiments")
    for name in ("plane", "share", "source"):
        leave(folder, name)
    svg = folder / "share-quick.svg"
    svg.write_text(
        svg.read_text(encoding="utf-8").replace("<defs>", "<script>alert(1)</script><defs>", 1),
        encoding="utf-8",
    )
    (folder / "source-quick.json").write_text("{")
    return folder


@pytest.fixture(scope="module")
def drawn(folder, experiments):
    return page.render(BOOK, folder, experiments)


def section(text, name="experiments"):
    """A section's own text."""
    return text.partition(f'id="{name}"')[2].partition("</section>")[0]


def test_no_experiments(text, parsed):
    shown = words(re.sub("<.*?>", " ", section(text)))
    assert "No experiment has been run." in shown
    assert shown.endswith("transfer-claims experiments")
    assert "#experiments" in parsed.values("href")
    assert "img" not in [tag for tag, _ in parsed.tags]


def test_experiments_stand_beside_the_page(folder, experiments, drawn, tmp_path):
    (tmp_path / "experiments").symlink_to(experiments, target_is_directory=True)
    built = page.build(BOOK, tmp_path).read_text(encoding="utf-8")
    assert section(built, "experiment-plane") == section(drawn, "experiment-plane")


def test_page_with_experiments_is_whole(drawn, folder, experiments):
    parsed = Parsed(drawn)
    assert not parsed.misplaced
    assert not parsed.unclosed
    assert dangling(parsed) == []
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {"experiments", "experiment-plane", "experiment-share", "experiment-source"} <= set(
        parsed.ids
    )
    assert loaded(drawn, parsed) == []
    assert all(b - a <= 1 for a, b in pairwise(headings(parsed)))
    assert page.render(BOOK, folder, experiments) == drawn


def test_what_an_experiment_tells(drawn):
    shown = words(re.sub("<.*?>", " ", section(drawn, "experiment-plane").partition(">")[2]))
    for expected in (
        "Accuracy after transfer over ‖u‖ and d",
        "n = 9 points.",
        "A coarse run",
        "transfer-claims experiments plane --quick",
        "theorem-4.3.error-upper (verified) 7 of 9 4 2 1 −0.25",
        "theorem-4.3.error-lower (vacuous) 0 of 9 0 0 0 –",
        "no.longer 9 of 9 9 0 0 1.5",
        "the error of x t falls (exact sign test at level 0.01) 9 1; p = 0.002 shown",
        "errors rise (t intervals at joint level 0.01) 3 −0.2 (−0.3 to −0.1) opposite shown",
        "nothing was counted (exact binomial interval at level 0.01) 0 none not decided",
    ):
        assert expected in shown, expected


def test_outcomes_have_a_shape_each(drawn):
    """Beside their words and colours."""
    found = re.findall(
        r'<span class="badge ([\w-]+)"><svg[^>]*><use'
        r' href="#shape-(\w+)"/></svg>([^<]+)</span></td>',
        section(drawn, "experiment-plane"),
    )
    assert found[-3:] == [
        ("verified", "circle", "shown"),
        ("falsified", "diamond", "opposite shown"),
        ("undecided", "triangle", "not decided"),
    ]
    assert found[:3] == [
        ("verified", "circle", "4"),
        ("falsified", "diamond", "2"),
        ("undecided", "triangle", "1"),
    ]


def test_pictures_are_images_of_their_own(drawn):
    images = [attributes for tag, attributes in Parsed(drawn).tags if tag == "img"]
    assert len(images) == 2  # the hostile one is not shown
    assert all(image["alt"] and image["src"].startswith("data:image/svg+xml,") for image in images)


def test_articles_link_to_experiments(drawn):
    def article(name):
        return drawn.partition(f'<article id="{name}"')[2].partition("</article>")[0]

    assert all(
        f'href="#experiment-{name}"' in article("theorem-4.3.error-upper")
        for name in ("plane", "share")
    )
    assert "stands at 4, falls at 2 of 7 points" in article("theorem-4.3.error-upper")
    assert "no point inside its hypotheses" in article("theorem-4.3.error-lower")
    assert "#experiment-" not in article("e1.step")


def test_trouble_is_told_in_a_line(drawn):
    def told(name):
        return re.findall(
            r'<p class="standing">.*?</svg>(.*?)</p>', section(drawn, f"experiment-{name}")
        )

    assert told("share")[0].startswith("share-quick.svg holds &lt;script&gt;")
    assert "theorem-4.3.error-upper" in section(drawn, "experiment-share")
    assert (
        told("source")[0]
        == "source-quick.json is damaged, or another version&#39;s: what it decides is not shown."
    )
    assert "<img" in section(drawn, "experiment-source")
    assert [line.split(":")[0] for line in told("plane")] == [
        "Computed otherwise than the ledger&#39;s verdicts"
    ]  # BOOK's constants are its own


def test_experiments_that_were_not_run(drawn, folder, tmp_path, leave):
    assert (
        '<code class="command">transfer-claims experiments head-start negative-transfer</code>'
        in drawn
    )
    for name in ("head-start", "negative-transfer", "plane", "share", "source"):
        leave(tmp_path, name, quick=False)
    every = page.render(BOOK, folder, tmp_path)
    assert "Not run yet" not in every
    assert "A coarse run" not in every


def test_hostile_experiment(folder, tmp_path, leave):
    """Whatever words an outcome holds, they are shown as text."""
    decided, check = (
        Decided(HOSTILE, 9, 7, 4, 2, 1, None, HOSTILE),
        Check(HOSTILE, HOSTILE, 3, 1.0, None, None, 0.5, None),
    )
    leave(tmp_path, "plane", decided=(decided,), checks=(check,))
    file = tmp_path / "plane-quick.json"
    file.write_text(
        json.dumps(
            json.loads(file.read_text(encoding="utf-8")) | {"caption": HOSTILE, "title": HOSTILE}
        ),
        encoding="utf-8",
    )
    text = page.render(BOOK, folder, tmp_path)
    parsed = Parsed(text)
    assert not parsed.misplaced
    assert [tag for tag, _ in parsed.tags].count("script") == 2
    assert [a["src"][:19] for tag, a in parsed.tags if tag == "img"] == ["data:image/svg+xml,"]
    assert not [
        name for _, attributes in parsed.tags for name in attributes if name.startswith("on")
    ]
    assert HOSTILE not in text


# Text from elsewhere ------------------------------------------------------------------------------


def test_hostile_ledger(folder):
    """Whatever strings a ledger holds, they are shown as text."""
    evidence = {
        HOSTILE: HOSTILE,
        "list": [HOSTILE],
        "rows": [{HOSTILE: HOSTILE}],
        "deep": {"x": {"y": {HOSTILE: [1]}}},
    }
    case = {"regime": {HOSTILE: HOSTILE}, "root": HOSTILE, HOSTILE: HOSTILE}
    evil = verdict(
        "e1.step",
        unit=HOSTILE,
        method=HOSTILE,
        profile=HOSTILE,
        evidence=evidence,
        worst_case=case,
        constants={HOSTILE: 1.0},
    )
    text = page.render(
        replace(Ledger({}).updated([evil]), written=HOSTILE, versions={HOSTILE: HOSTILE}), folder
    )
    parsed = Parsed(text)
    assert not parsed.misplaced
    assert [tag for tag, _ in parsed.tags].count("script") == 2
    assert not [tag for tag, _ in parsed.tags if tag == "img"]
    assert not [
        name for _, attributes in parsed.tags for name in attributes if name.startswith("on")
    ]
    assert HOSTILE not in text
    assert HOSTILE in parsed.articles["e1.step"]


def test_hostile_numbers(folder):
    """Numbers that no plot can hold do not keep the page from being made."""
    points = [
        {"margin": None, "across": 0.0, "scratch": 0.1},
        {"margin": 1e300, "across": 5.0, "scratch": None},
        {"margin": -1e300, "across": None},
    ]
    book = Ledger({}).updated(
        [
            errors_of(),
            verdict("theorem-4.3.error-lower", points=points, constants={"theorem-4.3.C_3": 1.0}),
        ]
    )
    assert not Parsed(page.render(book, folder)).misplaced


@pytest.mark.parametrize(
    ("plain", "set_"),
    [
        ("x_t + b e^{x_t}", "x<sub>t</sub> + b e<sup>x<sub>t</sub></sup>"),
        ("(1/m) Σ_r ρ̄_{y_i,r,i}", "(1/m) Σ<sub>r</sub> ρ̄<sub>y_i,r,i</sub>"),
        ("in R^d", "in R<sup>d</sup>"),
        ("cos_v stays", "cos_v stays"),
        ("a < b_1", "a &lt; b<sub>1</sub>"),
    ],
)
def test_prose(plain, set_):
    assert page.prose(plain).replace("<sub>i</sub>", "_i") == set_


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (6.337e-7, "6.337 × 10⁻⁷"),
        (-2, "−2"),
        (1000000, "1,000,000"),
        (-0.0, "0"),
        (None, "without bound"),
        (math.inf, "without bound"),
        (0.23456, "0.2346"),
        (52000.0, "52,000"),
        (1e21, "1 × 10²¹"),
        ("x", "x"),
    ],
)
def test_number(value, shown):
    assert page.number(value) == shown


def test_evidence():
    """Tables where rows are alike, an interval beside its value, JSON where it is nested too
    deep.
    """
    estimate = {"value": 0.5, "low": 0.25, "high": 0.75}
    table = page.block({"a": {"x": 1, "y": estimate}, "b": {"x": 2, "y": estimate}, "n": 3})
    assert table.entries[0] == ("n", page.Block(text="3"))
    assert table.entries[1][1] == page.Block(
        head=("", "x", "y"),
        rows=(("a", "1", "0.5 (0.25 to 0.75)"), ("b", "2", "0.5 (0.25 to 0.75)")),
    )
    assert page.block([1, 2.5, True]).text == "1, 2.5, yes"
    assert page.block([[1, 2], [3, 4]]).rows == (("1", "2"), ("3", "4"))
    assert page.block([{"p": 1}, {"p": 2, "q": None}]) == page.Block(
        head=("p", "q"), rows=(("1", ""), ("2", "without bound"))
    )
    assert page.block(REGIME).text.startswith("‖u‖ = 1, ‖v₁‖ = 1")
    deep = value = {}
    for _ in range(300):
        value["k"] = {}
        value = value["k"]
    assert '"k"' in str(page.block(deep))


# Plots --------------------------------------------------------------------------------------------


def test_errors_are_drawn():
    claim, decided = catalogue()["theorem-4.3.error-upper"], errors_of()
    drawn = plots.errors(claim, decided, decided.constants)
    assert drawn is not None
    names = {text.get_text() for legend in drawn.legends for text in legend.get_texts()}
    assert names == {
        "scratch",
        "scratch, below 10⁻¹²",
        "claimed: scratch at most this",
        "margin below 0",
    }
    (axes,) = drawn.axes
    (bound,) = axes.get_lines()
    assert bound.get_linestyle() == "--"
    xs, ys = bound.get_data()
    assert (min(xs), max(xs)) == pytest.approx((3.0, 90.0))
    assert ys == pytest.approx([math.exp(-x / 9.0) for x in xs])
    points = [
        tuple(map(float, point)) for shown in axes.collections for point in shown.get_offsets()
    ]
    assert points == [
        (3.0, 0.1),
        (10.0, 0.05),
        (90.0, plots.FLOOR),
        (10.0, 0.05),
    ]  # the last, a ring around what fails


def test_lower_bounds_are_solid():
    drawn = plots.errors(
        catalogue()["theorem-4.3.error-lower"],
        errors_of("theorem-4.3.error-lower"),
        {"theorem-4.3.C_3": 0.5},
    )
    assert [line.get_linestyle() for line in drawn.axes[0].get_lines()] == ["-"]


@pytest.mark.parametrize("name", ["e1.step", "theorem-4.3.error-upper"])
def test_nothing_to_draw(name):
    assert plots.errors(catalogue()[name], verdict(name), {}) is None


def simple():
    figure = Figure(figsize=(3, 2))
    axes = figure.add_subplot()
    axes.plot([1, 2], [1, 2], "k-o", label="a < b & c")
    axes.scatter([1], [2], color=plots.INK)
    axes.set(title="<script>", xscale="log")
    axes.legend()
    return figure


def test_figures_take_the_page_s_colours():
    text = plots.inline(simple(), 'label "x" <y>')
    assert not re.search(r"#000000|#010203|#ffffff(?!\))", text)
    assert "currentColor" in text
    assert "var(--paper" in text
    assert "<style" not in text
    assert "xmlns" not in text
    parsed = Parsed(text)
    assert not parsed.misplaced
    assert parsed.tags[0][1]["aria-label"] == 'label "x" <y>'
    assert parsed.tags[0][1]["role"] == "img"
    assert "script" not in [tag for tag, _ in parsed.tags]
    assert dangling(parsed) == []


def test_words_in_figures_are_text():
    assert "a &lt; b &amp; c</text>" in plots.inline(simple(), "x")


def test_figures_do_not_share_ids():
    one, other = (set(Parsed(plots.inline(simple(), label)).ids) for label in ("one", "other"))
    assert one
    assert not one & other
    assert plots.inline(simple(), "one") == plots.inline(simple(), "one")


def test_margins():
    strip = plots.margins([{"margin": x} for x in (-1.0, 0.5, 0.5, 3.0, None)])
    dots = [
        (a["class"], float(a["cx"]), float(a["cy"]))
        for tag, a in Parsed(strip).tags
        if tag == "circle"
    ]
    assert [kind for kind, *_ in dots] == ["fails", "holds", "holds", "holds"]
    assert dots[1][1] == dots[2][1]
    assert dots[1][2] != dots[2][2]  # stacked
    zero = float(re.search(r'class="zero" d="M([\d.]+)', strip)[1])
    assert dots[0][1] < zero < dots[1][1]
    assert "from -1 to 3" in strip
    assert "1 more without bound" in strip
    assert plots.margins([{"margin": 1.0}]) is None
    assert plots.margins([]) is None
    assert plots.margins([{"margin": 0.0}] * 400) is not None


@pytest.mark.parametrize(
    ("value", "shown"), [(1e-12, "10⁻¹²"), (0.1, "10⁻¹"), (1.0, "1"), (10.0, "10"), (1e3, "10³")]
)
def test_power_of_ten(value, shown):
    assert plots.power_of_ten(value) == shown


# The graph ----------------------------------------------------------------------------------------


def test_graph():
    found = graph.layout(catalogue())
    places = {node.id: node for node in found.nodes}
    assert set(places) == set(catalogue())
    assert {(edge.used, edge.by) for edge in found.edges} == {
        (used, claim.id) for claim in catalogue().values() for used in claim.uses
    }
    assert all(places[edge.used].x < places[edge.by].x for edge in found.edges)
    assert all(0 < node.x < found.width and 0 < node.y < found.height for node in found.nodes)
    rows = sorted((node.x, node.y) for node in found.nodes)
    assert all(
        b[1] - a[1] > graph.ROW - 1e-6 for a, b in pairwise(rows) if a[0] == b[0]
    )  # no label on another
    alone = [
        name
        for name, claim in catalogue().items()
        if not claim.uses and not any(name in other.uses for other in catalogue().values())
    ]
    assert all((places[name].y > found.alone) == (name in alone) for name in catalogue())


def test_graph_of_little():
    few = {name: replace(catalogue()[name], uses={}) for name in ("e1.step", "e6.gram")}
    assert len(graph.layout(few).nodes) == 2
    assert graph.layout({}).nodes == ()


def test_edges_meet_their_nodes():
    found = graph.layout(catalogue())
    places = {node.id: node for node in found.nodes}
    for edge in found.edges:
        numbers = [float(x) for x in re.findall(r"[\d.]+", edge.path)]
        assert numbers[1] == pytest.approx(places[edge.used].y, abs=0.1)
        assert numbers[-1] == pytest.approx(places[edge.by].y, abs=0.1)
        assert places[edge.by].x - 12 < numbers[-2] < places[edge.by].x


def test_graph_tells_verdicts(text):
    drawn = text.partition('id="graph-of-claims"')[2].partition("</svg>")[0]
    nodes = dict(
        re.findall(
            r'<a href="#([^"]+)" data-id="[^"]+" class="[^"]+"><title>[^<]*</title><use'
            r' href="#shape-(\w+)"',
            drawn,
        )
    )
    assert set(nodes) == set(catalogue())
    assert (nodes["e1.step"], nodes["e5.scratch"], nodes["e7.covariance"], nodes["law.l3"]) == (
        "circle",
        "diamond",
        "triangle",
        "ring",
    )

"""A ledger in brief: what is counted, what is called a finding and when."""

import shlex
from dataclasses import replace
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt
from summaries import MADE, OTHER, PLANTED, RECORDED, book

from claims.core.catalogue import catalogue, find
from claims.core.findings import FINDINGS
from claims.core.status import Status
from claims.deciding.decide import expected
from reports.ledger import ledger
from reports.ledger.ledger import Ledger
from reports.page import summary
from reports.page.summary import command, counts, killed, markdown


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.title)
def test_a_finding_is_falsifiable(finding):
    """It stands on the verdicts recorded; any one of those it rests on, changed, takes it away, and
    so does one missing.
    """
    assert finding.rests_on
    statuses = {name: expected(find(name)) for name in finding.rests_on}
    assert statuses == dict(finding.rests_on)
    assert set(finding.rests_on) <= set(catalogue())
    assert finding.supported(statuses) is True
    for name in statuses:
        for status in Status:
            assert finding.supported(statuses | {name: status}) is (
                status is finding.rests_on[name]
            )
        without = {other: status for other, status in statuses.items() if other != name}
        assert finding.supported(without) is None
        for other in without:
            assert (
                finding.supported(without | {other: Status.INCONCLUSIVE}) is False
            )  # what is there speaks against it


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.title)
def test_a_finding_of_an_empty_ledger(finding):
    assert finding.supported({}) is None


def test_findings_have_a_title_each():
    assert len({finding.title for finding in FINDINGS}) == len(FINDINGS)
    assert all(finding.text and not finding.title.endswith(".") for finding in FINDINGS)


def test_counts():
    """Of the catalogue's statements, settled; of no others."""
    statuses = {
        "e1.step": Status.FALSIFIED,
        "e1.trajectory": Status.VERIFIED,
        "e5.scratch": Status.VERIFIED,
        "e6.gram": Status.INCONCLUSIVE,
    }
    found = counts(
        book(
            statuses
            | {
                "e5.scratch!off-by-one": Status.FALSIFIED,
                "no.longer.a.claim": Status.VERIFIED,
            }
        )
    )
    assert found == {  # e1.trajectory uses e1.step: blocked
        "verified": 1,
        "falsified": 1,
        "undecided": 2,
        "no verdict": len(catalogue()) - 4,
    }


@pytest.mark.parametrize("status", [Status.INCONCLUSIVE, Status.VACUOUS])
def test_short_of_a_verdict(status):
    assert counts(book({"e5.scratch": status}))["undecided"] == 1


def test_counts_of_nothing():
    assert counts(Ledger({})) == {
        "verified": 0,
        "falsified": 0,
        "undecided": 0,
        "no verdict": len(catalogue()),
    }


def test_counts_by_origin():
    """The paper's own statements and ours make up all, group by group; in words as well."""
    made = book(RECORDED | {"e1.step": Status.VACUOUS, "lemma-a1.c.balance": Status.INCONCLUSIVE})
    own, ours = summary.counts_by_origin(made).values()
    assert {group: own[group] + ours[group] for group in own} == counts(made)
    assert own["undecided"] >= 1
    assert sum(own.values()) == sum(claim.of_the_paper for claim in catalogue().values())
    said = summary.tally(made)
    for counted in (counts(made), own, ours):
        assert f"{sum(counted.values())} " in said
        assert f": {counted['verified']} verified, {counted['falsified']} falsified" in said
    assert "no verdict" not in said


@pytest.mark.parametrize(
    ("name", "own"),
    [("theorem-4.3.error-upper", True), ("b5.lower", True), ("law.l1", False), ("e1.step", False)],
)
def test_whose_a_statement_is(name, own):
    assert find(name).of_the_paper is own


def test_killed():
    assert killed(
        book(
            {
                "e5.scratch!off-by-one": Status.FALSIFIED,
                "e5.scratch!perturbed": Status.VERIFIED,
                "e5.scratch": Status.FALSIFIED,
            }
        )
    ) == (1, 2)


def test_mutants_of_what_is_undecided_do_not_count():
    statuses = {"e5.scratch!perturbed": Status.VERIFIED, "e5.scratch": Status.INCONCLUSIVE}
    assert killed(book(statuses)) == (0, 0)


def decided_by(line):
    """What each command of the line would decide: (claims, mutants, profile, entropy); those on
    real images by the last one, whatever their profile.
    """
    found = []
    parts = line.split("; ")
    if parts[-1] == summary.IMAGES_COMMAND:
        on_images = [claim for claim in catalogue().values() if ledger.on_images(claim.id)]
        mutants = {claim.mutated(mutant).id for claim in on_images for mutant in claim.mutants}
        found.append(({claim.id for claim in on_images}, mutants, None, None))
        parts = parts[:-1]
    for part in parts:
        program, verb, *rest = shlex.split(part)
        assert (program, verb) == ("transfer-claims", "verify")
        options = dict(pairwise(rest))
        names = [
            word
            for i, word in enumerate(rest)
            if not word.startswith("--")
            and (i == 0 or rest[i - 1] not in ("--profile", "--entropy"))
        ]
        claims = {name for name in names if "!" not in name} or (
            {name for name in catalogue() if not ledger.on_images(name)} if not names else set()
        )
        planted = {name for name in names if "!" in name}
        if "--mutants" in rest:
            planted |= {
                find(name).mutated(version).id for name in claims for version in find(name).mutants
            }
        found.append((claims, planted, options["--profile"], int(options["--entropy"])))
    return found


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_command_decides_these_again(made):
    """Each verdict of the ledger, by its own profile and entropy, and no other; `;` between runs,
    since a run that finds a falsified claim exits with 1. Those on real images are decided
    together.
    """
    every = made.verdicts | made.mutants
    wanted = {
        (name, v.profile, v.entropy) for name, v in every.items() if not ledger.on_images(name)
    }
    assert ("cifar report" in command(made)) is any(map(ledger.on_images, every))
    assert {
        (name, profile, entropy)
        for claims, planted, profile, entropy in decided_by(command(made))
        for name in claims | planted
        if profile
    } == wanted
    assert "&&" not in command(made)


def test_command_of_everything_is_short():
    assert (
        command(MADE["everything"])
        == "transfer-claims verify --mutants --profile ci --entropy 5; transfer-claims cifar report"
    )
    assert (
        command(MADE["every claim"])
        == "transfer-claims verify --profile ci --entropy 5; transfer-claims cifar report"
    )
    assert command(Ledger({})) == "transfer-claims verify"


def rows(text, title):
    """The cells of a table under a heading, as a reader of Markdown sees them: text and code,
    nothing swallowed.
    """
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    start = next(
        i
        for i, token in enumerate(tokens)
        if token.type == "heading_open" and tokens[i + 1].content == title
    )
    found = []
    for i in range(start + 3, len(tokens)):
        if tokens[i].type == "heading_open":
            break
        if tokens[i].type == "tr_open":
            found.append([])
        if tokens[i].type == "td_open":
            assert {part.type for part in tokens[i + 1].children} <= {
                "text",
                "code_inline",
                "text_special",
            }
            found[-1].append("".join(part.content for part in tokens[i + 1].children))
    return [row for row in found if row]


def test_markdown():
    """The recorded verdicts: all findings, every falsified statement, counts that agree, and how to
    repeat it.
    """
    made = book(RECORDED | PLANTED)
    text = markdown(made)
    found = counts(made)
    assert summary.tally(made) in text
    assert f"{found['verified']} verified, {found['falsified']} falsified" in text
    assert f"mutants falsified: {len(PLANTED)} of {len(PLANTED)}." in text
    assert f"{made.networks:,} networks" in text
    assert [line.split("**")[1] for line in text.splitlines() if line.startswith("- **")] == [
        f"{finding.title}." for finding in FINDINGS
    ]
    listed = rows(text, "Falsified")
    assert [cells[0] for cells in listed] == [
        name for name, status in made.statuses.items() if status is Status.FALSIFIED
    ]
    assert {len(cells) for cells in listed} == {3}
    assert all(cells[1:] == ["falsified", find(cells[0]).statement] for cells in listed)
    assert text.endswith(f"Repeat: `{command(made)}`\n")


@pytest.mark.parametrize(
    "name", sorted({name for finding in FINDINGS for name in finding.rests_on})[::4]
)
def test_only_findings_that_stand(name):
    """One verdict turned, or not there: what rests on it is not called a finding, and every
    sentence whose verdicts are untouched is.
    """
    turned = book(RECORDED | {name: OTHER[RECORDED[name]]})
    absent = book({other: status for other, status in RECORDED.items() if other != name})
    for made in (turned, absent):
        text = markdown(made)
        for finding in FINDINGS:
            assert (f"**{finding.title}.**" in text) is (finding.supported(made.statuses) is True)
            assert name not in finding.rests_on or f"**{finding.title}.**" not in text


def test_no_finding_no_heading():
    text = markdown(book({"e5.scratch": Status.VERIFIED}))
    assert "Findings" not in text
    assert "Falsified" not in text
    assert "mutants falsified: 0 of 0." in text


def test_undecided_is_listed():
    text = markdown(
        book(
            {
                "e1.step": Status.FALSIFIED,
                "e1.trajectory": Status.VERIFIED,
                "e6.gram": Status.INCONCLUSIVE,
            }
        )
    )
    assert {(cells[0], cells[1]) for cells in rows(text, "Undecided")} == {
        ("e1.trajectory", "blocked"),
        ("e6.gram", "inconclusive"),
    }


def test_pipes_and_line_breaks(monkeypatch):
    """A statement stays in its cell."""
    odd = replace(find("e5.scratch"), statement="|a| is\nless than |b|")
    monkeypatch.setattr(summary, "catalogue", lambda: catalogue() | {"e5.scratch": odd})
    ((_, _, statement),) = rows(markdown(book({"e5.scratch": Status.FALSIFIED})), "Falsified")
    assert statement == "|a| is less than |b|"


def test_every_statement_survives_markdown():
    """Bars, stars and subscripts of any statement, were it falsified; and findings are their own
    words.
    """
    made = book(dict.fromkeys(catalogue(), Status.FALSIFIED))
    assert [cells[2] for cells in rows(markdown(made), "Falsified")] == [
        claim.statement for claim in catalogue().values()
    ]
    inline = [
        token
        for token in MarkdownIt("commonmark").parse(markdown(book(RECORDED)))
        if token.type == "inline"
    ]
    said = ["".join(part.content for part in token.children) for token in inline]
    assert [
        text for text in said if any(text.startswith(finding.title) for finding in FINDINGS)
    ] == [f"{f.title}. {f.text}" for f in FINDINGS]

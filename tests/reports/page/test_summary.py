"""A ledger in brief: what is counted, what is called a finding and when, and what moved between two
ledgers.
"""

import json
import shlex
import time
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt

from claims.core.catalogue import catalogue, find
from claims.core.findings import FINDINGS
from claims.core.status import Status
from claims.deciding.decide import expected
from claims.deciding.verdict import Verdict
from reports.ledger import ledger
from reports.ledger.ledger import Ledger
from reports.page import summary
from reports.page.summary import Move, caught, command, counts, markdown, moves


def verdict(claim, status=Status.VERIFIED, **changes):
    """A made-up verdict."""
    values = {
        "looks": claim,
        "regimes": 6,
        "drawn": 6,
        "seeds": 12,
        "networks": 36,
        "worst_margin": 0.5,
        "points": [],
        "worst_case": None,
        "counterexample": None,
        "method": "tested on regimes",
        "evidence": {},
        "unit": "u",
        "delta": 0.0,
        "level": 1e-9,
        "caught": 0.0,
        "constants": {},
        "profile": "ci",
        "entropy": 5,
        "seconds": 0.1,
    }
    return Verdict(claim=claim, status=status, **(values | changes))


def book(statuses, **changes):
    return Ledger({}).updated(verdict(name, status, **changes) for name, status in statuses.items())


#: Every claim as recorded, and every planted version caught.
RECORDED = {name: expected(claim) for name, claim in catalogue().items()}
PLANTED = {
    claim.mutated(version).id: Status.FALSIFIED
    for claim in catalogue().values()
    for version in claim.mutants
}
OTHER = {Status.VERIFIED: Status.FALSIFIED, Status.FALSIFIED: Status.VERIFIED}


@pytest.fixture
def report(run):
    """Run `transfer-claims report ARGUMENTS` in an empty folder: exit code, standard output,
    standard error.
    """
    return partial(run, "report")


# Findings -----------------------------------------------------------------------------------------


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


# Counts -------------------------------------------------------------------------------------------


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
        "not decided": len(catalogue()) - 4,
    }


@pytest.mark.parametrize("status", [Status.INCONCLUSIVE, Status.VACUOUS])
def test_short_of_a_verdict(status):
    assert counts(book({"e5.scratch": status}))["undecided"] == 1


def test_counts_of_nothing():
    assert counts(Ledger({})) == {
        "verified": 0,
        "falsified": 0,
        "undecided": 0,
        "not decided": len(catalogue()),
    }


def test_caught():
    assert caught(
        book(
            {
                "e5.scratch!off-by-one": Status.FALSIFIED,
                "e5.scratch!perturbed": Status.VERIFIED,
                "e5.scratch": Status.FALSIFIED,
            }
        )
    ) == (1, 2)


# The command --------------------------------------------------------------------------------------


def decided_by(line):
    """What each command of the line would decide: (claims, planted versions, profile, entropy)."""
    found = []
    for part in line.split("; "):
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
            {*catalogue()} if not names else set()
        )
        planted = {name for name in names if "!" in name}
        if "--mutants" in rest:
            planted |= {
                find(name).mutated(version).id for name in claims for version in find(name).mutants
            }
        found.append((claims, planted, options["--profile"], int(options["--entropy"])))
    return found


MADE = {
    "everything": book(RECORDED | PLANTED),
    "every claim": book(RECORDED),
    "every planted version": book(PLANTED),
    "one claim": book({"e5.scratch": Status.VERIFIED}),
    "one with its planted versions": book(
        {
            "e5.scratch": Status.VERIFIED,
            **{name: s for name, s in PLANTED.items() if name.startswith("e5.scratch!")},
        }
    ),
    "one planted version": book({"e5.scratch!off-by-one": Status.FALSIFIED}),
    "every claim and one planted version": book(
        RECORDED | {"e5.scratch!off-by-one": Status.FALSIFIED}
    ),
    "two runs": (
        book({"e5.scratch": Status.VERIFIED}).updated(
            [verdict("e1.step", profile="quick", entropy=2**64 - 1), verdict("e6.gram")]
        )
    ),
}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_command_decides_these_again(made):
    """Each verdict of the ledger, by its own profile and entropy, and no other; `;` between runs,
    since a run that finds a falsified claim exits with 1.
    """
    wanted = {(name, v.profile, v.entropy) for name, v in (made.verdicts | made.planted).items()}
    assert {
        (name, profile, entropy)
        for claims, planted, profile, entropy in decided_by(command(made))
        for name in claims | planted
    } == wanted
    assert "&&" not in command(made)


def test_command_of_everything_is_short():
    assert (
        command(MADE["everything"]) == "transfer-claims verify --mutants --profile ci --entropy 5"
    )
    assert command(MADE["every claim"]) == "transfer-claims verify --profile ci --entropy 5"
    assert command(Ledger({})) == "transfer-claims verify"


# Markdown -----------------------------------------------------------------------------------------


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
    assert (
        f"**{found['verified']} verified**, {found['falsified']} falsified, {found['undecided']}"
        " undecided" in text
    )
    assert f"planted wrong versions falsified: {len(PLANTED)} of {len(PLANTED)}." in text
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
    assert "planted wrong versions falsified: 0 of 0." in text


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


# What moved ---------------------------------------------------------------------------------------

OLD = book(
    {
        "e5.scratch": Status.VERIFIED,
        "e6.gram": Status.VERIFIED,
        "e5.scratch!off-by-one": Status.FALSIFIED,
    },
    constants={"a.C_1": 2.0},
)

MOVED = {
    "nothing": (OLD, []),
    "other seconds, margins and entropy": (
        OLD.updated(
            [
                verdict(
                    "e5.scratch", seconds=9.0, worst_margin=0.1, entropy=9, constants={"a.C_1": 2.0}
                )
            ]
        ),
        [],
    ),
    "a verdict": (
        OLD.updated([verdict("e6.gram", Status.FALSIFIED, constants={"a.C_1": 2.0})]),
        [Move("e6.gram", "verdict", "verified", "falsified")],
    ),
    "a constant": (
        OLD.updated([verdict("e6.gram", constants={"a.C_1": 2.5})]),
        [Move("e6.gram", "a.C_1", 2.0, 2.5)],
    ),
    "another constant": (
        OLD.updated([verdict("e6.gram", constants={"a.C_2": 3.0})]),
        [Move("e6.gram", "a.C_1", 2.0, None), Move("e6.gram", "a.C_2", None, 3.0)],
    ),
    "a claim more": (
        OLD.updated([verdict("e1.step", constants={"a.C_1": 2.0})]),
        [Move("e1.step", "verdict", None, "verified")],
    ),
    "a claim less": (
        replace(OLD, verdicts={"e5.scratch": OLD.verdicts["e5.scratch"]}),
        [Move("e6.gram", "verdict", "verified", None)],
    ),
    "a planted version": (
        OLD.updated(
            [verdict("e5.scratch!off-by-one", Status.INCONCLUSIVE, constants={"a.C_1": 9.0})]
        ),
        [Move("e5.scratch!off-by-one", "verdict", "falsified", "inconclusive")],
    ),
    "a planted version less": (
        replace(OLD, mutants={}),
        [Move("e5.scratch!off-by-one", "verdict", "falsified", None)],
    ),
}


@pytest.mark.parametrize(("new", "wanted"), MOVED.values(), ids=MOVED)
def test_moves(new, wanted):
    """Each once, and turned around the other way."""
    assert moves(OLD, new) == wanted
    assert {(m.claim, m.what, m.new, m.old) for m in moves(new, OLD)} == {
        (m.claim, m.what, m.old, m.new) for m in wanted
    }


def test_a_block_is_a_move():
    """A claim whose own verdict stands moves with the one that it uses."""
    old = book({"e1.step": Status.VERIFIED, "e1.trajectory": Status.VERIFIED})
    new = old.updated([verdict("e1.step", Status.FALSIFIED)])
    assert moves(old, new) == [
        Move("e1.step", "verdict", "verified", "falsified"),
        Move("e1.trajectory", "verdict", "verified", "blocked"),
    ]


def test_moves_of_a_whole_run_are_found_at_once():
    """Some 500 verdicts."""
    begun = time.monotonic()
    assert moves(MADE["everything"], MADE["every claim"]) == [
        Move(name, "verdict", "falsified", None) for name in MADE["everything"].planted
    ]
    assert time.monotonic() - begun < 10


# The command line ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("new", "wanted"), MOVED.values(), ids=MOVED)
def test_compare(report, tmp_path, new, wanted):
    """Exit 1 where anything moved, 0 where nothing did; both ledgers named; `--json` is JSON."""
    paths = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    for path, made in zip(paths, (OLD, new), strict=True):
        ledger.write(made, path)
    code, out, err = report("--compare", *paths)
    assert (code, err) == (int(bool(wanted)), "")
    assert all(str(path) in out.replace("\n", "") for path in paths)
    assert ("nothing moved" in out) is (not wanted)
    for move in wanted:
        assert move.claim in out
        assert move.what in out
    code, out, err = report("--compare", *paths, "--json")
    assert (code, err) == (int(bool(wanted)), "")
    assert json.loads(out) == [
        {"claim": m.claim, "what": m.what, "old": m.old, "new": m.new} for m in wanted
    ]


def test_compare_says_when_each_was_written(report, tmp_path):
    ledger.write(OLD, path := tmp_path / "old.jsonl")
    _, out, _ = report("--compare", path, path)
    assert out.count(f"written {ledger.read(path).written}, 2 verified") == 2


def test_markdown_on_standard_output(report, tmp_path):
    ledger.write(OLD, path := tmp_path / "old.jsonl")
    assert report("--markdown", "--ledger", path) == (0, markdown(OLD), "")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["old.jsonl"]


def test_the_page_shows_the_experiments_beside_the_ledger(report, tmp_path, leave):
    """Wherever the page goes."""
    ledger.write(OLD, path := tmp_path / "kept" / "ledger.jsonl")
    leave(tmp_path / "kept" / "experiments", "plane")
    code, _, _ = report("--ledger", path, "--out", tmp_path / "elsewhere")
    assert code == 0
    assert 'id="experiment-plane"' in (tmp_path / "elsewhere" / "index.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--compare", "old.jsonl", "absent.jsonl"],
        ["--compare", "absent.jsonl", "old.jsonl"],
        ["--markdown"],
    ],
    ids=" ".join,
)
def test_an_absent_ledger_is_not_an_empty_one(report, tmp_path, arguments):
    """Else everything would seem to have moved: one line and exit 2."""
    ledger.write(OLD, tmp_path / "old.jsonl")
    code, out, err = report(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "there is no such ledger" in err


def test_compare_with_another_format(report, tmp_path):
    """Of an earlier version: named, not misread."""
    ledger.write(OLD, path := tmp_path / "old.jsonl")
    (tmp_path / "older.jsonl").write_text(
        path.read_text().replace('"version": 3', '"version": 2', 1)
    )
    code, out, err = report("--compare", tmp_path / "older.jsonl", path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "older.jsonl" in err
    assert "version 2" in err

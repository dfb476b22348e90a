"""The page needs nothing but itself, and is whole."""

import re
from itertools import pairwise

import pytest
from pages import BOOK, LIMIT, Parsed, dangling, headings, loaded

from claims.core.catalogue import catalogue
from reports.page import document


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
    assert all(document._digest(script) in text for script in scripts)


def test_same_ledger_same_bytes(folder, text):
    assert document.render(BOOK, folder) == text


def test_size(text):
    assert len(text.encode()) < LIMIT


def test_headings_in_order(parsed):
    levels = headings(parsed)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_written_whole(folder, text, monkeypatch):
    """A page that cannot be made leaves the old one."""
    monkeypatch.setattr(document, "render", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        document.build(BOOK, folder)
    assert (folder / document.NAME).read_text(encoding="utf-8") == text
    assert [file.name for file in folder.iterdir()] == [document.NAME]


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

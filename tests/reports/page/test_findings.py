"""A finding stands only on the verdicts it rests on."""

import re

from pages import BOOK, words

from claims.core import findings
from claims.core.findings import Finding
from claims.core.status import Status
from reports.page import document
from reports.page.prose import prose

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
    shown = document.render(BOOK, folder)
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
    assert all(str(prose(finding.text)) in text for finding in findings.FINDINGS)

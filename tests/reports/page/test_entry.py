"""Every statement says what the ledger says and nothing more."""

import re
from dataclasses import asdict

from pages import BOOK, Parsed, verdict, words

from claims.core import findings
from claims.core.catalogue import catalogue
from claims.core.status import Status
from reports.ledger import attacks
from reports.ledger.attacks import RecordedAttack
from reports.ledger.ledger import Ledger
from reports.page import document, entry
from reports.page.rows import ConstantRow, hypothesis_rows

ATTACK = {
    "entropy": 1,
    "regimes": 100,
    "unmeasured": 2,
    "networks": 2000,
    "seconds": 90.0,
    "regime": {"n1": 20},
    "root": 5,
    "seeds": 4000,
    "trials": 4000,
    "possible_failures": 130,
    "margin": 0.25,
    "delta": 0.05,
    "falls": False,
}


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
        "a true statement is falsified with probability at most 1 × 10⁻⁸, whatever else",
        "1.5 seconds",
        "e7.covariance",
        *claim.uses.values(),
        "proposition-4.4.2",
        "claims/paper/theorem_4_3.py",
        "transfer-claims verify theorem-4.3.error-upper --entropy 1234",
        "mutants killed 5 of 6",
        "verified: survived",
        "falsified, as it must be",
        *(wrong.name for wrong in claim.mutants),
    ):
        assert expected in shown, expected


def test_what_an_adversary_found(folder, monkeypatch, tmp_path):
    """With the statement, and among those nearest to their fall; as `show` says it."""
    name = "theorem-4.3.error-upper"
    attack = RecordedAttack(
        **ATTACK, claim=name, text=attacks.digest_of(catalogue()[name]), failures=120
    )
    file = tmp_path / "attacks.jsonl"
    with attacks.opened(file) as kept:
        kept.append([asdict(attack)])
    of, section = attacks.of, attacks.section
    monkeypatch.setattr(attacks, "of", lambda claim: of(claim, file))
    monkeypatch.setattr(attacks, "section", lambda: section(file))
    text = document.render(BOOK, folder)
    shown = Parsed(text)
    sentence = attacks.of(catalogue()[name]).sentence
    assert "120 of 4,000 networks fail" in sentence
    assert sentence in words(shown.articles[name])
    assert "Adversary" not in words(shown.articles["theorem-4.3.error-lower"])
    table = words(text[text.index('id="attacks"') : text.index('id="robustness"')])
    assert f"1 of {len(attacks.to_attack())} verified statements" in table
    assert "120 of 4,000" in table
    low, high = attack.interval
    assert f"{low:.2%} to {high:.2%}" in table
    assert low < 0.03 < high
    monkeypatch.setattr(attacks, "section", lambda: section(tmp_path / "none"))
    assert "Not shown: none: No such file" in words(document.render(BOOK, folder))


def test_not_decided(parsed):
    shown = words(parsed.articles["law.l3"])
    assert "no verdict" in shown
    assert "No verdict in this ledger." in shown
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
        document.render(
            Ledger({}).updated([verdict("e1.step", Status.FALSIFIED), verdict("e1.trajectory")]),
            folder,
        )
    )
    assert "Its own evidence says verified, but a statement it uses is falsified" in words(
        shown.articles["e1.trajectory"]
    )
    assert "blocked" in shown.articles["e1.trajectory"]


def test_source_files_exist(parsed):
    """Their paths are text; a page elsewhere, which may move, links to none."""
    told = {re.search(r"Code(\S+?\.py)", shown)[1] for shown in parsed.articles.values()}
    assert len(told) > 10
    assert all((entry.ROOT / file).is_file() for file in told)
    assert not [href for href in parsed.values("href") if href.endswith(".py")]


def test_a_page_in_the_repository_links_to_source_files():
    folder = entry.ROOT / "reports" / "out"
    shown = Parsed(document.render(Ledger({}), folder))
    files = {href for href in shown.values("href") if href.endswith(".py")}
    assert len(files) > 10
    assert all((folder / file).resolve().is_file() for file in files)
    assert {file.partition("../../")[0] for file in files} == {""}


def test_a_quantity_that_is_fixed_is_no_range():
    """Y = 1, not 1 ≤ Y ≤ 1; and no formula of a hypothesis says otherwise."""
    fixed = [
        (claim, quantity.latex)
        for claim in catalogue().values()
        if claim.domain
        for quantity, between in claim.domain.where.items()
        if between.low == between.high
    ]
    assert fixed
    for claim, latex in fixed:
        told = [str(row.inequality) for row in hypothesis_rows(claim)]
        assert any(f'alttext="{latex}=' in formula for formula in told)


def test_other_constants_are_told_by_their_letters():
    fit = {"rule": "theorem-4.2.tau-D.C_1/theorem-4.3.C_3 - 1"}
    row = ConstantRow("theorem-4.2.C_4", "", 1.0, fit)
    assert row.rule == "(C_1 of theorem-4.2.tau-D)/(C_3 of theorem-4.3) − 1"
    assert ConstantRow("x", "", 1.0, {"rule": "largest needed, times 1.1"}).rule == (
        "largest needed, times 1.1"
    )


def test_no_verdict_at_all(folder):
    shown = Parsed(document.render(Ledger({}), folder))
    assert set(shown.articles) >= set(catalogue())
    assert all("no verdict" in shown.articles[name] for name in catalogue())


def test_a_verdict_without_a_regime_is_not_trained_again(folder):
    def told(**changes):
        book = Ledger({}).updated([verdict("e5.scratch", **changes)])
        return words(Parsed(document.render(book, folder)).articles["e5.scratch"])

    assert "transfer-claims replay e5.scratch" in told()
    for case in (None, {"regime": None, "root": 0, "margin": 0.25}):
        shown = told(worst_case=case)
        assert "transfer-claims verify e5.scratch" in shown
        assert "transfer-claims replay e5.scratch" not in shown


def test_a_claim_that_is_no_more(folder):
    """A verdict of a claim that the catalogue has lost is left out; the page is made."""
    assert "no.longer" not in document.render(BOOK.updated([verdict("no.longer")]), folder)


def test_every_worst_regime_can_be_trained_again(parsed):
    """By a command; what is kept has one of its own, and what has no verdict none."""
    shown = words(parsed.articles["theorem-4.3.error-upper"])
    assert "transfer-claims replay theorem-4.3.error-upper trains its worst regime again" in shown
    kept = words(parsed.articles["f3.diverges"])
    assert "transfer-claims replay claims/counterexamples/f3.diverges.json" in kept
    assert "its worst regime again" not in kept
    assert "its worst regime again" not in words(parsed.articles["law.l3"])  # no verdict

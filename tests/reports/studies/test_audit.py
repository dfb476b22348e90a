"""A ledger decided again: to the bit, in law, or with another verdict; whole or a share of it."""

import json
import math
from dataclasses import replace

import pytest
from scipy.stats import hypergeom

from claims.core.catalogue import find
from claims.core.profile import PROFILES
from claims.core.status import Status
from reports.ledger import ledger
from reports.ledger.ledger import Ledger
from reports.studies import audit, deciding
from reports.studies.verify import decide

#: A proof, a formula, one that is false, one that trains; and a planted version.
IDS = (
    "e5.scratch",
    "e3.degrees",
    "b5.lower",
    "gamma-printed.dimensionless",
    "e5.scratch!off-by-one",
)
QUICK = replace(PROFILES["quick"], entropy=11)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    from claims.core.workspace import Workspace

    workspace = Workspace(tmp_path_factory.mktemp("theirs"))
    return Ledger({}).updated(decide(find(name), QUICK, workspace=workspace) for name in IDS)


@pytest.fixture
def decided(monkeypatch):
    """Families are decided here, one after the other; ids as they are."""
    seen = []

    def decide_all(ids, profile, workers, verdicts, workspace, tick):
        for family in deciding.families_of(ids):
            seen.extend(family)
            new = deciding.decide_by_ids(family, profile, workspace)
            verdicts.extend(new)
            tick(new)

    monkeypatch.setattr(deciding, "decide_all", decide_all)
    return seen


@pytest.fixture
def path(book, tmp_path):
    ledger.write(book, path := tmp_path / "theirs.jsonl")
    return path


def changed(book, path, name, **changes):
    """The ledger with one verdict changed."""
    every = book.verdicts | book.mutants
    ledger.write(book.updated([replace(every[name], **changes)]), path)
    return path


def test_to_the_bit(run, decided, path):
    before = path.read_bytes()
    code, out, err = run("audit", path)
    assert (code, err) == (0, "")
    assert "5 of 5 verdicts (100%)" in out
    assert "5 reproduced to the bit, 0 in law" in out
    assert sorted(decided) == sorted(IDS)
    assert path.read_bytes() == before


def test_json(run, decided, path, book):
    code, out, err = run("audit", path, "--json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert (told["verdicts"], told["audited"], told["to_the_bit"], told["in_law"]) == (5, 5, 5, 0)
    assert (told["differ"], told["differing_at_most"], told["versions"]) == (0, 0, {})
    assert {one["claim"]: one["there"]["status"] for one in told["claims"]} == {
        name: verdict.status.value for name, verdict in (book.verdicts | book.mutants).items()
    }


def test_in_law(run, decided, book, path):
    """The same verdict on other bits, as from another machine: said of which fields."""
    margin = math.nextafter(book.verdicts["b5.lower"].worst_margin, 1)
    code, out, _ = run("audit", changed(book, path, "b5.lower", worst_margin=margin))
    assert code == 0
    assert "b5.lower: verified, as there, but for worst_margin" in out
    assert "4 reproduced to the bit, 1 in law" in out


@pytest.mark.parametrize(
    ("name", "status"),
    [("gamma-printed.dimensionless", Status.VERIFIED), ("e5.scratch", Status.INCONCLUSIVE)],
)
def test_another_verdict(run, decided, book, path, name, status):
    code, out, _ = run("audit", changed(book, path, name, status=status))
    assert code == 1
    assert f"{name}: {status.value} there, {book.verdicts[name].status.value} here" in out
    assert "1 with another verdict" in out


def test_time_is_no_difference(run, decided, book, path):
    code, out, _ = run("audit", changed(book, path, "e5.scratch", seconds=1e4))
    assert (code, "5 reproduced to the bit" in out) == (0, True)


def test_each_on_its_own_entropy(run, decided, book, path):
    other = decide(find("e5.scratch"), replace(QUICK, entropy=12))
    ledger.write(book.updated([other]), path)
    assert "5 reproduced to the bit" in run("audit", path)[1]


# A share ------------------------------------------------------------------------------------------


def test_share(run, decided, path):
    code, out, _ = run("audit", path, "--share", "0.5", "--entropy", "3", "--json")
    told = json.loads(out)
    assert (code, told["audited"], told["verdicts"], told["entropy"]) == (0, 3, 5, 3)
    assert sorted(decided) == sorted(one["claim"] for one in told["claims"])


def test_share_is_drawn_by_its_entropy(book):
    drawn = {tuple(one.claim for one in audit.chosen(book, 0.4, entropy)) for entropy in range(200)}
    assert len(drawn) == math.comb(5, 2)
    assert audit.chosen(book, 0.4, 7) == audit.chosen(book, 0.4, 7)
    assert len(audit.chosen(book, 1e-6, 0)) == 1
    assert [one.claim for one in audit.chosen(book, 1.0, 5)] == [*book.verdicts, *book.mutants]


def test_new_entropy_is_printed_and_repeats(run, decided, path):
    _, out, _ = run("audit", path, "--share", "0.5", "--json")
    told = json.loads(out)
    _, again, _ = run("audit", path, "--share", "0.5", "--entropy", told["entropy"], "--json")
    assert json.loads(again)["claims"] == told["claims"]


@pytest.mark.parametrize(("total", "drawn", "seen"), [(161, 32, 0), (161, 32, 2), (5, 3, 0)])
def test_how_many_of_the_rest_may_differ(total, drawn, seen):
    """With so many that few would be seen in one of twenty audits, with one less in more."""
    most = audit._most(total, drawn, seen)
    assert hypergeom.cdf(seen, total, most, drawn) > 0.05
    assert most + 1 > total - drawn + seen or hypergeom.cdf(seen, total, most + 1, drawn) <= 0.05


def test_the_whole_leaves_nothing_open():
    assert [audit._most(5, 5, seen) for seen in range(6)] == [*range(6)]


# Stopped, and gone on with ------------------------------------------------------------------------


def test_goes_on(run, decided, path, monkeypatch):
    """What was decided before Ctrl-C is not decided again, and counts."""
    whole, decide_all = [], deciding.decide_all

    def stopped(ids, profile, workers, verdicts, workspace, tick):
        decide_all(ids[:2], profile, workers, verdicts, workspace, tick)
        raise KeyboardInterrupt

    monkeypatch.setattr(deciding, "decide_all", stopped)
    assert run("audit", path)[0] == 130
    whole += decided
    decided.clear()
    monkeypatch.setattr(deciding, "decide_all", decide_all)
    code, out, _ = run("audit", path)
    assert (code, "5 reproduced to the bit" in out) == (0, True)
    assert sorted([*whole, *decided]) == sorted(IDS)
    assert decided


def test_another_ledger_begins_anew(run, decided, book, path):
    run("audit", path)
    decided.clear()
    run("audit", changed(book, path, "e5.scratch", status=Status.FALSIFIED))
    assert sorted(decided) == sorted(IDS)


# Refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--share", "0"], "--share 0.0"),
        (["--share", "1.5"], "--share 1.5"),
        (["--share", "nan"], "--share nan"),
        (["--entropy", "3"], "--entropy 3"),
        (["--share", "0.5", "--entropy", "-1"], "--entropy"),
    ],
    ids=str,
)
def test_bad_options(run, decided, path, options, said):
    code, out, err = run("audit", path, *options)
    assert (code, out, said in err, decided) == (2, "", True, [])


def test_bad_ledgers(run, decided, book, path, tmp_path):
    absent, empty, garbage = (tmp_path / name for name in ("absent", "empty.jsonl", "garbage"))
    ledger.write(Ledger({}), empty)
    garbage.write_text("garbage\n")
    unknown = changed(book, path, "b5.lower", profile="thorough")
    for file, said in (
        (absent, "no such ledger"),
        (empty, "no verdict"),
        (garbage, "not a whole ledger"),
        (unknown, "profile = 'thorough'"),
    ):
        code, out, err = run("audit", file)
        assert (code, out, said in err, err.count("\n")) == (2, "", True, 1)
    assert decided == []


def test_a_claim_that_is_not_known_here(run, decided, path):
    text = path.read_text().replace('"claim": "b5.lower"', '"claim": "b5.lowest"')
    path.write_text(text)
    code, out, err = run("audit", path)
    assert (code, out, "b5.lowest" in err, decided) == (2, "", True, [])


def test_versions_that_differ(run, decided, path):
    path.write_text(path.read_text().replace('"numpy": "', '"numpy": "0.'))
    _, out, _ = run("audit", path)
    assert "numpy: 0." in out

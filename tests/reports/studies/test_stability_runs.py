"""Single runs of a series: read, compared with findings, and made."""

import json
import math
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import pytest
from series import CONJECTURES, DECIDED, FINDINGS, lines, run_of

from claims.core import findings
from claims.core.catalogue import catalogue, find
from claims.core.profile import PROFILES
from claims.core.status import Status
from reports.ledger.ledger import versions
from reports.studies import stability
from reports.studies.stability import SeriesError, differing, one_run, read, sources, varying
from reports.studies.verify import decide

# Reading ------------------------------------------------------------------------------------------


def test_read(tmp_path):
    path = tmp_path / "stability.jsonl"
    path.write_text(lines(run_of(1), run_of(2)))
    assert read(path) == [run_of(1), run_of(2)]


def test_absent_is_empty(tmp_path):
    assert read(tmp_path / "absent.jsonl") == []


LACKING = {name: value for name, value in run_of().items() if name != "entropy"}


@pytest.mark.parametrize(
    "damage",
    [lines([1, 2]), lines("ci"), lines(None), lines(LACKING), lines({})],
    ids=["list", "string", "null", "lacks entropy", "empty"],
)
@pytest.mark.parametrize("before", [0, 2])
def test_damaged_line(tmp_path, damage, before):
    """Named by its number and the file's path."""
    path = tmp_path / "stability.jsonl"
    path.write_text(lines(*[run_of(k) for k in range(before)]) + damage + lines(run_of(9)))
    with pytest.raises(
        SeriesError, match=rf"stability\.jsonl: line {before + 1}: .*profile, entropy and statuses"
    ):
        read(path)


@pytest.mark.parametrize(
    "damage",
    ['{"profile": "ci", "entr\n', "garbage\n", "\n", "[" * 10**5 + "\n"],
    ids=["cut off", "garbage", "blank", "nested"],
)
def test_line_that_is_not_json(tmp_path, damage):
    """As after a copy that was interrupted: of hundreds of lines, the one to repair is named."""
    path = tmp_path / "stability.jsonl"
    path.write_text(lines(run_of(1), run_of(2)) + damage)
    with pytest.raises(SeriesError, match=r"stability\.jsonl: line 3: "):
        read(path)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["not UTF-8", "a folder"])
def test_unreadable(tmp_path, content):
    path = tmp_path / "stability.jsonl"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(SeriesError, match=r"stability\.jsonl"):
        read(path)


@pytest.mark.parametrize("statuses", [[], None, "verified", 3], ids=repr)
def test_statuses_that_are_none(tmp_path, statuses):
    """Refused on reading, not found out by a traceback after hours of deciding."""
    path = tmp_path / "stability.jsonl"
    path.write_text(lines(run_of() | {"statuses": statuses}))
    with pytest.raises(SeriesError, match="line 1"):
        read(path)


# Comparing ----------------------------------------------------------------------------------------


def test_nothing_differs():
    assert differing([run_of(1), run_of(2)]) == {}


def test_counted_by_verdict():
    """Of what differs in some run, how often each verdict came; the recorded finding among them."""
    found = differing(
        [
            run_of(1),
            run_of(2, e5__scratch="falsified"),
            run_of(3, e5__scratch="inconclusive"),
            run_of(4),
        ]
    )
    assert found == {"e5.scratch": {"verified": 2, "falsified": 1, "inconclusive": 1}}


def test_always_another_verdict():
    """Every run agrees, but not with the finding."""
    assert differing([run_of(k, e5__scratch="falsified") for k in range(3)]) == {
        "e5.scratch": {"falsified": 3}
    }


def test_refuted_statements_stay_refuted(tmp_path, monkeypatch):
    """The finding is what is compared with, be it verified or falsified."""
    monkeypatch.setattr(findings, "FOLDER", tmp_path)
    findings.path("e5.scratch").write_text("{}")
    assert differing([run_of(1) | {"statuses": dict.fromkeys(DECIDED, "verified")}]) == {
        "e5.scratch": {"verified": 1}
    }


def test_claim_that_was_not_decided():
    """A run of some claims says nothing of others."""
    short = run_of()
    del short["statuses"]["e5.scratch"]
    assert differing([run_of(), short]) == {}
    assert differing([run_of(1, e5__scratch="falsified"), short]) == {
        "e5.scratch": {"falsified": 1}
    }


def test_conjectures_are_left_out():
    assert CONJECTURES
    assert (
        differing([run_of() | {"statuses": FINDINGS | dict.fromkeys(CONJECTURES, "inconclusive")}])
        == {}
    )


def test_conjectures_that_vary():
    name = CONJECTURES[0]
    runs = [
        run_of(k) | {"statuses": FINDINGS | {name: status}}
        for k, status in enumerate(["falsified", "inconclusive", "falsified"])
    ]
    assert varying(runs) == {name: {"falsified": 2, "inconclusive": 1}}
    assert varying(runs[:1]) == {}
    assert differing(runs) == {}


# One run ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deaths", range(stability.ATTEMPTS + 1))
def test_a_process_dies(monkeypatch, deaths):
    """The same entropy is tried again, and what the attempt had decided is not counted twice; if it
    is always so, the series ends.
    """
    tried, told = [], []

    def dies(ids, profile, workers, verdicts, tick):
        verdicts.append(decide(find("e5.scratch"), replace(PROFILES["quick"], regimes=1)))
        tried.append(profile.entropy)
        if len(tried) <= deaths:
            raise BrokenProcessPool("a process died")

    monkeypatch.setattr(stability, "decide_all", dies)
    if deaths == stability.ATTEMPTS:
        with pytest.raises(BrokenProcessPool):
            one_run(["e5.scratch"], "quick", 1, tell=told.append)
    else:
        run = one_run(["e5.scratch"], "quick", 1, tell=told.append)
        assert run["entropy"] == tried[0]
        assert (
            run["networks"]
            == decide(find("e5.scratch"), replace(PROFILES["quick"], regimes=1)).networks
        )
    assert len(set(tried)) == 1
    assert told == [f"entropy {tried[0]}: a process died"] * deaths


def test_one_run(monkeypatch):
    """The claims asked for, on entropy of its own; verdicts and margins by id, an infinite margin
    as none.
    """
    asked, name = [], "gamma-printed.dimensionless"
    verdict = replace(decide(catalogue()[name], PROFILES["quick"]), networks=3)

    def some(ids, profile, workers, verdicts, tick):
        asked.append((ids, profile, workers))
        verdicts += [
            verdict,
            replace(verdict, claim="e5.scratch", status=Status.VERIFIED, worst_margin=math.inf),
        ]

    monkeypatch.setattr(stability, "decide_all", some)
    first, second = (
        one_run(["e5.scratch", name], "quick", 3),
        one_run(["e5.scratch", name], "quick", 3),
    )
    assert [(ids, workers) for ids, _, workers in asked] == [(["e5.scratch", name], 3)] * 2
    assert [run["entropy"] for run in (first, second)] == [
        profile.entropy for _, profile, _ in asked
    ]
    assert len({first["entropy"], second["entropy"], PROFILES["quick"].entropy}) == 3
    assert first["statuses"] == {"e5.scratch": "verified", name: "falsified"}
    assert first["margins"] == {"e5.scratch": None, name: verdict.worst_margin}
    assert (first["profile"], first["networks"]) == ("quick", 6)
    assert (first["versions"], first["sources"]) == (versions(), sources())
    json.dumps(first, allow_nan=False)


def test_sources(tmp_path, monkeypatch):
    """Every file that decides, its name and its content: a constant, a counterexample, a line of
    code.
    """
    folders = {
        "claims": ["a.py", "deciding/e.py", "constants.toml", "counterexamples/e1.json"],
        "model": ["b.py", "engines/f.py"],
        "strategies": ["c.py"],
        "reports": ["studies/verify.py", "studies/stability.py"],
    }
    for folder, names in folders.items():
        for name in names:
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_text("same")
    monkeypatch.setattr(
        stability, "__file__", str(tmp_path / "reports" / "studies" / "stability.py")
    )
    digests = [stability.sources()]
    deciding = [
        "claims/a.py",
        "claims/deciding/e.py",
        "claims/constants.toml",
        "claims/counterexamples/e1.json",
        "model/b.py",
        "model/engines/f.py",
        "strategies/c.py",
        "reports/studies/verify.py",
    ]
    for name in deciding:
        (tmp_path / name).write_text("other")
        digests.append(stability.sources())
    (tmp_path / "model" / "b.py").rename(tmp_path / "model" / "d.py")
    digests.append(stability.sources())
    assert len(set(digests)) == len(deciding) + 2
    (tmp_path / "reports" / "page.py").write_text("it decides nothing")
    assert stability.sources() == digests[-1]


def test_sources_are_there():
    """Those that decide in this repository: rules, observations, engines, strategies, records."""
    root = Path(stability.__file__).parents[2]
    files = {file.relative_to(root).as_posix() for file in stability.source_files()}
    assert files >= {
        "claims/deciding/per_regime.py",
        "claims/observing/errors.py",
        "claims/constants.toml",
        "model/engines/gram.py",
        "strategies/search.py",
        "reports/studies/verify.py",
        "reports/images/records.py",
        "reports/cifar/cpu.jsonl",
    }


def test_sources_that_change_during_a_run(monkeypatch):
    """Its workers may have read either: it is not kept."""
    seen = iter(["before", "after"])
    monkeypatch.setattr(stability, "sources", lambda: next(seen))
    monkeypatch.setattr(stability, "decide_all", lambda *_, **__: None)
    with pytest.raises(SeriesError, match="changed while a run decided"):
        one_run(["e5.scratch"], "quick", 1)

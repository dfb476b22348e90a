"""A series of runs on fresh entropy: what is kept of each, where a series goes on, and what it
exits with.
"""

import json
import math
import runpy
import sys
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import pytest

from claims.core import findings
from claims.core.catalogue import catalogue, find
from claims.core.claim import Kind
from claims.core.profile import PROFILES
from claims.core.status import Status
from claims.deciding.decide import expected
from reports.commands import guard
from reports.ledger.ledger import versions
from reports.studies import stability
from reports.studies.stability import FlakesError, differing, one_run, read, sources, varying
from reports.studies.verify import decide

DECIDED = [name for name, claim in catalogue().items() if claim.kind is not Kind.CONJECTURE]
CONJECTURES = [name for name in catalogue() if name not in DECIDED]
FINDINGS = {name: expected(claim).value for name, claim in catalogue().items()}


def run_of(entropy=1, profile="ci", **statuses):
    """A finished run in which every verdict is the recorded finding but for these; a dot in an id
    is written __.
    """
    changed = {name.replace("__", "."): status for name, status in statuses.items()}
    return {
        "profile": profile,
        "entropy": entropy,
        "seconds": 1.0,
        "versions": versions(),
        "sources": sources(),
        "statuses": FINDINGS | changed,
    }


def lines(*runs):
    return "".join(json.dumps(run) + "\n" for run in runs)


# Reading ------------------------------------------------------------------------------------------


def test_read(tmp_path):
    path = tmp_path / "flakes.jsonl"
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
    path = tmp_path / "flakes.jsonl"
    path.write_text(lines(*[run_of(k) for k in range(before)]) + damage + lines(run_of(9)))
    with pytest.raises(
        FlakesError, match=rf"flakes\.jsonl: line {before + 1}: .*profile, entropy and statuses"
    ):
        read(path)


@pytest.mark.parametrize(
    "damage",
    ['{"profile": "ci", "entr\n', "garbage\n", "\n", "[" * 10**5 + "\n"],
    ids=["cut off", "garbage", "blank", "nested"],
)
def test_line_that_is_not_json(tmp_path, damage):
    """As after a copy that was interrupted: of hundreds of lines, the one to repair is named."""
    path = tmp_path / "flakes.jsonl"
    path.write_text(lines(run_of(1), run_of(2)) + damage)
    with pytest.raises(FlakesError, match=r"flakes\.jsonl: line 3: "):
        read(path)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["not UTF-8", "a folder"])
def test_unreadable(tmp_path, content):
    path = tmp_path / "flakes.jsonl"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(FlakesError, match=r"flakes\.jsonl"):
        read(path)


@pytest.mark.parametrize("statuses", [[], None, "verified", 3], ids=repr)
def test_statuses_that_are_none(tmp_path, statuses):
    """Refused on reading, not found out by a traceback after hours of deciding."""
    path = tmp_path / "flakes.jsonl"
    path.write_text(lines(run_of() | {"statuses": statuses}))
    with pytest.raises(FlakesError, match="line 1"):
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
def test_a_process_dies(monkeypatch, capsys, deaths):
    """The same entropy is tried again, and what the attempt had decided is not counted twice; if it
    is always so, the series ends.
    """
    tried = []

    def dies(ids, profile, workers, verdicts, tick):
        verdicts.append(decide(find("e5.scratch"), replace(PROFILES["quick"], regimes=1)))
        tried.append(profile.entropy)
        if len(tried) <= deaths:
            raise BrokenProcessPool("a process died")

    monkeypatch.setattr(stability, "decide_all", dies)
    if deaths == stability.ATTEMPTS:
        with pytest.raises(BrokenProcessPool):
            one_run(["e5.scratch"], "quick", 1)
    else:
        run = one_run(["e5.scratch"], "quick", 1)
        assert run["entropy"] == tried[0]
        assert (
            run["networks"]
            == decide(find("e5.scratch"), replace(PROFILES["quick"], regimes=1)).networks
        )
    assert len(set(tried)) == 1
    assert capsys.readouterr().err.count(f"entropy {tried[0]}: a process died") == deaths


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


# The series ---------------------------------------------------------------------------------------


@pytest.fixture
def series(monkeypatch, capsys, tmp_path):
    """Run `python -m reports.studies.stability ARGUMENTS` on runs handed out one by one: exit code,
    output, what it says, and the file's runs.
    """
    path = tmp_path / "flakes.jsonl"

    def call(*arguments, given=()):
        handed = iter(given)

        def next_run(ids, profile, workers):
            made = next(handed)
            if isinstance(made, BaseException):
                raise made
            return made | {
                "profile": profile,
                "statuses": {name: made["statuses"][name] for name in ids},
            }

        monkeypatch.setattr(stability, "one_run", next_run)
        monkeypatch.setattr(sys, "argv", ["flakes", "--file", str(path), *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            guard.run(lambda: stability.app(standalone_mode=False), FlakesError)
        assert next(handed, None) is None, "fewer runs than were handed out"
        return left.value.code or 0, *capsys.readouterr(), read(path)

    call.path = path
    return call


def test_series(series):
    code, out, err, kept = series("--runs", 3, given=[run_of(k) for k in range(3)])
    assert code == 0
    assert [run["entropy"] for run in kept] == [0, 1, 2]
    assert "every verdict was the recorded finding" in " ".join(out.split())
    assert [line.split(":")[0] for line in err.splitlines()] == [f"run {k} of 3" for k in (1, 2, 3)]


def test_differing_verdict(series):
    """Exit 1, and a table that names the claim and counts."""
    code, out, _, _ = series(
        "--runs", 3, given=[run_of(1), run_of(2, e5__scratch="inconclusive"), run_of(3)]
    )
    assert code == 1
    assert "e5.scratch" in out
    assert "verified 2, inconclusive 1" in " ".join(out.split())


@pytest.mark.parametrize(("before", "asked", "more"), [(2, 5, 3), (2, 2, 0), (4, 2, 0), (0, 1, 1)])
def test_goes_on(series, before, asked, more):
    """Runs in the file count; those beyond what is asked for are kept, and judged."""
    series.path.write_text(lines(*[run_of(k) for k in range(before)]))
    code, _, _, kept = series("--runs", asked, given=[run_of(10 + k) for k in range(more)])
    assert (code, [run["entropy"] for run in kept]) == (
        0,
        [*range(before), *(10 + k for k in range(more))],
    )


def test_a_difference_in_an_earlier_run_counts(series):
    series.path.write_text(lines(run_of(1, e5__scratch="falsified")))
    assert series("--runs", 2, given=[run_of(2)])[0] == 1


def test_profiles_are_counted_apart(series):
    """And all are kept in one file."""
    series.path.write_text(lines(run_of(1, profile="quick", e5__scratch="falsified"), run_of(2)))
    code, _, _, kept = series("--runs", 2, given=[run_of(3)])
    assert (code, [(run["entropy"], run["profile"]) for run in kept]) == (
        0,
        [(1, "quick"), (2, "ci"), (3, "ci")],
    )
    assert series("--runs", 1, "--profile", "quick")[0] == 1


OLDER = run_of(1) | {"versions": versions() | {"torch": "1.0"}}
BEFORE = run_of(1) | {
    "statuses": {name: status for name, status in FINDINGS.items() if name != "e5.scratch"}
}
AFTER = run_of(1, gone="verified")
UNVERSIONED, UNSOURCED = (
    {name: value for name, value in run_of(1).items() if name != lacks}
    for lacks in ("versions", "sources")
)
CHANGED = run_of(1) | {"sources": "0" * 64}


@pytest.mark.parametrize(
    "other",
    [OLDER, UNVERSIONED, CHANGED, UNSOURCED, BEFORE, AFTER],
    ids=["other torch", "no versions", "other code", "no sources", "a claim less", "a claim more"],
)
def test_runs_of_something_else_do_not_count(series, other):
    """Of other versions, code or claims: neither as runs nor for their verdicts; they stay in the
    file.
    """
    spoilt = other | {"statuses": other["statuses"] | {"e1.step": "falsified"}}
    series.path.write_text(lines(spoilt, run_of(2)))
    code, _, _, kept = series("--runs", 2, given=[run_of(3)])
    assert (code, kept) == (0, [spoilt, run_of(2), run_of(3)])


def test_some_claims_only(series):
    """A claim that was added gets a series of its own, beside that of all."""
    series.path.write_text(lines(run_of(1)))
    code, out, _, kept = series(
        "--runs",
        2,
        "e1.step",
        "e5.scratch",
        given=[run_of(2), run_of(3, e5__scratch="inconclusive")],
    )
    assert (code, [set(run["statuses"]) == {"e1.step", "e5.scratch"} for run in kept]) == (
        1,
        [False, True, True],
    )
    assert "verified 1, inconclusive 1" in " ".join(out.split())
    assert series("--runs", 1)[0] == 0
    assert series("--runs", 2, "e5.scratch", "e1.step")[0] == 1  # in whatever order


def test_sources_that_change_during_a_run(monkeypatch):
    """Its workers may have read either: it is not kept."""
    seen = iter(["before", "after"])
    monkeypatch.setattr(stability, "sources", lambda: next(seen))
    monkeypatch.setattr(stability, "decide_all", lambda ids, profile, workers, verdicts, tick: None)
    with pytest.raises(FlakesError, match="changed while a run decided"):
        one_run(["e5.scratch"], "quick", 1)


def test_a_planted_version_has_no_series(series):
    code, _, err, kept = series("--runs", 1, "e5.scratch!off-by-one")
    assert (code, kept) == (2, [])
    assert "e5.scratch!off-by-one" in err


def test_an_unknown_claim(series):
    code, _, err, kept = series("--runs", 1, "e5.scratches")
    assert (code, kept) == (2, [])
    assert "did you mean e5.scratch" in err


def test_a_conjecture_that_varies_is_told(series):
    """And changes no exit code."""
    name = CONJECTURES[0]
    runs = [
        run_of(k) | {"statuses": FINDINGS | {name: status}}
        for k, status in enumerate(["falsified", "inconclusive"])
    ]
    code, out, _, _ = series("--runs", 2, given=runs)
    assert code == 0
    assert f"conjecture {name}: falsified 1, inconclusive 1" in " ".join(out.split())


@pytest.mark.parametrize(
    ("trouble", "exit_code"),
    [(KeyboardInterrupt(), 130), (OSError(28, "No space left on device"), 2)],
    ids=["Ctrl-C", "disk full"],
)
def test_interrupted(series, trouble, exit_code):
    """Finished runs are in the file, it says so in one line, and the next call goes on from
    there.
    """
    code, _, err, kept = series("--runs", 4, given=[run_of(1), run_of(2), trouble])
    assert code == exit_code
    assert err.splitlines()[-1].startswith("transfer-claims: ")
    assert "Traceback" not in err
    assert [run["entropy"] for run in kept] == [1, 2]
    assert series("--runs", 4, given=[run_of(3), run_of(4)])[0] == 0
    assert [run["entropy"] for run in read(series.path)] == [1, 2, 3, 4]
    assert list(series.path.parent.iterdir()) == [series.path]  # no temporary file is left


def test_interrupted_while_writing(series, monkeypatch):
    """The file is replaced whole: what it held before is still there."""
    series.path.write_text(lines(run_of(1)))

    def breaks(path, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", breaks)
    code, _, _, kept = series("--runs", 2, given=[run_of(2)])
    assert (code, [run["entropy"] for run in kept]) == (2, [1])
    assert len(list(series.path.parent.iterdir())) == 1


@pytest.mark.parametrize(
    "arguments",
    [["--runs", "0"], ["--workers", "0"], ["--profile", "slow"], ["--colour"]],
    ids=" ".join,
)
def test_misused(series, arguments):
    assert series(*arguments)[0] == 2


def test_damaged_file_stops_before_anything_is_decided(monkeypatch, capsys, tmp_path):
    """And is left as it is."""
    path = tmp_path / "flakes.jsonl"
    path.write_text("[]\n")
    monkeypatch.setattr(stability, "one_run", lambda ids, profile, workers: pytest.fail("decided"))
    monkeypatch.setattr(sys, "argv", ["flakes", "--file", str(path)])
    with pytest.raises(SystemExit) as left:
        guard.run(lambda: stability.app(standalone_mode=False), FlakesError)
    _, err = capsys.readouterr()
    assert (left.value.code, path.read_text()) == (2, "[]\n")
    assert "line 1" in err


def test_as_a_program(monkeypatch, capsys, tmp_path):
    """What `python -m reports.studies.stability` runs: a refusal is one line and exit 2 there
    too.
    """
    path = tmp_path / "flakes.jsonl"
    path.write_text("[]\n")
    monkeypatch.setattr(sys, "argv", ["flakes", "--file", str(path)])
    with pytest.raises(SystemExit) as left:
        runpy.run_path(stability.__file__, run_name="__main__")
    out, err = capsys.readouterr()
    assert (left.value.code, out, err.count("\n")) == (2, "", 1)
    assert "line 1" in err

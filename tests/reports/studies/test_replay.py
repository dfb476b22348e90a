"""Replay: the same margins, the trajectory that breaks the bound and its plot, from a file that is
only read.
"""

import json
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.font_manager import findfont, get_font

from claims.core import constants as constant_table
from claims.core.catalogue import catalogue, find
from claims.core.profile import PROFILES
from claims.core.workspace import Workspace
from model.sampling import Seeds
from model.transfer import run_trial
from reports.commands import entry
from reports.ledger import DEFAULT, counterexample
from reports.studies import replay, trajectory
from reports.studies.verify import decide

#: Falsified and cheap: exact over regimes, about formulas, and one about every step of a run.
EXACT, FORMULA, ALONG = (
    "e5.scratch!off-by-one",
    "gamma-printed.dimensionless",
    "lemma-a1.b.signal!no-growth",
)
RUNS = ["upstream", "scratch", "transfer"]


@pytest.fixture(scope="module")
def verdicts():
    return {
        name: decide(find(name), replace(PROFILES["quick"], regimes=2))
        for name in (EXACT, FORMULA, ALONG)
    }


@pytest.fixture(scope="module")
def files(verdicts, tmp_path_factory):
    """The file of each failure."""
    folder = tmp_path_factory.mktemp("failures")
    return {name: counterexample.keep(verdict, folder) for name, verdict in verdicts.items()}


@pytest.fixture(scope="module")
def replays(files):
    """Each failure seen again."""
    return {name: replay.again(counterexample.read(file)) for name, file in files.items()}


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run `transfer-claims replay ARGUMENTS` in an empty folder: exit code, standard output,
    standard error.
    """
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["transfer-claims", "replay", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            entry.main()
        return left.value.code, *capsys.readouterr()

    return call


@pytest.fixture
def changed(files, tmp_path):
    """A failure's file with fields, or fields of its regime, changed."""

    def write(name=EXACT, regime=None, **changes):
        found = json.loads(files[name].read_text()) | changes
        if regime:
            found["regime"] |= regime
        path = tmp_path / "changed.json"
        path.write_text(json.dumps(found))
        return path

    return write


# The same again -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [EXACT, FORMULA])
def test_margin_of_the_verdict(verdicts, replays, name):
    """To the last bit."""
    found = verdicts[name].counterexample
    assert replays[name].margin.low.min() == found["margin"]
    assert (replays[name].margin.certain_failures, replays[name].fails) == (
        found["certain_failures"],
        True,
    )


def test_margin_of_a_likely_claim(verdicts, replays):
    """The seeds that raised the suspicion, each as the claim measures it."""
    case = counterexample.Regime.from_dict(verdicts[ALONG].counterexample["regime"])
    claim, seeds = find(ALONG), find(ALONG).rule.seeds(PROFILES["ci"])
    direct = claim.margin(
        claim.observe(case, Seeds(verdicts[ALONG].counterexample["root"], seeds)),
        constant_table.load(),
    )
    assert replays[ALONG].margin.high.tolist() == direct.high.tolist()
    assert len(direct.high) == seeds
    assert (
        direct.tolerated(claim.rule.delta)[0] >= verdicts[ALONG].counterexample["margin"]
    )  # the verdict saw fresh seeds too
    assert replays[ALONG].fails


@pytest.mark.parametrize("name", [EXACT, FORMULA, ALONG])
def test_twice(files, replays, name):
    """Nothing of it is left to chance."""
    again = replay.again(counterexample.read(files[name])).to_dict()
    assert json.dumps(again, allow_nan=False) == json.dumps(
        replays[name].to_dict(), allow_nan=False
    )


# Trajectory ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [EXACT, ALONG])
def test_courses_are_the_trial_s(replays, name):
    """The losses of the worst seed, as `run_trial` trains it among others."""
    found, case = replays[name], replays[name].case
    level = (
        "law" if name == ALONG else "explicit"
    )  # as the smallest regime has too few dimensions for law level
    trial = run_trial(case.regime, Seeds(case.root, case.seeds), level=level)
    assert found.seed == int(found.margin.high.argmin())
    assert [course.name for course in found.courses] == RUNS
    for course, run in zip(
        found.courses, (trial.upstream, trial.scratch, trial.transfer), strict=True
    ):
        assert (course.steps[0], course.steps[-1] + 1) == (0, run.loss.shape[1])
        assert course.loss == pytest.approx(run.loss[found.seed].numpy()[course.steps], rel=1e-9)


def test_courses_learn(replays):
    """Loss falls; signal and memorised noise are 0 in the increments and grow; the least memorised
    sample is not above the most.
    """
    for course in replays[ALONG].courses:
        assert np.all(np.diff(course.loss) < 0)
        assert course.noise[0] == 0
        assert np.all(np.diff(course.noise) > 0)
        assert np.all(np.diff(course.signal) > 0)
        assert np.all(course.least <= course.most)
    upstream, scratch, transfer = replays[ALONG].courses
    assert scratch.loss[0] != transfer.loss[0]  # inherited filters
    assert upstream.h == pytest.approx(0.25)


def test_coefficients_are_the_claim_s(replays):
    """Signal and noise of a course are the means over filters of what the lemma looks at, on the
    steps that both record.
    """
    found, case = replays[ALONG], replays[ALONG].case
    seen, course = (
        case.claim.observe(case.regime, Seeds(case.root, 1, found.seed)),
        found.courses[0],
    )
    common = [
        (i, int(np.flatnonzero(course.steps == step)[0]))
        for i, step in enumerate(seen.steps)
        if step in course.steps
    ]
    assert len(common) >= 5
    for i, k in common:
        assert course.signal[k] - course.signal[0] == pytest.approx(
            seen.signal[i, 0].mean(), rel=1e-6
        )
        assert course.noise[k] == pytest.approx(seen.own_sum[i, 0].mean(), rel=1e-6)
        assert (course.least[k], course.most[k]) == pytest.approx(
            (seen.own_mean[i, 0].min(), seen.own_mean[i, 0].max()), rel=1e-6
        )


def test_where_it_breaks(replays):
    """The margin along the run is the claim's own: its least is the seed's margin, below 0 exactly
    where the statement fails.
    """
    found = replays[ALONG]
    values = [margin for _, margin in found.along]
    assert min(values) == found.margin.high[found.seed] == found.margin.high.min() < 0
    assert found.along[int(np.argmin(values))][0] == found.margin.step[found.seed]
    assert max(values) > 0  # it does not fail at every step


@pytest.mark.parametrize(
    "name",
    ["lemma-a1.b.signal", "lemma-a1.a.lower!faster", "lemma-a1.c.bounded", "lemma-a1.c.unwanted"],
)
def test_margins_along_are_of_the_claim_asked_for(replays, name):
    """A true claim's stay above 0 where its wrong version's do not; and bounds without constants
    are followed too.
    """
    claim, case = find(name), replays[ALONG].case
    steps, along = trajectory.margins(claim, case.regime, case.root, 3)
    whole = claim.margin(claim.observe(case.regime, Seeds(case.root, 3)), constant_table.load())
    assert along.shape == (len(steps), 3)
    assert along.min(0).tolist() == whole.high.tolist()


@pytest.mark.parametrize("name", ["lemma-a1.gamma", "lemma-a1.c.balance!equal", "e5.scratch"])
def test_no_margin_along(replays, name):
    """Of a claim that does not speak of every step."""
    case = replays[EXACT if name == "e5.scratch" else ALONG].case
    assert trajectory.margins(find(name), case.regime, case.root, 2) is None


def test_printed(run, files, replays):
    """Steps, losses that fall, signal, noise, and where the margin is below 0."""
    code, out, err = run(files[ALONG])
    assert (code, err) == (1, "")
    for word in (
        *(f"{name}, seed {replays[ALONG].seed}" for name in RUNS),
        "step",
        "training loss",
        "signal",
        "noise",
        "still fails",
        "tau_D =",
    ):
        assert word in out
    first = out.split("upstream, seed")[1].split("scratch, seed")[0]
    rows = [line.replace("│", " ").split() for line in first.splitlines() if line.startswith("│")]
    assert rows[0][0] == "0"
    assert int(rows[-1][0]) == replays[ALONG].case.regime.steps1
    losses = [float(row[1]) for row in rows]
    assert len(losses) >= 5
    assert losses == sorted(losses, reverse=True)
    for step, margin in replays[ALONG].along:
        assert (f"step {step}: {margin:.4g}  below 0" in out) is (margin < 0)


def test_a_formula_has_no_trajectory(run, files, tmp_path):
    code, out, err = run(files[FORMULA])
    assert (code, err) == (1, "")
    assert "no trajectory" in out
    assert list(tmp_path.iterdir()) == []


# Plot ---------------------------------------------------------------------------------------------


def test_plot(run, files, tmp_path):
    """SVG that names the claim, where it was asked for or by the file's name; the same bytes
    again.
    """
    first, second = tmp_path / "new" / "one.svg", tmp_path / "other.svg"
    for path in (first, second):
        code, out, err = run(files[ALONG], "--plot", path)
        assert (code, err) == (1, "")
        assert f"plot: {path}" in out.replace("\n", "")
    assert first.read_bytes() == second.read_bytes()
    assert ET.parse(first).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert ALONG in first.read_text()
    run(files[ALONG])
    assert (
        Workspace(tmp_path / DEFAULT.parent).failures / f"{files[ALONG].stem}.svg"
    ).read_bytes() == first.read_bytes()


def test_plot_of_a_loss_of_zero(replays, tmp_path):
    """As after a start so large that nothing is left to learn: no axis without a positive value."""
    flat = tuple(
        replace(course, loss=np.zeros_like(course.loss)) for course in replays[EXACT].courses
    )
    path = replay.plot(replace(replays[EXACT], courses=flat), tmp_path / "flat.svg")
    assert ET.parse(path).getroot().tag.endswith("svg")


def test_units_can_be_drawn():
    """The plot's title holds a claim's unit: the font has every character."""
    known = get_font(findfont("DejaVu Sans")).get_charmap()
    assert {
        claim.id
        for claim in catalogue().values()
        if any(ord(letter) not in known for letter in claim.id + claim.unit)
    } == set()


def test_figure_of_a_lemma(verdicts):
    """What the report draws of a claim about dynamics: envelopes and growth; nothing of other
    claims.
    """
    found = trajectory.figure(find(ALONG), verdicts[ALONG])
    assert len(found.axes) == 2
    found.canvas.draw()
    assert trajectory.figure(find(FORMULA), verdicts[FORMULA]) is None


def test_unwritable_plot(run, files, tmp_path):
    (tmp_path / "file").write_text("")
    code, out, err = run(files[EXACT], "--plot", tmp_path / "file" / "x.svg")
    assert (code, out, err.count("\n")) == (2, "", 1)


# What it exits with -------------------------------------------------------------------------------


def test_json(run, files, replays):
    """Standard output is JSON and nothing else: the replay, and where the plot is."""
    code, out, err = run(files[ALONG], "--json", "--plot", "x.svg")
    assert (code, err) == (1, "")
    told = json.loads(out)
    assert told == json.loads(json.dumps(replays[ALONG].to_dict())) | {"plot": "x.svg"}
    assert told["fails"] is True
    assert list(told["trajectory"]) == RUNS
    assert set(told["trajectory"]["upstream"]) == {
        "steps",
        "loss",
        "signal",
        "noise",
        "least",
        "most",
    }
    assert min(point["margin"] for point in told["margin_along"]) < 0


def test_no_longer_fails(run, changed):
    """The same regime and seeds, of the claim that is true: exit 0."""
    code, out, err = run(changed(claim="e5.scratch"))
    assert (code, err) == (0, "")
    assert "no longer fails" in out


def one_line(result):
    """Exit 2 and one line on standard error; the line."""
    code, out, err = result
    assert (code, out, err.count("\n")) == (2, "", 1), err[-500:]
    assert err.startswith("transfer-claims: ")
    return err


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": 1}, "version = 1: this version reads 2"),
        ({"format": "transfer-claims-ledger"}, "format"),
        ({"name": ALONG, "constants": {"lemma-a1.c_1": 0.1}}, "verify it again"),
        ({"claim": "e5.scratchy"}, "e5.scratch"),
        ({"entropy": -1}, "entropy = -1"),
        ({"regimes": 10**9}, "regimes = 1000000000"),
        ({"name": FORMULA, "regime": {}, "root": "7"}, "root"),
    ],
    ids=str,
)
def test_refused(run, changed, changes, said):
    assert said in one_line(run(changed(**changes)))


@pytest.mark.parametrize("cut", ["truncated", "oversize"])
def test_damaged_file(run, files, tmp_path, cut):
    path, whole = tmp_path / "damaged.json", files[EXACT].read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if cut == "truncated" else whole + b" " * 2**20)
    assert "damaged.json" in one_line(run(path))


LARGE = {
    "steps1": 10**13,
    "steps2": 10**17,
    "n1": 10**9,
    "n2": 10**12,
    "d": 10**18,
    "m": 10**15,
    "u": 1e200,
}
HOSTILE = {f"large {name}": (name, value) for name, value in LARGE.items()} | {
    f"{name} beyond floats": (name, 10**400) for name in LARGE if name != "u"
}


@pytest.mark.parametrize(("name", "value"), HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("claim", [EXACT, ALONG])
def test_hostile_regime(run, changed, claim, name, value):
    """What would exhaust memory, or any number's range, is refused at once, by the field's name; a
    law-level claim takes any d.
    """
    result = run(changed(claim, regime={name: value}), "--json")
    if claim == ALONG and (name, value) == ("d", LARGE["d"]):
        assert result[0] in (0, 1)
    else:
        assert any(word in one_line(result) for word in (name, "eta", "d ="))


@pytest.mark.parametrize("name", [EXACT, FORMULA, ALONG])
def test_file_is_only_read(run, files, name):
    """Still there, byte for byte, whether it still fails or not."""
    before = files[name].read_bytes(), files[name].stat().st_mtime_ns
    run(files[name])
    assert (files[name].read_bytes(), files[name].stat().st_mtime_ns) == before


def test_file_that_no_longer_fails_stays(run, changed):
    path = changed(claim="e5.scratch")
    before = path.read_bytes()
    assert run(path)[0] == 0
    assert path.read_bytes() == before

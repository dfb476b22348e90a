"""Experiments: data that do not depend on who computes, claims decided by the rule that decides
them everywhere, pictures of what the theory says.
"""

import itertools
import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from claims.core import constants as constant_table
from claims.core import quantities
from claims.core.catalogue import catalogue, find
from claims.core.records import plain
from claims.deciding import decision
from claims.observing.errors import LINES
from model.sampling import Seeds
from model.test_error import estimate_error
from model.transfer import run_trial
from reports.drawing import experiments as plots
from reports.studies.executors import in_process, processes
from reports.studies.experiments import checks, experiments, plans, records
from reports.studies.experiments.experiments import EXPERIMENTS, ExperimentError, perform, see
from reports.studies.experiments.files import kept
from reports.studies.experiments.plans import Size
from reports.studies.sweep.spec import SweepError

#: As little as shows anything.
SMALL = {
    "head-start": Size(10, 5, confirm=False),
    "negative-transfer": Size(4, 4, confirm=False),
    "plane": Size(2, 4, 3, confirm=False),
    "share": Size(3, 3, 3, confirm=False),
    "source": Size(2, 2, confirm=False),
}
SOURCES = (30, 100)


@pytest.fixture(scope="module", autouse=True)
def small():
    """Sources that train quickly; one thread, for the machine may be shared."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plans, "SOURCES", SOURCES)
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, small):
    return tmp_path_factory.mktemp("experiments")


@pytest.fixture(scope="module")
def outcomes(folder):
    return {
        name: perform(EXPERIMENTS[name], folder, size, quick=True) for name, size in SMALL.items()
    }


@pytest.fixture(scope="module")
def seen(folder, outcomes):
    """From the files alone: nothing is trained again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "curve", None)
        patch.setattr(records, "decide_point", None)
        return {
            name: see(EXPERIMENTS[name], folder, size, quick=True) for name, size in SMALL.items()
        }


@pytest.mark.parametrize("name", EXPERIMENTS)
class TestEvery:
    """What holds for all of them."""

    def test_files(self, name, outcomes, folder):
        outcome = outcomes[name]
        assert [file.name for file in outcome.files] == [
            f"{name}-quick.{kind}"
            for kind in ("jsonl", "npz", "decided.jsonl", "json", "svg", "png")
        ]
        assert all(file.stat().st_size for file in outcome.files)
        assert json.loads((folder / f"{name}-quick.json").read_text()) == json.loads(
            json.dumps(plain(outcome.to_dict()))
        )
        with np.load(folder / f"{name}-quick.npz") as columns:  # no pickles
            assert len(columns.files) > 2

    def test_picture_says_what_made_it(self, name, outcomes, folder):
        svg, png = (folder / f"{name}-quick.{kind}" for kind in ("svg", "png"))
        text = svg.read_text()
        assert ET.parse(svg).getroot().tag.endswith("svg")
        assert png.read_bytes().startswith(b"\x89PNG")
        caption = outcomes[name].caption
        plan = EXPERIMENTS[name].sweep(SMALL[name])
        assert f"n = {len(plan.points)} " in caption
        assert f"{plan.seeds} seeds" in caption
        assert f"transfer-claims experiments {name} --quick" in caption
        assert f"<dc:description>{caption}" in text
        assert f"Made by: transfer-claims experiments {name} --quick" in png.read_bytes().decode(
            "latin1"
        ) or "Description" in png.read_bytes().decode("latin1")

    def test_axes_are_labelled(self, name, seen):
        figure = EXPERIMENTS[name].draw(seen[name])
        plain = [axes for axes in figure.axes if axes.get_label() != "<colorbar>" and axes.lines]
        assert plain
        assert all(axes.get_xlabel() for axes in plain)
        assert plain[0].get_ylabel()

    def test_same_data_same_files_and_nothing_is_trained_again(self, name, outcomes, folder, small):
        before = {
            file.name: file.read_bytes() for file in outcomes[name].files if file.suffix != ".npz"
        }
        asked = []

        def counting(function, jobs):
            asked.extend(jobs := list(jobs))
            return in_process(function, jobs)

        again = perform(EXPERIMENTS[name], folder, SMALL[name], counting, quick=True)
        assert asked == []
        assert {
            file.name: file.read_bytes() for file in again.files if file.suffix != ".npz"
        } == before
        assert repr(again) == repr(outcomes[name])

    def test_what_it_bears_on_is_in_the_catalogue_and_decided_point_by_point(self, name):
        for claim in map(find, EXPERIMENTS[name].claims):
            assert claim.domain is not None
            assert not claim.population

    def test_counts_are_those_of_a_direct_evaluation(self, name, outcomes, seen):
        """Hypotheses, and the screen, evaluated here from the claims themselves, on the seeds the
        points were trained with.
        """
        experiment, plan, known = EXPERIMENTS[name], seen[name].sweep, constant_table.load()
        for found in outcomes[name].decided:
            claim = find(found.claim)
            within = [p for p in plan.points if not claim.domain.violations(p.regime, known)]
            assert (found.points, found.inside) == (len(plan.points), len(within))
            assert found.stands + found.falls + found.undecided == found.inside
            if claim.observe.__name__ not in ("both_ways", "scratch_only"):
                continue  # slower; told apart by nothing but what they observe
            stands, least = 0, []
            for point in within:
                margin = claim.margin(
                    claim.observe(
                        point.regime,
                        Seeds(
                            plan.seed,
                            plan.seeds,
                            0 if experiment.curves else point.number * plan.seeds,
                        ),
                    ),
                    known,
                )
                stands += not decision.suspicious(
                    margin.possible_failures, plan.seeds, claim.rule.delta
                )
                least.append(margin.tolerated(claim.rule.delta)[0])
            assert (found.stands, found.margin) == (stands, min(least, default=None))


def test_every_experiment_has_points_inside_hypotheses(outcomes):
    assert all(sum(found.inside for found in outcome.decided) > 0 for outcome in outcomes.values())


@pytest.mark.parametrize("size", ["full", "quick"])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_regimes_lie_inside_condition_4_1_wherever_the_experiment_allows(name, size):
    """Outside: in the plane the least dimensions, among shares those that leave too few fresh
    filters.
    """
    plan = EXPERIMENTS[name].sweep(getattr(EXPERIMENTS[name], size))
    within = plots.Seen(plan, {}, {}, {}).condition()
    outside = [p for p, good in zip(plan.points, within, strict=True) if not good]
    if name == "plane":
        assert 0 < len(outside) < len(plan.points) / 2
        assert max(p.regime.d for p in outside) < 3e7
    elif name == "share":
        assert {p.regime.m - p.regime.inherited < 9 for p in outside} == {True}
        assert len(outside) < len(plan.points) / 2
    else:
        assert not outside


def test_records_do_not_depend_on_who_computes(tmp_path, folder, outcomes, seen):
    """Nor on what was finished when it was cut off."""
    name = "head-start"
    path = tmp_path / f"{name}-quick.jsonl"
    lines = (folder / path.name).read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1] + lines[2][:40])  # one curve whole, one cut off
    elsewhere = see(EXPERIMENTS[name], tmp_path, SMALL[name], processes(1), quick=True)
    for column, values in seen[name].columns.items():
        assert np.array_equal(elsewhere.columns[column], values)
    assert elsewhere.verdicts == seen[name].verdicts
    assert sorted(path.read_bytes().splitlines(keepends=True)) == sorted(lines)


def test_progress(tmp_path):
    done = []
    perform(
        EXPERIMENTS["negative-transfer"],
        tmp_path,
        Size(2, 2, confirm=False),
        tick=lambda *step: done.append(step),
    )
    assert ("training", 2, 2) in done
    assert any(what == "deciding" and k == of for what, k, of in done)


def test_other_data_is_refused(tmp_path, folder, outcomes, small):
    for name, error in (("head-start", ExperimentError), ("negative-transfer", SweepError)):
        (tmp_path / f"{name}.jsonl").write_bytes((folder / f"{name}-quick.jsonl").read_bytes())
        with pytest.raises(error, match=r"jsonl.*holds something else"):
            see(EXPERIMENTS[name], tmp_path, replace(SMALL[name], seeds=3))


DAMAGED = {
    "another point": ("head-start", "jsonl", {"point": 7}),
    "no number": ("head-start", "jsonl", {"point": "0"}),
    "other epochs": ("head-start", "jsonl", {"steps": [1, 2, 3]}),
    "fewer seeds": ("head-start", "jsonl", {"errors": [[0.1] * 5]}),
    "an error above 1": ("head-start", "jsonl", {"errors": [[0.1] * 4 + [1.5]] * 10}),
    "a word for an error": ("head-start", "jsonl", {"errors": [[0.1] * 4 + ["0"]] * 10}),
    "another point's claims": ("negative-transfer", "decided.jsonl", {"claims": {}}),
    "no claims": ("negative-transfer", "decided.jsonl", {"claims": None}),
    "more": ("negative-transfer", "decided.jsonl", {"more": 1}),
}


@pytest.mark.parametrize(("name", "kind", "damage"), DAMAGED.values(), ids=DAMAGED)
def test_damaged_records_are_refused(tmp_path, folder, outcomes, name, kind, damage):
    """File and line are named; nothing is trained."""
    for file in ("jsonl", "decided.jsonl"):
        (tmp_path / f"{name}-quick.{file}").write_bytes(
            (folder / f"{name}-quick.{file}").read_bytes()
        )
    header, first, *others = (tmp_path / f"{name}-quick.{kind}").read_text().splitlines()
    (tmp_path / f"{name}-quick.{kind}").write_text(
        "\n".join([header, json.dumps(json.loads(first) | damage), *others, ""])
    )
    with pytest.raises(
        ExperimentError, match=rf"{name}-quick\.{kind}: line 2: is no record of this experiment"
    ):
        see(EXPERIMENTS[name], tmp_path, SMALL[name], quick=True)


EVIDENCE = {
    "outcome": "stands",
    "seeds": 8,
    "certain_failures": 0,
    "possible_failures": 1,
    "margin": 0.5,
}


@pytest.mark.parametrize(
    "damage",
    [
        {"outcome": "maybe"},
        {"outcome": []},
        {"seeds": -1},
        {"seeds": True},
        {"margin": float("nan")},
        {"margin": "1"},
        {"more": 1},
    ],
    ids=str,
)
def test_evidence(damage):
    assert records._is_evidence(EVIDENCE)
    assert records._is_evidence(EVIDENCE | {"margin": None})
    assert not records._is_evidence(EVIDENCE | damage)
    assert not records._is_evidence(list(EVIDENCE))


def test_decisions_by_other_constants_are_made_anew(tmp_path, folder, outcomes, monkeypatch):
    name = "negative-transfer"
    for kind in ("jsonl", "decided.jsonl"):
        (tmp_path / f"{name}.{kind}").write_bytes((folder / f"{name}-quick.{kind}").read_bytes())
    other = dict(constant_table.load()) | {"theorem-4.3.C_1": 2.7}
    monkeypatch.setattr(constant_table, "load", lambda: other)
    seen = see(EXPERIMENTS[name], tmp_path, SMALL[name])
    assert seen.constants == other
    assert (tmp_path / f"{name}.decided.jsonl").read_bytes() != (
        folder / f"{name}-quick.decided.jsonl"
    ).read_bytes()


def test_suspicious_points_are_tried_on_fresh_seeds(monkeypatch):
    """A claim that never holds falls, by the sequential test; the coarse run leaves it
    undecided.
    """
    plan = EXPERIMENTS["negative-transfer"].sweep(Size(8, 2))
    false = replace(
        find("proposition-4.4.2"),
        margin=lambda seen, constants: decision.Margin.exact(
            -np.ones(len(seen.scratch.error.value))
        ),
    )
    monkeypatch.setattr(records, "find", lambda name: false)
    alpha = decision.regime_alpha(len(catalogue()), 1)
    job = records.DecisionJob(
        0, plan.points[0].regime, Seeds(plan.seed, 8), (("false", alpha),), confirm=True
    )
    (found,) = records.decide_point(job)["claims"].values()
    assert found["outcome"] == "falls"
    assert found["seeds"] > 8
    (found,) = records.decide_point(replace(job, confirm=False))["claims"].values()
    assert (found["outcome"], found["seeds"], found["certain_failures"]) == ("undecided", 8, 8)


# What the pictures show ---------------------------------------------------------------------------


def test_curves_are_ordered(seen):
    found = checks.head_start(seen["head-start"])
    assert len(found) == 2 * len(SOURCES)
    assert all("sign test at level 0.005" in check.test for check in found)
    after = [check for check in found if "after training" in check.statement]
    assert [check.holds for check in after] == [True] * len(SOURCES)


def test_swapped_curves_are_not_ordered(seen):
    """Planted: scratch's data for the largest source's."""
    found = seen["head-start"]
    swapped = replace(
        found, columns=dict(found.columns) | {"errors": found.columns["errors"][::-1]}
    )
    assert [check.holds for check in checks.head_start(swapped)] == [False] * 2 * len(SOURCES)


def test_swapped_errors_fail_in_the_negative_region(tmp_path, seen):
    """Planted: transfer's errors for scratch's."""
    found = seen["negative-transfer"]
    swapped = dict(found.columns) | {"difference.mean": -found.columns["difference.mean"]}
    right, wrong = (checks.negative(x) for x in (found, replace(found, columns=swapped)))
    assert [check.holds for check in (right[0], right[2])] == [True, True]
    assert [check.holds for check in (wrong[0], wrong[2])] == [False, False]
    assert (right[1].value, wrong[1].value) == (1.0, 0.0)


def test_a_curve_is_what_transfer_trains(seen):
    """The largest source's is the plain trial's on the same seeds."""
    plan, errors = seen["head-start"].sweep, seen["head-start"].columns["errors"]
    regime, seeds = plan.points[-1].regime, Seeds(plan.seed, plan.seeds)
    trial = run_trial(regime, seeds)
    for curve, run in ((0, trial.scratch), (-1, trial.transfer)):
        error = estimate_error(run.weights, trial.draw.downstream.signal, regime, 2, seeds, LINES)
        width = (error.high - error.low).numpy()  # rounding may lead to other lines
        assert (np.abs(errors[curve, :, -1] - error.value.numpy()) <= width).all()


def test_shaded_region_is_where_the_proposition_speaks(seen):
    figure = plots.negative(seen["negative-transfer"])
    (shade,) = figure.axes[0].collections[:1]
    edge = shade.get_paths()[0].vertices[:, 0].max()
    domain, known = find("proposition-4.4.2").domain, constant_table.load()
    base = seen["negative-transfer"].sweep.points[0].regime
    assert domain.violations(plots._shared(base, edge - 1e-6), known) == []
    assert domain.violations(plots._shared(base, edge + 0.005), known)
    for point in seen["negative-transfer"].sweep.points:
        assert point.regime.task(2).signal_norm == pytest.approx(
            base.task(2).signal_norm, rel=1e-12
        )


def test_alpha_star_line_is_where_quantities_say(seen):
    star = quantities.catalogue()["alpha_star"]
    figure = plots.share(seen["share"])
    lines = [
        line
        for axes in figure.axes[:2]
        for line in axes.lines
        if "alpha^*" in str(line.get_label())
    ]
    assert len(lines) == 2
    for line in lines:
        along, rho = line.get_data()
        assert along == pytest.approx(rho, rel=1e-9)  # ||u||^2/||s_2||^2
        for point in seen["share"].sweep.points:
            assert np.interp(point.axes["rho"], rho, along) == pytest.approx(
                star(point.regime), rel=1e-3
            )


def test_boundary_is_where_the_law_errs_a_tenth(seen):
    found = seen["plane"]
    lines = plots.boundaries(found)
    tau_d, known = quantities.catalogue()["tau_D"], constant_table.load()

    def regime(u, d):
        base = found.sweep.points[0].regime
        return replace(
            base,
            u=u,
            d=round(d),
            eta1=base.eta1 * base.d / d,
            eta2=base.eta2 * base.d / d,
            sigma0=base.sigma0 * base.d / d,
        )

    for u, d in list(zip(*lines["sharp law: error 0.1"][:2], strict=True))[::4]:
        assert plots.law.predict(regime(u, d)).transfer == pytest.approx(0.1, abs=2e-3)
    for symbol in ("C_1", "C_3"):
        us, ds = lines[f"$\\tau_D={symbol}$"][:2]
        assert [tau_d(regime(u, d)) for u, d in zip(us, ds, strict=True)] == pytest.approx(
            [known[f"theorem-4.2.tau-D.{symbol}"]] * len(us), rel=1e-2
        )


def test_plane_by_verdict(seen):
    """Each cell's fate, from the claims themselves."""
    found, known = seen["plane"], constant_table.load()
    fates = plots.fates(found)
    upper, lower, all_of_it = (
        find(f"theorem-4.2.{name}").domain
        for name in ("error-upper.tau-D", "error-lower.tau-D", "convergence")
    )
    d, u = (np.unique(found.columns[axis]).tolist() for axis in found.grid)
    for point in found.sweep.points:
        fate = fates[d.index(point.axes["d"]), u.index(point.axes["u"])]
        inside = [
            not domain.violations(point.regime, known) for domain in (upper, lower, all_of_it)
        ]
        assert fate in (
            (2, 4, 5) if inside[0] else (3, 4, 5) if inside[1] else (1,) if inside[2] else (0,)
        )
    planted = {key: evidence | {"outcome": "falls"} for key, evidence in found.verdicts.items()}
    assert set(plots.fates(replace(found, verdicts=planted)).ravel().tolist()) <= {0, 1, 5}


def test_readable_without_colour():
    """Shades of curves darken from one to the next, and no two have the same marker."""
    shades = [to_hex(shade) for shade in plots.shades(5)]
    grey = [
        np.dot([0.299, 0.587, 0.114], [int(shade[k : k + 2], 16) for k in (1, 3, 5)])
        for shade in shades
    ]
    assert grey == sorted(grey, reverse=True)
    assert min(a - b for a, b in itertools.pairwise(grey)) > 15
    assert len(set(plots._MARKERS)) == 5


# Tests of the tests -------------------------------------------------------------------------------


def test_sign_test_is_exact():
    found = checks.sign_test("", np.array([1.0] * 9 + [-1.0]), "", 0.05)
    assert (found.p, found.holds) == (pytest.approx(11 / 1024), True)
    assert checks.sign_test("", -np.ones(10), "", 0.05).holds is False
    assert checks.sign_test("", np.zeros(10), "", 0.05).holds is None
    assert checks.sign_test("", np.ones(4), "", 0.05).holds is None  # 1/16


def test_t_intervals_are_joint():
    found = checks.above_zero("", np.array([3.0, 10.0]), np.array([1.0, 1.0]), 24, "", 0.05)
    assert (found.value, found.holds) == (3.0, True)
    assert 3 - found.low == pytest.approx(2.3979, abs=1e-4)  # t of 23 degrees at 1 - 0.05/4
    assert (
        checks.above_zero("", np.array([2.3, 10.0]), np.array([1.0, 1.0]), 24, "", 0.05).holds
        is None
    )
    assert (
        checks.above_zero("", np.array([-9.0, 10.0]), np.array([1.0, 1.0]), 24, "", 0.05).holds
        is False
    )


# Names and pages ----------------------------------------------------------------------------------


def test_unknown_name(tmp_path):
    with pytest.raises(
        ExperimentError,
        match=r"experiment = 'plain': no such experiment; there are head-start, .*source",
    ):
        experiments.run(["plain"], tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_run_takes_names(tmp_path, monkeypatch):
    monkeypatch.setattr(
        experiments,
        "perform",
        lambda experiment, folder, size, *_, quick: (experiment.name, size, quick),
    )
    assert experiments.run(["plane"], tmp_path, True) == [
        ("plane", EXPERIMENTS["plane"].quick, True)
    ]
    assert [name for name, *_ in experiments.run([], tmp_path)] == list(EXPERIMENTS)


def test_a_page_can_show_all_of_them(folder, outcomes):
    """Nothing that they are drawn with is refused, and what they decide is read as it was
    written.
    """
    for one in kept(folder):
        outcome = outcomes[one.name]
        assert (one.troubles, one.title, one.decided) == ((), outcome.title, outcome.decided)
        assert str(one.checks) == str(outcome.checks)  # nan is not itself
        assert f"{one.caption} Made by: {one.command}" == outcome.caption
        assert one.figure.origin == plots.Origin.here()
        assert (
            one.figure.height
            < float(ET.parse(folder / f"{one.name}-quick.svg").getroot().get("height")[:-2]) - 20
        )  # title and caption
    assert [one.name for one in kept(folder)] == list(EXPERIMENTS)


def test_unwritable(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        perform(EXPERIMENTS["negative-transfer"], tmp_path / "file", Size(2, 2))

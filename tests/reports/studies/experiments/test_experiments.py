"""Experiments: data that do not depend on who computes, claims decided by the rule that decides
them everywhere.
"""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from claims.core import constants as constant_table
from claims.core.catalogue import find
from claims.core.records import plain
from claims.deciding.population import Population
from claims.deciding.screen import suspicious
from claims.observing.errors import both_ways, scratch_only
from model.sampling import Seeds
from reports.drawing.experiments.data import ExperimentData
from reports.drawing.experiments.saving import Origin
from reports.studies.executors import in_process
from reports.studies.experiments import experiments
from reports.studies.experiments.catalogue import EXPERIMENTS, ExperimentError
from reports.studies.experiments.experiments import perform
from reports.studies.experiments.files import stored_experiments
from reports.studies.experiments.plans import Size


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

    def test_picture_says_what_made_it(self, name, outcomes, folder, sizes):
        svg, png = (folder / f"{name}-quick.{kind}" for kind in ("svg", "png"))
        text = svg.read_text()
        assert ET.parse(svg).getroot().tag.endswith("svg")
        assert png.read_bytes().startswith(b"\x89PNG")
        caption = outcomes[name].caption
        plan = EXPERIMENTS[name].sweep(sizes[name])
        assert f"n = {len(plan.points)} " in caption
        assert f"{plan.seeds} seeds" in caption
        assert f"transfer-claims experiments {name} --quick" in caption
        assert f"<dc:description>{caption}" in text
        assert f"Made by: transfer-claims experiments {name} --quick" in png.read_bytes().decode(
            "latin1"
        ) or "Description" in png.read_bytes().decode("latin1")

    def test_axes_are_labelled(self, name, data):
        figure = EXPERIMENTS[name].draw(data[name])
        plain = [axes for axes in figure.axes if axes.get_label() != "<colorbar>" and axes.lines]
        assert plain
        assert all(axes.get_xlabel() for axes in plain)
        assert plain[0].get_ylabel()

    def test_same_data_same_files_and_nothing_is_trained_again(
        self, name, outcomes, folder, small, sizes
    ):
        before = {
            file.name: file.read_bytes() for file in outcomes[name].files if file.suffix != ".npz"
        }
        asked = []

        def counting(function, jobs):
            asked.extend(jobs := list(jobs))
            return in_process(function, jobs)

        again = perform(EXPERIMENTS[name], folder, sizes[name], counting, quick=True)
        assert asked == []
        assert {
            file.name: file.read_bytes() for file in again.files if file.suffix != ".npz"
        } == before
        assert repr(again) == repr(outcomes[name])

    def test_what_it_bears_on_is_in_the_catalogue_and_decided_point_by_point(self, name):
        for claim in map(find, EXPERIMENTS[name].claims):
            assert claim.domain is not None
            assert not isinstance(claim.rule, Population)

    def test_counts_are_those_of_a_direct_evaluation(self, name, outcomes, data):
        """Hypotheses, and the screen, evaluated here from the claims themselves, on the seeds the
        points were trained with.
        """
        experiment, plan, known = EXPERIMENTS[name], data[name].sweep, constant_table.load()
        for found in outcomes[name].decided:
            claim = find(found.claim)
            within = [p for p in plan.points if not claim.domain.violations(p.regime, known)]
            assert (found.points, found.inside) == (len(plan.points), len(within))
            assert found.stands + found.falls + found.undecided == found.inside
            if claim.observe not in (both_ways, scratch_only):
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
                stands += not suspicious(margin.possible_failures, plan.seeds, claim.rule.delta)
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
    within = ExperimentData(plan, {}, {}, {}, {}).condition()
    outside = [p for p, good in zip(plan.points, within, strict=True) if not good]
    if name == "plane":
        assert 0 < len(outside) < len(plan.points) / 2
        assert max(p.regime.d for p in outside) < 3e7
    elif name == "share":
        assert {p.regime.m - p.regime.inherited < 9 for p in outside} == {True}
        assert len(outside) < len(plan.points) / 2
    else:
        assert not outside


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
    for one in stored_experiments(folder):
        outcome = outcomes[one.name]
        assert (one.troubles, one.title, one.decided) == ((), outcome.title, outcome.decided)
        assert str(one.checks) == str(outcome.checks)  # nan is not itself
        assert f"{one.caption} Made by: {one.command}" == outcome.caption
        assert one.picture.origin == Origin.here()
        assert (
            one.picture.height
            < float(ET.parse(folder / f"{one.name}-quick.svg").getroot().get("height")[:-2]) - 20
        )  # title and caption
    assert [one.name for one in stored_experiments(folder)] == list(EXPERIMENTS)


def test_unwritable(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        perform(EXPERIMENTS["negative-transfer"], tmp_path / "file", Size(2, 2))

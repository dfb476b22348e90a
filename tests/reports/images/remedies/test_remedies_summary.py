"""Remedies side by side: differences that are paired over seeds, decided over all of them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from claims.deciding import paired_seeds
from reports.images.remedies import run, summary
from reports.images.remedies.listed import PLAIN, REMEDIES, SCRATCH, name_of

PROBE = "linear probe"


def shifted(records, points):
    """Accuracies that a remedy moves by so many points, but for a little noise; seeds differ."""
    return [
        replace(
            one,
            accuracy=0.5
            + one.setting.seed / 50
            + points.get(name_of(one.setting.remedy), 0) / 100
            + int(one.key, 16) % 7 / 2000,
        )
        for one in records
    ]


def by_name(compared):
    return {
        (against.remedy, against.reference): against for one in compared for against in one.against
    }


def test_means_and_differences_are_those_of_the_records(kept_remedies):
    records = run.read(kept_remedies)
    found = summary.compared(records)
    assert [one.remedy for one in found] == list(REMEDIES)
    accuracy = {
        (name_of(one.setting.remedy), one.setting.seed): 100 * one.accuracy for one in records
    }
    for one in found:
        assert one.seeds == 6
        assert one.accuracy == pytest.approx(
            np.mean([accuracy[one.remedy, seed] for seed in range(6)])
        )
    for (remedy, reference), against in by_name(found).items():
        differences = [accuracy[remedy, seed] - accuracy[reference, seed] for seed in range(6)]
        assert against.difference.mean == pytest.approx(np.mean(differences))


def test_everything_is_compared_with_both(kept_remedies):
    pairs = set(by_name(summary.compared(run.read(kept_remedies))))
    others = [name for name in REMEDIES if name not in (PLAIN, SCRATCH)]
    assert pairs == {(name, ref) for name in others for ref in (PLAIN, SCRATCH)} | {
        (PLAIN, SCRATCH)
    }


@pytest.mark.parametrize(("points", "verdict"), [(5, "better"), (-5, "worse"), (0, "undecided")])
def test_a_remedy_is_decided_by_paired_differences(kept_remedies, points, verdict):
    found = by_name(summary.compared(shifted(run.read(kept_remedies), {PROBE: points})))
    assert found[PROBE, PLAIN].verdict == verdict
    assert found["half", PLAIN].verdict == "undecided"


def test_few_seeds_decide_nothing(kept_remedies):
    records = [one for one in run.read(kept_remedies) if one.setting.seed < 4]
    found = by_name(summary.compared(shifted(records, {PROBE: 30})))
    assert {one.verdict for one in found.values()} == {"undecided"}


def test_the_level_is_spent_over_all_comparisons(kept_remedies):
    records = run.read(kept_remedies)
    found = by_name(summary.compared(records))
    against = found[PROBE, PLAIN].difference
    accuracy = {
        (name_of(one.setting.remedy), one.setting.seed): 100 * one.accuracy for one in records
    }
    values = np.array([accuracy[PROBE, seed] - accuracy[PLAIN, seed] for seed in range(6)])
    assert against == paired_seeds.interval(values, summary.LEVEL / len(found))


def test_what_diverged_decides_nothing(kept_remedies):
    records = [
        replace(one, loss=None) if name_of(one.setting.remedy) == PROBE else one
        for one in run.read(kept_remedies)
    ]
    found = by_name(summary.compared(records))[PROBE, PLAIN]
    assert (found.verdict, found.difference.low) == ("undecided", -math.inf)


def test_without_a_reference_there_is_no_comparison(kept_remedies):
    records = [
        one for one in run.read(kept_remedies) if name_of(one.setting.remedy) in (PROBE, PLAIN)
    ]
    assert set(by_name(summary.compared(records))) == {(PROBE, PLAIN)}

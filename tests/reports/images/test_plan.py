"""What is trained: around the base, every factor, nothing twice, whole for every seed."""

from dataclasses import replace

import pytest

from claims.observing.accuracies import BASE_NOISE, BASE_SAMPLES, BASE_SHARE
from model.vision.train import Recipe
from reports.images import plan
from reports.images.plan import TrainedNetwork, jobs, settings
from reports.images.tiers import TIERS


@pytest.mark.parametrize("tier", TIERS.values(), ids=TIERS)
@pytest.mark.parametrize("hundred", [None, "cifar100", "cifar100-subset"])
def test_keys_are_unique_and_every_factor_is_there(tier, hundred):
    found = settings(tier, hundred=hundred)
    assert len({setting.key for setting in found}) == len(found)
    cells = {
        setting.cell
        for setting in found
        if setting.network == tier.networks[0] and setting.tasks.pair == "cifar10"
    }
    transferred = {cell for cell in cells if cell.share > 0}
    assert cells - transferred == {next(iter(cells)).scratch}
    whole = {cell for cell in transferred if cell.share == BASE_SHARE}
    assert {cell.n1 for cell in whole if cell.sigma == BASE_NOISE} == set(tier.samples)
    assert {cell.sigma for cell in whole if cell.n1 == BASE_SAMPLES} == set(tier.noises)
    at_base = {cell for cell in transferred if (cell.n1, cell.sigma) == (BASE_SAMPLES, BASE_NOISE)}
    assert {(cell.share, cell.form) for cell in at_base} == {
        (a, form) for a in tier.shares for form in (tier.forms if a < 1 else ("filters",))
    }
    assert {setting.tasks.pair for setting in found} == (
        {"cifar10"} if hundred is None else {"cifar10", "cifar100", "cifar100-cifar10"}
    )


@pytest.mark.parametrize("tier", TIERS.values(), ids=TIERS)
def test_a_run_that_is_stopped_is_whole_for_the_seeds_it_has(tier):
    found = settings(tier, hundred="cifar100")
    assert [setting.seed for setting in found] == sorted(setting.seed for setting in found)
    assert settings(replace(tier, seeds=2), hundred="cifar100") == [
        setting for setting in found if setting.seed < 2
    ]


def test_crossed_holds_every_combination_and_all_of_the_rest():
    tier = TIERS["gpu"]
    crossed, plain = (
        set(settings(replace(tier, seeds=1), hundred=None, crossed=full)) for full in (True, False)
    )
    assert plain < crossed
    cells = {
        (c.n1, c.sigma, c.share)
        for s in crossed
        if (c := s.cell).share > 0 and c.form == "filters" and s.network == tier.networks[0]
    }
    assert len(cells) == len(tier.samples) * len(tier.noises) * len(tier.shares)


def test_a_source_has_no_more_images_than_there_are():
    for hundred, most in (("cifar100", (5000, 5000)), ("cifar100-subset", (1250, 5000))):
        found = [
            setting.upstream
            for setting in settings(TIERS["gpu"], hundred=hundred)
            if setting.upstream
        ]
        assert max(one.n1 for one in found if one.tasks.pair == "cifar100") == most[0]
        assert max(one.n1 for one in found if one.tasks.pair == "cifar100-cifar10") == most[1]
        assert max(one.n1 for one in found if one.tasks.pair == "cifar10") == 25000


def test_scratch_depends_on_nothing_upstream():
    tier = TIERS["cpu"]
    other = replace(
        tier, upstream=Recipe(1, 1, 1.0), samples=(500,), noises=(0.0,), shares=(1.0,), far=(1,)
    )
    scratch = [
        {s.key for s in settings(one, hundred="cifar100-subset") if s.upstream is None}
        for one in (tier, other)
    ]
    assert scratch[0] == scratch[1]


def test_a_source_network_is_trained_once_for_all_that_start_from_it():
    found = settings(TIERS["cpu"], hundred="cifar100-subset")
    work = jobs(found)
    assert sorted(s.key for _, some in work for s in some) == sorted(s.key for s in found)
    assert len({source for source, _ in work if source}) == sum(
        source is not None for source, _ in work
    )
    assert all(s.upstream == source for source, some in work for s in some)
    assert (
        max(len(some) for source, some in work if source) == 4
    )  # the base: half of it in three forms, and all of it


def test_every_number_that_matters_is_in_the_key():
    one = settings(TIERS["cpu"], hundred="cifar100-subset")[-1]
    others = [
        replace(one, seed=99),
        replace(one, n2=1),
        replace(one, share=0.25),
        replace(one, form="block"),
        replace(one, recipe=replace(one.recipe, steps=1)),
        replace(one, network=TrainedNetwork("vgg11")),
        replace(one, code=0),
        replace(one, tasks=replace(one.tasks, hundred="cifar100")),
        *(
            replace(one, upstream=replace(one.upstream, **change))
            for change in ({"n1": 1}, {"sigma": 0.5}, {"seed": 99}, {"recipe": one.recipe})
        ),
    ]
    assert len({setting.key for setting in (one, *others)}) == len(others) + 1


def test_the_kind_of_descent_is_the_architectures_own():
    found = {
        setting.network.architecture: setting
        for setting in settings(TIERS["gpu"], hundred=None)
        if setting.upstream
    }
    assert {name for name, setting in found.items() if setting.recipe.adam} == {"vit"}
    assert all(
        setting.recipe.rate == setting.upstream.recipe.rate == plan.RATES[name][0]
        for name, setting in found.items()
    )

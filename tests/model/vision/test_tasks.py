"""Pairs of tasks: disjoint, of the mismatch asked for, labels by place."""

import pytest
import torch

from model.vision.data import Images
from model.vision.tasks import FAR, MOST_FAR, NEAR, TARGET, Classification, pair


def images(labels, coarse):
    count = len(labels)
    pixels = torch.arange(count, dtype=torch.uint8).view(count, 1, 1, 1).expand(count, 3, 32, 32)
    return Images(pixels, torch.tensor(labels), torch.tensor(coarse))


def test_a_task_selects_its_classes_and_numbers_them_by_place():
    held = images([9, 5, 0, 7, 5], [0, 0, 0, 0, 0])
    here, labels = Classification("cifar10", (5, 7, 9)).select(held)
    assert here.tolist() == [0, 1, 3, 4]
    assert labels.tolist() == [2, 0, 1, 0]


def test_superclasses_are_selected_where_asked():
    held = images([9, 5, 0, 7], [3, 1, 1, 2])
    assert Classification("cifar100", (1, 3), coarse=True).select(held)[1].tolist() == [1, 0, 0]
    assert Classification("cifar100", (0, 7)).select(held)[1].tolist() == [0, 1]


def test_a_class_that_no_image_has():
    assert len(Classification("cifar10", (99,)).select(images([0, 1], [0, 1]))[1]) == 0


@pytest.mark.parametrize("far", range(MOST_FAR + 1))
def test_mismatch_replaces_near_superclasses_by_far_ones(far):
    found = pair("cifar100", far)
    assert len(set(found.upstream.classes)) == len(NEAR) == len(FAR)
    assert len(set(found.upstream.classes) & set(FAR)) == far
    assert not set(found.upstream.classes) & set(found.downstream.classes)
    assert found.downstream.classes == TARGET


def test_pairs_never_share_a_class():
    ten = pair("cifar10")
    assert sorted(ten.upstream.classes + ten.downstream.classes) == list(range(10))
    across = pair("cifar100-cifar10", hundred="cifar100-subset")
    assert (across.upstream.source, across.downstream.source) == ("cifar100-subset", "cifar10")
    assert not set(NEAR) & set(FAR) | set(NEAR) & set(TARGET) | set(FAR) & set(TARGET)


@pytest.mark.parametrize(
    ("name", "far", "said"),
    [
        ("cifar100", 6, "far = 6"),
        ("cifar100", -1, "far = -1"),
        ("cifar10", 1, "far = 1"),
        ("mnist", 0, "pair = 'mnist'"),
    ],
)
def test_other_pairs_are_refused(name, far, said):
    with pytest.raises(ValueError, match=said):
        pair(name, far)

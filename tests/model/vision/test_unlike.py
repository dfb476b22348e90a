"""Sources ever less like a target: what each keeps of the images, and what it takes away."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from model.vision import data, unlike
from model.vision.data import AbsentError
from model.vision.train import stream
from model.vision.unlike import GUISES, Place, Source

SEED = 3
HALF = Source("half", 12)


@pytest.fixture
def place(tiny, tmp_path, monkeypatch):
    """Small sets of 25 images in each half of CIFAR-10, and 25 in superclasses of CIFAR-100."""
    for name in ("cifar10", "cifar100-subset"):
        data.store(name, *tiny[name], "invented", tmp_path)
    monkeypatch.setattr(unlike, "MOST_TARGET", 8)
    for known in (unlike.images, unlike._tested):
        known.cache_clear()
    yield Place(tmp_path, "cifar100-subset")
    for known in (unlike.images, unlike._tested):
        known.cache_clear()


def inputs(wanted, place, more=0, seed=SEED):
    return unlike.source(wanted, seed, place, more).inputs


def test_a_smaller_source_is_the_beginning_of_a_larger_one(place):
    small, large = (unlike.source(replace(HALF, n1=n), SEED, place) for n in (5, 12))
    assert torch.equal(small.inputs, large.inputs[:5])
    assert torch.equal(small.labels, large.labels[:5])


@pytest.mark.parametrize("kind", ["half", "same", "noise", "hundred", "relabelled"])
def test_a_sample_is_of_images_that_the_source_does_not_learn_from(place, kind):
    wanted = Source(kind, 10)
    learned, sample = unlike.source(wanted, SEED, place), unlike.source(wanted, SEED, place, 6)
    whole = unlike.source(replace(wanted, n1=16), SEED, place)
    assert torch.equal(torch.cat([learned.inputs, sample.inputs]), whole.inputs)
    assert torch.equal(torch.cat([learned.labels, sample.labels]), whole.labels)
    assert len({image.numpy().tobytes() for image in whole.inputs}) == 16


def test_the_targets_own_classes_come_in_other_images(place):
    target = unlike.target("cifar10", 8, SEED, place)
    same = inputs(Source("same", 17), place)
    assert not {one.numpy().tobytes() for one in same} & {
        one.numpy().tobytes() for one in target.inputs
    }


def test_noise_is_an_images_own_and_scales(place):
    clean, one, two = (inputs(replace(HALF, sigma=sigma), place) for sigma in (0.0, 1.0, 2.0))
    torch.testing.assert_close(two - clean, 2 * (one - clean))
    assert float((one - clean).std()) == pytest.approx(1.0, rel=0.02)
    assert torch.equal(one[:5], inputs(replace(HALF, n1=5, sigma=1.0), place))
    whole = inputs(replace(HALF, n1=15, sigma=1.0), place)
    assert torch.equal(whole[12:], inputs(replace(HALF, sigma=1.0), place, more=3))


@pytest.mark.parametrize("kind", GUISES)
def test_a_guise_has_the_same_labels_and_a_brightness_and_contrast_of_its_own(place, kind):
    plain, guised = (unlike.source(replace(HALF, kind=one), SEED, place) for one in ("half", kind))
    assert torch.equal(plain.labels, guised.labels)
    assert not torch.equal(plain.inputs, guised.inputs)
    deviation, mean = torch.std_mean(guised.inputs, (0, 2, 3))
    torch.testing.assert_close(mean, torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(deviation, torch.ones(3))


def test_what_guises_do():
    image = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    grey = GUISES["grey"](image, SEED)
    assert torch.equal(grey[:, 0], grey[:, 1])
    assert torch.equal(GUISES["inverted"](image, SEED), -image)
    blurred = GUISES["blurred"](image, SEED)
    assert blurred.shape == image.shape
    assert float(blurred.std()) < 0.5 * float(image.std())
    shuffled = GUISES["shuffled"](image, SEED)
    assert torch.equal(shuffled.flatten(2).sort().values, image.flatten(2).sort().values)
    assert torch.equal(shuffled[:1], GUISES["shuffled"](image[:1], SEED))  # one order for all
    assert not torch.equal(shuffled, GUISES["shuffled"](image, SEED + 1))


def test_random_labels_are_on_the_same_images(place):
    plain, other = (
        unlike.source(replace(HALF, kind=one), SEED, place) for one in ("half", "relabelled")
    )
    assert torch.equal(plain.inputs, other.inputs)
    assert not torch.equal(plain.labels, other.labels)
    many = unlike._any_labels(slice(0, 5000), SEED).bincount(minlength=5)
    assert many.min() > 900


def test_text_replaces_ever_more_images_and_keeps_labels(place):
    plain = unlike.source(HALF, SEED, place)
    replaced = []
    for share in (0.25, 0.5, 0.75, 1.0):
        mixed = unlike.source(replace(HALF, text=share), SEED, place)
        assert torch.equal(mixed.labels, plain.labels)
        replaced.append((mixed.inputs != plain.inputs).flatten(1).any(1))
    for fewer, more in pairwise(replaced):
        assert not (fewer & ~more).any()
    assert replaced[-1].all()
    assert not replaced[0].all()
    drawn = torch.rand(10_000, generator=stream(SEED, "source mixture"))
    assert float((drawn < 0.25).float().mean()) == pytest.approx(0.25, abs=0.02)


def test_noise_has_nothing_to_do_with_any_image(place):
    noise = unlike.source(Source("noise", 300), SEED, place)
    assert float(noise.inputs.std()) == pytest.approx(1.0, rel=0.01)
    assert set(noise.labels.tolist()) == set(range(5))


def test_a_target_is_the_tiers_own(place):
    """The first images of the same random order, standardised as its data set is."""
    small, large = (unlike.target("cifar10", n2, SEED, place) for n2 in (3, 8))
    assert torch.equal(small.inputs, large.inputs[:3])
    tested = unlike.tested("cifar10", place)
    assert len(tested.labels) == 10
    assert set(tested.labels.tolist()) == set(range(5))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"kind": "mnist"}, "kind = 'mnist': must be one of same, half"),
        ({"n1": 0}, "n1 = 0: must be at least 1"),
        ({"text": 1.5}, "text = 1.5: must be a share"),
        ({"sigma": -1.0}, "sigma = -1.0: must be finite and at least 0"),
        ({"kind": "grey", "text": 0.5}, "text = 0.5: must be 0 but for half"),
        ({"far": 2}, "far = 2: must be 0 but for hundred"),
    ],
)
def test_no_such_source(wanted, said):
    with pytest.raises(ValueError, match=said):
        replace(HALF, **wanted)


def test_more_images_than_there_are(place):
    with pytest.raises(ValueError, match=r"26 images of cifar10 classes .*: there are 25"):
        inputs(Source("half", 26), place)


def test_without_images_it_says_what_to_fetch(tiny, tmp_path):
    unlike.images.cache_clear()
    with pytest.raises(AbsentError, match="transfer-claims cifar fetch cifar10"):
        inputs(HALF, Place(tmp_path / "empty"))


def test_labels_say_what_a_source_is():
    assert Source("hundred", 9, far=2).label == "CIFAR-100, 2 of 5 far"
    assert [replace(HALF, text=text).label for text in (0.0, 0.25, 1.0)] == [
        "half",
        "half, 25% text",
        "text",
    ]

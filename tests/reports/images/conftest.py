"""Small sets of invented images in the place of the real ones, a small tier, and the command
line.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from claims.observing import accuracies
from model.vision import data, unlike
from model.vision.data import Images
from model.vision.train import Device, Recipe
from reports.images import plan, plots, run, tiers
from reports.images.plan import TrainedNetwork
from reports.studies.executors import in_process

#: Images of a class to learn from, and to test on.
SIZES = {"cifar10": (20, 4), "cifar100-subset": (5, 1)}
#: Images of the base's source, in the place of 5000.
BASE = 80


def invented(name):
    """Noise on a brightness that tells the class."""
    rng, layout, parts = np.random.default_rng(0), data.LAYOUTS[name], []
    for each in SIZES[name]:
        labels = rng.permutation(np.repeat(np.arange(len(layout.classes)), each))
        coarse = labels % len(layout.superclasses)
        pixels = (
            rng.integers(0, 128, (len(labels), 3, 32, 32)) + 6 * coarse[:, None, None, None]
        ).astype(np.uint8)
        parts.append(Images(*map(torch.from_numpy, (pixels, labels, coarse))))
    return tuple(parts)


@pytest.fixture(scope="session")
def small():
    """A function that puts the small sets in the place of the real ones."""
    return _small


@pytest.fixture(scope="session")
def stored(tmp_path_factory):
    """A cache of small data sets."""
    folder = tmp_path_factory.mktemp("images")
    with pytest.MonkeyPatch.context() as patch:
        _small(patch, folder)
        for name in SIZES:
            data.store(name, *invented(name), "invented", folder)
    return folder


def _small(patch, folder):
    """Put the small sets in the place of the real ones."""
    for name, (train, test) in SIZES.items():
        patch.setitem(
            data.LAYOUTS, name, replace(data.LAYOUTS[name], train=train, test=test, sha256=None)
        )
    for module in (plan, plots, accuracies):
        patch.setattr(module, "BASE_SAMPLES", BASE)
    patch.setenv("TRANSFER_CLAIMS_DATA", str(folder))
    _forget()


def _forget():
    """Whatever is held of the images of one cache."""
    for known in (run._images, run._tested, run._selected, unlike.images, unlike._tested):
        known.cache_clear()


@pytest.fixture
def cache(stored, monkeypatch):
    """The cache that commands find."""
    _small(monkeypatch, stored)
    yield stored
    _forget()


TINY = replace(
    tiers.TIERS["cpu"],
    networks=(TrainedNetwork("conv4", 0.1),),
    seeds=1,
    samples=(20, BASE),
    noises=(0.0, 2.0),
    n2=20,
    upstream=Recipe(2, 4, 1.0),
    downstream=Recipe(3, 4, 1.0),
)


@pytest.fixture
def tiny(cache, monkeypatch):
    """A tier that is trained in a few seconds."""
    monkeypatch.setitem(tiers.TIERS, "cpu", TINY)
    return TINY


@pytest.fixture(scope="session")
def trained(stored, tmp_path_factory):
    """The records of the small tier, of five seeds but without CIFAR-100, trained once for all
    tests.
    """
    path = tmp_path_factory.mktemp("records") / "cpu.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        _small(patch, stored)
        run.run(
            plan.settings(replace(TINY, seeds=5), hundred=None), path, in_process, Device("cpu")
        )
    return path.read_text(encoding="utf-8")


@pytest.fixture
def kept(cache, tmp_path, trained):
    """A file of records."""
    path = tmp_path / "cpu.jsonl"
    path.write_text(trained, encoding="utf-8")
    return path


@pytest.fixture
def command(run):
    """The command line, by a name that leaves `run` to the module of that name."""
    return run

"""A few pairs on small sets of invented images."""

import pytest

from model.vision import unlike
from model.vision.train import Device, Recipe
from model.vision.unlike import Source
from reports.images.pairs import listed, plan, run, summary
from reports.images.pairs.listed import Plan
from reports.images.plan import TrainedNetwork
from reports.studies.executors import in_process

MIXED = Source("half", 20)
SOURCES = {
    "cifar10": (
        Source("same", 20),
        MIXED,
        Source("half", 20, text=0.5),
        Source("half", 20, text=1.0),
        Source("noise", 20),
    ),
    "cifar100": tuple(Source("hundred", 20, far=far) for far in (0, 2, 5)),
}
PLAN = Plan(TrainedNetwork("conv4", 0.1), 1, Recipe(2, 4, 0.05), Recipe(3, 4, 0.05))


def _tiny(patch):
    patch.setattr(listed, "SOURCES", SOURCES)
    patch.setattr(listed, "USUAL_PLAN", PLAN)
    patch.setattr(listed, "N2", 80)
    patch.setattr(listed, "FEW", 60)
    for module in (listed, summary):
        patch.setattr(module, "MIXED", MIXED)
    for name in ("SAMPLE", "SAMPLE_HUNDRED"):
        patch.setattr(plan, name, 60)
    patch.setattr(unlike, "MOST_TARGET", 20)


@pytest.fixture
def tiny_pairs(cache, monkeypatch):
    """A plan that is trained in a second."""
    _tiny(monkeypatch)
    return PLAN


@pytest.fixture
def wanted(tiny_pairs):
    return listed.settings(tiny_pairs, "cifar100-subset")


@pytest.fixture(scope="session")
def trained_pairs(stored, small, tmp_path_factory):
    """Records of six seeds, trained once for all tests."""
    path = tmp_path_factory.mktemp("pairs") / "pairs.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        small(patch, stored)
        _tiny(patch)
        every = listed.settings(Plan(**{**vars(PLAN), "seeds": 6}), "cifar100-subset")
        run.run(every, path, in_process, Device("cpu"))
    return path.read_text(encoding="utf-8")


@pytest.fixture
def kept_pairs(tiny_pairs, tmp_path, trained_pairs):
    """A file of records."""
    path = tmp_path / "pairs.jsonl"
    path.write_text(trained_pairs, encoding="utf-8")
    return path

"""Remedies on small sets of invented images."""

import pytest

from model.vision.train import Device, Recipe
from model.vision.unlike import Source
from reports.images.plan import TrainedNetwork
from reports.images.remedies import listed, run
from reports.images.remedies.listed import Plan
from reports.studies.executors import in_process

PLAN = Plan(TrainedNetwork("conv4", 0.1), 1, 40, Recipe(2, 4, 0.05), Recipe(3, 4, 0.05))


def _tiny(patch):
    patch.setattr(listed, "HURTS", Source("half", 20, 2.0))
    patch.setattr(listed, "USUAL_PLAN", PLAN)
    patch.setattr(run, "UNSEEN", 20)


@pytest.fixture
def tiny_remedies(cache, monkeypatch):
    """A plan that is trained in a second."""
    _tiny(monkeypatch)
    return PLAN


@pytest.fixture(scope="session")
def trained_remedies(stored, small, tmp_path_factory):
    """Records of six seeds, trained once for all tests."""
    path = tmp_path_factory.mktemp("remedies") / "remedies.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        small(patch, stored)
        _tiny(patch)
        run.run(
            listed.settings(Plan(**{**vars(PLAN), "seeds": 6})), path, in_process, Device("cpu")
        )
    return path.read_text(encoding="utf-8")


@pytest.fixture
def kept_remedies(tiny_remedies, tmp_path, trained_remedies):
    """A file of records."""
    path = tmp_path / "remedies.jsonl"
    path.write_text(trained_remedies, encoding="utf-8")
    return path

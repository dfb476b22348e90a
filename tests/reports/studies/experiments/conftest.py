"""Every experiment, as small as shows anything, trained once for all tests."""

from contextlib import contextmanager

import pytest
import torch

from reports.studies.experiments import curves, decisions, plans
from reports.studies.experiments.catalogue import EXPERIMENTS
from reports.studies.experiments.experiments import gather, perform
from reports.studies.experiments.plans import Size

#: As little as shows anything.
SMALL = {
    "head-start": Size(10, 5, confirm=False),
    "negative-transfer": Size(4, 4, confirm=False),
    "plane": Size(2, 4, 3, confirm=False),
    "share": Size(3, 3, 3, confirm=False),
    "source": Size(2, 2, confirm=False),
}

SOURCES = (30, 100)


@contextmanager
def small_sources():
    """Sources that train quickly; one thread, for the machine may be shared."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plans, "SOURCES", SOURCES)
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module", autouse=True)
def small():
    with small_sources():
        yield


@pytest.fixture(scope="session")
def sizes():
    """How much is computed, by experiment."""
    return SMALL


@pytest.fixture(scope="session")
def sources():
    """Sizes of the source."""
    return SOURCES


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("experiments")


@pytest.fixture(scope="session")
def outcomes(folder):
    with small_sources():
        return {
            name: perform(EXPERIMENTS[name], folder, size, quick=True)
            for name, size in SMALL.items()
        }


@pytest.fixture(scope="session")
def data(folder, outcomes):
    """From the files alone: nothing is trained again."""
    with small_sources(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(curves, "curve", None)
        patch.setattr(decisions, "decide_point", None)
        return {
            name: gather(EXPERIMENTS[name], folder, size, quick=True)
            for name, size in SMALL.items()
        }

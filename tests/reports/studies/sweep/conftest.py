"""Records of the plan, computed once; and a cluster that is quick to give up."""

import warnings

import pytest
from sweep_examples import MEASURED, PLAN

from model.sampling import Seeds
from reports.studies.cluster import dask
from reports.studies.executors import in_process
from reports.studies.sweep import sweep
from reports.studies.sweep.metrics import measure


@pytest.fixture(scope="module")
def expected():
    """Every record of the plan, each computed by itself."""
    return [
        {
            "point": p.number,
            "axes": p.axes,
            "metrics": measure(p.regime, Seeds(5, 3, first=3 * p.number), MEASURED),
        }
        for p in PLAN.points
    ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The file of a run that nothing disturbed."""
    path = tmp_path_factory.mktemp("whole") / "records.jsonl"
    sweep.run(PLAN, path, in_process)
    return path


@pytest.fixture
def quick_dask(monkeypatch):
    """A local cluster that does not wait for half a minute on a dead worker's address."""
    pytest.importorskip("distributed")
    import dask as settings_of

    with (
        warnings.catch_warnings(),
        settings_of.config.set({"distributed.comm.timeouts.connect": "2s"}),
    ):
        warnings.simplefilter("ignore")
        yield dask

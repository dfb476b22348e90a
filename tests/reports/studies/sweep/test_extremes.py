"""Sweeps far beyond what numbers hold: such a point says so, and no other suffers for it."""

import json
from dataclasses import replace

import pytest
from sweep_examples import PLAN, REGIME

from model.sampling import Seeds
from reports.ledger.ledger import versions
from reports.studies.executors import in_process
from reports.studies.provenance import provenance
from reports.studies.sweep import sweep
from reports.studies.sweep.design import SweepError
from reports.studies.sweep.metrics import METRICS, measure
from reports.studies.sweep.spec import parse

FIELDS = ("u", "v1", "v2", "sigma1", "sigma2", "sigma0", "eta1", "eta2")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("exponent", [-300, -160, -9, 9, 100, 160, 300])
def test_every_metric_of_any_point(field, exponent):
    """A number, or none: no exception, and no warning (which is an error)."""
    found = measure(replace(REGIME, **{field: 10.0**exponent}), Seeds(0, 2), list(METRICS))
    json.dumps(found, allow_nan=False)
    assert set(found) == set(METRICS)


def test_a_sweep_goes_on(tmp_path):
    """Past points that the law, or a network, cannot be computed of; and again from its file."""
    plan = parse(
        {
            "regime": REGIME.to_dict(),
            "axes": {"u": [1.0, 1e160, 2.0, 1e-9]},
            "metrics": ["scratch_error", "law_transfer", "tau_D"],
            "seeds": 2,
        }
    )
    path = tmp_path / "records.jsonl"
    records = sweep.run(plan, path, in_process)
    computed = [record["metrics"]["law_transfer"]["mean"] is not None for record in records]
    assert computed == [True, False, True, True]
    assert records[1]["metrics"]["scratch_error"]["mean"] is None
    assert sweep.run(plan, path, in_process) == records


def test_a_header_names_versions(tmp_path, monkeypatch):
    """Records of other versions are never gone on with."""
    path = tmp_path / "records.jsonl"
    sweep.run(PLAN, path, in_process)
    header = json.loads(path.read_text().splitlines()[0])
    assert header == sweep.header(PLAN)
    used = versions()
    assert header["versions"] == used
    other = provenance() | {"versions": used | {"torch": "9.9"}}
    monkeypatch.setattr(sweep, "provenance", lambda: other)
    with pytest.raises(SweepError, match="another version's records"):
        sweep.run(PLAN, path, in_process)

"""Records for other programs: numbers as records hold them, with the axes as labels."""

import csv
import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.io import netcdf_file
from sweep_examples import MEASURED, PLAN, groups

from reports.studies.executors import in_process
from reports.studies.sweep import export, sweep
from reports.studies.sweep.design import SweepError
from reports.studies.sweep.metrics import TRAINED
from reports.studies.sweep.spec import parse

SUMMARIES = {
    name: ("mean", "error", "median") if name in TRAINED else ("mean",) for name in MEASURED
}
NAMES = [f"{name}.{which}" for name, summaries in SUMMARIES.items() for which in summaries]


def test_csv(expected, tmp_path):
    """Every number to the last bit; none is empty."""
    export.write_csv(expected, path := tmp_path / "new" / "table.csv")
    with path.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["tau_2", "inherited", *NAMES]
    for row, record in zip(rows, expected, strict=True):
        told = dict(zip(header, row, strict=True))
        assert {name: float(told[name]) for name in record["axes"]} == record["axes"]
        for name, summaries in SUMMARIES.items():
            for which in summaries:
                value = record["metrics"][name][which]
                assert told[f"{name}.{which}"] == ("" if value is None else repr(value))
    empty = [row[header.index("noise_ratio.mean")] == "" for row in rows]
    assert empty == [record["axes"]["inherited"] == 0 for record in expected]


def plane(records, name, which):
    """A number of every record over the plan's grid."""
    values = [record["metrics"][name][which] for record in records]
    return np.array(values, dtype=float).reshape(3, 3)


@pytest.fixture
def labelled(expected, tmp_path):
    export.write_netcdf(PLAN, expected, path := tmp_path / "new" / "grid.nc")
    return path


def test_netcdf(labelled, expected):
    """As scipy reads it."""
    with netcdf_file(labelled, mmap=False) as file:
        assert {name: int(size) for name, size in file.dimensions.items()} == {
            "tau_2": 3,
            "inherited": 3,
        }
        assert file.variables["tau_2"][:].tolist() == [0.5, 1.0, 2.0]
        assert file.variables["inherited"][:].tolist() == [0.0, 1.0, 4.0]
        assert set(file.variables) == {"tau_2", "inherited", "computed", *NAMES}
        assert file.variables["computed"][:].tolist() == [[1] * 3] * 3
        for name, summaries in SUMMARIES.items():
            for which in summaries:
                variable = file.variables[f"{name}.{which}"]
                assert variable.dimensions == ("tau_2", "inherited")
                np.testing.assert_array_equal(variable[:], plane(expected, name, which))
        assert (file.seeds, file.sweep.decode()) == (3, sweep.digest(PLAN))


def test_netcdf_with_xarray(labelled, expected):
    """Without a word from this project: axes are coordinates."""
    xarray = pytest.importorskip("xarray")
    with xarray.open_dataset(labelled) as data:
        assert set(data.coords) == {"tau_2", "inherited"}
        for record, which in itertools.product(expected, ("mean", "error", "median")):
            found = float(data[f"difference.{which}"].sel(record["axes"]))
            assert found == record["metrics"]["difference"][which]


def test_netcdf_of_an_adaptive_sweep(tmp_path):
    """What was not computed says so, and is NaN."""
    axis = {"from": 0.1, "to": 20, "count": 17, "scale": "log"}
    contour = {"metric": "tau_D", "level": 1.0}
    axes = {"X": axis, "tau_2": axis}
    plan = parse(groups(axes=axes, design="adaptive", contour=contour, metrics=["tau_D"]))
    records = sweep.run(plan, tmp_path / "records.jsonl", in_process)
    export.write_netcdf(plan, records, path := tmp_path / "grid.nc")
    with netcdf_file(path, mmap=False) as file:
        computed, means = (file.variables[name][:] for name in ("computed", "tau_D.mean"))
    assert computed.sum() == len(records) < 289
    assert (np.isnan(means) == (computed == 0)).all()
    last = records[-1]
    assert means.flat[last["point"]] == last["metrics"]["tau_D"]["mean"]


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"design": "random", "axes": {"X": {"from": 1, "to": 2}}}, "design", "no axes that would"),
        ({"axes": {"X": [1.0, 1.0]}}, "axes.X", "must not repeat a value"),
    ],
)
def test_not_a_grid(changes, field, rule, tmp_path):
    plan = parse(groups(metrics=["X"], **changes))
    with pytest.raises(SweepError, match=rule) as caught:
        export.write_netcdf(plan, [], tmp_path / "grid.nc")
    assert caught.value.field == field
    assert list(tmp_path.iterdir()) == []


def test_points_one_by_one():
    """As experiments build them."""
    with pytest.raises(SweepError, match="design = 'listed'"):
        export.check_labelled(replace(PLAN, design=type(PLAN.design)("listed", ())))


@pytest.mark.parametrize("write", [export.write_csv, lambda *a: export.write_netcdf(PLAN, *a)])
def test_unwritable(write, expected, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        write(expected, tmp_path / "file" / "table")

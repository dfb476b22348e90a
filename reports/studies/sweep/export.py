"""A sweep's records for other programs: CSV, and netCDF with labelled axes."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from model.files import write_atomically
from reports.ledger.files import write_whole
from reports.ledger.journal import Record
from reports.studies.sweep.design import SweepError
from reports.studies.sweep.spec import Sweep
from reports.studies.sweep.sweep import columns, digest


def write_csv(records: Sequence[Record], path: Path) -> None:
    """One row a point: axes first, then of every metric what records hold of it (mean, standard
    error and median over seeds). Numbers are read back as they were; none is an empty field.

    Raises OSError.
    """
    gathered = columns(list(records))
    del gathered["point"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(gathered)
    for row in zip(*(column.tolist() for column in gathered.values()), strict=True):
        writer.writerow("" if math.isnan(value) else repr(value) for value in row)
    write_whole(path, text.getvalue())


def check_labelled(sweep: Sweep) -> None:
    """Raise SweepError where points do not lie on a grid, whose axes would label them."""
    if not sweep.design.shape or not all(sweep.design.shape):
        rule = "has no axes that would label its points in netCDF: choose a grid, or --csv"
        raise SweepError("design", sweep.design.kind, rule)
    for axis in sweep.design.axes:
        if len(set(axis.values)) < len(axis.values):
            rule = "must not repeat a value, which labels a point in netCDF"
            raise SweepError(f"axes.{axis.name}", list(axis.values), rule)


def write_netcdf(sweep: Sweep, records: Sequence[Record], path: Path) -> None:
    """A netCDF 3 file, which xarray opens: one dimension an axis, with its values; one variable for
    each number that records hold of a metric, `transfer_error.mean` and so on. `computed` is 1
    where there is a record; without one, and where a number is none, the rest is NaN.

    Raises:
        SweepError: points do not lie on a grid. OSError.
    """
    check_labelled(sweep)
    content = _netcdf(sweep, records)
    write_atomically(path, lambda file: file.write(content))


def _netcdf(sweep: Sweep, records: Sequence[Record]) -> bytes:
    from scipy.io import netcdf_file

    memory = io.BytesIO()
    with netcdf_file(memory, "w", version=2) as file:
        about = {"title": "transfer-claims sweep", "sweep": digest(sweep), "seeds": sweep.seeds}
        for name, value in about.items():
            setattr(file, name, value)
        for axis in sweep.design.axes:
            file.createDimension(axis.name, len(axis.values))
            _add(file, axis.name, (axis.name,), np.array(axis.values, dtype=float))
        names = tuple(axis.name for axis in sweep.design.axes)
        for name, values in _planes(sweep, records).items():
            _add(file, name, names, values)
        file.flush()
        return memory.getvalue()


def _add(file: Any, name: str, dimensions: tuple[str, ...], values: np.ndarray) -> None:
    file.createVariable(name, values.dtype, dimensions)[:] = values


def _planes(sweep: Sweep, records: Sequence[Record]) -> dict[str, np.ndarray]:
    """Every column of a metric over the whole grid."""
    gathered = columns(list(records))
    shape, places = sweep.design.shape, gathered["point"]
    planes = {"computed": _spread(np.ones(len(places), np.int8), places, shape, 0)}
    for metric in sweep.metrics:
        for which in ("mean", "error", "median"):
            name = f"{metric}.{which}"
            if name in gathered:
                planes[name] = _spread(gathered[name], places, shape, math.nan)
    return planes


def _spread(
    values: np.ndarray, places: np.ndarray, shape: tuple[int, ...], otherwise: float
) -> np.ndarray:
    """Values at their points' places, in an array of this shape."""
    plane = np.full(shape, otherwise, dtype=values.dtype)
    plane.flat[places] = values
    return plane

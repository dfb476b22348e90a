"""Data of one's own: NumPy archives of examples, which may be damaged, hostile or too large.

Nothing is unpickled. What an array says of itself is compared with what is there, and with the
memory that it would take, before it is read.
"""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from model.files import read_limited
from model.regime import RegimeError

Array = NDArray[np.float64]
#: Bytes of an archive, and those that its arrays may take once they are read.
_LARGEST_FILE, _LARGEST_ARRAYS = 2**29, 2**30
#: Squared norms of larger numbers could leave the finite ones.
_LARGEST_ENTRY = 1e100
#: Entries that are made floats at once.
_TOGETHER = 2**20
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


_ARCHIVE = "must be a NumPy archive with patches and labels"
_PATCHES = (
    f"must be numbers (N, 2, d), of at most {_LARGEST_ENTRY:g}, with d = {{d}} as in the"
    " specification"
)
_LABELS = "must be one number for each example, 1 or -1"


class _NoArrayError(ValueError):
    """What an archive holds is no array that is asked for."""

    def __init__(self, name: str, value: object, rule: str) -> None:
        super().__init__(rule)
        self.name, self.value, self.rule = name, value, rule


def read(path: Path, d: int) -> tuple[Array, Array]:
    """y times the sum of both patches, (1, N, d), and y, (N,), of an archive with `patches`
    (N, 2, d), in any order, and `labels` (N,), which are +-1.

    Raises RegimeError, which names the file or the array, and the rule; OSError.
    """
    raw = read_limited(path, _LARGEST_FILE)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            labels = _array(archive, "labels", (None,), _LABELS)
            patches = _array(archive, "patches", (None, 2, d), _PATCHES.format(d=d))
    except _NoArrayError as error:
        raise RegimeError(error.name, error.value or str(path), error.rule) from None
    except Exception as error:  # of a damaged archive zipfile raises whatever it stumbles over
        why = f"{type(error).__name__}: {error}"
        raise RegimeError("file", str(path), f"{_ARCHIVE} ({why})") from None
    if labels.shape != patches.shape[:1] or not np.isin(labels, (-1, 1)).all():
        raise RegimeError("labels", labels.shape, _LABELS)
    return _summed(patches, labels), labels.astype(np.float64)


def _summed(patches: NDArray[np.generic], labels: NDArray[np.generic]) -> Array:
    """In parts, so that no second copy is made of what may be a large array."""
    examples, _, d = patches.shape
    summed = np.empty((1, examples, d))
    step = max(1, _TOGETHER // (2 * d))
    for first in range(0, examples, step):
        part = slice(first, first + step)
        numbers = patches[part].astype(np.float64)
        if not (np.abs(numbers) <= _LARGEST_ENTRY).all():
            raise RegimeError("patches", patches.shape, _PATCHES.format(d=d))
        summed[0, part] = labels[part, None].astype(np.float64) * numbers.sum(1)
    return summed


@dataclass(frozen=True)
class _Header:
    """What an array says of itself."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[np.generic]

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    @property
    def size(self) -> int:
        return self.count * self.dtype.itemsize


def _array(
    archive: zipfile.ZipFile, name: str, wanted: tuple[int | None, ...], rule: str
) -> NDArray[np.generic]:
    """An array of numbers with this shape, where None stands for any length."""
    try:
        entry = archive.getinfo(f"{name}.npy")
    except KeyError:
        raise _NoArrayError("file", None, f"{_ARCHIVE}: there is no {name}") from None
    if entry.compress_type not in _COMPRESSIONS:
        raise _NoArrayError(name, None, "must be stored or deflated, as NumPy writes it")
    with archive.open(entry) as file:
        header = _header(file, name)
        _check(header, name, wanted, rule)
        size, left = header.size, entry.file_size - file.tell()
        if size != left:
            why = f"must have the {size:,} bytes that its header tells, but has {left:,}"
            raise _NoArrayError(name, header.shape, why)
        content = file.read(size)
    flat: NDArray[np.generic] = np.frombuffer(content, header.dtype)
    return flat.reshape(header.shape, order="F" if header.fortran else "C")


def _header(file: IO[bytes], name: str) -> _Header:
    """NumPy's own parser; of a damaged header it raises whatever Python's parsers do."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            header = _Header(*_HEADERS[npy.read_magic(file)](file))
    except Exception:
        raise _NoArrayError(name, None, f"{_ARCHIVE}, as NumPy writes them") from None
    if not all(type(length) is int and length >= 0 for length in header.shape):
        raise _NoArrayError(name, header.shape, "lengths must be integers >= 0")
    return header


def _check(header: _Header, name: str, wanted: tuple[int | None, ...], rule: str) -> None:
    if header.dtype.hasobject:
        raise _NoArrayError(name, None, f"{_ARCHIVE}: nothing is unpickled")
    fits = len(header.shape) == len(wanted) and all(
        n is None or n == length for n, length in zip(wanted, header.shape, strict=True)
    )
    if header.dtype.kind not in "fiu" or not fits:
        raise _NoArrayError(name, header.shape, rule)
    # as they are, and as what is made of them: floats of one patch for two
    taken = header.size + 4 * header.count
    if taken > _LARGEST_ARRAYS:
        most = f"must take at most {_LARGEST_ARRAYS:,} bytes, unpacked; would take {taken:,}"
        raise _NoArrayError(name, header.shape, most)

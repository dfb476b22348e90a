"""Files that advice is asked for: nothing in them is run, and nothing believed unchecked."""

import io
import math
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest
from advising import REGIME, refused

from model.regime import RegimeError
from model.sampling import Seeds
from reports.studies import advise, data_sets


class Hostile:
    """Leaves a file when unpickled."""

    def __reduce__(self):
        return open, ("unpickled", "w")


P, L = np.ones((6, 2, 200)), np.ones(6)
HOSTILE = {
    "pickled patches": ({"patches": np.array([Hostile()], object)}, "must be a NumPy archive"),
    "pickled labels": ({"labels": np.array([Hostile()] * 12, object)}, "must be a NumPy archive"),
    "no patches": ({"patches": None}, "must be a NumPy archive"),
    "no labels": ({"labels": None}, "must be a NumPy archive"),
    **{
        f"patches {x.shape}": ({"patches": x, "labels": L}, "with d = 200")
        for x in (P[:, 0], P[:, :1], P[..., :-1], P[..., None], np.ones(6), np.array(1.0))
    },
    **{
        f"patches {x}": ({"patches": np.where(P > 0, x, 0), "labels": L}, "numbers")
        for x in (math.nan, math.inf, 1e200, 1j)
    },
    "patches are words": ({"patches": P.astype(str), "labels": L}, "numbers"),
    "patches are true": ({"patches": P > 0, "labels": L}, "numbers"),
    "one number is NaN": (
        {"patches": np.where(np.arange(P.size).reshape(P.shape) == 777, math.nan, P), "labels": L},
        "numbers",
    ),
    **{
        f"labels {x}": ({"patches": P, "labels": np.where(np.arange(6) == 3, x, L)}, "1 or -1")
        for x in (0, 2, math.nan, 0.999)
    },
    "too few labels": ({"patches": P, "labels": L[:5]}, "1 or -1"),
    "labels in a column": ({"patches": P, "labels": L[:, None]}, "1 or -1"),
    "labels are words": ({"patches": P, "labels": L.astype(str)}, "1 or -1"),
    "labels are true": ({"patches": P, "labels": L > 0}, "1 or -1"),
    "one example": ({"patches": P[:1], "labels": L[:1]}, "target = 1"),
    "no examples": ({"patches": P[:0], "labels": L[:0]}, "target = 0"),
    "nothing but zeros": ({"patches": 0 * P, "labels": L}, "show no signal"),
}


@pytest.mark.parametrize(("changes", "words"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_arrays(advise_on, specification, archives, changes, words, tmp_path):
    """Nothing in a file is run, and nothing in it is believed unchecked."""
    assert words in refused(advise_on(specification(), *archives(**changes), "--json"))
    assert not (tmp_path / "unpickled").exists()


def archive(**arrays):
    np.savez(buffer := io.BytesIO(), **arrays)
    return buffer.getvalue()


def lying():
    """A header that promises a quadrillion numbers."""
    np.lib.format.write_array_header_1_0(
        header := io.BytesIO(), {"descr": "<f8", "fortran_order": False, "shape": (10**13, 2, 200)}
    )
    with zipfile.ZipFile(whole := io.BytesIO(), "w") as packed:
        for name in ("patches.npy", "labels.npy"):
            packed.writestr(name, header.getvalue())
    return whole.getvalue()


def array():
    np.save(buffer := io.BytesIO(), P)
    return buffer.getvalue()


def member(labels, compression=zipfile.ZIP_STORED):
    """Patches as they should be, and whatever for labels."""
    with zipfile.ZipFile(whole := io.BytesIO(), "w") as packed:
        packed.writestr("patches.npy", array(), compression)
        packed.writestr("labels.npy", labels, compression)
    return whole.getvalue()


def header(text):
    """An array whose header is this text."""
    line = text.encode("latin-1") + b"\n"
    return b"\x93NUMPY\x01\x00" + len(line).to_bytes(2, "little") + line + bytes(48)


HEADERS = {
    "no comma": "{'descr': '<f8'\x02 'fortran_order': False, 'shape': (6,), }",
    "indented": " {'descr': '<f8', 'fortran_order': False, 'shape': (6,), }",
    "open bracket": "{'descr': '<f8', 'fortran_order': False, 'shape': (6,",
    "deep": "(" * 9000,
    "deep negations": "-" * 9000 + "1",
    "a null": "{'descr': '<f8', 'fortran_order': False, 'shape': (6\0,), }",
    "many digits": f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({'9' * 5000},), }}",
    "a negative length": "{'descr': '<f8', 'fortran_order': False, 'shape': (-6,), }",
    "true for a length": "{'descr': '<f8', 'fortran_order': False, 'shape': (True,), }",
    "terabytes": "{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000,), }",
    "a huge item": "{'descr': '|V2147483647', 'fortran_order': False, 'shape': (6,), }",
    "fields": "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (6,), }",
    "an odd literal": "{'descr': '<f8', 'fortran_order': False, 'shape': (6if 1else 6,), }",
}
GOOD = archive(patches=P, labels=L)
BYTES = {
    "empty": b"",
    "text": b"hello",
    "a pickle": pickle.dumps(Hostile()),
    "one array": array(),
    "an empty archive": archive(),
    "not arrays": b"PK\x05\x06" + bytes(18),
    "lying header": lying(),
    "a member that is no array": member(b"x"),
    "an empty member": member(b""),
    "packed by LZMA": member(array(), zipfile.ZIP_LZMA),
    "packed by bzip2": member(array(), zipfile.ZIP_BZIP2),
    **{f"header: {name}": member(header(text)) for name, text in HEADERS.items()},
    **{f"cut off at {share}": GOOD[: round(share * len(GOOD))] for share in (0.1, 0.5, 0.99)},
}


@pytest.mark.parametrize("content", BYTES.values(), ids=BYTES)
@pytest.mark.parametrize("which", ["source", "target"])
def test_hostile_bytes(advise_on, specification, archives, content, which, tmp_path):
    arguments = archives()
    (tmp_path / f"{which}.npz").write_bytes(content)
    refused(advise_on(specification(), *arguments))
    assert not (tmp_path / "unpickled").exists()


def test_damaged_headers(draws, archives):
    """Any byte of a header may be damaged, under a checksum that fits: whatever Python's parsers
    raise is a refusal, without a warning.
    """
    _, source, _, target = archives()
    np.save(good := io.BytesIO(), L)
    refusals = 0
    for where in range(10, 80):
        for byte in (0, 2, 9, 10, 39, 40, 92, 255):
            damaged = bytearray(good.getvalue())
            damaged[where] = byte
            target.write_bytes(member(bytes(damaged)))
            try:
                advise.from_files(REGIME, source, target)
            except RegimeError:
                refusals += 1
    assert refusals > 300


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i2", "u1", "f2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_as_they_come(dtype, order, tmp_path):
    """In any type and order, and in parts: the sums are those of the whole."""
    rng = np.random.default_rng(1)
    patches = np.asarray(rng.integers(0, 9, (7, 2, 5)), dtype, order=order)
    labels = np.array([1, -1, 1, 1, -1, -1, 1])
    np.savez_compressed(tmp_path / "set.npz", patches=patches, labels=labels)
    expected = labels[:, None] * patches.astype(float).sum(1)
    summed, read = data_sets.read(tmp_path / "set.npz", 5)
    np.testing.assert_array_equal(summed[0], expected)
    np.testing.assert_array_equal(read, labels)


def test_memory_is_bounded(tmp_path, monkeypatch):
    """No more is made than the sums, and a part of the numbers as floats."""
    monkeypatch.setattr(data_sets, "_TOGETHER", 2**14)
    patches = np.ones((4000, 2, 100), np.int8)
    np.savez(tmp_path / "set.npz", patches=patches, labels=np.ones(4000, np.int8))
    tracemalloc.start()
    data_sets.read(tmp_path / "set.npz", 100)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # the file, the array, the sums (four times the array), and some parts
    assert peak < 7.5 * patches.nbytes


def test_flipped_bits(draws, archives):
    """Damage anywhere in a packed archive is a refusal, or none: never another exception."""
    _, source, _, target = archives()
    np.savez_compressed(target, patches=draws[1][0], labels=draws[1][1])
    raw, refusals = target.read_bytes(), 0
    for where in range(0, len(raw), len(raw) // 80):
        target.write_bytes(raw[:where] + bytes([raw[where] ^ 0xFF]) + raw[where + 1 :])
        try:
            advise.from_files(REGIME, source, target)
        except RegimeError:
            refusals += 1
    assert refusals > 40


def test_too_large(advise_on, specification, archives, monkeypatch, tmp_path):
    arguments = archives()
    monkeypatch.setattr(data_sets, "_LARGEST_FILE", (tmp_path / "target.npz").stat().st_size - 1)
    assert "must be at most" in refused(advise_on(specification(), *arguments))


def test_too_large_unpacked(advise_on, specification, archives, monkeypatch, tmp_path):
    """A small file can hold a large one."""
    arguments = archives()
    np.savez_compressed(
        tmp_path / "source.npz", patches=np.zeros((500, 2, 200)), labels=np.ones(500)
    )
    monkeypatch.setattr(data_sets, "_LARGEST_ARRAYS", 10**6)
    assert (tmp_path / "source.npz").stat().st_size < 10**5
    assert "unpacked" in refused(advise_on(specification(), *arguments))


def test_no_file(advise_on, specification, archives):
    _, source, _, _ = archives()
    assert "absent.npz" in refused(
        advise_on(specification(), "--source", source, "--target", "absent.npz")
    )


@pytest.mark.parametrize("size", [13, 1, 0, -1, "x"])
def test_impossible_size(advise_on, specification, size):
    refused(advise_on(specification(), "--estimate", size))


@pytest.mark.parametrize("size", [0, 1, 13])
def test_size_in_python(size):
    with pytest.raises(RegimeError, match=f"^estimate = {size}: must be from 2 to n2 = 12"):
        advise.drawn(REGIME, Seeds(0, 1), size)


def test_options_that_exclude_each_other(advise_on, specification, archives):
    _, source, _, target = archives()
    for arguments in (
        ("--source", source),
        ("--target", target),
        ("--source", source, "--target", target, "--estimate", 5),
    ):
        assert "go together" in refused(advise_on(specification(), *arguments))

"""Damaged and hostile files: either an answer, or one line that can be shown; soon, and nothing on
standard error beside.

A few files of each kind by default; `--fuzz 1000000` for hours of them, from `--fuzz-seed`.
"""

import numpy as np
import pytest
from judging import judged
from mutations import mutated
from readers import READERS


@pytest.fixture
def count(pytestconfig):
    return pytestconfig.getoption("--fuzz")


@pytest.fixture
def rng(pytestconfig, request):
    seed = pytestconfig.getoption("--fuzz-seed")
    return np.random.default_rng([seed, *request.node.name.encode()])


@pytest.mark.parametrize("name", READERS)
def test_good_files_are_read(name, tmp_path):
    make, read = READERS[name]
    (tmp_path / "file").write_bytes(make(tmp_path))
    read(tmp_path / "file")


@pytest.mark.usefixtures("not_for_ever")
@pytest.mark.parametrize("name", READERS)
def test_mutations(name, tmp_path, rng, count, capfd):
    make, read = READERS[name]
    good, path = make(tmp_path), tmp_path / "file"
    for number in range(count):
        raw = mutated(rng, good)
        path.write_bytes(raw)
        try:
            judged(read, path)
        except Exception as error:
            (kept := tmp_path / "failing").write_bytes(raw)
            pytest.fail(f"{name}, mutation {number}, kept in {kept}: {error!r}")
    assert capfd.readouterr() == ("", "")

"""`constants.toml` is read strictly, and whatever is wrong with it is said by name. No test here
depends on a value in it.
"""

import math

import pytest

from claims.core.catalogue import catalogue
from claims.core.constants import FILE, LEAST, MOST, ConstantsError, load, resolve
from claims.core.domain import Between, Hypothesis
from claims.core.quantities import TAU_2


@pytest.fixture
def written(tmp_path):
    """Write a file and read it."""

    def read(text):
        path = tmp_path / "constants.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(path)

    return read


def test_read(written):
    assert written(
        '[calibration]\nentropy = 1\n[constant."a.C_1"]\nvalue = 2\nregimes ='
        ' 3\n[constant."b"]\nvalue = 0.5'
    ) == {"a.C_1": 2.0, "b": 0.5}


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[calibration]\nentropy = 1\n"])
def test_no_constants(written, text):
    assert written(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "value = ",
        "[constant",
        'constant = "\\q"',
        b"\xff\xfe",
        "[constant.a]\nvalue = 1\n[constant.a]\nvalue = 2",
    ],
    ids=repr,
)
def test_not_toml(written, text):
    with pytest.raises(
        ConstantsError, match=r"constants\.toml: cannot be read .*transfer-claims calibrate"
    ):
        written(text)


@pytest.mark.parametrize("name", ["absent.toml", ""], ids=["absent", "a folder"])
def test_unreadable(tmp_path, name):
    with pytest.raises(ConstantsError, match="cannot be read"):
        load(tmp_path / name)


@pytest.mark.parametrize(
    "value",
    [
        "0",
        "-1",
        "0.00999",
        "100.1",
        "1e300",
        "nan",
        "inf",
        "-inf",
        '"2"',
        "[2]",
        "{x = 2}",
        "2024-01-01",
    ],
)
def test_refused_value(written, value):
    with pytest.raises(
        ConstantsError, match=f"theorem.C_9: value must be a number from {LEAST} to {MOST}"
    ):
        written(f'[constant."good"]\nvalue = 1\n[constant."theorem.C_9"]\nvalue = {value}')


@pytest.mark.parametrize(
    "entry",
    ["[constant.C_9]\ninterval = [1, 2]", "[constant]\nC_9 = 2.0"],
    ids=["no value", "no table"],
)
def test_refused_entry(written, entry):
    with pytest.raises(ConstantsError, match="C_9"):
        written(entry)


@pytest.mark.parametrize("value", [LEAST, MOST])
def test_limits_are_inside(written, value):
    assert written(f"[constant.C]\nvalue = {value}") == {"C": value}


@pytest.mark.parametrize("bound", [2, 2.5, math.inf, -math.inf])
def test_resolve_number(bound):
    assert resolve(bound, {}) == bound


def test_resolve_name():
    assert resolve("a.C_1", {"a.C_1": 3.0}) == 3.0
    with pytest.raises(
        ConstantsError,
        match=(
            r"a\.C_2: no such constant in constants\.toml; did you mean a\.C_1\?; .*"
            r"transfer-claims calibrate"
        ),
    ):
        resolve("a.C_2", {"a.C_1": 3.0})


def test_hypothesis_without_its_constant():
    bounded = Hypothesis(TAU_2, Between(high="a.C_3"))
    assert bounded.between.range({"a.C_3": 4.0}) == (-math.inf, 4.0)
    assert str(bounded) == "tau_2 ≤ C_3"
    with pytest.raises(ConstantsError, match=r"a\.C_3"):
        bounded.between.range({})


def test_the_shipped_file_has_every_constant_a_claim_names():
    assert {name for claim in catalogue().values() for name in claim.constants} <= set(load(FILE))

"""The table of constants: written whole, read back, and what was not refitted left alone."""

import math
from dataclasses import replace

import pytest

from claims.core.condition import DELTA
from claims.core.constants import load, table
from reports.studies.calibration.fitting import Fit
from reports.studies.calibration.measuring import SEEDS
from reports.studies.calibration.table import write

FIT = Fit("toy.C_1", 2.5, (1.0, 1.23456), 40, 'the "largest", times 1.5', {"wide": 1.5})


@pytest.fixture
def path(tmp_path):
    load.cache_clear()
    return tmp_path / "constants.toml"


def test_round_trip(path):
    write([FIT, replace(FIT, name="toy.C_2", value=0.5)], 7, path)
    assert load(path) == {"toy.C_1": 2.5, "toy.C_2": 0.5}
    entry = table(path)["toy.C_1"]
    assert entry["interval"] == [1.0, 1.235]
    assert (entry["regimes"], entry["entropy"], entry["rule"]) == (40, 7, FIT.rule)
    assert entry["strata"] == FIT.strata
    assert "torch" in entry["written_by"]
    text = path.read_text()
    assert text.startswith("# Written by `transfer-claims calibrate`; never by hand.")
    assert f"seeds_per_regime = {SEEDS}\ndelta = {DELTA}\n" in text


def test_others_stay(path):
    """As they were written."""
    write([FIT], 7, path)
    before = table(path)["toy.C_1"]
    write([replace(FIT, name="toy.C_0")], 8, path)
    assert table(path)["toy.C_1"] == before
    assert list(table(path)) == ["toy.C_0", "toy.C_1"]
    write([replace(FIT, value=9.0)], 9, path)
    assert (table(path)["toy.C_1"]["value"], table(path)["toy.C_1"]["entropy"]) == (9.0, 9)


def test_the_same_again_is_the_same_file(path):
    write([FIT], 7, path)
    text = path.read_text()
    write([FIT], 7, path)
    assert path.read_text() == text


def test_numbers_without_bound(path):
    """As TOML has them."""
    write([replace(FIT, interval=(math.nan, math.inf), strata={"wide": math.inf})], 7, path)
    entry = table(path)["toy.C_1"]
    assert math.isnan(entry["interval"][0])
    assert (entry["interval"][1], entry["strata"]["wide"]) == (math.inf, math.inf)

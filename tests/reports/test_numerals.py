"""Numbers as people write them."""

import math

import pytest

from reports.numerals import duration, number, power_of_ten, short


@pytest.mark.parametrize(
    ("exponent", "text"), [(-12, "10⁻¹²"), (0, "10⁰"), (3, "10³"), (4567890, "10⁴⁵⁶⁷⁸⁹⁰")]
)
def test_powers_of_ten(exponent, text):
    assert power_of_ten(exponent) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (99_999, "99999"), (10**5, "10⁵"), (300_000_000, "3·10⁸"), (999_999, "10⁶")],
)
def test_short_counts(count, text):
    assert short(count) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (6.337e-7, "6.337 × 10⁻⁷"),
        (-2, "−2"),
        (1000000, "1,000,000"),
        (-0.0, "0"),
        (None, "without bound"),
        (math.inf, "without bound"),
        (0.23456, "0.2346"),
        (52000.0, "52,000"),
        (1e21, "1 × 10²¹"),
        ("x", "x"),
    ],
)
def test_number(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.0, "0 seconds"),
        (1.5, "1.5 seconds"),
        (1120.0, "19 minutes"),
        (7199.0, "120 minutes"),
        (5400.0 * 3, "4.5 hours"),
        (360_000.0, "100 hours"),
        (float("inf"), "without bound seconds"),
    ],
)
def test_duration(seconds, told):
    assert duration(seconds) == told

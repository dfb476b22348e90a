"""Numbers as people write them."""

import pytest

from reports.drawing.numerals import power_of_ten, short


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

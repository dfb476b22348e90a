"""Paths of a picture in fewer characters."""

import pytest

from reports.drawing.svg.shrink import _straight


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("M1 2L3 2L3 4L1 4L1 2z", "M1 2H3V4H1V2z"),
        ("M1 2L3 4", "M1 2L3 4"),
        ("M1 2L3 2C1 1 2 2 3 3", "M1 2L3 2C1 1 2 2 3 3"),
        ("M1 2L3 2M3 5L3 6", "M1 2H3M3 5V6"),
        ("M0 0L0 1zL0 5", "M0 0V1zL0 5"),  # after z a line starts where the path did
        ("", ""),
    ],
)
def test_straight(path, short):
    assert _straight(path) == short

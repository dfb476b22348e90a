"""The benchmark of starting up runs. Never asserts a time."""

import start_up


def test_start_up():
    rows = start_up.lines(start_up.measure(1))
    assert [row[:30].strip() for row in rows] == ["", *start_up.STARTS]

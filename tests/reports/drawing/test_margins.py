"""A strip of margins."""

import re

from pages import Parsed

from reports.drawing import margins


def test_margins():
    strip = margins.strip([{"margin": x} for x in (-1.0, 0.5, 0.5, 3.0, None)])
    dots = [
        (a["class"], float(a["cx"]), float(a["cy"]))
        for tag, a in Parsed(strip).tags
        if tag == "circle"
    ]
    assert [kind for kind, *_ in dots] == ["fails", "holds", "holds", "holds"]
    assert dots[1][1] == dots[2][1]
    assert dots[1][2] != dots[2][2]  # stacked
    zero = float(re.search(r'class="zero" d="M([\d.]+)', strip)[1])
    assert dots[0][1] < zero < dots[1][1]
    assert "from -1 to 3" in strip
    assert "1 more without bound" in strip
    assert margins.strip([{"margin": 1.0}]) is None
    assert margins.strip([]) is None
    assert margins.strip([{"margin": 0.0}] * 400) is not None

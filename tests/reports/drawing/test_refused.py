"""What is refused is quoted in a line that steers no terminal."""

from xml.etree import ElementTree

import pytest

from model.printing import steers
from reports.drawing.svg import check

SVG = "http://www.w3.org/2000/svg"


@pytest.mark.parametrize(
    "inside",
    ['<g x\u009b31m="1"/>', '<g x="\u007f"/>', '<g x="\u202e"/>', "<g\u202f/>", "<x\u0085y/>"],
)
def test_quoted(inside):
    try:
        root = ElementTree.fromstring(f'<svg xmlns="{SVG}">{inside}</svg>')
    except ElementTree.ParseError:  # no such name: made by hand
        root = ElementTree.Element(f"{{{SVG}}}svg")
        ElementTree.SubElement(root, f"{{{SVG}}}g").set(inside, inside)
    with pytest.raises(ValueError, match="no experiment is drawn") as refused:
        check.refuse(root)
    assert not steers(str(refused.value))

"""Every formula is set."""

import pytest
from markupsafe import Markup
from pages import Parsed

from claims.core.catalogue import catalogue
from reports.page import rows
from reports.page.mathematics import converted, mathml


@pytest.mark.parametrize("claim", catalogue().values(), ids=catalogue())
def test_all_mathematics_converts(claim):
    for block in (True, False):
        text = converted(claim.latex, block=block)
        assert "\\" not in text
        assert "<merror" not in text
        assert 'mathvariant="' not in text.replace(
            'mathvariant="normal"', ""
        )  # what browsers no longer draw
        assert not Parsed(text).misplaced
    for hypothesis in claim.domain.hypotheses if claim.domain else ():
        assert "unset" not in rows._hypothesis_row(hypothesis).inequality


def test_mathematics_that_does_not_convert_is_shown_as_it_is():
    assert mathml("a_1_2 < b") == Markup('<code class="unset">a_1_2 &lt; b</code>')

"""What claims say of the variants of a paired design, and what their designs hold them to."""

import pytest

from claims.core.catalogue import catalogue
from claims.observing.paired import PairedDesign

CLAIMS = [claim for claim in catalogue().values() if isinstance(claim.observe, PairedDesign)]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_under_condition_4_1(claim):
    """Where the statement says so, a regime's variants must lie inside it as well."""
    assert claim.observe.within_condition is ("Condition 4.1" in claim.statement)

"""Every number in a domain is printed with the statement."""

import pytest

from claims.core.catalogue import catalogue
from reports.ledger.described import claim_record
from reports.ledger.ledger import Ledger

CLAIMS = [claim for claim in catalogue().values() if claim.domain]


def ends(between):
    """As a reader would look for them."""
    for end in (between.low, between.high):
        if isinstance(end, str):
            yield end.rsplit(".", 1)[-1]
        elif abs(end) != float("inf"):
            yield f"{end:g}"


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_every_number_is_printed(claim):
    """Of every quantity, scale and clause; and the tier."""
    record = claim_record(claim, Ledger({}))
    domain = claim.domain
    assert len(record["hypotheses"]) == len(domain.where)
    for (quantity, between), line in zip(domain.where.items(), record["hypotheses"], strict=True):
        assert quantity.name in line
        assert all(end in line for end in ends(between))
    searched = record["searched"]
    for scale, between in domain.scales.items():
        (line,) = (one for one in searched if one.startswith(f"{scale} "))
        assert all(end in line for end in ends(between))
    for clause in domain.without:
        assert any(one.endswith(str(clause)) for one in searched)
    if domain.tier:
        assert domain.tier.name in searched[0]
    assert len(searched) == 1 + len(domain.scales) + len(domain.without)

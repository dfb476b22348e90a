"""Every planted wrong version of every claim must come out falsified, within the budget of the
claim itself.
"""

import pytest

from claims.core.catalogue import catalogue
from claims.core.status import Status

PLANTED = [
    pytest.param(claim.mutated(version), version, id=f"{claim.id}!{version.name}")
    for claim in catalogue().values()
    for version in claim.mutants
]


@pytest.mark.control
@pytest.mark.parametrize(("claim", "version"), PLANTED)
def test_caught(claim, version, decided):
    verdict = decided(claim, shrinks=0)
    assert verdict.status is Status.FALSIFIED, (
        f"{claim.id} ({version.error}) came out {verdict.status.value} on {verdict.regimes} regimes"
    )


def test_every_claim_has_wrong_versions():
    assert [claim.id for claim in catalogue().values() if len(claim.mutants) < 2] == []

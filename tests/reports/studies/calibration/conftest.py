"""A catalogue of toy claims in place of the project's."""

import sys

import pytest
from fits import CLAIMS


@pytest.fixture
def toy_catalogue(monkeypatch):
    """What the plan is made of."""
    plan = sys.modules["reports.studies.calibration.plan"]
    claims = {claim.id: claim for claim in CLAIMS}
    monkeypatch.setattr(plan, "catalogue", lambda: claims)
    return claims

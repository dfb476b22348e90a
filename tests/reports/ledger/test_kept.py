"""The counterexamples that are kept: in the repository, in their claims' domains, and failing."""

import pytest

from claims.core import findings
from claims.deciding.screen import suspicious
from reports.ledger.counterexample import read

FILES = sorted(findings.FOLDER.glob("*.json"))
#: Where the tasks' sizes differ.
SIZES = (
    "theorem-4.2.error-lower.tau-A",
    "theorem-4.2.error-lower-restricted.tau-A",
    "theorem-4.2.error-upper-restricted.tau-A",
    "proposition-4.4.1.restricted",
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_inside_the_domain(file):
    """Every hypothesis, every range of a scale that a regime tells, every clause."""
    kept = read(file)
    assert file.stem == kept.claim.id
    if kept.claim.domain is not None and kept.regime is not None:
        assert kept.claim.domain.violations(kept.regime, kept.constants) == []


@pytest.mark.parametrize("claim_id", SIZES)
def test_fails_again(claim_id):
    """In more networks than the statement may fail in, by far."""
    kept = read(findings.path(claim_id))
    margin = kept.margin()
    assert suspicious(margin.certain_failures, len(margin.low), kept.claim.rule.delta)

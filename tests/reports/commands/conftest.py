"""Files that commands read."""

import json

import pytest
from command_examples import REGIME, SPEC

from claims.core import constants
from claims.core.catalogue import find
from claims.core.profile import PROFILES
from reports.ledger import counterexample
from reports.ledger.ledger import Ledger
from reports.studies.verify import decide


@pytest.fixture
def spec(tmp_path):
    """A specification in a file, with changes."""

    def write(**changes):
        path = tmp_path / "spec.json"
        path.write_text(json.dumps(SPEC | changes))
        return path

    return write


@pytest.fixture
def kept(tmp_path):
    """A counterexample file, by hand."""

    def write(claim_id="e5.scratch!off-by-one", regime=REGIME, **changes):
        claim = find(claim_id)
        known = {name: constants.load()[name] for name in claim.constants}
        record = {
            "format": counterexample.FORMAT,
            "version": counterexample.VERSION,
            "claim": claim_id,
            "root": 3,
            "constants": known,
        }
        path = tmp_path / "counterexample.json"
        path.write_text(json.dumps(record | {"regime": regime and regime.to_dict()} | changes))
        return path

    return write


@pytest.fixture(scope="module")
def book():
    """A verified verdict and a falsified one."""
    profile = PROFILES["quick"]
    return Ledger({}).updated(
        [decide(find("e5.scratch"), profile), decide(find("gamma-printed.dimensionless"), profile)]
    )

"""Advice on a small regime, and what its command prints."""

import json

from reports.studies.sweep.spec import from_groups

GROUPS = {
    "n1": 10,
    "n2": 12,
    "d": 200,
    "m": 4,
    "inherited": 2,
    "tau_2": 1.0,
    "X": 1.0,
    "Y": 1.2,
    "duration": 3.0,
}
REGIME = from_groups(GROUPS)


def told(result):
    code, out, err = result
    assert (code, err.strip()) == (0, ""), err
    return json.loads(out)


def refused(result):
    """Exit 2, and one line."""
    code, out, err = result
    assert (code, out) == (2, ""), (code, out, err)
    assert err.startswith("transfer-claims: ")
    assert len(err.splitlines()) == 1, err
    return err

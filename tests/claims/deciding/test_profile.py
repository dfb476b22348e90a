"""Profiles: how much evidence a run gathers."""

from dataclasses import replace

import pytest
from toys import PROFILE

from claims.core.profile import CI_ENTROPY, PROFILES, fresh

SEEDS = 24


def test_profiles():
    names = ("quick", "ci", "nightly")
    assert {name: profile.name for name, profile in PROFILES.items()} == dict(
        zip(names, names, strict=True)
    )
    quick, ci, nightly = (PROFILES[name].regimes for name in names)
    assert quick < ci < nightly
    for profile in PROFILES.values():
        assert (profile.entropy, profile.seeds) == (CI_ENTROPY, SEEDS)
        assert profile.exact_seeds >= 1


def test_fresh():
    first, second = fresh(PROFILE), fresh(PROFILE)
    assert len({first.entropy, second.entropy, PROFILE.entropy}) == 3
    assert replace(first, entropy=PROFILE.entropy) == PROFILE
    assert 0 <= first.entropy < 2**64


@pytest.mark.parametrize("factor", [0.25, 1.0, 2.0])
def test_scaled(factor):
    """What is counted at `ci`, in proportion."""
    profile = replace(PROFILE, regimes=round(PROFILES["ci"].regimes * factor))
    assert profile.scaled(12.0) == pytest.approx(12.0 * factor)

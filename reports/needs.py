"""Calibration of constants that a claim declares with what each seed needs of them (`OpenConstant`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from claims.catalogue import find
from claims.claim import Claim
from claims.condition import DELTA
from model.sampling import Seeds
from strategies.search import Case, search


def batches(claims: Iterable[Claim]) -> list[tuple[str, ...]]:
    """Ids of claims with open constants, those that look at the same networks together."""
    together: dict[Any, list[str]] = defaultdict(list)
    for claim in claims:
        if claim.fits:
            together[(claim.domain, claim.observe)].append(claim.id)
    return [tuple(ids) for ids in together.values()]


def gather_needs(ids: tuple[str, ...], regimes: int, seeds: int, entropy: int) -> dict[str, list[float]]:
    """What each regime needs of each constant, a share delta of its seeds allowed to need more."""
    torch.set_num_threads(1)
    claims = [find(claim_id) for claim_id in ids]
    found: dict[str, list[float]] = defaultdict(list)

    def look(case: Case) -> bool:
        seen = claims[0].observe(case.regime, Seeds(case.root, seeds))
        for constant in (c for claim in claims for c in claim.fits):
            needed = np.sort(constant.per_seed(seen))
            allowed = int(DELTA * len(needed))
            found[constant.name].append(float(needed[len(needed) - 1 - allowed] if constant.at_least else needed[allowed]))
        return False

    assert claims[0].domain is not None
    search(claims[0].domain, {}, look, name=f"calibrate/{ids[0]}", entropy=entropy, cases=regimes, calibration=True)
    return dict(found)

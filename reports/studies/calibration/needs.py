"""Calibration of constants that a claim declares with what each seed needs of them
(`OpenConstant`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from claims.core.catalogue import catalogue, find
from claims.core.claim import Claim
from claims.core.condition import DELTA
from model.sampling import Seeds
from reports.studies.calibration.strata import search_strata
from strategies.search import Case


@dataclass(frozen=True)
class Need:
    """What one regime needs of a constant, a share delta of its seeds allowed to need more."""

    value: float
    tags: tuple[str, ...]


def batches(claims: Iterable[Claim]) -> list[tuple[str, ...]]:
    """Ids of claims with open constants, those that look at the same networks together."""
    together: dict[Any, list[str]] = defaultdict(list)
    for claim in claims:
        if claim.fits:
            together[(claim.domain, claim.observe)].append(claim.id)
    return [tuple(ids) for ids in together.values()]


def gather_needs(
    ids: tuple[str, ...], constants: dict[str, float], regimes: int, seeds: int, entropy: int
) -> dict[str, list[Need]]:
    """The needs of every regime of a calibration set, by constant."""
    torch.set_num_threads(1)
    claims = [find(claim_id) for claim_id in ids]
    found: dict[str, list[Need]] = defaultdict(list)

    def look(case: Case, tags: tuple[str, ...]) -> None:
        seen = claims[0].observe(case.regime, Seeds(case.root, seeds))
        for constant in (c for claim in claims for c in claim.fits):
            needed = np.sort(constant.per_seed(seen))
            allowed = int(DELTA * len(needed))
            value = needed[len(needed) - 1 - allowed] if constant.at_least else needed[allowed]
            found[constant.name].append(Need(float(value), tags))

    assert claims[0].domain is not None
    batch = next(
        ids[0] for ids in batches(catalogue().values()) if claims[0].id in ids
    )  # the same regimes, whichever of them are asked for
    search_strata(claims[0].domain, constants, look, name=batch, entropy=entropy, regimes=regimes)
    return dict(found)

"""Each remedy against plain fine-tuning, and against training from scratch: does it help, and does
it undo the harm?

Differences are paired over seeds. The intervals hold after every number of seeds, and all together
miss with probability 5%: seeds may be added until something is decided.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from claims.deciding import paired_seeds
from claims.deciding.paired_seeds import Interval
from model.vision.remedies import Remedy
from reports.images.remedies.listed import PLAIN, REMEDIES, SCRATCH, name_of
from reports.images.remedies.plan import RemedySetting
from reports.images.remedies.run import Record

LEVEL = 0.05


@dataclass(frozen=True)
class Against:
    """A remedy less what it is compared with, in points of accuracy."""

    remedy: str
    reference: str
    difference: Interval

    @property
    def verdict(self) -> str:
        """In a word."""
        if self.difference.low > 0:
            return "better"
        return "worse" if self.difference.high < 0 else "undecided"


@dataclass(frozen=True)
class Compared:
    """A remedy, and how it does."""

    remedy: str
    seeds: int
    accuracy: float  # mean over seeds, in points
    against: tuple[Against, ...]


def compared(records: Sequence[Record]) -> list[Compared]:
    """Every remedy that was trained, in the order of the list."""
    by_remedy: dict[Remedy, dict[RemedySetting, float]] = {}
    for one in records:
        reached = math.nan if one.loss is None else 100 * one.accuracy
        # what two remedies of a seed have in common
        common = replace(one.setting, remedy=Remedy())
        by_remedy.setdefault(one.setting.remedy, {})[common] = reached
    order = [remedy for remedy in REMEDIES.values() if remedy in by_remedy]
    order += [remedy for remedy in by_remedy if remedy not in order]
    comparisons = _comparisons([name_of(remedy) for remedy in order])
    return [
        Compared(
            name_of(remedy),
            len(by_remedy[remedy]),
            float(np.mean(list(by_remedy[remedy].values()))),
            tuple(
                Against(mine, theirs, _difference(by_remedy, remedy, theirs, len(comparisons)))
                for mine, theirs in comparisons
                if mine == name_of(remedy)
            ),
        )
        for remedy in order
    ]


def _comparisons(names: Sequence[str]) -> list[tuple[str, str]]:
    """Whatever is compared with what: the level is spent over all of it."""
    return [
        (name, reference)
        for name in names
        for reference in (PLAIN, SCRATCH)
        if reference in names and name != SCRATCH and name != reference
    ]


def _difference(
    by_remedy: Mapping[Remedy, Mapping[RemedySetting, float]],
    remedy: Remedy,
    reference: str,
    comparisons: int,
) -> Interval:
    ours, theirs = by_remedy[remedy], by_remedy[REMEDIES[reference]]
    common = sorted(ours.keys() & theirs.keys(), key=lambda one: one.seed)
    values = np.array([ours[one] - theirs[one] for one in common])
    return paired_seeds.interval(values, LEVEL / comparisons)

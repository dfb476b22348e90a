"""Pairs of a source and a target: from sources of the target's own classes to noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from model.vision.data import Name
from model.vision.tasks import MOST_FAR
from model.vision.train import Recipe
from model.vision.unlike import Source, TargetName
from reports.images.pairs.plan import PairSetting, Target
from reports.images.plan import RATES, TrainedNetwork
from reports.images.tiers import TIERS

#: Images of a source of usual size, and of one in CIFAR-100.
USUAL, USUAL_HUNDRED = 5000, 1000
#: Images of the target to learn from: those of every pair, and fewer, from CIFAR-10 alone.
N2, FEW = 500, 100
#: A source that text replaces ever more of.
MIXED = Source("half", USUAL)

#: Sources for classes 5 to 9 of CIFAR-10, and for superclasses of CIFAR-100.
SOURCES: dict[TargetName, tuple[Source, ...]] = {
    "cifar10": (
        Source("same", USUAL),
        *(Source("half", n1) for n1 in (USUAL, 1500, 500)),
        *(Source("half", USUAL, sigma) for sigma in (1.0, 2.0)),
        Source("half", 500, 2.0),
        Source("grey", USUAL),
        Source("inverted", USUAL),
        Source("blurred", USUAL),
        Source("shuffled", USUAL),
        Source("relabelled", USUAL),
        *(replace(MIXED, text=share) for share in (0.25, 0.5, 0.75, 1.0)),
        Source("noise", USUAL),
    ),
    "cifar100": tuple(Source("hundred", USUAL_HUNDRED, far=far) for far in range(MOST_FAR + 1)),
}


@dataclass(frozen=True)
class Plan:
    """How much is trained, and how."""

    network: TrainedNetwork
    seeds: int
    upstream: Recipe
    downstream: Recipe
    first_seed: int = 0


#: The small network of the tier for a CPU; trained as those of the tier of architectures, whose
#: sources take fewer steps.
_BRIEF = TIERS["cpu-architectures"]
_RATE = RATES["conv4"][0]
USUAL_PLAN = Plan(
    TIERS["cpu"].networks[0],
    8,
    replace(_BRIEF.upstream, rate=_RATE),
    replace(_BRIEF.downstream, rate=_RATE),
)


def settings(plan: Plan, hundred: Name | None) -> list[PairSetting]:
    """Every training, seed by seed; `hundred` are the images of CIFAR-100 that are at hand, None if
    there are none: then no target is among them.
    """
    seeds = range(plan.first_seed, plan.first_seed + plan.seeds)
    return [setting for seed in seeds for setting in _of_seed(plan, seed, hundred)]


def _of_seed(plan: Plan, seed: int, hundred: Name | None) -> Iterator[PairSetting]:
    targets = [Target("cifar10", N2), Target("cifar10", FEW)]
    if hundred is not None:
        targets.append(Target("cifar100", N2, hundred))
    for target in targets:
        scratch = PairSetting(plan.network, target, plan.downstream, seed)
        yield scratch
        for source in SOURCES[target.name]:
            yield replace(scratch, source=source, upstream=plan.upstream)

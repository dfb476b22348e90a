"""The remedies, by name."""

from __future__ import annotations

from dataclasses import dataclass, replace

from model.vision.remedies import Remedy
from model.vision.train import Recipe
from model.vision.unlike import Source
from reports.images.plan import RATES, TrainedNetwork
from reports.images.remedies.plan import RemedySetting
from reports.images.tiers import TIERS

#: The source that hurts: small and noisy. Of the half of CIFAR-10 that the target has not.
HURTS = Source("half", 500, 2.0)
#: Strengths of pulls. Alone, over a whole training, the weak one takes a weight four tenths of its
#: way, the strong one all of it.
STRONG, WEAK = 0.1, 0.01

#: All by name; scratch and plain fine-tuning are what the others are compared with.
REMEDIES: dict[str, Remedy] = {
    "scratch": Remedy(share=0.0),
    "fine-tuning": Remedy(),
    "decay, weak": Remedy(decay=WEAK),
    "decay, strong": Remedy(decay=STRONG),
    "L2-SP, weak": Remedy(hold=WEAK),
    "L2-SP, strong": Remedy(hold=STRONG),
    "half": Remedy(share=0.5),
    "half, frozen": Remedy(share=0.5, frozen=True),
    "linear probe": Remedy(frozen=True),
    "scratch, decay, strong": Remedy(share=0.0, decay=STRONG),
}
SCRATCH, PLAIN = "scratch", "fine-tuning"


@dataclass(frozen=True)
class Plan:
    """How much is trained, and how."""

    network: TrainedNetwork
    seeds: int
    n2: int
    upstream: Recipe
    downstream: Recipe
    first_seed: int = 0


#: The small network of the tier for a CPU, trained as there.
_CPU = TIERS["cpu"]
_RATE = RATES["conv4"][0]
USUAL_PLAN = Plan(
    _CPU.networks[0],
    10,
    _CPU.n2,
    replace(_CPU.upstream, rate=_RATE),
    replace(_CPU.downstream, rate=_RATE),
)


def settings(plan: Plan) -> list[RemedySetting]:
    """Every training, seed by seed."""
    return [
        RemedySetting(plan.network, HURTS, plan.upstream, plan.n2, plan.downstream, remedy, seed)
        for seed in range(plan.first_seed, plan.first_seed + plan.seeds)
        for remedy in REMEDIES.values()
    ]


def name_of(remedy: Remedy) -> str:
    """Its name, or what it is made of."""
    return next((name for name, one in REMEDIES.items() if one == remedy), str(remedy))

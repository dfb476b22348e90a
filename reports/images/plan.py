"""What the real-image tier trains: networks from scratch and after transfer, around one base, a
factor at a time or crossed.

Everything that a number depends on, but for the code, stands in a `Setting`; its digest is the key
under which a finished run is kept.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from claims.observing.accuracies import BASE_NOISE, BASE_SAMPLES, BASE_SHARE, Cell
from model.vision.data import Name
from model.vision.inherit import Form
from model.vision.nets import Architecture
from model.vision.tasks import PairName, pair
from model.vision.train import Recipe


class ImagesError(ValueError):
    """What the real-image tier is asked for cannot be had: names the option or the file, the value
    and the rule.
    """


#: Changed whenever the same setting comes to mean other numbers.
CODE = 1


@dataclass(frozen=True)
class TrainedNetwork:
    """An architecture, every layer of which has `width` times its usual filters."""

    architecture: Architecture
    width: float = 1.0

    @property
    def label(self) -> str:
        """Its name in tables and statements."""
        return self.architecture if self.width == 1 else f"{self.architecture} × {self.width:g}"


@dataclass(frozen=True)
class Tasks:
    """A pair of tasks, and which images of CIFAR-100 it is about."""

    pair: PairName
    far: int = 0  # the source's superclasses, of five, that are far from the target's
    hundred: Name = "cifar100"  # of no meaning where the pair has no images of CIFAR-100


@dataclass(frozen=True)
class Upstream:
    """How a source network came about."""

    network: TrainedNetwork
    tasks: Tasks
    n1: int
    sigma: float
    recipe: Recipe
    seed: int


@dataclass(frozen=True)
class Setting:
    """One downstream training."""

    network: TrainedNetwork
    tasks: Tasks  # without mismatch where nothing is inherited
    n2: int
    recipe: Recipe
    seed: int
    share: float = 0.0
    form: Form = "filters"
    upstream: Upstream | None = None  # where something is inherited
    code: int = CODE

    @property
    def key(self) -> str:
        """Its digest."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    @property
    def cell(self) -> Cell:
        """What it was trained on, but for its seed."""
        images = "" if self.tasks.pair == "cifar10" else self.tasks.hundred
        if self.upstream is None:
            return Cell(self.network.label, self.tasks.pair, self.n2, images=images)
        return Cell(
            self.network.label,
            self.tasks.pair,
            self.n2,
            self.tasks.far,
            self.upstream.n1,
            self.upstream.sigma,
            self.share,
            self.form,
            images,
        )


@dataclass(frozen=True)
class ImageTier:
    """How much is trained, and how."""

    networks: tuple[TrainedNetwork, ...]
    seeds: int
    samples: tuple[int, ...]  # N_1
    noises: tuple[float, ...]  # σ
    shares: tuple[float, ...]  # α
    far: tuple[int, ...]
    forms: tuple[Form, ...]  # of inheriting a share
    n2: int
    upstream: Recipe  # rate and kind of descent are each architecture's own
    downstream: Recipe
    first_seed: int = 0


#: Highest rate of each architecture, and whether it descends by Adam.
RATES: dict[Architecture, tuple[float, bool]] = {
    "conv4": (0.05, False),
    "resnet18": (0.05, False),
    "vgg11": (0.05, False),
    "vgg16": (0.05, False),
    "vit": (1e-3, True),
}
#: Images of each superclass to learn from.
_OF_SUPERCLASS: dict[Name, int] = {"cifar100": 2500, "cifar100-subset": 250}


def settings(tier: ImageTier, *, hundred: Name | None, crossed: bool = False) -> list[Setting]:
    """Every training of a tier, seed by seed, so that what is there when a run is stopped is whole
    for the seeds it has.

    Args:
        hundred: the images of CIFAR-100 that are at hand; None if there are none, and then no pair
        needs them. crossed: every N_1 with every σ and every α, beside one factor at a time.
    """
    by_seed = (
        list(_of_seed(tier, network, seed, hundred, crossed))
        for seed in range(tier.first_seed, tier.first_seed + tier.seeds)
        for network in tier.networks
    )
    return list(dict.fromkeys(itertools.chain.from_iterable(by_seed)))


def _of_seed(
    tier: ImageTier, network: TrainedNetwork, seed: int, hundred: Name | None, crossed: bool
) -> Iterator[Setting]:
    ten = Tasks("cifar10")
    yield from _transfers(tier, network, seed, ten, _factors(tier, crossed))
    if hundred is not None:
        for tasks in (
            *(Tasks("cifar100", far, hundred) for far in tier.far),
            Tasks("cifar100-cifar10", 0, hundred),
        ):
            yield from _transfers(
                tier,
                network,
                seed,
                tasks,
                [(min(BASE_SAMPLES, _most(tasks)), BASE_NOISE, BASE_SHARE, "filters")],
            )


Factors = tuple[int, float, float, Form]  # N_1, σ, α, and what is inherited


def _factors(tier: ImageTier, crossed: bool) -> list[Factors]:
    """Around the base one factor at a time, and every form at every share; all forms are one where
    everything is inherited.
    """
    factors: list[Factors] = [(n1, BASE_NOISE, BASE_SHARE, "filters") for n1 in tier.samples]
    factors += [(BASE_SAMPLES, sigma, BASE_SHARE, "filters") for sigma in tier.noises]
    factors += [
        (BASE_SAMPLES, BASE_NOISE, share, form)
        for share in tier.shares
        for form in (tier.forms if share < 1 else tier.forms[:1])
    ]
    if crossed:
        factors += [
            (n1, sigma, share, "filters")
            for n1 in tier.samples
            for sigma in tier.noises
            for share in tier.shares
        ]
    return list(dict.fromkeys(factors))


def _transfers(
    tier: ImageTier, network: TrainedNetwork, seed: int, tasks: Tasks, factors: Iterable[Factors]
) -> Iterator[Setting]:
    """From scratch, and after transfer from every source."""
    scratch = Setting(
        network, replace(tasks, far=0), tier.n2, _recipe(tier.downstream, network), seed
    )
    yield scratch
    for n1, sigma, share, form in factors:
        source = Upstream(network, tasks, n1, sigma, _recipe(tier.upstream, network), seed)
        yield replace(scratch, tasks=tasks, share=share, form=form, upstream=source)


def _most(tasks: Tasks) -> int:
    """The most images that a source in CIFAR-100 has."""
    return _OF_SUPERCLASS[tasks.hundred] * len(
        pair(tasks.pair, tasks.far, hundred=tasks.hundred).upstream.classes
    )


def _recipe(recipe: Recipe, network: TrainedNetwork) -> Recipe:
    rate, adam = RATES[network.architecture]
    return replace(recipe, rate=rate, adam=adam)


def jobs(wanted: Sequence[Setting]) -> list[tuple[Upstream | None, tuple[Setting, ...]]]:
    """Settings by the source network they need, which is trained once for all of them."""
    together_by_source: dict[tuple[int, Upstream | TrainedNetwork | None], list[Setting]] = {}
    for setting in wanted:
        together_by_source.setdefault(
            (setting.seed, setting.upstream or setting.network), []
        ).append(setting)
    return [(together[0].upstream, tuple(together)) for together in together_by_source.values()]

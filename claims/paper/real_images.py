"""What the paper says of real images: orderings of downstream accuracy, each decided by differences
that are paired over seeds [S].

A seed fixes everything that is drawn, and networks of one seed differ in the one factor that is
compared: they share target images, fresh filters and batches, nested source images, and source
noise up to its scale. What is compared is therefore one number a seed, and a statement says that
its mean is positive. Student's interval decides, with `LEVEL` split evenly over statements and
their contrasts, and over the networks that were trained: the statement stands for a network where
the whole interval is positive, and falls where it is negative. Over seeds, not over images: test
images and classes are the same for all, and what is decided is decided for them. The level is that
of a number of seeds settled beforehand, or by the clock: to add seeds until something is decided is
not paid for. Where a training diverged, or all seeds give the very same number, nothing is decided.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from claims.core.claim import Kind, Provenance, WrongVersion
from claims.deciding.decision import Outcome
from claims.deciding.estimates import spread
from model.vision.tasks import MOST_FAR

Array = NDArray[np.float64]
#: What ids of these statements begin with.
PREFIX = "images."
#: The probability, over the whole tier, that a true statement is falsified; and as much that a
#: false one is verified.
LEVEL = 0.05
#: With fewer seeds than this nothing is decided.
LEAST_SEEDS = 5
#: Around these, one factor at a time is changed.
BASE_SAMPLES, BASE_NOISE, BASE_SHARE = 5000, 0.0, 1.0


@dataclass(frozen=True)
class Cell:
    """What a downstream network was trained on, but for its seed; from scratch where `share` is 0,
    whatever the source.
    """

    network: str
    pair: str
    n2: int
    far: int = 0  # mismatch: superclasses of the source that are far from the target's
    n1: int = 0
    sigma: float = 0.0
    share: float = 0.0
    form: str = "filters"
    images: str = ""  # which images of CIFAR-100, where the pair has any

    @property
    def scratch(self) -> Cell:
        """The same network and target without inheritance."""
        return Cell(self.network, self.pair, self.n2, images=self.images)

    @property
    def mismatch(self) -> float:
        """The share of the source's superclasses that are far from the target's."""
        return self.far / MOST_FAR


#: Of each cell, the test accuracy after training, in [0, 1], by seed.
Accuracies = Mapping[Cell, Mapping[int, float]]


def paired(accuracies: Accuracies, weights: Mapping[Cell, float]) -> Array:
    """A weighted sum of cells' accuracies in points, (seeds,), over the seeds that all of them
    have.
    """
    seeds = (
        sorted(set.intersection(*(set(accuracies.get(cell, {})) for cell in weights)))
        if weights
        else []
    )
    return 100 * np.array(
        [
            sum(weight * accuracies[cell][seed] for cell, weight in weights.items())
            for seed in seeds
        ],
        dtype=np.float64,
    )


def slope(accuracies: Accuracies, places: Mapping[Cell, float]) -> Array:
    """Least-squares slope of accuracy, in points, over the cells' places; (seeds,). Nothing with
    fewer than two places.
    """
    if len(set(places.values())) < 2:
        return np.empty(0)
    centred = np.array(list(places.values())) - np.mean(list(places.values()))
    return paired(accuracies, dict(zip(places, centred / (centred @ centred), strict=True)))


def gain(accuracies: Accuracies, cell: Cell) -> Array:
    """Accuracy after transfer less that from scratch, in points; (seeds,)."""
    return paired(accuracies, {cell: 1.0, cell.scratch: -1.0})


@dataclass(frozen=True)
class Interval:
    """A mean over seeds, in points, with the interval that decides."""

    seeds: int
    mean: float
    low: float
    high: float
    error: float  # standard error of the mean

    @property
    def outcome(self) -> Outcome:
        """Of "the mean is positive"."""
        return (
            Outcome.STANDS
            if self.low > 0
            else Outcome.FALLS
            if self.high < 0
            else Outcome.UNDECIDED
        )


def interval(values: Array, level: float) -> Interval:
    """Student's, each of whose ends is passed with probability `level`; without bound for fewer
    than `LEAST_SEEDS`, without spread, or with a nan.
    """
    count = len(values)
    if count < LEAST_SEEDS or not np.ptp(values) > 0:
        return Interval(
            count, float(values.mean()) if count else math.nan, -math.inf, math.inf, math.inf
        )
    mean, error = float(values.mean()), float(values.std(ddof=1) / math.sqrt(count))
    reach = spread(count, level) * error
    return Interval(count, mean, mean - reach, mean + reach, error)


# Cells of a network around the base ---------------------------------------------------------------


def sources(accuracies: Accuracies, network: str) -> dict[Cell, float]:
    """Clean sources of different sizes, by log_2 N_1."""
    return {
        c: math.log2(c.n1)
        for c in _base(accuracies, network)
        if c.sigma == BASE_NOISE and c.share == BASE_SHARE
    }


def noises(accuracies: Accuracies, network: str) -> dict[Cell, float]:
    """Sources of the base's size, by σ."""
    return {
        c: c.sigma
        for c in _base(accuracies, network)
        if c.n1 == BASE_SAMPLES and c.share == BASE_SHARE
    }


def mismatches(accuracies: Accuracies, network: str) -> dict[Cell, float]:
    """Sources of CIFAR-100, by the share of superclasses that are far from the target's; where both
    are there, of all its images, not of the subset.
    """
    cells = [
        c
        for c in _sorted(accuracies, network)
        if c.pair == "cifar100"
        and c.share == BASE_SHARE
        and c.form == "filters"
        and c.sigma == BASE_NOISE
    ]
    whole = min((c.images for c in cells), default="")  # cifar100 comes before cifar100-subset
    return {c: c.mismatch for c in cells if c.images == whole}


def _base(accuracies: Accuracies, network: str) -> list[Cell]:
    return [
        c
        for c in _sorted(accuracies, network)
        if c.pair == "cifar10" and c.form == "filters" and c.share > 0
    ]


def _sorted(accuracies: Accuracies, network: str) -> list[Cell]:
    return sorted(
        (c for c in accuracies if c.network == network),
        key=lambda c: (c.n1, c.sigma, c.share, c.far),
    )


def _extreme(places: Mapping[Cell, float], choose: Callable[..., Cell]) -> Cell | None:
    return choose(places, key=lambda cell: places[cell]) if len(places) > 1 else None


# Statements ---------------------------------------------------------------------------------------

Read = Callable[
    [Accuracies, str], Array
]  # of one network, the number of each seed whose mean is to be positive


@dataclass(frozen=True, kw_only=True)
class ImageClaim:
    """A statement on real images: one of its contrasts has a positive mean."""

    id: str
    title: str
    statement: str
    latex: str
    provenance: tuple[Provenance, ...]
    contrasts: Mapping[str, Read]
    unit: str
    kind: Kind = Kind.ORDERING
    source: str = "Real images"
    wrong_versions: tuple[WrongVersion, ...] = ()

    def wrong(self, version: WrongVersion) -> ImageClaim:
        """The planted false statement."""
        return replace(self, id=f"{self.id}!{version.name}", wrong_versions=(), **version.changes)


def decide(
    claim: ImageClaim, accuracies: Accuracies, networks: Sequence[str]
) -> dict[str, dict[str, Interval]]:
    """Of each network and contrast, the interval that decides."""
    level = LEVEL / (len(CLAIMS_ON_IMAGES) * max(1, len(networks)) * len(claim.contrasts))
    return {
        network: {
            name: interval(read(accuracies, network), level)
            for name, read in claim.contrasts.items()
        }
        for network in networks
    }


def outcome(intervals: Mapping[str, Interval]) -> Outcome:
    """Of "one of the contrasts has a positive mean" in one network."""
    outcomes = [one.outcome for one in intervals.values()]
    if Outcome.STANDS in outcomes:
        return Outcome.STANDS
    return Outcome.FALLS if set(outcomes) == {Outcome.FALLS} else Outcome.UNDECIDED


def _rises(
    places: Callable[[Accuracies, str], dict[Cell, float]], sign: float, at_least: float = 0.0
) -> Read:
    return lambda accuracies, network: (
        sign * slope(accuracies, places(accuracies, network)) - at_least
    )


def _gains(
    places: Callable[[Accuracies, str], dict[Cell, float]],
    choose: Callable[..., Cell],
    sign: float,
    at_least: float = 0.0,
) -> Read:
    """Transfer from the source that is chosen among `places`, against scratch."""

    def read(accuracies: Accuracies, network: str) -> Array:
        cell = _extreme(places(accuracies, network), choose)
        return np.empty(0) if cell is None else sign * gain(accuracies, cell) - at_least

    return read


SAMPLES = ImageClaim(
    id="images.source-samples",
    title="More source images, better transfer",
    statement="Accuracy after inheriting all filters rises with the source's sample size N_1.",
    latex=r"\frac{\partial\,\mathrm{acc}}{\partial \log_2 N_1} > 0",
    provenance=(Provenance.S,),
    contrasts={"slope": _rises(sources, +1)},
    unit="points of accuracy per doubling of N_1",
    wrong_versions=(
        WrongVersion(
            "reversed", "accuracy falls with N_1", {"contrasts": {"slope": _rises(sources, -1)}}
        ),
        WrongVersion(
            "steep",
            "every doubling of N_1 is worth five points",
            {"contrasts": {"slope": _rises(sources, +1, 5.0)}},
        ),
    ),
)

NOISE = ImageClaim(
    id="images.source-noise",
    title="More source noise, worse transfer",
    statement="Accuracy after inheriting all filters falls with the noise σ of source images.",
    latex=r"\frac{\partial\,\mathrm{acc}}{\partial \sigma} < 0",
    provenance=(Provenance.S,),
    contrasts={"slope": _rises(noises, -1)},
    unit="points of accuracy per unit of σ, lost",
    wrong_versions=(
        WrongVersion(
            "reversed", "accuracy rises with σ", {"contrasts": {"slope": _rises(noises, +1)}}
        ),
        WrongVersion(
            "steep",
            "every unit of σ costs fifteen points",
            {"contrasts": {"slope": _rises(noises, -1, 15.0)}},
        ),
    ),
)

NEGATIVE = ImageClaim(
    id="images.negative-transfer",
    title="Negative transfer occurs",
    statement=(
        "A source that is noisy enough, or small enough, leaves the target worse than random"
        " initialisation when all its filters are inherited."
    ),
    latex=r"\mathrm{acc}_{\alpha=1} < \mathrm{acc}_{\mathrm{scratch}}",
    provenance=(Provenance.S,),
    contrasts={
        "noisiest source": _gains(noises, max, -1),
        "smallest source": _gains(sources, min, -1),
    },
    unit="points of accuracy lost to scratch",
    wrong_versions=(
        WrongVersion(
            "any-source",
            "the largest clean source leaves the target worse, too",
            {"contrasts": {"largest source": _gains(sources, max, -1)}},
        ),
        WrongVersion(
            "ruinous",
            "the noisiest source costs twenty points",
            {"contrasts": {"noisiest source": _gains(noises, max, -1, 20.0)}},
        ),
    ),
)

POSITIVE = ImageClaim(
    id="images.positive-transfer",
    title="Positive transfer occurs",
    statement=(
        "A source that is large and clean leaves the target better than random initialisation when"
        " all its filters are inherited."
    ),
    latex=r"\mathrm{acc}_{\alpha=1} > \mathrm{acc}_{\mathrm{scratch}}",
    provenance=(Provenance.S,),
    contrasts={"largest source": _gains(sources, max, +1)},
    unit="points of accuracy won over scratch",
    wrong_versions=(
        WrongVersion(
            "reversed",
            "it leaves the target worse",
            {"contrasts": {"largest source": _gains(sources, max, -1)}},
        ),
        WrongVersion(
            "wonderful",
            "it is worth thirty points",
            {"contrasts": {"largest source": _gains(sources, max, +1, 30.0)}},
        ),
    ),
)

MISMATCH = ImageClaim(
    id="images.mismatch",
    title="The farther the source, the worse the transfer",
    statement=(
        "Accuracy after inheriting all filters falls with the share of the source's superclasses"
        " that are far from the target's."
    ),
    latex=r"\frac{\partial\,\mathrm{acc}}{\partial\,\mathrm{mismatch}} < 0",
    provenance=(Provenance.D,),
    contrasts={"slope": _rises(mismatches, -1)},
    unit="points of accuracy lost between no mismatch and all",
    kind=Kind.CONJECTURE,
    wrong_versions=(
        WrongVersion(
            "reversed",
            "accuracy rises with mismatch",
            {"contrasts": {"slope": _rises(mismatches, +1)}},
        ),
        WrongVersion(
            "ruinous",
            "mismatch costs thirty points",
            {"contrasts": {"slope": _rises(mismatches, -1, 30.0)}},
        ),
    ),
)

#: Not of the catalogue: they are decided by records of trained networks, not by the theory tier.
CLAIMS_ON_IMAGES = (SAMPLES, NOISE, NEGATIVE, POSITIVE, MISMATCH)


def with_planted() -> list[ImageClaim]:
    """Claims, each followed by its planted false variants."""
    return [
        one
        for claim in CLAIMS_ON_IMAGES
        for one in (claim, *(claim.wrong(version) for version in claim.wrong_versions))
    ]

"""The search of an adversary: through a domain's whole unit cube, towards the least margin.

It begins with a design that needs no luck: the middle, both ends of every axis, extreme pairs such
as N_1 small beside N_2 large, corners, and a scrambled Sobol sequence. Then CMA-ES (library cmaes)
descends again and again. In turns it begins, with short steps, at the worst place so far, once that
was pushed to the ends of its axes; and at the worst of a few new Sobol points, with long steps and
a population that doubles each time, so that a noisy margin is averaged over more of them. What
looks worst is looked at again: the worst of many is often a place that was unlucky.

The search is a generator: it gives points and takes their margins. What it gives depends on the
axes, on the entropy and on those margins alone, so whoever kept the margins can bring it back to
where it was.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from cmaes import CMA
from numpy.typing import NDArray
from scipy.stats import qmc

from claims.core.constants import Constants
from claims.core.domain import Domain
from strategies.draws import PlacedDraws
from strategies.regimes import construct, placed

Array = NDArray[np.float64]
#: Points that are tried to learn which axes a domain has: a power of two.
_PROBES = 8
#: Of the design: Sobol points, also a power of two, and corners for each axis.
_SOBOL, _CORNERS = 64, 2
#: Axes whose extremes matter together: ratios of sizes, of noise and signal, shares.
_PAIRS = (
    ("n1", "n2"),
    ("x", "y"),
    ("n1", "x"),
    ("n2", "x"),
    ("m", "inherited"),
    ("criterion", "x"),
    ("sigma1", "sigma2"),
    ("h1", "h2"),
    ("v1", "v2"),
)
#: First steps of a descent, against the width of an axis: near the worst place, in turns, and
#: elsewhere.
_SHORT, _LONG = (0.1, 0.03), 0.3
#: New points among which a long descent begins, and the most its population grows to.
_FRESH, _MOST_POPULATION = 8, 64
#: The phase in which a place is looked at once more, and how often that is done in a row.
AGAIN, _AGAIN = "again", 3
#: Beyond this a margin says nothing more.
FAR = 1e6


@dataclass(frozen=True)
class Step:
    """One point of the search."""

    phase: str  # what it is for
    point: dict[str, float]  # a coordinate in [0, 1] for each axis


Steps = Generator[Step, float, None]


def axes(domain: Domain, constants: Constants) -> tuple[str, ...]:
    """The axes along which a domain's regimes differ, in the order of its construction."""
    asked: dict[str, bool] = {}
    construct(PlacedDraws({}, asked), domain, constants)
    names, points = list(asked), []
    for row in _sobol(len(names), _PROBES, 0):
        points.append(dict(zip(names, row.tolist(), strict=True)))
        construct(PlacedDraws(points[-1], asked), domain, constants)
    return tuple(
        str(name)
        for name, open_ in asked.items()
        if open_ and any(_matters(name, point, domain, constants) for point in points)
    )


def _matters(name: str, point: dict[str, float], domain: Domain, constants: Constants) -> bool:
    """Whether the regime at this point is another than where one coordinate is at an end."""
    ends = (placed(domain, constants, point | {name: end}) for end in (0.0, 1.0))
    return next(ends) != next(ends)


def attack(names: tuple[str, ...], entropy: int) -> Steps:
    """Points of the unit cube with these axes, each answered by its margin; without end.

    Args:
        entropy: fixes the search. A margin that is nan or infinite counts as `FAR` below 0, or
            above.
    """
    return _Attack(names, entropy).steps()


class _Attack:
    """A search that is under way."""

    def __init__(self, names: tuple[str, ...], entropy: int) -> None:
        self.names, self.entropy, self.seen = names, entropy, _Seen()

    def steps(self) -> Steps:
        """The design, then descents."""
        for phase, row in _design(self.names, self.entropy):
            yield from self._ask(phase, row)
        if not self.names:  # one regime, and nothing to move
            while True:
                yield from self._ask(AGAIN, np.zeros(0))
        fresh = qmc.Sobol(len(self.names), rng=np.random.default_rng([self.entropy, 1]))
        for turn in itertools.count():
            yield from self._near_the_worst(turn)
            yield from self._elsewhere(turn, list(fresh.random(_FRESH)))

    def _ask(self, phase: str, row: Array) -> Steps:
        step = Step(phase, dict(zip(self.names, row.tolist(), strict=True)))
        self.seen.add(row, (yield step))

    def _again(self) -> Steps:
        """Look again at what looks worst: it may only have been unlucky."""
        for _ in range(_AGAIN):
            if self.seen.times(self.seen.worst()) == 1:
                yield from self._ask(AGAIN, self.seen.worst())

    def _near_the_worst(self, turn: int) -> Steps:
        yield from self._again()
        for place, end in itertools.product(range(len(self.names)), (0.0, 1.0)):
            moved = _moved(self.seen.worst(), {place: end})
            if not self.seen.times(moved):
                yield from self._ask("pushed", moved)
        width, usual = _SHORT[turn % len(_SHORT)], _population(len(self.names), 0)
        yield from self._descent("near the worst", self.seen.worst(), width, usual, 2 * turn)

    def _elsewhere(self, turn: int, rows: list[Array]) -> Steps:
        for row in rows:
            yield from self._ask("new", row)
        start, population = min(rows, key=self.seen.margin), _population(len(self.names), turn)
        yield from self._descent("elsewhere", start, _LONG, population, 2 * turn + 1)

    def _descent(
        self, phase: str, start: Array, width: float, population: int, number: int
    ) -> Steps:
        optimizer = CMA(
            mean=start,
            sigma=width,
            bounds=np.tile([0.0, 1.0], (len(self.names), 1)),
            n_max_resampling=1,  # then to the nearest edge, where much is extreme
            seed=_seed(self.entropy, number),
            population_size=population,
        )
        for _ in range(_generations(len(self.names), population)):
            rows = [optimizer.ask() for _ in range(population)]
            for row in rows:
                yield from self._ask(phase, row)
            optimizer.tell([(row, self.seen.margin(row)) for row in rows])
            yield from self._again()
            if optimizer.should_stop():
                return


def clipped(margin: float) -> float:
    """A margin as a number that can be compared and written down."""
    return -FAR if math.isnan(margin) else min(max(margin, -FAR), FAR)


class _Seen:
    """The places that were looked at, each with the mean of its margins."""

    def __init__(self) -> None:
        self._places: dict[bytes, tuple[float, int, Array]] = {}

    def add(self, row: Array, margin: float) -> None:
        """One margin more of a place."""
        mean, count = self.margin(row), self.times(row)
        mean = (0.0 if count == 0 else mean * count) + clipped(margin)
        self._places[row.tobytes()] = mean / (count + 1), count + 1, row

    def margin(self, row: Array) -> float:
        """Of a place: `FAR` where nothing was measured."""
        return self._places.get(row.tobytes(), (FAR, 0, row))[0]

    def times(self, row: Array) -> int:
        """How often a place was looked at."""
        return self._places.get(row.tobytes(), (FAR, 0, row))[1]

    def worst(self) -> Array:
        """The place with the least mean."""
        return min(self._places.values(), key=lambda place: place[0])[2]


def _population(dimension: int, doublings: int) -> int:
    """The usual size of CMA-ES, doubled so many times."""
    usual = 4 + int(3 * math.log(dimension))
    return int(min(usual * 2**doublings, max(usual, _MOST_POPULATION)))


def _generations(dimension: int, population: int) -> int:
    """So many that a descent takes about 30 points an axis; a noisy one converges late or never."""
    return max(5, 30 * dimension // population)


def _design(names: tuple[str, ...], entropy: int) -> Iterator[tuple[str, Array]]:
    """What is looked at whatever is found."""
    middle = np.full(len(names), 0.5)
    yield "middle", middle
    for place, end in itertools.product(range(len(names)), (0.0, 1.0)):
        yield "edges", _moved(middle, {place: end})
    where = {name: place for place, name in enumerate(names)}
    for first, second in _PAIRS:
        if first in where and second in where:
            for ends in itertools.product((0.0, 1.0), repeat=2):
                pair = dict(zip((where[first], where[second]), ends, strict=True))
                yield "pairs", _moved(middle, pair)
    if not names:
        return
    count = 2 ** math.ceil(math.log2(_CORNERS * len(names)))
    for row in np.unique(np.round(_sobol(len(names), count, entropy)), axis=0):
        yield "corners", row
    for row in _sobol(len(names), _SOBOL, entropy):
        yield "everywhere", row


def _moved(row: Array, ends: dict[int, float]) -> Array:
    moved = row.copy()
    for place, end in ends.items():
        moved[place] = end
    return moved


def _sobol(dimension: int, count: int, entropy: int) -> Array:
    """Scrambled Sobol points, (count, dimension)."""
    if dimension == 0:
        return np.zeros((count, 0))
    return np.asarray(qmc.Sobol(dimension, rng=np.random.default_rng([entropy, 0])).random(count))


def _seed(entropy: int, restart: int) -> int:
    """Of the library's generator, which takes 32 bits."""
    return int(np.random.SeedSequence([entropy, 2, restart]).generate_state(1)[0])

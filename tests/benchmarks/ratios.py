"""Print what the fast paths gain and what they change: `python tests/benchmarks/ratios.py`;
`--record` keeps it for the report.

Every repeat times each contestant once, in an order that rotates, and a ratio is taken within a
repeat: what else the machine does falls on both sides of it. Tables give medians, and the least and
greatest ratio seen. A step's time is a whole training's, set-up and final weights included, over
its steps. The limit is torch.bmm on the shapes of a step, (networks, 2m, n) by (networks, n, n):
what a step costs that does all 2m n^2 multiplications and additions, and nothing else.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from scipy import stats
from torch import Tensor

from model.engines import gram, tangent
from model.engines.autograd import Trainer, closed_form_step
from model.regime import Regime
from model.sampling import Level, Sample, Seeds, sample
from model.test_error import INTERVAL_WIDTH, estimate_error
from model.transfer import run_trial
from reports.ledger import ledger
from reports.studies import speed
from reports.studies.speed import Comparison, Fact, Growth, Speed, Timing

sys.path.append(
    str(Path(__file__).resolve().parents[1] / "model")
)  # as pytest does for the tests there

from examples import compare, outcomes, regime

M, D, N = 20, 4000, 100
BATCH = 64
DIMENSIONS = (10**4, 10**9)
STEPS = 300  # steps of a timed training
LONG = 1000  # steps of the run on which weights are compared
SEEDS_A_LEVEL = 256
LIMITS = (100, 200, 400)  # n at which a step is compared with the product that it needs
#: Sizes that grow, what else is fixed, and the exponent that counted operations foretell.
GROWING: dict[str, tuple[tuple[int, ...], str]] = {
    "N": ((125, 250, 500, 1000, 2000), "2: n² a step; the Gram matrix, once, n³"),
    "m": ((8, 32, 128, 512), "1"),
    "T": (
        (100, 1000, 10_000, 100_000),
        "1; less where masks rest, more steps then being taken at once",
    ),
    "seeds": ((16, 64, 256, 1024, 4096), "1"),
}
FIXED = {"N": 100, "m": 20, "T": 300, "seeds": 8}
RARE = (1e-6, 1e-8)
LINES = 4096


@dataclass(frozen=True)
class Contestant:
    """An engine, and as many steps as a timing takes."""

    descend: Callable[[Sample, Tensor, float, int], object]
    # enough for set-up to weigh what it weighs in a training; fewer where it weighs nothing
    steps: int


def written_out(data: Sample, weights: Tensor, eta: float, steps: int) -> Tensor:
    """The closed-form step in R^d, repeated."""
    for _ in range(steps):
        weights = closed_form_step(data, weights, eta)
    return weights


ENGINES = {
    "autograd": Contestant(Trainer().descend, 4),
    "closed form": Contestant(written_out, 10),
    "coefficient space": Contestant(gram.descend, STEPS),
    "tangent kernel": Contestant(tangent.descend, STEPS),
}


def one_task(seeds: int) -> tuple[Sample, Tensor, float]:
    """Training sets of N patches in R^D, 2M initial filters, step size: `seeds` networks."""
    return drawn(
        regime(n1=1, n2=N, d=D, m=M, inherited=0, signal=40.0, sigma2=1.0), seeds, "explicit"
    )


def drawn(made: Regime, seeds: int, level: Level = "law") -> tuple[Sample, Tensor, float]:
    """The downstream task of a regime: training sets, initial filters, step size."""
    draw = sample(made, Seeds(0, seeds), level)
    return draw.downstream, draw.fresh, made.eta2


def law_trial(d: int) -> Regime:
    """A regime whose dimensionless groups tau, h and zeta do not depend on d."""
    return regime(
        n1=N, n2=N, d=d, m=M, inherited=M // 2, signal=math.sqrt(2 * d / N), sigma2=1.0, steps=200
    )


def interleaved(
    contestants: dict[str, Callable[[], object]], repeats: int
) -> dict[str, list[float]]:
    """Seconds of each contestant in each repeat, after one unmeasured round."""
    names, seconds = list(contestants), {name: [] for name in contestants}
    for repeat in range(-1, repeats):
        for name in names[repeat % len(names) :] + names[: repeat % len(names)]:
            start = time.perf_counter()
            contestants[name]()
            if repeat >= 0:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def compared(title: str, unit: str, seconds: dict[str, list[float]]) -> Comparison:
    """Medians in milliseconds, and each contestant over the last, repeat by repeat."""
    *_, last = seconds
    ratios = {
        name: [mine / other for mine, other in zip(values, seconds[last], strict=True)]
        for name, values in seconds.items()
    }
    rows = (
        Timing(
            name, 1000 * median(values), median(ratios[name]), min(ratios[name]), max(ratios[name])
        )
        for name, values in seconds.items()
    )
    return Comparison(title, unit, tuple(rows))


def engines(seeds: int, repeats: int) -> Comparison:
    """Every engine, per step and network."""
    data, start, eta = one_task(seeds)
    seconds = interleaved(
        {
            name: partial(engine.descend, data, start, eta, engine.steps)
            for name, engine in ENGINES.items()
        },
        repeats,
    )
    each = {
        name: [value / (seeds * ENGINES[name].steps) for value in values]
        for name, values in seconds.items()
    }
    return compared(
        f"m = {M}, d = {D}, n = {N}; {seeds} network{'s at once' if seeds > 1 else ''}",
        "ms a step, a network",
        each,
    )


def law_task(n: int, m: int, seeds: int, h: float) -> tuple[Sample, Tensor, float]:
    """Training sets at law level, whose dimension is that of what they span."""
    return drawn(
        regime(
            n1=1, n2=n, d=10**6, m=m, inherited=0, signal=math.sqrt(2 * 10**6 / n), sigma2=1.0, h=h
        ),
        seeds,
    )


def limit(n: int, repeats: int) -> Comparison:
    """A step of either coefficient engine, with masks that come to rest (h = 0.5) and that keep
    changing (h = 0.05), over the product that it needs.
    """
    (calm, start, eta), (restless, restless_start, restless_eta) = (
        law_task(n, M, BATCH // 4, h) for h in (0.5, 0.05)
    )
    seeds, steps = len(start), STEPS
    left, right = (
        torch.rand(seeds, 2 * M, n, dtype=torch.float64),
        torch.rand(seeds, n, n, dtype=torch.float64),
    )
    runs: dict[str, Callable[[], object]] = {
        "coefficient space": partial(gram.descend, calm, start, eta, steps),
        "tangent kernel": partial(tangent.descend, calm, start, eta, steps),
        "tangent kernel, h = 0.05": partial(
            tangent.descend, restless, restless_start, restless_eta, steps
        ),
        "torch.bmm": partial(products, left, right, steps),
    }
    each = {
        name: [value / (seeds * steps) for value in values]
        for name, values in interleaved(runs, repeats).items()
    }
    return compared(
        f"the limit: m = {M}, n = {n}; {seeds} networks at law level", "ms a step, a network", each
    )


def products(left: Tensor, right: Tensor, steps: int) -> None:
    """The matrix product of a step, and no more."""
    out = torch.empty_like(left)
    for _ in range(steps):
        torch.bmm(left, right, out=out)


def dimensions(repeats: int) -> Comparison:
    """Whole trials at law level, in the greatest dimension and in the least."""
    runs = {
        f"d = {d:.0e}": partial(run_trial, law_trial(d), Seeds(0, 4)) for d in reversed(DIMENSIONS)
    }
    return compared(
        f"law level: 4 trials, n = {N}, m = {M}, 200 steps", "ms", interleaved(runs, repeats)
    )


def growth(size: str, repeats: int) -> Growth:
    """Training time against one size, h = 0.1; sizes take turns."""
    values, predicted = GROWING[size]

    def train(value: int) -> Callable[[], object]:
        fixed = FIXED | {size: value}
        data, start, eta = law_task(fixed["N"], fixed["m"], fixed["seeds"], 0.1)
        return partial(tangent.descend, data, start, eta, fixed["T"])

    seconds = interleaved({str(value): train(value) for value in values}, repeats)
    times = [median(seconds[str(value)]) for value in values]
    line = stats.linregress(np.log(values), np.log(times))
    reach = stats.t.ppf(0.975, len(values) - 2) * line.stderr
    fixed = ", ".join(
        [
            *(f"{name} = {value}" for name, value in FIXED.items() if name != size),
            f"medians of {repeats}",
        ]
    )
    return Growth(
        size,
        fixed,
        values,
        tuple(times),
        float(line.slope),
        float(line.slope - reach),
        float(line.slope + reach),
        predicted,
    )


def peak(d: int) -> float:
    """MiB that a process has ever held which runs trials in this dimension."""
    run_trial(law_trial(d), Seeds(0, BATCH))
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage tells of a child is at least what its parent held
        return (
            next(
                int(line.split()[1])
                for line in status.read_text().splitlines()
                if line.startswith("VmHWM")
            )
            / 1024
        )
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def memory() -> list[Fact]:
    """Peaks of processes of their own."""
    found = []
    for d in DIMENSIONS:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            found.append(
                Fact(
                    f"most memory of a process that runs {BATCH} trials in d = {d:.0e}",
                    pool.submit(peak, d).result(),
                    "MiB",
                )
            )
    return found


def draws(error: float) -> Fact | None:
    """Gaussian points that a test error of this size needs to be known to 10% (one standard error):
    the most of 16 trained networks.
    """
    for signal in np.geomspace(4.0, 20.0, 40):
        made = regime(n1=20, n2=20, d=400, m=4, inherited=2, signal=float(signal), steps=60)
        trial = run_trial(made, Seeds(8, 16))
        found = estimate_error(
            trial.scratch.weights, trial.draw.downstream.signal, made, 2, trial.seeds, LINES
        )
        if found.value.median().item() < error:
            relative = (found.high - found.value) / INTERVAL_WIDTH / found.value
            needed = 2 * LINES * (relative / 0.1).square()  # lines of both labels
            return Fact(
                f"points for 10% precision, test errors of {found.value.min():.0e} to"
                f" {found.value.max():.0e}",
                float(math.ceil(needed.max())),
                "points",
            )
    return None


def difference() -> float:
    """||W - W'|| / ||W'||, W by the engine and W' by autograd, after LONG steps from one start."""
    data, start, eta = one_task(1)
    fast, slow = (
        tangent.descend(data, start, eta, LONG).weights,
        Trainer().descend(data, start, eta, LONG).weights,
    )
    return ((fast - slow).norm() / slow.norm()).item()


def levels() -> list[Fact]:
    """Law level against explicit sampling: p-values of two-sample tests."""
    made = regime(n1=20, n2=20, d=200, m=4, inherited=2)
    first, second = (
        outcomes(made, Seeds(30, SEEDS_A_LEVEL), "law"),
        outcomes(made, Seeds(31, SEEDS_A_LEVEL), "explicit"),
    )
    return [
        Fact(
            f"law level against explicit sampling, {name}: p",
            p,
            f"({SEEDS_A_LEVEL} seeds each, n = 20, d = 200, m = 4)",
        )
        for name, p in compare(first, second).items()
    ]


def origin(threads: int, repeats: int) -> str:
    """What it was measured with."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(
            line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")
        )
    except (OSError, StopIteration):
        processor = "processor unknown"
    versions = ledger.versions()
    named = ", ".join(f"{name} {versions[name]}" for name in ("torch", "numba", "numpy"))
    return (
        f"{named}; {processor}, {os.cpu_count()} cores, {threads} threads; medians of {repeats}"
        " repeats"
    )


def as_table(one: Comparison) -> Table:
    """For a terminal."""
    table = Table(
        "", one.unit, f"over {one.timings[-1].name}", "least", "greatest", title=one.title
    )
    for row in one.timings:
        table.add_row(
            row.name,
            *(f"{value:.4g}" for value in (row.milliseconds, row.over, row.least, row.greatest)),
        )
    return table


def shown(found: list[Growth]) -> Table:
    """Exponents, for a terminal."""
    table = Table(
        "size", "values", "seconds", "exponent", "95%", "foretold", title="growth, h = 0.1"
    )
    for one in found:
        times = " ".join(f"{value:.3g}" for value in one.seconds)
        table.add_row(
            one.size,
            " ".join(map(str, one.values)),
            times,
            f"{one.exponent:.2f}",
            f"{one.low:.2f} to {one.high:.2f}",
            one.predicted,
        )
    return table


def comparisons(repeats: int) -> Iterator[Comparison]:
    """All of them, in order."""
    for seeds in (1, BATCH):
        yield engines(seeds, repeats)
    for n in LIMITS:
        yield limit(n, repeats)
    yield dimensions(repeats)


def main() -> None:
    """Measure and print."""
    assert __doc__ is not None
    summary, detail = __doc__.split("\n\n", 1)
    parser = argparse.ArgumentParser(
        description=summary.split(":")[0] + ".", epilog=" ".join(detail.split())
    )
    parser.add_argument(
        "--repeats", type=int, default=7, help="interleaved repeats of every timing (%(default)s)"
    )
    parser.add_argument(
        "--threads",
        type=int,
        default=torch.get_num_threads(),
        help="threads that torch takes (%(default)s, its own choice)",
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="keep the numbers for the report's page, which shows them",
    )
    options = parser.parse_args()
    for name in ("repeats", "threads"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} {getattr(options, name)}: must be at least 1")
    torch.set_num_threads(options.threads)
    console = Console(width=120)
    made_with = origin(options.threads, options.repeats)
    console.print(made_with)
    tables, grown = [], []
    for one in comparisons(options.repeats):
        tables.append(one)
        console.print(as_table(one))
    for size in GROWING:
        with console.status(f"growth with {size}"):
            grown.append(growth(size, min(options.repeats, 3)))
    console.print(shown(grown))
    facts = [
        Fact(
            f"weights after {LONG} steps, tangent kernel against autograd: relative difference",
            difference(),
            "",
        ),
        *memory(),
    ]
    facts += [fact for error in RARE if (fact := draws(error)) is not None] + levels()
    for fact in facts:
        console.print(f"{fact.name}: {fact.value:.3g} {fact.unit}", highlight=False)
    if options.record:
        speed.write(Speed(made_with, tuple(tables), tuple(grown), tuple(facts)))
        console.print(f"kept: {os.path.relpath(speed.FILE)}; next: transfer-claims report")


if __name__ == "__main__":
    main()

"""Print what the fast paths gain and what they change: `python tests/benchmarks/ratios.py`.

Every repeat times each contestant once, in an order that rotates, and a ratio is taken within a repeat: what else the
machine does falls on both sides of it. Tables give medians, and the least and greatest ratio seen. A step's time is
a whole training's, set-up and final weights included, over its steps.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from model import gram, tangent
from model.cnn import Trainer, closed_form_step
from model.regime import Regime
from model.sampling import Sample, Seeds, sample
from model.transfer import run_trial

sys.path.append(str(Path(__file__).resolve().parents[1] / "model"))  # as pytest does for the tests there

from examples import compare, outcomes, regime

M, D, N = 20, 4000, 100
BATCH = 64
DIMENSIONS = (10**4, 10**9)
STEPS = 300  # steps of a timed training
LONG = 1000  # steps of the run on which weights are compared
SEEDS_A_LEVEL = 256


@dataclass(frozen=True)
class Contestant:
    """An engine, and as many steps as a timing takes."""

    descend: Callable[[Sample, Tensor, float, int], object]
    steps: int  # enough for set-up to weigh what it weighs in a training; fewer where it weighs nothing


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
    made = regime(n1=1, n2=N, d=D, m=M, inherited=0, signal=40.0, sigma2=1.0)
    draw = sample(made, Seeds(0, seeds), "explicit")
    return draw.downstream, draw.fresh, made.eta2


def law_trial(d: int) -> Regime:
    """A regime whose dimensionless groups tau, h and zeta do not depend on d."""
    return regime(n1=N, n2=N, d=d, m=M, inherited=M // 2, signal=math.sqrt(2 * d / N), sigma2=1.0, steps=200)


def interleaved(contestants: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each contestant in each repeat, after one unmeasured round."""
    names, seconds = list(contestants), {name: [] for name in contestants}
    for repeat in range(-1, repeats):
        for name in names[repeat % len(names) :] + names[: repeat % len(names)]:
            start = time.perf_counter()
            contestants[name]()
            if repeat >= 0:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def timings(title: str, unit: str, seconds: dict[str, list[float]]) -> Table:
    """Medians in milliseconds, and each contestant over the last, repeat by repeat."""
    *_, last = seconds
    table = Table("", unit, f"over {last}", "least", "greatest", title=title)
    for name, values in seconds.items():
        ratios = [mine / other for mine, other in zip(values, seconds[last], strict=True)]
        table.add_row(name, f"{1000 * median(values):.4g}", *(f"{value:.4g}" for value in (median(ratios), min(ratios), max(ratios))))
    return table


def engines(seeds: int, repeats: int) -> Table:
    """Every engine, per step and network."""
    data, start, eta = one_task(seeds)
    seconds = interleaved({name: partial(engine.descend, data, start, eta, engine.steps) for name, engine in ENGINES.items()}, repeats)
    each = {name: [value / (seeds * ENGINES[name].steps) for value in values] for name, values in seconds.items()}
    return timings(f"m = {M}, d = {D}, n = {N}; {seeds} network{'s at once' if seeds > 1 else ''}", "ms a step, a network", each)


def dimensions(repeats: int) -> Table:
    """Whole trials at law level, in the greatest dimension and in the least."""
    runs = {f"d = {d:.0e}": partial(run_trial, law_trial(d), Seeds(0, 4)) for d in reversed(DIMENSIONS)}
    seconds = interleaved(runs, repeats)
    return timings(f"law level: 4 trials, n = {N}, m = {M}, 200 steps", "ms", seconds)


def difference() -> float:
    """||W - W'|| / ||W'||, W by the engine and W' by autograd, after LONG steps from one start."""
    data, start, eta = one_task(1)
    fast, slow = tangent.descend(data, start, eta, LONG).weights, Trainer().descend(data, start, eta, LONG).weights
    return ((fast - slow).norm() / slow.norm()).item()


def levels() -> Table:
    """Law level against explicit sampling: p-values of two-sample tests."""
    made = regime(n1=20, n2=20, d=200, m=4, inherited=2)
    first, second = outcomes(made, Seeds(30, SEEDS_A_LEVEL), "law"), outcomes(made, Seeds(31, SEEDS_A_LEVEL), "explicit")
    table = Table("statistic", "p", title=f"law level against explicit sampling, {SEEDS_A_LEVEL} seeds each: n = 20, d = 200, m = 4")
    for name, p in compare(first, second).items():
        table.add_row(name, f"{p:.3f}")
    return table


def main() -> None:
    """Measure and print."""
    assert __doc__ is not None
    summary, detail = __doc__.split("\n\n", 1)
    parser = argparse.ArgumentParser(description=summary.split(":")[0] + ".", epilog=" ".join(detail.split()))
    parser.add_argument("--repeats", type=int, default=7, help="interleaved repeats of every timing (%(default)s)")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="threads that torch takes (%(default)s, its own choice)")
    options = parser.parse_args()
    for name, value in vars(options).items():
        if value < 1:
            parser.error(f"--{name} {value}: must be at least 1")
    torch.set_num_threads(options.threads)
    repeats, console = options.repeats, Console(width=100)
    console.print(f"torch {torch.__version__}, {options.threads} threads; {repeats} repeats")
    for seeds in (1, BATCH):
        console.print(engines(seeds, repeats))
    console.print(dimensions(repeats))
    console.print(f"weights after {LONG} steps, tangent kernel against autograd: relative difference {difference():.1e}")
    console.print(levels())


if __name__ == "__main__":
    main()

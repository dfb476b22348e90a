"""The experiments of the paper's digest, and two that its readers asked for: data, picture, and what each decides.

Every experiment is a sweep built here in code. Its points are trained once and kept; a claim that bears on it is then decided, by the rule
that decides it everywhere (`claims.decision.examine`), at those of its points that lie inside the claim's hypotheses, on the seeds the points
were trained with. Beside claims stand statements about the picture itself (curves are ordered, errors fall and then rise), each with an exact
sign test or a t interval whose level is stated.

Of an experiment NAME a folder holds NAME.jsonl (records, resumable), NAME.npz (columns), NAME.decided.jsonl (decisions, resumable), NAME.json
(what was found), NAME.svg and NAME.png; a coarse run, for a first look, writes the same under NAME-quick.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import os
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from scipy import stats

from claims import constants as constant_table
from claims import decision
from claims.catalogue import catalogue, find
from claims.claim import Claim
from claims.constants import Constants
from claims.decision import Margin, RegimeEvidence
from claims.observe import LINES
from claims.sharp_law import REGRET_STAR, SIGN
from claims.theorem_4_3 import NOT_SMALL
from model.regime import Regime
from model.run import log_spaced, signs
from model.sampling import Sample, Seeds, sample
from model.test_error import estimate_error
from model.transfer import inherit, recording, train_task
from reports import experiment_plots as plots
from reports import numerals
from reports import sweep as sweeps
from reports.executors import Executor, in_process
from reports.experiment_plots import Seen
from reports.files import finite, plain, read_json, write_atomically, write_whole
from reports.sweep_spec import Point, Sweep

Array = NDArray[np.float64]
Tick = Callable[[str, int, int], None]  # what is under way, how much is done, of how much

#: Fixes every draw: the paper's number.
SEED = 2509_22056
#: Probability of calling a statement about a picture wrongly, on either side; shared out where it has several parts.
LEVEL = 0.01
#: Roots of the seeds on which a suspicious point is tried again: far from any that points take.
_FRESH = 2**40
FORMAT, VERSION = "transfer-claims-experiment", 1


class ExperimentError(ValueError):
    """An experiment cannot be run: names what was asked, and the rule."""


@dataclass(frozen=True)
class Size:
    """How much is computed."""

    seeds: int  # a point
    across: int  # points along the horizontal axis; recorded epochs, where that is time
    along: int = 1  # along the vertical one
    confirm: bool = True  # a suspicious point is tried again on fresh seeds; else it is left undecided


@dataclass(frozen=True)
class Check:
    """A statement about the picture itself."""

    statement: str
    test: str  # the test, its level, and what is paired
    count: int  # pairs or points
    value: float
    low: float | None  # of an interval
    high: float | None
    p: float | None  # of a sign test
    holds: bool | None  # None: neither it nor its opposite is shown


@dataclass(frozen=True)
class Decided:
    """One claim at the points of an experiment."""

    claim: str
    points: int
    inside: int  # points inside its hypotheses
    stands: int
    falls: int
    undecided: int
    margin: float | None  # the least, in `unit`, with a share delta of the seeds allowed to fail
    unit: str


@dataclass(frozen=True)
class Outcome:
    """What an experiment gave."""

    experiment: str
    title: str
    caption: str
    files: tuple[Path, ...]
    decided: tuple[Decided, ...]
    checks: tuple[Check, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self) | {"files": [file.name for file in self.files]}


@dataclass(frozen=True)
class Experiment:
    """One experiment: what is trained, what is drawn, and which claims it bears on."""

    name: str
    title: str
    shows: str
    claims: tuple[str, ...]
    sweep: Callable[[Size], Sweep]
    checks: Callable[[Seen], Sequence[Check]]
    draw: Callable[[Seen], Any]
    full: Size
    quick: Size
    curves: bool = False  # errors along the run, all points on the same networks' data; else records of `reports.sweep`


# Regimes ---------------------------------------------------------------------------------------------

#: Step as one memorised sample sees it, h T, and zeta_2, of every experiment.
_H, _DURATION, _ZETA = 0.1, 20.0, 0.01


def regime(*, n1: int, n2: int, d: int, m: int, inherited: int, signal: float, universal: float, source: float, upstream: float | None = None) -> Regime:
    """A regime in units of sigma_2.

    Args:
        signal: ||s_2||. universal: ||u||/||s_2||, from 0 to 1.
        source: sigma_2^2/sigma_1^2, how clean the source is.
        upstream: ||v_1||; as long as ||s_1|| = ||s_2|| needs, if None.
    """
    u, steps = universal * signal, math.ceil(_DURATION / _H)
    v2 = math.sqrt(max(signal**2 - u**2, 0.0))
    eta = {1: _H * n1 * m * source / d, 2: _H * n2 * m / d}
    return Regime(
        u=u, v1=v2 if upstream is None else upstream, v2=v2, cos_v=0.0, sigma1=1 / math.sqrt(source), sigma2=1.0, n1=n1, n2=n2, d=d, m=m,
        inherited=inherited, eta1=eta[1], eta2=eta[2], steps1=steps, steps2=steps, sigma0=_ZETA * math.sqrt(n2) / d,
    )  # fmt: skip


def _signal(tau_2: float, n2: int, d: int) -> float:
    """||s_2|| in units of sigma_2."""
    return math.sqrt(math.sqrt(tau_2 * d / n2))


def _sweep(listed: Sequence[tuple[dict[str, float], Regime]], size: Size, metrics: tuple[str, ...]) -> Sweep:
    return Sweep(tuple(Point(number, axes, found) for number, (axes, found) in enumerate(listed)), size.seeds, SEED, metrics)


_METRICS = ("scratch_error", "transfer_error", "difference", "law_scratch", "law_transfer", "tau_2", "tau_D", "X", "Y", "alpha_star")
#: (i): sizes of the source.
SOURCES = (100, 200, 500, 1000)


def _head_start(size: Size) -> Sweep:
    """tau_2 just below C_3, alpha = 0.4, Y = 1.2, sigma_1 = sigma_2. Point 0 is scratch. d = 10^9 keeps N_1 = 1000 within Condition 4.1."""
    base: dict[str, Any] = {"n2": 60, "d": 10**9, "m": 20, "signal": _signal(0.55, 60, 10**9), "universal": 1.2**-0.5, "source": 1.0}
    listed = [({"n1": 0.0}, regime(n1=SOURCES[0], inherited=0, **base))]
    listed += [({"n1": float(n1)}, regime(n1=n1, inherited=8, **base)) for n1 in SOURCES]
    return _sweep(listed, size, (f"error at {size.across} epochs",))


def _negative(size: Size) -> Sweep:
    """tau_2 = 2.8, just above C_1; X = 30, which lets tau_D fall below C_3; ||u|| grows at fixed ||s_1|| = ||s_2||."""
    base: dict[str, Any] = {"n1": 120, "n2": 40, "d": 10**8, "m": 27, "inherited": 15, "signal": _signal(2.8, 40, 10**8), "source": 18.0}
    return _sweep([({"u/s2": x}, regime(universal=x, **base)) for x in np.linspace(0, 0.6, size.across).tolist()], size, _METRICS)


def _plane(size: Size) -> Sweep:
    """||v_1|| = ||v_2|| = 5 sigma_2 and X = 5.6, just below C_4, so that Proposition 4.4(1) has a region; d from below what Condition 4.1 allows."""
    v, sizes = 5.0, {"n1": 40, "n2": 80, "m": 20, "inherited": 8}
    listed = []
    for d in np.geomspace(3e5, 1e9, size.along).round().astype(int).tolist():
        for u in np.geomspace(1.5, 60, size.across).tolist():
            signal = math.hypot(u, v)
            listed.append(({"u": u, "d": float(d)}, regime(d=d, signal=signal, universal=u / signal, source=28.0, upstream=v, **sizes)))
    return _sweep(listed, size, _METRICS)


def _share(size: Size) -> Sweep:
    """tau_2 = 0.8, N_1/sigma_1^2 twenty times N_2/sigma_2^2, so that the choice of alpha matters; alpha up to 1, beyond Condition 4.1."""
    d, m = 10**8, 40
    base: dict[str, Any] = {"n1": 50, "n2": 50, "d": d, "m": m, "signal": _signal(0.8, 50, d), "source": 20.0}
    shares = [round(x) for x in np.linspace(0, m, size.across)]
    rows = np.geomspace(0.05, 1.0, size.along).tolist()
    return _sweep([({"alpha": k / m, "rho": x}, regime(inherited=k, universal=math.sqrt(x), **base)) for x in rows for k in shares], size, _METRICS)


#: (v): Y and tau_2 of each case.
CASES = {"aligned": (2.5, 1.5), "between": (12.0, 1.5), "misaligned": (200.0, 7.0)}


def _source(size: Size) -> Sweep:
    """X = N_1/20 from 1 to 32, alpha = 15/27; N_1 from the fewest to the most samples that Condition 4.1 allows here."""
    d, n2 = 10**9, 60
    sizes = [round(x) for x in np.geomspace(20, 640, size.across)]
    sizes[int(np.abs(np.log(np.array(sizes) / 200)).argmin())] = 200  # where X = 10, which M3' asks for
    base: dict[str, Any] = {"n2": n2, "d": d, "m": 27, "inherited": 15, "source": 27 / 15 * n2 / 20}
    listed = []
    for case, (y, tau_2) in enumerate(CASES.values()):
        for n1 in sizes:
            listed.append(({"case": float(case), "n1": float(n1)}, regime(n1=n1, signal=_signal(tau_2, n2, d), universal=y**-0.5, **base)))
    return _sweep(listed, size, _METRICS)


# Statements about the pictures -----------------------------------------------------------------------


def sign_test(statement: str, gaps: Array, paired: str, level: float = LEVEL) -> Check:
    """That gaps are positive more often than not: exact, and a gap of 0 counts against either side."""
    count, up, down = len(gaps), int((gaps > 0).sum()), int((gaps < 0).sum())
    p, opposite = (float(stats.binomtest(k, count, alternative="greater").pvalue) for k in (up, down))
    holds = True if p < level else False if opposite < level else None
    return Check(statement, f"exact sign test at level {level:.2g}, {paired}", count, up / count, None, None, p, holds)


def above_zero(statement: str, means: Array, errors: Array, seeds: int, paired: str, level: float = LEVEL) -> Check:
    """That all of these means are positive: t intervals of each, the level shared out. The least is reported."""
    width = float(stats.t.isf(level / len(means) / 2, seeds - 1)) * errors
    worst = int((means - width).argmin())
    low, high = float(means[worst] - width[worst]), float(means[worst] + width[worst])
    holds = True if low > 0 else False if bool((means + width < 0).any()) else None
    return Check(statement, f"t intervals at joint level {level:.2g}, {paired}", len(means), float(means[worst]), low, high, None, holds)


def _checks_head_start(seen: Seen) -> list[Check]:
    """Curves ordered, after training and all along the run. A network counts for the latter if it is ordered at all recorded epochs."""
    names = ["scratch", *(f"N₁ = {n1:.0f}" for n1 in seen.columns["n1"][1:])]
    errors = np.log(np.maximum(seen.columns["errors"], plots.FLOOR))  # (curves, seeds, epochs)
    level = LEVEL / (len(names) - 1)
    found = []
    for when, epochs in (("after training", slice(-1, None)), ("at every recorded epoch", slice(None))):
        for k, (fewer, more) in enumerate(itertools.pairwise(names)):
            statement = f"the error {when} is smaller with {more} than with {fewer}" if k else f"the error {when} is smaller with {more} than from scratch"
            found.append(sign_test(statement, (errors[k] - errors[k + 1])[:, epochs].min(1), "paired over seeds, on common data", level))
    return found


def _checks_negative(seen: Seen) -> list[Check]:
    gaps, errors = seen.columns["difference.mean"], seen.columns["difference.error"]
    region = seen.inside("proposition-4.4.2")
    pairs = "transfer less scratch paired over seeds"
    found = [sign_by_law(seen, _SIGN_HERE)]
    if region.any():
        found.insert(0, above_zero("transfer errs more than scratch wherever Proposition 4.4(2) speaks", gaps[region], errors[region], seen.sweep.seeds, pairs))
    found.append(above_zero("transfer errs less than scratch at the largest ‖u‖", -gaps[-1:], errors[-1:], seen.sweep.seeds, pairs))
    return found


#: Of so few points as (ii) has, all must be right for a share of this to be shown.
_SIGN_HERE = 0.7


def sign_by_law(seen: Seen, wanted: float = SIGN) -> Check:
    """Where transfer and scratch differ beyond doubt, the sharp law gives the sign."""
    gaps, column = seen.columns["difference.mean"], seen.columns
    clear = np.abs(gaps) > float(stats.t.isf(LEVEL / len(gaps) / 2, seen.sweep.seeds - 1)) * column["difference.error"]
    foretold = np.sign(column["law_transfer.mean"] - column["law_scratch.mean"])
    return _share_right("where transfer and scratch differ beyond doubt, the sharp law gives the sign", (foretold * gaps > 0)[clear], wanted)


def _share_right(statement: str, right: NDArray[np.bool_], wanted: float) -> Check:
    """That at least a share `wanted` is right: the exact binomial interval."""
    test = f"exact binomial interval at level {LEVEL:.2g} against {wanted:.0%}, over points"
    if not len(right):
        return Check(statement, test, 0, math.nan, None, None, None, None)
    interval = stats.binomtest(int(right.sum()), len(right)).proportion_ci(1 - LEVEL, method="exact")
    low, high = float(interval.low), float(interval.high)
    return Check(
        f"{statement} in {wanted:.0%} of points or more", test, len(right), float(right.mean()), low, high, None, _either(low >= wanted, high < wanted)
    )


def _either(shown: bool, opposite: bool) -> bool | None:
    return True if shown else False if opposite else None


def _checks_plane(seen: Seen) -> list[Check]:
    predicted, found = seen.columns["law_transfer.mean"], seen.columns["transfer_error.mean"]
    inside = seen.condition()
    right = ((predicted < NOT_SMALL) == (found < NOT_SMALL))[inside]
    return [_share_right("inside Condition 4.1, accuracy is on the predicted side of 0.9", right, 0.9), sign_by_law(seen)]


def _checks_share(seen: Seen) -> list[Check]:
    """Falls to alpha*, rises beyond, on average over rows, one ratio each; and what following alpha* costs."""
    rows = share_rows(seen)
    beyond = [row for row in rows if row.more]
    averaged = "of the mean over rows, one ratio ‖u‖²/‖s₂‖² each, not paired: each point has seeds of its own"

    def gap(statement: str, of: Sequence[Row], values: Sequence[float], errors: Sequence[float]) -> Check:
        unsure = math.sqrt(sum(error**2 for error in errors)) / len(of)
        return above_zero(statement, np.array([np.mean(values)]), np.array([unsure]), seen.sweep.seeds, averaged, LEVEL / 3)

    falls = gap("the error falls from α = 0 to α*", rows, [r.nothing - r.star for r in rows], [math.hypot(r.nothing_error, r.star_error) for r in rows])
    statement = "the error rises from α* to the largest α inside Condition 4.1, where α* is below it"
    rises = gap(statement, beyond, [r.most - r.star for r in beyond], [math.hypot(r.most_error, r.star_error) for r in beyond])
    regret = np.array([r.star - r.best for r in rows])
    half = float(stats.t.isf(LEVEL / 6, len(regret) - 1) * regret.std(ddof=1) / math.sqrt(len(regret)))
    mean = float(regret.mean())
    statement = f"inside Condition 4.1 the share nearest α* costs at most {REGRET_STAR} against the best measured, on average over rows"
    test = f"t interval at level {LEVEL / 3:.2g}, paired within rows, over rows"
    return [
        falls,
        rises,
        Check(statement, test, len(regret), mean, mean - half, mean + half, None, _either(mean + half <= REGRET_STAR, mean - half > REGRET_STAR)),
    ]


@dataclass(frozen=True)
class Row:
    """Of one ratio, inside Condition 4.1: mean errors, and their standard errors, at three shares; the least measured."""

    nothing: float  # alpha = 0
    star: float  # the share nearest alpha*
    most: float  # the largest share
    nothing_error: float
    star_error: float
    most_error: float
    best: float
    more: bool  # alpha* is below the largest share


def share_rows(seen: Seen) -> list[Row]:
    """Every ratio of the plane."""
    column, within = seen.columns, seen.condition()
    rows = []
    for rho in np.unique(column["rho"]):
        points = np.nonzero((column["rho"] == rho) & within)[0]
        points = points[np.argsort(column["alpha"][points])]
        star = int(np.abs(column["alpha"][points] - column["alpha_star.mean"][points]).argmin())
        (nothing, at_star, most), errors = (column[f"transfer_error.{what}"][points[[0, star, -1]]].tolist() for what in ("mean", "error"))
        rows.append(Row(nothing, at_star, most, errors[0], errors[1], errors[2], float(column["transfer_error.mean"][points].min()), star < len(points) - 1))
    return rows


def _checks_source(seen: Seen) -> list[Check]:
    """Ends of curves, whose points have seeds of their own: nothing is paired. Where a curve turns is predicted: at X = Y - 2/alpha."""
    found = []
    for case, name in enumerate(CASES):
        row = seen.columns["case"] == case
        x, mean, error = (seen.columns[c][row] for c in ("X.mean", "transfer_error.mean", "transfer_error.error"))
        turn = float(seen.columns["Y.mean"][row][0]) - 2 / seen.sweep.points[0].regime.alpha
        top = int(np.abs(np.log(x) - math.log(max(turn, x[0]))).argmin())
        parts = ((0, top, 1, "rises"), (top, len(x) - 1, -1, "falls"))
        for first, last, sense, does in parts:
            if first == last:
                continue
            gap, unsure = np.array([sense * (mean[last] - mean[first])]), np.array([math.hypot(error[first], error[last])])
            ends = [f"{seen.columns['n1'][row][k]:.0f}" for k in (first, last)]
            what = f"{name}: the error after transfer {does} from N₁ = {ends[0]} to {ends[1]}"
            found.append(above_zero(what, gap, unsure, seen.sweep.seeds, "not paired: each point has seeds of its own", LEVEL / 4))
    return found


# The experiments -------------------------------------------------------------------------------------

_TAU_D_CLAIMS = ("theorem-4.2.convergence", "theorem-4.2.error-upper.tau-D", "theorem-4.2.error-lower.tau-D")
_SCRATCH_CLAIMS = ("theorem-4.3.error-upper", "theorem-4.3.error-lower")

EXPERIMENTS: dict[str, Experiment] = {
    found.name: found
    for found in (
        Experiment(
            "head-start",
            "More source data: accuracy on the target along training",
            "Downstream accuracy over epochs for N₁ in {100, 200, 500, 1000}, against training from scratch.",
            ("theorem-4.3.error-lower", *_TAU_D_CLAIMS, "m2.inherited", "m2.equal-steps.close"),
            _head_start,
            _checks_head_start,
            plots.head_start,
            Size(24, 24),
            Size(9, 12, confirm=False),
            curves=True,
        ),
        Experiment(
            "negative-transfer",
            "What two tasks share: from negative to positive transfer",
            "Errors of transfer and scratch over ‖u‖ at fixed ‖u + v₂‖; the region of Proposition 4.4(2) is shaded.",
            ("proposition-4.4.2", "proposition-4.4.2.mechanism", *_TAU_D_CLAIMS, *_SCRATCH_CLAIMS),
            _negative,
            _checks_negative,
            plots.negative,
            Size(24, 21),
            Size(8, 7, confirm=False),
        ),
        Experiment(
            "plane",
            "Accuracy after transfer over ‖u‖ and d, and the predicted boundary",
            "Accuracy over (‖u‖, d), its truncation at 0.9, and the same plane by what Theorem 4.2 claims there and what became of it.",
            (*_TAU_D_CLAIMS, "theorem-4.2.error-upper-restricted.tau-A", "theorem-4.2.error-lower.tau-A", "proposition-4.4.1", *_SCRATCH_CLAIMS),
            _plane,
            _checks_plane,
            plots.plane,
            Size(24, 17, 14),
            Size(6, 7, 6, confirm=False),
        ),
        Experiment(
            "share",
            "The share to inherit",
            "Error after transfer over (α, ‖u‖²/‖s₂‖²), with α* = ‖u‖²/‖s₂‖², the share that maximises τ_D.",
            _TAU_D_CLAIMS,
            _share,
            _checks_share,
            plots.share,
            Size(24, 21, 10),
            Size(6, 6, 5, confirm=False),
        ),
        Experiment(
            "source",
            "More source data: helping, or hurting",
            "Error after transfer over N₁ where the tasks are aligned, misaligned, and between the two.",
            ("m3.samples.aligned", "m3-prime.samples", "proposition-4.4.2", *_TAU_D_CLAIMS),
            _source,
            _checks_source,
            plots.source,
            Size(24, 11),
            Size(5, 4, confirm=False),
        ),
    )
}


def named(names: Sequence[str]) -> list[Experiment]:
    """These experiments; all if none is named. Raises ExperimentError."""
    for name in names:
        if name not in EXPERIMENTS:
            raise ExperimentError(f"experiment = {name!r}: no such experiment; there are {', '.join(EXPERIMENTS)}")
    return [EXPERIMENTS[name] for name in dict.fromkeys(names or EXPERIMENTS)]


def run(names: Sequence[str], folder: Path, quick: bool = False, executor: Executor = in_process, tick: Tick = lambda what, done, of: None) -> list[Outcome]:
    """Run experiments, all if none is named, and leave their files in the folder. What an earlier run finished is not computed again.

    Raises:
        ExperimentError: no such experiment; a file is another experiment's, or is being written.
        SweepError: the same of the records of a sweep.
        OSError: a file cannot be written.
    """
    return [perform(experiment, folder, experiment.quick if quick else experiment.full, executor, tick, quick=quick) for experiment in named(names)]


def perform(
    experiment: Experiment, folder: Path, size: Size, executor: Executor = in_process, tick: Tick = lambda what, done, of: None, *, quick: bool = False
) -> Outcome:
    """Run one experiment at a size; `quick` is in the names of its files, and in its caption."""
    files = _files(experiment, folder, quick)
    seen = see(experiment, folder, size, executor, tick, quick=quick)
    caption = _caption(experiment, seen.sweep, quick)
    plots.save(experiment.draw(seen), experiment.title, caption, files["svg"], files["png"])
    counts, checks = counted(experiment, seen.sweep, seen.verdicts), tuple(experiment.checks(seen))
    outcome = Outcome(experiment.name, experiment.title, caption, tuple(files.values()), counts, checks)
    write_whole(files["json"], json.dumps(plain(outcome.to_dict()), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return outcome


def see(
    experiment: Experiment, folder: Path, size: Size, executor: Executor = in_process, tick: Tick = lambda what, done, of: None, *, quick: bool = False
) -> Seen:
    """Train and decide what the folder's files lack."""
    folder.mkdir(parents=True, exist_ok=True)
    files, plan, constants = _files(experiment, folder, quick), experiment.sweep(size), constant_table.load()
    with _one_thread():
        columns = _curves(plan, files, executor, tick) if experiment.curves else _points(plan, files, executor, tick)
        verdicts = decisions(experiment, plan, size, constants, files["decided.jsonl"], executor, tick)
    return Seen(plan, columns, verdicts, constants)


@contextmanager
def _one_thread() -> Iterator[None]:
    """As worker processes compute: sums split among threads are rounded otherwise, and an estimate of a test error may take other lines for it."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _files(experiment: Experiment, folder: Path, quick: bool) -> dict[str, Path]:
    """By kind."""
    stem = f"{experiment.name}-quick" if quick else experiment.name
    return {kind: folder / f"{stem}.{kind}" for kind in ("jsonl", "npz", "decided.jsonl", "json", "svg", "png")}


def _caption(experiment: Experiment, plan: Sweep, quick: bool) -> str:
    """What it shows, how much was trained, and the command that makes it again."""
    what = "curves" if experiment.curves else "points"
    sizes = ", ".join(f"{name} = {_range([getattr(p.regime, field) for p in plan.points])}" for name, field in _SIZES.items())
    command = f"transfer-claims experiments {experiment.name}{' --quick' if quick else ''}"
    return f"{experiment.shows} n = {len(plan.points)} {what}, {plan.seeds} seeds each; {sizes}. Made by: {command}".replace(" = ", " = ")


_SIZES = {"N₁": "n1", "N₂": "n2", "m": "m", "d": "d"}


def _range(values: Sequence[int]) -> str:
    low, high = (numerals.short(x) for x in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


# Training --------------------------------------------------------------------------------------------


def _points(plan: Sweep, files: Mapping[str, Path], executor: Executor, tick: Tick) -> dict[str, Array]:
    records = sweeps.run(plan, files["jsonl"], executor, lambda done, of: tick("training", done, of))
    sweeps.write_columns(records, files["npz"])
    return sweeps.columns(records)


@dataclass(frozen=True)
class CurveJob:
    """One curve, as it travels to a worker."""

    number: int
    regime: Regime
    most: int  # samples of the largest source, of which each curve's source holds the first
    seeds: Seeds
    epochs: int


def curve(job: CurveJob) -> dict[str, Any]:
    """Test errors at log-spaced epochs. One step is one epoch: descent is full-batch.

    All curves of a seed share the target's data and the fresh filters, and a source is the beginning of any larger one: what differs between them is N_1.
    """
    found = job.regime
    draw = sample(replace(found, n1=job.most), job.seeds)
    start = draw.fresh
    if found.inherited:
        upstream = Sample(draw.upstream.signal, draw.upstream.noise[:, : found.n1].contiguous(), draw.upstream.labels[:, : found.n1].contiguous())
        start = inherit(train_task(found, 1, upstream, draw.start).weights, draw.fresh, found.inherited)
    steps, data, j = log_spaced(found.steps2, job.epochs), draw.downstream, signs(found.m)
    errors = []
    for record in train_task(found, 2, data, start, recording(steps)).records:
        weights = start + torch.bmm(record.noise, data.noise) + (j * record.signal).unsqueeze(2) * data.signal
        errors.append(estimate_error(weights, data.signal, found, 2, job.seeds, LINES).value.tolist())
    return {"point": job.number, "steps": list(steps), "errors": np.array(errors).T.tolist()}  # (seeds, epochs)


def _curves(plan: Sweep, files: Mapping[str, Path], executor: Executor, tick: Tick) -> dict[str, Array]:
    epochs, most = int(plan.metrics[0].split()[2]), max(point.regime.n1 for point in plan.points)
    jobs = {p.number: CurveJob(p.number, p.regime, most, Seeds(plan.seed, plan.seeds), epochs) for p in reversed(plan.points)}  # the longest first
    kept = _resumed(files["jsonl"], {"curves": sweeps.digest(plan)}, jobs, curve, executor, lambda done, of: tick("training", done, of), stale="refuse")
    numbers = sorted(jobs)
    columns = {
        "n1": np.array([plan.points[k].axes["n1"] for k in numbers]),
        "steps": np.array(kept[0]["steps"], dtype=np.float64),
        "errors": np.array([kept[k]["errors"] for k in numbers]),
    }
    write_atomically(files["npz"], lambda file: np.savez_compressed(file, allow_pickle=False, **columns))
    return columns


# Deciding --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DecisionJob:
    """The claims that speak of a point, as they travel to a worker."""

    number: int
    regime: Regime
    seeds: Seeds  # those it was trained on
    alphas: tuple[tuple[str, float], ...]  # claim, and the false-alarm probability that one of its regimes may spend
    confirm: bool


def decide_point(job: DecisionJob) -> dict[str, Any]:
    """Every claim's evidence at one point."""
    known: dict[Hashable, Any] = {}  # claims that look at the same networks train them once

    def look(claim: Claim, seeds: Seeds) -> Any:
        key = claim.observe, seeds
        if key not in known:
            known[key] = claim.observe(job.regime, seeds)
        return known[key]

    return {"point": job.number, "claims": {name: _evidence(job, find(name), alpha, look) for name, alpha in job.alphas}}


def _evidence(job: DecisionJob, claim: Claim, alpha: float, look: Callable[[Claim, Seeds], Any]) -> dict[str, Any]:
    constants = constant_table.load()

    def measure(first: int, count: int) -> Margin:
        seeds = job.seeds if first == 0 else Seeds(_FRESH + job.seeds.root + job.number, count, first)
        return claim.margin(look(claim, seeds), constants)

    found = decision.examine(measure, delta=claim.delta, alpha=alpha, seeds=job.seeds.count) if job.confirm else _screen(measure(0, 0), claim.delta)
    return {
        "outcome": found.outcome.value,
        "seeds": found.seeds,
        "certain_failures": found.certain_failures,
        "possible_failures": found.possible_failures,
        "margin": finite(found.worst_margin),
    }


def _screen(margin: Margin, delta: float) -> RegimeEvidence:
    """The rule's first step alone: what is suspicious stays undecided."""
    doubtful = decision.suspicious(margin.possible_failures, len(margin.low), delta)
    outcome = decision.Outcome.UNDECIDED if doubtful else decision.Outcome.STANDS
    return RegimeEvidence(outcome, len(margin.low), margin.certain_failures, margin.possible_failures, *margin.tolerated(delta))


def inside(claim: Claim, plan: Sweep, constants: Constants) -> list[int]:
    """Numbers of the points inside a claim's hypotheses."""
    assert claim.domain is not None
    assert not claim.population
    return [point.number for point in plan.points if not claim.domain.violations(point.regime, constants)]


def decisions(
    experiment: Experiment, plan: Sweep, size: Size, constants: Constants, path: Path, executor: Executor, tick: Tick
) -> dict[tuple[str, int], dict[str, Any]]:
    """Evidence by claim and point, for every point inside the claim's hypotheses."""
    meant = {name: inside(find(name), plan, constants) for name in experiment.claims}
    alphas = {name: decision.regime_alpha(len(catalogue()), len(numbers)) for name, numbers in meant.items()}
    jobs: dict[int, DecisionJob] = {}
    for point in plan.points:
        speaking = tuple((name, alphas[name]) for name, numbers in meant.items() if point.number in numbers)
        if speaking:
            first = 0 if experiment.curves else point.number * plan.seeds
            jobs[point.number] = DecisionJob(point.number, point.regime, Seeds(plan.seed, plan.seeds, first), speaking, size.confirm)
    same = [sweeps.digest(plan), alphas, size.confirm, dict(constants)]
    header = {"decisions": hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()}
    kept = _resumed(path, header, jobs, decide_point, executor, lambda done, of: tick("deciding", done, of), stale="discard")
    return {(name, number): evidence for number, record in sorted(kept.items()) for name, evidence in record["claims"].items()}


def counted(experiment: Experiment, plan: Sweep, verdicts: Mapping[tuple[str, int], Mapping[str, Any]]) -> tuple[Decided, ...]:
    """Evidence counted by claim."""
    found = []
    for name in experiment.claims:
        mine = [evidence for (claim, _), evidence in verdicts.items() if claim == name]
        outcomes = [decision.Outcome(evidence["outcome"]) for evidence in mine]
        margins = [evidence["margin"] for evidence in mine if evidence["margin"] is not None]
        stands, falls, undecided = (outcomes.count(kind) for kind in (decision.Outcome.STANDS, decision.Outcome.FALLS, decision.Outcome.UNDECIDED))
        found.append(Decided(name, len(plan.points), len(mine), stands, falls, undecided, min(margins, default=None), find(name).unit))
    return tuple(found)


# Files -----------------------------------------------------------------------------------------------


def _resumed(
    path: Path,
    what: dict[str, str],
    jobs: Mapping[int, Any],
    function: Callable[[Any], dict[str, Any]],
    executor: Executor,
    tick: Callable[[int, int], None],
    *,
    stale: Literal["refuse", "discard"],
) -> dict[int, dict[str, Any]]:
    """Records by number; those that the file holds are not computed again. A file that says it holds something else is refused, or begun anew."""
    try:
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=0):
            found = _begun(path, {"format": FORMAT, "version": VERSION} | what, stale)
            found = {number: record for number, record in found.items() if number in jobs}
            tick(len(found), len(jobs))
            with path.open("a", encoding="utf-8") as file:
                for record in executor(function, _missing(jobs, set(found))):
                    file.write(json.dumps(record, allow_nan=False) + "\n")
                    file.flush()
                    os.fsync(file.fileno())
                    found[record["point"]] = record
                    tick(len(found), len(jobs))
            return found
    except Timeout:
        raise ExperimentError(f"{path}: another run is writing it") from None


def _missing(jobs: Mapping[int, Any], found: set[int]) -> Iterator[Any]:
    return (job for number, job in jobs.items() if number not in found)


def _begun(path: Path, header: dict[str, Any], stale: Literal["refuse", "discard"]) -> dict[int, dict[str, Any]]:
    """Whole records of a file, whose last line may have been cut off; a file that is absent is begun."""
    raw = path.read_bytes() if path.exists() else b""
    whole = raw[: raw.rfind(b"\n") + 1]
    try:
        first, *lines = (read_json(line) for line in whole.decode("utf-8").splitlines())
        if first == header:
            records = {record["point"]: record for record in lines}
            if len(whole) < len(raw):
                with path.open("r+b") as file:
                    file.truncate(len(whole))
            return records
    except (ValueError, KeyError, TypeError):
        pass
    if raw and stale == "refuse":
        raise ExperimentError(f"{path}: holds another experiment, or another version's: choose another folder, or move it away")
    write_whole(path, json.dumps(header) + "\n")
    return {}

"""What training does along a run: loss, signal learned and noise memorised, and a claim's margin at
each recorded step.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from claims.core import constants as constant_table
from claims.core import quantities
from claims.core.claim import Claim
from claims.deciding.verdict import Verdict
from claims.observing.dynamics import Dynamics
from claims.predicting.scalar import SPREAD, solve
from model.regime import Regime, RegimeError
from model.run import DivergenceError, log_spaced, signs
from model.sampling import Draw, Sample, Seeds, sample
from model.transfer import inherit, recording, train_task
from reports.studies.work import check_training

Array = NDArray[np.float64]
#: Steps kept of each run, log-spaced.
RECORDS = 24


@dataclass(frozen=True)
class Course:
    """One training of one network: values at the recorded steps."""

    name: str  # upstream, scratch or transfer
    h: float
    steps: NDArray[np.int64]
    loss: Array
    signal: Array  # mean over filters of j<w, s>: signal learned
    noise: Array  # mean over filters of sum_i rho-bar: noise memorised
    least: Array  # (1/m) sum_r rho-bar of the sample memorised least,
    most: Array  # and of that memorised most


NAMES = ("upstream", "scratch", "transfer")


def courses(
    regime: Regime, root: int, seed: int, names: Collection[str] = NAMES
) -> tuple[Course, ...]:
    """Train the network of one seed upstream, from scratch and after transfer, or those of them
    that are named.

    Raises RegimeError where the regime cannot be drawn at either level.
    """
    one = Seeds(root, 1, seed)
    try:
        drawn = sample(regime, one)
    except RegimeError:  # too few dimensions for law level
        drawn = sample(regime, one, "explicit")
    return tuple(_course(regime, name, *run) for name, run in _runs(regime, drawn, names))


def _runs(
    regime: Regime, drawn: Draw, names: Collection[str]
) -> Iterator[tuple[str, tuple[int, Sample, Tensor]]]:
    """Each training's task, data and start."""
    if "upstream" in names:
        yield "upstream", (1, drawn.upstream, drawn.start)
    if "scratch" in names:
        yield "scratch", (2, drawn.downstream, drawn.fresh)
    if "transfer" in names:
        trained = train_task(regime, 1, drawn.upstream, drawn.start).weights
        yield "transfer", (2, drawn.downstream, inherit(trained, drawn.fresh, regime.inherited))


def _course(regime: Regime, name: str, index: int, data: Sample, start: Tensor) -> Course:
    task = regime.task(index)
    steps = (0, *log_spaced(task.steps, RECORDS)) if task.steps else (0,)
    run = train_task(regime, index, data, start, recording(steps))
    j = signs(regime.m)
    own = j.unsqueeze(1) == data.labels.unsqueeze(1)  # (1, 2m, N)
    square = data.noise.square().sum(2).unsqueeze(1)
    signal, noise, least, most = [], [], [], []
    size, begun = float(data.signal @ data.signal), j * (start @ data.signal)
    for record in run.records:
        rho = (record.noise * square * own)[0]  # (2m, N), of own samples
        share = rho.sum(0) / regime.m
        signal.append(float((begun + record.signal * size).mean()))
        noise.append(float(rho.sum(1).mean()))
        least.append(float(share.min()))
        most.append(float(share.max()))
    h = quantities.catalogue()[f"h_{index}"](regime)
    recorded = [record.step for record in run.records]
    return Course(
        name,
        h,
        np.array(recorded),
        run.loss[0].numpy()[recorded],
        *(np.array(x) for x in (signal, noise, least, most)),
    )


def margins(
    claim: Claim, regime: Regime, root: int, seeds: int
) -> tuple[NDArray[np.int64], Array] | None:
    """The claim's margin at every recorded step, of every seed: (steps,), (steps, seeds); None for
    a claim that does not speak of every step.
    """
    observation, constants = claim.observe(regime, Seeds(root, seeds)), constant_table.load()
    if not isinstance(observation, Dynamics) or claim.margin(observation, constants).step is None:
        return None
    return observation.steps, np.array(
        [claim.margin(observation.at(k), constants).high for k in range(len(observation.steps))]
    )


def draw(courses: tuple[Course, ...], title: str) -> Figure:
    """Loss, and signal beside noise, over the steps of each training."""
    figure = Figure(figsize=(10, 5.2), layout="constrained")
    figure.suptitle(title, fontsize="small")
    panels = figure.subplots(2, len(courses), sharex="col", squeeze=False)
    for column, course in enumerate(courses):
        top, bottom = panels[0][column], panels[1][column]
        top.plot(course.steps, _drawable(course.loss), "-", color="#0072B2")
        top.set(title=course.name, yscale="log" if (course.loss > 0).any() else "linear")
        bottom.plot(
            course.steps,
            np.maximum(_drawable(course.signal), 0),
            "-o",
            ms=3,
            color="#D55E00",
            label="signal j⟨w, s⟩",
        )
        bottom.plot(
            course.steps, _drawable(course.noise), "--s", ms=3, color="#0072B2", label="noise Σ ρ̄"
        )
        bottom.set(xlabel="step t", xscale="symlog", yscale="symlog")
    panels[0][0].set_ylabel("training loss")
    panels[1][0].set_ylabel("mean over filters")
    panels[1][0].legend(fontsize="small")
    return figure


#: Numbers beyond which axes have no room, nor ticks.
_LARGEST = 1e60


def _drawable(values: Array) -> Array:
    """A curve ends where it leaves what axes can show."""
    return np.where(np.abs(values) <= _LARGEST, values, np.nan)


def figure(claim: Claim, verdict: Verdict) -> Figure | None:
    """For a claim about dynamics: its worst regime, trained again: each sample's memorisation
    between the proven envelopes, and the signal beside the noise.
    """
    if claim.training is None or not verdict.worst_case or not verdict.worst_case["regime"]:
        return None
    regime = Regime.from_dict(verdict.worst_case["regime"])
    try:
        check_training(regime, Seeds(0, 1))
        (course,) = courses(regime, verdict.worst_case["root"], 0, (claim.training,))
    except (RegimeError, DivergenceError):  # a ledger from elsewhere may name any regime
        return None
    result = Figure(figsize=(8, 3.2), layout="constrained")
    left, right = result.subplots(1, 2)
    steps = course.steps[1:]
    left.fill_between(
        steps,
        course.least[1:],
        course.most[1:],
        color="#0072B2",
        alpha=0.4,
        lw=0,
        label="samples, least to most",
    )
    left.plot(steps, solve(SPREAD, course.h / 5 * steps), "k--", lw=1, label="lower envelope")
    b, c = 1 / SPREAD, 1.5 * course.h
    left.plot(steps, solve(b, c * steps) + c / (1 + b), "k:", lw=1, label="upper envelope")
    left.set(xscale="log", xlabel="step t", ylabel="mean memorisation of a sample")
    unit = solve(1.0, course.h / 2 * steps)
    right.plot(
        steps,
        np.maximum(course.signal[1:], 0),
        "-o",
        ms=3,
        color="#D55E00",
        label="signal, mean j⟨w, s⟩",
    )
    right.plot(steps, course.noise[1:], "--s", ms=3, color="#0072B2", label="noise, mean Σ ρ̄")
    scale = course.noise[-1] / unit[-1] if unit[-1] > 0 and math.isfinite(unit[-1]) else 0.0
    right.plot(steps, scale * unit, "k:", lw=1, label="a multiple of xₜ")
    right.set(xscale="log", yscale="log", xlabel="step t")
    for panel in (left, right):
        panel.legend(fontsize="x-small")
    return result

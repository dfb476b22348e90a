"""What the exact facts E1-E7 look at: each function trains what a fact speaks of, and measures what
the fact leaves unexplained.

Keyword arguments with a default plant an error when changed; `claims.paper.exact` names them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats

from claims.core import quantities
from claims.core.constants import Constants
from claims.deciding.decision import Margin
from model.engines import tangent
from model.engines.autograd import Trainer, closed_form_step, patches
from model.regime import SIGNAL_COORDINATES, Regime
from model.run import Recorded, Run, log_spaced, signs
from model.sampling import Sample, Seeds, fresh_noise, projection, sample, signals
from model.test_error import ErrorEstimate, estimate_error, preactivation_factor
from model.transfer import inherit, recording, run_on, train_task

if TYPE_CHECKING:
    from torch import Tensor

STEP_TOLERANCE = 1e-13
#: A trajectory's rounding error is amplified by every ReLU that it passes near zero.
RUN_TOLERANCE = 1e-10
#: Least squares multiplies rounding by the condition number of the patches.
COEFFICIENT_TOLERANCE = 1e-8
_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class Difference:
    """What a fact leaves unexplained, per seed, as a share of the size of what it explains."""

    networks: int
    value: NDArray[np.float64]


def within(tolerance: float) -> Callable[[Difference, Constants], Margin]:
    """The margin of "the difference is at most `tolerance`": the unused share of it."""
    return lambda seen, constants: Margin.exact(1 - np.minimum(seen.value, 1e30) / tolerance)


def relative(got: Tensor, expected: Tensor) -> Tensor:
    """||got - expected|| / ||expected|| over all but the first axis; 0/0 is 0."""
    gap, size = (got - expected).flatten(1).norm(dim=1), expected.flatten(1).norm(dim=1)
    return torch.where(gap == 0, 0.0, gap / size.clamp_min(_TINY))


def run_gap(got: Run, expected: Run) -> Tensor:
    """The greater of the relative differences of losses and of weights, per seed."""
    return torch.maximum(relative(got.loss, expected.loss), relative(got.weights, expected.weights))


def _result(networks: int, *gaps: Tensor) -> Difference:
    return Difference(networks, torch.stack(gaps).max(0).values.numpy())


# E1 -----------------------------------------------------------------------------------------------


def autograd_steps(regime: Regime, seeds: Seeds, trainer: Trainer) -> Difference:
    """Compare the closed-form step with autograd's at up to eight points along the way
    downstream.
    """
    data, weights = (draw := sample(regime, seeds, "explicit")).downstream, draw.fresh
    gaps = []
    for _ in range(min(regime.steps2, 8)):
        after = closed_form_step(data, weights, regime.eta2)
        gaps.append(relative(trainer.descend(data, weights, regime.eta2, 1).weights, after))
        weights = after
    return _result(seeds.count, *gaps)


def autograd_trial(regime: Regime, seeds: Seeds, trainer: Trainer) -> Difference:
    """Compare whole runs, upstream, scratch and transfer, in coefficient space and by autograd."""
    draw = sample(regime, seeds, "explicit")
    fast, slow = run_on(regime, seeds, draw), run_on(regime, seeds, draw, engine=trainer.descend)
    return _result(
        6 * seeds.count,
        *(
            run_gap(getattr(fast, name), getattr(slow, name))
            for name in ("upstream", "scratch", "transfer")
        ),
    )


# E2 -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decomposed:
    """What one column of the decomposition adds to each filter, recovered by least squares from
    autograd's weights, beside the recursion's.

    Everything is in units of the filter's own displacement ||w^T - w^0||, to which 1e-4 of ||w^0||
    is added, since a difference of weights is known only to the weights' own rounding.
    """

    residual: Tensor  # (seeds, 2m): what the span of u, v_k and the patches leaves
    along_other: Tensor  # (seeds, 2m): of that, along the part of the other task's v that is new
    recovered: Tensor  # (seeds, 2m, columns): u and v_k where they are not zero, then the patches
    recursion: Tensor  # the same from the recursion for gamma and rho
    signals: tuple[str, ...]  # the leading columns


@dataclass(frozen=True)
class Decompositions:
    """Both runs, at several steps each."""

    networks: int
    parts: tuple[Decomposed, ...]


def decomposed(regime: Regime, seeds: Seeds) -> Decompositions:
    """Train upstream, and downstream after transfer, by autograd, and recover the unique
    coefficients of Lemma B.2 along the way.
    """
    draw = sample(regime, seeds, "explicit")
    upstream = train_task(regime, 1, draw.upstream, draw.start)
    start = inherit(upstream.weights, draw.fresh, regime.inherited)
    parts = (
        *_decomposed(regime, 1, draw.upstream, draw.start),
        *_decomposed(regime, 2, draw.downstream, start),
    )
    return Decompositions((1 + len(parts)) * seeds.count, parts)


#: Steps, log-spaced over a run, at which it is decomposed.
_DECOMPOSED_AT = 4


def _decomposed(regime: Regime, index: int, data: Sample, start: Tensor) -> list[Decomposed]:
    """One run, at several steps."""
    task = regime.task(index)
    records = train_task(
        regime, index, data, start, recording(log_spaced(task.steps, _DECOMPOSED_AT))
    ).records
    return [
        _recovered(
            regime,
            index,
            data,
            start,
            Trainer().descend(data, start, task.eta, record.step).weights - start,
            record,
        )
        for record in records
    ]


def _recovered(
    regime: Regime, index: int, data: Sample, start: Tensor, moved: Tensor, record: Recorded
) -> Decomposed:
    u, v1, v2 = (torch.nn.functional.pad(x, (0, regime.rest)) for x in signals(regime))
    mine, others = (v1, v2) if index == 1 else (v2, v1)
    named = {name: x for name, x in (("u", u), ("v", mine)) if x.norm() > 0}
    columns = torch.cat(
        [*(x.expand(len(start), 1, -1) for x in named.values()), data.noise], 1
    )  # (seeds, k + N, d)
    norms = columns.norm(dim=2)
    unit = columns / norms.unsqueeze(2)
    recovered = torch.linalg.lstsq(unit.transpose(1, 2), moved.transpose(1, 2)).solution.transpose(
        1, 2
    )  # (seeds, 2m, k + N)
    residual = moved - torch.bmm(recovered, unit)
    own = mine / max(mine.norm().item(), _TINY)
    other = others - (others @ own) * own
    j_g = (
        (signs(regime.m) * record.signal).unsqueeze(2).expand(-1, -1, len(named))
    )  # gamma_u/||u||^2 = gamma_k/||v_k||^2 = g
    recursion = torch.cat([j_g, record.noise], 2) * norms.unsqueeze(1)
    size = (moved.norm(dim=2) + 1e-4 * start.norm(dim=2)).unsqueeze(2)
    along = (residual @ other).abs() / max(other.norm().item(), _TINY)
    return Decomposed(
        residual.norm(dim=2) / size[..., 0],
        along / size[..., 0],
        recovered / size,
        recursion / size,
        tuple(named),
    )


def decomposition_gap(
    seen: Decompositions, constants: Constants, *, of_v: float = 1.0, noise_sign: float = 1.0
) -> Margin:
    """Residual, the other task's coefficient, and the coefficients' difference; `of_v`,
    `noise_sign` plant errors.
    """
    worst = torch.stack([_gap(part, of_v, noise_sign) for part in seen.parts]).max(0).values
    return Margin.exact(1 - worst.numpy() / COEFFICIENT_TOLERANCE)


def _gap(seen: Decomposed, of_v: float, noise_sign: float) -> Tensor:
    factors = [of_v if name == "v" else 1.0 for name in seen.signals]
    factors += [noise_sign] * (seen.recursion.shape[2] - len(factors))
    gap = (seen.recovered - seen.recursion * torch.tensor(factors, dtype=torch.float64)).abs()
    return (
        torch.stack([seen.residual.amax(1), seen.along_other.amax(1), gap.amax((1, 2))])
        .max(0)
        .values
    )


@dataclass(frozen=True)
class Increments:
    """Changes of the coefficients from one step to the next, over a whole run."""

    networks: int
    signal: Tensor  # (seeds, ...)
    noise_own: Tensor  # rho where j = y_i
    noise_other: Tensor  # rho where j != y_i


def increments(regime: Regime, seeds: Seeds) -> Increments:
    """Record every step of the downstream run after transfer."""
    draw = sample(regime, seeds, "explicit")
    upstream = train_task(regime, 1, draw.upstream, draw.start)
    start = inherit(upstream.weights, draw.fresh, regime.inherited)
    records = train_task(
        regime, 2, draw.downstream, start, recording(range(regime.steps2 + 1))
    ).records
    signal = torch.stack([r.signal for r in records]).diff(dim=0).transpose(0, 1)
    noise = (
        torch.stack([r.noise for r in records]).diff(dim=0).transpose(0, 1)
    )  # (seeds, steps, 2m, N)
    own = (
        torch.cat(
            [
                draw.downstream.labels.unsqueeze(1).expand(-1, regime.m, -1),
                -draw.downstream.labels.unsqueeze(1).expand(-1, regime.m, -1),
            ],
            1,
        )
        > 0
    )
    return Increments(
        2 * seeds.count,
        signal,
        torch.where(own.unsqueeze(1), noise, 0.0),
        torch.where(own.unsqueeze(1), 0.0, noise),
    )


def monotone(
    seen: Increments,
    constants: Constants,
    *,
    signal: float = 1.0,
    own: float = 1.0,
    other: float = -1.0,
) -> Margin:
    """The least increment, in the direction each coefficient may move."""
    least = [
        (sign * x).flatten(1).min(1).values
        for sign, x in ((signal, seen.signal), (own, seen.noise_own), (other, seen.noise_other))
    ]
    return Margin.exact(torch.stack(least).min(0).values.numpy())


# E3 -----------------------------------------------------------------------------------------------


def rescaled(
    regime: Regime,
    factor: float,
    *,
    eta_power: int = -2,
    sigma0_power: int = -1,
    sigma_power: int = 1,
) -> Regime:
    """The regime under the symmetry E3; other powers plant an error."""
    by = factor**sigma_power
    return replace(
        regime,
        **{name: getattr(regime, name) * factor for name in ("u", "v1", "v2")},
        **{name: getattr(regime, name) * by for name in ("sigma1", "sigma2")},
        **{name: getattr(regime, name) * factor**eta_power for name in ("eta1", "eta2")},
        sigma0=regime.sigma0 * factor**sigma0_power,
    )


def scale_gap(
    regime: Regime, seeds: Seeds, *, trainer: Trainer | None = None, **powers: int
) -> Difference:
    """Losses and test errors of a regime beside those of its rescaled copies."""
    engine = tangent.descend if trainer is None else trainer.descend
    level: Any = "law" if trainer is None else "explicit"

    def outcomes(r: Regime) -> list[Tensor]:
        trial = run_on(r, seeds, draw := sample(r, seeds, level), engine=engine)
        found = [getattr(trial, name).loss for name in ("upstream", "scratch", "transfer")]
        return [
            *found,
            estimate_error(
                trial.transfer.weights, draw.downstream.signal, r, 2, seeds, 16
            ).value.unsqueeze(1),
        ]

    original = outcomes(regime)
    gaps = [
        relative(got, was)
        for factor in (3.7, 0.013)
        for got, was in zip(outcomes(rescaled(regime, factor, **powers)), original, strict=True)
    ]
    return _result(9 * seeds.count, *gaps)


@dataclass(frozen=True)
class Degrees:
    """Scale degrees of formulas."""

    degrees: dict[str, float]
    networks: int = 0
    method: str = "algebra"

    @property
    def evidence(self) -> dict[str, Any]:
        """For the ledger."""
        return {"degrees": self.degrees}


def degrees(*names: str) -> Callable[[Regime, Seeds], Degrees]:
    """The power of lambda that each named quantity gains under E3, by sympy."""
    return lambda regime, seeds: Degrees(
        {name: float(quantities.catalogue()[name].scale_degree) for name in names}
    )


def no_degree(seen: Degrees, constants: Constants) -> Margin:
    """Minus the largest degree."""
    return Margin.exact(-max(abs(k) for k in seen.degrees.values()))


# E4 -----------------------------------------------------------------------------------------------


def _apply(data: Sample, act: Callable[[Tensor], Tensor]) -> Sample:
    return Sample(act(data.signal), act(data.noise), data.labels)


def rotation(regime: Regime, seeds: Seeds, *, contraction: float = 1.0) -> Difference:
    """Rotate every vector by one random rotation of R^d; `contraction` below 1 plants a map that is
    none.
    """
    draw = sample(regime, seeds, "explicit")
    rotate, _ = torch.linalg.qr(
        torch.from_numpy(seeds.generators(2)[0].standard_normal((regime.d, regime.d)))
    )
    rotate[:, 0] *= contraction
    act: Callable[[Tensor], Tensor] = lambda x: x @ rotate.T  # noqa: E731
    was = train_task(regime, 2, draw.downstream, draw.fresh)
    now = train_task(regime, 2, _apply(draw.downstream, act), act(draw.fresh))
    return _result(2 * seeds.count, run_gap(now, Run(was.loss, act(was.weights))))


def sample_order(
    regime: Regime, seeds: Seeds, *, labels_too: bool = True, all_kept: bool = True
) -> Difference:
    """Reverse the order of the samples; leaving the labels behind, or the first sample in the last
    one's place too, plants an error.
    """
    draw = sample(regime, seeds, "explicit")
    data = draw.downstream
    was = train_task(regime, 2, data, draw.fresh)
    noise = data.noise.flip(1)
    if not all_kept:
        noise[:, -1] = noise[:, 0]
    moved = Sample(data.signal, noise, data.labels.flip(1) if labels_too else data.labels)
    return _result(2 * seeds.count, run_gap(train_task(regime, 2, moved, draw.fresh), was))


def filter_order(
    regime: Regime, seeds: Seeds, *, within_sign: bool = True, weights_too: bool = True
) -> Difference:
    """Reverse the order of the filters within each sign; reversing all of them swaps the signs, an
    error, as is expecting them where they were.
    """
    draw = sample(regime, seeds, "explicit")
    m = regime.m
    order = (
        torch.cat([torch.arange(m).flip(0), torch.arange(m, 2 * m).flip(0)])
        if within_sign
        else torch.arange(2 * m).flip(0)
    )
    was = train_task(regime, 2, draw.downstream, draw.fresh)
    now = train_task(regime, 2, draw.downstream, draw.fresh[:, order])
    return _result(
        2 * seeds.count,
        run_gap(now, Run(was.loss, was.weights[:, order] if weights_too else was.weights)),
    )


def patch_order(
    regime: Regime, seeds: Seeds, *, both_swapped: bool = True, labels_kept: bool = True
) -> Difference:
    """Put the noise patch first in a random half of the examples; using the noise patch twice, or
    flipping their labels, plants an error.
    """
    draw = sample(regime, seeds, "explicit")
    data, trainer, gaps = draw.downstream, Trainer(), []
    for s, generator in enumerate(seeds.generators(2)):
        swap = torch.from_numpy(generator.integers(0, 2, regime.n2) > 0)
        swap[0] = True
        plain, swapped = patches(data, s), patches(data, s, swap)
        if not both_swapped:
            swapped[swap, 1] = plain[swap, 1]
        labels = (
            data.labels[s] if labels_kept else torch.where(swap, -data.labels[s], data.labels[s])
        )
        runs = [
            trainer.descend_one(x, y, draw.fresh[s], regime.eta2, regime.steps2)
            for x, y in ((plain, data.labels[s]), (swapped, labels))
        ]
        (loss, weights), (loss_swapped, weights_swapped) = runs
        gaps.append(
            torch.maximum(
                relative(loss_swapped[None], loss[None]),
                relative(weights_swapped[None], weights[None]),
            )
        )
    return Difference(2 * seeds.count, torch.cat(gaps).numpy())


def label_flip(regime: Regime, seeds: Seeds, *, signs_too: bool = True) -> Difference:
    """Flip every label and the sign j of every filter, examples unchanged; leaving j as it was
    plants an error.
    """
    draw = sample(regime, seeds, "explicit")
    data, m = draw.downstream, regime.m
    was = train_task(regime, 2, data, draw.fresh)
    flipped = Sample(-data.signal, data.noise, -data.labels)  # the patch y s is the same
    swap = (
        torch.cat([torch.arange(m, 2 * m), torch.arange(m)]) if signs_too else torch.arange(2 * m)
    )
    now = train_task(regime, 2, flipped, draw.fresh[:, swap])
    return _result(2 * seeds.count, run_gap(now, Run(was.loss, was.weights[:, swap])))


# E5 -----------------------------------------------------------------------------------------------


def nothing_inherited(regime: Regime, seeds: Seeds, *, inherited: int = 0) -> Difference:
    """Transfer beside scratch, with nothing inherited; 1 plants an off-by-one."""
    trial = run_on(replace(regime, inherited=inherited), seeds, sample(regime, seeds, "explicit"))
    gap = torch.maximum(
        (trial.transfer.loss - trial.scratch.loss).abs().amax(1),
        (trial.transfer.weights - trial.scratch.weights).abs().amax((1, 2)),
    )
    return Difference(trial.networks, gap.numpy())


def identical(seen: Difference, constants: Constants) -> Margin:
    """Minus the difference: only bit for bit will do."""
    return Margin.exact(-seen.value)


# E6 -----------------------------------------------------------------------------------------------


def gram_only(
    regime: Regime, seeds: Seeds, *, flip_one: bool = False, length: float = 1.0
) -> Difference:
    """Replace all vectors of the upstream task by others with the same Gram matrix, in as few
    dimensions as there are vectors.

    `flip_one` turns one noise patch around: its norm stays and its inner products do not, an error;
    another `length` of it is one, too.
    """
    draw = sample(regime, seeds, "explicit")
    data, n = draw.upstream, regime.n1
    rows = torch.cat([data.signal.expand(seeds.count, 1, -1), data.noise, draw.start], 1)
    short = torch.linalg.qr(rows.transpose(1, 2)).R.transpose(1, 2)  # R^T R is the Gram matrix
    if flip_one:
        short[:, 1] *= -1
    short[:, 1] *= length
    losses = [tangent.descend(data, draw.start, regime.eta1, regime.steps1).loss]
    for s in range(seeds.count):  # the signal's coordinates differ from seed to seed
        reduced = Sample(short[s, 0], short[s : s + 1, 1 : n + 1], data.labels[s : s + 1])
        losses.append(
            tangent.descend(reduced, short[s : s + 1, n + 1 :], regime.eta1, regime.steps1).loss
        )
    return Difference(2 * seeds.count, relative(torch.cat(losses[1:]), losses[0]).numpy())


# E7 -----------------------------------------------------------------------------------------------


def covariance(
    regime: Regime, seeds: Seeds, *, off: str = "own", sigma_power: int = 2
) -> Difference:
    """A A^T of the test error beside sigma^2 W P W^T, with P written out in R^d from its
    definition.
    """
    draw = sample(regime, seeds, "explicit")
    weights = train_task(regime, 2, draw.downstream, draw.fresh).weights
    factor = preactivation_factor(weights, regime, 2)
    u, v1, v2 = (torch.nn.functional.pad(x, (0, regime.rest)).unsqueeze(1) for x in signals(regime))
    span = torch.cat({"own": [u, v2], "other": [u, v1], "none": [0 * u]}[off], 1)
    p = torch.eye(regime.d, dtype=torch.float64) - span @ torch.linalg.pinv(span)
    expected = regime.sigma2**sigma_power * weights @ p @ weights.transpose(1, 2)
    gap = (factor @ factor.transpose(1, 2) - expected).flatten(1).norm(dim=1)
    # P w is known to the rounding of w, which may be far longer.
    size = regime.sigma2 * (expected.flatten(1).norm(dim=1).sqrt() * weights.flatten(1).norm(dim=1))
    return _result(seeds.count, gap / size.clamp_min(_TINY))


@dataclass(frozen=True)
class Simulated:
    """Errors counted on fresh examples in R^d, beside the estimate from the law of
    pre-activations.
    """

    networks: int
    wrong: NDArray[np.int64]
    examples: int
    estimate: ErrorEstimate


def simulated_error(
    regime: Regime,
    seeds: Seeds,
    *,
    noise_factor: float = 1.0,
    project: bool = True,
    examples: int = 4000,
) -> Simulated:
    """Run fresh examples of the downstream task through the network in R^d."""
    draw = sample(regime, seeds, "explicit")
    weights = train_task(regime, 2, draw.downstream, draw.fresh).weights
    from model.engines.network import TwoLayerCNN

    wrong = []
    for s, generator in enumerate(seeds.generators(2)):
        labels = torch.from_numpy(generator.integers(0, 2, examples) * 2.0 - 1.0)
        noise = noise_factor * fresh_noise(regime, 2, examples, generator)
        if not project:
            noise[:, :SIGNAL_COORDINATES] += (
                regime.sigma2
                * torch.from_numpy(generator.standard_normal((examples, SIGNAL_COORDINATES)))
                @ (torch.eye(SIGNAL_COORDINATES, dtype=torch.float64) - projection(regime, 2))
            )
        with torch.no_grad():
            output = TwoLayerCNN(weights[s])(
                torch.stack([labels[:, None] * draw.downstream.signal, noise], 1)
            )
        wrong.append(int((labels * output < 0).sum()))
    return Simulated(
        seeds.count,
        np.array(wrong),
        examples,
        estimate_error(weights, draw.downstream.signal, regime, 2, seeds, 512),
    )


def counts_agree(seen: Simulated, constants: Constants) -> Margin:
    """log10 of the binomial p-value of the count, for the most favourable error in the interval,
    over 1e-4.
    """
    low, high = seen.estimate.low.numpy(), seen.estimate.high.numpy()
    too_many = stats.binom.sf(seen.wrong - 1, seen.examples, high)
    too_few = stats.binom.cdf(seen.wrong, seen.examples, low)
    with np.errstate(divide="ignore"):
        return Margin.exact(np.log10(2 * np.minimum(too_many, too_few)) + 4)


def perturbed_start(regime: Regime, seeds: Seeds) -> Difference:
    """Scratch beside scratch from a start that differs in one number, in its last digits."""
    draw = sample(regime, seeds, "explicit")
    moved = draw.fresh.clone()
    moved[:, 0, -1] *= 1 + 1e-12
    was, now = (train_task(regime, 2, draw.downstream, start) for start in (draw.fresh, moved))
    return Difference(2 * seeds.count, (now.weights - was.weights).abs().amax((1, 2)).numpy())

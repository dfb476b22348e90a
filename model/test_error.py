"""Test error P(y f(x) < 0), from the 2m-dimensional Gaussian of fresh pre-activations (E7).

Given the filters W, the pre-activations of a fresh noise patch are N(0, Q), Q = sigma^2 W P W^T. The
signal patch y s is known, so the error is ½ P(G < -S_+) + ½ P(G > S_-), with G the noise output and
S_y the signal output of label y. Each term is found by *line sampling*: draw a Gaussian point, keep
its part orthogonal to one direction (the sum of the filters whose output must be large for the
error to happen), and integrate along that direction exactly: there G is piecewise linear with one
breakpoint a filter. An average of exact one-dimensional probabilities: unbiased, and its relative
precision hardly falls as the error does, which plain sampling cannot claim.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from model.regime import Regime
from model.run import signs
from model.sampling import Seeds, projected

#: Stream number of the generators that draw lines, apart from those that draw data.
LINE_STREAM = 1
#: Standard deviations either side: two-sided 99.9% for an average of many lines.
INTERVAL_WIDTH = 3.29
LINES = 512
_ROUNDING = 1e-12
_LABELS = (1.0, -1.0)
_FAR = 40.0  # the normal law has no float64 mass beyond


@dataclass(frozen=True)
class ErrorEstimate:
    """Test error per seed, with a 99.9% interval from the spread over lines. Each field is (seeds,)."""

    value: Tensor
    low: Tensor
    high: Tensor


def preactivation_factor(weights: Tensor, regime: Regime, index: int) -> Tensor:
    """A with A A^T = sigma^2 W P W^T: pre-activations of fresh noise are A z, z ~ N(0, I). (seeds, 2m, 2m)."""
    rows = projected(weights, regime, index) * regime.task(index).sigma
    # R of rows^T = Q R: unlike a factor of the covariance, it keeps what nearly cancels, and takes dependent filters as they come.
    upper: Tensor = torch.linalg.qr(rows.transpose(1, 2), mode="r").R
    missing = rows.shape[1] - upper.shape[1]
    return torch.nn.functional.pad(upper, (0, 0, 0, missing)).transpose(1, 2)


def estimate_error(weights: Tensor, signal: Tensor, regime: Regime, index: int, seeds: Seeds, lines: int = LINES) -> ErrorEstimate:
    """Test error of every network on task `index`.

    Args:
        weights: filters, (seeds, 2m, dim). signal: s_k, (dim,).
        seeds: the seeds the networks were drawn from; lines come from a stream of their own.
        lines: Gaussian lines per label and network.
    """
    return _estimate(weights, regime, index, seeds, lines, signal_outputs(weights, signal), share=0.5)


def estimate_overrun(weights: Tensor, signal: Tensor, regime: Regime, index: int, seeds: Seeds, lines: int = LINES) -> ErrorEstimate:
    """P(|G| > S) of every network, S the larger of its two signal outputs; arguments, and lines, as for `estimate_error`."""
    larger = signal_outputs(weights, signal).amax(0)
    return _estimate(weights, regime, index, seeds, lines, larger.expand(2, -1), share=1.0)


def signal_outputs(weights: Tensor, signal: Tensor) -> Tensor:
    """S_y, what the signal patch adds to y f, for y = +1 and y = -1: (2, seeds)."""
    a = weights @ signal  # (seeds, 2m)
    readout = signs(a.shape[1] // 2) / (a.shape[1] // 2)
    return torch.stack([(label * readout * (label * a).clamp_min(0)).sum(1) for label in _LABELS])


def _estimate(weights: Tensor, regime: Regime, index: int, seeds: Seeds, lines: int, outputs: Tensor, share: float) -> ErrorEstimate:
    """share times the sum over labels of P(y G < -outputs_y)."""
    factor = preactivation_factor(weights, regime, index)
    filters = weights.shape[1]
    readout = signs(filters // 2) / (filters // 2)
    points = _points(seeds, lines, filters)
    # y = +1 errs where y f = S + G < 0 with G = readout.relu; y = -1 the same with the readout negated.
    sides = torch.stack([_line_probabilities(factor, label * readout, outputs[side], points[:, side]) for side, label in enumerate(_LABELS)])
    value = share * sides.mean(2).sum(0)
    spread = INTERVAL_WIDTH * share * (sides.var(2).sum(0) / lines).sqrt()
    return ErrorEstimate(value, (value - spread).clamp_min(0), (value + spread).clamp_max(1))


def _points(seeds: Seeds, lines: int, filters: int) -> Tensor:
    """Standard normal points, (seeds, 2, 2m, lines)."""
    draws = [generator.standard_normal((2, filters, lines)) for generator in seeds.generators(LINE_STREAM)]
    return torch.from_numpy(np.stack(draws))


def _line_probabilities(factor: Tensor, readout: Tensor, output: Tensor, points: Tensor) -> Tensor:
    """P(readout . relu(A z) < -output | the part of z off the important direction), (seeds, lines)."""
    against = (readout < 0).to(torch.float64)
    direction = torch.einsum("srk,r->sk", factor, against)
    direction = torch.nn.functional.normalize(direction, dim=1)  # zero stays zero
    off_line = points - direction.unsqueeze(2) * torch.einsum("sk,skl->sl", direction, points).unsqueeze(1)
    p = torch.bmm(factor, off_line).transpose(1, 2)  # (seeds, lines, 2m): pre-activations are p + t b
    b = torch.einsum("srk,sk->sr", factor, direction).unsqueeze(1).expand_as(p)
    return _piecewise_linear_probability(p, b, readout, -output[:, None])


def _piecewise_linear_probability(p: Tensor, b: Tensor, readout: Tensor, level: Tensor) -> Tensor:
    """P(sum_r readout_r relu(p_r + t b_r) < level) for t ~ N(0, 1), exactly.

    p, b: (seeds, lines, 2m); level: (seeds, 1), strictly to be passed. Left of all breakpoints the active units are those
    with b < 0 (or b = 0 and p > 0); each breakpoint adds readout |b| to the slope.
    """
    breaks, order = torch.where(b == 0, _FAR, -p / b).clamp(-_FAR, _FAR).sort(dim=-1)
    first = ((b < 0) | ((b == 0) & (p > 0))) * readout
    intercept_steps = (readout * b.sign() * p).gather(-1, order)
    slope_steps = (readout * b.abs()).gather(-1, order)
    intercept = _from_first((first * p).sum(-1, keepdim=True), intercept_steps)  # (seeds, lines, 2m + 1)
    slope = _from_first((first * b).sum(-1, keepdim=True), slope_steps)
    # Where all units are off, y f may be exactly 0, which is no error: the level must be passed by more than rounding.
    level = level - _ROUNDING * (readout.abs() * (p.abs() + b.abs())).sum(-1)
    edge = torch.full_like(breaks[..., :1], _FAR)
    low, high = torch.cat([-edge, breaks], -1), torch.cat([breaks, edge], -1)
    crossing = (level.unsqueeze(-1) - intercept) / slope
    flat = torch.where(intercept < level.unsqueeze(-1), high, low)
    inside_high = torch.where(slope > 0, crossing.clamp(low, high), torch.where(slope < 0, high, flat))
    inside_low = torch.where(slope < 0, crossing.clamp(low, high), low)
    # Differences of the normal distribution function, taken in the lower tail where they are accurate.
    mirror = inside_low > 0
    lower, upper = torch.where(mirror, -inside_high, inside_low), torch.where(mirror, -inside_low, inside_high)
    return (_tail(upper) - _tail(lower)).clamp_min(0).sum(-1)


def _tail(x: Tensor) -> Tensor:
    """The normal distribution function. (`torch.special.ndtr` has no relative accuracy far below zero.)"""
    result: Tensor = torch.special.erfc(x * -math.sqrt(0.5)) / 2
    return result


def _from_first(first: Tensor, steps: Tensor) -> Tensor:
    return torch.cat([first, first + steps.cumsum(-1)], -1)

"""Check kept counterexamples from the definitions alone:
`python claims/check_counterexample.py FILE... [--networks 24] [--seed 0]`

Numpy and nothing of the project: networks are trained here by the gradient step as it is defined,
on draws of their own, of the same law, so that the file's seeds and margins are not used. Where d
is large the vectors of a network are drawn in a rotated frame: n independent N(0, I_d) vectors are,
but for a rotation, the rows of a triangular matrix with normals below its diagonal and chi with d,
d - 1, ... degrees of freedom on it. Neither training nor fresh noise tells one frame from another.

Test errors are means over fresh noise, known to four standard errors. A network fails where it does
so whatever its test error is within these; the statement fails where the share of such networks is,
with 99% confidence, above the one allowed.

Exit code 0: every file refutes its statement; 1: some does not; 2: a file cannot be read, or is of
a kind that is not supported, which is said.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Regime = dict[str, Any]
#: A margin in nats, at least and at most: below 0 the network fails.
Margin = tuple[float, float]

FORMAT = "transfer-claims-counterexample", 2
#: Up to so many dimensions vectors are drawn in R^d itself.
EXPLICIT = 500
#: Draws of fresh noise that a test error is a mean over, and standard errors it is known to.
DRAWS, ERRORS = 2**16, 4.0
#: Of a regime on the edge of a hypothesis.
ROUNDING = 1e-9
FIELDS = (
    *("u", "v1", "v2", "cos_v", "sigma1", "sigma2", "sigma0", "eta1", "eta2"),
    *("n1", "n2", "d", "m", "inherited", "steps1", "steps2"),
)
UNSUPPORTED = (
    "supported are statements about test errors (theorem-4.2.error-*, proposition-4.4.1*,"
    " m2.equal-steps*, m3.samples*, m3.noise*), losses (f3.diverges) and coefficients"
    " (lemma-a1.gamma*, m7.lazy.orders*, m7.lazy.coefficients) in one regime; not those about many"
    " regimes at once, about formulas, about the links of a proof, or that one of several"
    " statements fails where a clause is dropped"
)


class RefusedError(ValueError):
    """A file that is not checked: says why."""


# Drawing and training -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """A training set: the signal, noise patches (N, dim), labels, step size and steps."""

    signal: Array
    noise: Array
    labels: Array
    eta: float
    steps: int


@dataclass(frozen=True)
class Run:
    """One network, trained: the first axis of each counts steps, from 0 to T."""

    loss: Array
    gamma: Array  # gamma_u + gamma_k of every filter, (T + 1, 2m)
    own: Array  # sum_i rho-bar of every filter, (T + 1, 2m)
    weights: dict[int, Array]  # (2m, dim) at the steps asked for, and after the last


class Draws:
    """Independent N(0, I_d) vectors, in one frame: three coordinates hold u, v_1 and v_2."""

    def __init__(self, rng: np.random.Generator, d: int, most: int) -> None:
        self.rng, self.rest, self.drawn = rng, d - 3, 0
        self.explicit = self.rest <= max(EXPLICIT, most)
        self.dim = 3 + (self.rest if self.explicit else most)

    def normal(self, count: int) -> Array:
        """So many further vectors: (count, dim)."""
        vectors = np.zeros((count, self.dim))
        vectors[:, :3] = self.rng.standard_normal((count, 3))
        for vector in vectors:
            below = self.rest if self.explicit else self.drawn
            vector[3 : 3 + below] = self.rng.standard_normal(below)
            if not self.explicit:
                vector[3 + below] = math.sqrt(self.rng.chisquare(self.rest - below))
            self.drawn += 1
        return vectors


def signal(regime: Regime, k: int) -> Array:
    """u + v_k, in the three coordinates."""
    sine = math.sqrt(1 - regime["cos_v"] ** 2)
    towards = np.array([[0.0, 1.0, 0.0], [0.0, regime["cos_v"], sine]][k - 1])
    return np.asarray(np.array([regime["u"], 0.0, 0.0]) + regime[f"v{k}"] * towards)


def off_signals(vectors: Array, regime: Regime, k: int) -> Array:
    """Vectors less their parts along u and v_k: P_k times each."""
    result = vectors.copy()
    along_v = signal(regime, k) - np.array([regime["u"], 0.0, 0.0])
    for length, line in ((regime["u"], np.array([1.0, 0.0, 0.0])), (regime[f"v{k}"], along_v)):
        if length > 0:
            unit = line / np.linalg.norm(line)
            result[:, :3] -= np.outer(result[:, :3] @ unit, unit)
    return result


def task(regime: Regime, k: int, draws: Draws) -> Task:
    """A training set of task k."""
    labels = draws.rng.choice([-1.0, 1.0], regime[f"n{k}"])
    noise = regime[f"sigma{k}"] * off_signals(draws.normal(regime[f"n{k}"]), regime, k)
    whole = np.concatenate([signal(regime, k), np.zeros(draws.dim - 3)])
    return Task(whole, noise, labels, regime[f"eta{k}"], regime[f"steps{k}"])


def train(start: Array, data: Task, keep: tuple[int, ...] = ()) -> Run:
    """Full-batch gradient descent on the logistic loss, from `start` (2m, dim)."""
    m, n = len(start) // 2, len(data.labels)
    j = np.repeat([1.0, -1.0], m)
    own = j[:, None] == data.labels
    weights, gamma, rho = start.copy(), np.zeros(2 * m), np.zeros((2 * m, n))
    losses, gammas, sums, kept = [], [], [], {}
    for t in range(data.steps + 1):
        on_signal = np.outer(weights @ data.signal, data.labels)
        on_noise = weights @ data.noise.T
        output = j @ (np.maximum(on_signal, 0) + np.maximum(on_noise, 0)) / m
        losses.append(np.logaddexp(0, -data.labels * output).mean())
        gammas.append(gamma.copy())
        sums.append(np.where(own, rho, 0.0).sum(1))
        if t in keep or t == data.steps:
            kept[t] = weights.copy()
        pull = data.eta / (n * m) * np.exp(-np.logaddexp(0, data.labels * output))
        by_signal = ((on_signal > 0) * pull).sum(1)
        by_noise = (on_noise > 0) * pull * data.labels * j[:, None]
        weights += np.outer(j * by_signal, data.signal) + by_noise @ data.noise
        gamma += by_signal * (data.signal @ data.signal)
        rho += by_noise * (data.noise**2).sum(1)
    return Run(np.array(losses), np.array(gammas), np.array(sums), kept)


@dataclass(frozen=True)
class Trial:
    """All draws of one network. What is downstream is drawn first: a change upstream keeps it."""

    regime: Regime
    downstream: Task
    upstream: Task
    fresh: Array
    start: Array
    rng: np.random.Generator  # of fresh noise

    def train_upstream(self) -> Run:
        """Task 1."""
        return train(self.start, self.upstream)

    def train_scratch(self, keep: tuple[int, ...] = ()) -> Run:
        """Task 2, from scratch."""
        return train(self.fresh, self.downstream, keep)

    def train_transfer(self, keep: tuple[int, ...] = ()) -> Run:
        """Task 2, the first filters of each sign inherited."""
        m, start = self.regime["m"], self.fresh.copy()
        trained = self.train_upstream().weights[self.upstream.steps]
        for first in (0, m):
            inherited = slice(first, first + self.regime["inherited"])
            start[inherited] = trained[inherited]
        return train(start, self.downstream, keep)

    def error(self, weights: Array) -> Margin:
        """ln of the test error downstream, at least and at most."""
        noise = self.regime["sigma2"] * off_signals(weights, self.regime, 2)
        return log_error(weights @ self.downstream.signal, noise, self.rng)


def trial(regime: Regime, seed: tuple[int, ...], **changed: Any) -> Trial:
    """The draws of a seed; `changed` fields, all upstream, keep those of downstream."""
    new = regime | changed
    rng, errors = (np.random.default_rng([*seed, stream]) for stream in (0, 1))
    draws = Draws(rng, new["d"], new["n1"] + new["n2"] + 4 * new["m"])
    downstream = task(new, 2, draws)
    fresh = new["sigma0"] * draws.normal(2 * new["m"])
    start = new["sigma0"] * draws.normal(2 * new["m"])
    return Trial(new, downstream, task(new, 1, draws), fresh, start, errors)


def log_error(on_signal: Array, noise: Array, rng: np.random.Generator) -> Margin:
    """ln P(y f(x) < 0) on a fresh example, from <w, s> and sigma P w of every filter.

    Fresh pre-activations are L g, with L L' the filters' Gram matrix, g normal in 2m dimensions.
    Half of the draws are moved towards where the noise outweighs the signal; each is weighed by the
    density that it should have over the one it had, at most 2.
    """
    count, m = len(on_signal), len(on_signal) // 2
    j = np.repeat([1.0, -1.0], m) / m
    lower = np.linalg.qr(noise.T)[1].T
    found = []
    for y in (1.0, -1.0):
        base = y * float(j @ np.maximum(y * on_signal, 0))
        towards = -y * (j @ lower) / np.linalg.norm(j @ lower)
        reach = -y * float(np.maximum(lower @ towards, 0) @ j)
        shift = max(base, 0.0) / reach if reach > 0 else 0.0
        g = rng.standard_normal((DRAWS // 2, count))
        g[::2] += shift * towards
        errs = base + y * (np.maximum(g @ lower.T, 0) @ j) < 0
        tilt = np.minimum(shift * (g @ towards) - shift**2 / 2, 700.0)
        found.append(errs * 2 / (1 + np.exp(tilt)))
    spread = ERRORS * math.hypot(*(one.std() for one in found)) / 2 / math.sqrt(DRAWS // 2)
    mean = float(np.mean(found))
    low, high = (math.log(end) if end > 0 else -math.inf for end in (mean - spread, mean + spread))
    return low, high


# What a regime is ---------------------------------------------------------------------------------


def quantities(r: Regime) -> dict[str, float]:
    """Section 2 of the paper's theory, as far as statements speak of it."""
    alpha, d = r["inherited"] / r["m"], r["d"]
    squares = {k: r["u"] ** 2 + r[f"v{k}"] ** 2 for k in (1, 2)}
    found = {"X": alpha * r["n1"] * r["sigma2"] ** 2 / (r["n2"] * r["sigma1"] ** 2)}
    for k in (1, 2):
        n, sigma = r[f"n{k}"], r[f"sigma{k}"]
        found[f"q_{k}"] = squares[k] / sigma**2
        found[f"h_{k}"] = r[f"eta{k}"] * sigma**2 * d / (n * r["m"])
        found[f"tau_{k}"] = n * found[f"q_{k}"] ** 2 / d
    learned = alpha**2 * r["n1"] * r["u"] ** 4 / (r["sigma1"] ** 2 * d)
    found["tau-A"] = learned / r["sigma1"] ** 2 + found["tau_2"]
    found["gamma"] = learned / r["sigma2"] ** 2 + found["tau_2"]
    found["gamma-printed"] = learned / r["sigma2"] ** 2 / r["u"] ** 2 + found["tau_2"]
    signals = alpha * r["n1"] * (r["u"] / r["sigma1"]) ** 2 + r["n2"] * found["q_2"]
    noises = alpha**2 * r["n1"] * (r["sigma2"] / r["sigma1"]) ** 2 + r["n2"]
    found["tau-D"] = signals**2 / (noises * d)
    return found


#: Condition 4.1's constants at which the statements are made.
CONSTANTS = {
    **{"dimension.signal": 1.0, "dimension.samples": 1.0, "width": 1.2, "fresh-width": 1.2},
    **{"samples": 3.0, "signal": 1.0, "initialisation": 2.0, "step": 2.0, "step.dimension": 0.005},
}


def spare(r: Regime, delta: float) -> dict[str, float]:
    """By what factor each clause of Condition 4.1 has room, in the worse of both tasks."""
    found, named = dict.fromkeys(CONSTANTS, math.inf), quantities(r)
    for k in (1, 2):
        n, d, m, q, h = r[f"n{k}"], r["d"], r["m"], named[f"q_{k}"], named[f"h_{k}"]
        steps, per_sample = math.log(max(r[f"steps{k}"], 2)), math.log(n / delta)
        largest = max(
            r[f"sigma{k}"] * d / math.sqrt(n), math.sqrt(math.log(m / delta) * q) * r[f"sigma{k}"]
        )
        slacks = {
            "dimension.signal": d / (n * q * steps),
            "dimension.samples": d / (n**2 * math.log(4 * n**2 / delta) * steps**2),
            "width": m / per_sample,
            "fresh-width": (m - r["inherited"]) / per_sample,
            "samples": n / math.log(m / delta),
            "signal": q / per_sample,
            "initialisation": 1 / (r["sigma0"] * largest),
            "step": 1 / h,
            "step.dimension": n * math.sqrt(per_sample) / (h * math.sqrt(d)),
        }
        found = {name: min(found[name], slacks[name] / CONSTANTS[name]) for name in CONSTANTS}
    return found


# Statements ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """What one network is held to, and where."""

    margin: Callable[[Regime, tuple[int, ...]], Margin]
    hypotheses: tuple[tuple[str, float, float, float], ...] = ()  # name, least, value, most
    without: tuple[str, ...] = ()  # clauses that it drops


def both(first: Margin, second: Margin) -> Margin:
    """The margin of a conjunction."""
    return min(first[0], second[0]), min(first[1], second[1])


def less(first: Margin, second: Margin) -> Margin:
    """That the first test error is less than the second."""
    return second[0] - first[1], second[1] - first[0]


def at_most(error: Margin, bound: float) -> Margin:
    """That an error is at most exp(bound)."""
    return bound - error[1], bound - error[0]


def at_least(error: Margin, bound: float) -> Margin:
    """That an error is at least exp(bound)."""
    return error[0] - bound, error[1] - bound


def curve(h: float, steps: int) -> Array:
    """x_t at t = 1, ..., T: the root of x + e^x = ht/2 + 1, by Newton's method from above."""
    reach = h / 2 * np.arange(1, steps + 1)
    x = np.log1p(reach)
    for _ in range(60):
        x = x - (x + np.exp(x) - reach - 1) / (1 + np.exp(x))
    return np.asarray(x, dtype=np.float64)


def transfer_error(r: Regime, seed: tuple[int, ...]) -> Margin:
    """ln of the test error after transfer."""
    one = trial(r, seed)
    return one.error(one.train_transfer().weights[r["steps2"]])


def theorem_4_2(record: dict[str, Any]) -> Statement:
    """error <= exp(-criterion/C_2) above C_1, or >= 0.1 below C_3, in one reading."""
    upper, kind, reading = re.fullmatch(
        r"theorem-4\.2\.error-(upper|lower)(-restricted|-balanced)?\.(.+)", record["claim"]
    ).groups()  # type: ignore[union-attr]
    named, known = quantities(record["regime"]), record["constants"]
    in_words = re.search(r"as (?:large|small) as ([\d.]+)", record["statement"])
    extreme = float(in_words[1].rstrip(".")) if in_words else math.nan

    def constant(symbol: str, otherwise: float) -> float:
        return float(known.get(f"theorem-4.2.{reading}.{symbol}", otherwise))

    hypotheses = [("X", 0.0, named["X"], known.get("theorem-4.2.C_4", math.inf))]
    criterion, r = named[reading], record["regime"]
    if kind == "-balanced":
        hypotheses.append(("N1/N2", 1 / 3, r["n1"] / r["n2"], 3.0))
    if upper == "lower":
        c_3 = constant("C_3-restricted" if kind == "-restricted" else "C_3", extreme)
        hypotheses.append((reading, 0.0, criterion, c_3))
        return Statement(
            lambda r, seed: at_least(transfer_error(r, seed), math.log(0.1)), tuple(hypotheses)
        )
    c_2 = constant("C_2", extreme)
    c_1 = constant("C_1", 0.0 if kind == "-restricted" else extreme)
    hypotheses.append((reading, c_1, criterion, 45.0 if kind == "-restricted" else math.inf))
    hypotheses.append(("N1", 20.0 if in_words else 40.0, r["n1"], math.inf))
    return Statement(
        lambda r, seed: at_most(transfer_error(r, seed), -criterion / c_2), tuple(hypotheses)
    )


def proposition_4_4(record: dict[str, Any]) -> Statement:
    """Scratch errs at least 0.1, transfer at most exp(-(tau_A + tau_2)/C_2)."""
    named, known = quantities(record["regime"]), record["constants"]
    bound = -named["tau-A"] / known["theorem-4.2.tau-A.C_2"]

    def margin(r: Regime, seed: tuple[int, ...]) -> Margin:
        one, last = trial(r, seed), r["steps2"]
        scratch, after = one.train_scratch().weights[last], one.train_transfer().weights[last]
        return both(at_least(one.error(scratch), math.log(0.1)), at_most(one.error(after), bound))

    least = known.get("theorem-4.2.tau-A.C_1", 0.0)
    most = 45.0 if record["claim"].endswith("restricted") else math.inf
    hypotheses = (
        ("tau_2", 0.0, named["tau_2"], known["theorem-4.3.C_3"]),
        ("tau-A", least, named["tau-A"], most),
        ("X", 0.0, named["X"], known["theorem-4.2.C_4"]),
    )
    return Statement(margin, hypotheses)


def head_start(record: dict[str, Any]) -> Statement:
    """Transfer errs less than scratch after training, and at the file's step."""
    steps = (record.get("step") or 0, record["regime"]["steps2"])

    def margin(r: Regime, seed: tuple[int, ...]) -> Margin:
        one = trial(r, seed)
        scratch, after = one.train_scratch(steps).weights, one.train_transfer(steps).weights
        found = [less(one.error(after[t]), one.error(scratch[t])) for t in steps]
        return both(*found)

    x = quantities(record["regime"])["X"]
    return Statement(margin, (("X", 0.0, x, record["constants"]["theorem-4.2.C_4"]),))


def more_upstream(record: dict[str, Any]) -> Statement:
    """Transfer errs less with four times the samples, or half the noise, and h_1 as it was."""

    def margin(r: Regime, seed: tuple[int, ...]) -> Margin:
        more: Regime = {"n1": 4 * r["n1"], "eta1": 4 * r["eta1"]}
        if record["claim"].startswith("m3.noise"):
            more = {"sigma1": r["sigma1"] / 2, "eta1": 4 * r["eta1"]}
        found = [
            one.error(one.train_transfer().weights[r["steps2"]])
            for one in (trial(r, seed), trial(r, seed, **more))
        ]
        return less(found[1], found[0])

    x = quantities(record["regime"])["X"]
    return Statement(margin, (("X", 0.0, x, record["constants"]["theorem-4.2.C_4"]),))


def diverges(record: dict[str, Any]) -> Statement:
    """The mean loss of the run's second half is above a tenth of the first loss."""

    def margin(r: Regime, seed: tuple[int, ...]) -> Margin:
        loss = trial(r, seed).train_scratch().loss
        nats = math.log(loss[len(loss) // 2 :].mean() / (0.1 * loss[0]))
        return nats, nats

    named = quantities(record["regime"])
    steps = tuple((f"h_{k}", 20.0, named[f"h_{k}"], 200.0) for k in (1, 2))
    return Statement(margin, steps, ("step", "step.dimension"))


def exponent(record: dict[str, Any]) -> Statement:
    """gamma's exponent in x_t, over the later half of the run in ln t, is near the one stated."""
    stated = -1.0 if record["claim"].endswith(".printed") else 1.0

    def margin(r: Regime, seed: tuple[int, ...]) -> Margin:
        gamma = trial(r, seed).train_upstream().gamma[1:]
        x, half = curve(quantities(r)["h_1"], r["steps1"]), round(math.sqrt(r["steps1"])) - 1
        slopes = np.log(gamma[-1] / gamma[half]) / math.log(x[-1] / x[half])
        nats = 0.5 - float(np.abs(slopes - stated).max())
        return nats, nats

    return Statement(margin)


def orders(record: dict[str, Any]) -> Statement:
    """Lemma A.1(b) at every step and in every filter; or that it fails."""
    known = record["constants"]
    c_1, c_2, c_3, c_4 = (known[f"lemma-a1.c_{i}"] for i in (1, 2, 3, 4))
    fails = record["claim"].endswith("coefficients")

    def margin(r: Regime, seed: tuple[int, ...]) -> Margin:
        run, named = trial(r, seed).train_upstream(), quantities(r)
        x = curve(named["h_1"], r["steps1"])[:, None]
        signals = run.gamma[1:] / (r["n1"] * named["q_1"] / r["d"] * x)
        noises = run.own[1:] / (r["n1"] * x)
        with np.errstate(divide="ignore"):
            ends = signals.min() / c_1, c_2 / signals.max(), noises.min() / c_3, c_4 / noises.max()
            nats = float(np.log(min(ends)))
        return (-nats, -nats) if fails else (nats, nats)

    times = 1 / spare(record["regime"], record["delta"])["initialisation"]
    most = 1e5 if fails else 3e3 if record["claim"].endswith("samples") else 1e4
    hypothesis = ("sigma_0 over the largest allowed", 1e3, times, most)
    return Statement(margin, (hypothesis,), ("initialisation",))


SUPPORTED: tuple[tuple[str, Callable[[dict[str, Any]], Statement]], ...] = (
    (r"theorem-4\.2\.error-(upper|lower)(-restricted|-balanced)?\.[a-zA-Z-]+", theorem_4_2),
    (r"proposition-4\.4\.1(\.restricted)?", proposition_4_4),
    (r"m2\.equal-steps(\.close)?", head_start),
    (r"m3\.(samples|noise)(\.aligned)?", more_upstream),
    (r"f3\.diverges", diverges),
    (r"lemma-a1\.gamma(\.printed)?", exponent),
    (r"m7\.lazy\.(orders(\.samples)?|coefficients)", orders),
)


# Checking -----------------------------------------------------------------------------------------


def interval(failed: int, of: int, confidence: float = 0.99) -> tuple[float, float]:
    """Clopper and Pearson's, of a share."""
    logs = [
        math.lgamma(of + 1) - math.lgamma(k + 1) - math.lgamma(of - k + 1) for k in range(of + 1)
    ]

    def at_least(k: int, p: float) -> float:
        """P(k or more)."""
        return sum(
            math.exp(logs[i] + i * math.log(p) + (of - i) * math.log1p(-p))
            for i in range(k, of + 1)
        )

    def root(k: int, tail: float) -> float:
        """The share at which k or more have this probability."""
        low, high = 1e-12, 1 - 1e-12
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if at_least(k, middle) < tail else (low, middle)
        return (low + high) / 2

    tail = (1 - confidence) / 2
    return (
        0.0 if failed == 0 else root(failed, tail),
        1.0 if failed == of else root(failed + 1, 1 - tail),
    )


def check(record: dict[str, Any], networks: int, seed: int) -> Iterator[str | bool]:
    """Lines that say what is found, and last whether the statement fails."""
    regime, statement = record["regime"], supported(record)
    yield f"{record['claim']}: {record['statement']}"
    yield "  in the regime " + ", ".join(f"{name} = {regime[name]:.5g}" for name in FIELDS)
    kept = {n: x for n, x in spare(regime, 0.05).items() if n not in statement.without}
    tightest = min(kept, key=kept.__getitem__)
    dropped = f" but for {' and '.join(statement.without)}" if statement.without else ""
    where = [(f"Condition 4.1{dropped}, room in {tightest}", 1.0, kept[tightest], math.inf)]
    holds = True
    for name, least, value, most in (*where, *statement.hypotheses):
        inside = least * (1 - ROUNDING) <= value <= most * (1 + ROUNDING)
        holds = holds and inside
        holding = "yes" if inside else "NO"
        yield f"  {name} = {value:.5g}, within {least:.5g} to {most:.5g}: {holding}"
    margins = [statement.margin(regime, (seed, k)) for k in range(networks)]
    failed = sum(not high >= 0 for _, high in margins)
    possibly = sum(not low >= 0 for low, _ in margins)
    low, high = interval(failed, networks)
    yield (
        f"  {failed} of {networks} networks fail (up to {possibly} within the error of"
        f" measurement): a share of {low:.3g} to {high:.3g} (99%), at most {record['delta']:g} may"
    )
    fails = holds and low > record["delta"]
    why = "" if holds else ": the regime is outside its hypotheses"
    yield f"  the statement {'fails' if fails else 'is not shown to fail'}{why}"
    yield fails


def supported(record: dict[str, Any]) -> Statement:
    """What is to be checked. Raises `RefusedError`."""
    for pattern, statement in SUPPORTED:
        if record["regime"] is not None and re.fullmatch(pattern, record["claim"]):
            try:
                return statement(record)
            except KeyError as missing:
                raise RefusedError(f"{record['claim']}: has no {missing}") from None
    raise RefusedError(f"{record['claim']} is not supported: {UNSUPPORTED}")


def read(path: Path) -> dict[str, Any]:
    """A file's record, its fields of the right kind. Raises `RefusedError`."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if (record["format"], record["version"]) != FORMAT:
            raise RefusedError(f"must be {FORMAT[0]}, version {FORMAT[1]}")
        same = {name: record[name] for name in ("claim", "statement", "constants", "regime")}
        regime = record["regime"]
        numbers = [*record["constants"].values(), *(regime[name] for name in FIELDS if regime)]
        if not all(isinstance(x, int | float) and math.isfinite(x) for x in numbers):
            raise RefusedError("constants and fields of the regime must be finite numbers")
        return same | {"delta": float(record.get("delta", 0.05)), "step": record.get("step")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RefusedError(f"{path}: {error or type(error).__name__}") from None


def main(arguments: list[str] | None = None) -> int:
    """Check files; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--networks", type=int, default=24, help="to train of each (24)")
    parser.add_argument("--seed", type=int, default=0, help="of their draws (0)")
    asked, code = parser.parse_args(arguments), 0
    if asked.networks < 1 or asked.seed < 0:
        parser.error("--networks must be at least 1, --seed at least 0")
    for path in asked.files:
        try:
            for said in check(read(path), asked.networks, asked.seed):
                if isinstance(said, bool):
                    code = max(code, 0 if said else 1)
                else:
                    print(said, flush=True)
        except RefusedError as error:
            print(error, file=sys.stderr)
            code = 2
    return code


if __name__ == "__main__":
    sys.exit(main())

"""The model's two tasks, seen in two sets of images with several classes each [D].

A task of the model has two classes and a signal s of mean zero: an example is y s + noise. Images
have K classes. So every pair of classes is taken as such a task, a contrast: one class has y = 1,
the other y = -1, the midpoint of their means is subtracted, and s is half of their difference. What
is averaged over all K (K - 1)/2 contrasts of the target stands for the target.

Source and target have no class in common, so that nothing says which contrast of the source a
contrast of the target is to be compared with. It is compared with the one that is most like it, in
whichever order of its two classes: of all that a source network has learned, that helps most. The
choice is made on one half of the examples and the comparison on the other, and then the halves
change places: what is alike by chance alone is not alike again.

From there on it is `advise --source --target`: norms, the shared signal <s_1, s_2> and noise levels
come from `claims.predicting.estimation`. But images' noise is not equally large in all directions.
With covariance C, what it does to an error goes by tr C^2, which is (tr C)^2/d where it is equally
large in d of them: so d is (tr C)^2/tr C^2 of the target's noise, and both noise levels are
measured by it.

What is foretold is then the law's error at tau_2, from scratch, less that at tau_D, where all is
inherited. The law's other scales (steps, filters, initial weights) have no counterpart in a deep
network, and are left at the limit in which the error depends on tau alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from claims.core import quantities
from claims.predicting import law
from claims.predicting.estimation import estimate
from model.regime import SIGNAL_COORDINATES, Regime, RegimeError

Array = NDArray[np.float64]
#: Examples of each class that are needed: two in each half.
_FEWEST = 4
#: A shared square that comes out negative is taken to be this share of the target's.
_LEAST = 1e-9


@dataclass(frozen=True)
class Labelled:
    """Examples of several classes."""

    features: Array  # (n, dimensions)
    labels: NDArray[np.int64]  # (n,), from 0

    @property
    def classes(self) -> int:
        """How many."""
        return int(self.labels.max()) + 1


@dataclass(frozen=True)
class Contrast:
    """What a contrast of the target and the source's most like it show, on average."""

    signal_1: float  # ||s_1||^2
    signal_2: float
    shared: float  # <s_1, s_2>
    noise_1: float  # tr C of the source: its noise level's square, times d
    noise_2: float
    dimension: float  # d


@dataclass(frozen=True)
class Forecast:
    """What is foretold of inheriting everything."""

    gain: float  # points of accuracy of a contrast, over scratch
    tau_2: float
    tau_D: float  # noqa: N815  # the paper's symbol
    shared: float  # ||u||^2/||s_2||^2: the share of the target's signal that is shared
    noise: float  # sigma_1/sigma_2
    dimension: float


def forecast(source: Labelled, target: Labelled, n1: int, n2: int) -> Forecast:
    """From samples of both tasks, of which the source network learns from `n1` images in all, and
    the target network from `n2`.

    Raises RegimeError for a class with fewer than four examples.
    """
    contrast = seen(source, target)
    # of a contrast: two classes' images
    regime = believed(contrast, 2 * n1 // source.classes, 2 * n2 // target.classes)
    named = quantities.catalogue()
    tau_2, tau_D = named["tau_2"](regime), named["tau_D"](regime)
    return Forecast(
        gain=100 * (error(tau_2) - error(tau_D)),
        tau_2=tau_2,
        tau_D=tau_D,
        shared=regime.u**2 / (regime.u**2 + regime.v2**2),
        noise=regime.sigma1 / regime.sigma2,
        dimension=contrast.dimension,
    )


def error(tau: float) -> float:
    """The law's test error at this signal to noise, 1/2 where there is no signal."""
    return math.exp(law.closed_form_log_error(tau, law.ROUNDED))


def believed(contrast: Contrast, n1: int, n2: int) -> Regime:
    """The regime that a contrast makes believe, all filters inherited; steps and initialisation
    are nominal.
    """
    d = max(SIGNAL_COORDINATES + 1, round(contrast.dimension))
    least = _LEAST * contrast.signal_2
    shared = min(max(contrast.shared, least), contrast.signal_1, contrast.signal_2)
    return Regime(
        u=math.sqrt(shared),
        v1=math.sqrt(contrast.signal_1 - shared),
        v2=math.sqrt(contrast.signal_2 - shared),
        cos_v=0.0,
        sigma1=math.sqrt(contrast.noise_1 / d),
        sigma2=math.sqrt(contrast.noise_2 / d),
        n1=n1,
        n2=n2,
        d=d,
        m=1,
        inherited=1,
        eta1=1e-3,
        eta2=1e-3,
        steps1=1,
        steps2=1,
        sigma0=1e-6,
    )


def seen(source: Labelled, target: Labelled) -> Contrast:
    """What samples of both tasks show. Raises RegimeError for a class with fewer than four
    examples.
    """
    ours, theirs = _halves("target", target), _halves("source", source)
    columns = [
        _compared(theirs[chosen], theirs[other], ours[chosen], ours[other])
        for chosen, other in ((0, 1), (1, 0))
    ]
    signal_1, signal_2, shared, noise_1, noise_2 = np.concatenate(columns, axis=1).mean(1)
    return Contrast(
        float(signal_1),
        float(signal_2),
        float(shared),
        float(noise_1),
        float(noise_2),
        effective_dimension(target),
    )


def effective_dimension(data: Labelled) -> float:
    """(tr C)^2/tr C^2 of the noise within classes: in how many directions it is large.

    From differences of two examples of a class, which are all independent: tr C by their squares,
    tr C^2 by the squares of their inner products.
    """
    differences = np.concatenate(
        [
            (own[: len(own) // 2] - own[len(own) // 2 : len(own) // 2 * 2]) / math.sqrt(2)
            for own in (data.features[data.labels == label] for label in range(data.classes))
        ]
    )
    products, count = differences @ differences.T, len(differences)
    trace = float(np.trace(products)) / count
    square = float((products**2).sum() - (np.diag(products) ** 2).sum()) / (count * (count - 1))
    return trace**2 / square


def _halves(name: str, data: Labelled) -> tuple[Array, Array]:
    """As many examples of each class, one after the other: (classes, n, dimensions), twice."""
    by_class = [data.features[data.labels == label] for label in range(data.classes)]
    fewest = min(map(len, by_class))
    if fewest < _FEWEST or data.classes < 2:
        raise RegimeError(
            name, fewest, f"must hold {_FEWEST} examples or more of each of two classes or more"
        )
    count = fewest // 2
    first, second = (np.stack([own[start : 2 * count : 2] for own in by_class]) for start in (0, 1))
    return first, second


def _compared(chosen_1: Array, other_1: Array, chosen_2: Array, other_2: Array) -> Array:
    """Norms, shared signal and noise of each contrast of the target and the one of the source that
    is most like it on the chosen half, on the other: (5, contrasts).
    """
    likeness = _signals(chosen_2) @ _signals(chosen_1).T
    best = np.abs(likeness).argmax(1)
    signs = np.sign(likeness[np.arange(len(best)), best])[:, None, None]
    # y changes with the order of the two classes
    source, target = signs * _examples(other_1)[best], _examples(other_2)
    found = estimate(source, target, (1, 1))  # of rank 1: sigma^2 is tr C
    signal_1, noise_1 = _uncentred(found.signal_1, found.sigma_1**2, source.shape[1])
    signal_2, noise_2 = _uncentred(found.signal_2, found.sigma_2**2, target.shape[1])
    return np.stack([signal_1, signal_2, found.shared, noise_1, noise_2])


def _uncentred(square: Array, noise: Array, n: int) -> tuple[Array, Array]:
    """||s||^2 and tr C of n examples, of which the midpoint was subtracted that they showed
    themselves: it takes one more degree of freedom from the noise, and adds to the signal
    tr C/(n (n - 1)).
    """
    whole = noise * (n - 1) / (n - 2)
    return np.maximum(square - whole / (n * (n - 1)), _LEAST * square), whole


def _pairs(data: Array) -> list[tuple[int, int]]:
    return list(combinations(range(len(data)), 2))


def _signals(data: Array) -> Array:
    """s of each contrast: (contrasts, dimensions)."""
    means = data.mean(1)
    return np.stack([(means[a] - means[b]) / 2 for a, b in _pairs(data)])


def _examples(data: Array) -> Array:
    """y times the centred examples of each contrast: (contrasts, n, dimensions)."""
    means = data.mean(1)
    shown = []
    for a, b in _pairs(data):
        centre = (means[a] + means[b]) / 2
        shown.append(np.concatenate([data[a] - centre, centre - data[b]]))
    return np.stack(shown)

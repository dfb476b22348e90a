"""E6: other vectors with the same inner products."""

from __future__ import annotations

import torch

from claims.observing.facts.difference import Difference, relative
from model.engines import tangent
from model.regime import Regime
from model.sampling import Sample, Seeds, sample


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

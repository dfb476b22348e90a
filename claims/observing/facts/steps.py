"""E1: gradient descent written out, beside autograd's."""

from __future__ import annotations

from claims.observing.facts.difference import Difference, relative, result, run_gap
from model.engines.autograd import Trainer, closed_form_step
from model.regime import Regime
from model.sampling import Seeds, sample
from model.transfer import run_on


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
    return result(seeds.count, *gaps)


def autograd_trial(regime: Regime, seeds: Seeds, trainer: Trainer) -> Difference:
    """Compare whole runs, upstream, scratch and transfer, in coefficient space and by autograd."""
    draw = sample(regime, seeds, "explicit")
    fast, slow = run_on(regime, seeds, draw), run_on(regime, seeds, draw, engine=trainer.descend)
    return result(
        6 * seeds.count,
        *(
            run_gap(getattr(fast, name), getattr(slow, name))
            for name in ("upstream", "scratch", "transfer")
        ),
    )

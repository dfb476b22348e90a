"""E1: gradient descent, written out.

It holds in every regime, to rounding error: its domain is small regimes of every kind, inside
Condition 4.1 or not. One failing seed falsifies.

Derivation [D]: it writes out the derivative of the loss.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from claims.core.claim import Claim, Mutant
from claims.core.versions import replanted
from claims.observing import mutants as planted
from claims.observing.facts import steps
from claims.observing.facts.difference import FACT, RUN_TOLERANCE, STEP_TOLERANCE, within
from model.engines.autograd import Trainer


def _dynamics(function: Callable[..., Any]) -> tuple[Mutant, ...]:
    errors: tuple[tuple[str, str, Trainer], ...] = (
        ("bias", "the network has a trained bias", planted.Biased()),
        ("width-missing", "F_j lacks its 1/m", planted.WidthMissing()),
        (
            "summed-first",
            "margins are averaged over samples before back-propagation",
            planted.SummedFirst(),
        ),
        (
            "default-initialisation",
            "filters start from the default initialisation of a linear layer",
            planted.DefaultInitialisation(),
        ),
        ("square-loss", "squared error in place of the logistic loss", planted.SquareLoss()),
    )
    return tuple(
        replanted(name, error, function, trainer=trainer) for name, error, trainer in errors
    )


CLAIMS = (
    Claim(
        id="e1.step",
        title="The closed-form gradient step is autograd's",
        source="E1",
        statement="One step of gradient descent, written out, moves every filter as autograd does.",
        latex=(
            r"w_{j,r}^{t+1}=w_{j,r}^t-\frac{\eta}{Nm}\sum_i \ell'_i\, j y_i\big[\mathbf 1\{\langle"
            r" w,y_i "
            r"s\rangle>0\}\,y_i s+\mathbf 1\{\langle w,\xi_i\rangle>0\}\,\xi_i\big]"
        ),
        observe=partial(steps.autograd_steps, trainer=Trainer()),
        margin=within(STEP_TOLERANCE),
        mutants=tuple(v for v in _dynamics(steps.autograd_steps) if v.name != "bias"),
        **FACT,
    ),
    Claim(
        id="e1.trajectory",
        title="Coefficient space follows autograd",
        source="E1",
        statement=(
            "Whole runs, upstream, from scratch and after transfer, have the same losses and"
            " weights in coefficient space as by autograd in R^d."
        ),
        latex=r"Z^{t+1}=Z^t+G^tK\quad\Leftrightarrow\quad W^{t+1}=W^t-\eta\nabla L(W^t)",
        observe=partial(steps.autograd_trial, trainer=Trainer()),
        margin=within(RUN_TOLERANCE),
        uses={"e1.step": "a run is its steps"},
        mutants=_dynamics(steps.autograd_trial),
        **FACT,
    ),
)

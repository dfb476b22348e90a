"""What τ_D says of each factor of the real-image tier: the direction in which it moves transfer, in
two nominal regimes of the theory.

Images have no ‖u‖ and no σ_2 that anybody knows, so only directions are meant. Source noise σ, in
units of an image's own standard deviation, adds to what noise there is: σ_1² = σ_2² (1 + σ²).
Mismatch takes its share out of the universal signal, which each task gets back as a signal of its
own.
"""

from __future__ import annotations

import math

from claims.core.quantities import catalogue
from claims.observing.accuracies import BASE_NOISE, BASE_SAMPLES, BASE_SHARE
from model.regime import Regime
from model.scales import dimension

#: ‖s_k‖²/σ_2².
SIGNAL = 8.0
#: Y, the target's signal against the universal one, where nothing is mismatched: half of a signal
#: is universal, or an eighth.
Y = (2.0, 8.0)
#: Filters of each sign: finer than a share is drawn.
_FILTERS = 6000


def regime(
    n2: int,
    y: float,
    *,
    n1: int = BASE_SAMPLES,
    sigma: float = BASE_NOISE,
    share: float = BASE_SHARE,
    far: float = 0.0,
) -> Regime:
    """A nominal regime at these factors; training from scratch sits at τ_2 = 1. `far` is a share,
    from 0 to 1.
    """
    universal = SIGNAL / y * (1 - far)
    own = math.sqrt(SIGNAL - universal)
    return Regime(
        u=math.sqrt(universal),
        v1=own,
        v2=own,
        cos_v=0.0,
        sigma1=math.sqrt(1 + sigma**2),
        sigma2=1.0,
        n1=n1,
        n2=n2,
        d=round(dimension(1.0, samples=n2, signal_to_noise=SIGNAL)),
        m=_FILTERS,
        inherited=round(_FILTERS * share),
        eta1=1e-3,
        eta2=1e-3,
        steps1=1,
        steps2=1,
        sigma0=1e-6,
    )


def advantage(regime: Regime) -> float:
    """τ_D / τ_2: above 1 transfer helps, below it hurts."""
    known = catalogue()
    return known["tau_D"](regime) / known["tau_2"](regime)

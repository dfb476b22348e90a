"""Accuracies of the sharp law, declared before the networks that decide them were trained."""

from __future__ import annotations

#: Declared accuracies, root mean square over regimes.
SHARE, SCRATCH, TRANSFER = 0.03, 0.01, 0.02
#: Of regimes in which transfer's and scratch's errors differ beyond doubt, the share whose sign the
#: law gives.
SIGN = 0.85
#: Mean cost, in test error, of following an advice on alpha.
REGRET_LAW, REGRET_STAR = 0.003, 0.02

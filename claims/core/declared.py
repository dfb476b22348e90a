"""Accuracies of the sharp law, declared before the networks that decide them were trained."""

from __future__ import annotations

#: Declared accuracies, which two of three random regimes do not exceed.
SHARE, SCRATCH, TRANSFER = 0.03, 0.01, 0.02
#: Of regimes in which transfer's and scratch's errors differ beyond doubt, the share whose sign the
#: law gives.
SIGN = 0.85
#: What following an advice on alpha costs at most in two of three random regimes, in test error.
REGRET_LAW, REGRET_STAR = 0.003, 0.02

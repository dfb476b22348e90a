"""X, Y, alpha and N_2/N_1 as symbols, and tau_D in them, for `claims.beyond.criterion_algebra`."""

from __future__ import annotations

import sympy as sp

X, Y, alpha, C, w, k = sp.symbols("X Y alpha C w k", positive=True)
#: tau_D/tau_2.
RATIO = (1 + X / Y) ** 2 / (1 + alpha * X)
#: tau_D/(tau_A + tau_2), with w = X/Y and k = N_2/N_1.
RHO = (1 + w) ** 2 / ((1 + alpha * X) * (1 + k * w**2))

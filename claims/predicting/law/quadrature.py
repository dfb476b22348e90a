"""Nodes on which the law's integrals are taken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
NODES, _RAW = (a for a in special.roots_hermitenorm(48))
WEIGHTS = _RAW / _RAW.sum()
GRID = np.linspace(-9.0, 9.0, 4001)
#: No error is called less likely than this.
LEAST_ERROR = 1e-12

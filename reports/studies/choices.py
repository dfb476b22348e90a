"""What commands let one choose, by name."""

from __future__ import annotations

from typing import Literal

ProfileName = Literal["quick", "ci", "nightly"]
Engine = Literal["law", "gram", "autograd"]
ExecutorName = Literal["here", "processes", "dask"]
#: Fixes every draw where nothing else is asked for: the paper's number.
CI_ENTROPY = 2509_22056

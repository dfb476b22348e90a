"""Loops compiled to machine code: IEEE arithmetic in the order written, so the same numbers on
every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

_P = ParamSpec("_P")
_R = TypeVar("_R")


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile at the first call, and keep the result beside the source; the plain function stays as
    its `py_func`.
    """
    return cast(
        "Callable[_P, _R]", numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    )

"""Loops compiled to machine code: IEEE arithmetic in the order written, so the same numbers on
every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, update_wrapper
from typing import Any, Generic, ParamSpec, TypeAlias, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


class Compiled(Generic[_P, _R]):
    """A function that is compiled at its first call; the plain one stays as `py_func`. Compiled
    functions may call each other.
    """

    def __init__(self, function: Callable[_P, _R]) -> None:
        update_wrapper(self, function)
        self.py_func = function

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]  # the same IEEE arithmetic: infinities without a word
            with np.errstate(all="ignore"):
                return self.py_func(*args, **kwargs)
        return cast("_R", self._dispatcher(*args, **kwargs))

    def __reduce__(self) -> str:
        """By name, as functions are pickled."""
        return self.py_func.__qualname__

    @cached_property
    def _dispatcher(self) -> Any:
        try:
            return numba.njit(cache=True, **_OPTIONS)(self.py_func)
        except RuntimeError:  # no folder that it may write, where results could be kept
            return numba.njit(**_OPTIONS)(self.py_func)

    @property
    def _numba_type_(self) -> Any:
        """What numba asks where a compiled function calls this one."""
        return self._dispatcher._numba_type_


def compiled(function: Callable[_P, _R]) -> Compiled[_P, _R]:
    """Compile at the first call, and keep the result beside the source, if that can be written."""
    return Compiled(function)

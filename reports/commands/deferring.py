"""Large libraries that load at their first use, for commands that only read the catalogue.

The catalogue's modules import torch and others at their top, as a module should, and use them in
functions. While `deferred` lasts, such an import binds a module that loads when an attribute of it
is asked for. Only commands that start no threads and no processes use it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

LIBRARIES = frozenset({"torch", "numba", "scipy.optimize", "scipy.stats"})


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None, which leaves it to the other finders, for all but the libraries."""
        if fullname not in LIBRARIES:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def deferred() -> Iterator[None]:
    """Libraries that are first imported meanwhile load when they are used."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)

"""Large libraries that load at their first use: a command, or a worker, that does without starts
sooner.

Modules import torch and others at their top, as modules should, and use them in functions. While
`deferred` lasts, such an import binds a module that loads when it is asked for an attribute.
(`importlib.util.LazyLoader` does so too, but in Python 3.11 a second `import` of the module is
enough to load it.)
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import Any

LIBRARIES = frozenset(
    {
        "torch",
        "numba",
        "scipy.optimize",
        "scipy.special",
        "scipy.stats",
        "sympy",
        "flint",
        # of the project's own, those that build formulas when they are imported
        "claims.core.formulas",
        "claims.observing.reductions",
        "claims.observing.scale_symbols",
        "claims.observing.tail_proofs",
    }
)
#: What is known before a module is loaded, and asked for by import statements. Not `__path__`: an
#: import of a submodule needs its package.
_KNOWN = frozenset({"__class__", "__dict__", "__file__", "__loader__", "__name__", "__spec__"})


class _Deferred(ModuleType):
    """A module that is loaded when it is asked for what only it can know."""

    def __getattribute__(self, name: str) -> Any:
        if name not in _KNOWN:
            ModuleType.__getattribute__(self, "__spec__").loader_state.load(self)
        return ModuleType.__getattribute__(self, name)  # `super` fails once it is loaded


class _Loader(Loader):
    """Puts off what another loader does."""

    def __init__(self, loader: Loader) -> None:
        self._loader, self._lock, self._begun = loader, RLock(), False

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the other does."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Put it off."""
        module.__class__ = _Deferred

    def load(self, module: ModuleType) -> None:
        """Load it, once; other threads wait, while this one may ask for what is there already."""
        with self._lock:
            if self._begun:
                return
            self._begun = True
            assert module.__spec__ is not None
            module.__spec__.loader = module.__loader__ = self._loader
            try:
                self._loader.exec_module(module)
            except BaseException:
                self._begun = False
                raise
            module.__class__ = ModuleType


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None, which leaves it to the other finders, for all but the libraries."""
        if fullname not in LIBRARIES:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = spec.loader_state = _Loader(spec.loader)
        return spec


@contextmanager
def deferred() -> Iterator[None]:
    """Libraries that are first imported meanwhile load when they are used."""
    finder = defer()
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def defer() -> MetaPathFinder:
    """From now on, and until what is returned is no longer in `sys.meta_path`."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    return finder

"""Signals that end a run: the first stops it, and what is being written is written first.

Ctrl-C, a scheduler's SIGTERM and the SIGHUP of a closed terminal are one thing. Those that follow
the first are not heard for a while, so that they cannot cut short what the first set off; none is
while something is being kept.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

#: Seconds for which no signal is heard after one that stopped the run: a terminal's Ctrl-C comes
#: twice easily. One that comes later is: the first may have been lost in a callback.
_DEAF = 2.0
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
SIGNALS = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))


class Interruption:
    """What heard the signals of a run."""

    def __init__(self) -> None:
        self.number: int | None = None  # of the first
        self.closed = False  # nothing is left that could be stopped
        self._keeping = 0
        self._waiting = False
        self._raised = -_DEAF

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """As a signal's handler."""
        if self.number is None:
            self.number = number
        if self._keeping:
            self._waiting = True
            return
        self._stop()

    def _stop(self) -> None:
        now = time.monotonic()
        if self.closed or now - self._raised < _DEAF:
            return
        self._raised = now
        raise KeyboardInterrupt

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Signals wait until this ends."""
        self._keeping += 1
        try:
            yield
        finally:
            self._keeping -= 1
            if self._waiting and not self._keeping:
                self._waiting = False
                self._stop()


_current: list[Interruption] = []


@contextmanager
def heard(*names: str) -> Iterator[Interruption]:
    """Take these signals (all that end a run, if none is named) as Ctrl-C is taken, until this
    ends. One that is ignored, as nohup does with SIGHUP, stays ignored. Once one has stopped a
    process's outermost run, that process only leaves: no other is heard.
    """
    outermost = not _current
    interruption = Interruption()
    numbers = [getattr(signal, name) for name in names or _NAMES if hasattr(signal, name)]
    before = _installed(numbers, interruption)
    _current.append(interruption)
    try:
        yield interruption
    finally:
        _current.remove(interruption)
        leaving = outermost and interruption.number is not None
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if leaving else handler)


@contextmanager
def hosted() -> Iterator[None]:
    """Runs within this are not the process's own: what they leave is as it was."""
    host = Interruption()
    _current.append(host)
    try:
        yield
    finally:
        _current.remove(host)


def _installed(numbers: list[int], handler: Interruption) -> dict[int, Any]:
    """The handlers that were there; only the main thread may set any."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    before = {number: signal.getsignal(number) for number in numbers}
    taken = {n: old for n, old in before.items() if old not in (signal.SIG_IGN, None)}
    for number in taken:
        signal.signal(number, handler)
    return taken


@contextmanager
def keeping() -> Iterator[None]:
    """While something is written, the signals of the run wait; they stop it afterwards."""
    if not _current or threading.current_thread() is not threading.main_thread():
        yield
        return
    with _current[-1].keeping():
        yield


@contextmanager
def unheard_by_children() -> Iterator[None]:
    """Processes that are started meanwhile hear neither Ctrl-C nor a closed terminal, which reach
    the whole group: this process deals with them. Here they wait.
    """
    with keeping():
        block = getattr(signal, "pthread_sigmask", None)  # not on Windows, where workers say so
        if block is None:
            yield
            return
        deaf = {n for n in SIGNALS if n != signal.SIGTERM}
        before = block(signal.SIG_BLOCK, deaf)
        try:
            yield
        finally:
            block(signal.SIG_SETMASK, before)


def ignore_keyboard() -> None:
    """What a worker does first: Ctrl-C, and the end of a terminal, are its parent's to take."""
    for number in SIGNALS:
        if number != signal.SIGTERM:
            with suppress(ValueError):  # not in the main thread
                signal.signal(number, signal.SIG_IGN)

"""Signals: the first stops a run, those that follow do not cut short what it sets off, and nothing
is stopped while it is being kept.
"""

import os
import signal
import time

import pytest

from reports import interruption
from reports.interruption import heard, keeping

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


def send(number):
    os.kill(os.getpid(), number)
    time.sleep(0.01)  # Python hears of it between two steps


@pytest.mark.parametrize("number", interruption.SIGNALS)
def test_the_first_stops(number):
    before = signal.getsignal(number)
    with heard() as run, pytest.raises(KeyboardInterrupt):
        send(number)
    assert run.number == number
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("second", interruption.SIGNALS)
def test_the_second_cuts_nothing_short(second):
    """While the first unwinds, and whichever it is."""
    finished = []
    with heard() as run:
        try:
            send(signal.SIGINT)
        except KeyboardInterrupt:
            send(second)
            finished.append(True)
    assert finished
    assert run.number == signal.SIGINT


def test_a_later_one_is_heard(monkeypatch):
    """The first may have been lost in a callback, whose exceptions nobody sees."""
    monkeypatch.setattr(interruption, "_DEAF", 0.0)
    with heard():
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                send(signal.SIGINT)


def keep(number, steps):
    with keeping():
        with keeping():
            send(number)
            send(number)
        send(signal.SIGINT)
        steps.append("kept")


@pytest.mark.parametrize("number", interruption.SIGNALS)
def test_what_is_being_kept_is_kept(number):
    """However many come; the run stops afterwards."""
    steps = []
    with heard() as run:
        with pytest.raises(KeyboardInterrupt):
            keep(number, steps)
        assert run.number == number
    assert steps == ["kept"]


def fail():
    with keeping():
        send(signal.SIGTERM)
        raise OSError(28, "No space left on device")


def test_what_fails_while_it_is_kept():
    """Its own exception is not lost."""
    with heard(), pytest.raises(KeyboardInterrupt) as stopped:
        fail()
    assert isinstance(stopped.value.__context__, OSError)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminals that close")
def test_what_is_ignored_stays_ignored():
    """As nohup has it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with heard():
            send(signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_keeping_outside_a_run():
    with keeping():
        pass


def begin():
    with interruption.unheard_by_children():
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, set())
        send(signal.SIGINT)
        send(signal.SIGTERM)


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="no masks of signals")
def test_signals_wait_while_processes_are_started():
    with heard(), pytest.raises(KeyboardInterrupt):
        begin()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())

"""Stop runs at random moments, go on with them, and compare with a run that nothing disturbed.

    python tests/fuzz/chaos.py --faults 1000 --record

A sweep, and claims that are decided, are begun again until they are whole; each time a signal
(SIGKILL too) reaches the parent, a worker, or the parent twice in a row. In the end records and
verdicts must be those of a run in one go, and no run may leave with exit code 1. Exit 0 if all is
so, 1 if not. With --record each round is added to the project's record, which the page shows.

Runs are forked from this process, which has imported everything: most of a fault's time would be
imports else.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
os.environ |= {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}

from reports.commands.entry import main as command_line  # noqa: E402
from reports.ledger import ledger  # noqa: E402
from reports.studies import robustness, verify  # noqa: E402, F401  # before runs are forked
from reports.studies.robustness import Batch  # noqa: E402
from reports.studies.sweep import sweep  # noqa: E402, F401

SWEEP = """seeds = 4
metrics = ["scratch_error", "transfer_error"]
[groups]
n1 = 40
n2 = 40
d = 1_000_000
m = 10
inherited = 4
tau_2 = 1.0
X = 3.0
Y = 2.0
[axes]
tau_2 = {from = 0.2, to = 5, count = 120, scale = "log"}
"""
#: Claims of several families, none of which takes long.
CLAIMS = "e1.step", "e2.monotone", "e4.samples", "e4.filters", "e7.covariance", "f3.diverges"
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
#: What a run that was stopped, or whose workers died, may leave with.
LEFT = {0, 2, 129, 130, 143, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}
KIND = "stopped runs"
#: Faults to a round at most.
_MOST = 40
#: Seconds without any work that make a run one that hangs, and seconds that none may take.
_IDLE, _LONGEST = 300, 7200


# What is stopped ----------------------------------------------------------------------------------


class Sweep:
    """A sweep in one process, or with two workers."""

    def __init__(self, name, executor):
        self.name, self.executor = name, executor

    def arguments(self, folder, out):
        return ["sweep", "sweep.toml", "--records", f"{out}.jsonl", *self.executor]

    def result(self, folder, out):
        """Every record once, in the order of points."""
        _, *lines = (folder / f"{out}.jsonl").read_text().splitlines()
        return sorted(lines, key=lambda line: int(json.loads(line)["point"]))

    finished = frozenset({0})


class Verify:
    """Claims, decided by two workers; the next run decides those that are not in the ledger."""

    name = "verify"
    finished = frozenset({0, 1})  # a claim that falls

    def arguments(self, folder, out):
        path = folder / f"{out}.jsonl"
        kept = ledger.read(path).verdicts if path.exists() else {}
        left = [name for name in CLAIMS if name not in kept] or [CLAIMS[0]]
        return ["verify", *left, "--profile", "quick", "--workers", "2", "--ledger", str(path)]

    def result(self, folder, out):
        """Every verdict, but for its time."""
        verdicts = ledger.read(folder / f"{out}.jsonl").verdicts
        return {name: one.to_dict() | {"seconds": 0.0} for name, one in verdicts.items()}


RUNS = (
    Sweep("sweep, one process", ["--executor", "here"]),
    Sweep("sweep, two workers", ["--workers", "2"]),
    Verify(),
)


# Stopping it --------------------------------------------------------------------------------------


def start(folder, arguments):
    """A run of its own session; its process id."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.setsid()
        os.chdir(folder)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        for number in SIGNALS[1:]:
            usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            signal.signal(number, usual)
        sys.argv = ["transfer-claims", *arguments]
        command_line()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0 if left.code is None else 2
    finally:
        os._exit(code)


def ended(child, seconds):
    """Its exit code, negative for a signal; None while it runs."""
    until = time.monotonic() + seconds
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            return None
        time.sleep(0.01)


def outcome(child):
    """Its exit code, however long the machine lets it wait; None where it does nothing for `_IDLE`
    seconds, or does not end.
    """
    begun = active = time.monotonic()
    used = spent(child)
    while (code := ended(child, 1.0)) is None:
        now = time.monotonic()
        if spent(child) != used:
            used, active = spent(child), now
        if now - active > _IDLE or now - begun > _LONGEST:
            return None
    return code


def spent(child):
    """Clock ticks that it and its workers have used."""
    ticks = 0
    for one in (child, *children(child)):
        with suppress(OSError):
            _, _, fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")
            ticks += sum(map(int, fields.split()[11:15]))
    return ticks


def children(parent):
    """Its worker processes, and what watches over them."""
    found = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(one) for one in found.read_text().split()] if found.exists() else []


def disturb(child, rng):
    """Send one signal, or two; how many were sent."""
    number, workers = rng.choice(SIGNALS), children(child)
    victims = rng.choice([[child], workers[-1:] or [child], [child, child]])
    for sent, victim in enumerate(victims):
        try:
            os.kill(victim, number)
        except ProcessLookupError:
            return sent
        time.sleep(0.05)
    return len(victims)


def one_round(folder, run, whole, rng):
    """Faults, times it was begun again, and whether its end is that of an undisturbed run."""
    for old in folder.glob("out.jsonl*"):
        old.unlink()
    faults = again = 0
    while True:
        child = start(folder, run.arguments(folder, "out"))
        code = ended(child, rng.uniform(0.1, 4.0)) if faults < _MOST else None
        if code is None and faults < _MOST:
            faults += disturb(child, rng)
        code = outcome(child) if code is None else code
        if code is None:
            os.kill(child, signal.SIGKILL)
            ended(child, 60)
        if code not in LEFT | run.finished:
            print(f"{run.name}: left with {code}")
            return faults, again, False
        if code in run.finished:
            return faults, again, run.result(folder, "out") == whole
        again += 1


def undisturbed(folder, run):
    """What a run in one go gives."""
    (folder / "whole.jsonl").unlink(missing_ok=True)
    code = outcome(start(folder, run.arguments(folder, "whole")))
    if code not in run.finished:
        raise SystemExit(f"{run.name}: the run that nothing disturbed left with {code}")
    return run.result(folder, "whole")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=30, help="signals to send, in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--record", action="store_true", help="add to the project's record")
    options = parser.parse_args()
    with ExitStack() as stack:
        kept, before = None, []
        if options.record:
            kept = stack.enter_context(robustness.opened())
            before = [one for one in robustness.good(kept, KIND) if one.seed == options.seed]
        folder = Path(tempfile.mkdtemp())
        (folder / "sweep.toml").write_text(SWEEP)
        whole = {run.name: undisturbed(folder, run) for run in RUNS}
        left, number = options.faults - sum(one.tried for one in before), len(before)
        while left > 0:
            run, rng = RUNS[number % len(RUNS)], random.Random(f"{options.seed}:{number}")
            begun = time.monotonic()
            faults, again, same = one_round(folder, run, whole[run.name], rng)
            seconds = round(time.monotonic() - begun, 1)
            batch = Batch(
                KIND,
                run.name,
                options.seed,
                number,
                faults,
                int(same),
                again,
                int(not same),
                seconds,
            )
            if kept:
                kept.append([asdict(batch)])
            print(f"{run.name}, round {number}: {faults} faults, {same=}", flush=True)
            if not same:
                return 1
            left, number = left - faults, number + 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

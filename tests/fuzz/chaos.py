"""Kill runs at random moments, go on with them, and compare with a run that nothing disturbed.

    python tests/fuzz/chaos.py --rounds 20 --seed 0

A sweep is begun again until it is whole; each time a signal (SIGKILL too) reaches the parent, a
worker, or both twice in a row. In the end its records must be those of a run in one go. Exit 0 if
all are, 1 if one is not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAIN = "from reports.commands.entry import main; main()"
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
tau_2 = {from = 0.2, to = 5, count = 60, scale = "log"}
"""
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
#: What a run that was stopped, or whose workers died, may leave with; never 1.
LEFT = {0, 2, 129, 130, 143, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}


def start(folder: Path, records: str) -> subprocess.Popen[bytes]:
    arguments = ("sweep", "sweep.toml", "--records", records, "--workers", "2")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-c", MAIN, *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, **quiet)


def children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(one) for one in found.read_text().split()] if found.exists() else []


def disturb(process: subprocess.Popen[bytes], rng: random.Random) -> None:
    number, workers = rng.choice(SIGNALS), children(process.pid)
    victims = rng.choice([[process.pid], workers[-1:], [process.pid, process.pid]])
    for victim in victims:
        try:
            os.kill(victim, number)
        except ProcessLookupError:
            return
        time.sleep(0.05)


def records(path: Path) -> list[str]:
    """Every record once, in the order of points."""
    _, *lines = path.read_text().splitlines()
    return sorted(lines, key=lambda line: int(json.loads(line)["point"]))


def one_round(folder: Path, whole: list[str], rng: random.Random) -> bool:
    (folder / "records.jsonl").unlink(missing_ok=True)
    for attempt in range(30):
        process = start(folder, "records.jsonl")
        try:
            # later and later, so that the run ends at some time
            process.wait(timeout=rng.uniform(2, 8 + 2 * attempt))
        except subprocess.TimeoutExpired:
            disturb(process, rng)
        try:
            code = process.wait(timeout=120)
        finally:
            process.kill()
        if code not in LEFT:
            print(f"left with {code}")
            return False
        if code == 0:
            return records(folder / "records.jsonl") == whole
    print("was never finished")
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sweep.toml").write_text(SWEEP)
        if start(folder, "whole.jsonl").wait() != 0:
            print("the run that nothing disturbed failed")
            return 2
        whole, wrong = records(folder / "whole.jsonl"), 0
        for number in range(options.rounds):
            same = one_round(folder, whole, rng)
            wrong += not same
            print(f"round {number}: {'the same' if same else 'NOT the same'}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

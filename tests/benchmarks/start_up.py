"""Print how long commands take that only read: `python tests/benchmarks/start_up.py`.

Every repeat runs each once, in an order that rotates, and a ratio is taken within a repeat: what
else the machine does falls on both sides of it. Medians; `python -c "import torch"` is what a
command would take at least that loads torch.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

PYTHON = (sys.executable, "-c")
COMMAND = (*PYTHON, "from reports.commands.entry import main; main()")
STARTS = {
    "python -c pass": (*PYTHON, "pass"),
    "python -c 'import torch'": (*PYTHON, "import torch"),
    "--help": (*COMMAND, "--help"),
    "--version": (*COMMAND, "--version"),
    "a usage error": (*COMMAND, "nonsense"),
    "list": (*COMMAND, "list"),
    "show theorem-4.3.error-upper": (*COMMAND, "show", "theorem-4.3.error-upper"),
}
ROOT = Path(__file__).resolve().parents[2]


def seconds(command: tuple[str, ...], folder: str) -> float:
    """How long it takes, in an empty folder."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": path}
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    return time.perf_counter() - begun


def measure(repeats: int) -> dict[str, list[float]]:
    """Seconds of each in each repeat, after one unmeasured round."""
    names, times = list(STARTS), {name: [] for name in STARTS}
    with tempfile.TemporaryDirectory() as folder:
        for repeat in range(-1, repeats):
            turn = repeat % len(names)
            for name in names[turn:] + names[:turn]:
                taken = seconds(STARTS[name], folder)
                if repeat >= 0:
                    times[name].append(taken)
    return times


def lines(times: dict[str, list[float]]) -> list[str]:
    """Medians, and ratios to the two that are not ours."""
    bare, torch = (times[name] for name in list(STARTS)[:2])
    rows = [f"{'':30}{'seconds':>9}{'/ pass':>9}{'/ torch':>9}"]
    for name, values in times.items():
        ratios = (
            median(mine / other for mine, other in zip(values, others, strict=True))
            for others in (bare, torch)
        )
        cells = "".join(f"{ratio:9.2f}" for ratio in ratios)
        rows.append(f"{name:30}{median(values):9.2f}{cells}")
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":")[0] + ".")
    parser.add_argument("--repeats", type=int, default=5, help="of each (%(default)s)")
    repeats = max(1, parser.parse_args().repeats)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"medians of {repeats} repeats; {os.cpu_count()} cores, load {load:.1f} at the start")
    print("\n".join(lines(measure(repeats))))


if __name__ == "__main__":
    main()

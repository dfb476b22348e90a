"""Everything that asks for a GPU, in a quarter of an hour: `python tests/cifar/on_gpu.py`, from the
project's folder.

Images are fetched before, where there is a network: `transfer-claims cifar fetch`. What is measured
is kept as it comes: the device, speeds and verdicts in reports/out/gpu/, trained networks in
reports/cifar/gpu.jsonl, from which a later run goes on.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch

OUT = Path("reports/out/gpu")
RECORDS = Path("reports/cifar/gpu.jsonl")
#: Minutes that everything but training takes, at most; and training gets, at least.
BESIDE, LEAST = 6.0, 1.0


@dataclass(frozen=True)
class Part:
    """A command; its output goes to a file of `OUT` too, if one is named."""

    command: tuple[str, ...]
    minutes: float
    output: str = ""


def parts(minutes: float, device: str) -> tuple[Part, ...]:
    """What is run, in this order: what takes long is last but one, so that nothing waits for it."""
    training = max(minutes - BESIDE, LEAST)
    tool = ("transfer-claims", "cifar")
    where = ("--records", str(RECORDS))
    return (
        Part(("pytest", "-q", "-m", "cifar and gpu", "tests/cifar"), 2.5),
        Part((*tool, "speed", "--device", device, "--json"), 1.5, "speed.json"),
        Part(
            (
                *tool,
                "run",
                "--tier",
                "gpu",
                "--device",
                device,
                "--minutes",
                f"{training:g}",
                *where,
            ),
            training + 1,
        ),
        Part((*tool, "report", *where, "--ledger", str(OUT / "ledger.jsonl")), 1.0, "report.txt"),
    )


def told(device: str) -> dict[str, str]:
    """What measured."""
    name = torch.cuda.get_device_name() if device == "cuda" else "cpu"
    return {"device": name, "torch": torch.__version__, "cuda": str(torch.version.cuda)}


def run(part: Part) -> bool:
    """Whether it came to a result in time: an exit code of 1 is a verdict."""
    line, begun = shlex.join(part.command), time.monotonic()
    print(f"+ {line}", flush=True)
    arguments = (
        [sys.executable, "-m", *part.command] if part.command[0] == "pytest" else part.command
    )
    try:
        done = subprocess.run(
            arguments,
            timeout=60 * part.minutes,
            check=False,
            text=True,
            stdout=subprocess.PIPE if part.output else None,
        )
    except subprocess.TimeoutExpired:
        print(f"  stopped after {part.minutes:g} minutes: {line}", flush=True)
        return False
    if part.output:
        (OUT / part.output).write_text(done.stdout, encoding="utf-8")
    print(f"  {time.monotonic() - begun:.0f} s, exit code {done.returncode}", flush=True)
    return done.returncode in (0, 1)


def main() -> int:
    """0 where every part came to a result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=15.0, help="all in all (15)")
    parser.add_argument(
        "--device", choices=("cuda", "cpu"), default="cuda", help="cpu: to try it out"
    )
    parser.add_argument("--dry-run", action="store_true", help="print the commands, and end")
    chosen = parser.parse_args()
    listed = parts(chosen.minutes, chosen.device)
    if chosen.dry_run:
        print("\n".join(shlex.join(part.command) for part in listed))
        return 0
    if chosen.device == "cuda" and not torch.cuda.is_available():
        print(
            "--device cuda: torch sees no GPU here; --dry-run prints the commands", file=sys.stderr
        )
        return 2
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "device.json").write_text(json.dumps(told(chosen.device)) + "\n", encoding="utf-8")
    reached = [run(part) for part in listed]
    print(f"kept: {OUT}, {RECORDS}; next: transfer-claims report")
    return 0 if all(reached) else 1


if __name__ == "__main__":
    raise SystemExit(main())

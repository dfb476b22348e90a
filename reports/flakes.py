"""Decide everything again and again, on fresh entropy, and compare the verdicts: `python -m reports.flakes --runs 30`.

Each finished run is a line of the file, so that an interrupted series goes on where it was; runs of other versions are left
alone and not counted. A claim that has been added since counts the runs that decided it. Exit codes: 0 no verdict differs
from the recorded finding in any run, 1 some do, 2 it cannot run.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from claims.catalogue import catalogue, find
from claims.claim import Kind
from reports import cli
from reports.console import err
from reports.files import read_json, write_whole
from reports.ledger import versions
from reports.show import console
from reports.verify import PROFILES, ProfileName, Verdict, expected, fresh

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class FlakesError(ValueError):
    """The file is not a series of runs."""


def read(path: Path) -> list[dict[str, Any]]:
    """The finished runs of a series; an absent file is an empty one. Raises `FlakesError`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise FlakesError(f"{path}: cannot be read ({error})") from None
    return [_run(line, f"{path}: line {number}") for number, line in enumerate(lines, 1)]


def _run(line: str, where: str) -> dict[str, Any]:
    try:
        run = read_json(line)
    except ValueError as error:
        raise FlakesError(f"{where}: must be JSON ({error})") from None
    if not isinstance(run, dict) or not {"profile", "entropy", "statuses"} <= set(run) or not isinstance(run["statuses"], dict):
        raise FlakesError(f"{where}: must be an object with profile, entropy and statuses, an object as well")
    return run


def one_run(profile: ProfileName, workers: int) -> dict[str, Any]:
    """Decide every claim on entropy of its own."""
    chosen, begun = fresh(PROFILES[profile]), time.perf_counter()
    found: list[Verdict] = []
    cli.decide_all(list(catalogue()), chosen, workers, found)
    return {
        "profile": profile,
        "entropy": chosen.entropy,
        "seconds": round(time.perf_counter() - begun, 1),
        "networks": sum(v.networks for v in found),
        "versions": versions(),
        "statuses": {v.claim: v.status.value for v in found},
        "margins": {v.claim: v.to_dict()["worst_margin"] for v in found},
    }


def differing(runs: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    """Claims with a verdict other than the recorded finding in some run, and how often each verdict came."""
    decided = [name for name, claim in catalogue().items() if claim.kind is not Kind.CONJECTURE]
    counts = {name: Counter(run["statuses"][name] for run in runs if name in run["statuses"]) for name in decided}
    return {name: count for name, count in counts.items() if set(count) - {expected(find(name)).value}}


def fewest(runs: list[dict[str, Any]]) -> dict[str, int]:
    """Claims that fewer runs than these have decided, and how many did."""
    counts = {name: sum(name in run["statuses"] for run in runs) for name in catalogue()}
    return {name: count for name, count in counts.items() if count < len(runs)}


@app.command(help=__doc__)
def main(
    runs: Annotated[int, typer.Option(min=1, help="Runs in all, those in the file included.")] = 30,
    profile: Annotated[ProfileName, typer.Option(help="How much evidence in each.")] = "ci",
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
    path: Annotated[Path, typer.Option("--file", help="Where finished runs are kept.")] = Path("reports/out/flakes.jsonl"),
) -> None:
    """Run the series."""
    finished = read(path)
    now = versions()
    mine = [run for run in finished if run["profile"] == profile and run.get("versions") == now]
    while len(mine) < runs:
        mine.append(one_run(profile, workers))
        finished.append(mine[-1])
        write_whole(path, "".join(json.dumps(run, allow_nan=False) + "\n" for run in finished))
        err.print(f"run {len(mine)} of {runs}: {mine[-1]['seconds']} s, entropy {mine[-1]['entropy']}", highlight=False)
    table = Table("claim", "verdicts", title=f"{len(mine)} runs of profile {profile}: claims whose verdict was not the recorded finding in some run")
    for name, count in differing(mine).items():
        table.add_row(name, ", ".join(f"{status} {times}" for status, times in count.most_common()))
    console().print(table if table.rows else f"{len(mine)} runs of profile {profile}: every verdict was the recorded finding in every run")
    for name, many in fewest(mine).items():
        console().print(f"{name}: decided in {many} of them", highlight=False)
    raise typer.Exit(1 if table.rows else 0)


if __name__ == "__main__":
    cli.run(app, FlakesError)

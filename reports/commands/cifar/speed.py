"""`cifar speed`: images a second."""

from __future__ import annotations

from typing import Annotated, get_args

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from reports.commands.cifar.options import DeviceName, device_named, networks_named
from reports.commands.console import err, out, print_json
from reports.commands.options import JsonOption


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
    from model.vision.nets import Architecture
    from reports.images import speed

    where = device_named(device)
    measured = []
    for one in networks_named(network or list(get_args(Architecture))):
        with err.status(f"training {one.label}"):
            measured.append(speed.measure(one, where, batch=batch, steps=steps, repeats=repeats))
    if as_json:
        print_json([one.to_dict() for one in measured])
        return
    table = Table(
        box=SIMPLE_HEAD,
        caption=(
            f"{measured[0].device}, batches of {batch}, medians of {repeats} repeats, alternating"
        ),
    )
    for heading in ("network", "images a second", "plain float32", "ratio"):
        table.add_column(heading, justify="left" if heading == "network" else "right", no_wrap=True)
    for each in measured:
        ratio = f"{each.fast / each.plain:.2f}"
        table.add_row(each.network, f"{each.fast:,.0f}", f"{each.plain:,.0f}", ratio)
    out.print(table)

"""Options that several of these commands take, and what is meant by them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast, get_args

import typer

if TYPE_CHECKING:
    from model.vision.nets import Architecture
    from model.vision.train import Device
    from reports.images.plan import TrainedNetwork

#: Records of the two tiers; those that come with the project lie in `reports/cifar/`.
RECORDS = Path("reports/out/cifar")
#: Widths beyond fit no machine.
_WIDEST = 16.0
CacheOption = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        help="Where images are kept ($TRANSFER_CLAIMS_DATA, else ~/.cache/transfer-claims).",
    ),
]
ImagesName = Literal["cifar10", "cifar100", "cifar100-subset"]
DeviceName = Literal["auto", "cpu", "cuda"]
SeedsOption = Annotated[int | None, typer.Option(min=1, help="Seeds of every network.")]
FirstSeedOption = Annotated[int, typer.Option(min=0, help="The first of them.")]
MinutesOption = Annotated[
    float, typer.Option(min=0, help="Begin no further source network after so long.")
]
WorkersOption = Annotated[int, typer.Option(min=1, help="Processes, on the CPU.")]
RecordsOption = Annotated[
    Path | None,
    typer.Option("--records", help="Where finished runs are kept (in reports/out/cifar/)."),
]
ReadOption = Annotated[
    bool,
    typer.Option(
        "--read",
        help=(
            "Train nothing: tell what the records say (without runs of your own, those that come"
            " with the project)."
        ),
    ),
]
TierOption = Literal["auto", "cpu", "cpu-architectures", "gpu"]
SourceName = Literal["auto", "official", "npm"]


def device_named(name: DeviceName) -> Device:
    """The device; raises ImagesError where there is none."""
    import torch

    from model.vision.train import Device
    from reports.images.plan import ImagesError

    if name == "cuda" and not torch.cuda.is_available():
        raise ImagesError("--device = cuda: torch sees no GPU here; leave it out, or take cpu")
    cuda = name == "cuda" or (name == "auto" and torch.cuda.is_available())
    return Device("cuda" if cuda else "cpu")


def networks_named(texts: list[str]) -> tuple[TrainedNetwork, ...]:
    """Of NAME or NAME:WIDTH each."""
    from reports.images.plan import TrainedNetwork

    return tuple(TrainedNetwork(*_parsed(text)) for text in texts)


def _parsed(text: str) -> tuple[Architecture, float]:
    """NAME or NAME:WIDTH."""
    from model.vision.nets import Architecture
    from reports.images.plan import ImagesError

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
    return cast("Architecture", name), wide


def hundred_at_hand(cache: Path | None) -> ImagesName | None:
    """The images of CIFAR-100 that are cached."""
    from model.vision import data

    names: tuple[ImagesName, ...] = ("cifar100", "cifar100-subset")
    return next((name for name in names if data.stored_path(name, cache).is_file()), None)


def records_to_read(records: Path | None, name: str) -> Path:
    """Those that are asked for, else one's own of this name, else the project's. Raises
    ImagesError where there are none.
    """
    from reports.images.plan import ImagesError
    from reports.images.records import KEPT

    places = [records] if records else [folder / f"{name}.jsonl" for folder in (RECORDS, KEPT)]
    found = next((file for file in places if file.is_file()), None)
    if found is None:
        raise ImagesError(f"--records = {places[0]}: is not there; train first: cifar {name}")
    return found


def pictures_of(records: Path) -> Path:
    """Where pictures go: beside the records; the project's own lie where nothing is written."""
    from reports.images.records import KEPT

    return RECORDS if records.parent.resolve() == KEPT.resolve() else records.parent


def say(line: str) -> None:
    """A line for people, which is never broken."""
    from reports.commands.console import out

    out.print(line, highlight=False, soft_wrap=True)

"""`picture`: Theorem 4.2's criterion and its readings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reports.commands.console import display, out
from reports.commands.options import MOST_ENTROPY
from reports.studies.choices import CI_ENTROPY


def draw_picture(
    file: Annotated[Path, typer.Argument(help="A file that ends with .svg, .png or .pdf.")] = Path(
        "reports/out/theorem-4.2.svg"
    ),
    regimes: Annotated[int, typer.Option(min=1, help="Points to draw.")] = 120,
    entropy: Annotated[
        int, typer.Option(min=0, max=MOST_ENTROPY, help="Fixes regimes and seeds.")
    ] = CI_ENTROPY,
) -> None:
    """Test error after transfer against each reading of Theorem 4.2's criterion, on the same random
    regimes.
    """
    from reports.drawing import picture
    from reports.drawing.figures import check_ending

    check_ending(file)
    with display() as progress:
        bar = progress.add_task("training", total=regimes)
        points = picture.measure(
            regimes, entropy, lambda done: progress.update(bar, completed=done)
        )
    caption = (
        f"{len(points)} regimes inside Condition 4.1, median of {picture.SEEDS} seeds;"
        f" transfer-claims picture --regimes {regimes} --entropy {entropy}"
    )
    picture.draw(points, caption, file)
    out.print(f"picture: {file}", markup=False, highlight=False)

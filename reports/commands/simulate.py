"""`simulate`: one regime, trained."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from reports.commands.console import err, out, print_json
from reports.commands.options import JsonOption
from reports.studies.choices import Engine
from reports.tables import print_whole


def simulate(
    spec: Path,
    engine: Annotated[
        Engine,
        typer.Option(
            help=(
                "law: exact in law, whatever d; gram: coefficient space on vectors of R^d;"
                " autograd: the torch network in R^d."
            )
        ),
    ] = "law",
    as_json: JsonOption = False,
) -> None:
    """One regime from a JSON file: quantities, condition slack, losses and test errors."""
    from reports.studies import simulate as study

    with err.status("training upstream, scratch and transfer"):
        result = study.simulate(study.read_spec(spec), engine)
    if as_json:
        print_json(result)
    else:
        print_simulation(out, result)


def print_simulation(console: Console, result: dict[str, Any]) -> None:
    """`simulate` for people."""
    quantities = Table(title="quantities")
    quantities.add_column("name")
    quantities.add_column("value", justify="right")
    for name, value in result["quantities"].items():
        quantities.add_row(name, "∞" if value is None else f"{value:.4g}")
    clauses = Table(title="Condition 4.1")
    clauses.add_column("clause")
    clauses.add_column("slack", justify="right")
    clauses.add_column("asked for", justify="right")
    asked = result["condition"]["asked"]
    for name, value in result["condition"]["clauses"].items():
        clauses.add_row(name, "∞" if value is None else f"{value:.4g}", f"{asked[name]:g}")
    errors = Table(title="after training, median over seeds (least to greatest)")
    for name in ("network", "training loss", "test error"):
        errors.add_column(name)
    for name in ("upstream", "scratch", "transfer"):
        figures = result[name]
        errors.add_row(
            name,
            *(
                f"{median(figures[key]):.3g} ({min(figures[key]):.2g} to {max(figures[key]):.2g})"
                for key in ("loss", "test_error")
            ),
        )
    for table in (quantities, clauses, errors):
        print_whole(console, table)
    inside = [name for name, holds in result["condition"]["tiers"].items() if holds]
    console.print(
        (
            f"inside Condition 4.1 with {' and '.join(inside)} constants"
            if inside
            else "outside Condition 4.1 with practical constants"
        ),
        highlight=False,
    )

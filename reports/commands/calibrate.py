"""`calibrate`: the constants, fitted again."""

from __future__ import annotations

from typing import Annotated

import typer

from reports.commands.console import err, out
from reports.commands.options import MOST_ENTROPY, WORKERS, WorkersOption
from reports.studies.choices import CI_ENTROPY


def calibrate(
    claim_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Refit the open constants of these claims only."),
    ] = None,
    constants: Annotated[
        list[str] | None,
        typer.Option(
            "--constant",
            metavar="NAME",
            help="Refit this constant only, such as theorem-4.3.C_2; others stay. Again for more.",
        ),
    ] = None,
    regimes: Annotated[
        int, typer.Option(min=8, help="Regimes in each of the calibration sets.")
    ] = 160,
    entropy: Annotated[
        int,
        typer.Option(min=0, max=MOST_ENTROPY, help="Fixes the calibration regimes and seeds."),
    ] = CI_ENTROPY,
    workers: WorkersOption = WORKERS,
) -> None:
    """Refit the constants on calibration seeds, and write claims/constants.toml."""
    from claims.core import constants as constant_table
    from claims.core.catalogue import UnknownClaimError, find
    from claims.core.workspace import Workspace
    from reports.ledger import DEFAULT
    from reports.studies.calibration import table
    from reports.studies.calibration.calibrate import calibrate as fit
    from reports.studies.calibration.plan import plan
    from reports.studies.executors import processes

    chosen = [find(claim_id) for claim_id in claim_ids] if claim_ids else None
    without = [claim.id for claim in chosen or () if not claim.fits]
    if without:
        raise UnknownClaimError(
            f"claim = {without[0]!r}: has no open constants of its own; without an ID, all"
            " constants are refitted"
        )
    planned = plan(chosen)
    if constants:
        planned = planned.only(constants)
    with err.status("training calibration networks"):
        fits = fit(
            planned,
            {name: entry["value"] for name, entry in constant_table.table().items()},
            regimes=regimes,
            entropy=entropy,
            report=_tell,
            executor=processes(workers),
            workspace=Workspace(DEFAULT.parent),
        )
    table.write(fits, entropy)
    for one in fits:
        out.print(
            f"{one.name} = {one.value:g}  [{one.interval[0]:.3g}, {one.interval[1]:.3g}] from"
            f" {one.regimes} regimes",
            highlight=False,
        )
    out.print("next: transfer-claims verify", highlight=False)


def _tell(line: str) -> None:
    err.print(line, highlight=False)

"""`calibrate`: the constants, fitted again."""

from __future__ import annotations

from typing import Annotated

import typer

from reports.commands.console import err, out
from reports.commands.options import WORKERS, WorkersOption
from reports.studies.choices import CI_ENTROPY


def calibrate(
    claim_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Refit the open constants of these claims only."),
    ] = None,
    regimes: Annotated[
        int, typer.Option(min=8, help="Regimes in each of the calibration sets.")
    ] = 160,
    entropy: Annotated[
        int, typer.Option(help="Fixes the calibration regimes and seeds.")
    ] = CI_ENTROPY,
    workers: WorkersOption = WORKERS,
) -> None:
    """Refit the constants on calibration seeds, and write claims/constants.toml."""
    from claims.core import constants as constant_table
    from claims.core.catalogue import UnknownClaimError, catalogue, find
    from reports.studies.calibration import calibrate as study

    chosen = [find(claim_id) for claim_id in claim_ids or catalogue()]
    without = [claim.id for claim in chosen if claim_ids and not claim.fits]
    if without:
        raise UnknownClaimError(
            f"claim = {without[0]!r}: has no open constants of its own; without an ID, all"
            " constants are refitted"
        )
    with err.status("training calibration networks"):
        fits = [] if claim_ids else study.calibrate(regimes, entropy, _tell, workers)
        known = {name: entry["value"] for name, entry in constant_table.table().items()}
        known |= {fit.name: fit.value for fit in fits}
        fits += study.calibrate_open(chosen, known, regimes, entropy, _tell, workers)
    study.write(fits, entropy)
    for fit in fits:
        out.print(
            f"{fit.name} = {fit.value:g}  [{fit.interval[0]:.3g}, {fit.interval[1]:.3g}] from"
            f" {fit.regimes} regimes",
            highlight=False,
        )
    out.print("next: transfer-claims verify", highlight=False)


def _tell(line: str) -> None:
    err.print(line, highlight=False)

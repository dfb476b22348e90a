"""All commands, and where each is."""

from __future__ import annotations

from typing import Annotated

import typer

from reports.commands.loading import Place, group

HELP = "The command line. Exit codes: 0 holds, 1 falsified (or not decided), 2 cannot run."
_ROOM = "reports.commands"
COMMANDS = {
    "list": Place(f"{_ROOM}.listing", "list_claims", "Every claim: id, provenance, last verdict."),
    "show": Place(
        f"{_ROOM}.listing",
        "show_claim",
        "A claim's statement, hypotheses, constants and evidence.",
    ),
    "verify": Place(
        f"{_ROOM}.verify", "verify", "Decide claims, and write the verdicts to the ledger."
    ),
    "replay": Place(
        f"{_ROOM}.replay",
        "replay_failure",
        "Train a failure, or a claim's worst regime, again: exit 1 if the statement fails there, 0"
        " if not, 2 if it cannot be used. No file that is read changes.",
    ),
    "attack": Place(
        f"{_ROOM}.attack",
        "attack_claims",
        "Search a claim's whole domain for the regime that breaks it, and decide the worst on fresh"
        " seeds. Goes on where it was stopped.",
    ),
    "report": Place(
        f"{_ROOM}.report",
        "make_report",
        "The ledger, and the experiments beside it, as a page to read: one file, which opens from"
        " disk.",
    ),
    "simulate": Place(
        f"{_ROOM}.simulate",
        "simulate",
        "One regime from a JSON file: quantities, condition slack, losses and test errors.",
    ),
    "sweep": Place(
        f"{_ROOM}.sweep",
        "run_sweep",
        "Train over a grid, over random points, or along a contour, of any fields or groups of a"
        " regime; resumes where it was stopped.",
    ),
    "advise": Place(
        f"{_ROOM}.advise",
        "give_advice",
        "Whether to transfer, which share to inherit, and what each choice is predicted to cost.",
    ),
    "experiments": Place(
        f"{_ROOM}.experiments",
        "run_experiments",
        "The paper's first experiments, and two that its readers asked for: data, plots, and what"
        " they say of the claims.",
    ),
    "picture": Place(
        f"{_ROOM}.picture",
        "draw_picture",
        "Test error after transfer against each reading of Theorem 4.2's criterion, on the same"
        " random regimes.",
    ),
    "calibrate": Place(
        f"{_ROOM}.calibrate",
        "calibrate",
        "Refit the constants on calibration seeds, and write claims/constants.toml.",
    ),
    "stability": Place(
        f"{_ROOM}.stability",
        "stability",
        "Decide everything again and again, on fresh entropy, and list every verdict that was not"
        " the recorded finding. A series goes on where it was stopped.",
    ),
    "audit": Place(
        f"{_ROOM}.audit",
        "audit_ledger",
        "Decide a ledger's verdicts again, or a random share of them, and say how many are"
        " reproduced: to the bit, or in law. Exit 0 if all are, 1 if some verdict differs. Goes on"
        " where it was stopped.",
    ),
    "cifar": Place(
        f"{_ROOM}.cifar.app",
        "app",
        "`transfer-claims cifar`: fetch images, train networks on them, decide what the paper says"
        " of them.",
    ),
}

app = typer.Typer(
    cls=group(COMMANDS),
    add_completion=False,
    pretty_exceptions_enable=False,
    help=HELP,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if not wanted:
        return
    from importlib.metadata import version

    typer.echo(f"transfer-claims {version('transfer-claims')}")
    raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    pass

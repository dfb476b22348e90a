"""The commands on real images."""

from __future__ import annotations

import typer

from reports.commands.loading import Place, group

_ROOM = "reports.commands.cifar"
COMMANDS = {
    "fetch": Place(
        f"{_ROOM}.fetch",
        "fetch_images",
        "Bring images, check them, and keep them decoded; a download that broke off goes on where"
        " it was.",
    ),
    "run": Place(
        f"{_ROOM}.run",
        "run_tier",
        "Train from scratch and after transfer, over source size, source noise, inherited share and"
        " mismatch; resumes where it was stopped.",
    ),
    "report": Place(
        f"{_ROOM}.report",
        "report",
        "Decide the statements on real images, write the verdicts to the ledger, and draw what was"
        " measured beside what τ_D foretells.",
    ),
    "join": Place(
        f"{_ROOM}.join",
        "join_records",
        "Join records of several runs, machines or people into one file, to be decided together."
        " Intervals hold however many seeds are added.",
    ),
    "pairs": Place(
        f"{_ROOM}.pairs",
        "train_pairs",
        "Foretell for pairs of tasks, from a few images of both, what transfer will win; then train"
        " them, and compare. Resumes where it was stopped.",
    ),
    "remedies": Place(
        f"{_ROOM}.remedies",
        "train_remedies",
        "Compare remedies against a source that hurts, at as many steps: weight decay, L2-SP,"
        " frozen filters with fresh ones beside, a linear probe. Resumes where it was stopped.",
    ),
    "speed": Place(
        f"{_ROOM}.speed",
        "measure_speed",
        "Images a second in training, beside the plain loop in float32 in the same run.",
    ),
}

app = typer.Typer(
    cls=group(COMMANDS),
    add_completion=False,
    help=(
        "`transfer-claims cifar`: fetch images, train networks on them, decide what the paper says"
        " of them."
    ),
)


@app.callback()
def _commands() -> None:
    pass

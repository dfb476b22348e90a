"""Options that several commands take."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from reports.ledger import DEFAULT

LedgerOption = Annotated[Path, typer.Option("--ledger", help="Where verdicts are kept.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
WorkersOption = Annotated[int, typer.Option(min=1, help="Processes.")]
#: Those that a file may hold, and `replay` reads.
MOST_ENTROPY = 2**64
LEDGER = DEFAULT
WORKERS = os.cpu_count() or 1

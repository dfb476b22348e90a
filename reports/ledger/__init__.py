"""Verdicts, records and counterexamples as files."""

from pathlib import Path

#: Where verdicts are kept, from the folder that commands run in.
DEFAULT = Path("reports/out/ledger.jsonl")

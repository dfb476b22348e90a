"""Verdicts, records and counterexamples as files: written whole or not at all, read with checks.

`ledger` holds verdicts, `counterexample` what refuted a statement, `journal` the records that a
long run appends; `described` is all that is known of a claim. Nothing is unpickled or evaluated.
"""

from pathlib import Path

#: Where verdicts are kept, from the folder that commands run in.
DEFAULT = Path("reports/out/ledger.jsonl")

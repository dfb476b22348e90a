"""Tables and records of claims and verdicts, for commands, pytest and the page."""

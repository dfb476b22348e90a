"""Where `transfer-claims` begins: nothing is imported before the guard stands."""

from __future__ import annotations

from reports.commands import guard


def main() -> None:
    """Run the command line."""
    guard.run(_commands)


def _commands() -> object:
    from reports.commands.app import app

    return app(prog_name="transfer-claims", standalone_mode=False)

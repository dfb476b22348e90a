"""Where `transfer-claims` begins: nothing is imported before the guard stands."""

from __future__ import annotations

import logging
import os

from reports.commands import guard


def main() -> None:
    """Run the command line."""
    _draw_into_files()
    guard.run(_commands)


def _draw_into_files() -> None:
    """Whatever matplotlib draws to elsewhere, in a notebook or on a screen; what it has to say of
    its own settings is for nobody here.
    """
    os.environ["MPLBACKEND"] = "agg"
    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)


def _commands() -> object:
    from reports.commands.app import app
    from reports.deferring import deferred

    with deferred():
        return app(prog_name="transfer-claims", standalone_mode=False)

"""Groups of commands whose modules are imported when a command is called, not when it is listed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True)
class Place:
    """Where a command is: a function, or a group of commands, in a module."""

    module: str
    name: str
    help: str  # its docstring's first paragraph

    def load(self, command: str) -> Any:
        """The command, ready to parse arguments."""
        thing = getattr(import_module(self.module), self.name)
        if isinstance(thing, typer.Typer):
            return typer.main.get_command(thing)
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(command)(thing)
        return typer.main.get_command(alone)


def group(places: dict[str, Place]) -> type[TyperGroup]:
    """A group of these commands, by name."""

    class Group(TyperGroup):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            for name, place in places.items():
                self.add_command(TyperCommand(name, help=place.help), name)

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            """The command itself in place of the one that stands in for it in lists."""
            name, _, rest = super().resolve_command(ctx, args)
            assert name is not None
            return name, places[name].load(name), rest

    return Group

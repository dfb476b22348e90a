"""Statements in the paper's order: parts, and in each the sources that belong to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from claims.core.parts import PARTS, place
from reports.page.entry import Entry
from reports.page.marks import GROUPS


@dataclass(frozen=True)
class SourceGroup:
    """The statements of one numbered source, in the catalogue's order."""

    name: str
    anchor: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class PagePart:
    """A part of the page."""

    name: str
    anchor: str
    sources: tuple[SourceGroup, ...]

    @property
    def counted(self) -> str:
        """How many of its statements have which verdict, in words."""
        counts = Counter(entry.mark.group for source in self.sources for entry in source.entries)
        return ", ".join(f"{counts[group]} {group}" for group in GROUPS if counts[group])


def parts_of(entries: Mapping[str, Entry]) -> tuple[PagePart, ...]:
    """Parts that hold a statement."""
    by_source: dict[str, list[Entry]] = {}
    for entry in entries.values():
        by_source.setdefault(entry.claim.source, []).append(entry)
    by_part: dict[int, list[str]] = {}
    for name in sorted(by_source, key=place):
        by_part.setdefault(place(name)[0], []).append(name)
    return tuple(
        PagePart(
            title,
            f"part-{_slug(title)}",
            tuple(
                SourceGroup(name, f"source-{_slug(name)}", tuple(by_source[name]))
                for name in by_part[index]
            ),
        )
        for index, (title, _) in enumerate(PARTS)
        if index in by_part
    )


def _slug(name: str) -> str:
    return re.sub(r"[^\w.]+", "-", name.replace("′", "-prime")).strip("-")

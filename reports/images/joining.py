"""Records of several people, or of several versions of the code, as one file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from reports.images import run
from reports.images.run import FORMAT, VERSION, Record, StoredRuns
from reports.ledger.files import write_whole


def join(files: Sequence[Path], path: Path) -> list[Record]:
    """Write the finished runs of these files to one, which no run goes on with; what they hold is
    returned. Of a run that several hold, the first file's is taken.

    Raises:
        JournalError: a file is no records; or two trained a seed of a cell in two ways. OSError.
    """
    read = [run.read(file) for file in files]
    kept: dict[str, Record] = {}
    for runs in read:
        for record in runs.records:
            kept.setdefault(record.key, record)
    records = list(kept.values())
    run.check_seeds(path, records)
    lines = [_head(read), *map(asdict, records)]
    write_whole(path, "".join(f"{json.dumps(line)}\n" for line in lines))
    return records


def _head(runs: Sequence[StoredRuns]) -> dict[str, object]:
    """Devices and versions, each with all that there are."""
    names = dict.fromkeys(name for one in runs for name in one.versions)
    return {
        "format": FORMAT,
        "version": VERSION,
        "device": _all(one.device for one in runs),
        "versions": {
            name: _all(one.versions[name] for one in runs if name in one.versions) for name in names
        },
    }


def _all(values: Iterable[str]) -> str:
    """Each once, in order; a joined file's count as its parts."""
    return ", ".join(dict.fromkeys(part for value in values for part in value.split(", ")))

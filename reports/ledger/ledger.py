"""The ledger: JSON lines, a header and then one verdict a line, mutants (`CLAIM!MUTANT`) last.

Written whole or not at all; read with every field checked. `ledger.schema.json` beside this file
describes a line.
"""

from __future__ import annotations

import json
import platform
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from claims.core.catalogue import catalogue
from claims.core.claim import base_of, is_mutant
from claims.core.status import Status
from claims.deciding.budget import RUN_BUDGET
from claims.deciding.mutants import Fate, fates
from claims.deciding.settled import settle
from claims.deciding.verdict import Verdict
from model.files import resolved
from model.printing import shown
from reports.interruption import keeping
from reports.ledger import DEFAULT as DEFAULT
from reports.ledger.files import LARGE, read_json, read_text, write_whole
from reports.ledger.locks import BusyError, check_regular, locked
from reports.ledger.sound import check_header, check_verdict

FORMAT, VERSION = "transfer-claims-ledger", 5
#: Seconds to wait for another run that is writing.
_PATIENCE = 30.0


class LedgerError(ValueError):
    """The file is not a ledger that this version reads."""


@dataclass(frozen=True)
class Ledger:
    """Verdicts by claim id, with statuses settled: what uses a falsified claim is blocked."""

    verdicts: dict[str, Verdict]
    mutants: dict[str, Verdict] = field(default_factory=dict)  # by `CLAIM!MUTANT`
    written: str = field(default="", compare=False)  # when, ISO 8601; empty if not read from a file
    versions: dict[str, str] = field(default_factory=dict, compare=False)  # of what wrote it

    @property
    def statuses(self) -> dict[str, Status]:
        """Status by claim id."""
        return settle({name: verdict.status for name, verdict in self.verdicts.items()})

    @property
    def fates(self) -> dict[str, Fate]:
        """What became of every mutant that was decided, by its id."""
        every = self.verdicts | self.mutants
        return fates({name: verdict.status for name, verdict in every.items()})

    @property
    def networks(self) -> int:
        """Networks trained in all; those of one family count once."""
        return _networks(self.verdicts[name] for name in self.trained_here)

    @property
    def trained_here(self) -> list[str]:
        """Claims that the run itself trained networks for: not those on real images."""
        return [name for name in self.verdicts if not on_images(name)]

    @property
    def false_alarm(self) -> float:
        """The probability that the run spent, in all, on falsifying a true statement."""
        return sum(self.verdicts[name].level for name in self.trained_here)

    def updated(self, verdicts: Iterable[Verdict]) -> Ledger:
        """With newer verdicts in place of older ones, in the catalogue's order."""
        newer = {verdict.claim: verdict for verdict in verdicts}
        order = {name: place for place, name in enumerate(catalogue())}

        def place(name: str) -> int:
            return order.get(base_of(name), len(order))

        merged = self.verdicts | self.mutants | newer
        ordered = {name: merged[name] for name in sorted(merged, key=place)}
        return replace(
            self,
            verdicts={name: one for name, one in ordered.items() if not is_mutant(name)},
            mutants={name: one for name, one in ordered.items() if is_mutant(name)},
        )


def on_images(name: str) -> bool:
    """Whether networks trained beforehand decide a claim, or a mutant: they have a budget of their
    own.
    """
    claim = catalogue().get(base_of(name))
    return claim is not None and claim.rule.from_records


def _networks(verdicts: Iterable[Verdict]) -> int:
    trained: dict[str, int] = {}
    for verdict in verdicts:
        trained[verdict.family] = max(trained.get(verdict.family, 0), verdict.networks)
    return sum(trained.values())


def versions() -> dict[str, str]:
    """Versions of everything a number may depend on."""
    return {"python": platform.python_version()} | {
        name: version(name)
        for name in ("transfer-claims", "torch", "numpy", "numba", "scipy", "sympy", "hypothesis")
    }


def prepare(path: Path) -> None:
    """Raise at once what would keep a run from writing its verdicts: OSError, `LedgerError`."""
    file = resolved(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    read(path)
    check_regular(file)
    with tempfile.TemporaryFile(dir=file.parent):
        pass


def update(path: Path, verdicts: Iterable[Verdict]) -> Ledger:
    """Put verdicts into the file, after those that another run may have put there meanwhile. Raises
    OSError, `LedgerError`.
    """
    with keeping(), _locked(path) as file:
        write(read(file).updated(verdicts), file)
        return read(file)


def put(path: Path, verdicts: Iterable[Verdict]) -> None:
    """`update`, for those who do not ask what the file holds then."""
    with keeping(), _locked(path) as file:
        write(read(file).updated(verdicts), file)


@contextmanager
def _locked(path: Path) -> Iterator[Path]:
    try:
        with locked(path, _PATIENCE) as file:
            yield file
    except BusyError:
        raise LedgerError(f"{path}: another run has held its lock for {_PATIENCE:g} s") from None


def write(ledger: Ledger, path: Path) -> None:
    """Replace the file by this ledger. Raises OSError."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    write_whole(path, serialised(ledger, now, versions()))


def serialised(ledger: Ledger, written: str, by: Mapping[str, str]) -> str:
    """A ledger as its file has it: when it was written, and by which versions."""
    header = {
        "format": FORMAT,
        "version": VERSION,
        "written": written,
        "versions": dict(by),
        "networks": ledger.networks,
        "false_alarm": ledger.false_alarm,
        "false_alarm_budget": RUN_BUDGET,
    }
    statuses = ledger.statuses
    records: list[dict[str, Any]] = [
        header,
        *(
            {**v.to_dict(), "settled": statuses.get(v.claim, v.status).value}
            for v in (*ledger.verdicts.values(), *ledger.mutants.values())
        ),
    ]
    return "".join(json.dumps(record, allow_nan=False) + "\n" for record in records)


def read(path: Path) -> Ledger:
    """Read a ledger; an absent file is an empty one. Raises `LedgerError` for anything that is
    none.
    """
    try:
        lines = read_text(path, LARGE).removesuffix("\n").split("\n")
    except FileNotFoundError:
        return Ledger({})
    except (OSError, ValueError) as error:
        raise LedgerError(f"{path}: cannot be read ({error})") from None
    number = 1
    try:
        header = read_json(lines[0])
        if header["format"] != FORMAT or header["version"] != VERSION:
            held = f"format {shown(header['format'])} version {shown(header['version'])}"
            raise LedgerError(
                f"{path}: {held}; this version reads {FORMAT!r} version {VERSION}: move it away and"
                " verify again"
            )
        written, used = (
            str(header["written"]),
            {str(name): str(number) for name, number in header["versions"].items()},
        )
        check_header(written, used)
        verdicts = []
        for number, line in enumerate(lines[1:], 2):  # noqa: B007  # told where it fails
            verdicts.append(_verdict(line))
    except LedgerError:
        raise
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise LedgerError(
            f"{path}: not a whole ledger (line {number}, {type(error).__name__}: {error}); move it"
            " away and verify again"
        ) from None
    return Ledger({}, written=written, versions=used).updated(verdicts)


def _verdict(line: str) -> Verdict:
    """Raises ValueError, and what JSON that is no object raises."""
    record = read_json(line)
    verdict = Verdict.from_dict({name: one for name, one in record.items() if name != "settled"})
    check_verdict(verdict)
    return verdict


def schema() -> dict[str, Any]:
    """JSON Schema of one line of the file."""
    verdict = TypeAdapter(Verdict).json_schema(ref_template="#/$defs/{model}")
    shared = verdict.pop("$defs", {})
    verdict["properties"]["settled"] = {"$ref": "#/$defs/Status"}
    verdict["required"].append("settled")
    number, text = {"type": "number"}, {"type": "string"}
    header = {
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "written": {"type": "string", "format": "date-time"},
            "versions": {"type": "object", "additionalProperties": text},
            "networks": {"type": "integer"},
            "false_alarm": number,
            "false_alarm_budget": number,
        },
        "required": [
            "format",
            "version",
            "written",
            "versions",
            "networks",
            "false_alarm",
            "false_alarm_budget",
        ],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": (
            "A line of a transfer-claims ledger: the first is the header, every other a verdict"
        ),
        "oneOf": [{"$ref": "#/$defs/header"}, {"$ref": "#/$defs/verdict"}],
        "$defs": {"header": header, "verdict": verdict, **shared},
    }

"""A series of runs: everything decided again and again, on fresh entropy.

Each finished run is a line of a file, so that an interrupted series goes on where it was; runs of
other versions, of other sources or of other claims are left alone and not counted. Conjectures are
listed where their verdict varies, and count against nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from claims.core.catalogue import catalogue, find
from claims.core.claim import Kind
from claims.core.profile import PROFILES, Profile, fresh
from claims.core.status import Status
from claims.deciding.decide import expected
from claims.deciding.verdict import Verdict
from model.printing import one_line, shown
from reports.ledger import journal
from reports.ledger.files import LARGE, digest, read_json, read_text
from reports.ledger.journal import Journal, JournalError
from reports.ledger.ledger import versions
from reports.studies.choices import ProfileName
from reports.studies.deciding import decide_all

#: Times that a run is tried whose processes die.
ATTEMPTS = 3

#: Watches claims being decided: of how many, a context that gives what to call with new verdicts.
Watch = Callable[[int], AbstractContextManager[Callable[[list[Verdict]], None]]]


def unwatched(count: int) -> AbstractContextManager[Callable[[list[Verdict]], None]]:
    """Nobody watches."""
    return nullcontext(lambda new: None)


class SeriesError(ValueError):
    """The file is not a series of runs."""


def read(path: Path) -> list[dict[str, Any]]:
    """The finished runs of a series; an absent file is an empty one. Raises `SeriesError`."""
    try:
        lines = read_text(path, LARGE).removesuffix("\n").split("\n")
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise SeriesError(f"{path}: cannot be read ({error})") from None
    if lines == [""]:
        return []
    return [_run(line, f"{path}: line {number}") for number, line in enumerate(lines, 1)]


def _run(line: str, where: str) -> dict[str, Any]:
    try:
        run = read_json(line)
    except ValueError as error:
        raise SeriesError(f"{where}: must be JSON ({error})") from None
    try:
        return check(run)
    except ValueError as error:
        raise SeriesError(f"{where}: {error}") from None


def check(run: Any) -> dict[str, Any]:
    """A finished run. Raises ValueError."""
    if (
        not isinstance(run, dict)
        or not {"profile", "entropy", "statuses"} <= set(run)
        or not isinstance(run["statuses"], dict)
    ):
        raise ValueError("must be an object with profile, entropy and statuses, an object as well")
    for name, status in run["statuses"].items():
        if status not in [one.value for one in Status]:
            named = f"statuses.{one_line(name, 100)}"
            raise ValueError(f"{named} = {shown(status)}: must be a verdict")
    return run


@contextmanager
def opened(path: Path) -> Iterator[Journal]:
    """The file of a series, which no other run writes meanwhile. Raises `SeriesError`, OSError."""
    try:
        with journal.opened(path, None, check) as log:
            yield log
    except JournalError as error:
        raise SeriesError(str(error)) from None


def sources() -> str:
    """A digest of the code and constants that decide, and of the findings that verdicts are
    compared with: other sources, other verdicts.
    """
    return digest(root(), source_files())


def source_files() -> list[Path]:
    """All that decides: on images, the records and what reads them too."""
    top = root()
    deciding = [
        file
        for folder in ("claims", "model", "strategies")
        for pattern in ("*.py", "*.toml", "*.json")
        for file in (top / folder).rglob(pattern)
    ]
    images = [
        *(top / "reports" / "images").glob("r*.py"),
        *(top / "reports" / "cifar").glob("*.jsonl"),
    ]
    return [*deciding, *images, top / "reports" / "studies" / "verify.py"]


def root() -> Path:
    """The folder of the packages."""
    return Path(__file__).parents[2]


def one_run(
    ids: list[str],
    profile: ProfileName,
    workers: int,
    watch: Watch = unwatched,
    tell: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Decide claims on entropy of their own; `tell` hears of processes that died."""
    chosen, begun, before = fresh(PROFILES[profile]), time.perf_counter(), sources()
    verdicts = _decided(ids, chosen, workers, watch, tell)
    if sources() != before:  # which of its processes read which cannot be told
        raise SeriesError(
            "claims, model or strategies changed while a run decided: it is not kept; run again"
        )
    return {
        "profile": profile,
        "entropy": chosen.entropy,
        "seconds": round(time.perf_counter() - begun, 1),
        "networks": sum(v.networks for v in verdicts),
        "versions": versions(),
        "sources": before,
        "statuses": {v.claim: v.status.value for v in verdicts},
        "margins": {v.claim: v.to_dict()["worst_margin"] for v in verdicts},
    }


def _decided(
    ids: list[str], chosen: Profile, workers: int, watch: Watch, tell: Callable[[str], None]
) -> list[Verdict]:
    """Verdicts on one entropy, which a process that dies does not change: were it the entropy's
    doing, it would die again.
    """
    for left in reversed(range(ATTEMPTS)):
        verdicts: list[Verdict] = []
        try:
            with watch(len(ids)) as tick:
                decide_all(ids, chosen, workers, verdicts, tick=tick)
            break
        except BrokenProcessPool as died:
            tell(f"entropy {chosen.entropy}: {died.__cause__ or died}")
            if not left:
                raise
    return verdicts


def of_this_series(
    runs: list[dict[str, Any]], ids: list[str], profile: ProfileName
) -> list[dict[str, Any]]:
    """The runs of these claims, this profile, these versions and these sources."""
    this = {"profile": profile, "versions": versions(), "sources": sources()}
    return [
        run
        for run in runs
        if {key: run.get(key) for key in this} == this and set(run["statuses"]) == set(ids)
    ]


def differing(runs: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    """Claims with a verdict other than the recorded finding in some run, and how often each verdict
    came. Conjectures have none.
    """
    counts = _counts(runs, conjectures=False)
    return {
        name: count for name, count in counts.items() if set(count) - {expected(find(name)).value}
    }


def varying(runs: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    """Conjectures with more than one verdict."""
    return {
        name: count for name, count in _counts(runs, conjectures=True).items() if len(count) > 1
    }


def _counts(runs: list[dict[str, Any]], *, conjectures: bool) -> dict[str, Counter[str]]:
    names = [
        name
        for name, claim in catalogue().items()
        if (claim.kind is Kind.CONJECTURE) is conjectures
    ]
    return {
        name: Counter(run["statuses"][name] for run in runs if name in run["statuses"])
        for name in names
    }

"""A ledger in brief: counts and findings, as Markdown; and what moved between two ledgers."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims.core.catalogue import catalogue
from claims.core.claim import is_mutant
from claims.core.findings import FINDINGS
from claims.core.status import Status
from claims.deciding.budget import RUN_BUDGET
from claims.deciding.mutants import Fate
from claims.deciding.verdict import Verdict
from model.printing import one_line
from reports.ledger.ledger import Ledger, on_images

#: Whose a statement is. Where the paper is silent, its line of work speaks for it.
PAPERS, OURS = "of the paper's own, or of its line of work", "derived here or asked in reviews"
#: Verdicts that leave a statement open.
UNDECIDED = (Status.INCONCLUSIVE, Status.VACUOUS, Status.BLOCKED)
#: What no verdict is there for.
NO_VERDICT = "no verdict"
#: What statements are counted as.
GROUPS = ("verified", "falsified", "undecided", NO_VERDICT)
#: Decides the statements on real images again, on whatever records there are.
IMAGES_COMMAND = "transfer-claims cifar report"


def counts(ledger: Ledger) -> dict[str, int]:
    """How many statements of the catalogue are verified, falsified, undecided, without a verdict in
    this ledger.
    """
    return _counts(ledger, catalogue())


def counts_by_origin(ledger: Ledger) -> dict[str, dict[str, int]]:
    """The same, of the statements that are the paper's own and of those that are not."""
    own = [name for name, claim in catalogue().items() if claim.of_the_paper]
    rest = [name for name, claim in catalogue().items() if not claim.of_the_paper]
    return {PAPERS: _counts(ledger, own), OURS: _counts(ledger, rest)}


def tally(ledger: Ledger) -> str:
    """All these counts in words: the same wherever verdicts are summed up."""
    every = counts(ledger)
    parts = [f"{sum(every.values())} statements: {_in_words(every)}"]
    parts += [
        f"{sum(counted.values())} {origin}: {_in_words(counted)}"
        for origin, counted in counts_by_origin(ledger).items()
    ]
    return "; ".join(parts) + "."


def _counts(ledger: Ledger, names: Iterable[str]) -> dict[str, int]:
    statuses = ledger.statuses
    groups = Counter(group_of(statuses.get(name)) for name in names)
    return {name: groups[name] for name in GROUPS}


def _in_words(counted: Mapping[str, int]) -> str:
    """Those that there are any of."""
    return ", ".join(f"{many} {group}" for group, many in counted.items() if many)


def group_of(status: Status | None) -> str:
    """What a settled status is counted as; None is "no verdict"."""
    if status is None:
        return NO_VERDICT
    return "undecided" if status in UNDECIDED else status.value


def command(ledger: Ledger) -> str:
    """The commands that decide these verdicts again, one for each profile and entropy; claims are
    named unless they are all.
    """
    runs: dict[tuple[str, int], list[str]] = {}
    every = {**ledger.verdicts, **ledger.mutants}
    for name, verdict in every.items():
        if not on_images(name):
            runs.setdefault((verdict.profile, verdict.entropy), []).append(name)
    decided = [
        f"transfer-claims verify{_named(names)} {_options(profile, entropy)}"
        for (profile, entropy), names in sorted(runs.items())
    ]
    if any(map(on_images, every)):
        decided.append(IMAGES_COMMAND)
    return "; ".join(decided) or "transfer-claims verify"


def _options(profile: str, entropy: int) -> str:
    return f"--profile {shlex.quote(profile)} --entropy {entropy}"


def _named(names: list[str]) -> str:
    """Arguments of verify that name these claims and mutants."""
    own = [name for name in names if not is_mutant(name)]
    mutants = [name for name in names if is_mutant(name)]
    every_mutant = {
        mutation.id
        for claim in catalogue().values()
        if claim.id in own
        for mutation in claim.mutations
    }
    whole = set(own) >= {name for name in catalogue() if not on_images(name)}
    flag = " --mutants" if mutants and set(mutants) == every_mutant else ""
    listed = ([] if whole and (flag or not mutants) else own) + ([] if flag else mutants)
    return "".join(f" {shlex.quote(name)}" for name in listed) + flag


def killed(ledger: Ledger) -> tuple[int, int]:
    """Mutants that came out falsified, and all that were judged."""
    fates = list(ledger.fates.values())
    return fates.count(Fate.KILLED), len(fates) - fates.count(Fate.NOT_JUDGED)


def markdown(ledger: Ledger) -> str:
    """For a pull request or a job's summary."""
    statuses = ledger.statuses
    falsified, mutants = killed(ledger)
    lines = [
        "## transfer-claims",
        "",
        tally(ledger),
        "",
    ]
    lines.append(
        f"{ledger.networks:,} networks trained; the probability of falsifying a true statement is"
        f" at most {ledger.false_alarm:.1e} (budget {RUN_BUDGET:.0e}); mutants falsified:"
        f" {falsified} of {mutants}."
    )
    supported = [finding for finding in FINDINGS if finding.supported(statuses)]
    if supported:
        lines += [
            "",
            "### Findings",
            "",
            *(f"- **{finding.title}.** {finding.text}" for finding in supported),
        ]
    for title, wanted in (("Falsified", (Status.FALSIFIED,)), ("Undecided", UNDECIDED)):
        listed = [name for name, status in statuses.items() if status in wanted]
        if listed:
            lines += ["", f"### {title}", "", "| claim | verdict | statement |", "|---|---|---|"]
            lines += [
                f"| `{_code(name)}` | {statuses[name].value} |"
                f" {_cell(catalogue()[name].statement if name in catalogue() else '')} |"
                for name in listed
            ]
    return "\n".join([*lines, "", f"Repeat: `{_code(command(ledger))}`", ""])


def _code(text: str) -> str:
    """Within one pair of ticks."""
    return one_line(text).replace("`", "").replace("|", "\\|")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# Two ledgers --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """Something of a claim that differs between two ledgers; None where a ledger has no such
    thing.
    """

    claim: str
    what: str  # "verdict", or a constant's name
    old: str | float | None
    new: str | float | None


def moves(old: Ledger, new: Ledger) -> list[Move]:
    """Verdicts, of mutants too, and constants that differ."""
    moved: list[Move] = []
    before, after = ({**book.verdicts, **book.mutants} for book in (old, new))
    for name in [*before, *(name for name in after if name not in before)]:
        one, other = _settled(old, before, name), _settled(new, after, name)
        if one != other:
            moved.append(Move(name, "verdict", one, other))
        if name in before and name in after:
            moved += _constants(name, before[name], after[name])
    return moved


def _settled(ledger: Ledger, verdicts: Mapping[str, Verdict], name: str) -> str | None:
    verdict = verdicts.get(name)
    return None if verdict is None else ledger.statuses.get(name, verdict.status).value


def _constants(name: str, old: Verdict, new: Verdict) -> list[Move]:
    if is_mutant(name):  # those of the claim itself
        return []
    keys = dict.fromkeys([*old.constants, *new.constants])
    pairs = ((key, old.constants.get(key), new.constants.get(key)) for key in keys)
    return [Move(name, key, one, other) for key, one, other in pairs if one != other]


def moves_record(moved: list[Move]) -> list[dict[str, Any]]:
    """JSON values."""
    return [
        {"claim": move.claim, "what": move.what, "old": move.old, "new": move.new} for move in moved
    ]


def described(path: Path, ledger: Ledger) -> str:
    """A ledger in one line."""
    return f"{path}: written {ledger.written or 'never'}, " + ", ".join(
        f"{many} {name}" for name, many in counts(ledger).items() if many
    )

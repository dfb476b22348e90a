"""What a reviewer wants first: counts, the error budget, and the commands that repeat the run."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from claims.core.catalogue import catalogue
from claims.core.profile import PROFILES
from claims.deciding.budget import RUN_BUDGET
from claims.deciding.mutants import Fate
from claims.deciding.verdict import Verdict
from reports.ledger.ledger import Ledger, on_images
from reports.page import summary


@dataclass(frozen=True)
class Head:
    """Figures of a whole ledger."""

    counts: Mapping[str, int]
    tally: str  # the same in words, the paper's own and ours
    statements: int
    decided: int  # those that have a verdict
    regimes: int
    networks: int
    seconds: float
    budget: float
    spent: float
    killed: tuple[int, int]  # of the mutants that were judged
    unjudged: int  # mutants that were run, and whose claims are undecided
    mutants: int  # all there are
    runs: tuple[tuple[str, int, int], ...]  # profile, entropy, verdicts
    commands: tuple[str, ...]
    level_kept: bool


def head_of(ledger: Ledger) -> Head:
    """Of a ledger; verdicts of claims that the catalogue has lost do not count."""
    counts = summary.counts(ledger)
    verdicts = [verdict for name, verdict in ledger.verdicts.items() if name in catalogue()]
    trained_here = [verdict for verdict in verdicts if not on_images(verdict.claim)]
    runs = Counter((verdict.profile, verdict.entropy) for verdict in trained_here)
    most_first = sorted(runs.items(), key=lambda item: (-item[1], item[0]))
    commands = [_command(profile, entropy, ledger) for profile, entropy in sorted(runs)]
    if len(trained_here) < len(verdicts):
        commands.append(summary.IMAGES_COMMAND)
    return Head(
        counts=counts,
        tally=summary.tally(ledger),
        statements=sum(counts.values()),
        decided=sum(counts.values()) - counts[summary.NO_VERDICT],
        regimes=_regimes(trained_here),
        networks=ledger.networks,
        seconds=sum(verdict.seconds for verdict in trained_here),
        budget=RUN_BUDGET,
        spent=ledger.false_alarm,
        killed=summary.killed(ledger),
        unjudged=list(ledger.fates.values()).count(Fate.NOT_JUDGED),
        mutants=sum(len(claim.mutants) for claim in catalogue().values()),
        runs=tuple((*run, many) for run, many in most_first),
        commands=tuple(commands) or ("transfer-claims verify",),
        level_kept=ledger.false_alarm <= RUN_BUDGET,
    )


def _regimes(verdicts: Iterable[Verdict]) -> int:
    """Regimes in which networks were trained; claims of a family share theirs."""
    by_family: dict[str, int] = {}
    for verdict in verdicts:
        trained = verdict.regimes if verdict.networks or verdict.regimes > 1 else 0
        by_family[verdict.family] = max(by_family.get(verdict.family, 0), trained)
    return sum(by_family.values())


def _command(profile: str, entropy: int, ledger: Ledger) -> str:
    """The command that decides claims again as a run did."""
    name = profile if profile in PROFILES else shlex.quote(profile)
    mutants = " --mutants" if ledger.mutants else ""
    return f"transfer-claims verify --profile {name} --entropy {entropy}{mutants}"

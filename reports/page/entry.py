"""Everything that the page shows of one claim."""

from __future__ import annotations

import importlib
import inspect
import os
import shlex
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from claims.core import catalogue as claim_files
from claims.core import findings
from claims.core.catalogue import catalogue
from claims.core.claim import Claim
from claims.deciding.verdict import Verdict
from reports.drawing import claim_figures, margins
from reports.drawing.figures import inline
from reports.ledger.described import claim_record
from reports.ledger.ledger import Ledger, on_images
from reports.page import summary
from reports.page.blocks import Block, block
from reports.page.downloads import failure_link
from reports.page.experiments import ExperimentEntry
from reports.page.marks import Mark
from reports.page.mutants import NOT_RUN, MutantRow, mutant_rows
from reports.page.rows import ConstantRow, HypothesisRow, constant_rows, hypothesis_rows
from reports.studies.experiments.results import ClaimCounts

#: Of the repository, or of where its packages are installed.
ROOT = Path(claim_files.__file__).parents[2]


@dataclass(frozen=True)
class Entry:
    """A claim, its verdict, and the evidence."""

    claim: Claim
    record: Mapping[str, Any]  # as `transfer-claims show` tells it
    verdict: Verdict | None
    mark: Mark
    marks: Mapping[str, Mark]  # of every claim
    used_by: tuple[tuple[str, str], ...]  # id, why
    mutants: tuple[MutantRow, ...]
    file: str  # from the root of the repository
    link: str  # to it from where the page lies; empty outside the repository
    figures: tuple[tuple[Markup, str], ...]  # figure, caption
    experiments: tuple[tuple[ExperimentEntry, ClaimCounts], ...]  # that bear on it

    @property
    def search(self) -> str:
        """What free text is looked for in."""
        claim = self.claim
        return " ".join(
            (
                claim.id,
                claim.title,
                claim.source,
                claim.statement,
                claim.unit,
                self.mark.word,
                self.record["kind"],
            )
        ).casefold()

    @property
    def strip(self) -> Markup | None:
        """Margins of regimes."""
        return margins.strip(self.verdict.points) if self.verdict else None

    @property
    def required(self) -> tuple[HypothesisRow, ...]:
        """Its hypotheses."""
        return hypothesis_rows(self.claim)

    @property
    def constants(self) -> tuple[ConstantRow, ...]:
        """The values that decided, or would now."""
        return constant_rows(self.claim, self.verdict, self.record)

    @property
    def evidence(self) -> Block | None:
        """What the verdict rests on, beside margins."""
        return block(self.verdict.evidence) if self.verdict and self.verdict.evidence else None

    @property
    def commands(self) -> tuple[tuple[str, str], ...]:
        """What decides it again, and what re-measures its counterexample; each with its purpose."""
        again = f"transfer-claims verify {self.claim.id}{_run(self.verdict)}"
        if on_images(self.claim.id):
            again = summary.IMAGES_COMMAND
        commands = [("decides it", again)]
        if findings.path(self.claim.id).exists():
            commands.append(
                (
                    "measures its counterexample again",
                    f"transfer-claims replay claims/counterexamples/{self.claim.id}.json",
                )
            )
        elif self._repeatable:
            commands.append(
                (
                    "trains its worst regime again; with --ledger FILE, that of another ledger",
                    f"transfer-claims replay {self.claim.id}",
                )
            )
        return tuple(commands)

    @property
    def _repeatable(self) -> bool:
        """Whether the verdict has a regime that can be trained again."""
        worst = self.verdict.worst_case if self.verdict else None
        return bool(worst and worst["regime"])

    @property
    def failure(self) -> str:
        """Its failure's file, as an address."""
        return failure_link(self.verdict)

    @property
    def mutants_command(self) -> str:
        """What runs its mutants, where one was not run; else empty."""
        if all(row.outcome != NOT_RUN for row in self.mutants):
            return ""
        if on_images(self.claim.id):
            return summary.IMAGES_COMMAND
        return f"transfer-claims verify {self.claim.id} --mutants{_run(self.verdict)}"

    @property
    def cases(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """The worst case and the counterexample, where there is a regime to show."""
        if self.verdict is None:
            return ()
        least, worst = self.verdict.counterexample, self.verdict.worst_case
        named = (("Counterexample", least), ("Worst case", None if worst == least else worst))
        return tuple((name, case) for name, case in named if case and case.get("regime"))


def entries_by_claim(
    ledger: Ledger,
    marks: Mapping[str, Mark],
    experiments: Iterable[ExperimentEntry],
    folder: Path,
) -> dict[str, Entry]:
    """An entry for every claim of the catalogue; `folder` is where the page will lie."""
    counts_by_claim: dict[str, list[tuple[ExperimentEntry, ClaimCounts]]] = {}
    for one in experiments:
        for count in one.stored.decided:
            counts_by_claim.setdefault(count.claim, []).append((one, count))
    entries = {}
    for name, claim in catalogue().items():
        verdict = ledger.verdicts.get(name)
        entries[name] = Entry(
            claim,
            claim_record(claim, ledger),
            verdict,
            marks[name],
            marks,
            _used_by().get(name, ()),
            mutant_rows(claim, ledger),
            _files()[name].relative_to(ROOT).as_posix(),
            _link(_files()[name], folder),
            tuple(_figures(claim, verdict)) if verdict else (),
            tuple(counts_by_claim.get(name, ())),
        )
    return entries


def _link(file: Path, folder: Path) -> str:
    """A way from a folder to a file, where both lie in the repository: no other would last."""
    if not folder.resolve().is_relative_to(ROOT.resolve()):
        return ""
    return os.path.relpath(file, folder.absolute()).replace(os.sep, "/")


@cache
def _used_by() -> dict[str, tuple[tuple[str, str], ...]]:
    users: dict[str, tuple[tuple[str, str], ...]] = {}
    for claim in catalogue().values():
        for used, why in claim.uses.items():
            users[used] = (*users.get(used, ()), (claim.id, why))
    return users


@cache
def _files() -> dict[str, Path]:
    """The file that holds each claim."""
    modules = [importlib.import_module(name) for name in claim_files.files()]
    return {
        claim.id: Path(inspect.getfile(module)) for module in modules for claim in module.CLAIMS
    }


def _figures(claim: Claim, verdict: Verdict) -> Iterable[tuple[Markup, str]]:
    """Figures of a verdict, each with its caption."""
    for draw in (_errors, _dynamics):
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                drawn = draw(claim, verdict)
        except (ArithmeticError, LookupError, ValueError, TypeError):
            continue  # numbers that no axis holds, as a ledger from elsewhere may have them
        if drawn is not None:
            yield drawn


def _errors(claim: Claim, verdict: Verdict) -> tuple[Markup, str] | None:
    errors = claim_figures.errors(claim, verdict, verdict.constants)
    if errors is None or claim.figure is None:
        return None
    return (
        inline(errors, f"{claim.id}: {claim_figures.described(claim.figure)}"),
        f"One point a regime: {claim.figure.label}, median over seeds.",
    )


def _dynamics(claim: Claim, verdict: Verdict) -> tuple[Markup, str] | None:
    dynamics = claim_figures.dynamics(claim, verdict)
    if dynamics is None:
        return None
    return (
        inline(dynamics, f"{claim.id}: signal and noise along the worst regime"),
        "The worst regime, trained again.",
    )


def _run(verdict: Verdict | None) -> str:
    """Options that repeat a verdict."""
    if verdict is None:
        return ""
    profile = "" if verdict.profile == "ci" else f" --profile {shlex.quote(verdict.profile)}"
    return f"{profile} --entropy {verdict.entropy}"

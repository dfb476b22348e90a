"""`verify`: claims, decided."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reports.commands.choosing import ChoiceError, SourceOption, StatusOption, choose
from reports.commands.console import deciding, err, out, print_json
from reports.commands.options import (
    LEDGER,
    MOST_ENTROPY,
    WORKERS,
    JsonOption,
    LedgerOption,
    WorkersOption,
)
from reports.studies.choices import ProfileName

if TYPE_CHECKING:
    from claims.core.profile import Profile
    from claims.core.status import Status
    from claims.core.workspace import Workspace
    from claims.deciding.verdict import Verdict
    from reports.ledger.ledger import Ledger


def verify(
    claim_ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...",
            help="Claims, patterns such as 'theorem-4.3.*', or mutants as ID!MUTANT; all claims if"
            " none.",
        ),
    ] = None,
    status: StatusOption = None,
    source: SourceOption = None,
    profile: Annotated[ProfileName, typer.Option(help="How much evidence.")] = "ci",
    use_fresh: Annotated[
        bool, typer.Option("--fresh", help="New entropy, which is printed.")
    ] = False,
    entropy: Annotated[
        int | None,
        typer.Option(min=0, max=MOST_ENTROPY, help="The entropy of an earlier run, to repeat it."),
    ] = None,
    workers: WorkersOption = WORKERS,
    record: Annotated[
        bool,
        typer.Option(
            "--record", help="Keep counterexamples of falsified claims as the recorded finding."
        ),
    ] = False,
    with_mutants: Annotated[
        bool,
        typer.Option(
            "--mutants", help="Their mutants (planted wrong versions) too, which must be falsified."
        ),
    ] = False,
    expect_recorded: Annotated[
        bool,
        typer.Option(
            "--expect-recorded",
            help="Exit 0 where every verdict is as recorded, falsified ones too; 1 where one is"
            " not. Conjectures count for nothing.",
        ),
    ] = False,
    as_json: JsonOption = False,
    path: LedgerOption = LEDGER,
) -> None:
    """Decide claims, and write the verdicts to the ledger."""
    from reports.commands.showing.recorded import as_recorded
    from reports.ledger import ledger

    if use_fresh and entropy is not None:
        raise typer.BadParameter(f"--entropy {entropy}: --fresh draws its own; give one of them.")
    chosen = _profile(profile, use_fresh, entropy)
    claims = choose(claim_ids, status, source, path)
    if not claims:
        raise ChoiceError("no claim is what --status and --source ask for: nothing to decide")
    every_mutant = [one.id for claim in claims for one in claim.mutations]
    mutants = every_mutant if with_mutants else []
    ledger.prepare(path)  # now, not after an hour of deciding
    ids = [*(claim.id for claim in claims), *mutants]
    verdicts, files, trouble = _decided(ids, chosen, workers, path)
    if record:
        _record(verdicts)
    book = ledger.Ledger({}).updated(verdicts)
    statuses = book.statuses | {name: one.status for name, one in book.mutants.items()}
    if as_json:
        everything = (*book.verdicts.values(), *book.mutants.values())
        print_json([one.to_dict() | {"settled": statuses[one.claim].value} for one in everything])
    else:
        _print_table(book, None if trouble else path)
        _print_failures(book, files)
    if trouble:
        raise trouble
    if expect_recorded:
        raise typer.Exit(0 if all(map(as_recorded, verdicts)) else 1)
    raise typer.Exit(0 if _as_wanted(statuses, mutants) else 1)


def _profile(name: ProfileName, use_fresh: bool, entropy: int | None) -> Profile:
    from claims.core.profile import PROFILES, fresh

    profile = PROFILES[name]
    if use_fresh or (name == "nightly" and entropy is None):
        profile = fresh(profile)
        said = f"entropy {profile.entropy}; repeat with --entropy {profile.entropy}"
        err.print(said, highlight=False)
        return profile
    return profile if entropy is None else replace(profile, entropy=entropy)


def _decided(
    ids: list[str], profile: Profile, workers: int, path: Path
) -> tuple[list[Verdict], dict[str, Path], OSError | ValueError | None]:
    """Verdicts, in the ledger too, files of counterexamples, by claim, and why something could not
    be written, if so: what was decided is printed all the same. All is written as it is reached,
    whatever ends the run.
    """
    from reports.ledger.keeping import Failures, Keeper
    from reports.studies import deciding as study

    verdicts: list[Verdict] = []
    workspace = _workspace(path)
    keeper, failures = Keeper(path), Failures(workspace.failures)

    def keep() -> None:  # those too that could not be written before
        failures.keep(verdicts)
        keeper.keep(verdicts)

    try:
        with deciding(len(ids)) as tick:

            def take(new: list[Verdict]) -> None:
                keep()
                tick(new)

            study.decide_all(ids, profile, workers, verdicts, workspace, take)
    finally:
        keep()
    return verdicts, failures.files, keeper.trouble or failures.trouble


def _workspace(path: Path) -> Workspace:
    """What a run writes lies beside its ledger."""
    from claims.core.workspace import Workspace

    return Workspace(path.parent)


def _record(verdicts: list[Verdict]) -> None:
    """Keep counterexamples as the project's findings."""
    from claims.core import findings
    from reports.ledger import counterexample

    for verdict in filter(counterexample.is_to_be_kept, verdicts):
        counterexample.write(verdict, findings.path(verdict.claim))


def _print_table(book: Ledger, path: Path | None) -> None:
    """Verdicts, and where they are, if they could be written."""
    from claims.core.catalogue import find
    from reports.commands.showing.advice import advice
    from reports.commands.showing.verdicts import verdict_table
    from reports.tables import print_whole

    print_whole(out, verdict_table(book, out.width))
    for name, verdict in {**book.verdicts, **book.mutants}.items():
        for line in advice(find(name), verdict):
            out.print(line, highlight=False, markup=False)
    if path:
        given = "" if path == LEDGER else f" --ledger {shlex.quote(str(path))}"
        following = f"transfer-claims report{given}, or transfer-claims show ID{given}"
        said = f"ledger: {path}; next: {following}"
        out.print(said, markup=False, highlight=False)


def _print_failures(book: Ledger, files: dict[str, Path]) -> None:
    """What fell and how to see it again, and whether verdicts are as recorded, last."""
    from reports.commands.showing.recorded import counted, failures

    every = [*book.verdicts.values(), *book.mutants.values()]
    for lines in (*failures(every, files), counted(every)):
        out.print(lines, highlight=False, markup=False, soft_wrap=True)


def _as_wanted(statuses: Mapping[str, Status], mutants: list[str]) -> bool:
    """Whether claims are verified, and mutants that were asked for falsified."""
    from claims.core.status import Status

    wanted = dict.fromkeys(mutants, Status.FALSIFIED)
    return all(status is wanted.get(name, Status.VERIFIED) for name, status in statuses.items())

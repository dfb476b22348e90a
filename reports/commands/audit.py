"""`audit`: somebody else's ledger, decided again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reports.commands.console import deciding, out, print_json
from reports.commands.options import WORKERS, JsonOption, WorkersOption

if TYPE_CHECKING:
    from reports.studies.audit import Audit, Compared


def audit_ledger(
    path: Annotated[Path, typer.Argument(metavar="LEDGER", help="A ledger, as verify writes it.")],
    share: Annotated[
        float, typer.Option(help="How much of it, drawn at random: over 0, up to 1.")
    ] = 1.0,
    entropy: Annotated[
        int | None, typer.Option(min=0, help="Draws the share; new, and printed, unless given.")
    ] = None,
    workers: WorkersOption = WORKERS,
    journal: Annotated[
        Path | None,
        typer.Option("--out", help="The folder of the audit's journal (reports/out/audits/)."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Decide a ledger's verdicts again, or a random share of them, and say how many are reproduced:
    to the bit, or in law. Exit 0 if all are, 1 if some verdict differs. Goes on where it was
    stopped.
    """
    from claims.core.profile import PROFILES, fresh
    from reports.ledger import DEFAULT
    from reports.studies import audit as study

    if not 0 < share <= 1:
        raise typer.BadParameter(f"--share {share}: must be over 0, and at most 1.")
    if entropy is not None and share == 1:
        raise typer.BadParameter(
            f"--entropy {entropy}: draws a --share below 1, and there is none."
        )
    drawn = None
    if share < 1:
        drawn = fresh(PROFILES["ci"]).entropy if entropy is None else entropy
    verdicts = study.chosen(study.read(path), share, drawn or 0)
    folder = journal or DEFAULT.parent / "audits"
    audit = study.run(path, verdicts, workers, folder, deciding)
    if as_json:
        print_json(study.record(audit, drawn))
    else:
        _show(path, audit, drawn)
    raise typer.Exit(1 if audit.count(study.Outcome.DIFFERS) else 0)


def _say(line: str) -> None:
    out.print(line, highlight=False, markup=False, soft_wrap=True)


def _show(path: Path, audit: Audit, entropy: int | None) -> None:
    """For people: what was audited, what differs, and how much is reproduced."""
    from reports.studies.audit import CONFIDENCE, Outcome

    of, count = audit.verdicts, len(audit.compared)
    drawn = "" if entropy is None else f", drawn at random with --entropy {entropy}"
    _say(f"{path}: {count} of {of} verdicts ({count / of:.0%}) decided again{drawn}")
    for one in audit.compared:
        if one.outcome is not Outcome.BIT:
            _say(f"  {_line(one)}")
    for name, (there, here) in audit.versions.items():
        _say(f"  {name}: {there or 'none'} there, {here or 'none'} here")
    _say(
        f"{audit.count(Outcome.BIT)} reproduced to the bit, {audit.count(Outcome.LAW)} in law (the"
        f" same verdict, other bits), {audit.count(Outcome.DIFFERS)} with another verdict"
    )
    if count < of:
        most = audit.differing_at_most
        _say(f"at most {most} of all {of} would differ, with {CONFIDENCE:.0%} confidence")
    _say(f"journal: {audit.journal}")


def _line(one: Compared) -> str:
    from reports.studies.audit import Outcome

    name, there, here = one.there.claim, one.there.status.value, one.here.status.value
    if one.outcome is Outcome.DIFFERS:
        return f"{name}: {there} there, {here} here"
    return f"{name}: {here}, as there, but for {', '.join(one.fields)}"

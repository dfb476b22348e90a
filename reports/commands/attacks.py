"""`attack` of several claims: who is attacked, and what is told of all."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from reports.commands.console import display, err, out, print_json
from reports.tables import print_whole

if TYPE_CHECKING:
    from claims.core.claim import Claim
    from reports.commands.attack import Asked
    from reports.ledger.attacks import RecordedAttack
    from reports.ledger.journal import Journal
    from reports.studies.attack.many import Ended


def attack_many(
    claims: list[Claim[Any]], named: Collection[str], asked: Asked, workers: int
) -> NoReturn:
    """Attack claims that patterns name: those recorded as verified that an attack can serve; and
    those `named` outright, whatever is recorded.
    """
    from reports.ledger import attacks

    wanted = _wanted(claims, named)
    ended: list[Ended] = []
    try:
        with attacks.opened(asked.record) if asked.record else nullcontext() as kept:
            known = attacks.latest(map(attacks.read_record, kept.records)) if kept else ()
            _attack(wanted, known, asked, workers, kept, ended)
    finally:  # what ended is told, whatever stopped the rest
        _tell(ended, len(claims), asked)
    stopped = any(one.trouble for one in ended)
    raise typer.Exit(1 if any(one.falls for one in ended) else 2 if stopped else 0)


def _tell(ended: list[Ended], asked_for: int, asked: Asked) -> None:
    if not asked.as_json:
        _show(ended, asked_for, asked)
        return
    told = [one.told for one in ended if one.told]
    trouble = {one.claim: one.trouble for one in ended if one.trouble}
    print_json({"attacks": told, "left": asked_for - len(ended), "trouble": trouble})


def _wanted(claims: list[Claim[Any]], named: Collection[str]) -> list[Claim[Any]]:
    from claims.deciding.attacked import AttackError, check_attackable
    from reports.ledger import attacks

    sought = {claim.id for claim in attacks.to_attack()}
    for claim in claims:
        if claim.id in named:
            check_attackable(claim)
            if claim.domain is None:
                raise AttackError(f"claim = {claim.id!r}: is about formulas alone; attack it alone")
    return [claim for claim in claims if claim.id in named or claim.id in sought]


def _attack(
    claims: list[Claim[Any]],
    known: Collection[RecordedAttack],
    asked: Asked,
    workers: int,
    kept: Journal | None,
    ended: list[Ended],
) -> None:
    from reports.studies.attack import many

    campaign = many.Campaign(asked.entropy, asked.limits, asked.journals, asked.failures)
    ids = many.in_turn(claims, known, asked.limits.in_all)
    with display() as progress:
        bar = progress.add_task("attacking claims", total=len(ids))
        for one in many.attack_all(campaign, ids, workers):
            many.keep(kept, one.record)
            ended.append(one)
            progress.update(
                bar, advance=1, description=f"{one.claim}: {one.trouble or one.outcome}"
            )


def _show(ended: list[Ended], asked_for: int, asked: Asked) -> None:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("claim", no_wrap=True)
    for name in ("minutes", "regimes", "networks", "failures", "δ", "least margin"):
        table.add_column(name, justify="right")
    table.add_column("")
    for one in ended:
        if one.told:
            table.add_row(*_cells(one))
    if table.row_count:
        print_whole(out, table)
    for one in ended:
        if one.trouble:
            err.print(f"{one.claim}: {one.trouble}", markup=False, highlight=False)
    left = asked_for - len(ended)
    say = f"{len(ended)} attacked"
    if left:
        say += (
            f"; {left} left: no attack can serve them, or they are not verified, or they were"
            " attacked long enough"
        )
    out.print(say, markup=False, highlight=False)
    for line in _next(ended, asked):
        out.print(f"next: {line}", markup=False, highlight=False, soft_wrap=True)


def _cells(one: Ended) -> list[str]:
    assert one.told is not None
    found, confirmed = one.told, one.told["confirmation"]
    of = f"{confirmed['failures']:,} of {confirmed['trials']:,}" if confirmed else "–"
    margin = confirmed and confirmed["margin"]
    return [
        one.claim,
        f"{found['seconds'] / 60:.1f}",
        f"{found['evaluations']:,}",
        f"{found['networks']:,}",
        of,
        f"{confirmed['delta']:g}" if confirmed else "–",
        "–" if margin is None else f"{margin + 0.0:.3g}",
        one.outcome,
    ]


def _next(ended: list[Ended], asked: Asked) -> list[str]:
    from reports.ledger.attacks import FILE

    fallen = [one.told["counterexample"] for one in ended if one.told and one.falls]
    replays = [["replay", str(file)] for file in fallen]
    shown = asked.record is not None and asked.record.resolve() == FILE
    return [
        shlex.join(["transfer-claims", *words])
        for words in (*replays, *([["report"]] if shown else []))
    ]

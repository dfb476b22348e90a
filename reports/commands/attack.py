"""`attack`: an adversary searches a claim's whole domain, or those of many claims."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.progress import BarColumn, TimeElapsedColumn

from reports.commands.console import err, out, print_json, vanishing
from reports.commands.options import MOST_ENTROPY, WORKERS, JsonOption, WorkersOption

if TYPE_CHECKING:
    from claims.core.claim import Claim
    from reports.studies.attack.attack import Attack, Limits, Tick
    from reports.studies.attack.records import Evaluation


def attack_claims(
    claim_ids: Annotated[
        list[str],
        typer.Argument(
            metavar="ID...", help="Claims, patterns such as 'theorem-4.3.*', or mutants: ID!NAME."
        ),
    ],
    minutes: Annotated[
        float,
        typer.Option(
            min=0,
            help="How long this run searches, each claim; runs add up. Deciding the worst comes"
            " after.",
        ),
    ] = 30.0,
    until: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Minutes in all, earlier runs included; a claim that --record tells of as attacked"
            " so long is left.",
        ),
    ] = None,
    evaluations: Annotated[
        int | None,
        typer.Option(min=1, help="Regimes at most, those of earlier runs included."),
    ] = None,
    entropy: Annotated[
        int | None,
        typer.Option(min=0, max=MOST_ENTROPY, help="Fixes every draw (250922056 unless given)."),
    ] = None,
    journal: Annotated[
        Path | None,
        typer.Option(help="Where regimes are kept (reports/out/attacks/, by the name of ID)."),
    ] = None,
    failures: Annotated[
        Path | None,
        typer.Option("--out", help="The folder for a counterexample (reports/out/failures/)."),
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="A file that each attack adds a line to, as it ended.")
    ] = None,
    workers: WorkersOption = WORKERS,
    as_json: JsonOption = False,
) -> None:
    """Search a claim's whole domain for the regime that breaks it, and decide the worst on fresh
    seeds. Goes on where it was stopped.
    """
    from claims.core.profile import CI_ENTROPY
    from claims.core.workspace import Workspace
    from reports.commands.choosing import choose
    from reports.ledger import DEFAULT

    for name, value in (("--minutes", minutes), ("--until", until)):
        if value is not None and not math.isfinite(value):
            raise typer.BadParameter(f"{name} {value}: must be a finite number.")
    claims = choose(claim_ids, None, None, DEFAULT)
    from reports.studies.attack.attack import Limits  # what it takes to decide, once all is well

    workspace = Workspace(DEFAULT.parent)
    asked = Asked(
        CI_ENTROPY if entropy is None else entropy,
        Limits(60 * minutes, math.inf if until is None else 60 * until, evaluations),
        workspace.attacks,
        failures or workspace.failures,
        record,
        as_json,
        [*_given("--entropy", entropy), *_given("--record", record)],
    )
    if len(claims) == 1 and claims[0].id == claim_ids[0]:
        _attack_one(claims[0], asked, journal)
    if journal is not None:
        raise typer.BadParameter(
            f"--journal {journal}: holds one attack; name one claim, outright."
        )
    from reports.commands.attacks import attack_many

    attack_many(claims, {*claim_ids}, asked, workers)


@dataclass(frozen=True)
class Asked:
    """What attacks have in common."""

    entropy: int
    limits: Limits
    journals: Path
    failures: Path
    record: Path | None
    as_json: bool
    options: list[str]  # as they are to be given again


def _attack_one(claim: Claim[Any], asked: Asked, journal: Path | None) -> NoReturn:
    from claims.deciding.attacked import check_attackable
    from reports.ledger import attacks
    from reports.studies.attack import attack, many

    check_attackable(claim)
    if claim.domain is None:
        if asked.record:
            raise typer.BadParameter(
                f"--record {asked.record}: {claim.id} is about formulas alone; it is judged, and"
                " leaves no attack to record."
            )
        _judge(claim, asked.failures, asked.as_json)
    limits = asked.limits
    with (
        attacks.opened(asked.record) if asked.record else nullcontext() as kept,
        _watched(claim.id, min(limits.seconds, limits.in_all)) as tick,
    ):
        done = attack.run(
            claim,
            entropy=asked.entropy,
            limits=limits,
            path=journal or many.journal_of(claim.id, asked.journals),
            failures=asked.failures,
            tick=tick,
        )
        many.keep(kept, attack.recorded(done))
    following = _following(done, [*asked.options, *_given("--journal", journal)])
    if asked.as_json:
        print_json(done.to_dict() | {"next": following})
    else:
        _show(done, following)
    raise typer.Exit(1 if done.falls else 0)


def _judge(claim: Claim[Any], failures: Path, as_json: bool) -> NoReturn:
    """A statement about formulas has no regimes to search: it is judged."""
    import shlex

    from claims.core.profile import PROFILES
    from claims.core.status import Status
    from reports.ledger import counterexample
    from reports.studies.verify import decide

    with err.status("judging"):
        verdict = decide(claim, PROFILES["ci"])
    falls = verdict.status is Status.FALSIFIED
    file = counterexample.keep(verdict, failures) if falls else None
    words = ["replay", str(file)] if falls else ["show", claim.id]
    following = [shlex.join(["transfer-claims", *words])]
    if as_json:
        values = {"claim": claim.id, "falls": falls, "margin": verdict.to_dict()["worst_margin"]}
        print_json(values | {"counterexample": file and str(file), "next": following})
    else:
        how = "falls" if falls else "stands"
        line = f"{claim.id}: about formulas alone, {how}: margin {verdict.worst_margin:.4g}"
        out.print(f"{line} {claim.unit}", highlight=False, markup=False)
        out.print(f"next: {following[0]}", highlight=False, markup=False)
    raise typer.Exit(1 if falls else 0)


@contextmanager
def _watched(name: str, seconds: float) -> Iterator[Tick]:
    """A display of the time that is left, the regimes looked at, and the worst margin."""
    with vanishing(BarColumn(), TimeElapsedColumn()) as progress:
        bar = progress.add_task(name, total=seconds)
        begun = progress.get_time()

        def tick(count: int, worst: Evaluation | None) -> None:
            margin = "–" if worst is None else f"{worst.margin:.4g}"
            said = f"{name}: {count:,} regimes, least margin {margin}"
            progress.update(bar, completed=progress.get_time() - begun, description=said)

        yield tick


def _given(option: str, value: object) -> list[str]:
    return [] if value is None else [option, str(value)]


def _following(done: Attack, options: list[str]) -> list[str]:
    """What to do next."""
    import shlex

    commands = [["attack", done.claim.id, *options, "--minutes", "30"]]
    if done.counterexample:
        commands.insert(0, ["replay", str(done.counterexample)])
    return [shlex.join(["transfer-claims", *command]) for command in commands]


def _show(done: Attack, following: list[str]) -> None:
    def say(line: str) -> None:
        out.print(line, highlight=False, markup=False, soft_wrap=True)

    say(f"{done.claim.id}: {done.claim.statement}")
    say(
        f"{len(done.evaluations):,} regimes over {len(done.axes)} axes"
        f" ({', '.join(done.axes)}), {done.networks:,} networks, {done.seconds:,.0f} s"
    )
    if done.unmeasured:
        say(f"{len(done.unmeasured)} regimes not measured, such as: {done.unmeasured[0].why}")
    _show_worst(done, say)
    say(f"journal: {done.journal}")
    for line in following:
        say(f"next: {line}")


def _show_worst(done: Attack, say: Callable[[str], None]) -> None:
    import json

    from reports.ledger.counterexample import groups

    worst, confirmed = done.worst, done.confirmation
    if worst is None or confirmed is None:
        say("no regime could be measured")
        return
    shown = ", ".join(
        f"{name} = {'∞' if value is None else format(value, '.4g')}"
        for name, value in groups(worst.regime).items()
    )
    say(
        f"worst regime: margin {worst.margin:.4g} {done.claim.unit} at the tolerated quantile,"
        f" number {worst.number} ({worst.phase})"
    )
    say(f"  {shown}")
    say(f"  {json.dumps(worst.regime)}")
    low, high = confirmed.interval
    say(
        f"on {confirmed.seeds} fresh seeds: {confirmed.failures} failures of {confirmed.trials}"
        f" (95% interval {low:.4g} to {high:.4g}; δ = {confirmed.delta:g}), margin"
        f" {confirmed.margin:.4g}"
    )
    level = f"at least {confirmed.at_least:.3g} but with probability {confirmed.level:.1g}"
    say(f"{'falls' if done.falls else 'stands'}: the probability of failure there is {level}")
    if done.counterexample:
        say(f"counterexample: {done.counterexample}")

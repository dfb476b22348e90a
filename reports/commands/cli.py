"""The command line. Exit codes: 0 holds, 1 falsified (or not decided), 2 cannot run."""

from __future__ import annotations

import json
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import active_children, get_context
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn, cast

import typer
from rich.progress import TaskID, TimeRemainingColumn

from claims.core import constants as constant_table
from claims.core import findings
from claims.core.catalogue import UnknownClaimError, catalogue, find
from claims.core.claim import Claim
from claims.core.constants import ConstantsError
from claims.deciding.decision import Status
from claims.paper.real_images import CLAIMS_ON_IMAGES, ImageClaim
from model.regime import RegimeError
from model.run import DivergenceError
from model.vision.data import DataError
from model.vision.fetch import FetchError
from reports.commands import show
from reports.commands.console import display, err, out, print_json
from reports.images import cli as images
from reports.images.plan import ImagesError
from reports.ledger import counterexample, ledger
from reports.ledger.counterexample import CounterexampleError
from reports.ledger.journal import JournalError
from reports.ledger.ledger import Ledger, LedgerError
from reports.page import summary
from reports.studies import advise as advice
from reports.studies.calibration.calibrate import calibrate as run_calibration
from reports.studies.calibration.calibrate import calibrate_open
from reports.studies.calibration.calibrate import write as write_constants
from reports.studies.executors import (
    ExecutorError,
    ExecutorName,
    begin_worker,
    dask,
    in_process,
    processes,
)
from reports.studies.simulate import Engine, read_spec
from reports.studies.simulate import simulate as run_simulation
from reports.studies.sweep import spec as sweep_spec
from reports.studies.sweep import sweep
from reports.studies.verify import PROFILES, Profile, ProfileName, Verdict, decide, fresh

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(images.app, name="cifar")

LedgerOption = Annotated[Path, typer.Option("--ledger", help="Where verdicts are kept.")]
#: Records of sweeps.
SWEEPS = Path("reports/out/sweeps")
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_claims(as_json: JsonOption = False, path: LedgerOption = ledger.DEFAULT) -> None:
    """Every claim: id, provenance, last verdict."""
    book = ledger.read(path)
    if as_json:
        every: list[Claim | ImageClaim] = [*catalogue().values(), *CLAIMS_ON_IMAGES]
        print_json([show.named(claim) | {"status": _status(book, claim.id)} for claim in every])
        return
    out.print(show.claim_table(list(catalogue().values()), book, out.width))
    out.print("next: transfer-claims show ID, or transfer-claims verify", highlight=False)


@app.command("show")
def show_claim(
    claim_id: Annotated[str, typer.Argument(metavar="ID")],
    as_json: JsonOption = False,
    path: LedgerOption = ledger.DEFAULT,
) -> None:
    """A claim's statement, hypotheses, constants and evidence."""
    image = next((claim for claim in CLAIMS_ON_IMAGES if claim.id == claim_id), None)
    record = (
        show.image_record(image, ledger.read(path))
        if image
        else show.claim_record(find(claim_id), ledger.read(path))
    )
    if as_json:
        print_json(record)
    elif image:
        show.print_image(out, record)
    else:
        show.print_claim(out, record)


@app.command()
def verify(
    claim_ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...",
            help="Claims, or planted wrong versions as ID!VERSION; all claims if none.",
        ),
    ] = None,
    profile: Annotated[ProfileName, typer.Option(help="How much evidence.")] = "ci",
    use_fresh: Annotated[
        bool, typer.Option("--fresh", help="New entropy, which is printed.")
    ] = False,
    entropy: Annotated[
        int | None, typer.Option(help="The entropy of an earlier run, to repeat it.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
    record: Annotated[
        bool,
        typer.Option(
            "--record", help="Keep counterexamples of falsified claims as the recorded finding."
        ),
    ] = False,
    wrong: Annotated[
        bool,
        typer.Option("--wrong", help="Their planted wrong versions too, which must be falsified."),
    ] = False,
    as_json: JsonOption = False,
    path: LedgerOption = ledger.DEFAULT,
) -> None:
    """Decide claims, and write the verdicts to the ledger."""
    chosen = PROFILES[profile]
    if use_fresh or (profile == "nightly" and entropy is None):
        chosen = fresh(chosen)
        err.print(
            f"entropy {chosen.entropy}; repeat with --entropy {chosen.entropy}", highlight=False
        )
    elif entropy is not None:
        chosen = replace(chosen, entropy=entropy)
    claims = [find(claim_id) for claim_id in claim_ids or catalogue()]
    planted = (
        [claim.wrong(version).id for claim in claims for version in claim.wrong_versions]
        if wrong
        else []
    )
    ids = [*(claim.id for claim in claims), *planted]
    ledger.prepare(path)  # now, not after an hour of deciding
    verdicts: list[Verdict] = []
    trouble: OSError | LedgerError | None = None
    try:
        decide_all(ids, chosen, workers, verdicts)
    finally:  # an interrupted run keeps what it decided
        try:
            if verdicts:
                ledger.update(path, verdicts)
        except (OSError, LedgerError) as error:  # what was decided is printed all the same
            trouble = error
    for verdict in verdicts:
        if (
            verdict.status is Status.FALSIFIED
            and verdict.counterexample
            and verdict.claim in catalogue()
        ):
            kept = counterexample.keep(verdict)
            if record:
                counterexample.write(verdict, findings.path(verdict.claim))
            if not as_json and not findings.path(verdict.claim).exists():
                out.print(counterexample.message(verdict, kept), highlight=False, markup=False)
    mine = Ledger({}).updated(verdicts)
    statuses = mine.statuses | {name: verdict.status for name, verdict in mine.planted.items()}
    if as_json:
        print_json(
            [
                v.to_dict() | {"settled": statuses[v.claim].value}
                for v in (*mine.verdicts.values(), *mine.planted.values())
            ]
        )
    else:
        out.print(show.verdict_table(mine, out.width))
        if not trouble:
            out.print(
                f"ledger: {path}; next: transfer-claims report, or transfer-claims show ID",
                highlight=False,
            )
    if trouble:
        raise trouble
    wanted = dict.fromkeys(planted, Status.FALSIFIED)
    raise typer.Exit(
        0
        if all(status is wanted.get(name, Status.VERIFIED) for name, status in statuses.items())
        else 1
    )


@app.command("replay")
def replay_failure(
    file: Path,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Where to draw the trajectory (reports/out/failures/, by the name of FILE)."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """A failure's file: exit 0 if it no longer fails, 1 if it still does, 2 if it cannot be used.
    The file stays.
    """
    from reports.studies import (
        replay,
    )  # drawing takes a second to import: only where something is drawn

    case = counterexample.read(file)
    with err.status("training"):
        found = replay.again(case)
    drawn = replay.plot(found, plot or counterexample.FAILURES / f"{file.stem}.svg")
    if as_json:
        print_json(found.to_dict() | {"plot": None if drawn is None else str(drawn)})
    else:
        replay.show(out, found)
        out.print(
            (
                f"plot: {drawn}"
                if drawn
                else "no trajectory: the statement is about formulas, or about many regimes at once"
            ),
            highlight=False,
        )
    raise typer.Exit(1 if found.fails else 0)


@app.command("report")
def make_report(
    folder: Annotated[Path, typer.Option("--out", help="Where index.html goes.")] = Path(
        "reports/out"
    ),
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a summary in Markdown instead.")
    ] = False,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="OLD NEW", help="Print what moved between two ledgers; exit 1 if anything did."
        ),
    ] = None,
    as_json: JsonOption = False,
    path: LedgerOption = ledger.DEFAULT,
) -> None:
    """The ledger, and the experiments beside it, as a page to read: one file, which opens from
    disk.
    """
    if compare:
        old, new = (_present(file) for file in compare)
        moved = summary.moves(old, new)
        if as_json:
            print_json(summary.moves_record(moved))
        else:
            out.print(
                "\n".join(
                    summary.described(file, book)
                    for file, book in zip(compare, (old, new), strict=True)
                ),
                highlight=False,
                markup=False,
            )
            out.print(show.moves_table(moved) if moved else "nothing moved")
        raise typer.Exit(1 if moved else 0)
    book = _present(path)
    if as_markdown:
        sys.stdout.write(summary.markdown(book))
        return
    from reports.page import document
    from reports.studies.experiments import files as experiment_files

    with err.status("drawing the page"):
        file = document.build(book, folder, path.parent / experiment_files.FOLDER)
    if as_json:
        print_json({"page": str(file), **summary.counts(book)})
    else:
        out.print(
            ", ".join(f"{many} {name}" for name, many in summary.counts(book).items()),
            highlight=False,
        )
        out.print(f"page: {file}; open it in a browser", highlight=False)


def _present(path: Path) -> Ledger:
    """A ledger that must be there."""
    if not path.is_file():
        raise LedgerError(
            f"{path}: there is no such ledger; decide claims first: transfer-claims verify"
        )
    return ledger.read(path)


@app.command()
def simulate(
    spec: Path,
    engine: Annotated[
        Engine,
        typer.Option(
            help=(
                "law: exact in law, whatever d; gram: coefficient space on vectors of R^d;"
                " autograd: the torch network in R^d."
            )
        ),
    ] = "law",
    as_json: JsonOption = False,
) -> None:
    """One regime from a JSON file: quantities, condition slack, losses and test errors."""
    with err.status("training upstream, scratch and transfer"):
        result = run_simulation(read_spec(spec), engine)
    if as_json:
        print_json(result)
    else:
        show.print_simulation(out, result)


@app.command("sweep")
def run_sweep(
    file: Annotated[Path, typer.Argument(help="A TOML file: a base regime, axes, a design.")],
    records: Annotated[
        Path | None,
        typer.Option(
            "--records",
            help="Where finished points are kept (reports/out/sweeps/, by the name of FILE).",
        ),
    ] = None,
    executor: Annotated[ExecutorName, typer.Option(help="Who computes.")] = "processes",
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Address of a Dask scheduler, for --executor dask; a local cluster if none."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Train over a grid, or over random points, of any fields or groups of a regime; resumes where
    it was stopped.
    """
    plan, kept = sweep_spec.read(file), records or SWEEPS / f"{file.stem}.jsonl"
    if kept.suffix == ".npz":
        raise typer.BadParameter(
            f"--records {kept}: columns go to the .npz file of that name; choose another suffix."
        )
    chosen = (
        in_process
        if executor == "here"
        else processes(workers)
        if executor == "processes"
        else dask(scheduler, workers)
    )
    with display(TimeRemainingColumn()) as progress:
        bar = progress.add_task("points", total=len(plan.points))
        found = sweep.run(plan, kept, chosen, lambda done, of: progress.update(bar, completed=done))
    columns = kept.with_suffix(".npz")
    sweep.write_columns(found, columns)
    if as_json:
        print_json({"records": str(kept), "columns": str(columns), "points": len(found)})
    else:
        out.print(show.sweep_table(found))
        out.print(f"{len(found)} points: {kept}, and as columns: {columns}", highlight=False)


@app.command("advise")
def give_advice(
    spec: Annotated[
        Path,
        typer.Argument(
            help=(
                "A regime's specification, as `simulate` reads it; its own `inherited` does not"
                " matter."
            )
        ),
    ],
    simulate_too: Annotated[
        bool, typer.Option("--simulate", help="Train, and say what each choice does cost.")
    ] = False,
    size: Annotated[
        int | None,
        typer.Option(
            "--estimate",
            min=2,
            help="Forget norms and noise levels; estimate them from so many target examples.",
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            help="Estimate them from data: a source set, .npz with patches (N, 2, d) and labels."
        ),
    ] = None,
    target: Annotated[Path | None, typer.Option(help="And a target set.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Whether to transfer, which share to inherit, and what each choice is predicted to cost."""
    if (source is None) != (target is None) or (source is not None and size is not None):
        raise typer.BadParameter("--source and --target go together, and without --estimate.")
    plan = read_spec(spec)
    believed = advice.Believed(plan.regime, {})
    if size is not None:
        believed = advice.drawn(plan.regime, plan.seeds, size)
    elif source is not None and target is not None:
        believed = advice.from_files(plan.regime, source, target)
    with err.status("predicting" + (", and training" if simulate_too else "")):
        found = advice.advise(believed.regime)
        trained = (
            believed.regime if source else plan.regime
        )  # of data there is no other regime to draw from
        measured = (
            advice.costs(trained, plan.seeds, [choice.inherited for choice in advice.shown(found)])
            if simulate_too
            else []
        )
    result = advice.record(believed, found, measured)
    if as_json:
        print_json(result)
    else:
        show.print_advice(out, result)


@app.command("experiments")
def run_experiments(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help="head-start, negative-transfer, plane, share, source; all if none.",
        ),
    ] = None,
    folder: Annotated[
        Path, typer.Option("--out", help="Where data, decisions and plots go.")
    ] = Path("reports/out/experiments"),
    quick: Annotated[
        bool, typer.Option("--quick", help="A coarse version, in about a minute.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
    as_json: JsonOption = False,
) -> None:
    """The paper's first experiments, and two that its readers asked for: data, plots, and what they
    say of the claims.
    """
    from reports.studies.experiments import experiments

    with display(TimeRemainingColumn()) as progress:
        bars: dict[str, TaskID] = {}

        def tick(what: str, done: int, of: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=of)
            progress.update(bars[what], completed=done, total=of)

        try:
            found = experiments.run(
                names or [], folder, quick, in_process if workers == 1 else processes(workers), tick
            )
        except experiments.ExperimentError as error:
            raise typer.BadParameter(str(error)) from None
    if as_json:
        print_json(
            [
                json.loads(file.read_text(encoding="utf-8"))
                for one in found
                for file in one.files
                if file.suffix == ".json"
            ]
        )
        return
    for one in found:
        out.print(
            f"{one.title}:"
            f" {', '.join(str(file) for file in one.files if file.suffix in ('.svg', '.png'))}",
            highlight=False,
        )
        for count in one.decided:
            out.print(
                f"  {count.claim}: inside its hypotheses at {count.inside} of {count.points}"
                f" points; stands at {count.stands}, falls at {count.falls}",
                highlight=False,
            )
        for check in one.checks:
            said = (
                "not shown, nor its opposite"
                if check.holds is None
                else "holds"
                if check.holds
                else "does not hold"
            )
            out.print(f"  {check.statement}: {said} ({check.test})", highlight=False, markup=False)


@app.command("picture")
def draw_picture(
    file: Annotated[Path, typer.Argument(help="An SVG file.")] = Path(
        "reports/out/theorem-4.2.svg"
    ),
    regimes: Annotated[int, typer.Option(min=1, help="Points to draw.")] = 120,
    entropy: Annotated[int, typer.Option(help="Fixes regimes and seeds.")] = PROFILES["ci"].entropy,
) -> None:
    """Test error after transfer against each reading of Theorem 4.2's criterion, on the same random
    regimes.
    """
    from reports.drawing import picture

    with display() as progress:
        bar = progress.add_task("training", total=regimes)
        points = picture.measure(
            regimes, entropy, lambda done: progress.update(bar, completed=done)
        )
    caption = (
        f"{len(points)} regimes inside Condition 4.1, median of {picture.SEEDS} seeds;"
        f" transfer-claims picture --regimes {regimes} --entropy {entropy}"
    )
    picture.draw(points, caption, file)
    out.print(f"picture: {file}", highlight=False)


@app.command()
def calibrate(
    claim_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Refit the open constants of these claims only."),
    ] = None,
    regimes: Annotated[
        int, typer.Option(min=8, help="Regimes in each of the calibration sets.")
    ] = 160,
    entropy: Annotated[
        int, typer.Option(help="Fixes the calibration regimes and seeds.")
    ] = PROFILES["ci"].entropy,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
) -> None:
    """Refit the constants on calibration seeds, and write claims/constants.toml."""
    chosen = [find(claim_id) for claim_id in claim_ids or catalogue()]
    without = [claim.id for claim in chosen if claim_ids and not claim.fits]
    if without:
        raise UnknownClaimError(
            f"claim = {without[0]!r}: has no open constants of its own; without an ID, all"
            " constants are refitted"
        )

    def report(line: str) -> None:
        err.print(line, highlight=False)

    with err.status("training calibration networks"):
        fits = [] if claim_ids else run_calibration(regimes, entropy, report, workers)
        known = {name: entry["value"] for name, entry in constant_table.table().items()} | {
            fit.name: fit.value for fit in fits
        }
        fits += calibrate_open(chosen, known, regimes, entropy, report, workers)
    write_constants(fits, entropy)
    for fit in fits:
        out.print(
            f"{fit.name} = {fit.value:g}  [{fit.interval[0]:.3g}, {fit.interval[1]:.3g}] from"
            f" {fit.regimes} regimes",
            highlight=False,
        )
    out.print("next: transfer-claims verify", highlight=False)


def decide_all(ids: list[str], profile: Profile, workers: int, verdicts: list[Verdict]) -> None:
    """Decide claims in several processes, with progress; `verdicts` grows as they are reached,
    whatever happens later.
    """
    together: dict[str, list[str]] = {}  # what looks at the same networks is decided in one process
    for claim_id in ids:
        together.setdefault(find(claim_id).looks, []).append(claim_id)
    families = sorted(
        together.values(), key=lambda family: -sum(find(claim_id).population for claim_id in family)
    )  # the longest first
    with (
        display() as progress,
        ProcessPoolExecutor(
            min(workers, len(families)), mp_context=get_context("spawn"), initializer=begin_worker
        ) as pool,
    ):
        bar = progress.add_task("deciding claims", total=len(ids))
        handler = signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # the workers inherit this: Ctrl-C reaches the whole group, the parent deals with it
        running = [pool.submit(decide_by_ids, family, profile) for family in families]
        signal.signal(signal.SIGINT, handler)
        try:
            for future in as_completed(running):
                verdicts.extend(decided := future.result())
                progress.update(
                    bar,
                    advance=len(decided),
                    description=f"{verdicts[-1].claim}: {verdicts[-1].status.value}",
                )
        except BaseException:
            for child in active_children():  # else leaving would wait for the claims they are at
                child.terminate()
            raise


def decide_by_ids(claim_ids: list[str], profile: Profile) -> list[Verdict]:
    """Decide claims, or planted wrong versions, named by their ids; the latter are not made
    smaller.
    """
    return [
        decide(find(claim_id), replace(profile, shrinks=0) if "!" in claim_id else profile)
        for claim_id in claim_ids
    ]


def _status(book: Ledger, claim_id: str) -> str | None:
    image = book.images.get(claim_id)
    status = image.status if image else book.statuses.get(claim_id)
    return None if status is None else status.value


_REFUSALS = (
    RegimeError,
    DivergenceError,
    UnknownClaimError,
    ConstantsError,
    LedgerError,
    CounterexampleError,
    BrokenProcessPool,
    ExecutorError,
    MemoryError,
    JournalError,
    DataError,
    FetchError,
    ImagesError,
)


#: What the command line raises on arguments that it cannot use.
_UsageError = cast("type[Exception]", typer.BadParameter.__bases__[0])
#: What it returns after Ctrl-C, if it does not raise.
_INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    run(app)


def run(commands: typer.Typer, *refusals: type[Exception]) -> NoReturn:
    """Run commands; every refusal is one line on standard error, exit code 2. A scheduler's SIGTERM
    is taken as Ctrl-C is: what is finished is kept.
    """
    refused: tuple[type[Exception], ...] = (*_REFUSALS, *refusals)
    handler = signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = commands(standalone_mode=False)
    except refused as refusal:
        _refuse(str(refusal))
    except _UsageError as error:
        _refuse(f"{getattr(error, 'format_message', error.__str__)()} See: transfer-claims --help")
    except OSError as error:
        _refuse(f"{error.filename or 'file'}: {error.strerror or error}")
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, handler)
    if code == _INTERRUPTED:
        _refuse("interrupted; what was finished is kept")
    sys.exit(code)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _refuse(line: str) -> NoReturn:
    sys.stderr.write(f"transfer-claims: {' '.join(line.splitlines())}\n")
    sys.exit(2)

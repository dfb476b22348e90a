"""`cifar report`: statements on real images, decided and drawn."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reports.commands.cifar.options import RECORDS
from reports.commands.console import err, out, print_json
from reports.commands.options import LEDGER, JsonOption, LedgerOption

if TYPE_CHECKING:
    from claims.deciding.verdict import Verdict
    from reports.images.run import StoredRuns


def report(
    records: Annotated[
        Path | None,
        typer.Option(
            "--records",
            help=(
                "Finished runs (the last of reports/out/cifar/, else those that come with the"
                " project)."
            ),
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Where pictures go (beside the records; the project's own: beside the ledger).",
        ),
    ] = None,
    path: LedgerOption = LEDGER,
    as_json: JsonOption = False,
) -> None:
    """Decide the statements on real images, write the verdicts to the ledger, and draw what was
    measured beside what τ_D foretells.
    """
    from reports.images import decide, run
    from reports.ledger import ledger

    source = records or _latest()
    ledger.prepare(path)
    runs = run.read(source)
    verdicts = decide.decide(runs, source.stem)
    ledger.update(path, verdicts)
    with err.status("drawing") if not as_json else nullcontext():
        pictures = _draw(runs, folder or _folder(source, path), source.stem)
    missed = decide.missed(verdicts)
    if as_json:
        print_json(_record(source, runs, verdicts, pictures))
    else:
        _print(runs, verdicts, pictures)
        _print_line(f"ledger: {path}; next: transfer-claims report")
    raise typer.Exit(1 if missed or decide.falsified(verdicts) else 0)


def _folder(source: Path, ledger: Path) -> Path:
    """Beside the records; the project's own lie where nothing is written."""
    from claims.core.workspace import Workspace
    from reports.images.records import KEPT

    if source.parent.resolve() == KEPT.resolve():
        return Workspace(ledger.parent).images
    return source.parent


def _draw(runs: StoredRuns, folder: Path, stem: str) -> list[Path]:
    from reports.drawing.figures import write_svg
    from reports.images import plots

    drawings = (
        ("factors", plots.factors, "Each factor of transfer as foretold and as measured"),
        ("curves", plots.curves, "Test accuracy along training"),
    )
    pictures = []
    for name, figure, title in drawings:
        pictures.append(folder / f"{stem}-{name}.svg")
        write_svg(figure(runs.records), pictures[-1], title, Title=title)
    return pictures


def _record(
    source: Path, runs: StoredRuns, verdicts: list[Verdict], pictures: list[Path]
) -> dict[str, Any]:
    from reports.commands.cifar.tables import gain_record, network_record
    from reports.images import decide

    return {
        "records": str(source),
        "device": runs.device,
        "versions": runs.versions,
        "missed": decide.missed(verdicts),
        "networks": len(runs.records),
        "pictures": [str(file) for file in pictures],
        "verdicts": [verdict.to_dict() for verdict in verdicts],
        "networks_alone": [network_record(one) for one in decide.by_network(runs)],
        "gains": [gain_record(cell, one) for cell, one in decide.gains(runs.records)],
    }


def _print(runs: StoredRuns, verdicts: list[Verdict], pictures: list[Path]) -> None:
    from reports.commands.cifar.tables import gains_table, networks_table, verdicts_table
    from reports.images import decide
    from reports.images import records as image_records

    out.print(gains_table(runs.records))
    out.print(verdicts_table(verdicts))
    alone = decide.by_network(runs)
    if len({one.network for one in alone}) > 1:
        out.print(networks_table(alone))
    _print_line(f"{image_records.trained_on(runs)}; pictures: {', '.join(map(str, pictures))}")
    missed = decide.missed(verdicts)
    if missed:
        said = f"mutants that were not falsified: {', '.join(missed)}"
        _print_line(said, style="red")


def _print_line(line: str, style: str | None = None) -> None:
    out.print(line, style=style, highlight=False, soft_wrap=True)


def _latest() -> Path:
    """The newest records of one's own, else those that come with the project."""
    from reports.images import records as image_records
    from reports.images.plan import ImagesError
    from reports.images.tiers import TIERS

    own = [file for file in image_records.files(RECORDS) if file.stem in TIERS]
    ours = image_records.files(image_records.KEPT)
    if not own and not ours:
        raise ImagesError(
            f"--records: there are none in {RECORDS}; train first: transfer-claims cifar run"
        )
    return max(own, key=lambda file: file.stat().st_mtime) if own else ours[0]

"""`advise`: whether to transfer, and which share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from reports.commands.console import err, out, print_json
from reports.commands.options import JsonOption
from reports.tables import print_whole


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
    from reports.studies import advise as study
    from reports.studies.simulate import read_spec
    from reports.studies.work import check_advice

    if (source is None) != (target is None) or (source is not None and size is not None):
        raise typer.BadParameter("--source and --target go together, and without --estimate.")
    plan = read_spec(spec)
    believed = study.Believed(plan.regime, {})
    if size is not None:
        believed = study.drawn(plan.regime, plan.seeds, size)
    elif source is not None and target is not None:
        believed = study.from_files(plan.regime, source, target)
    # of data there is no other regime to draw from
    trained = believed.regime if source else plan.regime
    costs = []
    with err.status("predicting" + (", and training" if simulate_too else "")):
        check_advice(believed.regime)
        advice = study.advise(believed.regime)
        if simulate_too:
            shares = [choice.inherited for choice in advice.choices]
            costs = study.costs(trained, plan.seeds, shares)
    record = study.record(believed, advice, costs)
    if as_json:
        print_json(record)
    else:
        print_advice(out, record)


def print_advice(console: Console, record: dict[str, Any]) -> None:
    """`advise` for people."""
    print_whole(console, _choices_table(record))
    console.print(_advised(record), highlight=False)
    for line in _doubts(record):
        console.print(line, style="yellow", highlight=False)
    console.print(_star(record), highlight=False)
    console.print(_condition(record["condition"]), highlight=False)


def _star(record: dict[str, Any]) -> str:
    """What the formula calls best, and why the law may not."""
    star = f"α* = {record['alpha_star']:.3g}, the share that the shared signal has in the target's"
    if not record["transfer"] or record["inherited"] == record["nearest_alpha_star"]["inherited"]:
        return star
    return (
        f"{star}, is where τ_D is largest; the law also counts how far each training went and what"
        " inherited filters have memorised, and the advice goes by the law"
    )


def _condition(condition: dict[str, Any]) -> str:
    """As `simulate` has it, at the advised share."""
    inside = [name for name, holds in condition["tiers"].items() if holds]
    if inside:
        return f"inside Condition 4.1 with {' and '.join(inside)} constants"
    return f"outside Condition 4.1 with practical constants: {', '.join(condition['broken'])}"


def _doubts(record: dict[str, Any]) -> list[str]:
    """Why what is predicted may not be what happens."""
    lines = [f"outside the law's range, a guess: {why}" for why in record["outside"]]
    lines += [_guess(name, one) for name, one in record["data"].items() if not one["told"]]
    shared, best = record["shared"], record["measured_best"]
    if shared is not None and shared["against"]:
        lines.append(
            f"the two signals point against each other ({_product(shared)}): are the labels of one"
            " set swapped?"
        )
    elif shared is not None and not shared["told"]:
        lines.append(f"a guess: data do not tell a shared signal from none ({_product(shared)})")
    if best is not None and best != record["inherited"]:
        lines.append(f"of the shares that were trained, {best} inherited filters err least")
    return lines


def _product(shared: dict[str, Any]) -> str:
    return f"⟨s₁, s₂⟩ = {shared['product']:.3g} ± {shared['deviation']:.2g}"


def _choices_table(record: dict[str, Any]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    measured = ("measured", "from", "to") if record["scratch"]["measured"] else ()
    for name in ("inherited", "α", "law's error", "τ_D", *measured):
        table.add_column(name, justify="right")
    for choice in record["choices"]:
        best = choice["inherited"] == record["inherited"]
        table.add_row(*_cells(choice), style="bold" if best else None)
    return table


def _cells(choice: dict[str, Any]) -> list[str]:
    cells = [
        str(choice["inherited"]),
        f"{choice['alpha']:.3g}",
        _error(choice),
        f"{choice['tau_D']:.4g}",
    ]
    measured = choice["measured"]
    return cells + [f"{measured[name]:.3g}" for name in ("mean", "low", "high") if measured]


def _error(choice: dict[str, Any]) -> str:
    return f"{'< ' if choice['below'] else ''}{choice['law']:.3g}"


def _advised(record: dict[str, Any]) -> str:
    """The advice, which is a guess where the law does not speak of the regime."""
    return f"{'a guess: ' if record['outside'] else ''}{_advice(record)}"


def _advice(record: dict[str, Any]) -> str:
    alpha, scratch = f"{record['alpha']:.3g}", _error(record["scratch"])
    if not record["transfer"]:
        return f"do not transfer: predicted error {scratch} from scratch, and no share does better"
    if record["advised"]["law"] == record["scratch"]["law"]:
        return (
            f"the law cannot tell the shares apart (error {scratch}); τ_D is largest at α = {alpha}"
        )
    return (
        f"transfer: inherit {record['inherited']} filters of each sign, α = {alpha}; predicted"
        f" error {_error(record['advised'])}, against {scratch} from scratch"
    )


def _guess(name: str, signal: dict[str, Any]) -> str:
    return (
        f"a guess: {signal['examples']} {name} examples do not tell the signal from noise (‖s‖² ="
        f" {signal['square']:.3g} ± {signal['deviation']:.2g}); {signal['enough']} would, if it is"
        " what it seems"
    )

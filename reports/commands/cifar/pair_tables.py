"""What `cifar pairs` shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from claims.core.records import finite, plain
from claims.deciding.paired_seeds import Interval
from reports.images.pairs import summary
from reports.images.pairs.plot import SPACES
from reports.images.pairs.run import Finished, Record, Space
from reports.images.pairs.summary import Agreement, Mismatch, PairFound, Signs

_WORDS = ("target", "source", "seen", "factor", "verdict")


def _table(title: str, headings: Sequence[str], caption: str = "") -> Table:
    table = Table(box=SIMPLE_HEAD, title=title, caption=caption or None)
    for heading in headings:
        table.add_column(heading, justify="left" if heading in _WORDS else "right", no_wrap=True)
    return table


def pairs_table(found: Sequence[PairFound]) -> Table:
    """Every pair: what was foretold, and what was measured."""
    table = _table(
        "gain from transfer: foretold as τ_D/τ_2, over 1 if transfer is to help, by what images are"
        " seen by; measured in points of accuracy, 95%",
        ("target", "N_2", "source", "N_1", "σ", *SPACES, "seeds", "gain", "from", "to"),
    )
    for one in found:
        table.add_row(
            one.target.name,
            str(one.target.n2),
            one.source.label,
            f"{one.source.n1:,}",
            f"{one.source.sigma:g}",
            *(_foretold(one, space) for space in SPACES),
            str(one.gain.seeds),
            *map(signed, (one.gain.mean, one.gain.low, one.gain.high)),
        )
    return table


def _foretold(found: PairFound, space: Space) -> str:
    return f"{math.exp(found.foretold[space]):.3g}" if space in found.foretold else "–"


def agreements_table(found: Sequence[Agreement]) -> Table:
    """Whether forecasts order sources, and know the sign."""
    table = _table(
        "foretold against measured: correlation of ranks, 95% by bootstrap over pairs, which are"
        " few; signs, exact 95%",
        (
            *("target", "N_2", "seen", "pairs", "correlation", "from", "to"),
            *("right", "from", "to", "always", "p"),
        ),
        "right: pairs whose gain has the foretold sign; always: pairs that transfer helps; p: that"
        " both do as well",
    )
    for one in found:
        table.add_row(
            *_of(one),
            str(one.correlation.pairs),
            *map(signed, (one.correlation.value, one.correlation.low, one.correlation.high)),
            f"{one.signs.right} of {one.signs.pairs}",
            f"{one.signs.low:.2f}",
            f"{one.signs.high:.2f}",
            str(one.signs.always),
            f"{one.signs.p:.2g}",
        )
    return table


def worth_table(found: Sequence[Agreement]) -> Table:
    """What following the advice wins."""
    table = _table(
        "points of accuracy won by a mean pair that is transferred where it is advised, always, or"
        " where it helps",
        ("target", "N_2", "seen", "advised", "always", "best", "right", "always right", "told"),
        "told: pairs whose gain is told from 0; right and always right: of these",
    )
    for one in found:
        table.add_row(
            *_of(one),
            *map(signed, (one.followed, one.always, one.best)),
            *map(str, (one.decided.right, one.decided.always, one.decided.pairs)),
        )
    return table


def _of(one: Agreement) -> tuple[str, str, str]:
    return one.target.name, str(one.target.n2), one.space


def mismatches_table(found: Sequence[Mismatch]) -> Table:
    """Mismatch as a graded factor."""
    table = _table(
        "a source ever less like the target's: points of accuracy between none and all, at 5% over"
        " this table",
        ("target", "N_2", "factor", "seeds", "slope", "from", "to", "verdict"),
    )
    for one in found:
        table.add_row(
            one.target.name,
            str(one.target.n2),
            one.factor,
            str(one.slope.seeds),
            *map(signed, (one.slope.mean, one.slope.low, one.slope.high)),
            one.verdict,
        )
    return table


def signed(value: float) -> str:
    """Points, with their sign."""
    return f"{value:+.2f}" if math.isfinite(value) else "–"


def record(file: Path, records: Sequence[Record], picture: Path | None) -> dict[str, Any]:
    """JSON values."""
    found = summary.pairs(records)
    return {
        "records": str(file),
        "picture": None if picture is None else str(picture),
        "networks": sum(isinstance(one, Finished) for one in records),
        "pairs": [_pair_record(one) for one in found],
        "agreements": [_agreement_record(one) for one in summary.agreements(found)],
        "mismatches": [
            plain(asdict(one)) | {"slope": interval_record(one.slope), "verdict": one.verdict}
            for one in summary.mismatches(records)
        ],
    }


def _pair_record(one: PairFound) -> dict[str, Any]:
    return {
        "network": one.network,
        "target": asdict(one.target),
        "source": asdict(one.source),
        "foretold": {space: math.exp(value) for space, value in one.foretold.items()},
        "gain": interval_record(one.gain),
    }


def _agreement_record(one: Agreement) -> dict[str, Any]:
    signs = {"signs": _signs_record(one.signs), "decided": _signs_record(one.decided)}
    return dict(plain(asdict(one))) | signs


def _signs_record(one: Signs) -> dict[str, Any]:
    return dict(plain(asdict(one))) | {"share": finite(one.share)}


def interval_record(one: Interval) -> dict[str, Any]:
    """A mean over seeds, in points, with its interval."""
    ends = {"mean": one.mean, "low": one.low, "high": one.high}
    return {name: finite(end) for name, end in ends.items()} | {"seeds": one.seeds}

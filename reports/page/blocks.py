"""Evidence, which is JSON, arranged for reading."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.numerals import number

#: Nesting shown as tables and lists; what lies deeper is shown as JSON.
_DEEPEST = 5

#: Cells beyond which evidence is folded away.
LONG = 24

#: Names of a regime's fields as the paper writes them.
SYMBOLS = {
    "u": "‖u‖",
    "v1": "‖v₁‖",
    "v2": "‖v₂‖",
    "cos_v": "cos∠(v₁, v₂)",
    "sigma1": "σ₁",
    "sigma2": "σ₂",
    "n1": "N₁",
    "n2": "N₂",
    "d": "d",
    "m": "m",
    "inherited": "αm",
    "eta1": "η₁",
    "eta2": "η₂",
    "steps1": "T₁",
    "steps2": "T₂",
    "sigma0": "σ₀",
}

#: Fields of a case beside its regime.
CASE_FIELDS = {
    "root": "seed",
    "certain_failures": "certain failures",
    "possible_failures": "possible failures",
    "step": "at step",
}


@dataclass(frozen=True)
class Block:
    """JSON values arranged for reading: words, a table, or named blocks."""

    text: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    entries: tuple[tuple[str, Block], ...] = ()

    @property
    def cells(self) -> int:
        """How much there is to read."""
        return (
            1
            + len(self.text) // 60
            + sum(map(len, self.rows))
            + sum(inner.cells for _, inner in self.entries)
        )


def block(value: Any, depth: int = 0) -> Block:
    """Arrange JSON values."""
    if not isinstance(value, dict | list):
        return Block(text=_word(value))
    if depth >= _DEEPEST:
        return Block(text=json.dumps(value, ensure_ascii=False))
    if isinstance(value, list):
        return _of_list(value, depth)
    if value.keys() >= {"u", "v1", "v2", "sigma1", "sigma2"}:
        return Block(
            text=", ".join(f"{SYMBOLS.get(name, name)} = {_word(x)}" for name, x in value.items())
        )
    if _interval(value):
        return Block(text=_word(value))
    alike = _alike(value)
    entries = tuple(
        (str(name), block(x, depth + 1)) for name, x in value.items() if name not in alike
    )
    if not alike:
        return Block(entries=entries)
    return Block(entries=(*entries, ("", _table(alike)))) if entries else _table(alike)


def _alike(value: Mapping[str, Any]) -> dict[str, Any]:
    """Those values that are of one form, to be the rows of a table; none unless there are two."""
    forms = Counter(tuple(x) for x in value.values() if _flat(x))
    form = next((form for form, many in forms.most_common(1) if many > 1), None)
    return {name: x for name, x in value.items() if _flat(x) and tuple(x) == form}


def _table(rows: Mapping[str, Any]) -> Block:
    columns = tuple(next(iter(rows.values())))
    return Block(
        head=("", *map(str, columns)),
        rows=tuple(
            (str(name), *(_word(x[column]) for column in columns)) for name, x in rows.items()
        ),
    )


def _of_list(values: Sequence[Any], depth: int) -> Block:
    if not any(isinstance(x, dict | list) for x in values):
        return Block(text=", ".join(map(_word, values)) or "none")
    if all(_flat(x) for x in values):
        columns = list(dict.fromkeys(name for x in values for name in x))
        return Block(
            head=tuple(map(str, columns)),
            rows=tuple(tuple(_word(x.get(name, "")) for name in columns) for x in values),
        )
    if all(isinstance(x, list) and not any(isinstance(y, dict | list) for y in x) for x in values):
        return Block(rows=tuple(tuple(map(_word, x)) for x in values))
    return Block(
        entries=tuple((str(place), block(x, depth + 1)) for place, x in enumerate(values, 1))
    )


def _flat(value: Any) -> bool:
    """Whether a value is a row of words."""
    return (
        isinstance(value, dict)
        and bool(value)
        and not any(
            isinstance(x, list) or (isinstance(x, dict) and not _interval(x))
            for x in value.values()
        )
    )


def _interval(value: Any) -> bool:
    """Whether a value is an estimate with its interval, and nothing else."""
    return (
        isinstance(value, dict)
        and value.keys() == {"value", "low", "high"}
        and not any(isinstance(x, dict | list) for x in value.values())
    )


def _word(value: Any) -> str:
    if isinstance(value, dict):
        return f"{_word(value['value'])} ({_word(value['low'])} to {_word(value['high'])})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value)

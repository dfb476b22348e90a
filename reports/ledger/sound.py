"""What a ledger's lines must be beyond their types: a file may have been edited by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from claims.deciding.verdict import Verdict
from model.printing import one_line, shown
from model.regime import LARGEST_COUNT, Regime

_ID = re.compile(r"[\w.+-]{1,200}(![\w.+-]{1,200})?")
#: A profile, or the tier of records on real images: part of a command that readers copy.
_PROFILE = re.compile(r"[\w.+-]{1,100}")
_VERSION = re.compile(r"[\w.+!~-]{0,100}")
_MOST_ENTROPY = 2**64
_COUNTS = ("regimes", "drawn", "seeds", "networks", "failures", "tried")
_SHARES = ("delta", "level", "share_bound")
_SIZES = ("detectable", "seconds")

Rule = tuple[Callable[[Any], bool], str]
_COUNT: Rule = (lambda x: 0 <= x <= LARGEST_COUNT, f"must be from 0 to {LARGEST_COUNT}")
_SHARE: Rule = (lambda x: x is None or 0 <= x <= 1, "must be from 0 to 1")
_SIZE: Rule = (lambda x: x >= 0, "must be at least 0")
_RULES: dict[str, Rule] = {
    "claim": (lambda x: bool(_ID.fullmatch(x)), "must be an id: CLAIM or CLAIM!MUTANT"),
    "profile": (lambda x: bool(_PROFILE.fullmatch(x)), "must be a word"),
    "entropy": (lambda x: 0 <= x <= _MOST_ENTROPY, f"must be from 0 to {_MOST_ENTROPY}"),
    **dict.fromkeys(_COUNTS, _COUNT),
    **dict.fromkeys(_SHARES, _SHARE),
    **dict.fromkeys(_SIZES, _SIZE),
}


def check_verdict(verdict: Verdict) -> None:
    """Raise ValueError, which names the field, the value and the rule."""
    for name, rule in _RULES.items():
        _check(name, getattr(verdict, name), rule)
    if verdict.retried is not None:
        for name, rule in (("failures", _COUNT), ("seeds", _COUNT), ("bound", _SHARE)):
            _check(f"retried.{name}", getattr(verdict.retried, name), rule)
    _check_case("worst_case", verdict.worst_case)
    _check_case("counterexample", verdict.counterexample)


def _check(name: str, value: object, rule: Rule) -> None:
    holds, said = rule
    if not holds(value):
        raise ValueError(f"{name} = {shown(value)}: {said}")


def _check_case(name: str, case: Mapping[str, Any] | None) -> None:
    """A regime, where the statement is about one, and what was observed there."""
    if case is None:
        return
    if "regime" not in case or not isinstance(case["regime"], dict | None):
        raise ValueError(f"{name}.regime: must be null or an object with the fields of a regime")
    if case["regime"] is not None:
        try:
            Regime.from_dict(case["regime"])
        except ValueError as error:
            raise ValueError(f"{name}.regime: {error}") from None
    root = case.get("root", 0)
    if isinstance(root, bool) or not isinstance(root, int) or root < 0:
        raise ValueError(f"{name}.root = {shown(root)}: must be an integer >= 0")
    for field, value in case.items():
        if field != "regime" and isinstance(value, dict | list):
            named = f"{name}.{one_line(field, 100)}"
            raise ValueError(f"{named} = {shown(value)}: must be a number or a word")


def check_header(written: str, versions: Mapping[str, str]) -> None:
    """When it was written, and by what. Raises ValueError."""
    try:
        datetime.fromisoformat(written)
    except ValueError:
        rule = "must be a date and time, ISO 8601"
        raise ValueError(f"written = {shown(written)}: {rule}") from None
    for name, version in versions.items():
        if not _VERSION.fullmatch(name) or not _VERSION.fullmatch(version):
            pair = f"{shown(name)} = {shown(version)}"
            raise ValueError(f"versions: {pair}: must be a package and its version")

"""Failures as files: what refuted a statement, and how to see it again. Data only; reading one runs
nothing.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims.core import constants as constant_table
from claims.core import quantities
from claims.core.catalogue import catalogue, find
from claims.core.claim import Claim, split_id
from claims.core.inquiry import Tick
from claims.core.margin import Margin
from claims.core.profile import PROFILES
from claims.core.records import finite
from claims.core.status import Status
from claims.deciding.decide import repeat
from claims.deciding.verdict import Verdict
from model.regime import LARGEST_DIMENSION, Regime
from reports.ledger.against import Against, against
from reports.ledger.files import read_json, read_text, write_whole
from reports.ledger.ledger import on_images, versions
from strategies.search import SEARCH

FORMAT, VERSION = "transfer-claims-counterexample", 2
_MOST_REGIMES = 10_000
_MOST_SEEDS = 10_000
#: Dimensionless groups that say what a regime is like.
GROUPS = ("tau_2", "tau_D", "X", "Y", "alpha", "h_1", "h_2", "q_1", "q_2")


class CounterexampleError(ValueError):
    """The file is not a counterexample that can be replayed here."""


@dataclass(frozen=True)
class Counterexample:
    """A claim, the regime that refutes it (None for a statement about formulas), and the integer
    behind its random numbers.
    """

    claim: Claim[Any]
    regime: Regime | None
    root: int
    entropy: int  # of the run that found it: fixes the regimes of a statement about many,
    regimes: int  # of which there were so many
    constants: Mapping[str, float]
    replay_seeds: int | None = None  # of one regime, where they are not the rule's usual number
    told: float | None = None  # the margin in the file, or in the ledger
    refutes: bool = True  # False of the worst regime of a statement that did not fall
    source: str = "file"  # where its numbers were kept

    @property
    def seeds(self) -> int:
        """Seeds that it is measured on."""
        return self.replay_seeds or self.claim.rule.seeds(PROFILES["ci"])

    def margin(self, tick: Tick | None = None) -> Margin:
        """Measure again, on the same seeds. `tick(done, of)` is told of many regimes."""
        return repeat(
            self.claim,
            self.regime,
            self.root,
            entropy=self.entropy,
            regimes=self.regimes,
            search=SEARCH,
            seeds=self.replay_seeds,
            tick=tick,
        )


def groups(regime: Mapping[str, Any] | None) -> dict[str, float | None]:
    """A regime in dimensionless groups; none where a denominator vanishes."""
    if regime is None:
        return {}
    made, named = Regime.from_dict(dict(regime)), quantities.catalogue()
    return {name: finite(named[name](made)) for name in GROUPS} | {
        name: getattr(made, name) for name in ("n1", "n2", "m", "d")
    }


def record(verdict: Verdict) -> dict[str, Any]:
    """Everything about a falsified claim's failure, as JSON values: the smallest failing regime at
    the top level, the worst beside it.
    """
    assert verdict.counterexample is not None
    claim = find(verdict.claim)
    values = {
        "format": FORMAT,
        "version": VERSION,
        "claim": verdict.claim,
        "statement": claim.statement,
        "latex": claim.latex,
        "source": claim.source,
        **verdict.counterexample,
        "groups": groups(verdict.counterexample["regime"]),
        "worst": (
            None
            if verdict.worst_case is None
            else verdict.worst_case | {"groups": groups(verdict.worst_case["regime"])}
        ),
        "unit": verdict.unit,
        "delta": verdict.delta,
        "level": verdict.level,
        "method": verdict.method,
        "evidence": verdict.to_dict()["evidence"],
        "points": verdict.to_dict()["points"],
        "constants": verdict.constants,
        "profile": verdict.profile,
        "entropy": verdict.entropy,
        "regimes": verdict.regimes,
        "versions": versions(),
    }
    return values | {"fingerprint": fingerprint(values)}


def fingerprint(values: Mapping[str, Any]) -> str:
    """What makes a failure the same failure: the claim, its constants, the regime or regimes, and
    their random numbers; in a file of this format.
    """
    which = ("entropy", "regimes") if values["regime"] is None else ("regime", "root")
    same = [
        values[name] for name in ("format", "version", "claim", "statement", "constants", *which)
    ]
    return hashlib.sha256(json.dumps(same, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def write(verdict: Verdict, path: Path) -> None:
    """Keep a failure in a file of this name. Raises OSError."""
    write_whole(
        path, json.dumps(record(verdict), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    )


def is_to_be_kept(verdict: Verdict) -> bool:
    """Whether a statement of the catalogue fell, and left a counterexample."""
    falsified = verdict.status is Status.FALSIFIED and verdict.counterexample is not None
    return falsified and verdict.claim in catalogue()


def stem(claim_id: str) -> str:
    """A claim's id, or a mutant's, as a file's name begins."""
    return "-".join(filter(None, split_id(claim_id)))


def keep(verdict: Verdict, folder: Path) -> Path:
    """Keep a failure in a folder, once however often it occurs. Raises OSError."""
    values = record(verdict)
    path = folder / f"{stem(verdict.claim)}-{values['fingerprint'][:12]}.json"
    if not path.exists():
        write_whole(path, json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    return path


def message(verdict: Verdict, file: Path) -> str:
    """A failure in a few lines: the statement, the regime, what was observed against what is
    allowed, and how to see it again.
    """
    assert verdict.counterexample is not None
    claim, case = find(verdict.claim), verdict.counterexample
    lines = [f"{claim.id}: {claim.statement}"]
    if case["regime"] is not None:
        shown = groups(case["regime"])
        lines.append(
            "in the regime "
            + ", ".join(
                f"{name} = {'∞' if value is None else format(value, '.3g')}"
                for name, value in shown.items()
            )
        )
    lines.append(f"observed: margin {_number(case['margin'])} {claim.unit}{_counted(claim, case)}")
    lines += [str(one) for one in _against(verdict) if one]
    return "\n  ".join([*lines, f"replay: transfer-claims replay {shlex.quote(str(file))}"])


def _against(verdict: Verdict) -> list[Against | None]:
    """What was observed in the failing regime, where the verdict kept it."""
    case = verdict.counterexample or {}
    if case.get("regime") is None:
        return []
    claim, regime = find(verdict.claim), Regime.from_dict(case["regime"])
    shown = [point for point in verdict.points if point.get("margin") == case["margin"]]
    known = constant_table.load()
    return [against(claim, regime, point, known) for point in shown[:1]]


def _counted(claim: Claim[Any], case: dict[str, Any]) -> str:
    """How many seeds failed, of how many, where each has a margin of its own."""
    if claim.rule.of_all_seeds:
        return f", of all {case['seeds']} seeds together"
    delta = claim.rule.delta
    allowed = f"at most a share δ = {delta:g} may" if delta else "none may"
    return f", and {case['certain_failures']} of {case['seeds']} seeds below 0, {allowed}"


def surprise(verdict: Verdict, recorded: Status, file: Path | None) -> str:
    """A verdict that is not the recorded finding, in a few lines."""
    head = f"{verdict.status.value}, recorded as {recorded.value}\n  "
    if file is not None:
        return head + message(verdict, file)
    claim = find(verdict.claim)
    worst = (
        ""
        if verdict.worst_margin is None
        else f", worst margin {_number(verdict.worst_margin)} {claim.unit}"
    )
    options = f" --profile {verdict.profile} --entropy {verdict.entropy}"
    if on_images(claim.id):  # decided on records, whatever the profile
        options = ""
    return (
        f"{head}{claim.id}: {claim.statement}\n  {verdict.regimes} regimes, {verdict.networks}"
        f" networks{worst}\n  repeat: transfer-claims verify {claim.id}{options}"
    )


def _number(value: float | None) -> str:
    return "without bound" if value is None else f"{value:.3g}"


def of_verdict(verdict: Verdict) -> Counterexample:
    """What refuted a claim; else its worst regime, to be measured again on the same seeds.

    Raises:
        CounterexampleError: the verdict has none, or rests on other constants than today's.
    """
    claim, case = find(verdict.claim), verdict.counterexample or verdict.worst_case
    if case is None:
        raise CounterexampleError(
            f"{claim.id}: its verdict ({verdict.status.value}) has no regime to be trained again"
        )
    now = constant_table.select(claim.constants)
    _check_constants(claim.id, verdict.constants, now)
    regime = None if case["regime"] is None else Regime.from_dict(case["regime"])
    return Counterexample(
        claim,
        regime,
        case["root"],
        verdict.entropy,
        verdict.regimes,
        now,
        None if regime is None else case["seeds"],
        case["margin"],
        verdict.counterexample is not None,
        "ledger",
    )


def _check_constants(where: object, told: object, now: Mapping[str, float]) -> None:
    if told != now:
        raise CounterexampleError(
            f"{where}: constants = {told!r}: the claim is now decided with {now!r}; verify it again"
        )


def read(path: Path) -> Counterexample:
    """Read and check a file. Raises `CounterexampleError`, or a subclass of ValueError that names
    the field.
    """
    try:
        values: Any = read_json(read_text(path), finite=False)
    except (OSError, ValueError) as error:
        raise CounterexampleError(f"{path}: cannot be read ({error})") from None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise CounterexampleError(f"{path}: format: must be {FORMAT!r}")
    if values.get("version") != VERSION:
        raise CounterexampleError(
            f"{path}: version = {values.get('version')!r}: this version reads {VERSION}"
        )
    claim = find(str(values.get("claim")))
    root, regime, constants = values.get("root"), values.get("regime"), values.get("constants")
    if isinstance(root, bool) or not isinstance(root, int) or root < 0:
        raise CounterexampleError(f"{path}: root = {root!r}: must be an integer >= 0")
    now = constant_table.select(claim.constants)
    _check_constants(path, constants, now)
    without = claim.domain is None or claim.rule.of_regimes
    if (regime is None) != without or not isinstance(regime, dict | None):
        raise CounterexampleError(
            f"{path}: regime: must be"
            f" {'null' if without else 'an object with the fields of a regime'}"
        )
    made = None if regime is None else Regime.from_dict(regime)
    for name, value in ({} if made is None else made.to_dict()).items():
        if isinstance(value, int) and value > LARGEST_DIMENSION:
            raise CounterexampleError(f"{path}: {name}: must be at most {LARGEST_DIMENSION}")
    entropy, many = values.get("entropy", 0), values.get("regimes", 1)
    told, seeds = values.get("margin"), values.get("replay_seeds")
    if seeds is None and made is not None:
        seeds = values.get("seeds")  # those that the margin in the file is of
    if told is not None and (isinstance(told, bool) or not isinstance(told, int | float)):
        raise CounterexampleError(f"{path}: margin = {told!r}: must be a number, or null")
    for name, value, least, most in (
        ("entropy", entropy, 0, 2**64),
        ("regimes", many, 1, _MOST_REGIMES),
        ("replay_seeds", 1 if seeds is None else seeds, 1, _MOST_SEEDS),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise CounterexampleError(
                f"{path}: {name} = {value!r}: must be an integer from {least} to {most}"
            )
    return Counterexample(claim, made, root, entropy, many, now, seeds, told)

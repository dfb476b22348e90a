"""An attack: the search of `strategies.attack` over a claim's whole domain, kept in a journal that
the next attack goes on with, and the worst regime decided on fresh seeds.

A search looks at many regimes on few seeds, so that what looks worst was often unlucky. Where a
statement may fail in a share of networks, the few that look worst are looked at again on more; the
one that fails most often is decided.

Which regimes are looked at, and in which order, depends on the claim and on the entropy alone; time
only says where an attack stops.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from claims.core import constants as constant_table
from claims.core.case import Case
from claims.core.claim import Claim
from claims.core.constants import Constants
from claims.core.records import finite
from claims.deciding.attacked import (
    AttackError,
    Confirmation,
    UnmeasuredError,
    confirm,
    fresh_seeds,
    probe,
    probe_on,
    refutation,
)
from model.regime import Regime, RegimeError
from reports.ledger import counterexample, journal
from reports.ledger.attacks import RecordedAttack, digest_of
from reports.ledger.journal import Journal, JournalError
from reports.studies.attack import records
from reports.studies.attack.records import Decided, Evaluation, Finalist, Regimes
from strategies.attack import AGAIN, FAR, Step, attack, axes, clipped
from strategies.regimes import placed

#: Called after each look, with the number of them and the worst regime so far.
Tick = Callable[[int, Evaluation | None], None]
#: Streams of roots: those of the search are even, those of a decision odd.
_SEARCH, _DECISION, _FINAL = 3, 4, 5
#: Regimes that are looked at again before one is decided, and the seeds that each gets then.
_FINALISTS, _FINAL_SEEDS = 8, 400


@dataclass(frozen=True)
class Limits:
    """Where a run stops: whichever comes first, but not before one regime is looked at."""

    seconds: float = math.inf  # of this run
    in_all: float = math.inf  # seconds of searching, those of earlier runs included
    evaluations: int | None = None  # in all, those of earlier runs included


@dataclass(frozen=True)
class Attack:
    """An attack as it stands."""

    claim: Claim[Any]
    entropy: int
    axes: tuple[str, ...]
    journal: Path
    evaluations: list[Evaluation]
    worst: Evaluation | None  # the regime that was decided; None where none could be measured
    confirmation: Confirmation | None  # of it
    finalists: tuple[Finalist, ...] = ()  # regimes that were looked at again
    counterexample: Path | None = None  # where the statement falls

    @property
    def unmeasured(self) -> list[Evaluation]:
        """Regimes that could not be measured, or that the statement is not about."""
        return [one for one in self.evaluations if one.margin is None]

    @property
    def networks(self) -> int:
        """Trained by the search."""
        again = sum(one.networks for one in self.finalists)
        return again + sum(one.networks for one in self.evaluations)

    @property
    def seconds(self) -> float:
        """That the search took, in all runs."""
        again = sum(one.seconds for one in self.finalists)
        return float(again + sum(one.seconds for one in self.evaluations))

    @property
    def falls(self) -> bool:
        """Whether the statement does."""
        return self.confirmation is not None and self.confirmation.falls

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        worst, unmeasured = self.worst, self.unmeasured
        reasons = list(dict.fromkeys(one.why for one in unmeasured))
        return {
            "claim": self.claim.id,
            "entropy": self.entropy,
            "axes": list(self.axes),
            "evaluations": len(self.evaluations),
            "networks": self.networks,
            "seconds": round(self.seconds, 1),
            "unmeasured": {"count": len(unmeasured), "why": reasons[:3]},
            "worst": worst and asdict(worst) | {"groups": counterexample.groups(worst.regime)},
            "confirmation": self.confirmation and told(self.confirmation),
            "falls": self.falls,
            "counterexample": self.counterexample and str(self.counterexample),
            "journal": str(self.journal),
        }


def recorded(done: Attack) -> RecordedAttack | None:
    """The line that a record keeps of an attack; none where no regime could be measured."""
    confirmation = done.confirmation
    if confirmation is None:
        return None
    return RecordedAttack(
        claim=done.claim.id,
        text=digest_of(done.claim),
        entropy=done.entropy,
        regimes=len(done.evaluations),
        unmeasured=len(done.unmeasured),
        networks=done.networks,
        seconds=round(done.seconds, 1),
        regime=confirmation.case.regime.to_dict(),
        root=confirmation.case.root,
        seeds=confirmation.seeds,
        trials=confirmation.trials,
        failures=confirmation.failures,
        possible_failures=confirmation.possible_failures,
        margin=finite(confirmation.margin),
        delta=confirmation.delta,
        falls=confirmation.falls,
    )


def told(confirmation: Confirmation) -> dict[str, Any]:
    """A confirmation as JSON values."""
    return {
        "root": confirmation.case.root,
        "seeds": confirmation.seeds,
        "networks": confirmation.networks,
        "trials": confirmation.trials,
        "failures": confirmation.failures,
        "possible_failures": confirmation.possible_failures,
        "margin": finite(confirmation.margin),
        "delta": confirmation.delta,
        "interval": list(confirmation.interval),
        "at_least": confirmation.at_least,
        "level": confirmation.level,
    }


def run(
    claim: Claim[Any],
    *,
    entropy: int,
    limits: Limits,
    path: Path,
    failures: Path,
    constants: Constants | None = None,
    tick: Tick = lambda count, worst: None,
) -> Attack:
    """Go on with an attack, or begin one, and decide the worst regime that it has found.

    Args:
        path: of the journal.
        failures: the folder for a counterexample.

    Raises:
        AttackError: the journal is another attack's, is damaged, or is being written.
        OSError: something cannot be written; the journal keeps what was finished.
    """
    assert claim.domain is not None
    known = constant_table.load() if constants is None else constants
    header = records.header(claim, entropy, known)
    try:
        with journal.opened(path, header, records.check) as log:
            session = _Session(claim, entropy, known, axes(claim.domain, known), log, path)
            session.search(limits, tick)
            worst, confirmation = session.outcome()
    except JournalError as error:
        why = records.difference(path, header) or error.why
        raise AttackError(f"journal = {path}: {why}") from None
    done = Attack(
        claim,
        entropy,
        session.axes,
        path,
        session.evaluations,
        worst,
        confirmation,
        tuple(session.finalists.values()),
    )
    if not done.falls:
        return done
    return replace(done, counterexample=_kept(done, known, failures))


def _kept(done: Attack, constants: Constants, failures: Path) -> Path:
    assert done.confirmation is not None
    verdict = refutation(
        done.claim,
        done.confirmation,
        constants,
        regimes=len(done.evaluations),
        networks=done.networks,
        entropy=done.entropy,
        seconds=done.seconds,
    )
    return counterexample.keep(verdict, failures)


@dataclass
class _Session:
    """One run of an attack."""

    claim: Claim[Any]
    entropy: int
    constants: Constants
    axes: tuple[str, ...]
    log: Journal
    path: Path
    evaluations: list[Evaluation] = field(default_factory=list)

    def __post_init__(self) -> None:
        known = [records.read(record) for record in self.log.records]
        self.kept = [one for one in known if isinstance(one, Evaluation)]
        self.decided = [one for one in known if isinstance(one, Decided)]
        self.finalists = {one.finalist: one for one in known if isinstance(one, Finalist)}
        self.regimes = Regimes()

    def search(self, limits: Limits, tick: Tick) -> None:
        """Bring the search to where it was, then go on with it."""
        begun = time.monotonic()
        steps = attack(self.axes, self.entropy)
        step = next(steps)
        while True:
            again = len(self.evaluations) < len(self.kept)
            if not again and not self._goes_on(begun, limits):
                return
            evaluation = self._again(step) if again else self._new(step)
            self.evaluations.append(evaluation)
            self.regimes.add(evaluation)
            tick(len(self.evaluations), self.regimes.worst)
            # Of what could not be measured the search learns that nothing is to be found there.
            step = steps.send(FAR if evaluation.margin is None else evaluation.margin)

    def _goes_on(self, begun: float, limits: Limits) -> bool:
        count = len(self.evaluations)
        searched = sum(one.seconds for one in self.evaluations)
        searched += sum(one.seconds for one in self.finalists.values())
        enough = limits.evaluations is not None and count >= limits.evaluations
        late = time.monotonic() - begun >= limits.seconds or searched >= limits.in_all
        return count == 0 or not (enough or late)

    def _again(self, step: Step) -> Evaluation:
        number = len(self.evaluations)
        kept = self.kept[number]
        if (kept.number, kept.point) != (number, step.point):
            line = f"its regime {number} is not the one that this attack looks at then"
            raise JournalError(self.path, line)
        return kept

    def _new(self, step: Step) -> Evaluation:
        begun = time.monotonic()
        looked_at = self._looked_at(step)
        timed = replace(looked_at, seconds=round(time.monotonic() - begun, 3))
        self.log.append([asdict(timed)])
        return timed

    def _looked_at(self, step: Step) -> Evaluation:
        assert self.claim.domain is not None
        number = len(self.evaluations)
        root = 2 * _bits(self.entropy, _SEARCH, number)
        found = Evaluation(number=number, phase=step.phase, point=step.point, root=root)
        worst = None if step.phase == AGAIN else self.regimes.worst
        least = math.inf if worst is None or worst.margin is None else worst.margin
        try:
            regime = placed(self.claim.domain, self.constants, step.point)
            found = replace(found, regime=regime.to_dict())
            probed = probe(self.claim, Case(regime, root), self.constants, least)
        except (RegimeError, UnmeasuredError) as error:
            return replace(found, why=str(error))
        return replace(
            found,
            margin=clipped(probed.margin),
            seeds=probed.seeds,
            networks=probed.networks,
            failures=probed.failures,
        )

    def outcome(self) -> tuple[Evaluation | None, Confirmation | None]:
        """The regime in which the statement fell, now or earlier; else the worst, decided."""
        for one in self.decided:
            fallen = self.evaluations[one.decided]
            confirmation = one.confirmation(self.claim, _regime(fallen))
            if confirmation.falls:
                return fallen, confirmation
        worst = self.worst()
        return worst, self.decide(worst)

    def worst(self) -> Evaluation | None:
        """The worst regime: of those that look worst, the one that fails most often once all are
        looked at again, where some networks may fail.
        """
        if not self.claim.rule.delta or self.claim.rule.of_all_seeds:
            return self.regimes.worst
        lowest = self.regimes.lowest(_FINALISTS)
        return max(lowest, key=lambda one: self._finalist(one).badness, default=None)

    def _finalist(self, one: Evaluation) -> Finalist:
        """One regime looked at again, unless that is done."""
        if one.number in self.finalists:
            return self.finalists[one.number]
        begun, regime = time.monotonic(), _regime(one)
        case = Case(regime, 2 * _bits(self.entropy, _FINAL, one.number))
        seeds = min(_FINAL_SEEDS, fresh_seeds(self.claim, regime))
        found = Finalist(
            finalist=one.number, root=case.root, seeds=seeds, networks=0, failures=0, margin=None
        )
        try:
            probed = probe_on(self.claim, case, self.constants, seeds)
            found = replace(
                found,
                networks=probed.networks,
                failures=probed.failures,
                margin=finite(probed.margin),
            )
        except UnmeasuredError as error:
            found = replace(found, why=str(error))
        found = replace(found, seconds=round(time.monotonic() - begun, 3))
        self.log.append([asdict(found)])
        self.finalists[one.number] = found
        return found

    def decide(self, worst: Evaluation | None) -> Confirmation | None:
        """Decide the worst regime, unless that is done."""
        if worst is None:
            return None
        regime = _regime(worst)
        for one in self.decided:
            if one.decided == worst.number:
                return one.confirmation(self.claim, regime)
        begun = time.monotonic()
        case = Case(regime, 2 * _bits(self.entropy, _DECISION, worst.number) + 1)
        try:
            confirmation = confirm(self.claim, case, self.constants, earlier=len(self.decided))
        except UnmeasuredError as error:
            raise AttackError(f"claim = {self.claim.id!r}: the worst regime {error}") from None
        seconds = round(time.monotonic() - begun, 3)
        self.log.append([asdict(Decided.of(worst.number, confirmation, seconds))])
        return confirmation


def _regime(one: Evaluation) -> Regime:
    assert one.regime is not None  # it was measured
    return Regime.from_dict(one.regime)


def _bits(entropy: int, stream: int, number: int) -> int:
    """31 random ones."""
    words = np.random.SeedSequence([entropy, stream, number]).generate_state(1)
    return int(words[0]) >> 1

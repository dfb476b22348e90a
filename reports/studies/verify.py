"""Decide a claim: search regimes, train, measure, and let `claims.deciding.decision` derive the
verdict.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ConfigDict, TypeAdapter

from claims.core import constants as constant_table
from claims.core import findings
from claims.core.catalogue import catalogue
from claims.core.claim import Claim, Domain
from claims.core.constants import Constants
from claims.deciding import decision
from claims.deciding import estimates as population
from claims.deciding.decision import Margin, Outcome, RegimeEvidence, Status
from model.regime import Regime
from model.sampling import Seeds
from reports.ledger.files import finite, plain, validated, write_whole
from reports.studies.choices import CI_ENTROPY, ProfileName

if TYPE_CHECKING:
    from strategies.search import Case


@dataclass(frozen=True)
class Profile:
    """How much evidence to gather."""

    name: str
    regimes: int  # regimes per claim
    entropy: int  # fixes every draw
    seeds: int = decision.SCREEN_SEEDS
    exact_seeds: int = 2  # seeds per regime for statements that hold for every seed
    shrinks: int = 24  # further regimes decided to make a counterexample smaller


PROFILES: dict[ProfileName, Profile] = {
    "quick": Profile("quick", regimes=5, entropy=CI_ENTROPY, shrinks=0),
    "ci": Profile("ci", regimes=20, entropy=CI_ENTROPY),
    "nightly": Profile("nightly", regimes=40, entropy=CI_ENTROPY),  # given fresh entropy by `fresh`
}
#: Seeds per regime of a population.
POPULATION_SEEDS = 6
#: Predictions of populations, one file each.
PREDICTIONS = Path("reports/out/predictions")
Tick = Callable[[int, int], None]
Look = Callable[["Case"], RegimeEvidence | None]
#: Exact statements are cheap; they get this many times the regimes.
EXACT_SHARE = 2


def fresh(profile: Profile) -> Profile:
    """The profile with entropy from the operating system."""
    return replace(profile, entropy=np.random.SeedSequence().entropy % 2**64)  # type: ignore[operator]


#: The method of a verdict on regimes; statements about formulas name their own.
TESTED = "tested on regimes"


@dataclass
class Tally:
    """Evidence as it gathers."""

    drawn: int = 0
    networks: int = 0
    method: str = TESTED
    evidence_beside: dict[str, Any] = field(default_factory=dict)
    evidence: list[tuple[Case, RegimeEvidence]] = field(default_factory=list)
    drawn_points: dict[Case, dict[str, float]] = field(
        default_factory=dict
    )  # what the report draws of a regime
    # of what is judged at once: the smallest violation, in the claim's unit, that is seen with
    # probability 0.99
    caught: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """What was decided of one claim, and on what evidence."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    claim: str
    looks: str  # verdicts with the same value looked at the same networks
    status: Status
    regimes: int
    drawn: int
    seeds: int
    networks: int
    worst_margin: float | None
    points: list[
        dict[str, float | None]
    ]  # one a regime: its margin, and what the claim's picture shows of it
    worst_case: dict[str, Any] | None
    counterexample: dict[str, Any] | None
    method: str  # how it was reached
    evidence: dict[str, Any]  # beside margins: the box of a proof, the table of an ordering
    unit: str
    delta: float
    level: float
    caught: float
    constants: dict[str, float]
    profile: str
    entropy: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return (
            asdict(self)
            | {"status": self.status.value, "worst_margin": finite(self.worst_margin)}
            | {name: plain(getattr(self, name)) for name in ("evidence", "points")}
        )

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Verdict:
        """From `to_dict`'s values; raises ValueError, which names the field, on anything else."""
        return validated(_reader(), record, "verdict")


@lru_cache(maxsize=1)
def _reader() -> TypeAdapter[Verdict]:
    return TypeAdapter(Verdict)


def decide(
    claim: Claim, profile: Profile, constants: Constants | None = None, tick: Tick | None = None
) -> Verdict:
    """Decide one claim. `tick(done, of)` is called after each regime."""
    constants = constant_table.load() if constants is None else constants
    begun = time.perf_counter()
    many = planned(claim, profile)
    alpha = decision.regime_alpha(len(catalogue()), many)
    smallest: Case | None = None
    if claim.domain is None or claim.population:
        tally = (
            _formula(claim, constants)
            if claim.domain is None
            else _population(claim, profile, constants, many, tick)
        )
        case, seen = tally.evidence[0]
        smallest = case if seen.outcome is Outcome.FALLS else None
    else:
        tally = Tally()

        def look(case: Case) -> RegimeEvidence | None:
            seen = _regime(claim, case, profile, constants, alpha, tally)
            if tick:
                tick(min(tally.drawn, many), many)
            return seen

        smallest = (
            _climb(claim, profile, constants, many, look, tally)
            if claim.climbs
            else _search(claim, profile, constants, many, look)
        )
    return _verdict(
        claim, profile, constants, tally, smallest, alpha * many, time.perf_counter() - begun
    )


def planned(claim: Claim, profile: Profile) -> int:
    """Regimes to look at."""
    if claim.domain is None:
        return 1
    if claim.population:
        return round(
            claim.population * max(1.0, profile.regimes / PROFILES["ci"].regimes)
        )  # with fewer nothing would be decided
    wanted = max(1, round(profile.regimes * claim.sweep * (EXACT_SHARE if claim.delta == 0 else 1)))
    return min(wanted, population.MOST_CLIMBED) if claim.climbs else wanted


def _search(
    claim: Claim, profile: Profile, constants: Constants, many: int, look: Look
) -> Case | None:
    from strategies.search import search

    assert claim.domain is not None

    def falls(case: Case) -> bool:
        seen = look(case)
        return seen is not None and seen.outcome is Outcome.FALLS

    return search(
        claim.domain,
        constants,
        falls,
        name=claim.looks,
        entropy=profile.entropy,
        cases=many,
        shrinks=profile.shrinks,
    )


def _climb(
    claim: Claim, profile: Profile, constants: Constants, many: int, look: Look, tally: Tally
) -> Case | None:
    """The worst case that falls, sought where the margin is least. What is predicted of a case is
    written down before it is looked at.
    """
    from strategies.search import climb

    assert claim.domain is not None
    fallen: list[tuple[float, Case]] = []
    foretold: list[str] = []

    def score(case: Case) -> float:
        if claim.foretell:
            foretold.append(_prediction(claim.foretell, case))
            # Its own file: where a climb goes is the margin's doing, which planted versions do not
            # share, and how far the profile's.
            path = (
                PREDICTIONS
                / f"{claim.id}-{profile.entropy}-{many}-{_digest(foretold[0])[:12]}.jsonl"
            )
            tally.evidence_beside["predicted beforehand"] = _kept(path, "".join(foretold))
        seen = look(case)
        if seen is None:
            return -math.inf
        if seen.outcome is Outcome.FALLS:
            fallen.append((seen.worst_margin, case))
        return -seen.worst_margin

    climb(claim.domain, constants, score, name=claim.looks, entropy=profile.entropy, cases=many)
    return min(fallen, key=lambda found: found[0])[1] if fallen else None


@lru_cache(maxsize=128)
def _look(observe: Callable[[Regime, Seeds], Any], regime: Regime, seeds: Seeds) -> Any:
    """Claims of one family, and their planted versions, train their networks once where they are
    decided in one process.
    """
    return observe(regime, seeds)


def _formula(claim: Claim, constants: Constants) -> Tally:
    seen = claim.observe(None, None)  # type: ignore[arg-type]
    return _at_once(claim.margin(seen, constants), 1, seen.networks, seen.method, seen.evidence)


def _population(
    claim: Claim, profile: Profile, constants: Constants, many: int, tick: Tick | None
) -> Tally:
    """Observe many regimes, and judge them together."""
    cases = population_cases(claim, profile, constants, many)
    evidence: dict[str, Any] = {}
    if claim.foretell:
        evidence["predicted beforehand"] = _written_down(
            claim.looks, claim.foretell, cases, profile.entropy
        )
    observed = _observations(claim.observe, cases, tick)
    if claim.summary:
        evidence |= claim.summary(observed)
    margin = claim.margin(observed, constants)
    tally = _at_once(
        margin,
        len(observed),
        sum(seen.networks for seen in observed),
        f"{TESTED}, judged together",
        evidence,
        POPULATION_SEEDS * len(observed),
    )
    tally.caught = (
        claim.power(observed) if claim.power else _seen(margin, population.spread(len(observed)))
    )
    return tally


def _seen(margin: Margin, width: float) -> float:
    """The smallest violation that shows with probability 0.99, from an interval of `width` standard
    errors either side.
    """
    numbers = np.isfinite(margin.high) & np.isfinite(margin.low)
    half = float((margin.high[numbers] - margin.low[numbers]).max(initial=0.0)) / 2
    return half + half / width * population.SEEN


def population_cases(
    claim: Claim, profile: Profile, constants: Constants, many: int
) -> tuple[Case, ...]:
    """The regimes of a population, fixed by the profile's entropy."""
    assert claim.domain is not None
    needed = tuple(sorted((name, constants[name]) for name in _names(claim.domain)))
    return _cases(claim.domain, needed, claim.looks, profile.entropy, many)


def measure_again(
    claim: Claim, regime: Regime | None, root: int, entropy: int, many: int
) -> Margin:
    """The margin of a kept counterexample: one regime on the seeds of `root`, a formula, or a
    population of `many` regimes.
    """
    profile, constants = replace(PROFILES["ci"], entropy=entropy), constant_table.load()
    if claim.population:
        return claim.margin(
            _observations(claim.observe, population_cases(claim, profile, constants, many), None),
            constants,
        )
    if regime is None:
        return claim.margin(claim.observe(None, None), constants)  # type: ignore[arg-type]
    return claim.margin(claim.observe(regime, Seeds(root, _seeds(claim, profile))), constants)


def measure_seeds(claim: Claim) -> int:
    """Seeds that `measure_again` takes in a regime."""
    return _seeds(claim, PROFILES["ci"])


def _seeds(claim: Claim, profile: Profile) -> int:
    """Seeds a regime is first looked at with."""
    return profile.seeds if claim.delta > 0 or claim.climbs else profile.exact_seeds


def _names(domain: Domain) -> set[str]:
    return {
        bound
        for hypothesis in domain.hypotheses
        for bound in (hypothesis.low, hypothesis.high)
        if isinstance(bound, str)
    }


@lru_cache(maxsize=16)
def _cases(
    domain: Domain, constants: tuple[tuple[str, float], ...], name: str, entropy: int, planned: int
) -> tuple[Case, ...]:
    """The regimes of a population, before anything is trained."""
    from strategies.search import search

    drawn: list[Case] = []

    def keep(case: Case) -> bool:
        drawn.append(case)
        return False

    search(domain, dict(constants), keep, name=name, entropy=entropy, cases=planned)
    return tuple(drawn)


@lru_cache(maxsize=16)
def _written_down(
    name: str, foretell: Callable[[Regime], dict[str, float]], cases: tuple[Case, ...], entropy: int
) -> dict[str, Any]:
    """Write predictions to a file of their own, and return its name and digest for the ledger."""
    text = "".join(_prediction(foretell, case) for case in cases)
    return _kept(PREDICTIONS / f"{name}-{entropy}-{_digest(text)[:12]}.jsonl", text)


def _prediction(foretell: Callable[[Regime], dict[str, float]], case: Case) -> str:
    return (
        json.dumps(
            {
                "regime": case.regime.to_dict(),
                "root": case.root,
                "predicted": foretell(case.regime),
            },
            allow_nan=False,
        )
        + "\n"
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _kept(path: Path, text: str) -> dict[str, Any]:
    """Write predictions, unless the file says so already: its time is that of the first to predict.
    Its name and digest for the ledger.
    """
    found = {"sha256": _digest(text), "regimes": text.count("\n")}
    try:
        if not path.exists() or not path.read_text(encoding="utf-8").startswith(text):
            write_whole(path, text)
    except (OSError, UnicodeDecodeError) as error:
        return {"not written": str(error)} | found
    return {"file": path.name} | found


@lru_cache(maxsize=8)
def _observed(observe: Callable[[Regime, Seeds], Any], cases: tuple[Case, ...]) -> list[Any]:
    return []


def _observations(
    observe: Callable[[Regime, Seeds], Any], cases: tuple[Case, ...], tick: Tick | None
) -> list[Any]:
    """What is seen of each case, once for all claims of a family that are decided in one
    process.
    """
    observed = _observed(observe, cases)
    for case in cases[len(observed) :]:
        observed.append(observe(case.regime, Seeds(case.root, POPULATION_SEEDS)))
        if tick:
            tick(len(observed), len(cases))
    return observed


def _at_once(
    margin: Margin,
    regimes: int,
    networks: int,
    method: str,
    evidence: dict[str, Any],
    seeds: int = 1,
) -> Tally:
    """One margin: it falls where even its upper end does, and is undecided between the two."""
    outcome = (
        Outcome.FALLS
        if margin.certain_failures
        else Outcome.UNDECIDED
        if margin.possible_failures
        else Outcome.STANDS
    )
    seen = RegimeEvidence(
        outcome, seeds, margin.certain_failures, margin.possible_failures, float(margin.low.min())
    )
    from strategies.search import Case

    return Tally(regimes, networks, method, evidence, [(Case(None, 0), seen)])  # type: ignore[arg-type]


def _regime(
    claim: Claim, case: Case, profile: Profile, constants: Constants, alpha: float, tally: Tally
) -> RegimeEvidence | None:
    """Decide one regime; None where it lies outside the hypotheses."""
    assert claim.domain is not None
    tally.drawn += 1
    if claim.domain.violations(case.regime, constants):
        return None

    def measure(first: int, count: int) -> Margin:
        seen = _look(claim.observe, case.regime, Seeds(case.root, count, first))
        tally.networks += seen.networks
        if claim.picture and first == 0:
            tally.drawn_points[case] = claim.picture.point(case.regime, seen)
        margin = claim.margin(seen, constants)
        if claim.climbs:
            tally.caught = max(
                tally.caught,
                _seen(margin, population.spread(count, population.LEVEL / population.MOST_CLIMBED)),
            )
        return margin

    evidence = decision.examine(
        measure, delta=claim.delta, alpha=alpha, seeds=_seeds(claim, profile)
    )
    tally.evidence.append((case, evidence))
    return evidence


def _case_dict(case: Case, evidence: RegimeEvidence | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "regime": case.regime.to_dict() if case.regime is not None else None,
        "root": case.root,
    }
    if evidence is not None:
        found |= {
            "seeds": evidence.seeds,
            "certain_failures": evidence.certain_failures,
            "possible_failures": evidence.possible_failures,
            "margin": finite(evidence.worst_margin),
        }
        if evidence.worst_step is not None:
            found["step"] = evidence.worst_step
    return found


def _verdict(
    claim: Claim,
    profile: Profile,
    constants: Constants,
    tally: Tally,
    smallest: Case | None,
    level: float,
    seconds: float,
) -> Verdict:
    by_case = dict(tally.evidence)
    worst = min(tally.evidence, key=lambda pair: pair[1].worst_margin, default=None)
    at_once = tally.method != TESTED
    spent = (
        level
        if claim.delta > 0
        else (
            population.LEVEL
            if claim.population
            else population.LEVEL * tally.drawn / population.MOST_CLIMBED
            if claim.climbs
            else 0.0
        )
    )
    return Verdict(
        claim=claim.id,
        looks=claim.looks,
        status=decision.derive(
            (e for _, e in tally.evidence), drawn=len(tally.evidence) if at_once else tally.drawn
        ),
        regimes=tally.drawn if at_once else len(tally.evidence),
        drawn=tally.drawn,
        method=tally.method,
        evidence=tally.evidence_beside,
        seeds=sum(e.seeds for _, e in tally.evidence),
        networks=tally.networks,
        worst_margin=worst[1].worst_margin if worst else None,
        points=[
            {"margin": e.worst_margin, **tally.drawn_points.get(case, {})}
            for case, e in tally.evidence
        ],
        worst_case=_case_dict(*worst) if worst else None,
        counterexample=_case_dict(smallest, by_case.get(smallest)) if smallest else None,
        unit=claim.unit,
        delta=claim.delta,
        level=spent,
        caught=_caught(claim, profile, tally),
        constants=constant_table.select(claim.constants, constants),
        profile=profile.name,
        entropy=profile.entropy,
        seconds=seconds,
    )


def _caught(claim: Claim, profile: Profile, tally: Tally) -> float:
    """The smallest violation seen with probability 0.99: a probability of failure in a regime, an
    amount of what is judged at once, 0 of formulas.
    """
    if claim.domain is None or claim.population or claim.climbs:
        return tally.caught
    return decision.caught(claim.delta, _seeds(claim, profile))


def expected(claim: Claim) -> Status:
    """The claim's recorded finding: falsified if a counterexample is kept in the repository, else
    verified.
    """
    return Status.FALSIFIED if findings.path(claim.id).exists() else Status.VERIFIED

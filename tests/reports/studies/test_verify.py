"""Deciding a claim, on toy claims whose margins are known: what is counted, what is kept, and when
each verdict comes out.
"""

import json
import math
from dataclasses import dataclass, field, fields, replace

import numpy as np
import pytest

from claims.core import findings, quantities
from claims.core.catalogue import catalogue
from claims.core.claim import Claim, Kind, Picture, Provenance, hypothesis
from claims.core.domains import ANY_REGIME
from claims.core.margin import Margin
from claims.core.profile import CI_ENTROPY, PROFILES, Profile, fresh
from claims.core.status import Status
from claims.deciding.budget import RUN_BUDGET
from claims.deciding.decide import expected
from claims.deciding.verdict import Verdict
from model.regime import Regime
from reports.studies.verify import EXACT_SHARE, decide

PROFILE = Profile("toy", regimes=10, entropy=1, shrinks=400)


@dataclass
class Look:
    """What a toy claim sees: where, and which seeds; it trains nothing."""

    regime: Regime | None
    seeds: object
    networks: int
    method: str = "algebra"
    evidence: dict = field(default_factory=dict)


def claim(
    margin,
    *,
    delta=0.0,
    domain=ANY_REGIME,
    observe=lambda regime, seeds: Look(regime, seeds, 3 * seeds.count),
    **changes,
):
    """A toy claim; `margin(look)` gives one number a seed, or a `Margin`."""

    def measure(seen, constants):
        found = margin(seen)
        return (
            found
            if isinstance(found, Margin)
            else Margin.exact(
                np.broadcast_to(found, (seen.seeds.count if seen.seeds else 1,)).copy()
            )
        )

    values = {
        "id": "toy",
        "title": "t",
        "source": "s",
        "statement": "x",
        "latex": "x",
        "provenance": (Provenance.D,),
        "kind": Kind.PROBABILITY if delta else Kind.EXACT,
        "domain": domain,
        "observe": observe,
        "margin": measure,
        "unit": "u",
        "delta": delta,
    }
    return Claim(**(values | changes))


def falls_from_five(seen):
    """Fails wherever there are five downstream samples or more."""
    return 4.5 - seen.regime.n2


# Each verdict -------------------------------------------------------------------------------------


@pytest.mark.parametrize("delta", [0.0, 0.05])
def test_verified(delta):
    verdict = decide(claim(lambda seen: 0.25, delta=delta), PROFILE, {})
    regimes, seeds = (10 * EXACT_SHARE, PROFILE.exact_seeds) if delta == 0 else (10, SCREEN_SEEDS)
    assert verdict.status is Status.VERIFIED
    assert (verdict.regimes, verdict.drawn, verdict.seeds, verdict.networks) == (
        regimes,
        regimes,
        regimes * seeds,
        3 * regimes * seeds,
    )
    assert (verdict.worst_margin, verdict.counterexample) == (0.25, None)
    assert (verdict.claim, verdict.unit, verdict.delta, verdict.profile, verdict.entropy) == (
        "toy",
        "u",
        delta,
        "toy",
        1,
    )
    assert verdict.detectable == caught(delta, SCREEN_SEEDS if delta else PROFILE.exact_seeds)
    assert verdict.seconds >= 0


@pytest.mark.parametrize("delta", [0.0, 0.05])
def test_falsified_and_shrunk(delta):
    """The counterexample is the smallest regime that falls, the simplest in all else."""
    verdict = decide(claim(falls_from_five, delta=delta), PROFILE, {})
    assert verdict.status is Status.FALSIFIED
    regime = Regime.from_dict(verdict.counterexample["regime"])
    assert (
        regime.n2,
        regime.n1,
        regime.m,
        regime.inherited,
        regime.steps1,
        regime.steps2,
        regime.cos_v,
    ) == (5, 1, 1, 0, 1, 1, 0.0)
    assert verdict.counterexample["root"] == 0
    assert verdict.counterexample["margin"] == -0.5
    assert verdict.counterexample["certain_failures"] > 0
    assert verdict.worst_margin <= -0.5  # where it is worst is another regime


def test_falsified_and_left_as_found():
    verdict = decide(claim(falls_from_five), replace(PROFILE, shrinks=0), {})
    assert verdict.status is Status.FALSIFIED
    assert verdict.counterexample["regime"]["n2"] >= 5
    assert verdict.regimes <= 10 * EXACT_SHARE


def test_search_ends_at_the_first_that_falls():
    assert decide(claim(lambda seen: -1.0), replace(PROFILE, shrinks=0), {}).regimes == 1


@pytest.mark.parametrize("delta", [0.0, 0.05])
def test_no_number_falsifies(delta):
    verdict = decide(claim(lambda seen: math.nan, delta=delta), replace(PROFILE, shrinks=0), {})
    assert verdict.status is Status.FALSIFIED
    assert json.dumps(verdict.to_dict(), allow_nan=False)


@pytest.mark.parametrize("delta", [0.0, 0.05])
def test_too_coarse_is_inconclusive(delta):
    coarse = claim(
        lambda seen: Margin.between(
            np.full(seen.seeds.count, -1.0), np.full(seen.seeds.count, 1.0)
        ),
        delta=delta,
    )
    verdict = decide(coarse, PROFILE, {})
    assert (verdict.status, verdict.counterexample) == (Status.INCONCLUSIVE, None)


IMPOSSIBLE = replace(ANY_REGIME, hypotheses=(hypothesis("tau_2", low=1e30),))
EVERY_OTHER = replace(ANY_REGIME, hypotheses=(hypothesis("alpha", high=0.0),))


def test_vacuous():
    """No regime drawn is inside: nothing is measured, however false the claim."""
    verdict = decide(claim(lambda seen: -1.0, domain=IMPOSSIBLE), PROFILE, {})
    assert (
        verdict.status,
        verdict.regimes,
        verdict.networks,
        verdict.worst_margin,
        verdict.worst_case,
    ) == (Status.VACUOUS, 0, 0, None, None)
    assert verdict.drawn == 10 * EXACT_SHARE


def test_regimes_outside_are_not_evidence():
    """A claim that fails exactly where its hypotheses do not hold."""
    seen = decide(
        claim(lambda look: -1.0 if look.regime.inherited else 1.0, domain=EVERY_OTHER), PROFILE, {}
    )
    assert seen.status in (Status.VERIFIED, Status.VACUOUS)
    assert 0 < seen.regimes < seen.drawn


@pytest.mark.parametrize(
    ("margin", "status"),
    [(0.0, Status.VERIFIED), (-1.0, Status.FALSIFIED), (math.nan, Status.FALSIFIED)],
)
def test_formula(margin, status):
    """A statement about formulas alone: observed once, with no regime."""
    verdict = decide(
        claim(
            lambda seen: margin, domain=None, observe=lambda regime, seeds: Look(regime, seeds, 0)
        ),
        PROFILE,
        {},
    )
    assert (verdict.status, verdict.regimes, verdict.drawn, verdict.networks, verdict.level) == (
        status,
        1,
        1,
        0,
        0.0,
    )
    assert (verdict.counterexample or {"regime": None})["regime"] is None
    assert (verdict.counterexample is None) == (status is Status.VERIFIED)


def test_an_error_is_not_a_verdict():
    def breaks(regime, seeds):
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        decide(claim(lambda seen: 1.0, observe=breaks), PROFILE, {})


# Seeds --------------------------------------------------------------------------------------------


def test_seeds():
    """All of a case's seeds come from its root, screen first, fresh ones after, none twice."""
    used = {}

    def observe(regime, seeds):
        used.setdefault((regime, seeds.root), []).extend(
            range(seeds.first, seeds.first + seeds.count)
        )
        return Look(regime, seeds, seeds.count)

    verdict = decide(
        claim(lambda seen: -1.0 if seen.seeds.first == 0 else 1.0, delta=0.05, observe=observe),
        PROFILE,
        {},
    )
    assert verdict.status is Status.VERIFIED
    assert all(seeds == list(range(len(seeds))) for seeds in used.values())
    assert verdict.seeds == sum(map(len, used.values())) > 10 * SCREEN_SEEDS


@pytest.mark.parametrize(
    "margin", [lambda seen: 1.0, falls_from_five], ids=["verified", "falsified"]
)
def test_same_verdict_again(margin):
    first, again = (decide(claim(margin), PROFILE, {}) for _ in range(2))
    assert replace(first, seconds=0.0) == replace(again, seconds=0.0)


@pytest.mark.parametrize("change", [{"entropy": 2}, {"id": "other"}], ids=str)
def test_other_entropy_or_id_other_regimes(change):
    def regimes(**changes):
        looked = []
        profile = replace(PROFILE, entropy=changes.pop("entropy", 1))
        decide(claim(lambda seen: looked.append(seen.regime) or 1.0, **changes), profile, {})
        return set(looked)

    assert len(regimes() & regimes(**change)) <= 1  # the simplest regime begins every search


# What is kept -------------------------------------------------------------------------------------


def test_worst_case():
    """Of all regimes, the one with the least margin, whether or not it falls."""
    looked = []
    verdict = decide(
        claim(lambda seen: looked.append(seen.regime) or 100.0 - seen.regime.n2), PROFILE, {}
    )
    assert (
        verdict.worst_margin
        == verdict.worst_case["margin"]
        == 100.0 - max(regime.n2 for regime in looked)
    )
    assert verdict.worst_case["regime"]["n2"] == max(regime.n2 for regime in looked)


def test_points():
    """One a regime that was evidence: its margin, and what the claim's picture shows of it."""
    looked = []
    plain = decide(
        claim(lambda seen: looked.append(seen.regime) or 100.0 - seen.regime.n2), PROFILE, {}
    )
    assert plain.points == [{"margin": 100.0 - regime.n2} for regime in looked]
    across = quantities.catalogue()["tau_2"]
    picture = Picture(
        across,
        {"samples": lambda seen: float(seen.regime.n2)},
        "samples",
        lambda x, constants: 1.0,
        upper=True,
    )
    looked.clear()
    drawn = decide(
        claim(lambda seen: looked.append(seen.regime) or 1.0, domain=EVERY_OTHER, picture=picture),
        PROFILE,
        {},
    )
    assert drawn.points == [
        {"margin": 1.0, "across": across(regime), "samples": regime.n2} for regime in looked
    ]
    assert len(drawn.points) == drawn.regimes < drawn.drawn


def test_constants_are_kept():
    verdict = decide(
        claim(lambda seen: 1.0, constants=("a.C_1",)), PROFILE, {"a.C_1": 3.0, "a.C_2": 4.0}
    )
    assert verdict.constants == {"a.C_1": 3.0}


def test_sweep():
    """An expensive claim may ask for fewer regimes, never for none."""
    assert [
        decide(claim(lambda seen: 1.0, delta=0.05, sweep=sweep), PROFILE, {}).regimes
        for sweep in (0.5, 0.001)
    ] == [5, 1]


def test_tick():
    ticks = []
    decide(claim(lambda seen: 1.0), PROFILE, {}, tick=lambda done, of: ticks.append((done, of)))
    assert ticks == [(k, 20) for k in range(1, 21)]


def test_budget():
    """Exact statements spend nothing; the others an even share, whatever the number of regimes."""
    spent = {
        (delta, regimes): (
            decide(
                claim(lambda seen: 1.0, delta=delta), replace(PROFILE, regimes=regimes), {}
            ).level
        )
        for delta in (0.0, 0.05)
        for regimes in (3, 9)
    }
    assert spent == pytest.approx(
        {
            (0.0, 3): 0,
            (0.0, 9): 0,
            (0.05, 3): RUN_BUDGET / len(catalogue()),
            (0.05, 9): RUN_BUDGET / len(catalogue()),
        }
    )


@pytest.mark.parametrize(
    "margin",
    [lambda seen: 1.0, falls_from_five, lambda seen: math.inf],
    ids=["verified", "falsified", "infinite"],
)
def test_json_round_trip(margin):
    verdict = decide(claim(margin), PROFILE, {})
    back = Verdict.from_dict(json.loads(json.dumps(verdict.to_dict(), allow_nan=False)))
    without = replace(verdict, worst_margin=None, points=[{"margin": None}] * len(verdict.points))
    assert back == (without if verdict.worst_margin == math.inf else verdict)
    assert set(verdict.to_dict()) == {f.name for f in fields(Verdict)}


# Profiles and findings ----------------------------------------------------------------------------


def test_profiles():
    assert {name: profile.name for name, profile in PROFILES.items()} == {
        name: name for name in ("quick", "ci", "nightly")
    }
    assert PROFILES["quick"].regimes < PROFILES["ci"].regimes < PROFILES["nightly"].regimes
    assert all(
        profile.entropy == CI_ENTROPY and profile.seeds == SCREEN_SEEDS and profile.exact_seeds >= 1
        for profile in PROFILES.values()
    )


def test_fresh():
    first, second = fresh(PROFILE), fresh(PROFILE)
    assert len({first.entropy, second.entropy, PROFILE.entropy}) == 3
    assert replace(first, entropy=PROFILE.entropy) == PROFILE


def test_expected(tmp_path, monkeypatch):
    """A kept counterexample is what records a statement as refuted."""
    monkeypatch.setattr(findings, "FOLDER", tmp_path)
    assert expected(claim(lambda seen: 1.0)) is Status.VERIFIED
    findings.path("toy").write_text("{}")
    assert expected(claim(lambda seen: 1.0)) is Status.FALSIFIED


def test_every_kept_counterexample_is_of_a_claim():
    assert {file.stem for file in findings.FOLDER.glob("*")} <= set(catalogue())

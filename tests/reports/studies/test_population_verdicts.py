"""Verdicts on many regimes at once, and searches that climb: on toy claims that train nothing.

Regimes are real ones, drawn by the search; what is seen of one is a number that its root fixes, so
that the mean over a population is known to be near 0 with a known standard error.
"""

import hashlib
import json
import math
import os
from dataclasses import dataclass, replace

import numpy as np
import pytest

from claims.core.catalogue import catalogue
from claims.core.claim import Claim, Kind, Provenance, hypothesis
from claims.core.domains import ANY_REGIME
from claims.core.margin import Margin
from claims.core.profile import PROFILES, Profile
from claims.core.status import Status
from claims.deciding import estimates as population
from claims.deciding.budget import RUN_BUDGET
from claims.deciding.estimates import LEVEL, MOST_CLIMBED, SEEN, each, estimate, spread
from claims.deciding.verdict import Verdict
from claims.observing.errors import scratch_only
from claims.observing.limit import variants
from model.regime import Regime
from model.sampling import Seeds
from reports.studies import verify
from reports.studies.verify import EXACT_SHARE, POPULATION_SEEDS, decide, planned

PROFILE = Profile("toy", regimes=PROFILES["ci"].regimes, entropy=1)
REGIMES = 40


@dataclass(frozen=True)
class Seen:
    """Of one regime: a standard normal number that its root fixes."""

    regime: Regime
    seeds: Seeds
    value: float
    networks: int = 5


class Eye:
    """An `observe` that counts: each is another, so that no test sees what another one's looked
    at.
    """

    def __init__(self, breaks_at=0):
        self.looked, self.breaks_at = [], breaks_at

    def __call__(self, regime, seeds):
        self.looked.append(regime)
        if len(self.looked) == self.breaks_at:
            raise KeyboardInterrupt
        return Seen(regime, seeds, float(np.random.default_rng(seeds.root).standard_normal()))


@pytest.fixture(autouse=True)
def written(tmp_path, monkeypatch):
    """The folder of predictions."""
    monkeypatch.setattr(verify, "PREDICTIONS", tmp_path / "predictions")
    return tmp_path / "predictions"


def mean(seen):
    return estimate(lambda column: float(column.mean()), each(seen, lambda s: s.value))


def claim(bound=1.0, **changes):
    """Over the population, the mean is at most `bound`."""
    values = {
        "id": "toy",
        "title": "t",
        "source": "s",
        "statement": "x",
        "latex": "x",
        "provenance": (Provenance.D,),
        "kind": Kind.ORDERING,
        "domain": ANY_REGIME,
        "observe": Eye(),
        "margin": lambda seen, constants: mean(seen).at_most(bound),
        "unit": "u",
        "population": REGIMES,
    }
    return Claim(**(values | changes))


# Populations --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "status"),
    [
        (2.0, Status.VERIFIED),
        (0.0, Status.INCONCLUSIVE),
        (-0.5, Status.INCONCLUSIVE),
        (-2.0, Status.FALSIFIED),
    ],
    ids=str,
)
def test_status(bound, status):
    """The mean of 40, of standard error 1/6: true and false by twelve of them, near by three."""
    verdict = decide(claim(bound), PROFILE, {})
    assert verdict.status is status
    assert (verdict.counterexample is not None) == (status is Status.FALSIFIED)
    assert verdict.worst_margin == pytest.approx(
        bound - spread(REGIMES) / math.sqrt(REGIMES), abs=1.0
    )


def test_what_is_counted():
    made = claim()
    verdict = decide(made, PROFILE, {})
    assert (verdict.regimes, verdict.drawn, verdict.networks) == (REGIMES, REGIMES, 5 * REGIMES)
    assert len(set(made.observe.looked)) == REGIMES
    assert (verdict.level, verdict.delta) == (LEVEL, 0.0)
    assert "together" in verdict.method


def test_seeds_of_a_regime():
    """From its root, as many for each as a population gets."""
    given = []
    decide(
        claim(margin=lambda seen, constants: given.extend(seen) or Margin.exact(1.0)), PROFILE, {}
    )
    assert {(s.seeds.count, s.seeds.first) for s in given} == {(POPULATION_SEEDS, 0)}
    assert len({s.seeds.root for s in given}) > REGIMES / 2


@pytest.mark.parametrize(("regimes", "expected"), [(1, 40), (5, 40), (20, 40), (40, 80)])
def test_how_many(regimes, expected):
    """As many as the claim says, with which it can be judged; more in a profile with more regimes
    than ci.
    """
    profile = replace(PROFILE, regimes=round(regimes * PROFILES["ci"].regimes / 20))
    assert planned(claim(), profile) == expected
    if expected <= 40:
        assert decide(claim(), profile, {}).regimes == expected


def test_evidence():
    """The claim's own summary, and the smallest violation that this population would have
    revealed.
    """
    seen = []
    verdict = decide(
        claim(summary=lambda found: seen.extend(found) or {"mean": mean(found).record()}),
        PROFILE,
        {},
    )
    assert verdict.evidence["mean"] == mean(seen).record()
    assert verdict.detectable == pytest.approx((spread(REGIMES) + SEEN) * mean(seen).error)
    assert verdict == replace(
        Verdict.from_dict(json.loads(json.dumps(verdict.to_dict(), allow_nan=False))),
        evidence=verdict.evidence,
    )


def test_counterexample_is_the_population():
    """No one regime refutes it; the entropy brings back all."""
    verdict = decide(claim(-2.0), PROFILE, {})
    assert verdict.counterexample["regime"] is None
    assert (verdict.counterexample["certain_failures"], verdict.entropy) == (1, PROFILE.entropy)


def test_no_number_falsifies():
    assert (
        decide(claim(margin=lambda seen, constants: Margin.exact(math.nan)), PROFILE, {}).status
        is Status.FALSIFIED
    )


def test_tick():
    ticks = []
    decide(claim(), PROFILE, {}, tick=lambda done, of: ticks.append((done, of)))
    assert ticks == [(k, REGIMES) for k in range(1, REGIMES + 1)]


# Once for all -------------------------------------------------------------------------------------


def test_decided_again_nothing_is_trained():
    """Nor for another claim of the family, or a planted version of one."""
    made = claim(family="together")
    first = decide(made, PROFILE, {})
    assert len(made.observe.looked) == REGIMES
    again, other = (
        decide(made, PROFILE, {}),
        decide(
            replace(made, id="other", margin=lambda seen, constants: mean(seen).at_least(2.0)),
            PROFILE,
            {},
        ),
    )
    assert len(made.observe.looked) == REGIMES
    assert replace(again, seconds=0.0) == replace(first, seconds=0.0)
    assert (other.status, other.networks, other.family_id) == (
        Status.FALSIFIED,
        first.networks,
        first.family_id,
    )


@pytest.mark.parametrize(
    "change", [{"entropy": 2}, {"id": "other"}, {"regimes": PROFILE.regimes * 2}], ids=str
)
def test_another_population_is_trained(change):
    """Of another entropy, name or size; it does not pass for the first."""
    made, profile = (
        claim(),
        replace(PROFILE, **{name: value for name, value in change.items() if name != "id"}),
    )
    decide(made, PROFILE, {})
    verdict = decide(replace(made, id=change.get("id", made.id)), profile, {})
    assert len(made.observe.looked) == REGIMES + verdict.regimes


def test_interrupted_it_goes_on():
    """Within a process, what was seen before Ctrl-C is kept."""
    made = claim(observe=Eye(breaks_at=17))
    with pytest.raises(KeyboardInterrupt):
        decide(made, PROFILE, {})
    verdict = decide(made, PROFILE, {})
    assert len(made.observe.looked) == REGIMES + 1
    assert replace(verdict, seconds=0.0) == replace(decide(claim(), PROFILE, {}), seconds=0.0)


def test_constants_of_the_domain():
    """A bound by name: another value, other regimes."""
    domain = replace(
        ANY_REGIME, construction="scratch", hypotheses=(hypothesis("tau_2", high="a.C"),)
    )
    taus = {}
    for value in (0.5, 5.0):
        made = claim(9.0, domain=domain, population=12)
        assert decide(made, PROFILE, {"a.C": value, "not.needed": value}).status is Status.VERIFIED
        taus[value] = max(domain.hypotheses[0].quantity(regime) for regime in made.observe.looked)
    assert taus == pytest.approx({0.5: 0.5, 5.0: 5.0})


# Predictions first --------------------------------------------------------------------------------


def predict(regime):
    return {"n2": float(regime.n2), "third": 1 / 3}


def test_written_before_the_first_network(written):
    """Whole, on disk, and not touched after: the same bytes at the first look and after the
    last.
    """
    contents = []

    class Late(Eye):
        def __call__(self, regime, seeds):
            contents.append({file.name: file.read_bytes() for file in written.iterdir()})
            return super().__call__(regime, seeds)

    verdict = decide(claim(foretell=predict, observe=Late()), PROFILE, {})
    (file,) = written.iterdir()
    assert contents == [{file.name: file.read_bytes()}] * REGIMES
    assert verdict.evidence["predicted beforehand"]["file"] == file.name


def test_what_is_written(written):
    """One line a regime, in the order they are looked at; the ledger has the digest."""
    made = claim(foretell=predict, family="prophets")
    verdict = decide(made, PROFILE, {})
    (file,) = written.iterdir()
    records = [json.loads(line) for line in file.read_text().splitlines()]
    assert [Regime.from_dict(record["regime"]) for record in records] == made.observe.looked
    assert [record["predicted"] for record in records] == [
        predict(regime) for regime in made.observe.looked
    ]
    assert all(isinstance(record["root"], int) for record in records)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert verdict.evidence["predicted beforehand"] == {
        "file": file.name,
        "sha256": digest,
        "regimes": REGIMES,
    }
    assert file.name == f"prophets-{PROFILE.entropy}-{digest[:12]}.jsonl"


def test_other_predictions_do_not_replace(written):
    """A law that was changed leaves what it said before where it is."""
    for value in (0.25, 0.5):
        decide(claim(foretell=lambda regime, value=value: {"p": value}), PROFILE, {})
    assert len(list(written.iterdir())) == 2


def test_said_before_stays_as_it_was_written(written):
    """Predictions that another process made already keep their time: the file is not touched."""
    decide(claim(foretell=lambda regime: {"p": 0.5}), PROFILE, {})
    (file,) = written.iterdir()
    os.utime(file, (1, 1))
    again = decide(claim(foretell=lambda regime: {"p": 0.5}), PROFILE, {})
    assert list(written.iterdir()) == [file]
    assert file.stat().st_mtime == 1
    assert again.evidence["predicted beforehand"]["file"] == file.name


def test_nowhere_to_write(written):
    """The verdict says that nothing was written down, and of what."""
    written.write_text("a file where the folder should be")
    found = decide(claim(foretell=lambda regime: {"p": 0.5}), PROFILE, {}).evidence[
        "predicted beforehand"
    ]
    assert (set(found), found["regimes"]) == ({"not written", "sha256", "regimes"}, REGIMES)


def test_predicted_once_for_a_family(written):
    asked = []
    made = claim(foretell=lambda regime: asked.append(regime) or {"p": 0.5}, family="seers")
    verdicts = [decide(replace(made, id=name), PROFILE, {}) for name in ("one", "two")]
    assert len(asked) == REGIMES
    assert len(list(written.iterdir())) == 1
    assert verdicts[0].evidence == verdicts[1].evidence


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_no_number_is_no_prediction(wrong):
    """Refused before anything is trained."""
    made = claim(foretell=lambda regime: {"p": wrong})
    with pytest.raises(ValueError, match="JSON"):
        decide(made, PROFILE, {})
    assert made.observe.looked == []


def test_without_predictions_no_file(written):
    assert "predicted beforehand" not in decide(claim(), PROFILE, {}).evidence
    assert not written.exists()


def test_the_law_s_claims_foretell():
    """Whatever compares the law with networks, and nothing else that trains."""
    foretelling = [c for c in catalogue().values() if c.foretell]
    assert {c.family for c in foretelling if c.family} == {"survey", "sweep", "limit", "law.worst"}
    assert {c.id for c in catalogue().values() if c.id.startswith("law.") and c.domain} <= {
        c.id for c in foretelling
    }
    assert all(c.population or c.climbs for c in foretelling)


@pytest.mark.parametrize("name", ["law.l1", "law.l4", "law.crowded"])
def test_what_is_foretold_is_what_is_judged(name):
    """The numbers written down are those that the measured errors are compared with."""
    made = catalogue()[name]
    drawn = example_regime()
    foretold, seen = made.foretell(drawn), made.observe(drawn, Seeds(0, 2))
    if name == "law.l1":
        assert foretold["scratch"] == seen.predicted.scratch
    elif name == "law.l4":
        assert list(foretold.values()) == seen.predicted.tolist()
    else:
        errors = {
            k: scratch_only(v, Seeds(0, 2)).scratch.error.value.mean().item()
            for k, v in variants(drawn).items()
        }
        assert {k: errors[k] - foretold[k] for k in errors} == pytest.approx(
            {k: getattr(seen, k) for k in errors}
        )


def example_regime():
    return Regime(
        u=8.0,
        v1=8.0,
        v2=8.0,
        cos_v=0.0,
        sigma1=1.0,
        sigma2=1.0,
        n1=10,
        n2=10,
        d=10**8,
        m=4,
        inherited=2,
        eta1=4e-8,
        eta2=4e-8,
        steps1=9,
        steps2=9,
        sigma0=1e-9,
    )


# Climbing -----------------------------------------------------------------------------------------

#: Regimes looked at: half of the usual number.
QUICK = replace(PROFILE, regimes=4)
CLIMBED = PROFILE.regimes * EXACT_SHARE // 2


def climbing(worth, **changes):
    """In every regime, `worth(regime)` is not negative."""
    return claim(
        population=0,
        climbs=True,
        sweep=0.5,
        margin=lambda seen, constants: Margin.exact(worth(seen.regime)),
        **changes,
    )


def test_climbs_verified():
    made = climbing(lambda regime: 100.0 - regime.n2)
    verdict = decide(made, PROFILE, {})
    assert (verdict.status, verdict.counterexample) == (Status.VERIFIED, None)
    assert verdict.worst_margin == 100.0 - max(regime.n2 for regime in made.observe.looked)
    assert verdict.worst_case["regime"]["n2"] == max(regime.n2 for regime in made.observe.looked)
    assert CLIMBED / 2 < verdict.regimes == verdict.drawn <= CLIMBED
    assert verdict.seeds == verdict.regimes * PROFILE.seeds


def test_climbs_falsified():
    """False from four samples on: it looks further than the first that falls, and keeps the worst;
    nothing is shrunk.
    """
    made = climbing(lambda regime: 3.5 - regime.n2)
    verdict = decide(made, PROFILE, {})
    worst = 3.5 - max(regime.n2 for regime in made.observe.looked)
    assert verdict.status is Status.FALSIFIED
    assert verdict.counterexample["margin"] == verdict.worst_margin == worst < -0.5
    assert verdict.counterexample["regime"]["n2"] == 3.5 - worst
    assert verdict.counterexample == verdict.worst_case
    assert len(made.observe.looked) > CLIMBED / 2


def test_climbs_to_where_it_is_false():
    """Only where both sample sizes are near their largest."""
    verdict = decide(climbing(lambda regime: 20.5 - regime.n1 - regime.n2), PROFILE, {})
    assert verdict.status is Status.FALSIFIED
    assert verdict.counterexample["regime"]["n1"] + verdict.counterexample["regime"]["n2"] > 20


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [(-1.0, 1.0, Status.INCONCLUSIVE), (-2.0, -1.0, Status.FALSIFIED), (0.0, 2.0, Status.VERIFIED)],
)
def test_climbs_with_an_interval(low, high, status):
    """The mean of a regime has an error of its own; only its upper end falsifies."""
    verdict = decide(
        claim(
            population=0,
            climbs=True,
            sweep=0.1,
            margin=lambda seen, constants: Margin.between([low], [high]),
        ),
        PROFILE,
        {},
    )
    assert (verdict.status, verdict.worst_margin) == (status, low)


@pytest.mark.parametrize("worst", [math.nan, -math.inf], ids=str)
def test_climbs_to_no_number(worst):
    """Where the margin is no number, or without bound, the statement is falsified, and a verdict
    reached.
    """
    verdict = decide(climbing(lambda regime: worst if regime.n2 > 3 else 1.0), PROFILE, {})
    assert verdict.status is Status.FALSIFIED
    assert json.dumps(verdict.to_dict(), allow_nan=False)


def test_climbs_over_regimes_outside():
    """They are no evidence, and no obstacle."""
    domain = replace(ANY_REGIME, hypotheses=(hypothesis("alpha", high=0.5),))
    made = climbing(lambda regime: 1.0, domain=domain)
    verdict = decide(made, PROFILE, {})
    assert verdict.status in (Status.VERIFIED, Status.VACUOUS)
    assert 0 < verdict.regimes < verdict.drawn
    assert all(regime.inherited <= regime.m / 2 for regime in made.observe.looked)


def test_climbs_write_down_first(written):
    """Before each case is looked at, what is predicted of it and of those before it is on disk."""
    contents = []

    class Late(Eye):
        def __call__(self, regime, seeds):
            (file,) = written.iterdir()
            contents.append(file.read_text().splitlines())
            return super().__call__(regime, seeds)

    made = climbing(
        lambda regime: 100.0 - regime.n2, foretell=predict, observe=Late(), family="climbers"
    )
    verdict = decide(made, PROFILE, {})
    (file,) = written.iterdir()
    lines = file.read_text().splitlines()
    assert [
        Regime.from_dict(json.loads(seen[-1])["regime"]) for seen in contents
    ] == made.observe.looked
    assert all(lines[: len(seen)] == seen for seen in contents)
    assert verdict.evidence["predicted beforehand"] == {
        "file": file.name,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "regimes": len(made.observe.looked),
    }
    os.utime(file, (1, 1))
    decide(made, PROFILE, {})
    assert (list(written.iterdir()), file.stat().st_mtime) == ([file], 1)
    for changed, profile in (
        (
            {
                "id": "toy!planted",
                "margin": lambda seen, constants: Margin.exact(seen.regime.n2 - 1.0),
            },
            PROFILE,
        ),
        ({}, QUICK),
    ):
        other = decide(replace(made, observe=Eye(), **changed), profile, {}).evidence[
            "predicted beforehand"
        ]  # leaves the first one's file as it is
        assert other["sha256"] == hashlib.sha256((written / other["file"]).read_bytes()).hexdigest()
    assert (len(list(written.iterdir())), file.read_text().splitlines()) == (3, lines)


def test_climbs_the_same_way_again():
    first, again = (decide(climbing(lambda regime: 3.5 - regime.n2), PROFILE, {}) for _ in range(2))
    assert replace(first, seconds=0.0) == replace(again, seconds=0.0)


# The budget ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("regimes", [3, 20])
def test_level_of_a_climb(regimes):
    """Each regime looked at may raise a false alarm: an even share of LEVEL for each, however many
    there are.
    """
    verdict = decide(climbing(lambda regime: 1.0), replace(PROFILE, regimes=regimes), {})
    assert verdict.level == pytest.approx(LEVEL * verdict.drawn / MOST_CLIMBED)
    assert planned(climbing(lambda regime: 1.0), replace(PROFILE, regimes=10**6)) == MOST_CLIMBED


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_whole_run_keeps_to_its_budget(profile):
    """All claims of the catalogue, decided once, falsify a true one with probability RUN_BUDGET at
    most.
    """
    spent = 0.0
    for made in catalogue().values():
        many = planned(made, profile)
        if made.delta:
            spent += many * regime_alpha(len(catalogue()), many)
        elif made.population or made.climbs:
            spent += LEVEL if made.population else LEVEL * many / population.MOST_CLIMBED
    assert 0 < spent <= RUN_BUDGET * (1 + 1e-9)

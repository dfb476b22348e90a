"""Many regimes at once: on toy claims that train nothing.

Regimes are real ones, drawn by the search; what is observed of one is a number that its root fixes,
so that the mean over a population is known to be near 0 with a known standard error.
"""

import json
import math
from dataclasses import replace

import pytest
from toys import COUNT, PROFILE, USUAL, Counting, decided, middle, population

from claims.core.domain import Between
from claims.core.domains import from_scratch
from claims.core.margin import Margin
from claims.core.profile import PROFILES
from claims.core.quantities import TAU_2
from claims.core.status import Status
from claims.deciding.budget import LEVEL
from claims.deciding.decide import repeat
from claims.deciding.estimates import LEAST, smallest_detectable
from claims.deciding.population import SEEDS, Population
from claims.deciding.verdict import Verdict
from strategies.search import SEARCH


@pytest.mark.parametrize("count", [0, -1, LEAST - 1])
def test_refused(count):
    """Too few for anything to be decided, when the rule is made."""
    with pytest.raises(ValueError, match=rf"^count = {count}: must be at least {LEAST}$"):
        Population(count)


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
    """The median of 40, of standard error 0.2: true and false by ten of them, near by at most
    three.
    """
    verdict = decided(population(bound), USUAL)
    assert verdict.status is status
    assert (verdict.counterexample is not None) == (status is Status.FALSIFIED)
    assert verdict.worst_margin == pytest.approx(bound, abs=1.0)


def test_what_is_counted():
    claim = population()
    verdict = decided(claim, USUAL)
    assert (verdict.regimes, verdict.drawn, verdict.networks) == (COUNT, COUNT, 5 * COUNT)
    assert len(set(claim.observe.regimes)) == COUNT
    assert (verdict.level, verdict.delta) == (LEVEL, 0.0)
    assert "together" in verdict.method


def test_seeds_of_a_regime():
    """From its root, as many for each as a population gets."""
    given = []

    def margin(observed, constants):
        given.extend(observed)
        return Margin.exact(1.0)

    decided(population(margin=margin), USUAL)
    assert {(one.seeds.count, one.seeds.first) for one in given} == {(SEEDS, 0)}
    assert len({one.seeds.root for one in given}) > COUNT / 2


@pytest.mark.parametrize(("regimes", "count"), [(1, 40), (5, 40), (20, 40), (40, 80)])
def test_how_many(regimes, count):
    """As many as the rule says, with which it can be judged; more in a profile beyond `ci`."""
    profile = replace(USUAL, regimes=round(regimes * PROFILES["ci"].regimes / 20))
    claim = population()
    assert claim.rule.regimes(profile) == count
    if count <= 40:
        assert decided(claim, profile).regimes == count


def test_evidence():
    """The claim's own summary, and the smallest violation that it would have revealed."""
    summed = []

    def summary(observed):
        summed.extend(observed)
        return {"median": middle(observed).record()}

    verdict = decided(population(summary=summary), USUAL)
    assert verdict.evidence["median"] == middle(summed).record()
    assert verdict.detectable == smallest_detectable(middle(summed).at_most(2.0))
    back = Verdict.from_dict(json.loads(json.dumps(verdict.to_dict(), allow_nan=False)))
    assert replace(back, evidence=verdict.evidence) == verdict


def test_own_detectable():
    """A claim may know better what its population would have revealed."""
    claim = population(detectable=lambda observed: len(observed) / 2)
    assert decided(claim, USUAL).detectable == COUNT / 2


def test_counterexample_is_the_population():
    """No one regime refutes it; the entropy brings back all."""
    verdict = decided(population(-2.0), USUAL)
    assert verdict.counterexample["regime"] is None
    assert (verdict.counterexample["certain_failures"], verdict.entropy) == (1, USUAL.entropy)


@pytest.mark.parametrize("regimes", [COUNT, 12])
def test_repeat(regimes):
    """The population of so many regimes again, whatever the rule's count."""
    claim = population(-2.0)
    again = repeat(claim, None, 0, entropy=USUAL.entropy, regimes=regimes, search=SEARCH)
    assert len(claim.observe.regimes) == regimes
    if regimes == COUNT:
        assert again.low[0] == decided(claim, USUAL).worst_margin


def test_no_number_falsifies():
    claim = population(margin=lambda observed, constants: Margin.exact(math.nan))
    assert decided(claim, USUAL).status is Status.FALSIFIED


def test_tick():
    ticks = []
    decided(population(), USUAL, tick=lambda done, of: ticks.append((done, of)))
    assert ticks == [(k, COUNT) for k in range(1, COUNT + 1)]


# Once for all -------------------------------------------------------------------------------------


def test_decided_again_nothing_is_trained():
    """Nor for another claim of the family, or a mutant of one."""
    claim = population(family="together")
    first, again = (decided(claim, USUAL) for _ in range(2))
    opposite = replace(claim, id="other", margin=lambda one, constants: middle(one).at_least(2.0))
    other = decided(opposite, USUAL)
    assert len(claim.observe.regimes) == COUNT
    assert replace(again, seconds=0.0) == replace(first, seconds=0.0)
    assert (other.status, other.networks) == (Status.FALSIFIED, first.networks)
    assert other.family == first.family == "together"


@pytest.mark.parametrize(
    "change", [{"entropy": 2}, {"id": "other"}, {"regimes": USUAL.regimes * 2}], ids=str
)
def test_another_population_is_trained(change):
    """Of another entropy, name or size; it does not pass for the first."""
    claim = population()
    decided(claim, USUAL)
    renamed = replace(claim, id=change.get("id", claim.id))
    fields = {name: value for name, value in change.items() if name != "id"}
    verdict = decided(renamed, replace(USUAL, **fields))
    assert len(claim.observe.regimes) == COUNT + verdict.regimes


def test_interrupted_it_goes_on():
    """Within a process, what was observed before Ctrl-C is kept."""
    claim = population(observe=Counting(breaks_at=17))
    with pytest.raises(KeyboardInterrupt):
        decided(claim, USUAL)
    verdict = decided(claim, USUAL)
    assert len(claim.observe.regimes) == COUNT + 1
    assert replace(verdict, seconds=0.0) == replace(decided(population(), USUAL), seconds=0.0)


def test_constants_of_the_domain():
    """A bound by name: another value, other regimes."""
    domain = from_scratch(TAU_2, Between(high="a.C"))
    most = {}
    for value in (0.5, 5.0):
        claim = population(9.0, count=12, domain=domain, constants=("a.C",))
        verdict = decided(claim, PROFILE, {"a.C": value, "not.needed": value})
        assert verdict.status is Status.VERIFIED
        most[value] = max(TAU_2(regime) for regime in claim.observe.regimes)
    assert most == pytest.approx({0.5: 0.5, 5.0: 5.0})

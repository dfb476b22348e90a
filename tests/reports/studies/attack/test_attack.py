"""An attack finds what is planted in a corner, goes on where it was stopped, says the same on the
same entropy, and refutes nothing that is true.
"""

import json
import os
from dataclasses import asdict, replace

import numpy as np
import pytest
from toys import bare, toy, worst_case

from claims.core.catalogue import catalogue
from claims.core.margin import Margin
from claims.deciding.attacked import FRESH_SEEDS, AttackError
from model.regime import Regime, RegimeError
from reports.ledger import counterexample
from reports.studies import replay
from reports.studies.attack import attack, records
from reports.studies.attack.attack import Limits

#: Regimes of an attack on a toy.
COUNT = 150


def depth(regime):
    """Of the distance to one corner of the small regimes: below 0 in a share of 3e-3 of them, by
    volume, and falling smoothly towards there.
    """
    return (
        np.log(12 / regime.n1)
        + np.log(regime.n2)
        + np.log(10 / regime.sigma1)
        + np.log(regime.sigma2 / 0.1)
        - 1.5
    )


def with_chance(chance, **changes):
    """A toy that fails in a network with this probability, which the regime decides."""

    def margin(observation):
        uniform = [one.random() for one in observation.seeds.generators()]
        return Margin.exact(np.array(uniform) - chance(observation.regime))

    return toy(margin, delta=0.05, **changes)


@pytest.fixture
def known(monkeypatch):
    """Put a toy into the catalogue, where a counterexample's reader finds it."""

    def put(claim):
        monkeypatch.setitem(catalogue(), claim.id, claim)
        return claim

    return put


@pytest.fixture
def attacked(tmp_path):
    """Attack a toy."""

    def run(claim, count=COUNT, *, entropy=1, name="toy.jsonl", **options):
        return attack.run(
            claim,
            entropy=entropy,
            limits=options.pop("limits", Limits(evaluations=count)),
            path=tmp_path / name,
            failures=tmp_path / "failures",
            constants={},
            **options,
        )

    return run


def timeless(done):
    """All that is found, but for how long it took."""
    return [asdict(replace(one, seconds=0.0)) for one in done.evaluations], done.confirmation


# What it finds ------------------------------------------------------------------------------------


@pytest.mark.parametrize("entropy", range(3))
def test_planted_in_a_corner(known, attacked, entropy):
    """In fewer regimes than a search without aim would take: 340, on average."""
    done = attacked(known(toy(lambda o: depth(o.regime))), entropy=entropy)
    assert done.falls
    assert done.worst.margin < 0
    assert (done.confirmation.failures, done.confirmation.trials) == (FRESH_SEEDS, FRESH_SEEDS)


@pytest.mark.parametrize("entropy", range(3))
def test_planted_within(known, attacked, entropy):
    """Away from every end: a share of 9e-4."""

    def margin(observation):
        regime, at = observation.regime, {"sigma1": 1.3, "sigma2": 0.6}
        away = sum(abs(np.log(getattr(regime, name) / value)) for name, value in at.items())
        return away + abs(np.log(regime.eta2 * regime.sigma2**2 * regime.d / regime.n2)) - 0.4

    done = attacked(known(toy(margin)), 400, entropy=entropy)
    assert done.falls


def test_planted_in_a_corner_by_chance(known, attacked):
    """It fails in 40% of networks in the corner; in less than 3% elsewhere, which is allowed."""
    claim = with_chance(lambda regime: 0.4 if depth(regime) < 0 else 0.03 / (1 + depth(regime)))
    done = attacked(known(claim), 400)
    assert done.falls
    assert 0.3 < done.confirmation.interval[0] < done.confirmation.interval[1] < 0.5


def test_the_counterexample_is_replayed(known, attacked):
    """From the file alone: as many seeds, as many failures."""
    done = attacked(known(with_chance(lambda regime: 0.2)), 5)
    replayed = counterexample.read(done.counterexample)
    margin = replayed.margin()
    assert len(margin.high) == replayed.seeds == FRESH_SEEDS
    assert margin.certain_failures == done.confirmation.failures
    assert replay.again(replayed).fails


def test_a_worst_case_claim(known, attacked):
    """It is judged by one margin of all seeds."""
    done = attacked(known(worst_case(depth)))
    assert done.falls
    assert (done.confirmation.failures, done.confirmation.trials) == (1, 1)


@pytest.mark.parametrize("entropy", range(3))
def test_a_true_claim_stands(attacked, entropy):
    """At its limit, where the worst of many regimes always looks too bad by chance."""
    done = attacked(with_chance(lambda regime: 0.05), entropy=entropy)
    assert done.worst.margin < 0
    assert not done.falls
    assert done.counterexample is None


def test_the_confirmation_is_on_other_seeds(attacked):
    done = attacked(toy(lambda o: 1.0))
    roots = [one.root for one in done.evaluations]
    assert len({*roots}) == len(roots)
    assert {root % 2 for root in roots} == {0}
    assert done.confirmation.case.root % 2 == 1


def test_what_cannot_be_measured_is_counted(attacked):
    """And passed over: it is neither for the claim nor against it."""

    def observe(regime, seeds):
        if regime.n1 > 6:
            raise RegimeError("n1", regime.n1, "is too large")
        return bare().observe(regime, seeds)

    done = attacked(toy(lambda o: 7.0 - o.regime.n1, observe=observe), 60)
    told = done.to_dict()
    assert 0 < told["unmeasured"]["count"] < 60
    assert "n1" in told["unmeasured"]["why"][0]
    assert done.worst.regime["n1"] <= 6


def test_nothing_can_be_measured(attacked):
    def observe(regime, seeds):
        raise RegimeError("n1", regime.n1, "is too large")

    done = attacked(bare(observe=observe), 5)
    assert (done.worst, done.confirmation, done.falls) == (None, None, False)


# Again and again ----------------------------------------------------------------------------------


def test_deterministic(attacked):
    claim = with_chance(lambda regime: 0.03)
    one, other = (attacked(claim, 80, name=name) for name in ("one", "other"))
    assert timeless(one) == timeless(other)
    assert timeless(one) != timeless(attacked(claim, 80, entropy=2, name="third"))


@pytest.mark.parametrize("stops", [(1, 2, 80), (40, 80), (80, 80)], ids=str)
def test_a_resumed_attack_is_an_uninterrupted_one(attacked, stops):
    claim = with_chance(lambda regime: 0.03)
    for count in stops:
        resumed = attacked(claim, count)
        assert len(resumed.evaluations) == count
    whole = attacked(claim, stops[-1], name="whole")
    assert timeless(resumed)[0] == timeless(whole)[0]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_what_was_finished_is_kept(attacked, error):
    """Whatever ends it, and then it goes on as if nothing had been."""
    claim, calls = with_chance(lambda regime: 0.03), []

    def breaks(regime, seeds):
        calls.append(seeds)
        if len(calls) == 30:
            raise error
        return claim.observe(regime, seeds)

    with pytest.raises(error):
        attacked(replace(claim, observe=breaks), 80)
    resumed, whole = attacked(claim, 80), attacked(claim, 80, name="whole")
    assert len(calls) == 30
    assert timeless(resumed) == timeless(whole)


def test_a_line_cut_off(attacked, tmp_path):
    claim = with_chance(lambda regime: 0.03)
    whole = attacked(claim, 40)
    path = tmp_path / "toy.jsonl"
    os.truncate(path, path.stat().st_size // 2)
    assert timeless(attacked(claim, 40)) == timeless(whole)


def test_a_decision_is_made_once(attacked, tmp_path):
    """Until there is a worse regime; then the next, with half of the budget."""
    claim = with_chance(lambda regime: 0.03)
    levels = [attacked(claim, count).confirmation.level for count in (1, 1, 60)]
    lines = (tmp_path / "toy.jsonl").read_text().splitlines()
    assert levels == [levels[0], levels[0], levels[0] / 2]
    assert sum('"decided"' in line for line in lines) == 2


def test_no_time(attacked):
    """One regime is looked at, and no more; time adds up."""
    claim = toy(lambda o: 1.0)
    none = Limits(seconds=0.0)
    assert len(attacked(claim, limits=none).evaluations) == 1
    assert len(attacked(claim, limits=none).evaluations) == 1
    assert len(attacked(claim, limits=Limits(seconds=0.2)).evaluations) > 1


def test_told_after_each(attacked):
    counts = []
    attacked(toy(lambda o: 1.0), 7, tick=lambda count, worst: counts.append(count))
    assert counts == [1, 2, 3, 4, 5, 6, 7]


# Journals of others -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"entropy": 2}, "another entropy"),
        ({"claim": toy(lambda o: 1.0, id="other")}, "another claim"),
    ],
    ids=["entropy", "claim"],
)
def test_a_journal_of_another_attack(attacked, tmp_path, change, said):
    claim = toy(lambda o: 1.0)
    attacked(claim, 3)
    before = (tmp_path / "toy.jsonl").read_bytes()
    with pytest.raises(AttackError, match=said):
        attacked(change.get("claim", claim), 3, entropy=change.get("entropy", 1))
    assert (tmp_path / "toy.jsonl").read_bytes() == before


@pytest.mark.parametrize("what", ["sources", "versions"])
def test_a_journal_of_other_code(attacked, monkeypatch, what):
    claim = toy(lambda o: 1.0)
    attacked(claim, 3)
    monkeypatch.setattr(records, what, lambda: {"python": "2.7"})
    with pytest.raises(AttackError, match=f"another {what}"):
        attacked(claim, 3)


@pytest.mark.parametrize("content", [b"garbage\n", b"[]\n", b'{"format": "x"}\n', b"\xff\xfe\n"])
def test_no_journal(attacked, tmp_path, content):
    (tmp_path / "toy.jsonl").write_bytes(content)
    with pytest.raises(AttackError, match="something else") as refused:
        attacked(toy(lambda o: 1.0), 3)
    assert "\n" not in str(refused.value)
    assert (tmp_path / "toy.jsonl").read_bytes() == content


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"number": 7}, "regime 2 is not"),
        ({"point": {}}, "regime 2 is not"),
        ({"margin": "x"}, "margin"),
        ({"networks": -1}, "networks"),
        ({"beside": 1}, "beside"),
    ],
    ids=str,
)
def test_a_changed_record(attacked, tmp_path, change, said):
    """It is refused; it is not trusted."""
    attacked(toy(lambda o: 1.0), 5)
    path = tmp_path / "toy.jsonl"
    lines = path.read_text().splitlines()
    lines[3] = json.dumps(json.loads(lines[3]) | change)
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(AttackError, match=said):
        attacked(toy(lambda o: 1.0), 5)


def test_two_at_once(attacked):
    """The second is refused."""
    claim = toy(lambda o: 1.0)

    def meanwhile(count, worst):
        with pytest.raises(AttackError, match="another run is writing it"):
            attacked(claim, 3)

    attacked(claim, 2, tick=meanwhile)


# JSON ---------------------------------------------------------------------------------------------


def test_json(known, attacked):
    told = attacked(known(toy(lambda o: depth(o.regime))), 100).to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert {
        "claim",
        "entropy",
        "axes",
        "evaluations",
        "networks",
        "seconds",
        "unmeasured",
        "worst",
        "confirmation",
        "falls",
        "counterexample",
        "journal",
    } == {*told}
    assert {"regime", "point", "margin", "seeds", "groups", "phase"} <= {*told["worst"]}
    assert {"failures", "trials", "interval", "at_least", "level", "delta"} <= {
        *told["confirmation"]
    }


# The last round -----------------------------------------------------------------------------------


def test_the_most_failing_of_the_worst_is_decided(known, attacked):
    """A fifth of the networks fail in a few regimes, and a few networks in the others, by as
    much: on few seeds some of those look as bad.
    """

    def margin(observation):
        uniform = np.array([one.random() for one in observation.seeds.generators()])
        if observation.regime.n1 > 11:
            return Margin.exact(np.where(uniform < 0.2, -0.51, 1.0))
        return Margin.exact(np.where(uniform < 0.04, -0.5, 0.01))

    done = attacked(known(toy(margin, delta=0.05)), 40)
    assert {one.n1 > 11 for one in map(regime_of(done), done.finalists)} == {True, False}
    assert done.worst.regime["n1"] > 11
    chosen = max(done.finalists, key=lambda one: one.badness)
    assert done.worst.number == chosen.finalist
    assert chosen.failures / chosen.seeds == max(one.failures / one.seeds for one in done.finalists)
    assert len({one.root for one in done.finalists} | {one.root for one in done.evaluations}) == (
        len(done.finalists) + len(done.evaluations)
    )


def regime_of(done):
    return lambda one: Regime.from_dict(done.evaluations[one.finalist].regime)


def test_a_finalist_that_cannot_be_measured(attacked):
    """On as many seeds: it is passed over; and where it is all there is, that is told."""

    def observe(regime, seeds):
        if seeds.first:
            raise RegimeError("n1", regime.n1, "is too large")
        return bare().observe(regime, seeds)

    with pytest.raises(AttackError, match="the worst regime cannot be trained here"):
        attacked(toy(lambda o: -1.0, delta=0.05, observe=observe), 3)


def test_what_fell_stays_fallen(known, attacked):
    """However the attack goes on, and whatever looks worse then."""
    claim = known(with_chance(lambda regime: 0.3 if regime.n1 > 5 else 0.04))
    fell = [attacked(claim, count) for count in (20, 60, 90)]
    assert [one.falls for one in fell] == [True] * 3
    assert fell[2].confirmation == fell[0].confirmation


def test_the_last_round_is_kept(attacked, tmp_path):
    claim = with_chance(lambda regime: 0.03)
    done = attacked(claim, 40)
    lines = (tmp_path / "toy.jsonl").read_text().splitlines()
    assert sum('"finalist"' in line for line in lines) == len(done.finalists) == 8
    again = attacked(claim, 40)
    assert again.finalists == done.finalists
    assert (tmp_path / "toy.jsonl").read_text().splitlines() == lines
    assert done.networks > sum(one.networks for one in done.evaluations)


def test_what_may_never_fail_has_no_last_round(attacked):
    assert attacked(toy(lambda o: 1.0), 10).finalists == ()

"""Recorded attacks: read as data, counted for the statement as it is today, and true."""

import json
from dataclasses import asdict, replace

import pytest
from toys import INSIDE, bare

from claims.core import constants as constant_table
from claims.core.catalogue import catalogue, find
from claims.core.domains import ANY_REGIME
from claims.core.status import Status
from claims.deciding.decide import expected
from claims.deciding.per_regime import PerRegime
from model.regime import Regime
from model.sampling import Seeds
from reports.ledger import attacks
from reports.ledger.attacks import RecordedAttack, attacked, digest_of, section

CLAIM = "theorem-4.3.error-lower"
#: Seeds of a recorded attack that are counted again.
FIRST = 64
ATTACK = RecordedAttack(
    claim=CLAIM,
    text=digest_of(find(CLAIM)),
    entropy=1,
    regimes=100,
    unmeasured=2,
    networks=2000,
    seconds=90.0,
    regime={"n1": 20},
    root=5,
    seeds=4000,
    trials=4000,
    failures=32,
    possible_failures=40,
    margin=0.25,
    delta=0.05,
    falls=False,
)


def written(file, *lines, header=attacks.HEADER):
    file.write_text("".join(json.dumps(line) + "\n" for line in (header, *lines)))
    return file


def test_an_attack_gone_on_with_is_one(tmp_path):
    """The furthest counts, wherever it stands; and one that fell for good."""
    longer = replace(ATTACK, regimes=200, seconds=600.0)
    other = replace(ATTACK, entropy=2)
    file = written(tmp_path / "a", *map(asdict, (ATTACK, other, longer)))
    assert attacks.read(file) == (longer, other)
    assert attacks.latest([longer, ATTACK]) == (longer,)
    fallen = replace(ATTACK, falls=True)
    assert attacks.latest([fallen, longer]) == attacks.latest([longer, fallen]) == (fallen,)
    found = attacked(find(CLAIM), attacks.read(file))
    assert (found.seconds, found.regimes, found.networks) == (690.0, 300, 4000)


def test_an_attack_on_another_text_does_not_count():
    assert attacked(find(CLAIM), [replace(ATTACK, text="0" * 64)]) is None
    assert attacked(find(CLAIM), [replace(ATTACK, claim="toy")]) is None


@pytest.mark.parametrize(
    "change",
    [{"statement": "y"}, {"latex": "y"}, {"rule": PerRegime(0.01)}, {"domain": ANY_REGIME}],
    ids=lambda change: next(iter(change)),
)
def test_what_an_attack_is_on(change):
    toy = bare(rule=PerRegime(0.05), domain=INSIDE)
    assert digest_of(replace(toy, **change)) != digest_of(toy)
    assert digest_of(replace(toy, title="another")) == digest_of(toy)


def test_new_constants_are_another_statement(monkeypatch):
    before = digest_of(find(CLAIM))
    known = {name: value + 0.01 for name, value in constant_table.load().items()}
    monkeypatch.setattr(constant_table, "load", lambda: known)
    assert digest_of(find(CLAIM)) != before


def test_the_nearest_to_its_fall_is_told():
    nearer = replace(ATTACK, entropy=2, failures=150, possible_failures=160)
    found = attacked(find(CLAIM), [ATTACK, nearer])
    assert found.worst == nearer
    assert "150 of 4,000 networks fail" in found.sentence
    assert "3.18% to 4.39%, with 95% confidence, where 5% may" in found.sentence
    assert "looked at 200 regimes" in found.sentence
    assert "in 3 minutes and on 4,000 networks" in found.sentence
    assert "falls" not in found.sentence
    fallen = replace(nearer, falls=True)
    assert attacked(find(CLAIM), [fallen]).sentence.endswith("It falls.")
    # Where as many fail, the margin says which.
    lower = replace(ATTACK, entropy=3, margin=-0.5)
    assert attacked(find(CLAIM), [lower, ATTACK]).worst == lower
    unbounded = replace(ATTACK, entropy=4, margin=None)
    assert attacked(find(CLAIM), [lower, unbounded, ATTACK]).worst == unbounded


def test_nearness_is_against_what_may_fail():
    """Of statements of which no network may fail, one that holds is far."""
    exact = replace(ATTACK, delta=0.0, failures=0)
    rare = replace(ATTACK, delta=0.01, failures=0)
    assert max((exact, ATTACK, rare), key=lambda one: one.nearness) == ATTACK
    assert max((replace(exact, failures=1), ATTACK), key=lambda one: one.nearness).delta == 0.0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"failures": 41}, "failures = 41"),
        ({"possible_failures": 4001}, "possible_failures"),
        ({"unmeasured": 101}, "unmeasured"),
    ],
)
def test_more_than_there_can_be(tmp_path, change, field):
    with pytest.raises(ValueError, match=field):
        replace(ATTACK, **change)
    told = section(written(tmp_path / "a", asdict(ATTACK) | change)).trouble
    assert field in told


def test_one_margin_of_all_seeds():
    worst_case = replace(ATTACK, trials=1, failures=0, possible_failures=0)
    assert "In the worst of them it holds." in attacked(find(CLAIM), [worst_case]).sentence
    falls = replace(worst_case, failures=1, possible_failures=1)
    assert "In the worst of them it fails." in attacked(find(CLAIM), [falls]).sentence


def test_what_is_shown(tmp_path):
    """Those that are verified, the nearest to falling first; and those that are left."""
    second = "theorem-4.3.error-upper"
    far = replace(ATTACK, claim=second, text=digest_of(find(second)), failures=0)
    shown = section(written(tmp_path / "a", asdict(far), asdict(ATTACK)))
    assert [row.claim for row in shown.rows] == [CLAIM, second]
    assert (shown.minutes, shown.regimes, shown.networks) == (3.0, 200, 4000)
    assert {*shown.left} == {claim.id for claim in attacks.to_attack()} - {CLAIM, second}


def test_what_is_no_record(tmp_path):
    """It is told, and not shown."""
    assert section(tmp_path / "none").trouble == "none: No such file or directory"
    assert "begin" in section(written(tmp_path / "a", header={"format": "x"})).trouble
    told = section(written(tmp_path / "b", asdict(ATTACK) | {"failures": -1}))
    assert (told.rows, told.left) == ((), ())
    assert "failures" in told.trouble
    assert attacks.of(find(CLAIM), tmp_path / "b") is None
    (tmp_path / "empty").touch()
    assert section(tmp_path / "empty").trouble.startswith("empty: ")


def test_what_is_to_be_attacked():
    chosen = attacks.to_attack()
    assert {expected(claim) for claim in chosen} == {Status.VERIFIED}
    names = {claim.id for claim in chosen}
    assert CLAIM in names
    assert "f3.diverges" not in names  # falsified
    assert "e3.degrees" not in names  # a formula
    assert "law.l1" not in names  # judged over many regimes at once


# The record of the project ------------------------------------------------------------------------


def test_the_record_of_the_project():
    """No statement that is said to be verified fell."""
    kept = attacks.read(attacks.FILE)
    assert section().trouble == ""
    assert {one.claim for one in kept} <= {*catalogue()}
    today = [one for one in kept if one.text == digest_of(find(one.claim))]
    assert [
        one.claim for one in today if one.falls and expected(find(one.claim)) is Status.VERIFIED
    ] == []


def cost(one):
    """Multiplications of training its fresh seeds."""
    regime = Regime.from_dict(one.regime)
    work = regime.n1**2 * regime.steps1 + 2 * regime.n2**2 * regime.steps2
    return regime.m * work * one.seeds


def cheapest(most):
    """Attacks of the record on statements as they are, that are counted again the soonest."""
    kept = (one for one in attacks.read(attacks.FILE) if one.text == digest_of(find(one.claim)))
    return sorted(kept, key=cost)[:most]


@pytest.mark.parametrize("one", cheapest(4), ids=lambda one: one.claim)
def test_it_is_counted_again(one):
    """From the regime and the root that the record names, on the first of its seeds: the regime is
    one that the statement speaks of, and no more fail than of all seeds.
    """
    claim, regime, known = find(one.claim), Regime.from_dict(one.regime), constant_table.load()
    assert claim.domain.violations(regime, known) == []
    margin = claim.margin(claim.observe(regime, Seeds(one.root, min(FIRST, one.seeds))), known)
    assert margin.certain_failures <= one.failures
    assert margin.possible_failures <= one.possible_failures

"""Many attacks: the least attacked first, each recorded as it ends, none ended by another."""

import json
from dataclasses import asdict, replace

import pytest
from toys import bare, toy

from claims.core.catalogue import catalogue
from reports.ledger import attacks
from reports.ledger.attacks import read_record
from reports.studies.attack import attack, many
from reports.studies.attack.attack import Limits
from reports.studies.attack.many import Campaign, Ended, attack_all, in_turn


@pytest.fixture
def known(monkeypatch):
    """Put toys into the catalogue, where workers find them."""

    def put(*claims):
        for claim in claims:
            monkeypatch.setitem(catalogue(), claim.id, claim)
        return [claim.id for claim in claims]

    return put


@pytest.fixture
def campaign(tmp_path):
    """Few regimes of each."""
    return Campaign(1, Limits(evaluations=6), tmp_path / "journals", tmp_path / "failures")


def named(name, margin=1.0):
    return replace(toy(lambda one: margin), id=name, statement=name)


def test_each_is_recorded(known, campaign):
    ids = known(named("stands"), named("falls", -1.0))
    stands, falls = attack_all(campaign, ids, 1)
    assert (stands.claim, stands.falls, stands.trouble) == ("stands", False, "")
    assert (falls.claim, falls.falls) == ("falls", True)
    assert falls.record.falls
    assert (stands.record.regimes, stands.record.failures) == (6, 0)
    assert stands.record.trials == falls.record.failures > 0
    assert (campaign.journals / "stands.jsonl").exists()


def test_a_journal_of_something_else_ends_one(known, campaign):
    ids = known(named("a"), named("b"))
    campaign.journals.mkdir()
    (campaign.journals / "a.jsonl").write_text("garbage\n")
    a, b = attack_all(campaign, ids, 1)
    assert (a.told, a.record, a.falls) == (None, None, False)
    assert "something else" in a.trouble
    assert b.record.regimes == 6


def test_a_line_is_read_as_it_was(known, campaign, tmp_path):
    (ended,) = attack_all(campaign, known(named("a")), 1)
    with attacks.opened(tmp_path / "record") as kept:
        many.keep(kept, ended.record)
        many.keep(kept, None)
        many.keep(None, ended.record)
    assert attacks.read(tmp_path / "record") == (ended.record,)


def test_those_attacked_least_come_first(known, campaign):
    claims = [named(name) for name in "abc"]
    ids = known(*claims)
    a, b, c = (ended.record for ended in attack_all(campaign, ids, 1))
    lines = [replace(a, seconds=60.0), replace(b, seconds=20.0), replace(b, seconds=30.0)]
    assert in_turn(claims, attacks.latest(lines), 90.0) == ["c", "b", "a"]
    assert in_turn(claims, attacks.latest(lines), 60.0) == ["c", "b"]
    two_entropies = [replace(b, seconds=30.0), replace(b, seconds=30.0, entropy=2)]
    assert in_turn(claims, two_entropies, 60.0) == ["a", "c"]
    assert in_turn(claims, [replace(c, seconds=99.0, text="0" * 64)], 60.0) == ["a", "b", "c"]


def test_nothing_to_record(tmp_path):
    done = attack.Attack(bare(), 1, (), tmp_path / "j", [], None, None)
    assert attack.recorded(done) is None


def test_minutes_in_all(known, tmp_path):
    """What was searched so long is not searched on; what was not, until then."""
    (name,) = known(named("a"))

    def attacked(**limits):
        campaign = Campaign(1, Limits(**limits), tmp_path, tmp_path)
        return campaign.attack(name).told["evaluations"]

    assert attacked(evaluations=3) == 3
    path = tmp_path / "a.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    slow = [line | ({"seconds": 3.5} if "number" in line else {}) for line in lines]
    path.write_text("".join(json.dumps(line) + "\n" for line in slow))
    assert attacked(in_all=9.0) == 3
    assert attacked(in_all=1e6, evaluations=5) == 5


def test_a_record_is_refused_with_its_field(known, campaign):
    (ended,) = attack_all(campaign, known(named("a")), 1)
    with pytest.raises(ValueError, match="regimes"):
        read_record(asdict(ended.record) | {"regimes": 0})


def test_journals_are_named_by_claim_and_mutant(tmp_path):
    assert many.journal_of("a.b!c", tmp_path).name == "a.b-c.jsonl"
    assert Ended("a", None, None, "why").falls is False

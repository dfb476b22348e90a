"""Statements follow the paper."""

from claims.core import parts
from claims.core.catalogue import catalogue


def test_every_statement_is_there(parsed):
    assert set(parsed.articles) == set(catalogue())


def test_statements_follow_the_paper(parsed):
    shown = list(parsed.articles)
    order = [
        "condition.feasible",
        "lemma-a1.a.lower",
        "lemma-a2.a.lower",
        "b1.norms",
        "theorem-4.2.convergence",
        "gamma-printed.dimensionless",
        "theorem-4.3.convergence",
        "proposition-4.4.1",
        "m1.one-task",
        "f3.diverges",
        "images.source-samples",
    ]
    order += ["e1.step", "law.l1", "conjecture.regularised"]  # what is ours
    assert sorted(order, key=shown.index) == order
    for source in {claim.source for claim in catalogue().values()}:
        mine = [claim.id for claim in catalogue().values() if claim.source == source]
        assert sorted(mine, key=shown.index) == mine


def test_no_statement_is_left_to_the_last_part():
    """Sources that no part names would be shown, but out of the paper's order."""
    last = len(parts.PARTS) - 1
    assert {
        claim.source for claim in catalogue().values() if parts.place(claim.source)[0] == last
    } == set()
    assert parts.place("Theorem 9.9")[0] == last

"""Made-up ledgers for tests of what is said of one, or of two, in brief."""

from claims.core.catalogue import catalogue
from claims.core.evidence import Retried
from claims.core.status import Status
from claims.deciding.decide import expected
from claims.deciding.verdict import Verdict
from reports.ledger.ledger import Ledger


def verdict(claim, status=Status.VERIFIED, **changes):
    """A made-up verdict."""
    values = {
        "family": claim,
        "regimes": 6,
        "drawn": 6,
        "seeds": 12,
        "networks": 36,
        "worst_margin": 0.5,
        "least_margin": 0.5,
        "failures": 2,
        "tried": 96,
        "retried": Retried(3, 400, 0.02),
        "share_bound": 0.1,
        "points": [],
        "worst_case": None,
        "counterexample": None,
        "method": "tested on regimes",
        "evidence": {},
        "unit": "u",
        "delta": 0.0,
        "level": 1e-9,
        "detectable": 0.0,
        "constants": {},
        "profile": "ci",
        "entropy": 5,
        "seconds": 0.1,
    }
    return Verdict(claim=claim, status=status, **(values | changes))


def book(statuses, **changes):
    return Ledger({}).updated(verdict(name, status, **changes) for name, status in statuses.items())


#: Every claim as recorded, and every planted version caught.
RECORDED = {name: expected(claim) for name, claim in catalogue().items()}

PLANTED = {
    claim.mutated(version).id: Status.FALSIFIED
    for claim in catalogue().values()
    for version in claim.mutants
}

OTHER = {Status.VERIFIED: Status.FALSIFIED, Status.FALSIFIED: Status.VERIFIED}

MADE = {
    "everything": book(RECORDED | PLANTED),
    "every claim": book(RECORDED),
    "every planted version": book(PLANTED),
    "one claim": book({"e5.scratch": Status.VERIFIED}),
    "one with its planted versions": book(
        {
            "e5.scratch": Status.VERIFIED,
            **{name: s for name, s in PLANTED.items() if name.startswith("e5.scratch!")},
        }
    ),
    "one planted version": book({"e5.scratch!off-by-one": Status.FALSIFIED}),
    "every claim and one planted version": book(
        RECORDED | {"e5.scratch!off-by-one": Status.FALSIFIED}
    ),
    "two runs": (
        book({"e5.scratch": Status.VERIFIED}).updated(
            [verdict("e1.step", profile="quick", entropy=2**64 - 1), verdict("e6.gram")]
        )
    ),
}

"""A verdict with a value in every field."""

from claims.core.evidence import Retried
from claims.core.status import Status
from claims.deciding.verdict import Verdict

REGIME = {
    **dict.fromkeys(("u", "v1", "v2", "sigma1", "sigma2", "eta1", "eta2", "sigma0"), 1.0),
    **dict.fromkeys(("n1", "n2", "d", "m", "inherited", "steps1", "steps2"), 5),
    "cos_v": 0.0,
}


def verdict(claim="e1.step", status=Status.VERIFIED, **changes):
    """A verdict with a value in every field."""
    values = {
        "family": claim,
        "regimes": 48,
        "drawn": 50,
        "seeds": 96,
        "networks": 192,
        "worst_margin": 0.25,
        "least_margin": 0.25,
        "failures": 2,
        "tried": 96,
        "retried": Retried(3, 400, 0.02),
        "share_bound": 0.1,
        "points": [{"margin": 0.25, "across": 3.0}],
        "worst_case": {"regime": REGIME, "root": 7, "margin": 0.25},
        "counterexample": None,
        "method": "tested on regimes",
        "evidence": {},
        "unit": "µ ≥ 0",
        "delta": 0.05,
        "level": 1e-8,
        "detectable": 0.45,
        "constants": {"a.C_1": 2.0},
        "profile": "ci",
        "entropy": 2**64,
        "seconds": 1.5,
    }
    return Verdict(claim=claim, status=status, **(values | changes))

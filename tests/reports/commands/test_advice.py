"""What `verify` says of a claim or a mutant that is not decided: why, and what to do."""

import pytest

from claims.core.catalogue import catalogue, find
from claims.core.evidence import Retried
from claims.core.status import Status
from claims.deciding.paired_seeds import PairedSeeds
from claims.deciding.population import Population
from claims.deciding.verdict import Verdict
from reports.commands.showing.advice import advice

PER_REGIME = "theorem-4.3.error-upper"
POPULATION = next(name for name, claim in catalogue().items() if isinstance(claim.rule, Population))
IMAGES = next(name for name, claim in catalogue().items() if isinstance(claim.rule, PairedSeeds))
MUTANT = "e5.scratch!perturbed"


def told(name, status, **changes):
    """What is said of a made-up verdict."""
    values = {
        "regimes": 6,
        "drawn": 6,
        "seeds": 144,
        "networks": 432,
        "worst_margin": -0.125,
        "least_margin": -0.125,
        "failures": 2,
        "tried": 96,
        "retried": Retried(3, 400, 0.02),
        "share_bound": 0.1,
        "points": [],
        "worst_case": None,
        "counterexample": None,
        "method": "tested on regimes",
        "evidence": {},
        "unit": "nats",
        "delta": find(name).rule.delta,
        "level": 1e-9,
        "detectable": 0.0,
        "constants": {},
        "profile": "quick",
        "entropy": 5,
        "seconds": 0.1,
    }
    verdict = Verdict(claim=name, family=name, status=status, **(values | changes))
    return advice(find(name), verdict)


def case(certain, possible):
    """The worst regime, with its failures among 62 seeds."""
    return {"seeds": 62, "certain_failures": certain, "possible_failures": possible}


def test_failures_near_delta():
    why, what = told(PER_REGIME, Status.INCONCLUSIVE, worst_case=case(5, 5))
    assert why.startswith(f"{PER_REGIME} is inconclusive: ")
    assert "5 of 62 seeds may fail: more than δ = 0.05, fewer than tells it from 3δ" in why
    assert "a larger δ" in what
    assert "--profile nightly" in what


def test_a_measurement_that_is_too_coarse():
    why, what = told(PER_REGIME, Status.INCONCLUSIVE, worst_case=case(1, 9))
    assert "9 of 62 seeds may fail, and 1 do so beyond the error of measurement" in why
    assert "more lines" in what


def test_without_a_worst_regime():
    assert len(told(PER_REGIME, Status.INCONCLUSIVE)) == 2


@pytest.mark.parametrize(("margin", "said"), [(-0.125, "-0.125 nats"), (None, "without bound")])
def test_a_population(margin, said):
    why, what = told(POPULATION, Status.INCONCLUSIVE, worst_margin=margin, regimes=40)
    assert why.startswith(f"{POPULATION} is inconclusive: ")
    assert "over 40 regimes" in why
    assert why.endswith(said)
    assert "more regimes" in what
    assert "δ" not in why + what


def test_networks_on_images():
    """No regime and no δ is spoken of."""
    why, what = told(IMAGES, Status.INCONCLUSIVE, seeds=8)
    assert "over 8 seeds" in why
    assert "transfer-claims cifar run --seeds" in what
    why, what = told(IMAGES, Status.VACUOUS, regimes=0, drawn=0, seeds=0, worst_margin=None)
    assert "no network was trained" in why
    assert "transfer-claims cifar run" in what


def test_a_formula():
    why, what = told("e3.degrees", Status.INCONCLUSIVE)
    assert "-0.125 nats" in why
    assert "seeds" not in why + what


@pytest.mark.parametrize("name", [PER_REGIME, MUTANT])
def test_vacuous(name):
    why, what = told(name, Status.VACUOUS, regimes=2, drawn=6)
    assert why == f"{name} is vacuous: 2 of 6 regimes meet its hypotheses"
    assert "scales inside its hypotheses" in what


@pytest.mark.parametrize(("margin", "said"), [(1.5, "least margin is 1.5 nats"), (None, "regimes")])
def test_a_mutant_that_survives(margin, said):
    why, what = told(MUTANT, Status.VERIFIED, worst_margin=margin)
    assert why.startswith(f"{MUTANT} is not falsified on 6 regimes")
    assert why.endswith(said)
    assert "plant a larger one" in what


@pytest.mark.parametrize(
    ("name", "status"),
    [
        (PER_REGIME, Status.VERIFIED),
        (PER_REGIME, Status.FALSIFIED),
        (POPULATION, Status.VERIFIED),
        (IMAGES, Status.FALSIFIED),
        (MUTANT, Status.FALSIFIED),
    ],
)
def test_what_is_decided_needs_no_advice(name, status):
    assert told(name, status) == []

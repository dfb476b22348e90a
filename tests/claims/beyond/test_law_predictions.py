"""What compares the law with networks predicts first, and what it predicts is what is judged."""

import pytest
from examples import regime

from claims.core.catalogue import catalogue
from claims.deciding.population import Population
from claims.deciding.worst_case import WorstCase
from claims.observing.errors import scratch_only
from claims.observing.limit import variants
from model.sampling import Seeds

MADE = regime(
    n1=10, n2=10, d=10**8, m=4, inherited=2, signal=8.0, universal=0.5, eta2=4e-8, steps=9
)
SEEDS = Seeds(0, 2)


def predicting():
    """Claims that preregister."""
    rules = (Population, WorstCase)
    every = catalogue().values()
    return [claim for claim in every if isinstance(claim.rule, rules) and claim.rule.predict]


def test_the_law_s_claims_predict():
    """Whatever compares the law with networks, and nothing else that trains."""
    families = {claim.family for claim in predicting() if claim.family}
    assert families == {
        "survey",
        "sweep",
        "limit",
        "law.worst",
        "law.finite",
        "law.finite.transfer",
        "law.finite.transfer.common",
        "law.finite.share",
        "law.break-even",
        "law.angle",
        "law.finite.worst",
        "law.finite.worst.transfer",
        "lemma-a2.orders",
    }
    law = {claim.id for claim in catalogue().values() if claim.id.startswith("law.")}
    trained = {name for name in law if catalogue()[name].domain}
    assert trained <= {claim.id for claim in predicting()}


@pytest.mark.parametrize("name", ["law.l1", "law.l4", "law.crowded"])
def test_what_is_predicted_is_what_is_judged(name):
    """The numbers written down are those that the measured errors are compared with."""
    claim = catalogue()[name]
    predicted, observation = claim.rule.predict(MADE), claim.observe(MADE, SEEDS)
    if name == "law.l1":
        assert predicted["scratch"] == observation.predicted.scratch
    elif name == "law.l4":
        assert list(predicted.values()) == observation.predicted.tolist()
    else:
        errors = {
            which: scratch_only(one, SEEDS).scratch.error.value.mean().item()
            for which, one in variants(MADE).items()
        }
        assert {which: errors[which] - predicted[which] for which in errors} == pytest.approx(
            {which: getattr(observation, which) for which in errors}
        )

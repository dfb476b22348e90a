"""E7: the law of fresh pre-activations, and the test error from it.

It holds in every regime, to rounding error: its domain is small regimes of every kind, inside
Condition 4.1 or not. One failing seed falsifies.

Derivation [D]: a linear image of a Gaussian vector.
"""

from __future__ import annotations

from claims.core.claim import Claim, Kind
from claims.core.versions import replanted
from claims.deciding.per_regime import PerRegime
from claims.observing.facts import sampling
from claims.observing.facts.difference import FACT, within

CLAIMS = (
    Claim(
        id="e7.covariance",
        title="The law of fresh pre-activations",
        source="E7",
        statement=(
            "Given W, the pre-activations of a fresh noise patch are Gaussian with covariance"
            " σ²WPWᵀ."
        ),
        latex=r"W\xi\sim\mathcal N(0,\sigma^2WPW^\top)",
        observe=sampling.covariance,
        margin=within(1e-10),
        mutants=(
            replanted("no-projection", "P is left out", sampling.covariance, off="none"),
            replanted(
                "other-task", "P is off the other task's v", sampling.covariance, off="other"
            ),
            replanted("sigma", "σ for σ²", sampling.covariance, sigma_power=1),
        ),
        **FACT,
    ),
    Claim(
        id="e7.error",
        title="Test error from that law",
        source="E7",
        statement=(
            "Errors counted on fresh examples in R^d agree with the error computed from the law of"
            " pre-activations."
        ),
        latex=r"\mathbb P(yf(x)<0)=\tfrac12\mathbb P(G<-S_+)+\tfrac12\mathbb P(G>S_-)",
        observe=sampling.simulated_error,
        margin=sampling.counts_agree,
        uses={"e7.covariance": "the error is an integral over that law"},
        mutants=(
            replanted(
                "noise-level",
                "test noise is 1.5 times training noise",
                sampling.simulated_error,
                noise_factor=1.5,
            ),
            replanted(
                "no-projection",
                "test noise is not orthogonal to the signal",
                sampling.simulated_error,
                project=False,
            ),
        ),
        **(
            FACT
            | {
                "kind": Kind.PROBABILITY,
                "rule": PerRegime(0.01),
                "unit": "log10 of the p-value over 1e-4",
            }
        ),
    ),
)

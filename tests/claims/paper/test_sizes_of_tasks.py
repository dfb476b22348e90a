"""Theorem 4.2 and Proposition 4.4(1) in tau_A fall where the tasks' sizes differ: regimes made by
hand, in which most networks fail.
"""

import pytest
import sympy as sp

from claims.core import formulas as f
from claims.core import quantities as q
from claims.core.catalogue import find
from claims.core.condition import PRACTICAL, violations
from claims.core.constants import load
from claims.core.quantities import CRITERION, TAU_2, TAU_D
from claims.paper.theorem_4_2_lower import at_least
from claims.paper.theorem_4_2_sizes import unbounded
from claims.paper.theorem_4_2_upper import at_most
from model.sampling import Seeds
from strategies.groups import Groups, solve

SEEDS = 12
CONSTANTS = load()
C_2, C_3, C_4 = (
    CONSTANTS[f"theorem-4.2.{name}"] for name in ("tau-A.C_2", "tau-A.C_3-restricted", "C_4")
)


def regime(criterion, value, *, n1, n2, m, inherited, x):
    """Inside Condition 4.1, at Y = 1, with ten times the dimension it asks for."""
    groups = Groups(
        tier=PRACTICAL,
        n1=n1,
        n2=n2,
        m=m,
        inherited=inherited,
        tau_2=1.0,
        x=x,
        y=1.0,
        upstream_share=0.1,
        cos_v=0.0,
        h1=0.5,
        h2=0.5,
        duration=40.0,
        initialisation=0.1,
        slack=10.0,
        unit=1.0,
    )
    made = solve(groups, criterion, value)
    assert violations(made, PRACTICAL) == []
    return made


def failing(claim_id, made, margin=None):
    """The share of networks in which a statement fails, beyond doubt."""
    claim = find(claim_id)
    measured = (margin or claim.margin)(claim.observe(made, Seeds(0, SEEDS)), CONSTANTS)
    return measured.certain_failures / SEEDS


def test_small_error_below_the_threshold():
    """tau_A + tau_2 = 0.2 from fifteen times as many samples: tau_D is eight times that."""
    made = regime(CRITERION, 0.2, n1=600, n2=40, m=14, inherited=1, x=10.0)
    assert TAU_D(made) > 1.5
    assert failing("theorem-4.2.error-lower.tau-A", made, at_least) > 0.7


def test_small_error_below_the_least_threshold():
    """C_3 = 0.08, which the statement has: thirty times as many samples."""
    made = regime(CRITERION, 0.08, n1=600, n2=20, m=39, inherited=1, x=10.0)
    claim = find("theorem-4.2.error-lower.tau-A")
    assert claim.domain.violations(made, CONSTANTS) == []
    assert failing(claim.id, made) > 0.3


@pytest.mark.parametrize(
    "claim_id", ["theorem-4.2.error-upper-restricted.tau-A", "proposition-4.4.1.restricted"]
)
def test_large_error_above_the_threshold(claim_id):
    """tau_A + tau_2 = 45 where the target has twelve times as many samples: tau_D is a tenth."""
    made = regime(CRITERION, 45.0, n1=40, n2=480, m=32, inherited=18, x=C_4)
    assert TAU_D(made) < 6
    assert find(claim_id).domain.violations(made, CONSTANTS) == []
    assert failing(claim_id, made) > 0.7


def test_with_little_noise_a_smaller_constant_serves():
    """X <= C_4: below C_3 errors are small with thirty times as many samples, and not with C_3 over
    (1 + C_4)^2.
    """
    sizes = {"n1": 600, "n2": 20, "m": 39, "inherited": 1, "x": C_4}
    made = regime(CRITERION, C_3, **sizes)
    claim_id = "theorem-4.2.error-lower-restricted.tau-A"
    assert find(claim_id).domain.violations(made, CONSTANTS) == []
    assert failing(claim_id, made) > 0.5
    least = CONSTANTS["theorem-4.2.tau-D.C_3"] / (1 + C_4) ** 2
    assert failing(claim_id, regime(CRITERION, least, **sizes)) == 0


@pytest.mark.parametrize(
    ("n1", "n2", "value", "margin"),
    [
        (120, 40, 0.2, at_least),
        (40, 120, 45.0, at_most(CRITERION, "theorem-4.2.tau-A.C_2")),
    ],
    ids=["below", "above"],
)
def test_sizes_alike(n1, n2, value, margin):
    """Control: the same statements at a ratio of three."""
    made = regime(CRITERION, value, n1=n1, n2=n2, m=24, inherited=1, x=3.0)
    assert failing("theorem-4.2.error-lower-balanced.tau-A", made, margin) <= 1 / SEEDS


def test_algebra():
    """The identities behind, at numbers, and that no statement of them is empty."""
    made = regime(CRITERION, 1.0, n1=100, n2=50, m=20, inherited=5, x=4.0)
    x, y, alpha = 4.0, 1.0, 5 / 20
    assert q.TAU_A(made) / TAU_2(made) == pytest.approx(x**2 * 50 / (100 * y**2), rel=1e-9)
    assert TAU_D(made) / TAU_2(made) == pytest.approx((1 + x / y) ** 2 / (1 + alpha * x), rel=1e-9)
    assert unbounded(f.tau_A + f.tau_2).residuals == (0, 0, 0)
    assert unbounded(f.Gamma + f.tau_2).residuals[0] != sp.Integer(0)

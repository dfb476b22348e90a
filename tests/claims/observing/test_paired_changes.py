"""Changes of a regime in one thing at a time: what stays and what goes, and by how much."""

import math

import pytest
from examples import regime

from claims.core import quantities
from claims.observing.paired import (
    dimension,
    universal,
    upstream_noise,
    upstream_samples,
    width,
)

#: Every field differs between the tasks; sizes divide by the factors below without rounding.
WIDE = regime(
    n1=40,
    n2=60,
    d=10**6,
    m=12,
    inherited=3,
    signal=9.0,
    universal=0.3,
    sigma1=1.3,
    eta2=2e-5,
    steps1=50,
    steps2=70,
)
U, V1, S2 = WIDE.u**2, WIDE.v1**2, WIDE.u**2 + WIDE.v2**2


def tau_d(a, n1=40.0, sigma1=1.3, d=1e6):
    """tau_D from section 2 of the theory, for A, N_1, sigma_1 and d."""
    b = 60 * S2 / 0.7**2
    return (a / 4 + b) ** 2 / ((n1 * 0.7**2 / sigma1**2 / 16 + 60) * d)


A = 40 * U / 1.3**2
TAU_D = tau_d(A)
TAU_A, GAMMA, PRINTED = (
    40 * U**k / (16e6 * 1.3**2 * s**2) for k, s in ((2, 1.3), (2, 0.7), (1, 0.7))
)
TAU_2 = 60 * S2**2 / (0.7**4 * 1e6)


def sums(by):
    """Ratios of the candidates that add tau_2, which stays, to a term."""
    terms = {"tau_A": TAU_A, "Gamma": GAMMA, "Gamma_printed": PRINTED}
    return {
        f"{name}+tau_2": (by[name] * term + TAU_2) / (term + TAU_2) for name, term in terms.items()
    }


Q1 = (1.21 * U + V1) / (U + V1)
UNIVERSAL = {
    "q_1": Q1,
    "tau_1": Q1**2,
    "A": 1.21,
    "tau_A": 1.1**4,
    "Gamma": 1.1**4,
    "Gamma_printed": 1.21,
    "tau_D": tau_d(1.21 * A) / TAU_D,
    "Y": 1 / 1.21,
}
SAMPLES = dict.fromkeys(("tau_1", "A", "tau_A", "Gamma", "Gamma_printed", "X"), 4.0) | {
    "zeta_1": 0.5,
    "tau_D": tau_d(4 * A, n1=160.0) / TAU_D,
}
NOISE = {
    "q_1": 1 / 9,
    "zeta_1": 3.0,
    "tau_1": 1 / 81,
    "A": 1 / 9,
    "tau_A": 1 / 81,
    "Gamma": 1 / 9,
    "Gamma_printed": 1 / 9,
    "tau_D": tau_d(A / 9, sigma1=3.9) / TAU_D,
    "X": 1 / 9,
}
CROWDED = dict.fromkeys(
    (
        "tau_1",
        "tau_2",
        "tau_A",
        "Gamma",
        "Gamma_printed",
        "tau_D",
        "tau_A+tau_2",
        "Gamma+tau_2",
        "Gamma_printed+tau_2",
    ),
    0.2,
)
#: What a change does to every quantity of the catalogue, as a ratio; those that are not named stay.
CHANGES = {
    "universal": (universal(1.1), UNIVERSAL | sums(UNIVERSAL) | {"alpha_star": 1.21}),
    "samples": (upstream_samples(4), SAMPLES | sums(SAMPLES)),
    "noise": (upstream_noise(3.0), NOISE | sums(NOISE)),
    "dimension": (dimension(5.0), CROWDED),
    "width": (width(3), {}),
}
every_change = pytest.mark.parametrize(("change", "ratios"), CHANGES.values(), ids=CHANGES)


@every_change
def test_quantities(change, ratios):
    """h_1, h_2 stay in every one, and so do ||s_2||, alpha and zeta but where they are what is
    changed.
    """
    before, after = quantities.evaluate_all(WIDE), quantities.evaluate_all(change(WIDE))
    assert {name: after[name] / before[name] for name in before} == pytest.approx(
        dict.fromkeys(before, 1.0) | ratios, rel=1e-12
    )


#: The fields a change may touch.
FIELDS = {
    "universal": {"u", "v2"},
    "samples": {"n1", "eta1"},
    "noise": {"sigma1", "eta1"},
    "dimension": {"d", "eta1", "eta2", "sigma0"},
    "width": {"m", "inherited", "eta1", "eta2"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_fields(name):
    """And no other: of the two tasks, a change upstream leaves the downstream one alone."""
    before, after = WIDE.to_dict(), CHANGES[name][0](WIDE).to_dict()
    assert {field for field in before if before[field] != after[field]} == FIELDS[name]


@pytest.mark.parametrize("change", [universal, upstream_samples, upstream_noise, dimension, width])
def test_factor_one_changes_nothing(change):
    assert change(1)(WIDE).to_dict() == pytest.approx(WIDE.to_dict(), rel=1e-14)


@pytest.mark.parametrize("factor", [0.0, 0.03, 0.5])
def test_less_universal_signal(factor):
    """Down to none: what u loses, v_2 gains."""
    after = universal(factor)(WIDE)
    assert after.u == factor * WIDE.u
    assert math.hypot(after.u, after.v2) == pytest.approx(math.hypot(WIDE.u, WIDE.v2), rel=1e-14)


@pytest.mark.parametrize(("factor", "n1"), [(0.03, 1), (1e-9, 1), (0.26, 10), (2.01, 80)])
def test_whole_samples(factor, n1):
    """N_1 is rounded, to one at least, and h_1 is kept for the number there is."""
    after = upstream_samples(factor)(WIDE)
    assert after.n1 == n1
    assert quantities.catalogue()["h_1"](after) == pytest.approx(
        quantities.catalogue()["h_1"](WIDE)
    )

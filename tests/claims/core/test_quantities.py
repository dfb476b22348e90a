"""Every formula of section 2 of the theory beside the same, written in plain Python from that
page.
"""

import math
import pickle
from dataclasses import replace

import pytest
import sympy as sp

from claims.core import formulas
from claims.core.formulas import evaluate, scale_degree
from claims.core.quantities import Quantity, catalogue, evaluate_all
from model.regime import Regime

#: Every field differs from every other, so that none can stand in for another unseen.
REGIME = Regime(
    u=3.0,
    v1=4.0,
    v2=2.0,
    cos_v=0.5,
    sigma1=0.5,
    sigma2=1.5,
    n1=30,
    n2=20,
    d=5000,
    m=10,
    inherited=4,
    eta1=0.01,
    eta2=0.02,
    steps1=50,
    steps2=70,
    sigma0=0.001,
)
S1, S2 = 9.0 + 16.0, 9.0 + 4.0  # ||s_k||^2, u being orthogonal to v_k
SHARED = 9.0 + 0.5 * 4.0 * 2.0  # <s_1, s_2>
A, B = 30 * 9.0 / 0.25, 20 * S2 / 2.25
TAU_2 = 20 * S2**2 / (1.5**4 * 5000)
TAU_A = 0.4**2 * 30 * 81.0 / (0.5**4 * 5000)
GAMMA = 0.4**2 * 30 * 81.0 / (0.25 * 2.25 * 5000)
PRINTED = 0.4**2 * 30 * 9.0 / (0.25 * 2.25 * 5000)
EXPECTED = {
    "q_1": S1 / 0.25,
    "q_2": S2 / 2.25,
    "h_1": 0.01 * 0.25 * 5000 / (30 * 10),
    "h_2": 0.02 * 2.25 * 5000 / (20 * 10),
    "zeta_1": 0.001 * 0.5 * 5000 / math.sqrt(30),
    "zeta_2": 0.001 * 1.5 * 5000 / math.sqrt(20),
    "tau_1": 30 * S1**2 / (0.5**4 * 5000),
    "tau_2": TAU_2,
    "alpha": 0.4,
    "A": A,
    "B": B,
    "tau_A": TAU_A,
    "Gamma": GAMMA,
    "Gamma_printed": PRINTED,
    "tau_D": (0.4 * 30 * SHARED / 0.25 + B) ** 2 / ((0.4**2 * 30 * 2.25 / 0.25 + 20) * 5000),
    "tau_A+tau_2": TAU_A + TAU_2,
    "Gamma+tau_2": GAMMA + TAU_2,
    "Gamma_printed+tau_2": PRINTED + TAU_2,
    "X": 0.4 * 30 * 2.25 / (20 * 0.25),
    "Y": S2 / 9.0,
    "alpha_star": 1.0,  # <s_1, s_2> is as large as ||s_2||^2
}
DEGREES = dict.fromkeys(EXPECTED, 0) | {
    "Gamma_printed": -2,
    "Gamma_printed+tau_2": None,
}  # None: not homogeneous
every_quantity = pytest.mark.parametrize("quantity", catalogue().values(), ids=catalogue())


def rescaled(made, by):
    """(u, v, sigma, sigma_0, eta) -> (λu, λv, λσ, σ_0/λ, η/λ²), the symmetry E3."""
    lengths = {name: getattr(made, name) * by for name in ("u", "v1", "v2", "sigma1", "sigma2")}
    return replace(
        made, **lengths, sigma0=made.sigma0 / by, eta1=made.eta1 / by**2, eta2=made.eta2 / by**2
    )


def test_every_quantity_has_an_expected_value():
    assert sorted(catalogue()) == sorted(EXPECTED)
    assert {name: quantity.name for name, quantity in catalogue().items()} == {
        name: name for name in catalogue()
    }


@every_quantity
def test_value(quantity):
    assert quantity(REGIME) == pytest.approx(EXPECTED[quantity.name], rel=1e-14)


def test_evaluate_all():
    assert evaluate_all(REGIME) == {
        name: quantity(REGIME) for name, quantity in catalogue().items()
    }


@every_quantity
def test_scale_degree(quantity):
    """By sympy, and by moving the regime: the two know nothing of each other."""
    degree = DEGREES[quantity.name]
    if degree is None:
        with pytest.raises(ValueError, match="not homogeneous"):
            _ = quantity.scale_degree
        return
    assert quantity.scale_degree == degree
    for by in (0.013, 3.7):
        assert quantity(rescaled(REGIME, by)) == pytest.approx(
            by**degree * quantity(REGIME), rel=1e-12
        )


@pytest.mark.parametrize(
    ("formula", "degree"),
    [
        (formulas.u, 1),
        (formulas.sigma0, -1),
        (formulas.eta1 * formulas.u, -1),
        (formulas.Gamma_printed**2, -4),
        (formulas.sigma1 / formulas.v2, 0),
        (formulas.d * formulas.n1, 0),
    ],
    ids=str,
)
def test_scale_degree_of_a_formula(formula, degree):
    assert scale_degree(formula) == degree


def test_fields_that_a_formula_lacks_change_nothing():
    """Steps and step sizes enter no criterion, the cosine of v_1 and v_2 none of the paper's."""
    of_angle = ("tau_D", "alpha_star")
    moved = replace(REGIME, cos_v=-1.0, steps1=7, steps2=9, eta1=3.0, eta2=4.0, sigma0=2.0)
    unmoved = [name for name in EXPECTED if not name.startswith(("h_", "zeta_", *of_angle))]
    assert [catalogue()[name](moved) for name in unmoved] == [
        catalogue()[name](REGIME) for name in unmoved
    ]


# Compiled evaluation ------------------------------------------------------------------------------


def test_symbols_that_are_not_fields():
    odds = formulas.n1 / formulas.delta  # compiled once, for any value
    assert evaluate(odds, REGIME, delta=0.05) == 600
    assert evaluate(odds, REGIME, delta=0.5) == 60


def test_constant_formula():
    assert evaluate(sp.Integer(3), REGIME) == 3


@pytest.mark.parametrize(
    ("change", "name", "expected"),
    [
        ({"u": 0.0}, "Y", math.inf),
        ({"u": 0.0, "cos_v": 0.0}, "alpha_star", 0.0),
        ({"u": 0.0, "cos_v": 0.25}, "alpha_star", 0.5),
        ({"cos_v": 0.0}, "alpha_star", 9.0 / S2),
        ({"cos_v": -1.0}, "alpha_star", 1 / S2),
        ({"v1": 5.0, "cos_v": -1.0}, "alpha_star", 0.0),
        ({"u": 0.0, "v2": 0.0}, "alpha_star", math.nan),  # no signal at all: any share will do
        ({"v2": 0.0}, "alpha_star", 1.0),
        ({"inherited": 0}, "X", 0.0),
        ({"inherited": 0}, "tau_D", TAU_2),
        (
            {"n1": 2**53, "n2": 2**53, "d": 2**53},
            "tau_2",
            S2**2 / 1.5**4,
        ),  # far beyond 64-bit integers on the way
    ],
    ids=str,
)
def test_edge(change, name, expected):
    assert catalogue()[name](replace(REGIME, **change)) == pytest.approx(
        expected, rel=1e-14, nan_ok=True
    )


# What the theory says of them ---------------------------------------------------------------------


def test_alpha_star_maximises_tau_d():
    many = replace(REGIME, m=1300, cos_v=0.0)
    tau_d = [catalogue()["tau_D"](replace(many, inherited=k)) for k in range(1301)]
    assert tau_d.index(max(tau_d)) == round(catalogue()["alpha_star"](many) * 1300) == 900


@pytest.mark.parametrize(("cosine", "best"), [(-0.5, 385), (0.25, 846), (0.0, 692), (-1.0, 77)])
def test_alpha_star_maximises_tau_d_at_an_angle(cosine, best):
    """<s_1, s_2>/||s_2||^2: what inherited filters have learned of the target's signal."""
    many = replace(REGIME, m=1000, cos_v=cosine)
    tau_d = [catalogue()["tau_D"](replace(many, inherited=k)) for k in range(1001)]
    assert tau_d.index(max(tau_d)) == round(catalogue()["alpha_star"](many) * 1000) == best


def test_signals_against_each_other():
    """More is inherited against the target's signal than is learned of it: below 0, where more
    than half of the examples are wrong.
    """
    against = replace(REGIME, v1=40.0, cos_v=-1.0, inherited=10)
    signal = 30 * (9.0 - 80.0) / 0.25 + B
    expected = -(signal**2) / ((30 * 2.25 / 0.25 + 20) * 5000)
    assert catalogue()["tau_D"](against) == pytest.approx(expected, rel=1e-14)
    assert catalogue()["alpha_star"](against) == 0


@pytest.mark.parametrize("name", ["tau_D", "alpha_star"])
def test_orthogonal_formulas(name):
    """Where v_1 and v_2 are orthogonal: the formulas of the theory, ||u||^2 in them."""
    share = formulas.u**2 / formulas.signal_square[2]
    noise = (
        formulas.alpha**2 * formulas.n1 * formulas.sigma2**2 / formulas.sigma1**2
    ) + formulas.n2
    expected = {
        "tau_D": (formulas.alpha * formulas.A + formulas.B) ** 2 / (noise * formulas.d),
        "alpha_star": sp.Min(1, sp.Max(0, share)),
    }
    assert formulas.orthogonal(catalogue()[name].formula) == expected[name]


@pytest.mark.parametrize("inherited", range(11))
@pytest.mark.parametrize("v2", [0.0, 2.0, 6.0, 40.0])
def test_relations(inherited, v2):
    """What the docstring of theorem_4_2 derives: every criterion is tau_2 times a function of X, Y,
    alpha and sigma_1/sigma_2.
    """
    named = evaluate_all(made := replace(REGIME, inherited=inherited, v2=v2, cos_v=0.0))
    x, y, alpha, r = named["X"], named["Y"], made.alpha, (made.sigma1 / made.sigma2) ** 2
    assert named["tau_D"] == pytest.approx(
        named["tau_2"] * (1 + x / y) ** 2 / (1 + alpha * x), rel=1e-12
    )
    assert named["tau_A"] == pytest.approx(named["tau_2"] * alpha * x / (r * y**2), rel=1e-12)
    assert named["Gamma"] == pytest.approx(named["tau_2"] * alpha * x / y**2, rel=1e-12)
    assert (y >= x) == (alpha * named["A"] <= named["B"])


# What makes two of them one -----------------------------------------------------------------------


def test_a_formula_is_built_when_it_is_asked_for():
    built = []
    quantity = Quantity("x", "x", lambda: built.append(1) or formulas.u, "")
    assert ({quantity: 1}[quantity], built) == (1, [])
    assert (quantity(REGIME), quantity(REGIME), built) == (REGIME.u, REGIME.u, [1])


def test_equal_quantities_have_equal_formulas():
    one, same, other = (
        Quantity("x", "x", lambda formula=formula: formula, "")
        for formula in (formulas.u, formulas.u, formulas.v1)
    )
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != "x"


@every_quantity
def test_pickled(quantity):
    assert pickle.loads(pickle.dumps(quantity)) == quantity


@pytest.mark.parametrize("name", ["alpha", "tau_2"])
def test_signal(name):
    assert catalogue()[name].has_signal is (name == "tau_2")


# Printing -----------------------------------------------------------------------------------------


@every_quantity
def test_latex(quantity):
    """Something to print, with the names of fields replaced by the paper's symbols."""
    for text in (quantity.latex, quantity.formula_latex):
        assert text.strip()
        assert text.count("{") == text.count("}")
        assert not [
            name
            for name in ("sigma1", "sigma2", "sigma0", "eta1", "inherited", "steps", "v1", "v2")
            if name in text
        ]
    assert quantity.meaning.strip()

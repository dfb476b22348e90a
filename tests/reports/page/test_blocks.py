"""Evidence and prose, arranged for reading."""

import pytest
from pages import REGIME

from reports.page.blocks import Block, block
from reports.page.prose import formula, marked, prose


@pytest.mark.parametrize(
    ("plain", "set_"),
    [
        ("x_t + b e^{x_t}", "x<sub>t</sub> + b e<sup>x<sub>t</sub></sup>"),
        ("(1/m) Σ_r ρ̄_{y_i,r,i}", "(1/m) Σ<sub>r</sub> ρ̄<sub>y_i,r,i</sub>"),
        ("with σ_k² and x_10", "with σ<sub>k</sub>² and x<sub>10</sub>"),
        ("in R^d", "in R<sup>d</sup>"),
        ("cos_v stays", "cos_v stays"),
        ("a < b_1", "a &lt; b<sub>1</sub>"),
    ],
)
def test_prose(plain, set_):
    assert prose(plain).replace("<sub>i</sub>", "_i") == set_


@pytest.mark.parametrize(
    ("plain", "set_"),
    [
        ("η_kσ_k²d/(N_k m)", "η<sub>k</sub>σ<sub>k</sub>²d/(N<sub>k</sub> m)"),
        ("σ₀σ_k d/√N_k", "σ₀σ<sub>k</sub> d/√N<sub>k</sub>"),
        ("a<b", "a&lt;b"),
    ],
)
def test_formula(plain, set_):
    assert formula(plain) == set_


def test_marked():
    """Ticks and stars; what is no mark stays, and nothing runs."""
    assert marked("`show ID`: in *nats*, x_t") == (
        "<code>show ID</code>: in <em>nats</em>, x<sub>t</sub>"
    )
    assert marked("a * b * c, α*") == "a * b * c, α*"
    assert marked("`<b>`") == "<code>&lt;b&gt;</code>"


def test_evidence():
    """Tables where rows are alike, an interval beside its value, JSON where it is nested too
    deep.
    """
    estimate = {"value": 0.5, "low": 0.25, "high": 0.75}
    table = block({"a": {"x": 1, "y": estimate}, "b": {"x": 2, "y": estimate}, "n": 3})
    assert table.entries[0] == ("n", Block(text="3"))
    assert table.entries[1][1] == Block(
        head=("", "x", "y"),
        rows=(("a", "1", "0.5 (0.25 to 0.75)"), ("b", "2", "0.5 (0.25 to 0.75)")),
    )
    assert block([1, 2.5, True]).text == "1, 2.5, yes"
    assert block([[1, 2], [3, 4]]).rows == (("1", "2"), ("3", "4"))
    assert block([{"p": 1}, {"p": 2, "q": None}]) == Block(
        head=("p", "q"), rows=(("1", ""), ("2", "without bound"))
    )
    assert block(REGIME).text.startswith("‖u‖ = 1, ‖v₁‖ = 1")
    deep = value = {}
    for _ in range(300):
        value["k"] = {}
        value = value["k"]
    assert '"k"' in str(block(deep))

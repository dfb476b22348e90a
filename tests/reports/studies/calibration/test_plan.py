"""Constants in the order in which they use each other, each with the regimes it is fitted on."""

from dataclasses import replace

import pytest
from fits import C_1, C_2, C_3, CLAIMS, DOMAIN, NAMES, OTHERS, observe
from toys import bare

from claims.core.calibration import CalibrationSet, OpenConstant
from claims.core.catalogue import catalogue
from reports.studies.calibration.plan import plan, ready

pytestmark = pytest.mark.usefixtures("toy_catalogue")


def place(constants):
    return {constant.name: number for number, constant in enumerate(constants)}


def test_order_by_uses():
    """Of a rule, of a formula, of the regimes to draw: whatever the order they are declared in."""
    made = plan()
    assert tuple(constant.name for constant in made.constants) == NAMES


def test_sets():
    """Those that are declared; else the regimes of the claim, under its name."""
    own = CalibrationSet("toy.2", DOMAIN, observe)
    assert plan().sets == {"toy.2": own, "toy.others": OTHERS}
    assert plan().measured("toy.2") == (replace(C_1, sets=(own,)),)
    assert plan().measured("toy.others") == (C_2,)


def test_claims_on_the_same_networks_share_a_set(toy_catalogue):
    """Under the first one's name: one training serves all constants."""
    other = OpenConstant("toy.C_9", C_1.needed)
    toy_catalogue["late"] = bare(id="late", domain=DOMAIN, observe=observe, fits=(other,))
    assert {one.name for one in plan().measured("toy.2")} == {"toy.C_1", "toy.C_9"}


def test_a_derived_constant_takes_what_it_is_computed_from():
    assert plan([CLAIMS[0]]).constants[-1] == C_3
    assert len(plan([CLAIMS[0]]).constants) == 3


def test_others_are_not_refitted():
    assert [constant.name for constant in plan([CLAIMS[1]]).constants] == ["toy.C_2"]


def test_some_constants_only():
    """In the order of all; the sets that no other needs are not trained."""
    made = plan().only(["toy.C_2"])
    assert [constant.name for constant in made.constants] == ["toy.C_2"]
    assert made.sets == {"toy.others": OTHERS}
    with pytest.raises(ValueError, match=r"constant = 'toy\.no': is none of those"):
        plan().only(["toy.C_1", "toy.no"])


def test_what_can_be_drawn():
    """A set waits for the constants among its bounds."""
    made = plan()
    assert [one.name for one in ready(made, {})] == ["toy.2"]
    assert {one.name for one in ready(made, {"toy.C_1": 1.0})} == {"toy.2", "toy.others"}


def test_uses_what_no_claim_fits(toy_catalogue):
    toy_catalogue["more"] = bare(id="more", fits=(replace(C_3, name="toy.C_4", uses=("toy.no",)),))
    with pytest.raises(ValueError, match=r"toy\.C_4: uses toy\.no, which no claim fits"):
        plan()


def test_declared_twice(toy_catalogue):
    """The same is one; another is refused."""
    toy_catalogue["again"] = replace(CLAIMS[2], id="again")
    assert tuple(constant.name for constant in plan().constants) == NAMES
    wrong = replace(C_1, at_least=False)
    toy_catalogue["again"] = replace(CLAIMS[2], id="again", fits=(wrong,))
    with pytest.raises(ValueError, match=r"toy\.C_1: again declares it"):
        plan()


def test_the_project_s_own(monkeypatch):
    """Every constant that is declared, once, after all that it uses."""
    monkeypatch.undo()
    made = plan()
    claims = catalogue().values()
    assert {one.name for one in made.constants} == {one.name for c in claims for one in c.fits}
    at = place(made.constants)
    assert len(at) == len(made.constants)
    for constant in made.constants:
        assert all(at[name] < at[constant.name] for name in constant.uses)

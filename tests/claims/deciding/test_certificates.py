"""Certificates of interval proofs: a program of its own checks each, and refuses what is false."""

import copy
import json
import math
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp
import toys
from mpmath import iv

from claims import check_certificate as checker
from claims.core.catalogue import catalogue
from claims.core.workspace import Workspace
from claims.deciding import certificates
from claims.deciding import interval_proof as proof
from claims.deciding.expressions import tree
from claims.deciding.interval_proof import Chain, IntervalProof, prove

ROOT = Path(__file__).parents[3]
PROGRAM = ROOT / "claims" / "check_certificate.py"
PROVED = [claim for claim in catalogue().values() if isinstance(claim.rule, IntervalProof)]
x, y = sp.symbols("x y", positive=True)


def of(observation, claim=None):
    """A certificate, as it is read from a file."""
    claim = claim or toys.formula(rule=IntervalProof(), margin=proof.margin)
    record = certificates.record(claim, observation)
    return None if record is None else json.loads(certificates.text(record))


CUT = of(prove(x - sp.log(1 + x) + y**2, {"x": (0.1, 5.0), "y": (-1.0, 1.0)}))


@pytest.mark.parametrize("claim", PROVED, ids=lambda claim: claim.id)
def test_every_certificate(claim):
    """What is proved with one library is checked with another; the formulas are the claim's."""
    observation = claim.observe()
    certificate = of(observation, claim)
    assert certificate["claim"] == claim.id
    assert checker.check(certificate) == checker.check(of(claim.observe(), claim))
    assert len(certificate["steps"]) == len(observation.proofs)
    assert len(certificate["steps"]) + len(certificate["algebra"]) > 0


@pytest.mark.parametrize("claim", PROVED, ids=lambda claim: claim.id)
def test_tampered(claim):
    """The smallest lie of each step: a least value just above one that is taken; a lost cell."""
    observation = claim.observe()
    certificate = of(observation, claim)
    for number, (name, proved) in enumerate(observation.proofs.items()):
        cells = certificate["steps"][number]["cells"]
        lie = proved.high * (1 + 1e-9)
        better = [
            part | {"bound": max(lie, part["bound"])} if "bound" in part else part for part in cells
        ]
        for planted in (better, cells[:-1]):
            tampered = copy.deepcopy(certificate)
            tampered["steps"][number]["cells"] = planted
            with pytest.raises(checker.RefusedError, match=re.escape(name)):
                checker.check(tampered)


def changed(**changes):
    """The example with changes to its step."""
    certificate = copy.deepcopy(CUT)
    certificate["steps"][0] |= changes
    return certificate


def test_the_example_is_cut():
    assert len(CUT["steps"][0]["cells"]) > 3
    checker.check(CUT)


@pytest.mark.parametrize(
    ("tampered", "said"),
    [
        (changed(box={"x": [0.0, 5.0], "y": [-1.0, 1.0]}), "the value may be"),
        (changed(box={"x": [-0.5, 5.0], "y": [-1.0, 1.0]}), "the value may be"),
        (changed(box={"x": [-2.0, 5.0], "y": [-1.0, 1.0]}), "log of"),
        (changed(box={"x": [0.1, math.inf], "y": [-1.0, 1.0]}), "two finite ends"),
        (changed(box={"x": [5.0, 0.1], "y": [-1.0, 1.0]}), "two finite ends"),
        (changed(expression=tree(x - 1)), "the value may be"),
        (changed(expression=tree(x - sp.log(1 + x) + y)), "the value may be"),
        (changed(expression=tree(1 / y), cells=[{"bound": 0.1}]), "division"),
        (changed(expression=["system", ["number", "1/1"]]), "no such operation"),
        (changed(cells=[]), "no cell covers"),
        (changed(cells=[{"bound": 0.0}]), "not positive"),
        (changed(cells=[{"bound": -1.0}]), "not positive"),
        (changed(cells=[{"bound": math.nan}]), "not positive"),
        (changed(cells=[*CUT["steps"][0]["cells"], {"bound": 1.0}]), "cells are left"),
        (changed(cells=[{"split": 0, "at": 7.0}, {"bound": 1.0}, {"bound": 1.0}]), "outside"),
        (CUT | {"format": 2}, "format"),
        (CUT | {"steps": [], "algebra": []}, "there are none"),
        ([], "format"),
    ],
)
def test_refused(tampered, said):
    with pytest.raises(checker.RefusedError, match=said):
        checker.check(tampered)


def test_nothing_is_certified_that_is_not_proved():
    assert of(prove(x - 1, {"x": (0.5, 2.0)})) is None
    assert of(prove((x - 1) ** 2, {"x": (0.5, 2.0)}, most_cells=9)) is None
    assert of(Chain({}, {"an identity": x})) is None
    assert of(Chain({}, {"an identity": sp.Integer(0)})) is not None


@pytest.mark.parametrize(
    "formula",
    [
        sp.Rational(-7, 3) + x,
        x**3 / y - sp.sqrt(x) + x ** sp.Rational(-3, 2),
        sp.exp(-(x**2)) * sp.log(1 + y) - sp.pi,
        sp.E * x,
        (x - 2) ** 4 * y**-2,
    ],
    ids=str,
)
def test_both_programs_read_a_tree_alike(formula):
    """At a point, and as sympy does."""
    at = {"x": 1.25, "y": 0.75}
    value = checker.evaluate(tree(formula), {name: iv.mpf(number) for name, number in at.items()})
    exact = formula.subs({x: sp.Rational(5, 4), y: sp.Rational(3, 4)}).evalf(40)
    assert float(value.a) == pytest.approx(float(exact), rel=1e-15)
    assert float(value.delta) < 1e-25
    point = prove(formula, {"x": (1.25, 1.25), "y": (0.75, 0.75)})
    assert Fraction(point.low) <= Fraction(str(exact)) <= Fraction(point.high)


@pytest.mark.parametrize("formula", [sp.sin(x), x**y, x ** sp.Rational(1, 3)], ids=str)
def test_what_has_no_tree(formula):
    with pytest.raises(ValueError, match=r"exponent|only"):
        tree(formula)


# The program --------------------------------------------------------------------------------------


def run(*paths):
    """In a process of its own, isolated from this project."""
    return subprocess.run(
        [sys.executable, "-I", PROGRAM, *paths], capture_output=True, text=True, check=False
    )


def test_alone(tmp_path):
    """It needs neither this project nor the library that proved."""
    text = PROGRAM.read_text(encoding="utf-8")
    assert "import claims" not in text
    assert "from claims" not in text
    assert "import flint" not in text
    good, bad, broken = (tmp_path / name for name in ("good.json", "bad.json", "broken.json"))
    good.write_text(json.dumps(CUT))
    bad.write_text(json.dumps(changed(cells=[{"bound": 9.0}])))
    broken.write_text("{")
    done = run(good)
    assert (done.returncode, done.stderr) == (0, "")
    assert "holds: positive" in done.stdout
    assert "refused" in run(good, bad).stdout
    assert [run(good, bad).returncode, run(broken).returncode, run().returncode] == [1, 2, 2]
    assert "cannot be read" in run(tmp_path / "none.json").stdout


def test_written_beside_the_ledger(tmp_path):
    """By a run that has a workspace; its digest goes into the ledger. No other claim has one."""
    claim = toys.formula(
        rule=IntervalProof(), observe=lambda: prove(x, {"x": (1.0, 2.0)}), margin=proof.margin
    )
    verdict = toys.decided(claim, workspace=Workspace(tmp_path))
    kept = verdict.evidence["certificate"]
    (file,) = (tmp_path / "certificates").iterdir()
    assert file.name == kept["file"] == f"{claim.id}.json"
    assert len(kept["sha256"]) == 64
    assert run(file).returncode == 0
    assert toys.decided(claim).evidence["certificate"]["not written"] == "no workspace"

"""Errors in a claim's file are one line: where, what, and what may have been meant."""

import importlib
import sys
from pathlib import Path

import pytest

import claims.beyond
from claims.core import catalogue as catalogue_module
from claims.core.domain import Scale
from claims.core.faults import StatementError, said
from claims.core.profile import PROFILES
from claims.deciding.decide import decide
from strategies.search import SEARCH

HEAD = """from claims.core.claim import *
from claims.core.domain import *
from claims.core.domains import *
from claims.core.quantities import TAU_2
from claims.deciding.per_regime import PerRegime
from claims.deciding.population import Population
from claims.observing.errors import scratch_only
from claims.core.margin import Margin
"""
WRONG = {
    "a misspelt scale": ("X = Scale.SLAK", "Scale has no SLAK; did you mean SLACK?"),
    "a misspelt clause": ("X = Clause.DIMENSOIN", "Clause"),
    "no rule": ("X = Claim(id='x')", "missing"),
    "too few regimes": ("X = Population(3)", "count = 3: must be at least 8"),
    "an argument that a domain has not": ("X = from_scratch(TAU_2, Between(1, 2), y=3)", "y"),
    "no Python": ("X = (", "SyntaxError"),
}


@pytest.fixture
def statements(tmp_path, monkeypatch):
    """Import a file of statements with this text, as the catalogue does."""

    def load(text):
        folder = Path(claims.beyond.__file__).parent
        monkeypatch.setattr(claims.beyond, "__path__", [str(folder), str(tmp_path)])
        (tmp_path / "mistaken.py").write_text(HEAD + text)
        importlib.invalidate_caches()
        sys.modules.pop("claims.beyond.mistaken", None)
        return catalogue_module._statements("claims.beyond.mistaken")

    yield load
    sys.modules.pop("claims.beyond.mistaken", None)


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_a_file_that_cannot_be_imported(statements, text, words):
    with pytest.raises(StatementError) as refused:
        statements(text)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "mistaken" in str(refused.value)


def test_what_may_have_been_meant():
    with pytest.raises(AttributeError) as missing:
        Scale.SLAK  # noqa: B018
    assert said(missing.value) == "AttributeError: Scale has no SLAK; did you mean SLACK?"


def test_a_margin_that_fails(monkeypatch):
    """The line is that of the claim's file, and the claim is named; nothing is decided."""
    claim = catalogue_module.find("m3.boundary")
    file = Path(claims.beyond.__file__).parent / "mistaken.py"
    code = compile("def margin(identity, constants):\n    return identity.lft\n", str(file), "exec")
    namespace = {}
    exec(code, namespace)
    from dataclasses import replace

    with pytest.raises(StatementError, match=r"claims/beyond/mistaken\.py, line 2: .*m3\.boundary"):
        decide(replace(claim, margin=namespace["margin"]), PROFILES["quick"], search=SEARCH)

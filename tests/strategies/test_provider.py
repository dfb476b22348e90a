"""What `strategies/provider.py` takes for granted of Hypothesis's private side, one fact a test.

Where a new release moves it, the test that fails says what to change, and where.
"""

import ast
import importlib
from pathlib import Path

import pytest
from hypothesis import Phase, event, given, seed, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
ADAPTER = "strategies/provider.py"
PRIVATE_SIDE = ("hypothesis.internal", "hypothesis.statistics")
PRIVATE = "hypothesis.internal.conjecture.providers"
#: Hypothesis draws such numbers on purpose; by chance one in a million is met.
NAMED = {2**power + offset for power in range(20, 40) for offset in (-1, 0, 1)}


def moved(what, look_for):
    return f"Hypothesis moved {what}: look for {look_for} in its sources, and change {ADAPTER}"


def imported(path):
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    whole = {one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
    return whole | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def test_one_adapter():
    files = [
        path
        for room in ("claims", "model", "reports", "strategies")
        for path in (ROOT / room).rglob("*.py")
    ]
    users = {
        path.relative_to(ROOT).as_posix()
        for path in files
        if any(name.startswith(PRIVATE_SIDE) for name in imported(path))
    }
    assert users == {ADAPTER}


@pytest.mark.parametrize(
    ("name", "look_for"),
    [
        ("AVAILABLE_PROVIDERS", "the dict that `settings(backend=...)` looks in"),
        ("HypothesisProvider", "the class of the backend that is called hypothesis"),
    ],
)
def test_names(name, look_for):
    try:
        module = importlib.import_module(PRIVATE)
    except ModuleNotFoundError:
        pytest.fail(moved(PRIVATE, look_for))
    assert hasattr(module, name), moved(name, look_for)


def test_constants_are_drawn_by_one_method():
    from hypothesis.internal.conjecture.providers import HypothesisProvider

    assert hasattr(HypothesisProvider, "_maybe_draw_constant"), moved(
        "_maybe_draw_constant", "what draws from GLOBAL_CONSTANTS and from constants of modules"
    )


def drawn(backend):
    """The integers of a search."""
    numbers = []

    @seed(0)
    @settings(max_examples=1000, phases=[Phase.generate], database=None, backend=backend)
    @given(st.integers(2**10, 2**45))
    def run(number):
        numbers.append(number)

    run()
    return numbers


def test_no_constants():
    from strategies.provider import PLAIN, without_constants

    where = moved("the drawing of constants", "calls of _maybe_draw_constant")
    assert NAMED & {*drawn("hypothesis")}, where  # or this test would see nothing
    assert not NAMED & {*drawn(PLAIN)}, where
    with without_constants():
        assert not NAMED & {*drawn("hypothesis")}, where
    assert NAMED & {*drawn("hypothesis")}  # lent, not kept


def searched():
    """A search of its own."""

    @seed(0)
    @settings(max_examples=5, phases=[Phase.generate], database=None)
    @given(st.integers(0, 9))
    def run(number):
        event("an event")

    run.__name__ = "a title. Of any letters"
    run()


def test_statistics_are_collected():
    from strategies import provider

    where = moved("statistics", "note_statistics, and who calls it")
    assert not provider.counted()
    with provider.counting() as found:
        assert provider.counted(), where
        searched()
        searched()
    assert not provider.counted()
    assert len(found) == 2, where
    said = provider.statistics("a title", found)
    assert said.startswith("a title:"), where
    assert "10 passing" in said, where
    assert "100.00%, an event" in said, where


def test_statistics_keep_the_highest_targets():
    from strategies import provider

    searches = [{"stopped-because": "so", "targets": {"": score}} for score in (1.0, 3.0, 2.0)]
    assert "Highest target score: 3 " in provider.statistics("a title", searches)


def test_observations_have_the_name_that_a_search_is_given():
    from strategies import provider

    found = []
    assert not provider.observed()
    with provider.observing(found.append):
        assert provider.observed(), moved("observability", "observability_enabled")
        searched()
    assert {one.property for one in found} == {"a title. Of any letters"}, moved(
        "a property's name", "test_identifier"
    )

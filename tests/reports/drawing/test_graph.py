"""The graph of claims."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from claims.core.catalogue import catalogue
from reports.drawing import graph


def test_graph():
    layout = graph.layout(catalogue())
    places = {node.id: node for node in layout.nodes}
    assert set(places) == set(catalogue())
    assert {(edge.used, edge.by) for edge in layout.edges} == {
        (used, claim.id) for claim in catalogue().values() for used in claim.uses
    }
    assert all(places[edge.used].x < places[edge.by].x for edge in layout.edges)
    assert all(0 < node.x < layout.width and 0 < node.y < layout.height for node in layout.nodes)
    rows = sorted((node.x, node.y) for node in layout.nodes)
    assert all(
        b[1] - a[1] > graph.ROW - 1e-6 for a, b in pairwise(rows) if a[0] == b[0]
    )  # no label on another
    alone = [
        name
        for name, claim in catalogue().items()
        if not claim.uses and not any(name in other.uses for other in catalogue().values())
    ]
    assert all((places[name].y > layout.alone) == (name in alone) for name in catalogue())


def test_graph_of_little():
    few = {name: replace(catalogue()[name], uses={}) for name in ("e1.step", "e6.gram")}
    assert len(graph.layout(few).nodes) == 2
    assert graph.layout({}).nodes == ()


def test_edges_meet_their_nodes():
    layout = graph.layout(catalogue())
    places = {node.id: node for node in layout.nodes}
    for edge in layout.edges:
        numbers = [float(x) for x in re.findall(r"[\d.]+", edge.path)]
        assert numbers[1] == pytest.approx(places[edge.used].y, abs=0.1)
        assert numbers[-1] == pytest.approx(places[edge.by].y, abs=0.1)
        assert places[edge.by].x - 12 < numbers[-2] < places[edge.by].x

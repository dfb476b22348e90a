"""The graph of claims: which statement rests on which, laid out in layers from left to right.

A layer holds the statements that rest only on earlier ones. An edge that passes over a layer gets a
place of its own there, one for all such edges of a statement, so that they run together; within
layers the order is that of neighbours' mean positions (the barycentre heuristic of Sugiyama, Tagawa
and Toda).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

import networkx as nx  # type: ignore[import-untyped]

from claims.core.claim import Claim

Key = tuple[str, int]  # a claim and a layer: its own, or one that its edges pass over
ROW, PASSING = 19.0, 9.0  # height of a node, and of a place where edges pass
CHARACTER, GAP = 6.3, 76.0  # width of a letter of a label; room for edges between layers
_TOP, _LEFT, _MARK = 20.0, 14.0, 11.0
_SWEEPS = 12


@dataclass(frozen=True)
class Node:
    """A claim's place."""

    id: str
    x: float
    y: float


@dataclass(frozen=True)
class Edge:
    """A curve from what is used to what uses it."""

    used: str
    by: str
    path: str  # an SVG path


@dataclass(frozen=True)
class GraphLayout:
    """Everything's place, in pixels."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: float
    height: float
    alone: float  # where the statements begin that neither use nor are used


def layout(claims: Mapping[str, Claim]) -> GraphLayout:
    """Places for these claims; those without an edge in a grid below."""
    graph = nx.DiGraph([(used, claim.id) for claim in claims.values() for used in claim.uses])
    lonely = [name for name in claims if name not in graph]
    layers = [
        sorted(generation, key=list(claims).index)
        for generation in nx.topological_generations(graph)
    ]
    depth = {name: place for place, layer in enumerate(layers) for name in layer}
    chains = {(used, by): _chain(used, by, depth) for used, by in graph.edges}
    ordered = _ordered(layers, list(chains.values()))
    heights = _heights(ordered, list(chains.values()), depth)
    left, right = _columns(layers)
    nodes = [Node(name, left[depth[name]], heights[name, depth[name]]) for name in depth]
    edges = [
        Edge(used, by, _curve(chain, heights, left, right)) for (used, by), chain in chains.items()
    ]
    bottom = max(heights.values(), default=_TOP) + ROW
    width = max(right, default=0.0)
    grid, bottom_of_grid = _grid(lonely, width, bottom + 2 * ROW)
    return GraphLayout(
        (*nodes, *grid), tuple(edges), max(width, 320.0) + _LEFT, bottom_of_grid, bottom + ROW
    )


def _chain(used: str, by: str, depth: Mapping[str, int]) -> tuple[Key, ...]:
    """From a statement, through its places in the layers between, to one that uses it."""
    return (*((used, layer) for layer in range(depth[used], depth[by])), (by, depth[by]))


def _neighbours(
    chains: Sequence[tuple[Key, ...]],
) -> tuple[dict[Key, set[Key]], dict[Key, set[Key]]]:
    before: dict[Key, set[Key]] = {}
    after: dict[Key, set[Key]] = {}
    for chain in chains:
        for a, b in pairwise(chain):
            before.setdefault(b, set()).add(a)
            after.setdefault(a, set()).add(b)
    return before, after


def _ordered(layers: Sequence[Sequence[str]], chains: Sequence[tuple[Key, ...]]) -> list[list[Key]]:
    """Each layer, and what passes it, ordered to cross few edges."""
    rows: list[list[Key]] = [
        [(name, place) for name in layer] for place, layer in enumerate(layers)
    ]
    for key in dict.fromkeys(key for chain in chains for key in chain):
        if key not in rows[key[1]]:
            rows[key[1]].append(key)
    before, after = _neighbours(chains)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for row in rows if forward else reversed(rows):
            place = {
                key: (index + 0.5) / len(layer) for layer in rows for index, key in enumerate(layer)
            }
            sought = before if forward else after
            row.sort(
                key=lambda key: (
                    fmean(place[other] for other in sorted(sought[key]))
                    if key in sought
                    else place[key]
                )
            )
    return rows


def _heights(
    rows: Sequence[Sequence[Key]], chains: Sequence[tuple[Key, ...]], depth: Mapping[str, int]
) -> dict[Key, float]:
    """Vertical places: the fullest layer tightly, the others near their neighbours."""
    room = {key: ROW if depth[key[0]] == key[1] else PASSING for row in rows for key in row}
    total = max((sum(room[key] for key in row) for row in rows), default=0.0)
    heights: dict[Key, float] = {}
    for row in rows:
        heights |= _spread(
            row,
            room,
            {key: total * (index + 0.5) / len(row) for index, key in enumerate(row)},
            total,
        )
    before, after = _neighbours(chains)
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            near = {key: sorted(before.get(key, set()) | after.get(key, set())) for key in row}
            heights |= _spread(
                row,
                room,
                {
                    key: fmean(heights[other] for other in near[key]) if near[key] else heights[key]
                    for key in row
                },
                total,
            )
    least = min(heights.values(), default=0.0)
    return {key: height - least + _TOP for key, height in heights.items()}


def _spread(
    row: Sequence[Key], room: Mapping[Key, float], wanted: Mapping[Key, float], total: float
) -> dict[Key, float]:
    """In this order, apart as their rooms ask, near what is wanted, within the page."""
    offsets: list[float] = []
    for a, b in zip([None, *row], row, strict=False):
        offsets.append(0.0 if a is None else offsets[-1] + (room[a] + room[b]) / 2)
    # In terms of wanted - offset the order is "not falling": the closest such sequence pools
    # neighbours that would cross.
    pools: list[list[float]] = []
    for key, offset in zip(row, offsets, strict=True):
        pools.append([wanted[key] - offset])
        while len(pools) > 1 and fmean(pools[-2]) > fmean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    most = total - offsets[-1] if offsets else 0.0
    bases = [min(max(fmean(pool), 0.0), max(most, 0.0)) for pool in pools for _ in pool]
    return {key: base + offset for key, base, offset in zip(row, bases, offsets, strict=True)}


def _columns(layers: Sequence[Sequence[str]]) -> tuple[list[float], list[float]]:
    """Where each layer's marks are, and where its labels end."""
    left, right, x = [], [], _LEFT
    for layer in layers:
        left.append(x)
        right.append(x + _MARK + CHARACTER * max(map(len, layer)))
        x = right[-1] + GAP
    return left, right


def _curve(
    chain: Sequence[Key],
    heights: Mapping[Key, float],
    left: Sequence[float],
    right: Sequence[float],
) -> str:
    """Level across layers, smooth between them."""
    name, first = chain[0]
    start = left[first] + _MARK + CHARACTER * len(name)
    path = f"M{start:.0f} {heights[chain[0]]:.1f}H{right[first]:.0f}"
    for (_, a), key in pairwise(chain):
        ends = left[key[1]] - 7
        middle = (right[a] + ends) / 2
        path += (
            f"C{middle:.0f} {heights[(chain[a - first])]:.1f} {middle:.0f} {heights[key]:.1f}"
            f" {ends:.0f} {heights[key]:.1f}"
        )
        if key != chain[-1]:
            path += f"H{right[key[1]]:.0f}"
    return path


def _grid(names: Iterable[str], width: float, top: float) -> tuple[list[Node], float]:
    """Statements without an edge, in columns as wide as the longest."""
    listed = list(names)
    if not listed:
        return [], top
    pitch = _MARK + CHARACTER * max(map(len, listed)) + 24
    columns = max(1, int(max(width, 320.0) // pitch))
    rows = -(-len(listed) // columns)
    nodes = [
        Node(name, _LEFT + pitch * (index // rows), top + ROW * (index % rows))
        for index, name in enumerate(listed)
    ]
    return nodes, top + ROW * rows

"""Ranges of quantities and of scales that domains share."""

from __future__ import annotations

from collections.abc import Mapping

from claims.core.domain import Between, Scale

C_4 = "theorem-4.2.C_4"  # shared by the readings
#: Of X, and of Y.
ANY = Between(1e-2, 1e2)
EVERY_Y = Between(1.0, 100.0)

Scales = Mapping[Scale, Between]
#: One inherited filter of each sign, which tells powers of alpha apart.
FEW: Scales = {Scale.INHERITED: Between(1, 1)}
#: For N_1 and ||u|| to grow within Condition 4.1.
ROOMY: Scales = {Scale.SLACK: Between(10.0, 30.0)}
#: Where networks are trained several times over, with N_1 up to four times as large.
SMALL: Scales = {Scale.N1: Between(20, 240), Scale.N2: Between(20, 240)}
#: Source samples enough for every inherited filter to learn (`claims.paper.theorem_4_2_upper`).
FEWEST = 40
ENOUGH: Scales = {Scale.N1: Between(FEWEST, 1000)}
#: The same of either task.
ENOUGH_OF_BOTH: Scales = {**ENOUGH, Scale.N2: Between(FEWEST, 1000)}
#: Neither task has many more samples than the other.
BALANCED: Scales = {Scale.RATIO: Between(1 / 3, 3.0)}
BALANCED_PLAIN, BALANCED_LATEX = "⅓ ≤ N₁/N₂ ≤ 3", r"\tfrac13\le N_1/N_2\le3"
#: As `SMALL`, with alpha at most one half, or at least.
MINORITY: Scales = {Scale.M: Between(20, 24), Scale.INHERITED: Between(8, 9), **SMALL}
MAJORITY: Scales = {Scale.M: Between(27, 27), Scale.INHERITED: Between(15, 15), **SMALL}
#: Short runs on few samples, where a network is trained several times; few filters, and more.
BRIEF: Scales = {
    Scale.N1: Between(40, 50),
    Scale.N2: Between(40, 50),
    Scale.DURATION: Between(12.0, 30.0),
}
NARROW: Scales = {**BRIEF, Scale.M: Between(14, 15), Scale.INHERITED: Between(5, 5)}
BROAD: Scales = {**BRIEF, Scale.M: Between(20, 24), Scale.INHERITED: Between(6, 9)}

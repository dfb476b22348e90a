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
#: Small enough to train quickly.
SMALL: Scales = {Scale.N1: Between(40, 60), Scale.N2: Between(40, 60)}
#: The same, with alpha at most one half, or at least.
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

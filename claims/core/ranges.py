"""Ranges of quantities, and groups of a regime drawn from a range of their own, that domains
share.
"""

from __future__ import annotations

from claims.core.claim import hypothesis

C_4 = "theorem-4.2.C_4"  # shared by the readings
ANY = hypothesis("X", 1e-2, 1e2)
EVERY_Y = hypothesis("Y", 1.0, 100.0)
Groups = tuple[tuple[str, float, float], ...]
#: One inherited filter of each sign, which tells powers of alpha apart.
FEW: Groups = (("inherited", 1, 1),)
#: For N_1 and ||u|| to grow within Condition 4.1.
ROOMY: tuple[str, float, float] = ("room", 10.0, 30.0)
#: Small enough to train quickly.
SMALL: Groups = (("n1", 40.0, 60.0), ("n2", 40.0, 60.0))
#: The same, with alpha at most one half, or at least.
MINORITY: Groups = (("m", 20.0, 24.0), ("inherited", 8.0, 9.0), *SMALL)
MAJORITY: Groups = (("m", 27.0, 27.0), ("inherited", 15.0, 15.0), *SMALL)
#: Short runs on few samples, where a network is trained several times; few filters, and more.
BRIEF: Groups = (("n1", 40.0, 50.0), ("n2", 40.0, 50.0), ("duration", 12.0, 30.0))
NARROW: Groups = (*BRIEF, ("m", 14.0, 15.0), ("inherited", 5.0, 5.0))
BROAD: Groups = (*BRIEF, ("m", 20.0, 24.0), ("inherited", 6.0, 9.0))

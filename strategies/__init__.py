"""Hypothesis strategies that construct regimes, and the searches that rules are handed.

Regimes are constructed inside, at the edge of, and outside each hypothesis: nothing is filtered.
`groups` turns drawn scales into a regime inside Condition 4.1, `regimes` has a strategy for each
construction of a domain, `search` draws, shrinks and climbs.
"""

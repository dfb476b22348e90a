"""Hypothesis strategies that construct regimes, and the searches that rules are handed.

Regimes are constructed inside, at the edge of, and outside each hypothesis: nothing is filtered.
`groups` turns scales into a regime inside Condition 4.1, `regimes` has a construction for each kind
of domain, `draws` what it takes its numbers from: Hypothesis, or the coordinates of a point.
`search` draws, shrinks and climbs; `attack` moves points towards the least margin.
"""

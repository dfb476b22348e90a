"""Hypothesis strategies that construct regimes inside, at the edge of, and outside each hypothesis
set; nothing is filtered.
"""

"""Runs over many regimes, and what a user asks of one.

`verify` and `deciding` decide claims with this project's search, `stability` does so again and
again; `attack`, `sweep`, `experiments` and `calibration` have a package each; `simulate`, `advise`
and `replay` are about one regime.
"""

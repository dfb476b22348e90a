"""Fitting the constants that the paper leaves open, on regimes and seeds of their own.

Claims declare what fits each constant (`claims.core.calibration`). The declared sets are drawn in
`strata`, trained and measured (`measuring`); constants are fitted (`fitting`) in the order in which
they use each other (`plan`), and written (`table`).

A value outside [10^-2, 10^2] is moved to that limit; so is one that the data put at the end of the
range drawn, where it is not identified: the statement then stands or falls there. The interval is
the bootstrap's (2.5% to 97.5%, over regimes) of the fit before the allowance. Every set is drawn in
strata: two widths, three dimensions, both tiers of Condition 4.1. The same fit in each stratum by
itself, without allowance, stands beside the value: how far a constant drifts from the practical
tier to the literal one, say.
"""

"""How a verdict is reached, and what it is worth.

A claim has one rule, which gathers its evidence; `decide` derives the verdict from that. Each rule
is a small frozen type with a file of its own: `PerRegime`, `Population`, `WorstCase`, `Formula`,
`IntervalProof`, `PairedSeeds`. A rule is handed all that it needs (`claims.core.inquiry.Inquiry`):
the profile, the search that draws regimes, where to write, what was trained beforehand.

Interval proofs leave certificates (`certificates`), which `claims/check_certificate.py` checks
without the library that proved them.

False alarms: a run falsifies a true statement with probability at most `budget.RUN_BUDGET`, split
evenly over the statements of the catalogue, then over the regimes of each; statements judged over
many regimes at once have an even share of their own. Statements on real images have a level of
their own. Every claim's mutants show what its rule detects.
"""

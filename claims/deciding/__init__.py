"""How a verdict is reached, and what it is worth.

A claim has one rule, which gathers its evidence; `decide` derives the verdict from that. Each rule
is a small frozen type with a file of its own: `PerRegime`, `Population`, `WorstCase`, `Formula`,
`IntervalProof`, `PairedSeeds`. A rule is handed all that it needs (`claims.core.inquiry.Inquiry`):
the profile, the search that draws regimes, where to write, what was trained beforehand. `attacked`
decides the worst regime that an adversary found.

Both answers are earned. A true statement is falsified with probability at most `budget.LEVEL`, and
a catalogue of a thousand at most `budget.RUN_BUDGET`; a statement's level is its own, whatever else
is decided. A regime is accepted by a test that accepts a bad one with probability at most
`budget.MISS` (`sequential`). A population is judged by exact tests of shares and quantiles
(`shares`), or part by part (`coefficients`). Statements on real images have a level of their own,
and so does every attack. Every claim's mutants show what its rule detects.

Interval proofs leave certificates (`certificates`), which `claims/check_certificate.py` checks
without the library that proved them.
"""

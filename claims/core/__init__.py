"""What a claim is made of: statement, domain, margin, rule, quantities, Condition 4.1, constants.

Nothing here decides or trains anything. A claim (`claim`) is data and small functions; the regimes
it speaks of are a validated `domain`; how it is decided is a `rule`, of which this room has only
the promise. The `catalogue` finds every claim, `findings` says what the suite has found.
"""

"""Running, recording and showing: the ledger, the command line, the pytest plugin. Nothing here
decides a claim.
"""

"""Running, recording and showing. Nothing here derives a verdict's status or fits a meaning.

Rooms: `ledger` (verdicts, records and counterexamples as files), `drawing` (figures), `studies`
(runs over many regimes), `images` (networks on real images), `page` (the report), `commands` (the
command line); and the pytest plugin.
"""

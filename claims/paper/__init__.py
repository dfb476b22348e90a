"""The statements of the paper: a file for each numbered statement, mechanism, signature or fact.

A file holds a tuple `CLAIMS`, and what only these claims need: their text, where they are searched,
the margins that read them, their planted wrong versions. Nobody imports it; the catalogue finds it.
What several files speak of stands in `claims.core`, and what is measured in `claims.observing`.
"""

"""Verdicts, records and counterexamples as files."""

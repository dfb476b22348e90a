"""Statements of our own, and questions that the paper leaves open."""

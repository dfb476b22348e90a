"""Fitting the constants that the paper leaves open."""

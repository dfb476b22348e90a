"""Runs over many regimes, and what a user asks of one."""

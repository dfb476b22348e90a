"""What the exact facts E1-E7 look at, a module each: every function trains what a fact speaks of,
and measures what the fact leaves unexplained.

Keyword arguments with a default plant an error when changed; the claims name them.
"""

"""Figures, graph and numbers as people read them."""

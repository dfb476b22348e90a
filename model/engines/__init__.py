"""Gradient descent on the two-layer CNN, by several routes that must agree; and deeper networks."""

"""The object under study: regimes, sampling, the two-layer ReLU CNN, gradient descent, transfer,
test error.
"""

"""Gradient descent on the two-layer CNN, by routes that must agree; and what departs from it.

An engine is `descend(sample, start, eta, steps, record)`: from the initial filters of a batch of
seeds, (seeds, 2m, d), to a `Run`.

    autograd   the CNN in R^{2d} as the definitions have it: the reference for the others
    gram       coefficient space, batched matrix products, on any device
    tangent    coefficient space, steps taken together while no mask changes: the usual one
    compiled   how the inner loops of `tangent` are compiled
    variants   a penalty, or noise along the signal: departures that conjectures ask for
    deep       three layers and more
"""

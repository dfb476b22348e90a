"""The object under study: a two-layer ReLU CNN, trained on one task and then on another.

A `Regime` is every number that fixes both tasks and the network; `Task` is one of its two tasks;
`Scales` are its dimensionless scales, and `vary` changes a regime while what is to be held (`Hold`)
stays. From there on:

    sampling     the Gaussian vectors of a batch of seeds, in d dimensions or in law
    engines      gradient descent, by several routes that must agree
    run          what a training run leaves: losses, weights, records
    transfer     upstream, then downstream from scratch and from inherited filters: a trial
    test_error   the probability of an error on a fresh example, with its interval
    vision       the same questions on real images and deep networks
    files        files that are written whole or not at all

Nothing in here knows of claims. What is exported here needs neither torch nor numpy.
"""

from model.regime import Regime, RegimeError, Task
from model.scales import Hold, Scales, Times, vary

__all__ = ["Hold", "Regime", "RegimeError", "Scales", "Task", "Times", "vary"]

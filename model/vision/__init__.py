"""The theory's questions asked of real images: what a network of 32-pixel pictures inherits, and
whether that helps it.

    data       images of CIFAR-10 and CIFAR-100, in a cache, verified when they are read
    fetch      brings them there, from `sources`, by `download`, out of `archives` that hold them
               in one of the `formats`, as records or `pictures`
    tasks      pairs of classifications: what is learned upstream, and downstream
    nets, inherit, train   networks, the share of them that is inherited, and their training
"""

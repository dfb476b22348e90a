"""The real-image tier: CIFAR data, networks at 32 pixels, inheritance, training."""

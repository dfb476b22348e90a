"""A small regime, as a specification and as a regime."""

from model.regime import Regime

SPEC = {
    "u": 1.5,
    "v1": 1.0,
    "v2": 2.0,
    "cos_v": 0.3,
    "sigma1": 1.0,
    "sigma2": 0.7,
    "n1": 8,
    "n2": 6,
    "d": 60,
    "m": 3,
    "inherited": 1,
    "eta1": 0.2,
    "eta2": 0.3,
    "steps1": 5,
    "steps2": 5,
    "sigma0": 0.01,
    "seeds": 2,
}
REGIME = Regime(**{name: value for name, value in SPEC.items() if name != "seeds"})

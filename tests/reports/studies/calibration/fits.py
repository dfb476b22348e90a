"""Toy constants, and toy claims that declare them: nothing is trained."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from toys import bare

from claims.core.calibration import CalibrationSet, DerivedConstant, OpenConstant
from claims.core.condition import PRACTICAL
from claims.core.domain import Between
from claims.core.domains import from_scratch
from claims.core.quantities import TAU_2
from model.regime import Regime
from reports.studies.calibration.measuring import Need

#: Verified with Condition 4.1's practical constants: six strata.
DOMAIN = from_scratch(TAU_2, Between(0.5, 5.0), tier=PRACTICAL)
BELOW = from_scratch(TAU_2, Between(high="toy.C_1"), tier=PRACTICAL)


@dataclass(frozen=True)
class Needed:
    """What each seed needs."""

    values: NDArray[np.float64]
    networks: int = 0


def observe(regime, seeds):
    """The k-th seed needs k times tau_2."""
    return Needed(TAU_2(regime) * np.arange(1, seeds.count + 1))


def read(observation):
    return observation.values


C_1 = OpenConstant("toy.C_1", read)
OTHERS = CalibrationSet("toy.others", BELOW, observe)
C_2 = OpenConstant("toy.C_2", read, at_least=False, sets=(OTHERS,))


def ratio(first, second):
    return first / second


C_3 = DerivedConstant("toy.C_3", ("toy.C_1", "toy.C_2"), ratio, "C_1/C_2")
NAMES = ("toy.C_1", "toy.C_2", "toy.C_3")
#: Declared in the wrong order.
CLAIMS = tuple(
    bare(id=f"toy.{place}", domain=DOMAIN, observe=observe, fits=(constant,))
    for place, constant in enumerate((C_3, C_2, C_1))
)

REGIME = Regime(
    u=1.0,
    v1=1.0,
    v2=1.0,
    cos_v=0.0,
    sigma1=1.0,
    sigma2=1.0,
    n1=8,
    n2=8,
    d=100,
    m=4,
    inherited=1,
    eta1=0.1,
    eta2=0.1,
    steps1=3,
    steps2=3,
    sigma0=0.01,
)


def needs(*values, name="toy.C_1", tags=("practical",), low=None):
    """A regime for each value."""
    return [Need(REGIME, tags, {name: value}, low) for value in values]

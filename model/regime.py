"""A `Regime`: every number that fixes the upstream task, the downstream task and the network."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any

from model.printing import one_line, shown

#: Explicit signal coordinates: span{u, v_1, v_2} has at most three dimensions.
SIGNAL_COORDINATES = 3
#: So that dimensions stay 64-bit integers, with room for a sum of them.
LARGEST_DIMENSION = 10**18
#: Of samples, filters and steps.
LARGEST_COUNT = 10**18


class Given(Enum):
    """What stands for the value of a field that has none."""

    NOTHING = "nothing"


class RegimeError(ValueError):
    """A value that no regime can have: names the field, the value and the rule."""

    def __init__(self, field: str, value: object, rule: str) -> None:
        said = "" if value is Given.NOTHING else f" = {shown(value)}"
        super().__init__(f"{one_line(field, 100)}{said}: {rule}")
        self.field, self.value, self.rule = field, value, rule

    def __reduce__(self) -> tuple[type[RegimeError], tuple[str, object, str]]:
        return type(self), (self.field, self.value, self.rule)  # so that it returns from a worker


@dataclass(frozen=True)
class Task:
    """One of the two tasks, as gradient descent sees it."""

    index: int  # 1 upstream, 2 downstream
    u: float  # ||u||
    v: float  # ||v_k||
    sigma: float  # noise level
    samples: int  # N_k
    eta: float  # step size
    steps: int  # T_k

    @property
    def signal_norm(self) -> float:
        """||s_k||, by orthogonality of u and v_k."""
        return math.hypot(self.u, self.v)


@dataclass(frozen=True)
class Regime:
    """Norms, noise levels, sizes, steps. Definitions 3.1 and 3.2 of the paper [S].

    Raises `RegimeError` on construction for any value outside the rules checked below.
    """

    u: float  # ||u||, the universal signal
    v1: float  # ||v_1||, the upstream signal
    v2: float  # ||v_2||, the downstream signal
    cos_v: float  # cosine between v_1 and v_2
    sigma1: float  # upstream noise level (the paper's sigma_{p,1})
    sigma2: float  # downstream noise level
    n1: int  # upstream samples
    n2: int  # downstream samples
    d: int  # dimension of a patch
    m: int  # filters of each sign
    inherited: int  # filters of each sign taken from upstream: alpha = inherited / m
    eta1: float  # upstream step size
    eta2: float  # downstream step size
    steps1: int  # upstream steps
    steps2: int  # downstream steps
    sigma0: float  # standard deviation of initial weights

    def __post_init__(self) -> None:
        for name in ("u", "v1", "v2"):
            check_real(self, name, lambda x: x >= 0, "must be a finite number >= 0")
        check_real(self, "cos_v", lambda x: -1 <= x <= 1, "must be a cosine, from -1 to 1")
        for name in ("sigma1", "sigma2", "eta1", "eta2", "sigma0"):
            check_real(self, name, lambda x: x > 0, "must be a finite number > 0")
        for name in ("n1", "n2", "m", "steps1", "steps2"):
            check_integer(self, name, 1, LARGEST_COUNT)
        check_integer(self, "d", SIGNAL_COORDINATES + 1, LARGEST_DIMENSION)
        check_integer(self, "inherited", 0, self.m, upper_name="m")

    @property
    def alpha(self) -> float:
        """The inherited share, alpha."""
        return self.inherited / self.m

    @property
    def rest(self) -> int:
        """D: dimensions beyond the three explicit signal coordinates."""
        return self.d - SIGNAL_COORDINATES

    def task(self, index: int) -> Task:
        """Task 1 (upstream) or 2 (downstream)."""
        if index == 1:
            return Task(1, self.u, self.v1, self.sigma1, self.n1, self.eta1, self.steps1)
        if index == 2:
            return Task(2, self.u, self.v2, self.sigma2, self.n2, self.eta2, self.steps2)
        raise RegimeError("task", index, "must be 1 (upstream) or 2 (downstream)")

    def to_dict(self) -> dict[str, int | float]:
        """The regime as JSON numbers; `from_dict` gives back the same regime exactly."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Regime:
        """Build from a mapping that has every field and no other; raises `RegimeError`."""
        names = [f.name for f in fields(cls)]
        for name in values:
            if name not in names:
                raise RegimeError(
                    name, values[name], f"unknown field; a regime has {', '.join(names)}"
                )
        for name in names:
            if name not in values:
                raise RegimeError(name, Given.NOTHING, "missing; a regime needs every field")
        return cls(**{name: values[name] for name in names})

    def __str__(self) -> str:
        return json.dumps(self.to_dict())


def check_real(owner: object, name: str, ok: Callable[[float], bool], rule: str) -> None:
    """Make a frozen dataclass's field a float, finite and `ok`; raises `RegimeError`."""
    value = getattr(owner, name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RegimeError(name, value, rule)
    try:
        number = float(value)
    except OverflowError:
        raise RegimeError(name, "an integer too large for a float", rule) from None
    if not math.isfinite(number) or not ok(number):
        raise RegimeError(name, value, rule)
    object.__setattr__(owner, name, number)


def check_integer(owner: object, name: str, low: int, high: int, upper_name: str = "") -> None:
    """Check that a field is an integer from `low` to `high`; raises `RegimeError`."""
    value = getattr(owner, name)
    rule = f"must be an integer from {low} to {upper_name + ' = ' if upper_name else ''}{high}"
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RegimeError(name, value, rule)

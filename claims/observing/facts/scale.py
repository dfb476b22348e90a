"""E3: regimes rescaled, and the degrees of formulas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from claims.core import quantities
from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.observing.facts.difference import Difference, relative, result
from model.engines import tangent
from model.engines.autograd import Trainer
from model.regime import Regime
from model.sampling import Seeds, sample
from model.test_error import estimate_error
from model.transfer import run_on

if TYPE_CHECKING:
    from torch import Tensor


def rescaled(
    regime: Regime,
    factor: float,
    *,
    eta_power: int = -2,
    sigma0_power: int = -1,
    sigma_power: int = 1,
) -> Regime:
    """The regime under the symmetry E3; other powers plant an error."""
    by = factor**sigma_power
    return replace(
        regime,
        **{name: getattr(regime, name) * factor for name in ("u", "v1", "v2")},
        **{name: getattr(regime, name) * by for name in ("sigma1", "sigma2")},
        **{name: getattr(regime, name) * factor**eta_power for name in ("eta1", "eta2")},
        sigma0=regime.sigma0 * factor**sigma0_power,
    )


def scale_gap(
    regime: Regime, seeds: Seeds, *, trainer: Trainer | None = None, **powers: int
) -> Difference:
    """Losses and test errors of a regime beside those of its rescaled copies."""
    engine = tangent.descend if trainer is None else trainer.descend
    level: Any = "law" if trainer is None else "explicit"

    def outcomes(r: Regime) -> list[Tensor]:
        trial = run_on(r, seeds, draw := sample(r, seeds, level), engine=engine)
        losses = [getattr(trial, name).loss for name in ("upstream", "scratch", "transfer")]
        return [
            *losses,
            estimate_error(
                trial.transfer.weights, draw.downstream.signal, r, 2, seeds, 16
            ).value.unsqueeze(1),
        ]

    original = outcomes(regime)
    gaps = [
        relative(got, was)
        for factor in (3.7, 0.013)
        for got, was in zip(outcomes(rescaled(regime, factor, **powers)), original, strict=True)
    ]
    return result(9 * seeds.count, *gaps)


@dataclass(frozen=True)
class Degrees:
    """Scale degrees of formulas."""

    degrees: dict[str, float]
    networks: int = 0
    method: str = "algebra"

    @property
    def evidence(self) -> dict[str, Any]:
        """For the ledger."""
        return {"degrees": self.degrees}


def degrees(*names: str) -> Callable[[], Degrees]:
    """The power of lambda that each named quantity gains under E3, by sympy."""
    return lambda: Degrees(
        {name: float(quantities.catalogue()[name].scale_degree) for name in names}
    )


def no_degree(observation: Degrees, constants: Constants) -> Margin:
    """Minus the largest degree."""
    return Margin.exact(-max(abs(k) for k in observation.degrees.values()))

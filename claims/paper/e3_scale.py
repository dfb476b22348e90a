"""E3: the scale symmetry, and that what decides outcomes has no unit.

It holds in every regime, to rounding error: its domain is small regimes of every kind, inside
Condition 4.1 or not. One failing seed falsifies.

Derivation [D]: under (u, v, sigma, sigma_0, eta) -> (λu, λv, λσ, σ_0/λ, η/λ²) the start pairs with
patches as before, and a step adds η λ²/λ² times the same inner products.
"""

from __future__ import annotations

from claims.core import formulas as f
from claims.core.claim import Claim, Mutant, Provenance
from claims.core.domains import INDEPENDENT
from claims.core.versions import replanted
from claims.deciding.formula import Formula
from claims.observing import mutants as planted
from claims.observing.facts import scale
from claims.observing.facts.difference import FACT, RUN_TOLERANCE, within

_DIMENSIONLESS = (
    "q_1",
    "q_2",
    "h_1",
    "h_2",
    "zeta_1",
    "zeta_2",
    "tau_1",
    "tau_2",
    "tau_A",
    "Gamma",
    "tau_D",
    "X",
    "Y",
    "alpha",
    "alpha_star",
)
CLAIMS = (
    Claim(
        id="e3.scale",
        title="Scale symmetry",
        source="E3",
        statement="(u, v, σ, σ₀, η) → (λu, λv, λσ, σ₀/λ, η/λ²) changes no loss and no test error.",
        latex=(
            r"(u,v,\sigma,\sigma_0,\eta)\mapsto(\lambda u,\lambda"
            r" v,\lambda\sigma,\sigma_0/\lambda,\eta/\lambda^2)"
        ),
        observe=scale.scale_gap,
        margin=within(RUN_TOLERANCE),
        uses={"e1.trajectory": "the networks are trained by the coefficient-space engine"},
        mutants=(
            replanted("eta", "η → η/λ", scale.scale_gap, eta_power=-1),
            replanted("sigma0", "σ₀ unchanged", scale.scale_gap, sigma0_power=0),
            replanted("sigma", "σ unchanged", scale.scale_gap, sigma_power=0),
            replanted(
                "default-initialisation",
                "filters start from the default initialisation of a linear layer",
                scale.scale_gap,
                trainer=planted.DefaultInitialisation(),
            ),
            replanted(
                "bias", "the network has a trained bias", scale.scale_gap, trainer=planted.Biased()
            ),
        ),
        **(FACT | {"domain": INDEPENDENT}),
    ),
    Claim(
        id="e3.degrees",
        title="Every quantity that may decide an outcome is dimensionless",
        source="E3",
        statement=(
            "Under the scale symmetry every quantity of section 2 but the printed Γ has degree 0."
        ),
        latex=r"\deg_\lambda(q_k,h_k,\zeta_k,\tau_k,\tau_A,\Gamma,\tau_D,X,Y)=0",
        observe=scale.degrees(*_DIMENSIONLESS),
        margin=scale.no_degree,
        uses={"e3.scale": "what has a degree cannot be a threshold, since outcomes have none"},
        mutants=(
            Mutant(
                "printed",
                "the printed Γ is counted among them",
                {"observe": scale.degrees(*_DIMENSIONLESS, "Gamma_printed")},
            ),
            Mutant(
                "noise-left-out",
                "A without its σ₁²",
                {
                    "observe": lambda: scale.Degrees(
                        {"A sigma_1^2": float(f.scale_degree(f.A * f.sigma1**2))}
                    )
                },
            ),
        ),
        **(FACT | {"domain": None, "rule": Formula(), "unit": "minus the largest degree"}),
    ),
    Claim(
        id="gamma-printed.dimensionless",
        title="The printed Γ is dimensionless",
        source="Γ as printed",
        statement=(
            "Γ = α²N₁‖u‖²/(σ₁²σ₂²d), as printed, has degree 0 under the scale symmetry, as a"
            " threshold must."
        ),
        latex=r"\deg_\lambda \frac{\alpha^2N_1\lVert u\rVert^2}{\sigma_1^2\sigma_2^2d}=0",
        observe=scale.degrees("Gamma_printed"),
        margin=scale.no_degree,
        uses={"e3.scale": "outcomes have degree 0"},
        mutants=(
            Mutant(
                "norm-cubed",
                "‖u‖³ for ‖u‖²",
                {"observe": lambda: scale.Degrees({"Gamma": float(f.scale_degree(f.Gamma / f.u))})},
            ),
            Mutant(
                "sigma",
                "σ₁ for σ₁²",
                {
                    "observe": lambda: scale.Degrees(
                        {"Gamma": float(f.scale_degree(f.Gamma_printed * f.sigma1))}
                    )
                },
            ),
        ),
        **(
            FACT
            | {
                "domain": None,
                "rule": Formula(),
                "unit": "minus the largest degree",
                "provenance": (Provenance.S,),
            }
        ),
    ),
)

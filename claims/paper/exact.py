"""E1-E7: facts that hold in every regime, to rounding error (section 5 of the theory).

Their domains are small regimes of every kind, inside Condition 4.1 or not: no universal signal, no
signal at all, more samples than dimensions, every number of inherited filters. One failing seed
falsifies.

Derivations [D]. E1 writes out the derivative of the loss. E2 is E1 summed over steps: each gradient
is a combination of s_k = u + v_k and the noise patches, which are linearly independent. E3: under
(u, v, sigma, sigma_0, eta) -> (λu, λv, λσ, σ_0/λ, η/λ²) the start pairs with patches as before, and
a step adds η λ²/λ² times the same inner products. E4: the loss is a symmetric function of inner
products. E5: with nothing inherited, the start is scratch's. E6: pre-activations after any number
of steps are functions of the Gram matrix. E7: a linear image of a Gaussian vector.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from claims.core import quantities
from claims.core.claim import Claim, Domain, Kind, Provenance, WrongVersion
from claims.observing import facts
from claims.observing import mutants as planted
from model.engines.autograd import Trainer

ANY_REGIME = Domain("small")
INDEPENDENT = Domain("independent")

_DEFAULTS: dict[str, Any] = {
    "provenance": (Provenance.D,),
    "kind": Kind.EXACT,
    "domain": ANY_REGIME,
    "unit": "share of the rounding tolerance left",
}


def _swap(name: str, error: str, function: Callable[..., Any], **changed: Any) -> WrongVersion:
    return WrongVersion(name, error, {"observe": partial(function, **changed)})


def _dynamics(function: Callable[..., Any]) -> tuple[WrongVersion, ...]:
    errors: tuple[tuple[str, str, Trainer], ...] = (
        ("bias", "the network has a trained bias", planted.Biased()),
        ("width-missing", "F_j lacks its 1/m", planted.WidthMissing()),
        (
            "summed-first",
            "margins are averaged over samples before back-propagation",
            planted.SummedFirst(),
        ),
        (
            "default-initialisation",
            "filters start from the default initialisation of a linear layer",
            planted.DefaultInitialisation(),
        ),
        ("square-loss", "squared error in place of the logistic loss", planted.SquareLoss()),
    )
    return tuple(_swap(name, error, function, trainer=trainer) for name, error, trainer in errors)


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
        id="e1.step",
        title="The closed-form gradient step is autograd's",
        source="E1",
        statement="One step of gradient descent, written out, moves every filter as autograd does.",
        latex=(
            r"w_{j,r}^{t+1}=w_{j,r}^t-\frac{\eta}{Nm}\sum_i \ell'_i\, j y_i\big[\mathbf 1\{\langle"
            r" w,y_i "
            r"s\rangle>0\}\,y_i s+\mathbf 1\{\langle w,\xi_i\rangle>0\}\,\xi_i\big]"
        ),
        observe=partial(facts.autograd_steps, trainer=Trainer()),
        margin=facts.within(facts.STEP_TOLERANCE),
        wrong_versions=tuple(v for v in _dynamics(facts.autograd_steps) if v.name != "bias"),
        **_DEFAULTS,
    ),
    Claim(
        id="e1.trajectory",
        title="Coefficient space follows autograd",
        source="E1",
        statement=(
            "Whole runs, upstream, from scratch and after transfer, have the same losses and"
            " weights in coefficient space as by autograd in R^d."
        ),
        latex=r"Z^{t+1}=Z^t+G^tK\quad\Leftrightarrow\quad W^{t+1}=W^t-\eta\nabla L(W^t)",
        observe=partial(facts.autograd_trial, trainer=Trainer()),
        margin=facts.within(facts.RUN_TOLERANCE),
        uses={"e1.step": "a run is its steps"},
        wrong_versions=_dynamics(facts.autograd_trial),
        **_DEFAULTS,
    ),
    Claim(
        id="e2.decomposition",
        title="Decomposition: unique coefficients",
        source="Lemma B.2",
        statement=(
            "Along every run, each filter is its start plus γ_u and γ_k times its task's signals"
            " plus ρ_i times the noise patches; γ_u/‖u‖² = γ_k/‖v_k‖²; the other task's v gets"
            " nothing."
        ),
        latex=(
            r"w^t=w^0+j\gamma_u\frac{u}{\lVert u\rVert^2}+j\gamma_k\frac{v_k}{\lVert"
            r" v_k\rVert^2}+\sum_i\rho_i\frac{\xi_i}{\lVert\xi_i\rVert^2}"
        ),
        observe=facts.decomposed,
        margin=facts.decomposition_gap,
        uses={"e1.step": "the recursion is the closed-form step"},
        wrong_versions=(
            WrongVersion(
                "signal-ratio",
                "γ_k/‖v_k‖² = 2 γ_u/‖u‖²",
                {"margin": partial(facts.decomposition_gap, of_v=2.0)},
            ),
            WrongVersion(
                "noise-sign",
                "ρ with the opposite sign",
                {"margin": partial(facts.decomposition_gap, noise_sign=-1.0)},
            ),
        ),
        **(_DEFAULTS | {"domain": INDEPENDENT, "provenance": (Provenance.S, Provenance.R)}),
    ),
    Claim(
        id="e2.monotone",
        title="Decomposition: monotone coefficients",
        source="Lemma B.2",
        statement=(
            "γ never falls; ρ of samples with y_i = j never falls; ρ of the others never rises."
        ),
        latex=(
            r"\gamma^{t+1}\ge\gamma^t,\qquad \overline\rho^{\,t+1}\ge\overline\rho^{\,t},\qquad"
            r" \underline\rho^{\,t+1}\le\underline\rho^{\,t}"
        ),
        observe=facts.increments,
        margin=facts.monotone,
        uses={"e1.step": "the recursion is the closed-form step"},
        wrong_versions=(
            WrongVersion(
                "signal-falls", "γ never rises", {"margin": partial(facts.monotone, signal=-1.0)}
            ),
            WrongVersion(
                "own-falls",
                "ρ of samples with y_i = j never rises",
                {"margin": partial(facts.monotone, own=-1.0)},
            ),
            WrongVersion(
                "other-rises",
                "ρ of the other samples never falls",
                {"margin": partial(facts.monotone, other=1.0)},
            ),
        ),
        **(_DEFAULTS | {"provenance": (Provenance.S, Provenance.R), "unit": "least increment"}),
    ),
    Claim(
        id="e3.scale",
        title="Scale symmetry",
        source="E3",
        statement="(u, v, σ, σ₀, η) → (λu, λv, λσ, σ₀/λ, η/λ²) changes no loss and no test error.",
        latex=(
            r"(u,v,\sigma,\sigma_0,\eta)\mapsto(\lambda u,\lambda"
            r" v,\lambda\sigma,\sigma_0/\lambda,\eta/\lambda^2)"
        ),
        observe=facts.scale_gap,
        margin=facts.within(facts.RUN_TOLERANCE),
        uses={"e1.trajectory": "the networks are trained by the coefficient-space engine"},
        wrong_versions=(
            _swap("eta", "η → η/λ", facts.scale_gap, eta_power=-1),
            _swap("sigma0", "σ₀ unchanged", facts.scale_gap, sigma0_power=0),
            _swap("sigma", "σ unchanged", facts.scale_gap, sigma_power=0),
            _swap(
                "default-initialisation",
                "filters start from the default initialisation of a linear layer",
                facts.scale_gap,
                trainer=planted.DefaultInitialisation(),
            ),
            _swap(
                "bias", "the network has a trained bias", facts.scale_gap, trainer=planted.Biased()
            ),
        ),
        **(_DEFAULTS | {"domain": INDEPENDENT}),
    ),
    Claim(
        id="e3.degrees",
        title="Every quantity that may decide an outcome is dimensionless",
        source="E3",
        statement=(
            "Under the scale symmetry every quantity of section 2 but the printed Γ has degree 0."
        ),
        latex=r"\deg_\lambda(q_k,h_k,\zeta_k,\tau_k,\tau_A,\Gamma,\tau_D,X,Y)=0",
        observe=facts.degrees(*_DIMENSIONLESS),
        margin=facts.no_degree,
        uses={"e3.scale": "what has a degree cannot be a threshold, since outcomes have none"},
        wrong_versions=(
            WrongVersion(
                "printed",
                "the printed Γ is counted among them",
                {"observe": facts.degrees(*_DIMENSIONLESS, "Gamma_printed")},
            ),
            WrongVersion(
                "noise-left-out",
                "A without its σ₁²",
                {
                    "observe": lambda regime, seeds: facts.Degrees(
                        {
                            "A sigma_1^2": float(
                                quantities.scale_degree(quantities.A * quantities.sigma1**2)
                            )
                        }
                    )
                },
            ),
        ),
        **(_DEFAULTS | {"domain": None, "unit": "minus the largest degree"}),
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
        observe=facts.degrees("Gamma_printed"),
        margin=facts.no_degree,
        uses={"e3.scale": "outcomes have degree 0"},
        wrong_versions=(
            WrongVersion(
                "norm-cubed",
                "‖u‖³ for ‖u‖²",
                {
                    "observe": lambda regime, seeds: facts.Degrees(
                        {"Gamma": float(quantities.scale_degree(quantities.Gamma / quantities.u))}
                    )
                },
            ),
            WrongVersion(
                "sigma",
                "σ₁ for σ₁²",
                {
                    "observe": lambda regime, seeds: facts.Degrees(
                        {
                            "Gamma": float(
                                quantities.scale_degree(
                                    quantities.Gamma_printed * quantities.sigma1
                                )
                            )
                        }
                    )
                },
            ),
        ),
        **(
            _DEFAULTS
            | {
                "domain": None,
                "unit": "minus the largest degree",
                "provenance": (Provenance.S,),
            }
        ),
    ),
    Claim(
        id="e4.rotation",
        title="Rotations of R^d change nothing",
        source="E4",
        statement=(
            "Rotating signals, noise and initial filters together rotates the trained filters and"
            " changes no loss."
        ),
        latex=r"(s,\xi,w^0)\mapsto(Rs,R\xi,Rw^0)",
        observe=facts.rotation,
        margin=facts.within(facts.RUN_TOLERANCE),
        wrong_versions=(
            _swap(
                "not-a-rotation",
                "one axis is shortened by a tenth",
                facts.rotation,
                contraction=0.9,
            ),
            _swap("projection", "one axis is dropped", facts.rotation, contraction=0.0),
        ),
        **_DEFAULTS,
    ),
    Claim(
        id="e4.samples",
        title="The order of samples changes nothing",
        source="E4",
        statement="Permuting the samples changes no loss and no filter.",
        latex=r"(\xi_i,y_i)\mapsto(\xi_{\pi(i)},y_{\pi(i)})",
        observe=facts.sample_order,
        margin=facts.within(facts.RUN_TOLERANCE),
        wrong_versions=(
            _swap("labels-left", "the labels stay behind", facts.sample_order, labels_too=False),
            _swap(
                "one-twice",
                "one sample is taken twice, and another left out",
                facts.sample_order,
                all_kept=False,
            ),
        ),
        **_DEFAULTS,
    ),
    Claim(
        id="e4.filters",
        title="The order of filters of one sign changes nothing",
        source="E4",
        statement=(
            "Permuting the filters within each sign permutes the trained filters and changes no"
            " loss."
        ),
        latex=r"w_{j,r}\mapsto w_{j,\pi(r)}",
        observe=facts.filter_order,
        margin=facts.within(facts.RUN_TOLERANCE),
        wrong_versions=(
            _swap(
                "across-signs",
                "filters are permuted across signs",
                facts.filter_order,
                within_sign=False,
            ),
            _swap(
                "in-place",
                "the trained filters are where they were",
                facts.filter_order,
                weights_too=False,
            ),
        ),
        **_DEFAULTS,
    ),
    Claim(
        id="e4.patches",
        title="The order of the two patches changes nothing",
        source="E4",
        statement=(
            "Swapping the two patches of any examples changes no loss and no filter, since weights"
            " are shared."
        ),
        latex=r"(x^{(1)},x^{(2)})\mapsto(x^{(2)},x^{(1)})",
        observe=facts.patch_order,
        margin=facts.within(facts.RUN_TOLERANCE),
        wrong_versions=(
            _swap(
                "noise-twice",
                "swapped examples hold their noise patch twice",
                facts.patch_order,
                both_swapped=False,
            ),
            _swap(
                "labels-flipped",
                "the labels of swapped examples flip",
                facts.patch_order,
                labels_kept=False,
            ),
        ),
        **_DEFAULTS,
    ),
    Claim(
        id="e4.labels",
        title="Flipping labels together with j changes nothing",
        source="E4",
        statement=(
            "Flipping every label and the sign of every filter, examples unchanged, changes no"
            " loss."
        ),
        latex=r"(y_i,j)\mapsto(-y_i,-j)",
        observe=facts.label_flip,
        margin=facts.within(facts.RUN_TOLERANCE),
        wrong_versions=(
            _swap("signs-left", "j is left as it was", facts.label_flip, signs_too=False),
            WrongVersion(
                "labels-left",
                "j flips, the labels do not",
                {"observe": partial(facts.filter_order, within_sign=False)},
            ),
        ),
        **_DEFAULTS,
    ),
    Claim(
        id="e5.scratch",
        title="Inheriting nothing is training from scratch",
        source="E5",
        statement="With no filter inherited, transfer is scratch, bit for bit.",
        latex=r"\alpha=0\;\Rightarrow\;W_{\mathrm{transfer}}=W_{\mathrm{scratch}}",
        observe=facts.nothing_inherited,
        margin=facts.identical,
        wrong_versions=(
            _swap(
                "off-by-one",
                "one filter of each sign is inherited",
                facts.nothing_inherited,
                inherited=1,
            ),
            WrongVersion(
                "perturbed",
                "one filter's start moves by one part in 10^12",
                {"observe": facts.perturbed_start},
            ),
        ),
        **(_DEFAULTS | {"unit": "minus the largest difference"}),
    ),
    Claim(
        id="e6.gram",
        title="Only inner products matter",
        source="E6",
        statement="Vectors with the same Gram matrix, in other dimensions, give the same losses.",
        latex=r"\langle a_i,a_k\rangle=\langle b_i,b_k\rangle\;\Rightarrow\;L_a=L_b",
        observe=facts.gram_only,
        margin=facts.within(facts.RUN_TOLERANCE),
        wrong_versions=(
            _swap(
                "one-flipped", "one noise patch is turned around", facts.gram_only, flip_one=True
            ),
            _swap("shorter", "one noise patch is shorter by a tenth", facts.gram_only, length=0.9),
        ),
        **_DEFAULTS,
    ),
    Claim(
        id="e7.covariance",
        title="The law of fresh pre-activations",
        source="E7",
        statement=(
            "Given W, the pre-activations of a fresh noise patch are Gaussian with covariance"
            " σ²WPWᵀ."
        ),
        latex=r"W\xi\sim\mathcal N(0,\sigma^2WPW^\top)",
        observe=facts.covariance,
        margin=facts.within(1e-10),
        wrong_versions=(
            _swap("no-projection", "P is left out", facts.covariance, off="none"),
            _swap("other-task", "P is off the other task's v", facts.covariance, off="other"),
            _swap("sigma", "σ for σ²", facts.covariance, sigma_power=1),
        ),
        **_DEFAULTS,
    ),
    Claim(
        id="e7.error",
        title="Test error from that law",
        source="E7",
        statement=(
            "Errors counted on fresh examples in R^d agree with the error computed from the law of"
            " pre-activations."
        ),
        latex=r"\mathbb P(yf(x)<0)=\tfrac12\mathbb P(G<-S_+)+\tfrac12\mathbb P(G>S_-)",
        observe=facts.simulated_error,
        margin=facts.counts_agree,
        delta=0.01,
        uses={"e7.covariance": "the error is an integral over that law"},
        wrong_versions=(
            _swap(
                "noise-level",
                "test noise is 1.5 times training noise",
                facts.simulated_error,
                noise_factor=1.5,
            ),
            _swap(
                "no-projection",
                "test noise is not orthogonal to the signal",
                facts.simulated_error,
                project=False,
            ),
        ),
        **(_DEFAULTS | {"kind": Kind.PROBABILITY, "unit": "log10 of the p-value over 1e-4"}),
    ),
)

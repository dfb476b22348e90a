"""Theorem 4.2, lower statements: large test error below the threshold, in four readings.

"tau_A + tau_2 <= C_3 => error >= 0.1" [S]; the readings and what to expect of them are in
`claims.core.criteria`.

Where X is large and Y near 1, tau_D grows like X while Gamma/tau_2 is only alpha X: a filter's
*noise* is shared out by alpha as well as its signal, and the alpha of the signal cancels. The lower
statement, which puts no bound on X, then has Gamma + tau_2 small and the error smaller than 0.1: no
constant serves for all alpha. tau_A + tau_2 is protected from this by sigma_1^4 making it large
where X is, as long as the source has few samples: tau_A/tau_2 = X^2 N_2/(N_1 Y^2), and with N_1 =
30 N_2, X = 10, Y = 1 and one inherited filter tau_D is 22 times the stated criterion. No constant
serves for all N_1/N_2 (`theorem_4_2_sizes`).

A statement that falls is one that no constant from 10^-2 to 10^2 saves, so both Gammas are searched
with C_3 = 0.01, where they promise least; tau_A + tau_2 with C_3 = 0.08, about the least that N_1 =
30 N_2 can refute (a smaller one takes a larger ratio). With X <= C_4 the lower statements of Gamma
+ tau_2 and of tau_A + tau_2 fall at their frozen C_3 alone: tau_D is at most (1 + C_4)^2 times
either there, and with a C_3 that much smaller than its own they follow from tau_D's.

What is true instead of the stated reading: tau_D's, with no bound on sizes or X; and the stated one
for tasks with up to three times as many samples as one another (`balanced`).

All four need v_1 orthogonal to v_2, the default of the setting (`theorem_4_2_upper`).
"""

from __future__ import annotations

import math
from dataclasses import replace

from claims.core.claim import Claim, Kind, Mutant
from claims.core.condition import DELTA
from claims.core.constants import LEAST, Constants
from claims.core.criteria import (
    GAMMA,
    NOT_SMALL,
    PRINTED,
    READINGS,
    RESTRICTED,
    SHARP,
    STATED,
    Reading,
    as_if_orthogonal,
)
from claims.core.domain import Between, Bound, Domain, Scale
from claims.core.domains import after_transfer
from claims.core.forms import Form
from claims.core.margin import Margin
from claims.core.quantities import TAU_2, Quantity, X, Y
from claims.core.ranges import ANY, BALANCED, BALANCED_LATEX, BALANCED_PLAIN, C_4, FEW, Scales
from claims.core.versions import naming
from claims.deciding.per_regime import PerRegime
from claims.observing.errors import (
    HALVED,
    MEASURED,
    Observation,
    both_ways,
    error_at_least,
    error_at_most,
    orders,
)
from claims.observing.headline_constants import fitted
from claims.observing.pictures import stays

#: v_1 along v_2, and much longer than u.
_ACUTE: Scales = {Scale.COS_V: Between(1.0, 1.0), Scale.UPSTREAM_SHARE: Between(100.0, 100.0)}
_WIDE: Scales = {Scale.M: Between(32, 32)}
#: A source thirty times as large as the target, as many filters as so few samples allow, and one of
#: them inherited.
LARGE_SOURCE: Scales = {
    Scale.N1: Between(600, 600),
    Scale.N2: Between(20, 20),
    Scale.M: Between(39, 39),
    **FEW,
}
#: C_3 where a reading fails even so.
SMALLEST: dict[str, float] = {GAMMA.name: LEAST, PRINTED.name: LEAST, STATED.name: 0.08}


def at_least(observation: Observation, constants: Constants) -> Margin:
    """error >= 0.1."""
    assert observation.transfer is not None
    return error_at_least(observation.transfer.error, NOT_SMALL)


def flipped_lower(observation: Observation, constants: Constants) -> Margin:
    """error <= 0.1, planted."""
    assert observation.transfer is not None
    return error_at_most(observation.transfer.error, math.log(NOT_SMALL))


def below(criterion: Quantity, bound: Bound, little_noise: Between = ANY) -> Domain:
    """Condition 4.1 and criterion <= C_3."""
    return after_transfer(criterion, Between(high=bound), x=little_noise)


def searched(reading: Reading) -> Domain:
    """Where the derivation above expects a reading's lower statement to fail, if anywhere: a corner
    of its domain.
    """
    least = below(reading.criterion, least_promise(reading))
    if reading is GAMMA:
        corner = {X: Between(200.0, 1000.0), Y: Between(1.0, 1.5)}
        return least.but(where=corner, scales={**_WIDE, **FEW})
    if reading is PRINTED:
        return least.but(where={X: Between(100.0, 1e4), Y: Between(1.0, 3.0)})
    if reading is STATED:
        corner = {X: Between(8.0, 12.0), Y: Between(1.0, 1.0)}
        return least.but(where=corner, scales=LARGE_SOURCE)
    return least


def searched_with_little_noise(reading: Reading) -> Domain:
    """The same with X <= C_4: one inherited filter of much signal, and for the stated reading a
    source much larger than the target.
    """
    domain = below(reading.criterion, reading.constant("C_3-restricted"), reading.little_noise)
    corner = domain.but(where={X: Between(4.0, C_4), Y: Between(1.0, 1.0)}, scales=FEW)
    return corner.but(scales=LARGE_SOURCE) if reading is STATED else corner


def least_promise(reading: Reading) -> Bound:
    """C_3 of its lower statement: the frozen one, or the least there may be for a reading that
    fails even so.
    """
    return SMALLEST.get(reading.name, reading.constant("C_3"))


def _acute(domain: Domain, restricted: bool) -> Domain:
    x = Between(1.0, C_4) if restricted else Between(10.0, 100.0)
    turned = domain.but(where={X: x, Y: Between(5.0, 20.0)})
    return replace(turned, scales={**_ACUTE, **FEW})


def _threshold(reading: Reading, form: Form) -> Bound:
    """C_3 of a lower statement."""
    match form:
        case Form.STATED:
            return least_promise(reading)
        case Form.RESTRICTED:
            return reading.constant("C_3-restricted")
        case Form.BALANCED:
            return reading.constant("C_3")


def _searched(reading: Reading, form: Form) -> Domain:
    """Where a lower statement is searched."""
    match form:
        case Form.STATED:
            return searched(reading)
        case Form.RESTRICTED:
            return searched_with_little_noise(reading)
        case Form.BALANCED:
            return below(reading.criterion, reading.constant("C_3")).but(scales=BALANCED)


_WHERE = {Form.STATED: "", Form.RESTRICTED: ", X ≤ C₄", Form.BALANCED: ", sizes alike"}


def _lower(reading: Reading, form: Form = Form.STATED) -> Claim[Observation]:
    restricted, balanced = form is Form.RESTRICTED, form is Form.BALANCED
    c_3 = _threshold(reading, form)
    small = not isinstance(c_3, str)
    least = rf",\;C_3={c_3:g}" if small else ""
    least_plain = f", with C₃ as small as {c_3:g}" if small else ""
    little_noise = reading.little_noise if restricted else ANY
    little_noise_latex = r",\;X\le C_4" if restricted else ""
    little_noise_plain = "X ≤ C₄ and " if restricted else ""
    sizes_plain = f"{BALANCED_PLAIN} and " if balanced else ""
    sizes_latex = rf",\;{BALANCED_LATEX}" if balanced else ""
    domain = _searched(reading, form)
    # Where errors are planted.
    frozen = below(reading.criterion, reading.constant("C_3")) if small else domain
    if restricted and reading is STATED:
        frozen = below(reading.criterion, c_3, little_noise)
    turned = frozen
    if reading is SHARP:
        turned = below(as_if_orthogonal(reading), c_3)
    wrong = [
        Mutant(
            "flipped",
            "error ≤ 0.1 below the threshold",
            ({"domain": frozen} if frozen != domain else {}) | {"margin": flipped_lower},
        ),
        Mutant("aligned", "v₁ along v₂, cosine 1", {"domain": _acute(turned, restricted)}),
        Mutant(
            "threshold",
            "60 instead of C₃",
            {"domain": below(reading.criterion, 60.0, little_noise)},
        ),
        Mutant(
            "transfer-ignored",
            "τ₂ alone, at most 0.1, decides",
            {"domain": below(TAU_2, 0.1, Between(50.0, 100.0))},
        ),
    ]
    if small:
        wrong = naming(wrong, reading.constant("C_3"))
    named = ((c_3,) if isinstance(c_3, str) else ()) + ((C_4,) if restricted else ())
    return Claim(
        id=f"theorem-4.2.error-lower{form.suffix('-')}.{reading.name}",
        title=(
            "Transfer: large test error below the threshold, criterion"
            f" {reading.plain}{_WHERE[form]}"
        ),
        source="Theorem 4.2",
        statement=(
            f"Under Condition 4.1, {little_noise_plain}{sizes_plain}{reading.plain} ≤ C₃"
            f" {'implies' if form is Form.STATED else 'imply'} test error at least"
            f" 0.1{least_plain}."
        ),
        latex=(
            rf"{reading.latex}\le C_3{little_noise_latex}{sizes_latex}\;\Rightarrow\;"
            rf"\mathrm{{error}}\ge 0.1{least}"
        ),
        provenance=(form.provenance(reading.provenance),),
        kind=Kind.PROBABILITY,
        domain=domain,
        observe=both_ways,
        margin=at_least,
        figure=stays(reading.criterion, "transfer"),
        unit="nats between the error and 0.1",
        rule=PerRegime(DELTA),
        constants=named,
        # Where the search is at the least C_3, the fitted one serves planted errors alone.
        fits=fitted(reading.constant("C_3"), *named) if small else fitted(*named),
        uses=MEASURED | orders("lemma-a2") | HALVED,
        mutants=tuple(wrong),
    )


CLAIMS = (
    *(_lower(reading) for reading in READINGS),
    *(_lower(reading, Form.RESTRICTED) for reading in RESTRICTED),
    _lower(STATED, Form.BALANCED),
)

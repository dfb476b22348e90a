"""L1-L4: the sharp law as claims [D]. `claims.predicting.law` derives it; here it meets networks.

Predictions of a population are written down before its first network is trained (`foretell`).
Accuracies are declared: root mean square errors over random regimes inside Condition 4.1 with
practical constants, where N is 40 to 120, m 12 to 32 and zeta up to 1/2, and so not at the limit
the law speaks of. `law.improves` says that the distance shrinks towards that limit (in zeta and 1/m
it does; in N^2/d there is nothing to shrink, up to N^2/d of order one), and `law.worst` looks for
the regime where the law is furthest off.

The theory's first form, with p = 0.8 and with all shares equal (the closed form), is kept as
readings; each is a claim that it is as accurate as the law with p from the cascade.

Where it ends: `claims.beyond.law_ends`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from claims.core.claim import Claim, Kind, Provenance, WrongVersion
from claims.core.constants import Constants
from claims.deciding.decision import Margin
from claims.deciding.estimates import (
    LEAST,
    LEVEL,
    MOST_CLIMBED,
    Estimate,
    average,
    each,
    estimate,
    rank_correlation,
    root_mean_square,
    share_power,
    slopes,
    spread,
)
from claims.observing.errors import MEASURED
from claims.observing.survey import (
    LIMIT,
    SURVEY,
    SWEEP,
    Approached,
    Surveyed,
    Swept,
    approach,
    foretell,
    foretell_shares,
    foretell_variants,
    survey,
    sweep_alpha,
)
from claims.paper.m1 import REGIMES
from claims.predicting import law

Array = NDArray[np.float64]
Seen = Sequence[Surveyed]
Read = Callable[[Surveyed], float]

#: Declared accuracies, root mean square over regimes.
SHARE, SCRATCH, TRANSFER = 0.03, 0.01, 0.02
#: Of regimes in which transfer's and scratch's errors differ beyond doubt, the share whose sign the
#: law gives.
SIGN = 0.85
#: Mean cost, in test error, of following an advice on alpha.
REGRET_LAW, REGRET_STAR = 0.003, 0.02


def accuracy(seen: Seen, predicted: Read, measured: Read) -> Estimate:
    """Root mean square of a prediction's error."""
    return estimate(root_mean_square, each(seen, lambda s: predicted(s) - measured(s)))


def within(bound: float, predicted: Read, measured: Read) -> Callable[[Seen, Constants], Margin]:
    """The margin of accuracy <= bound."""
    return lambda seen, constants: accuracy(seen, predicted, measured).at_most(bound)


def no_worse(reading: Read, predicted: Read, measured: Read) -> Callable[[Seen, Constants], Margin]:
    """The margin of: a reading is as accurate as the law."""

    def gap(one: Array, other: Array) -> float:
        return root_mean_square(other) - root_mean_square(one)

    def margin(seen: Seen, constants: Constants) -> Margin:
        found = estimate(
            gap,
            each(seen, lambda s: reading(s) - measured(s)),
            each(seen, lambda s: predicted(s) - measured(s)),
        )
        return found.at_least(0.0)

    return margin


def _law_p(s: Surveyed) -> float:
    return s.predicted.p


def _share(s: Surveyed) -> float:
    return s.share


def _law_scratch(s: Surveyed) -> float:
    return s.predicted.scratch


def _scratch(s: Surveyed) -> float:
    return s.scratch


def _law_transfer(s: Surveyed) -> float:
    return s.predicted.transfer


def _transfer(s: Surveyed) -> float:
    return s.transfer


def _rounded_p(s: Surveyed) -> float:
    return law.ROUNDED


def _rounded_scratch(s: Surveyed) -> float:
    return s.rounded.scratch


def _rounded_transfer(s: Surveyed) -> float:
    return s.rounded.transfer


def _closed(s: Surveyed) -> float:
    return s.closed_form


SURVEYED: dict[str, Any] = {
    "provenance": (Provenance.D,),
    "kind": Kind.ORDERING,
    "domain": SURVEY,
    "observe": survey,
    "population": REGIMES,
    "family": "survey",
    "foretell": foretell,
    "uses": MEASURED,
}


def _accuracy_record(predicted: Read, measured: Read) -> Callable[[Seen], dict[str, Any]]:
    def summary(seen: Seen) -> dict[str, Any]:
        gaps = each(seen, lambda s: predicted(s) - measured(s))
        worst = seen[int(np.abs(gaps).argmax())]
        return {
            "root mean square": accuracy(seen, predicted, measured).record(),
            "rank": (
                estimate(rank_correlation, each(seen, predicted), each(seen, measured)).record()
            ),
            "worst": {"gap": float(np.abs(gaps).max()), "regime": worst.regime.to_dict()},
            "against": _dependence(seen, gaps),
        }

    return summary


_LOGS: dict[str, Read] = {
    "N^2/d": lambda s: s.regime.n2**2 / s.regime.d,
    "1/m": lambda s: 1 / s.regime.m,
    "zeta": lambda s: s.quantity("zeta_2"),
    "h": lambda s: s.quantity("h_2"),
}


def _dependence(seen: Seen, gaps: Array) -> dict[str, Any]:
    """Slopes of ln |gap| in the logarithms of what should shrink it."""
    design, size = (
        np.log(np.stack([each(seen, read) for read in _LOGS.values()], 1)),
        np.log(np.abs(gaps) + 1e-6),
    )
    return {
        name: estimate(lambda d, e, k=k: float(slopes(e, d)[k]), design, size).record()
        for k, name in enumerate(_LOGS)
    }


def _accurate(
    name: str,
    what: str,
    latex: str,
    bound: float,
    predicted: Read,
    measured: Read,
    wrong: Sequence[tuple[str, str, Read]],
    source: str,
) -> Claim:
    return Claim(
        id=f"law.{name}",
        title=f"Sharp law: {what}",
        source=source,
        statement=(
            f"Over random regimes inside Condition 4.1 the law's {what} is off by at most {bound}"
            " root mean square."
        ),
        latex=latex,
        margin=within(bound, predicted, measured),
        summary=_accuracy_record(predicted, measured),
        unit=f"{bound} less the root mean square",
        wrong_versions=tuple(
            WrongVersion(n, error, {"margin": within(bound, read, measured)})
            for n, error, read in wrong
        ),
        **SURVEYED,
    )


def _reading(
    name: str, what: str, latex: str, reading: Read, predicted: Read, measured: Read, source: str
) -> Claim:
    return Claim(
        id=f"law.{name}",
        title=f"Sharp law, reading: {what}",
        source=source,
        statement=(
            f"{what} is as accurate, root mean square over random regimes, as the law with p from"
            " the cascade."
        ),
        latex=latex,
        margin=no_worse(reading, predicted, measured),
        summary=lambda seen: {
            "reading": accuracy(seen, reading, measured).record(),
            "law": accuracy(seen, predicted, measured).record(),
        },
        unit="root mean square of the law less the reading's",
        wrong_versions=(
            WrongVersion(
                "half",
                "one half always is",
                {"margin": no_worse(lambda s: 0.5, predicted, measured)},
            ),
            WrongVersion(
                "perfect",
                "the measured value itself is no better",
                {"margin": no_worse(predicted, measured, measured)},
            ),
        ),
        **SURVEYED,
    )


def _double(read: Read) -> Read:
    return lambda s: min(2 * read(s), 1.0)


_L1 = (
    r"\mathrm{error}=\Pr\Big(\psi(\sqrt r g',\sqrt{1-r})-\psi(\sqrt r"
    r" g,\sqrt{1-r})>\sqrt{\tau/2}\,m_1/\sqrt v\Big)"
)
_L2 = r"\mathrm{error}=\Pr(F'-F>S)"

ACCURACY = (
    _accurate(
        "share",
        "share p of active samples",
        r"p=p(h,hT,\zeta)",
        SHARE,
        _law_p,
        _share,
        (
            ("half", "no sample switches on: p = 1/2", lambda s: 0.5),
            ("all", "all samples switch on: p = 1", lambda s: 1.0),
        ),
        "L, p",
    ),
    _accurate(
        "l1",
        "error from scratch",
        _L1,
        SCRATCH,
        _law_scratch,
        _scratch,
        (
            ("double", "twice as large", _double(_law_scratch)),
            ("transfer", "the error after transfer", _law_transfer),
        ),
        "L1",
    ),
    _accurate(
        "l2",
        "error after transfer",
        _L2,
        TRANSFER,
        _law_transfer,
        _transfer,
        (
            ("double", "twice as large", _double(_law_transfer)),
            ("scratch", "the error from scratch", _law_scratch),
        ),
        "L2",
    ),
    _reading("share.rounded", "p = 0.8 everywhere", r"p=0.8", _rounded_p, _law_p, _share, "L, p"),
    _reading("l1.rounded", "L1 with p = 0.8", _L1, _rounded_scratch, _law_scratch, _scratch, "L1"),
    _reading(
        "l1.closed-form",
        "L1 with all shares equal to 0.8",
        r"\Pr(\psi_p(g')-\psi_p(g)>\sqrt{\tau/2p})",
        _closed,
        _law_scratch,
        _scratch,
        "L1",
    ),
    _reading(
        "l2.rounded", "L2 with p = 0.8", _L2, _rounded_transfer, _law_transfer, _transfer, "L2"
    ),
)


# What it makes of Theorem 4.3's constants ---------------------------------------------------------

#: Where the closed form has error 0.1 with p = 0.8, "about"; how far off that may be, and the
#: exponent, as a share of 1/(4 p^2).
THRESHOLD, ABOUT, EXPONENT_OFF = 1.25, 0.02, 0.02
_SHARES = (0.6, 0.7, 0.8, 0.9)
#: tau between which the exponent is measured.
_FAR = (2000.0, 4000.0)


@dataclass(frozen=True)
class Foreseen:
    """Of the closed form: where its error is 0.1, and -d ln(error)/d tau far above, by p."""

    threshold: float
    exponents: dict[float, float]
    networks: int = 0
    method: str = "quadrature"

    @property
    def evidence(self) -> dict[str, Any]:
        """For the ledger."""
        return {
            "error 0.1 at": self.threshold,
            "times 4p²": {str(p): 4 * p**2 * found for p, found in self.exponents.items()},
        }


def foreseen(regime: object, seeds: object) -> Foreseen:
    """No regime: p and tau are all that it depends on."""
    threshold = float(
        optimize.brentq(
            lambda tau: law.closed_form_log_error(tau, law.ROUNDED) - math.log(0.1), 0.1, 10.0
        )
    )
    ends = {p: [law.closed_form_log_error(tau, p) for tau in _FAR] for p in _SHARES}
    return Foreseen(
        threshold, {p: (near - far) / (_FAR[1] - _FAR[0]) for p, (near, far) in ends.items()}
    )


def foresees(
    seen: Foreseen, constants: Constants, *, threshold: float = THRESHOLD, power: float = 2.0
) -> Margin:
    """What is left of both tolerances, as a share."""
    off = max(abs(4 * p**power * found - 1) for p, found in seen.exponents.items())
    return Margin.exact(
        min(1 - abs(seen.threshold / threshold - 1) / ABOUT, 1 - off / EXPONENT_OFF)
    )


CONSTANTS = Claim(
    id="law.constants",
    title="Sharp law: the constants of Theorem 4.3",
    source="L1",
    statement=(
        "With equal shares p, −ln(error)/τ tends to 1/(4p²) far above the threshold; for p = 0.8"
        f" the error is 0.1 at τ = {THRESHOLD}, to {ABOUT:.0%}."
    ),
    latex=(
        r"-\ln(\mathrm{error})/\tau\to\frac1{4p^2},\qquad"
        r" \mathrm{error}=0.1\ \text{at}\ \tau\approx1.25"
    ),
    provenance=(Provenance.D,),
    kind=Kind.EXACT,
    domain=None,
    observe=foreseen,
    margin=foresees,
    unit="share of the tolerance left",
    wrong_versions=(
        WrongVersion(
            "power",
            "1/(4p)",
            {"margin": lambda seen, constants: foresees(seen, constants, power=1.0)},
        ),
        WrongVersion(
            "one",
            "the error is 0.1 at τ = 1",
            {"margin": lambda seen, constants: foresees(seen, constants, threshold=1.0)},
        ),
    ),
)


# L3 -----------------------------------------------------------------------------------------------


def clear(seen: Seen) -> list[Surveyed]:
    """Regimes where the errors of transfer and scratch differ beyond doubt."""
    return [s for s in seen if s.clear]


def signs_right(seen: Seen, advantage: Read) -> Array:
    """Of regimes where the two errors differ beyond doubt, whether `advantage` has the sign of
    transfer less scratch.
    """
    return each(clear(seen), lambda s: float(advantage(s) * s.difference[0] > 0))


def share_right(right: Array, level: float = LEVEL) -> tuple[float, float]:
    """Clopper and Pearson's interval of the share, each end missed with probability at most
    `level`.
    """
    if len(right) < LEAST:
        return 0.0, 1.0
    found = stats.binomtest(int(right.sum()), len(right)).proportion_ci(
        1 - 2 * level, method="exact"
    )
    return float(found.low), float(found.high)


def sign_power(seen: Seen, share: float = SIGN) -> float:
    """By how much the share of signs that are right must fall short for these regimes to show
    it.
    """
    return share_power(len(clear(seen)), share)


def share_record(right: Array) -> dict[str, float]:
    """For the ledger: the share, its 95% interval, and of how many."""
    low, high = share_right(right, 0.025)
    return {
        "value": round(float(right.mean()), 6) if len(right) else 0.0,
        "low": round(low, 6),
        "high": round(high, 6),
        "of": len(right),
    }


def sign_given(advantage: Read, share: float = SIGN) -> Callable[[Seen, Constants], Margin]:
    """The margin of: `advantage` has the sign of transfer less scratch in this share of clear
    regimes or more.
    """

    def margin(seen: Seen, constants: Constants) -> Margin:
        low, high = share_right(signs_right(seen, advantage))
        return Margin.between([low - share], [high - share])

    return margin


def _by_law(s: Surveyed) -> float:
    return s.predicted.transfer - s.predicted.scratch


L3 = Claim(
    id="law.l3",
    title="Sharp law: positive or negative transfer",
    source="L3",
    statement=(
        "Where the errors of transfer and scratch differ beyond doubt, the law gives the sign in"
        f" {SIGN:.0%} of regimes or more."
    ),
    latex=r"\mathrm{sign}(\mathrm{transfer}-\mathrm{scratch})",
    margin=sign_given(_by_law),
    summary=lambda seen: {
        "law": share_record(signs_right(seen, _by_law)),
        "tau_D": share_record(
            signs_right(seen, lambda s: s.quantity("tau_2") - s.quantity("tau_D"))
        ),
    },
    unit=f"share right beyond {SIGN}",
    power=sign_power,
    wrong_versions=(
        WrongVersion(
            "always-hurts", "transfer always hurts", {"margin": sign_given(lambda s: 1.0)}
        ),
        WrongVersion("flipped", "the opposite sign", {"margin": sign_given(lambda s: -_by_law(s))}),
    ),
    **SURVEYED,
)


# L4 -----------------------------------------------------------------------------------------------

Choice = Callable[[Swept], int]


def regret(seen: Sequence[Swept], choose: Choice) -> Estimate:
    """Mean cost of a choice of alpha against the best measured."""
    return estimate(average, np.array([s.regret(choose(s)) for s in seen]))


def distance(seen: Sequence[Swept], choose: Choice) -> Estimate:
    """Mean distance of a choice from the best measured alpha."""
    return estimate(average, np.array([abs(s.alphas[choose(s)] - s.alphas[s.best]) for s in seen]))


def follows(bound: float, choose: Choice) -> Callable[[Sequence[Swept], Constants], Margin]:
    """The margin of mean regret <= bound."""
    return lambda seen, constants: regret(seen, choose).at_most(bound)


def lies_near(bound: float, choose: Choice) -> Callable[[Sequence[Swept], Constants], Margin]:
    """The margin of mean distance <= bound."""
    return lambda seen, constants: distance(seen, choose).at_most(bound)


def inherit_nothing(s: Swept) -> int:
    """No share."""
    return 0


def _by_law_choice(s: Swept) -> int:
    return s.by_law


def nearest_star(s: Swept) -> int:
    """The share nearest alpha*."""
    return s.nearest_star


def worst_by_law(s: Swept) -> int:
    """The share that the law calls worst."""
    return int(s.predicted.argmax())


CHOICES: dict[str, Choice] = {
    "law": _by_law_choice,
    "alpha*": nearest_star,
    "tau_D": lambda s: s.by_tau_d,
    "none": inherit_nothing,
    "most": lambda s: len(s.alphas) - 1,
}


def advice(seen: Sequence[Swept]) -> dict[str, Any]:
    """Mean regret, and mean distance from the best alpha, of every rule."""
    return {
        name: {"regret": regret(seen, choose).record(), "distance": distance(seen, choose).record()}
        for name, choose in CHOICES.items()
    }


SWEPT: dict[str, Any] = {
    "provenance": (Provenance.D,),
    "kind": Kind.ORDERING,
    "domain": SWEEP,
    "observe": sweep_alpha,
    "population": 48,
    "family": "sweep",
    "summary": advice,
    "foretell": foretell_shares,
    "uses": MEASURED,
}

L4 = Claim(
    id="law.l4",
    title="Sharp law: the best share to inherit",
    source="L4",
    statement=(
        f"Inheriting the share that the law calls best costs at most {REGRET_LAW} of test error, on"
        " average, against the best share measured."
    ),
    latex=r"\mathrm{error}(\alpha_{\mathrm{law}})-\min_\alpha\mathrm{error}(\alpha)",
    margin=follows(REGRET_LAW, _by_law_choice),
    unit=f"{REGRET_LAW} less the mean regret",
    wrong_versions=(
        WrongVersion(
            "none", "inheriting nothing does", {"margin": follows(REGRET_LAW, inherit_nothing)}
        ),
        WrongVersion(
            "opposite",
            "the share it calls worst does",
            {"margin": follows(REGRET_LAW, worst_by_law)},
        ),
    ),
    **SWEPT,
)


# Towards the limit, and away from it --------------------------------------------------------------

#: Away from the limit the law is off by so many times what it is near it. (Near it, the spread over
#: the seeds is what is left.)
AWAY = 3.0
_AWAY: dict[str, tuple[str, str, Callable[[Approached], float]]] = {
    "initialisation": ("ζ is 1000 times smaller", r"\zeta\to0", lambda s: s.lazy),
    "width": ("m is 28 to 32 instead of 1", r"1/m\to0", lambda s: s.narrow),
    "dimension": ("d is 50 000 times larger", r"N^2/d\to0", lambda s: s.crowded),
}


def _near(s: Approached) -> float:
    return s.near


Gap = Callable[[Approached], float]


def shrinks(
    far: Gap, near: Gap, share: float = 1 / AWAY
) -> Callable[[Sequence[Approached], Constants], Margin]:
    """The margin of: root mean square of `near` at most a share of that of `far`."""

    def gap(one: Array, other: Array) -> float:
        return share * root_mean_square(one) - root_mean_square(other)

    return lambda seen, constants: estimate(gap, each(seen, far), each(seen, near)).at_least(0.0)


def _distances(seen: Sequence[Approached]) -> dict[str, Any]:
    reads = {"near the limit": _near} | {name: far for name, (_, _, far) in _AWAY.items()}
    return {
        name: estimate(root_mean_square, each(seen, read)).record() for name, read in reads.items()
    }


def close(far: Gap, bound: float = SCRATCH) -> Callable[[Sequence[Approached], Constants], Margin]:
    """The margin of: root mean square of `far` at most `bound`."""
    return lambda seen, constants: estimate(root_mean_square, each(seen, far)).at_most(bound)


_LIMIT: dict[str, Any] = {
    "source": "L1",
    "provenance": (Provenance.D,),
    "domain": LIMIT,
    "observe": approach,
    "population": 64,
    "summary": _distances,
    "family": "limit",
    "foretell": foretell_variants,
    "uses": MEASURED,
}

IMPROVES = tuple(
    Claim(
        id=f"law.improves.{name}",
        title=f"Sharp law: closer as {words}",
        statement=(
            "The law's error from scratch is off by a third or less, root mean square over random"
            f" regimes, where {words} and all else is the same."
        ),
        latex=rf"{latex}\;\Rightarrow\;\mathrm{{error}}\to\mathrm{{law}}",
        kind=(
            Kind.CONJECTURE if name == "dimension" else Kind.ORDERING
        ),  # false, as far as one can see: there is nothing left to shrink
        margin=shrinks(far, _near),
        unit="a third of the root mean square away from the limit, less that near it",
        wrong_versions=(
            WrongVersion(
                "flipped", "off by three times as much, or more", {"margin": shrinks(_near, far)}
            ),
            WrongVersion(
                "thousandfold",
                "off by a thousandth, or less",
                {"margin": shrinks(far, _near, 0.001)},
            ),
        ),
        **_LIMIT,
    )
    for name, (words, latex, far) in _AWAY.items()
)


CROWDED = Claim(
    id="law.crowded",
    title="Sharp law: N²/d need not be small",
    statement=(
        "With d 50 000 times smaller than near the limit, N²/d of order one, the law's error from"
        f" scratch is off by at most {SCRATCH} rms."
    ),
    latex=(
        r"N^2/d\approx 1\;\Rightarrow\;|\mathrm{error}-\mathrm{law}|\le"
        rf" {SCRATCH}\;(\mathrm{{rms}})"
    ),
    kind=Kind.ORDERING,
    margin=close(_AWAY["dimension"][2]),
    unit=f"{SCRATCH} less the root mean square",
    wrong_versions=(
        WrongVersion(
            "narrow", "so it is with one filter of each sign", {"margin": close(_AWAY["width"][2])}
        ),
        WrongVersion(
            "rich",
            "so it is with ζ 1000 times larger",
            {"margin": close(_AWAY["initialisation"][2])},
        ),
    ),
    **_LIMIT,
)


def everywhere(
    bound: float, predicted: Read = _law_transfer
) -> Callable[[Surveyed, Constants], Margin]:
    """The margin of |law - mean error after transfer| <= bound in one regime, the mean's own error
    counted.
    """

    def margin(seen: Surveyed, constants: Constants) -> Margin:
        spare, unsure = (
            bound - abs(predicted(seen) - seen.transfer),
            spread(seen.seeds, LEVEL / MOST_CLIMBED) * seen.transfer_error,
        )
        return Margin.between([spare - unsure], [spare + unsure])

    return margin


#: Declared before the search that `law.worst` makes.
ANYWHERE = 0.1
WORST = Claim(
    id="law.worst",
    title="Sharp law: the worst regime",
    source="L2",
    statement=(
        "In every regime inside Condition 4.1 with practical constants, τ_D from 0.1 to 20, X ≤"
        f" 100 and Y ≤ 30, the law's error after transfer is off by at most {ANYWHERE}."
    ),
    latex=rf"\max|\mathrm{{error}}-\mathrm{{law}}|\le {ANYWHERE}",
    provenance=(Provenance.D,),
    kind=Kind.ORDERING,
    domain=SURVEY,
    observe=survey,
    climbs=True,
    sweep=1.5,
    margin=everywhere(ANYWHERE),
    unit=f"{ANYWHERE} less the distance and what the mean is unsure by",
    family="law.worst",
    foretell=foretell,
    uses=MEASURED,
    wrong_versions=(
        WrongVersion(
            "scratch",
            "the law's error from scratch is",
            {"margin": everywhere(ANYWHERE, _law_scratch)},
        ),
        WrongVersion("half", "one half always is", {"margin": everywhere(ANYWHERE, lambda s: 0.5)}),
    ),
)

CLAIMS = (*ACCURACY, CONSTANTS, L3, L4, *IMPROVES, CROWDED, WORST)

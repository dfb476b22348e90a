"""What makes Condition 4.1 a condition: for each clause, a statement that breaks when the clause is
broken by enough [D].

Each claim says: with this clause broken by so much and all others kept, this statement *fails* in a
network with probability at least 1 - delta. For a clause of which no such statement is found two
claims stand: that it is needed for one of seven statements, which is falsified, and that all seven
hold without it, which is verified. (Others, A.1(a) among them, ask for more than their clauses do
already.)

* dimension: the signal, not the noise, fits the training set, and gamma stops growing like (N q/d)
  x_t.
* dimension, the part with N^2: at N^2/d from 100 samples disturb one another, and are no longer
  pulled alike. Its constant may be far below 1, though: a thousandth of the d it asks for, N^2/d
  from 1 to 4, does no harm.
* width: with one or two filters of a sign some sample has none that is active.
* fresh width: with all filters inherited, alike as they are, some downstream sample has none that
  is active.
* samples: with two to four samples, some filter starts active on none of its class and memorises
  nothing.
* initialisation: with sigma_0 10^12 times what is allowed and more, training does not get anywhere
  in the time it has. (Pre-activations start at that over sqrt(d/N), and d is up to 10^18: with 10^8
  they start at 30 in d = 10^12, and training gets there.)
* step: with h from 20 to 200 the first step memorises samples by so different amounts that they are
  no longer pulled alike.
* signal: not needed. tau_2 >= C_1 and the dimension clause already give q >= sqrt(C_1 d/N), of
  order sqrt(N); and below the threshold nothing is asked of the signal.
* step, the part with d: not needed. At h <= 1/C_eta it may be broken by a factor of 100 and more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from claims.core.catalogue import stated
from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import DELTA, PRACTICAL, Clause
from claims.core.constants import Constants
from claims.core.domain import Between, Domain, Scale
from claims.core.domains import EVERYWHERE, FAST, SAMPLES, SMALL_DIMENSION, broken
from claims.core.margin import Margin
from claims.core.ranges import ENOUGH_OF_BOTH, Scales
from claims.core.statements import constants_of, fails, hold, plain
from claims.deciding.per_regime import PerRegime
from claims.observing import dynamics
from claims.observing.dynamics import Dynamics
from claims.observing.errors import Observation, both_ways, scratch_only
from model.regime import Regime
from model.sampling import Seeds

_NEED: dict[str, Any] = {
    "source": "Condition 4.1",
    "provenance": (Provenance.D,),
    "kind": Kind.PROBABILITY,
    "rule": PerRegime(DELTA, effort=1 / 3),
    "unit": "minus the margin of the statement that must fail",
}


def needed(
    clause: str,
    title: str,
    how: str,
    breaks: str,
    domain: Domain,
    observe: Callable[[Regime, Seeds], Any],
    unbroken: Domain,
) -> Claim:
    """A clause is needed for a statement; within `unbroken` both hold."""
    base = stated(breaks)
    flipped = Mutant("flipped", f"{base.title}: still holds", {"margin": base.margin})
    return Claim(
        id=f"condition.{clause}.needed",
        title=f"Condition 4.1 needs its clause on {title}",
        statement=f"With {how}, this fails with probability 0.95 or more: {base.statement}",
        latex=rf"\neg\,\big({base.latex}\big)",
        domain=domain,
        observe=observe,
        margin=fails(breaks),
        constants=base.constants,
        uses={
            breaks: (
                "what must fail; it is decided where the clause holds, with some to spare where B4"
                " asks for it"
            )
        },
        mutants=(
            Mutant("kept", "it fails within Condition 4.1 as well", {"domain": unbroken}),
            flipped,
        ),
        **_NEED,
    )


_WIDE: Scales = {Scale.M: Between(32, 34)}
_MANY_SAMPLES: Scales = {Scale.N1: Between(100, 120), Scale.N2: Between(100, 120)}
_FEW_FILTERS: Scales = {Scale.M: Between(1, 2), Scale.INHERITED: Between(1, 1)}
_FEW_SAMPLES: Scales = {Scale.N1: Between(2, 4), Scale.N2: Between(2, 4)}
ALL_INHERITED: Scales = {Scale.M: Between(12, 14), Scale.INHERITED: Between(12, 12)}
#: Upstream noise is large, so that the signal clause of task 1 is all that is lost with N^2/d; the
#: others keep d above N.
_CROWDED: Scales = {
    Scale.SLACK: Between(1e-7, 1e-6),
    Scale.UPSTREAM_SHARE: Between(0.01, 0.1),
    Scale.M: Between(14, 16),
    Scale.N1: Between(450, 495),
    Scale.N2: Between(450, 495),
}
CROWDED = broken(
    Clause.DIMENSION_SAMPLES,
    Clause.SIGNAL,
    scales=_CROWDED,
    tau=(0.03, 0.04),
    noise=(1e-2, 3e-2),
)
NEEDED = (
    needed(
        "dimension",
        "dimension",
        "40 to 120 samples, less d than it asks for and τ_D from 5·10³",
        "lemma-a1.b.signal",
        replace(SMALL_DIMENSION, tier=PRACTICAL),
        dynamics.upstream,
        EVERYWHERE,
    ),
    needed(
        "dimension.samples",
        "dimension, its part with N²",
        "N²/d from 100",
        "lemma-a1.c.balance",
        CROWDED,
        dynamics.upstream,
        EVERYWHERE,
    ),
    needed(
        "width",
        "width",
        "one or two filters of each sign",
        "lemma-a1.a.lower",
        broken(Clause.WIDTH, Clause.FRESH_WIDTH, scales=_FEW_FILTERS),
        dynamics.upstream,
        EVERYWHERE.but(scales=_WIDE),
    ),
    needed(
        "fresh-width",
        "fresh filters",
        "12 of 12 to 14 filters inherited, and X from 10",
        "lemma-a2.a.lower",
        broken(Clause.FRESH_WIDTH, scales=ALL_INHERITED, noise=(10.0, 100.0)),
        dynamics.after_transfer,
        EVERYWHERE.but(
            scales={
                Scale.M: Between(36, 38),
                Scale.INHERITED: Between(1, 4),
                Scale.SLACK: Between(30.0, 100.0),
            }
        ),
    ),
    needed(
        "samples",
        "samples",
        "two to four samples",
        "lemma-a1.b.noise",
        broken(Clause.SAMPLES, scales=_FEW_SAMPLES),
        dynamics.upstream,
        SAMPLES,
    ),
    needed(
        "initialisation",
        "initialisation",
        "σ₀ from 10¹² to 10¹³ times what it allows",
        "theorem-4.3.convergence",
        broken(Clause.INITIALISATION, scales={Scale.INITIALISATION: Between(1e12, 1e13)}),
        scratch_only,
        EVERYWHERE,
    ),
    needed(
        "step",
        "the step",
        "h from 20 to 200",
        "lemma-a1.c.balance",
        FAST,
        dynamics.upstream,
        EVERYWHERE,
    ),
)
#: Statements of which one would have to break.
_ALONG = (
    "lemma-a1.b.signal",
    "lemma-a1.b.noise",
    "lemma-a1.c.balance",
    "lemma-a1.c.bounded",
    "lemma-a1.c.unwanted",
)
_AFTER = ("theorem-4.3.convergence", "theorem-4.2.convergence")


@dataclass(frozen=True)
class Both:
    """Upstream dynamics, and downstream training both ways."""

    upstream: Dynamics
    trained: Observation

    @property
    def networks(self) -> int:
        """Networks trained."""
        return self.upstream.networks + self.trained.networks


def everything(regime: Regime, seeds: Seeds) -> Both:
    """What all the statements look at."""
    return Both(dynamics.upstream(regime, seeds), both_ways(regime, seeds))


def none_fails(observation: Both, constants: Constants) -> Margin:
    """The margin of: Lemma A.1(b, c) and convergence, from scratch and after transfer, all hold."""
    return plain(
        hold(*_ALONG)(observation.upstream, constants).both(
            hold(*_AFTER)(observation.trained, constants)
        )
    )


def one_fails(observation: Both, constants: Constants) -> Margin:
    """The margin of: Lemma A.1(b, c) or convergence, from scratch or after transfer, does not
    hold.
    """
    return none_fails(observation, constants).negated


def _seven(clause: str, domain: Domain) -> dict[str, Any]:
    return _NEED | {
        "domain": domain,
        "observe": everything,
        "family": f"condition.{clause}",
        "constants": tuple(sorted(constants_of(*_ALONG, *_AFTER))),
    }


def _one_of_seven(clause: str, title: str, how: str, domain: Domain) -> Claim:
    """That a clause is needed for one of the seven statements."""
    return Claim(
        id=f"condition.{clause}.needed",
        title=f"Condition 4.1 needs its clause on {title}",
        statement=(
            f"With {how}, Lemma A.1(b), A.1(c) or convergence, from scratch or after transfer,"
            " fails with probability 0.95 or more."
        ),
        latex=r"\neg\,\big(\text{A.1(b), A.1(c), convergence}\big)",
        margin=one_fails,
        mutants=(
            Mutant("kept", "one fails within Condition 4.1 as well", {"domain": EVERYWHERE}),
            Mutant(
                "step",
                "h from 20 to 200 breaks none of them",
                {"domain": FAST, "margin": none_fails},
            ),
        ),
        **_seven(clause, domain),
    )


def _all_seven(clause: str, name: str, title: str, how: str, domain: Domain) -> Claim:
    """That all seven hold with a clause broken."""
    return Claim(
        id=f"condition.{clause}.{name}",
        title=title,
        statement=(
            f"With {how}, Lemma A.1(b), A.1(c) and convergence, from scratch and after transfer,"
            " all hold."
        ),
        latex=r"\text{A.1(b), A.1(c), convergence}",
        margin=none_fails,
        uses=dict.fromkeys((*_ALONG, *_AFTER), "one of the seven statements"),
        mutants=(
            Mutant("step", "nor with h from 20 to 200", {"domain": FAST}),
            Mutant("flipped", "one of them fails", {"margin": one_fails}),
        ),
        **_seven(clause, domain),
    )


def _unneeded(clause: str, title: str, how: str, domain: Domain) -> tuple[Claim, Claim]:
    """That a clause is needed for one of the seven statements, and the opposite: that all seven
    hold without it.
    """
    all_hold = _all_seven(
        clause,
        "unneeded",
        f"A.1(b), A.1(c) and convergence do not need the clause on {title}",
        how,
        domain,
    )
    return _one_of_seven(clause, title, how, domain), all_hold


#: With samples as the statements of Lemma A.1 ask for.
_LARGE_DIMENSION: Scales = {Scale.SLACK: Between(1e8, 1e10), **ENOUGH_OF_BOTH}
UNNEEDED = (
    _all_seven(
        "dimension.samples",
        "spare",
        "A.1(b), A.1(c) and convergence ask for far less than N² dimensions",
        "d a 300th to a 1000th of N² log(4N²/δ) log² T, N²/d from 1 to 4 (and q, which falls with"
        " d, below what the signal clause asks)",
        broken(
            Clause.DIMENSION_SAMPLES,
            Clause.SIGNAL,
            scales={Scale.SLACK: Between(1e-3, 3e-3), **_MANY_SAMPLES},
            tau=(0.3, 0.6),
            noise=(1e-2, 0.1),
        ),
    ),
    *_unneeded(
        "signal",
        "the signal",
        "40 samples or more, τ_D at most 10⁻⁵ and q as small as the others let it be",
        broken(Clause.SIGNAL, tau=(1e-6, 1e-5), scales=ENOUGH_OF_BOTH),
    ),
    *_unneeded(
        "step.dimension",
        "the step, its part with d",
        "40 samples or more, d from 10⁸ times what the others ask for and h from 1/4",
        broken(Clause.STEP_DIMENSION, scales=_LARGE_DIMENSION),
    ),
)
CLAIMS = (*NEEDED, *UNNEEDED)

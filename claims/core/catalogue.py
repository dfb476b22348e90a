"""Every claim, in the paper's order."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from graphlib import CycleError, TopologicalSorter
from types import ModuleType
from typing import Any

from claims.core.claim import Claim, split_id
from claims.core.experiment import Bearing
from claims.core.faults import StatementError, place, said

#: Packages whose modules hold statements.
ROOMS = ("claims.paper", "claims.beyond")
#: The paper's order; files that are not named follow.
ORDER = (
    "e1_steps",
    "e2_decomposition",
    "e3_scale",
    "e4_symmetries",
    "e5_scratch",
    "symmetric_steps",
    "e6_gram",
    "e7_error",
    "feasible",
    "necessity",
    "concentration",
    "scalar_dynamics",
    "scalar_recursion",
    "lemma_a",
    "lemma_a_orders",
    "lemma_a2_orders",
    "theorem_4_3",
    "theorem_4_2_convergence",
    "theorem_4_2_upper",
    "theorem_4_2_lower",
    "sharp_bounds",
    "theorem_4_2_d",
    "criterion_algebra",
    "proposition_4_4",
    "noise_ratio",
    "proposition_4_4_compared",
    "origin",
    "m1",
    "m2_head_start",
    "m3_source",
    "m4_far_tasks",
    "m5_dimension",
    "m6_width",
    "m7_lazy",
    "signatures",
    "law_accuracy",
    "law_constants",
    "law_sign",
    "law_shares",
    "law_limit",
    "law_worst",
    "law_ends",
    "advice",
    "chosen_filters",
    "regularised",
    "correlated_noise",
    "depth",
)


class UnknownClaimError(ValueError):
    """No claim has this id."""


def files() -> list[str]:
    """Names of the modules that hold statements: those with a tuple `CLAIMS`."""
    holding = [name for name in _modules() if hasattr(_statements(name), "CLAIMS")]
    return sorted(holding, key=_place)


def _modules() -> list[str]:
    return [
        f"{room}.{module.name}"
        for room in ROOMS
        for module in pkgutil.iter_modules(importlib.import_module(room).__path__)
    ]


def _statements(name: str) -> ModuleType:
    """A module of statements. Raises `StatementError` for whatever goes wrong in its file."""
    try:
        return importlib.import_module(name)
    except Exception as error:
        where = place(error) or name
        raise StatementError(f"{where}: {said(error)}") from error


def _place(module: str) -> tuple[int, str]:
    name = module.rpartition(".")[2]
    return (ORDER.index(name), "") if name in ORDER else (len(ORDER), name)


@cache
def catalogue() -> dict[str, Claim[Any]]:
    """Every claim by id."""
    return assemble(claim for name in files() for claim in _statements(name).CLAIMS)


def stated(claim_id: str) -> Claim[Any]:
    """A claim that those of another file speak of, while the catalogue is not yet whole.

    Raises:
        UnknownClaimError: there is none, or its file speaks of the asking one in turn.
    """
    for name in sorted(_modules(), key=_place):
        # A file that is being imported, such as the asking one, has no claims yet.
        for claim in getattr(_statements(name), "CLAIMS", ()):
            if claim.id == claim_id:
                return claim  # type: ignore[no-any-return]
    raise UnknownClaimError(f"claim = {claim_id!r}: no file states it")


@cache
def bearings() -> dict[str, Bearing]:
    """What each experiment says of claims, by its name: from the tuples `EXPERIMENTS`.

    Raises:
        ValueError: for a claim that the catalogue has not.
    """
    listed = [one for name in _modules() for one in getattr(_statements(name), "EXPERIMENTS", ())]
    for bearing in listed:
        for claim_id in bearing.claims:
            if claim_id not in catalogue():
                near = _near(claim_id, catalogue())
                raise ValueError(
                    f"experiment {bearing.name!r}: claims: no claim has the id {claim_id}{near}"
                )
    return {bearing.name: bearing for bearing in listed}


def assemble(listed: Iterable[Claim[Any]]) -> dict[str, Claim[Any]]:
    """Claims by id.

    Raises:
        ValueError: on a repeated id, a dangling or circular `uses`, or a family whose claims are
            not decided on the same networks.
    """
    claims: dict[str, Claim[Any]] = {}
    for claim in listed:
        if claim.id in claims:
            raise ValueError(f"{claim.id}: two claims have this id")
        claims[claim.id] = claim
    first_of: dict[str, Claim[Any]] = {}
    for claim in claims.values():
        first = first_of.setdefault(claim.family_id, claim)
        if (claim.domain, claim.observe) != (first.domain, first.observe):
            raise ValueError(
                f"{claim.id}: is of the family {claim.family_id}, but has another domain or another"
                f" observe than {first.id}"
            )
        for used in claim.uses:
            if used not in claims:
                near = _near(used, claims)
                raise ValueError(f"{claim.id}: uses {used}, which no claim has as id{near}")
    try:
        TopologicalSorter({claim.id: claim.uses for claim in claims.values()}).prepare()
    except CycleError as error:
        circle = " uses ".join(reversed(error.args[1]))
        raise ValueError(f"claims use each other in a circle: {circle}") from None
    return claims


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


def find(claim_id: str) -> Claim[Any]:
    """The claim with this id, or a mutant of one, written `id!mutant`.

    Raises:
        UnknownClaimError: there is none; names near ones.
    """
    known = catalogue()
    base, name = split_id(claim_id)
    if base not in known:
        near = difflib.get_close_matches(base, known, n=3, cutoff=0.4)
        hint = f"did you mean {', '.join(near)}?" if near else "see: transfer-claims list"
        raise UnknownClaimError(f"claim = {claim_id!r}: no such id; {hint}")
    claim = known[base]
    if not name:
        return claim
    for mutant in claim.mutants:
        if mutant.name == name:
            return claim.mutated(mutant)
    names = ", ".join(mutant.name for mutant in claim.mutants)
    raise UnknownClaimError(f"claim = {claim_id!r}: {base} has the mutants {names}")

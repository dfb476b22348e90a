"""Decide many claims at once, in several processes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from functools import partial
from multiprocessing import active_children, get_context

from claims.core.catalogue import find
from claims.core.claim import is_mutant
from claims.core.profile import PROFILES, Profile
from claims.core.workspace import Workspace
from claims.deciding.verdict import Verdict
from reports.interruption import keeping, unheard_by_children
from reports.studies.executors import begin_worker, in_process, may_start
from reports.studies.verify import decide


def decide_all(
    ids: list[str],
    profile: Profile,
    workers: int,
    verdicts: list[Verdict],
    workspace: Workspace | None = None,
    tick: Callable[[list[Verdict]], None] = lambda new: None,
) -> None:
    """Decide claims, a process for each family; `verdicts` grows as they are reached, whatever
    happens later, and `tick` is told those that are new.
    """
    families = families_of(ids)
    if not may_start():
        for decided in in_process(partial(_decided, profile, workspace), families):
            verdicts.extend(decided)
            tick(decided)
        return
    workers = min(workers, len(families))
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=begin_worker) as pool:
        with unheard_by_children():
            running = [
                pool.submit(decide_by_ids, family, profile, workspace) for family in families
            ]
        try:
            for future in as_completed(running):
                decided = future.result()
                verdicts.extend(decided)
                tick(decided)
        except BaseException:
            with keeping():
                for child in active_children():  # else leaving would wait for what they are at
                    child.terminate()
            raise


def _decided(profile: Profile, workspace: Workspace | None, claim_ids: list[str]) -> list[Verdict]:
    return decide_by_ids(claim_ids, profile, workspace)


def families_of(ids: list[str]) -> list[list[str]]:
    """Claims that look at the same networks together, the longest to decide first."""
    together: dict[str, list[str]] = {}
    for claim_id in ids:
        together.setdefault(find(claim_id).family_id, []).append(claim_id)
    return sorted(together.values(), key=_regimes, reverse=True)


def _regimes(family: list[str]) -> int:
    """Regimes of the populations among these claims, which take the longest."""
    rules = [find(claim_id).rule for claim_id in family]
    return sum(rule.regimes(PROFILES["ci"]) for rule in rules if rule.of_regimes)


def decide_by_ids(
    claim_ids: list[str], profile: Profile, workspace: Workspace | None = None
) -> list[Verdict]:
    """Decide claims, or mutants, named by their ids; the latter are not made smaller."""
    return [
        decide(
            find(claim_id),
            replace(profile, shrinks=0) if is_mutant(claim_id) else profile,
            workspace=workspace,
        )
        for claim_id in claim_ids
    ]

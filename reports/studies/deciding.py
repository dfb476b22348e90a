"""Decide many claims at once, in several processes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import active_children, get_context

from claims.core.catalogue import find
from reports.studies.executors import begin_worker
from reports.studies.verify import Profile, Verdict, decide


def decide_all(
    ids: list[str],
    profile: Profile,
    workers: int,
    verdicts: list[Verdict],
    tick: Callable[[list[Verdict]], None] = lambda new: None,
) -> None:
    """Decide claims, a process for each family; `verdicts` grows as they are reached, whatever
    happens later, and `tick` is told those that are new.
    """
    families = families_of(ids)
    workers = min(workers, len(families))
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=begin_worker) as pool:
        with _deaf():
            running = [pool.submit(decide_by_ids, family, profile) for family in families]
        try:
            for future in as_completed(running):
                decided = future.result()
                verdicts.extend(decided)
                tick(decided)
        except BaseException:
            for child in active_children():  # else leaving would wait for the claims they are at
                child.terminate()
            raise


def families_of(ids: list[str]) -> list[list[str]]:
    """Claims that look at the same networks together, the longest to decide first."""
    together: dict[str, list[str]] = {}
    for claim_id in ids:
        together.setdefault(find(claim_id).looks, []).append(claim_id)
    return sorted(together.values(), key=_population, reverse=True)


def _population(family: list[str]) -> int:
    return sum(find(claim_id).population for claim_id in family)


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes started meanwhile do not hear Ctrl-C, which reaches the whole group: the parent
    deals with it.
    """
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


def decide_by_ids(claim_ids: list[str], profile: Profile) -> list[Verdict]:
    """Decide claims, or planted wrong versions, named by their ids; the latter are not made
    smaller.
    """
    return [
        decide(find(claim_id), replace(profile, shrinks=0) if "!" in claim_id else profile)
        for claim_id in claim_ids
    ]

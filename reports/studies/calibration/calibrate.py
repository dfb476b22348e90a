"""Fit constants; what was measured is kept, and gone on with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from claims.core.calibration import CalibrationSet, DerivedConstant, FittedConstant
from claims.core.workspace import Workspace
from reports.studies.calibration.fitting import Fit, derive, fit
from reports.studies.calibration.measuring import Need, key, measure, store, stored
from reports.studies.calibration.plan import Plan, ready
from reports.studies.executors import Executor, in_process

#: A set to train: its name, the constants it uses, regimes, entropy; and what makes it that set.
_Job = tuple[str, Mapping[str, float], int, int, str]


def calibrate(
    plan: Plan,
    known: dict[str, float],
    *,
    regimes: int,
    entropy: int,
    report: Callable[[str], None],
    executor: Executor = in_process,
    workspace: Workspace | None = None,
) -> list[Fit]:
    """Fit a plan's constants; `report` is told what is going on.

    Args:
        known: constants that are not refitted.
        executor: who trains; raises `ExecutorError` where its workers keep dying.
        regimes: in each set, unless it takes a share of them.
        workspace: where finished sets are kept; nowhere if None.
    """
    refitted = {constant.name for constant in plan.constants}
    constants = {name: value for name, value in known.items() if name not in refitted}
    fits: dict[str, Fit] = {}
    needs: dict[str, list[Need]] = {}

    def train(drawn: list[CalibrationSet]) -> None:
        jobs: list[_Job] = []
        for one in drawn:
            count = int(regimes * one.share)
            used = {name: constants[name] for name in one.domain.constants}
            which = key(one, used, count, entropy)
            before = stored(workspace, one.name, which)
            if before is None:
                jobs.append((one.name, used, count, entropy, which))
            else:
                needs[one.name] = before
        for name, which, measured in executor(_measured, jobs):
            needs[name] = measured
            store(workspace, name, which, measured)
        for one in drawn:
            report(f"{one.name}: {len(needs[one.name])} regimes")

    for constant in plan.constants:
        if missing := [one for one in _sets(constant) if one.name not in needs]:
            train([one for one in ready(plan, constants) if one.name not in needs] or missing)
        fits[constant.name] = _fitted(constant, needs, fits, constants)
        constants[constant.name] = fits[constant.name].value
    return list(fits.values())


def _measured(job: _Job) -> tuple[str, str, list[Need]]:
    name, used, count, entropy, which = job
    return name, which, measure(name, used, count, entropy)


def _sets(constant: FittedConstant) -> tuple[CalibrationSet, ...]:
    return () if isinstance(constant, DerivedConstant) else constant.sets


def _fitted(
    constant: FittedConstant,
    needs: dict[str, list[Need]],
    fits: dict[str, Fit],
    constants: dict[str, float],
) -> Fit:
    if isinstance(constant, DerivedConstant):
        return derive(constant, fits)
    return fit(constant, [need for one in constant.sets for need in needs[one.name]], constants)

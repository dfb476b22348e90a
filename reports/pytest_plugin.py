"""The pytest plugin: profiles, one torch thread per worker, the ledger and the closing table."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

os.environ["MPLBACKEND"] = "agg"  # before anything imports matplotlib: figures go into files
if "PYTEST_XDIST_WORKER" in os.environ:
    # The workers already take every core. Before anything imports numpy; tests' processes too.
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import pytest
import torch
from rich.console import Console

from claims.core.catalogue import catalogue
from claims.core.claim import is_mutant
from claims.core.profile import PROFILES, Profile, fresh
from claims.core.status import Status
from claims.core.workspace import Workspace
from claims.deciding.mutants import Fate, with_fate
from claims.deciding.verdict import Verdict
from reports.commands.showing.verdicts import verdict_table
from reports.interruption import Interruption, heard, hosted, keeping
from reports.ledger import ledger
from reports.ledger.keeping import Keeper
from reports.ledger.ledger import Ledger, LedgerError
from strategies import provider

PROPERTY = "verdict"
#: Seconds between writing what was decided.
_BETWEEN = 10.0
_KEY = pytest.StashKey["Session"]()


@dataclass
class Session:
    """What one run of the suite decides."""

    profile: Profile
    path: Path
    verdicts: list[Verdict] = field(default_factory=list)
    mutants: list[Verdict] = field(default_factory=list)
    tally: str = ""  # of all verdicts that the ledger has, as the page counts them
    trouble: str = ""  # why the ledger or the page could not be written
    page: Path | None = None
    hearing: ExitStack = field(default_factory=ExitStack)  # signals, until the run ends
    interruption: Interruption | None = None
    keeper: Keeper = field(init=False)

    def __post_init__(self) -> None:
        self.keeper = Keeper(self.path)

    @property
    def workspace(self) -> Workspace:
        """Where the run writes: beside its ledger."""
        return Workspace(self.path.parent)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the suite."""
    group = parser.getgroup("transfer-claims")
    group.addoption(
        "--claims-profile",
        choices=sorted(PROFILES),
        default=os.environ.get("TRANSFER_CLAIMS_PROFILE", "ci"),
        help="how much evidence per claim",
    )
    group.addoption(
        "--claims-entropy",
        type=int,
        default=None,
        help="entropy of an earlier nightly run, to repeat it",
    )
    group.addoption(
        "--ledger",
        type=Path,
        default=None,
        help="where verdicts are kept (reports/out/ledger.jsonl)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Settle the profile, once for all workers."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        torch.set_num_threads(1)
    name, path = (
        config.getoption("--claims-profile"),
        config.getoption("--ledger") or config.rootpath / ledger.DEFAULT,
    )
    if (
        name not in PROFILES
    ):  # pytest checks what is on the command line, not what comes from the environment
        raise pytest.UsageError(
            f"TRANSFER_CLAIMS_PROFILE = {name!r}: must be one of {', '.join(sorted(PROFILES))}"
        )
    try:
        ledger.read(path)
    except LedgerError as error:  # now, not after an hour of deciding
        raise pytest.UsageError(str(error)) from None
    profile = PROFILES[name]
    entropy = getattr(config, "workerinput", {}).get(
        "claims_entropy", config.getoption("--claims-entropy")
    )
    if entropy is not None and not 0 <= entropy <= 2**64:
        raise pytest.UsageError(f"--claims-entropy {entropy}: must be from 0 to 2^64")
    if entropy is not None:
        profile = replace(profile, entropy=entropy)
    elif profile.name == "nightly":
        profile = fresh(profile)
    config.stash[_KEY] = Session(profile, path)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give every xdist worker the controller's entropy."""
    node.workerinput["claims_entropy"] = node.config.stash[_KEY].profile.entropy


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Send all that looks at the same networks to one worker, the largest families first."""
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # only where xdist asks

    class ByNetworks(LoadScopeScheduling):  # type: ignore[misc,unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            return networks(nodeid)

    return ByNetworks(config, log)


def networks(nodeid: str) -> str:
    """Which networks a test looks at: its family for the test of a claim or of a mutant,
    the test itself for any other.
    """
    name = nodeid.partition("[")[2].rpartition("]")[0]
    decides = any(f"/tests/{folder}/" in f"/{nodeid}" for folder in ("theory", "controls"))
    return _families().get(name, nodeid) if decides else nodeid


@cache
def _families() -> dict[str, str]:
    claims = catalogue().values()
    return {
        c.id: c.family_id
        for c in (
            *claims,
            *(mutation for claim in claims for mutation in claim.mutations),
        )
    }


@pytest.fixture
def claims_profile(request: pytest.FixtureRequest) -> Profile:
    """The profile of this run."""
    return request.config.stash[_KEY].profile


@pytest.fixture
def workspace(request: pytest.FixtureRequest) -> Workspace:
    """Where this run writes."""
    return request.config.stash[_KEY].workspace


def pytest_report_header(config: pytest.Config) -> str:
    """Say how to repeat the run."""
    profile = config.stash[_KEY].profile
    return (
        f"transfer-claims: profile {profile.name}, {profile.regimes} regimes per claim,"
        f" --claims-entropy {profile.entropy}"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Count what the search of a claim draws, where Hypothesis's statistics are asked for.

    Hypothesis itself does so for tests under `@given` only.
    """
    if not item.config.getoption("--hypothesis-show-statistics", False):
        yield
        return
    with provider.counting() as searches:
        yield
    claims = [
        json.loads(str(value))["claim"] for name, value in item.user_properties if name == PROPERTY
    ]
    if searches and claims:
        item.hypothesis_statistics = provider.statistics(", ".join(claims), searches)  # type: ignore[attr-defined]  # where its plugin looks


class Collector:
    """Gathers verdicts from test reports, wherever the tests ran."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.kept = time.monotonic()  # when

    def pytest_runtest_logstart(self) -> None:
        """A signal whose exception was lost, in a callback that nobody sees, stops here."""
        heard_of = self.session.interruption
        if heard_of is not None and heard_of.number is not None:
            raise KeyboardInterrupt

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the verdict that a test recorded."""
        if report.when != "call":
            return
        for name, value in report.user_properties:
            if name == PROPERTY:
                verdict = Verdict.from_dict(json.loads(str(value)))
                if is_mutant(verdict.claim):
                    self.session.mutants.append(verdict)
                else:
                    self.session.verdicts.append(verdict)
                self._keep()

    def _keep(self) -> None:
        """Now and then, so that a run which is killed loses little; all of it at the end."""
        state = self.session
        if time.monotonic() - self.kept >= _BETWEEN:
            state.keeper.keep([*state.verdicts, *state.mutants])
            self.kept = time.monotonic()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect in the controlling process only, which deals with signals too: SIGTERM, as
    `timeout` sends it, and a closed terminal end a run as Ctrl-C does.
    """
    state = session.config.stash[_KEY]
    state.hearing.enter_context(hosted())
    if not hasattr(session.config, "workerinput"):
        state.interruption = state.hearing.enter_context(heard())
        session.config.pluginmanager.register(Collector(state))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Nothing is left to be stopped."""
    state = config.stash.get(_KEY, None)
    if state is not None:
        state.hearing.close()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the ledger and the page; a blocked claim fails the run."""
    state = session.config.stash[_KEY]
    if hasattr(session.config, "workerinput"):
        return
    stopped = state.interruption.number if state.interruption else None
    if stopped is not None and stopped != signal.SIGINT:  # for which pytest has a code of its own
        session.exitstatus = 128 + stopped
    if state.verdicts or state.mutants:
        with keeping():
            _write(session, state)


def _write(session: pytest.Session, state: Session) -> None:
    try:
        # It takes a second to import, which a run that decides nothing does not need.
        from reports.page import document, summary

        book = ledger.update(state.path, [*state.verdicts, *state.mutants])
        state.tally = summary.tally(book)
        state.page = document.build(book, state.path.parent)
    except (OSError, LedgerError) as error:
        state.trouble = str(error)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if (
        Status.BLOCKED in Ledger({}).updated(state.verdicts).statuses.values()
        and session.exitstatus == pytest.ExitCode.OK
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _mutants_line(state: Session) -> str:
    """How many were decided, and what became of them."""
    fates = Ledger({}).updated([*state.verdicts, *state.mutants]).fates
    killed, missed, unjudged = (with_fate(fates, one) for one in Fate)
    line = f"mutants: {len(fates)}, falsified {len(killed)}, missed {missed or 'none'}"
    return f"{line}, {Fate.NOT_JUDGED.value} {unjudged}" if unjudged else line


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The closing table."""
    state = terminalreporter.config.stash[_KEY]
    if state.verdicts:
        console = Console(
            file=terminalreporter._tw._file, width=200, force_terminal=terminalreporter.hasmarkup
        )
        console.print(verdict_table(Ledger({}).updated(state.verdicts), console.width))
    if state.mutants:
        terminalreporter.write_line(_mutants_line(state))
    if state.tally:
        terminalreporter.write_line(f"ledger: {state.tally}")
    if state.trouble:
        terminalreporter.write_line(f"not written: {state.trouble}", red=True)
    elif state.page:
        terminalreporter.write_line(f"verdicts: {state.path}; report: {state.page}")

"""Fixtures shared by the tests that decide claims."""

import faulthandler
import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import reports.page.document  # noqa: F401  # once and for all: pytester forgets what is imported within its runs, and matplotlib does not survive being imported twice
from claims.core import findings
from claims.core.claim import Claim, Kind
from claims.core.profile import Profile
from claims.core.status import Status
from claims.core.workspace import Workspace
from claims.deciding.decide import expected
from claims.deciding.verdict import Verdict
from reports.ledger import counterexample
from reports.ledger.counterexample import surprise
from reports.pytest_plugin import PROPERTY
from reports.studies.verify import decide

#: The folder that holds all the tests of a marker: where no others are asked for, other folders are
#: not even read, which takes longer than most claims.
HOLDS = {"theory": "theory", "control": "controls"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long to look for files that break a reader."""
    group = parser.getgroup("transfer-claims")
    group.addoption("--fuzz", type=int, default=60, help="damaged files for each reader")
    group.addoption("--fuzz-seed", type=int, default=0, help="fixes them")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Benchmarks run once and are not timed, unless they are what is asked for."""
    if hasattr(config.option, "benchmark_disable") and not (
        config.option.benchmark_only or config.option.benchmark_enable
    ):
        config.option.benchmark_disable = True


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = config.option.markexpr.split(" or ")
    beside = collection_path.parent == Path(__file__).parent and collection_path.is_dir()
    return (
        True
        if beside
        and HOLDS.keys() >= {*asked}
        and collection_path.name not in {HOLDS[marker] for marker in asked}
        else None
    )


@pytest.fixture(scope="session", autouse=True)
def _heard_signals() -> Iterator[None]:
    """Signals as a terminal's processes have them: started in the background, or by nohup, some are
    ignored, by every process that a test starts too.
    """
    usual = {"SIGINT": signal.default_int_handler, "SIGHUP": signal.SIG_DFL}
    numbers = {getattr(signal, name): to for name, to in usual.items() if hasattr(signal, name)}
    before = {number: signal.getsignal(number) for number in numbers}
    for number, to in numbers.items():
        if before[number] is signal.SIG_IGN:
            signal.signal(number, to)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def not_for_ever() -> Iterator[None]:
    """What hangs ends the process, and says where it hung; how long the rest takes is no matter."""
    faulthandler.dump_traceback_later(1800, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A marked test elsewhere would silently be left out."""
    for item in items:
        for marker, folder in HOLDS.items():
            if (
                item.get_closest_marker(marker)
                and Path(__file__).parent / folder not in item.path.parents
            ):
                raise pytest.UsageError(
                    f"{item.nodeid}: tests marked {marker} belong into tests/{folder}/"
                )


@pytest.fixture
def decided(
    claims_profile: Profile, workspace: Workspace, request: pytest.FixtureRequest
) -> Callable[..., Verdict]:
    """Decide a claim and put the verdict on record: as `record_property` would, which warns where
    XML is asked for in the family xunit2.
    """

    def run(claim: Claim, **changes: int) -> Verdict:
        verdict = decide(claim, replace(claims_profile, **changes), workspace=workspace)
        request.node.user_properties.append((PROPERTY, json.dumps(verdict.to_dict())))
        return verdict

    return run


def _from(root: Path, file: Path) -> Path:
    """As a reader in `root` writes it; the ledger, and what lies beside it, may be elsewhere."""
    return file.relative_to(root) if file.is_relative_to(root) else file


@pytest.fixture
def matches_finding(
    decided: Callable[..., Verdict], workspace: Workspace, pytestconfig: pytest.Config
) -> Callable[[Claim], None]:
    """Assert that the verdict is the recorded finding, and that a refuted statement's
    counterexample still refutes it.
    """

    def check(claim: Claim) -> None:
        __tracebackhide__ = True
        recorded = expected(claim)
        verdict = decided(claim, shrinks=0) if recorded is Status.FALSIFIED else decided(claim)
        failure = None
        if verdict.status is Status.FALSIFIED and verdict.counterexample:
            failure = counterexample.keep(verdict, workspace.failures)
        if claim.kind is Kind.CONJECTURE:  # measured and reported; nothing hangs on it
            return
        if verdict.status is not recorded:
            pytest.fail(
                surprise(verdict, recorded, failure and _from(pytestconfig.rootpath, failure)),
                pytrace=False,
            )
        if recorded is Status.FALSIFIED:
            kept = counterexample.read(findings.path(claim.id))
            margin = kept.margin()
            assert margin.certain_failures > claim.rule.delta * len(margin.high), (
                f"{findings.path(claim.id)} no longer fails"
            )

    return check

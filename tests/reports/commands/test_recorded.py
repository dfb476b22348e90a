"""What `verify` ends with: failures, how to see them again, and whether they are as recorded."""

from dataclasses import replace

import pytest

from claims.core import findings
from claims.core.catalogue import find
from claims.core.profile import PROFILES
from claims.core.status import Status
from reports.commands.showing.recorded import as_recorded, counted, failures, recorded
from reports.studies import deciding
from reports.studies.verify import decide

FORMULA, TRAINED = "gamma-printed.dimensionless", "f3.diverges"


@pytest.fixture
def verify(run, monkeypatch, tmp_path):
    """`transfer-claims verify` in this process; verdicts may be changed on the way."""
    changes = {}

    def decide_all(ids, profile, workers, verdicts, workspace, tick):
        decided = deciding.decide_by_ids(ids, profile, workspace)
        verdicts.extend(replace(one, **changes.get(one.claim, {})) for one in decided)

    monkeypatch.setattr(deciding, "decide_all", decide_all)

    def call(*arguments, **changed):
        changes.update(changed)
        return run("verify", *arguments, "--profile", "quick")

    return call


def test_ends_with_what_fell(verify):
    code, out, err = verify(TRAINED, "e5.scratch")
    lines = out.splitlines()
    assert (code, err) == (1, "")
    at = next(i for i, line in enumerate(lines) if line.startswith(f"{TRAINED}: "))
    assert "in the regime" in lines[at + 1]
    assert "h_1 = " in lines[at + 1]
    assert "observed: margin" in lines[at + 2]
    assert "transfer-claims replay reports/out/failures/f3.diverges-" in out
    assert f"as recorded: claims/counterexamples/{TRAINED}.json" in out
    assert lines[-1] == "2 of 2 verdicts as recorded, 1 of them falsified"


def test_error_against_bound():
    """Where the claim is about one: that of the failing regime."""
    claim = "theorem-4.2.error-upper.gamma-printed"
    verdict = decide(find(claim), replace(PROFILES["quick"], regimes=1))
    assert verdict.status is Status.FALSIFIED
    said = "\n".join(failures([verdict], {claim: findings.path(claim)}))
    held = verdict.points[-1]["transfer"]
    assert f"test error {held:.3g} (transfer), where at most 0.368 is claimed" in said
    assert "Gamma_printed+tau_2 = 100" in said


@pytest.mark.parametrize(("name", "code"), [(FORMULA, 0), ("e5.scratch", 0)])
def test_expect_recorded(verify, name, code):
    """0 where verdicts are as recorded, falsified ones too."""
    assert verify(name, "--expect-recorded")[0] == code


def test_expect_recorded_and_another_verdict(verify):
    """1 where one is not, and which."""
    code, out, _ = verify(
        FORMULA, "e5.scratch", "--expect-recorded", **{FORMULA: {"status": Status.VERIFIED}}
    )
    assert code == 1
    assert "verified, recorded as falsified" in out
    assert out.splitlines()[-1].endswith(f"not as recorded: {FORMULA}")


def test_expect_recorded_of_mutants(verify):
    assert verify("e5.scratch", "--mutants", "--expect-recorded")[0] == 0
    mutant = find("e5.scratch").mutations[0].id
    survived = {mutant: {"status": Status.VERIFIED}}
    assert verify("e5.scratch", "--mutants", "--expect-recorded", **survived)[0] == 1


def test_recorded():
    assert recorded(FORMULA) is Status.FALSIFIED
    assert recorded("e5.scratch") is Status.VERIFIED
    assert recorded("e5.scratch!off-by-one") is Status.FALSIFIED


def test_conjectures_count_for_nothing(monkeypatch):
    verdict = decide(find(FORMULA), PROFILES["quick"])
    monkeypatch.setattr("reports.commands.showing.recorded.recorded", lambda name: None)
    assert as_recorded(replace(verdict, status=Status.INCONCLUSIVE))
    assert counted([verdict]).endswith("1 conjectures")

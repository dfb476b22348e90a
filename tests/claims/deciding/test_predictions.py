"""Predictions are written down before anything is trained, in a workspace and nowhere else."""

import hashlib
import json
import math
import os
from dataclasses import replace

import pytest
from toys import COUNT, USUAL, Counting, decided, population, worst_case

from claims.core.margin import Margin
from claims.core.workspace import Workspace
from model.regime import Regime

#: As far as a climb goes in a smaller profile.
SHORT = replace(USUAL, regimes=10)


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


@pytest.fixture
def folder(workspace):
    """Of predictions."""
    return workspace.predictions


def predict(regime):
    return {"n2": float(regime.n2), "third": 1 / 3}


def half(regime):
    return {"p": 0.5}


def beforehand(verdict):
    return verdict.evidence["predicted beforehand"]


def digest(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_written_before_the_first_network(workspace, folder):
    """Whole, on disk, and not touched after: the same bytes at the first regime and the last."""
    contents = []

    class Late(Counting):
        def __call__(self, regime, seeds):
            contents.append({file.name: file.read_bytes() for file in folder.iterdir()})
            return super().__call__(regime, seeds)

    claim = population(predict=predict, observe=Late())
    verdict = decided(claim, USUAL, workspace=workspace)
    (file,) = folder.iterdir()
    assert contents == [{file.name: file.read_bytes()}] * COUNT
    assert beforehand(verdict)["file"] == file.name


def test_what_is_written(workspace, folder):
    """One line a regime, in the order of training; the ledger has the digest."""
    claim = population(predict=predict, family="prophets")
    verdict = decided(claim, USUAL, workspace=workspace)
    (file,) = folder.iterdir()
    records = [json.loads(line) for line in file.read_text().splitlines()]
    regimes = claim.observe.regimes
    assert [Regime.from_dict(record["regime"]) for record in records] == regimes
    assert [record["predicted"] for record in records] == [predict(regime) for regime in regimes]
    assert all(isinstance(record["root"], int) for record in records)
    told = {"file": file.name, "sha256": digest(file), "regimes": COUNT}
    assert beforehand(verdict) == told
    assert file.name == f"prophets-{USUAL.entropy}-{digest(file)[:12]}.jsonl"


def test_other_predictions_do_not_replace(workspace, folder):
    """A law that was changed leaves what it said before where it is."""
    for value in (0.25, 0.5):
        claim = population(predict=lambda regime, value=value: {"p": value})
        decided(claim, USUAL, workspace=workspace)
    assert len(list(folder.iterdir())) == 2


def test_said_before_stays_as_it_was_written(workspace, folder):
    """Predictions that another process made keep their time: the file is not touched."""
    decided(population(predict=half), USUAL, workspace=workspace)
    (file,) = folder.iterdir()
    os.utime(file, (1, 1))
    again = decided(population(predict=half), USUAL, workspace=workspace)
    assert list(folder.iterdir()) == [file]
    assert file.stat().st_mtime == 1
    assert beforehand(again)["file"] == file.name


def test_nowhere_to_write(workspace, folder):
    """The verdict says that nothing was written down, and of what."""
    folder.write_text("a file where the folder should be")
    told = beforehand(decided(population(predict=half), USUAL, workspace=workspace))
    assert (set(told), told["regimes"]) == ({"not written", "sha256", "regimes"}, COUNT)


@pytest.mark.parametrize(
    "claim",
    [population(predict=half), worst_case(lambda regime: 1.0, predict=half)],
    ids=["population", "worst case"],
)
def test_without_a_workspace_nothing_is_written(claim, tmp_path, monkeypatch):
    """Anywhere: not below the working directory, and not at home."""
    home = tmp_path / "home"
    here = tmp_path / "here"
    for place in (home, here):
        place.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(home))
    told = beforehand(decided(claim, USUAL))
    assert told["not written"] == "no workspace"
    assert len(told["sha256"]) == 64
    assert sorted(tmp_path.rglob("*")) == [here, home]


def test_predicted_once_for_a_family(workspace, folder):
    asked = []
    claim = population(predict=lambda regime: asked.append(regime) or {"p": 0.5}, family="seers")
    verdicts = [
        decided(replace(claim, id=name), USUAL, workspace=workspace) for name in ("one", "two")
    ]
    assert len(asked) == COUNT
    assert len(list(folder.iterdir())) == 1
    assert verdicts[0].evidence == verdicts[1].evidence


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_no_number_is_no_prediction(wrong, workspace):
    """Refused before anything is trained."""
    claim = population(predict=lambda regime: {"p": wrong})
    with pytest.raises(ValueError, match="JSON"):
        decided(claim, USUAL, workspace=workspace)
    assert claim.observe.regimes == []


def test_without_predictions_no_file(workspace, folder):
    verdict = decided(population(), USUAL, workspace=workspace)
    assert "predicted beforehand" not in verdict.evidence
    assert not folder.exists()


# On the way to the worst case ---------------------------------------------------------------------


def climbing(**changes):
    return worst_case(
        lambda regime: 100.0 - regime.n2, predict=predict, family="climbers", **changes
    )


def test_each_case_before_it_is_trained(workspace, folder):
    """What is predicted of it, and of those before it, is on disk."""
    contents = []

    class Late(Counting):
        def __call__(self, regime, seeds):
            (file,) = folder.iterdir()
            contents.append(file.read_text().splitlines())
            return super().__call__(regime, seeds)

    claim = climbing(observe=Late())
    verdict = decided(claim, USUAL, workspace=workspace)
    (file,) = folder.iterdir()
    lines = file.read_text().splitlines()
    last = [Regime.from_dict(json.loads(written[-1])["regime"]) for written in contents]
    assert last == claim.observe.regimes
    assert all(lines[: len(written)] == written for written in contents)
    told = {"file": file.name, "sha256": digest(file), "regimes": len(claim.observe.regimes)}
    assert beforehand(verdict) == told


def test_decided_again_keeps_the_file(workspace, folder):
    claim = climbing()
    decided(claim, USUAL, workspace=workspace)
    (file,) = folder.iterdir()
    os.utime(file, (1, 1))
    decided(claim, USUAL, workspace=workspace)
    assert (list(folder.iterdir()), file.stat().st_mtime) == ([file], 1)


@pytest.mark.parametrize("which", ["a mutant", "a shorter climb"])
def test_another_climb_has_a_file_of_its_own(which, workspace, folder):
    claim = climbing()
    decided(claim, USUAL, workspace=workspace)
    (file,) = folder.iterdir()
    lines = file.read_text()

    def wrong(observation, constants):
        return Margin.exact(observation.regime.n2 - 1.0)

    mutant = replace(claim, id="toy!planted", observe=Counting(), margin=wrong)
    shorter = replace(claim, observe=Counting())
    other, profile = (mutant, USUAL) if which == "a mutant" else (shorter, SHORT)
    told = beforehand(decided(other, profile, workspace=workspace))
    assert told["sha256"] == digest(folder / told["file"])
    assert (len(list(folder.iterdir())), file.read_text()) == (2, lines)

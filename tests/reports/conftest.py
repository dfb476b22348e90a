"""The command line, run here; and experiments as a folder holds them, without training anything."""

import json
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from claims.core.records import plain
from reports.commands import entry
from reports.drawing.experiments.saving import save
from reports.studies.experiments.catalogue import EXPERIMENTS
from reports.studies.experiments.results import ClaimCounts, ExperimentResult
from reports.studies.experiments.testing import Check


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run `transfer-claims ARGUMENTS` in an empty folder: exit code, standard output, standard
    error.
    """
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["transfer-claims", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            entry.main()
        return left.value.code or 0, *capsys.readouterr()

    return call


DECIDED = (
    ClaimCounts("theorem-4.3.error-upper", 9, 7, 4, 2, 1, -0.25, "nats"),
    ClaimCounts("theorem-4.3.error-lower", 9, 0, 0, 0, 0, None, "nats"),
    ClaimCounts("no.longer", 9, 9, 9, 0, 0, 1.5, "nats"),
)
CHECKS = (
    Check(
        "the error of x_t falls", "exact sign test at level 0.01", 9, 1.0, None, None, 0.002, True
    ),
    Check("errors rise", "t intervals at joint level 0.01", 3, -0.2, -0.3, -0.1, None, False),
    Check(
        "nothing was counted",
        "exact binomial interval at level 0.01",
        0,
        float("nan"),
        None,
        None,
        None,
        None,
    ),
)


def drawing():
    """Whatever experiments are drawn with: curves, bands, hatches, planes, a bar of colours, words
    and formulas, a legend.
    """
    figure = Figure(figsize=(8, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    xs = np.linspace(1, 9, 30)
    left.fill_between(xs, xs, 2 * xs, facecolor="0.88", edgecolor="0.5", hatch="////")
    left.errorbar(xs, xs**2, yerr=xs / 3, color="#0072b2", marker="o", label=r"$\|u\|^2/\tau_2$")
    left.set(xscale="log", yscale="log", xlabel="epoch $t$")
    left.legend()
    mesh = right.pcolormesh(np.arange(7), np.arange(5), np.arange(24).reshape(4, 6), cmap="cividis")
    right.scatter([1, 2, 3], [1, 2, 3], color="w", edgecolor="k")
    figure.colorbar(mesh)
    return figure


@pytest.fixture(scope="session")
def leave():
    """Leave an experiment's outcome and picture in a folder, as a run does."""

    def left(folder, name, quick=True, decided=DECIDED, checks=CHECKS):
        experiment, stem = EXPERIMENTS[name], f"{name}-quick" if quick else name
        caption = (
            f"{experiment.shows} n = 9 points. Made by: transfer-claims experiments"
            f" {name}{' --quick' if quick else ''}"
        )
        folder.mkdir(parents=True, exist_ok=True)
        svg, png, outcome = (folder / f"{stem}.{kind}" for kind in ("svg", "png", "json"))
        save(drawing(), experiment.title, caption, svg, png)
        record = ExperimentResult(
            name, experiment.title, caption, (outcome, svg, png), decided, checks
        ).to_dict()
        outcome.write_text(json.dumps(plain(record)), encoding="utf-8")

    return left

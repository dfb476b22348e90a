"""Other people's settings, folders and habits: nothing depends on them, and what would be ignored
is refused.
"""

import os
import subprocess
import sys

import numba
import pytest

from model.engines.compiled import compiled

DRAW = """
import sys
from pathlib import Path
from reports.commands import entry
def draw():
    from matplotlib.figure import Figure
    from reports.drawing.figures import inline, write_svg
    figure = Figure()
    figure.subplots().set(title="$x^2$", xlabel="words")
    write_svg(figure, Path(sys.argv[1]), "title")
    inline(figure, "label")
    return 0
entry._commands = draw
entry.main()
"""


@pytest.mark.parametrize("backend", ["module://matplotlib_inline.absent", "nonsense", "TkAgg"])
def test_drawn_under_matplotlibs_own_settings(tmp_path, backend):
    """Whatever a settings file, or a notebook's environment, asks for."""
    settings = "text.usetex: True\nfont.family: absent\nno.such.key: 1\n"
    (tmp_path / "matplotlibrc").write_text(settings)
    environment = os.environ | {"MPLCONFIGDIR": str(tmp_path), "MPLBACKEND": backend}
    command = [sys.executable, "-c", DRAW, str(tmp_path / "figure.svg")]
    left = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert (left.returncode, left.stderr) == (0, "")
    assert "<svg" in (tmp_path / "figure.svg").read_text()


def test_compiled_where_nothing_can_be_kept(monkeypatch):
    """As in a container run as another user."""
    real = numba.njit

    def njit(*functions, **options):
        if options.get("nogil") and options.get("cache"):
            raise RuntimeError("cannot cache function 'twice': no locator available for file")
        return real(*functions, **options)

    monkeypatch.setattr(numba, "njit", njit)

    def twice(x):
        return 2 * x

    assert compiled(twice)(3) == 6


@pytest.mark.parametrize("entropy", [-1, 2**64 + 1, 2**70, "x"])
@pytest.mark.parametrize(
    "command", [["verify", "e5.scratch"], ["picture"], ["calibrate"]], ids=lambda c: c[0]
)
def test_entropy_that_no_file_may_hold(run, command, entropy):
    code, out, err = run(*command, "--entropy", entropy)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "entropy" in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--scheduler", "tcp://a:1"], "is for --executor dask"),
        (["--scheduler", "tcp://a:1", "--executor", "here"], "is for --executor dask"),
        (["--scheduler", "", "--executor", "dask"], "is empty"),
    ],
)
def test_a_scheduler_that_would_be_ignored(run, tmp_path, options, said):
    base = "n1 = 20\nn2 = 20\nd = 1000\nm = 2\ninherited = 1\ntau_2 = 1.0\nX = 1.0\nY = 2.0\n"
    (tmp_path / "sweep.toml").write_text(f"[groups]\n{base}[axes]\nX = [1.0]\n")
    code, out, err = run("sweep", tmp_path / "sweep.toml", *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err

"""The program for a machine with a GPU: what it would run is what the commands take."""

import subprocess
import sys

import pytest
import torch
from documents import ROOT
from test_documents import parse

PROGRAM = ROOT / "tests" / "cifar" / "on_gpu.py"


def on_gpu(*arguments):
    return subprocess.run(
        [sys.executable, PROGRAM, *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )


@pytest.mark.parametrize("device", ["cuda", "cpu"])
def test_what_it_would_run(device):
    done = on_gpu("--dry-run", "--minutes", "10", "--device", device)
    tests, *lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert tests.startswith("pytest ")
    assert [line.split()[2] for line in lines] == ["speed", "run", "report"]
    for line in lines:
        parse(line)
    assert f"--device {device}" in lines[1]
    assert "--minutes 4 " in lines[1]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu():
    """Told before anything is run or written."""
    done = on_gpu()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("--device cuda: torch sees no GPU here")

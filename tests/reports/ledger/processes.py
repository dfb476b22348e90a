"""Commands in processes of their own, and what is left of them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[3]


def refused(code, out, err):
    """Exit 2 and one line on standard error; the line."""
    assert (code, out, err.count("\n")) == (2, "", 1), err[-800:]
    assert err.startswith("transfer-claims: ")
    return err.strip()


def beside(path):
    """What lies in the ledger's folder besides it and its lock."""
    return {file.name for file in path.parent.iterdir()} - {path.name, f".{path.name}.lock"}


def start(code, *arguments, **options):
    """A process of its own, in a session of its own; one thread."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "TRANSFER_CLAIMS_"))
    } | {"OMP_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    streams = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
        "start_new_session": True,
    }
    options["preexec_fn"] = lambda: signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a run in the background may have inherited that it is ignored
    return subprocess.Popen(command, env=environment, **streams, **options)


def wait_for(condition, process, seconds=150.0):
    """Until it holds; the process must not end before."""
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


def shown_but_not_kept(code, out, err, shown="e5.scratch"):
    """Exit 2 and one line; what was decided is on the screen, though it could not be written. The
    line.
    """
    assert (code, err.count("\n")) == (2, 1), err[-800:]
    assert shown in out
    return err.strip()

"""The quick tests in an environment made for them: a Python, and versions of the libraries.

    python tests/environments/versions.py --python python3.13 --resolution lowest

`lowest` takes the lowest version that pyproject.toml allows of each library, `pinned` those of
constraints.txt, `highest` the newest that there are. `uv` (`pip install uv`) finds and installs
them. The environment stays in its folder, and is used again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESOLUTIONS = {
    "lowest": ["--resolution", "lowest-direct"],
    "pinned": ["--constraints", "constraints.txt"],
    "highest": ["--resolution", "highest"],
}
LOCK = ("--python-version", "3.11", "--no-python-downloads", "-o", "requirements.lock")
#: What meets a library's interface, each once, and decides little.
QUICK = (
    "tests/claims/core/test_catalogue.py",
    "tests/claims/core/test_rooms.py",
    "tests/fuzz",
    "tests/model/engines/test_agreement.py",
    "tests/model/test_files.py",
    "tests/model/vision/test_archives.py",
    "tests/model/vision/test_formats.py",
    "tests/reports/commands/test_cli.py",
    "tests/reports/commands/test_start_up.py::test_help_and_usage_load_nothing_large",
    "tests/reports/commands/test_start_up.py::test_lists_say_what_commands_say",
    "tests/reports/drawing/test_figures.py",
    "tests/reports/ledger/test_ledger.py",
    "tests/reports/page/test_document.py",
    "tests/reports/studies/sweep/test_export.py",
    "tests/reports/test_pytest_plugin.py",
    "tests/strategies/test_falling.py",
    "tests/strategies/test_provider.py",
    "tests/strategies/test_watching.py",
    "tests/strategies/test_worst.py",
)


def run(*command: object) -> None:
    """Run a command in the repository; end with its exit code where that is not 0."""
    try:
        done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    except FileNotFoundError:
        print(f"there is no {command[0]}: pip install uv", file=sys.stderr)
        sys.exit(2)
    if done.returncode:
        sys.exit(done.returncode)


def environment(folder: Path, python: str, resolution: str) -> Path:
    """Make it, or bring it up to date; where its Python is."""
    requirements, own = folder / "requirements.txt", folder / "env" / "bin" / "python"
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [*RESOLUTIONS[resolution], "--extra", "test", "--python", python]
    run("uv", "pip", "compile", "--quiet", *chosen, "pyproject.toml", "-o", requirements)
    if not own.exists():
        run("uv", "venv", "--quiet", "--python", python, folder / "env")
    run("uv", "pip", "install", "--quiet", "--python", own, "-r", requirements, "-e", ".")
    return own


def lock() -> None:
    """Make requirements.lock, for every Python and the systems in pyproject.toml."""
    what = ["pyproject.toml", "--extra", "test", "--group", "build"]
    shape = ["--universal", "--generate-hashes", "--no-annotate", "--no-header"]
    run("uv", "pip", "compile", "--quiet", *what, *shape, *RESOLUTIONS["pinned"], *LOCK)


def options(resolution: str) -> list[str]:
    """Warnings are errors where versions are known; elsewhere they are of other people's making."""
    return [] if resolution == "pinned" else ["-o", "filterwarnings=default"]


def parser() -> argparse.ArgumentParser:
    """What may be asked."""
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--python", default=sys.executable, help="a version, a name or a path")
    made.add_argument("--resolution", choices=RESOLUTIONS, default="lowest")
    made.add_argument("--folder", type=Path, help="where the environment is made, and stays")
    made.add_argument("--lock", action="store_true", help="make requirements.lock, and no more")
    made.add_argument("tests", nargs="*", help="instead of the quick ones; after --: for pytest")
    return made


def main() -> None:
    """Make an environment and run the tests in it."""
    at = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    asked, others = parser().parse_args(sys.argv[1:at]), sys.argv[at + 1 :]
    if asked.lock:
        lock()
        return
    folder = asked.folder or Path(tempfile.mkdtemp(prefix=f"versions-{asked.resolution}-"))
    began = time.monotonic()
    python = environment(folder.resolve(), asked.python, asked.resolution)
    print(f"{folder}: made in {time.monotonic() - began:.0f} s", flush=True)
    os.environ.pop("PYTHONPATH", None)  # the environment has the package itself
    given = [*options(asked.resolution), *(asked.tests or QUICK), *others]
    run(python, "-m", "pytest", "-q", "--fuzz", 10, *given)


if __name__ == "__main__":
    main()

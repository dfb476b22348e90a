"""What is said of versions: the quick tests are there, the job runs them on every combination, the
lock says what constraints.txt says, and what ran is what is declared.
"""

import itertools
import re
import subprocess
import sys
import tomllib

import pytest
import versions
from documents import ROOT, table, text

PROJECT = tomllib.loads(text("pyproject.toml"))["project"]
PYTHONS = [
    classifier.rpartition(" ")[2]
    for classifier in PROJECT["classifiers"]
    if re.search(r":: 3\.\d+$", classifier)
]


def test_quick_tests_are_there():
    for path in versions.QUICK:
        file, _, test = path.partition("::")
        assert (ROOT / file).exists(), path
        assert not test or f"def {test}(" in text(file), path
    assert not any(path.startswith(("tests/theory", "tests/controls")) for path in versions.QUICK)


def test_help():
    program = [sys.executable, ROOT / "tests" / "environments" / "versions.py"]
    done = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True)
    assert "--resolution" in done.stdout
    done = subprocess.run([*program, "--resolution", "x"], capture_output=True, check=False)
    assert done.returncode == 2


@pytest.fixture
def ran(monkeypatch):
    """Commands that would run."""
    commands = []
    monkeypatch.setattr(versions, "run", lambda *command: commands.append([*map(str, command)]))
    return commands


@pytest.mark.parametrize(
    ("resolution", "chosen", "strict"),
    [
        ("lowest", ["--resolution", "lowest-direct"], False),
        ("pinned", ["--constraints", "constraints.txt"], True),
        ("highest", ["--resolution", "highest"], False),
    ],
)
def test_commands(ran, monkeypatch, tmp_path, resolution, chosen, strict):
    arguments = ["--python", "3.12", "--resolution", resolution, "--folder", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["versions.py", "tests/fuzz", *arguments, "--", "-n", "2"])
    versions.main()
    compiled, made, installed, tested = ran
    assert compiled[:3] == ["uv", "pip", "compile"]
    assert " ".join(chosen) in " ".join(compiled)
    assert made[:2] == ["uv", "venv"]
    assert installed[-2:] == ["-e", "."]
    assert tested[0] == str(tmp_path / "env" / "bin" / "python")
    assert tested[-3:] == ["tests/fuzz", "-n", "2"]
    assert ("filterwarnings=default" in tested) is not strict


def test_options_alone_leave_the_quick_tests(ran, monkeypatch, tmp_path):
    """As the job asks: `-- -n auto`."""
    monkeypatch.setattr(sys, "argv", ["versions.py", "--folder", str(tmp_path), "--", "-n", "auto"])
    versions.main()
    assert ran[-1][-2 - len(versions.QUICK) :] == [*versions.QUICK, "-n", "auto"]


def test_uv_is_missing(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit) as ended:
        versions.run("uv", "pip")
    assert ended.value.code == 2
    assert "pip install uv" in capsys.readouterr().err


def test_the_lock_is_made_from_the_constraints(ran, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["versions.py", "--lock"])
    versions.main()
    (command,) = ran
    assert {"--constraints", "constraints.txt", "--generate-hashes", "build"} <= {*command}
    assert command[-1] == "requirements.lock"


def test_a_failing_command_ends_it():
    with pytest.raises(SystemExit) as ended:
        versions.run(sys.executable, "-c", "raise SystemExit(3)")
    assert ended.value.code == 3


# The lock -----------------------------------------------------------------------------------------


def pins(page):
    """Name, as indexes spell it -> version."""
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", page, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def test_the_lock_agrees_with_the_constraints():
    """Beside them it has what torch needs for GPUs on Linux, and what builds the package."""
    lock, constraints = pins(text("requirements.lock")), pins(text("constraints.txt"))
    assert {name: lock.get(name) for name in constraints} == constraints
    beside = lock.keys() - constraints.keys()
    gpus = {name for name in beside if name.startswith(("nvidia-", "cuda-"))} | {"triton"}
    assert beside - gpus == {"setuptools"}


def test_the_lock_has_hashes_only():
    """Of every package; no address, no option, no folder."""
    lines = text("requirements.lock").splitlines()
    named = [line for line in lines if not line.startswith("    ")]
    assert all(re.fullmatch(r"[\w.-]+==\S+ ; .* \\", line) for line in named)
    hashes = [line for line in lines if line.startswith("    ")]
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in hashes)
    pairs = itertools.pairwise(lines)
    assert all(after.startswith("    ") for line, after in pairs if line in named)


# What is declared ---------------------------------------------------------------------------------


def test_what_ran_is_declared():
    """The table of supported systems has every Python of the classifiers, and no other."""
    rows = table("reports/README.md", "system")
    assert {python for row in rows for python in re.findall(r"3\.\d+", row[1])} == {*PYTHONS}
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"


def test_the_job_runs_every_combination():
    yaml = pytest.importorskip("yaml")
    (job,) = yaml.safe_load(text("reports/workflows/versions.yml"))["jobs"].values()
    assert job["strategy"]["matrix"] == {"python": PYTHONS, "resolution": [*versions.RESOLUTIONS]}
    (command,) = (step["run"] for step in job["steps"] if "environments" in step.get("run", ""))
    assert command.startswith("python tests/environments/versions.py --resolution ${{ matrix.")


def test_documented_commands_parse():
    typed = re.findall(
        r"python tests/environments/versions\.py([^`\n]*)", text("reports/README.md")
    )
    assert len(typed) == 2
    for arguments in typed:
        versions.parser().parse_args(arguments.split())

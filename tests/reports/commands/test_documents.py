"""Whatever the documents say to type works: it is run here, or is one of a few long commands, whose
arguments are parsed.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib

import pytest
import typer
from documents import DOCUMENTS, ROOT, artefact, block, commands, inline, text

from claims.core import findings
from claims.core.catalogue import find
from claims.core.findings import FINDINGS
from reports.commands.app import COMMANDS
from reports.ledger import ledger

#: Commands that are run here, and the exit code of each.
RUN = {
    "transfer-claims list": 0,
    "transfer-claims show theorem-4.3.error-upper": 0,
    "transfer-claims show theorem-4.2.error-upper.tau-D": 0,
    "transfer-claims verify gamma-printed.dimensionless": 1,
    "transfer-claims verify theorem-4.2.sizes": 0,
    "transfer-claims verify m3.boundary": 0,
    "transfer-claims verify b5.sandwich": 0,
    "transfer-claims verify e1.trajectory": 0,
    "transfer-claims replay claims/counterexamples/f3.diverges.json": 1,
    "transfer-claims replay f3.diverges": 1,
    "transfer-claims report": 0,
    "transfer-claims simulate spec.json": 0,
    "transfer-claims simulate spec.json --engine law": 0,
    "transfer-claims simulate spec.json --engine gram": 0,
    "transfer-claims simulate spec.json --engine autograd": 0,
    "transfer-claims advise spec.json --simulate": 0,
    "transfer-claims advise spec.json --estimate 20": 0,
    "transfer-claims sweep sweep.toml": 0,
    "transfer-claims sweep sweep.toml --dry-run": 0,
    "transfer-claims sweep sweep.toml --csv sweep.csv --netcdf sweep.nc --plot sweep.svg": 0,
    "transfer-claims cifar report": 0,
}
#: Commands that take minutes, need a network, or are what the tests themselves do.
LONG = (
    "transfer-claims verify theorem-4.3.error-upper",
    "transfer-claims verify theorem-4.3.error-upper --mutants",
    "transfer-claims verify theorem-4.2.error-lower.tau-A",
    "transfer-claims verify 'theorem-4.3.*' --expect-recorded",
    "transfer-claims audit ledger.jsonl --share 0.2",
    "transfer-claims verify --fresh",
    "transfer-claims verify --fresh --mutants",
    "transfer-claims verify example.more-samples --mutants --profile quick",  # test_contributing
    "transfer-claims attack theorem-4.2.error-lower.tau-D --minutes 30",
    "transfer-claims attack 'lemma-*' --until 10 --workers 2",
    "transfer-claims attack '*' --until 10 --record reports/ledger/attacks.jsonl",
    "transfer-claims experiments --quick",
    "transfer-claims calibrate",
    "transfer-claims picture",
    "transfer-claims stability --runs 30",
    "transfer-claims sweep sweep.toml --executor dask --scheduler tcp://HOST:8786",
    "transfer-claims cifar fetch",
    "transfer-claims cifar run",
    "transfer-claims cifar run --minutes 60",
    "transfer-claims cifar run --tier cpu-architectures --minutes 60",
    "transfer-claims cifar pairs --minutes 60",
    "transfer-claims cifar remedies",
)
PYTEST = (
    "pytest -m theory -n 2",
    "pytest -n 2",
    "pytest -m theory --claims-profile nightly",
    "pytest -m control",
    'pytest -m "cifar and not gpu"',
    "pytest tests/benchmarks --benchmark-only",
)
#: Commands that a test of their own is about.
OTHERS = (
    "python3 -m venv .venv",
    ". .venv/bin/activate",
    "pip install -c constraints.txt -e '.[test]'",
    "pip install -c constraints.txt -e .",
    "pip install --require-hashes -r requirements.lock",
    "pip install --no-deps --no-build-isolation -e .",
    "pip install uv",
    "python tests/environments/versions.py --python python3.13 --resolution lowest",
    "mkdir -p .github",
    "cp -r reports/workflows .github/",
    "python claims/check_certificate.py reports/out/certificates/*.json",
    "python claims/check_counterexample.py claims/counterexamples/f3.diverges.json",
    "python tests/benchmarks/ratios.py",
    "python tests/cifar/on_gpu.py",  # test_on_gpu
    "python tests/fuzz/campaign.py --inputs 1000000 --record",
    "python tests/fuzz/chaos.py --faults 1000 --record",
)
WORKFLOWS = sorted((ROOT / "reports" / "workflows").glob("*.yml"))


def test_every_command_is_checked():
    """And none is checked that no document has."""
    typed = {one for name in DOCUMENTS for one in commands(text(name))} | artefact().keys()
    assert typed == {*RUN, *LONG, *PYTEST, *OTHERS}


# Run ----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, book):
    """What the documents' commands find: their specifications, counterexamples, a ledger."""
    (tmp_path / "spec.json").write_text(block("reports/README.md", "json"))
    (tmp_path / "sweep.toml").write_text(block("reports/README.md", "toml"))
    kept = "claims/counterexamples/f3.diverges.json"
    (tmp_path / kept).parent.mkdir(parents=True)
    shutil.copy(ROOT / kept, tmp_path / kept)
    (tmp_path / "reports" / "out").mkdir(parents=True)
    ledger.write(book, tmp_path / "reports" / "out" / "ledger.jsonl")
    return tmp_path


@pytest.mark.parametrize("command", RUN)
def test_run(folder, run, command):
    code, out, err = run(*shlex.split(command)[1:])
    assert code == RUN[command], err
    expected = artefact().get(command, "")
    assert re.split(r"[,(]", expected)[0].strip() in out


def test_certificates_are_checked(folder, run):
    assert run("verify", "b5.sandwich")[0] == 0
    files = sorted(map(str, folder.glob("reports/out/certificates/*.json")))
    assert files
    program = ROOT / "claims" / "check_certificate.py"
    subprocess.run([sys.executable, program, *files], check=True, capture_output=True)


def test_the_artefact_expects_what_is_recorded():
    for command, expected in artefact().items():
        if command.startswith("transfer-claims verify "):
            claim_id = command.split()[-1]
            finding = "falsified" if findings.path(claim_id).exists() else "verified"
            assert (find(claim_id).id, expected.split(",")[0]) == (claim_id, finding)


# Parsed -------------------------------------------------------------------------------------------


def parse(command):
    """Parse the arguments of `transfer-claims ...`, running nothing."""
    _, name, *arguments = shlex.split(command)
    parsed = COMMANDS[name].load(name)
    while hasattr(parsed, "commands"):
        name, parsed, arguments = parsed.resolve_command(typer.Context(parsed), arguments)
    parsed.make_context(name, list(arguments))


@pytest.mark.parametrize("command", LONG)
def test_arguments(run, command):
    parse(command)
    code, out, _ = run(*shlex.split(command)[1:], "--help")
    assert (code, "Usage" in out) == (0, True)


def test_wrong_arguments_are_seen():
    """Control: an option that is not there, and a value that is none."""
    for command in ("transfer-claims picture --colour", "transfer-claims cifar run --minutes soon"):
        with pytest.raises(Exception, match=r"colour|a valid number"):
            parse(command)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_in_running_text(run, name):
    for command in inline(text(name)):
        code, _, err = run(*shlex.split(command)[1:], "--help")
        assert code == 0, (command, err)


#: Collects from a small file, once for each list of arguments: exit codes at the end.
COLLECT = """
import json, sys
import pytest
codes = [int(pytest.main(arguments)) for arguments in json.loads(sys.argv[1])]
print("codes", json.dumps(codes), file=sys.stderr)
"""


def exit_codes(*commands):
    """Of pytest, in one process without xdist's workers, which collecting does not start: 5 says
    that no test is chosen there, 4 that options are wrong.
    """
    small = ["tests/reports/test_workspace.py", "--collect-only", "-q", "-p", "no:cacheprovider"]
    chosen = [
        [*(part for part in shlex.split(one)[1:] if part != "tests/benchmarks"), *small]
        for one in commands
    ]
    alone = {
        k: v for k, v in os.environ.items() if not k.startswith("PYTEST")
    }  # no worker of xdist
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, json.dumps(chosen)],
        cwd=ROOT,
        env=alone,
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if line.startswith("codes ")]
    assert said, done.stdout + done.stderr
    return json.loads(said[-1].removeprefix("codes "))


def test_options_of_pytest():
    *codes, unknown, marker = exit_codes(*PYTEST, "pytest --no-such", "pytest -m 'theory or ('")
    assert {*codes} <= {0, 5}, dict(zip(PYTEST, codes, strict=True))
    assert (unknown, marker) == (4, 4)  # control: what is wrong is seen


def test_benchmarks_have_their_program():
    program = ROOT / "tests" / "benchmarks" / "ratios.py"
    done = subprocess.run([sys.executable, program, "--help"], capture_output=True, text=True)
    assert (done.returncode, "--record" in done.stdout) == (0, True)


def test_what_is_installed_is_declared():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    wanted = {
        extra
        for name in DOCUMENTS
        for extra in re.findall(r"pip install .*?'\.\[(\w+)\]'", text(name))
    }
    assert wanted == project["optional-dependencies"].keys()
    assert (ROOT / "constraints.txt").is_file()


# README -------------------------------------------------------------------------------------------


def test_readme_is_short():
    lines = text("README.md").splitlines()
    assert len(lines) <= 100
    assert [line for line in lines if len(line) > 160] == []


def test_readme_has_every_finding():
    page = text("README.md")
    listed = re.findall(r"^\d+\. \*\*(.+?)\*\*", page, re.MULTILINE)
    assert listed == [finding.title for finding in FINDINGS]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links(name):
    links = re.findall(r"\]\(([^)#]+)\)", text(name))
    local = [link for link in links if not link.startswith("https://")]
    assert [link for link in local if not (ROOT / name).parent.joinpath(link).exists()] == []


# The artefact -------------------------------------------------------------------------------------


def test_ci_finds_the_test_command():
    awk = re.search(r"awk '(.*?)' README.md", text(".ci/run")).group(1)
    found = subprocess.run(
        ["awk", awk, "README.md"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert found.startswith("python3 -m venv ")
    assert found.endswith("&& pytest -n 2")


def test_the_container_runs_readme_s_commands():
    steps = re.findall(r"^RUN (.*)$", text("Dockerfile"), re.MULTILINE)
    lines = text("README.md").splitlines()
    wanted = [line for line in lines if line.startswith("python3 -m venv ")]
    assert len(wanted) == 2
    assert [step for step in steps if step in wanted] == wanted


def steps_of(file):
    """The one job of a workflow, and what it runs."""
    yaml = pytest.importorskip("yaml")
    (job,) = yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].values()
    return job, [step["run"] for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("name", ["nightly", "theory"])
def test_workflows(name):
    """YAML with jobs, whose commands of ours parse."""
    _, steps = steps_of(ROOT / "reports" / "workflows" / f"{name}.yml")
    ours = [step.split(" >> ")[0] for step in steps if step.startswith("transfer-claims ")]
    assert ours
    for command in ours:
        parse(command)
    (tests,) = (step for step in steps if step.startswith("pytest "))
    assert "-m" in shlex.split(tests)


def test_citation():
    yaml = pytest.importorskip("yaml")
    cited = yaml.safe_load(text("CITATION.cff"))
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert (cited["cff-version"], cited["type"]) == ("1.2.0", "software")
    assert (cited["title"], cited["version"]) == (project["name"], project["version"])
    assert cited["license"] == project["license"] == "MIT"
    assert cited["authors"] == project["authors"]
    assert "2509.22056" in cited["references"][0]["url"]
    assert text("LICENSE").startswith("MIT License")


def test_there_are_workflows():
    assert [file.stem for file in WORKFLOWS] == ["nightly", "theory", "versions"]


def test_the_contour_that_is_shown(folder, run):
    """Around the sweep that is shown, its two parts make a sweep."""
    (shown,) = re.findall(r"^```\n(design = .*?)^```$", text("reports/README.md"), re.M | re.S)
    design, contour = shown.split("[contour]")
    whole = design + block("reports/README.md", "toml") + "[contour]" + contour
    (folder / "contour.toml").write_text(whole)
    code, out, err = run("sweep", "contour.toml", "--dry-run")
    assert (code, err) == (0, "")
    assert out.startswith("adaptive: 15 points")

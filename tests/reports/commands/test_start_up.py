"""What starting up imports: help, the version and errors of usage nothing large; `list`, `show` and
what is refused nothing that only training and formulas need; `verify` leaves that to its workers,
and each loads what its claims need. Deferred modules load when used, and only then.
"""

import json
import pickle
import subprocess
import sys
from typing import get_args

import pytest

from model.engines import tangent
from model.vision import data
from reports.commands.app import COMMANDS, HELP
from reports.commands.cifar.app import COMMANDS as CIFAR
from reports.commands.cifar.options import ImagesName
from reports.commands.loading import Place
from reports.commands.options import LEDGER
from reports.deferring import deferred
from reports.ledger import ledger

#: A module that is there once the library is loaded, and not while it is deferred.
INNER = {
    "torch": "torch._C",
    "scipy.stats": "scipy.stats._continuous_distns",
    "numba": "numba.core",
    "matplotlib": "matplotlib.cbook",
    "sympy": "sympy.core",
    "flint": "flint.types",
    "hypothesis": "hypothesis.core",
}
FOR_DECIDING = ("torch", "scipy.stats", "numba", "matplotlib", "hypothesis", "sympy", "flint")
#: All but hypothesis, whose generators of regimes come with the modules that know of claims.
LARGE = tuple(name for name in FOR_DECIDING if name != "hypothesis")
NOT_AT_ALL = ("claims.core.catalogue", "numpy")
START = """
import atexit, json, sys
inner = json.loads(sys.argv.pop(1))
loaded = lambda: [name for name, module in inner.items() if module in sys.modules]
atexit.register(lambda: print("loaded", json.dumps(loaded()), file=sys.stderr))
from reports.commands.entry import main
main()
"""


def loaded(*arguments, names):
    """Of these modules, those that a command line loads; its exit code."""
    inner = json.dumps({name: INNER.get(name, name) for name in names})
    command = [sys.executable, "-c", START, inner, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    last = next(line for line in done.stderr.splitlines()[::-1] if line.startswith("loaded "))
    return json.loads(last.removeprefix("loaded ")), done.returncode


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["-h"], 0),
        (["--version"], 0),
        (["nonsense"], 2),
        ([], 2),
        (["show"], 2),
        (["verify", "--profile", "slow"], 2),
        (["cifar", "--help"], 0),
    ],
    ids=str,
)
def test_help_and_usage_load_nothing_large(arguments, code):
    assert loaded(*arguments, names=(*INNER, *NOT_AT_ALL)) == ([], code)


#: One process for all of them, which says after each what it has loaded so far.
EVERY = """
import json, sys
inner = json.loads(sys.argv.pop(1))
commands, found = json.loads(sys.argv.pop(1)), []
from reports.commands.entry import main
for command in commands:
    sys.argv[1:] = [*command.split(), "-h"]
    try:
        main()
    except SystemExit as left:
        loaded = [name for name, module in inner.items() if module in sys.modules]
        found.append([command, loaded, left.code or 0])
print("found", json.dumps(found), file=sys.stderr)
"""


def test_help_of_every_command_loads_nothing_large():
    names = [*COMMANDS, *(f"cifar {name}" for name in CIFAR)]
    inner = json.dumps({name: INNER.get(name, name) for name in (*INNER, *NOT_AT_ALL)})
    command = [sys.executable, "-c", EVERY, inner, json.dumps(names)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found = json.loads(done.stderr.splitlines()[-1].removeprefix("found "))
    assert done.stdout.count("Usage: ") == len(names)
    assert found == [[name, [], 0] for name in names]


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["list", "--json"],
        ["show", "theorem-4.3.error-upper"],
        ["show", "e5.scratch"],
        ["show", "b5.half"],
        ["show", "b4.filters"],
        ["show", "tau-D.range"],
    ],
    ids=" ".join,
)
def test_reading_loads_nothing_for_deciding(arguments, tmp_path):
    chosen = (*arguments, "--ledger", str(tmp_path / "ledger.jsonl"))
    assert loaded(*chosen, names=FOR_DECIDING) == ([], 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "nonsense"],
        ["attack", "nonsense"],
        ["replay", "nonsense"],
        ["replay", "none.json"],
        ["simulate", "none.json"],
        ["advise", "none.json"],
        ["sweep", "none.toml"],
        ["audit", "none.jsonl"],
        ["report", "--ledger", "none.jsonl"],
    ],
    ids=" ".join,
)
def test_refusing_loads_nothing_for_deciding(arguments):
    assert loaded(*arguments, names=LARGE) == ([], 2)


def test_verify_leaves_training_to_its_workers(tmp_path):
    chosen = ["verify", "e1.step", "--ledger", str(tmp_path / "ledger.jsonl")]
    assert loaded(*chosen, names=LARGE) == ([], 0)


def test_control(spec):
    """The check sees what is loaded."""
    assert loaded("list", names=["torch", "claims.core.catalogue"])[0] == ["claims.core.catalogue"]
    assert loaded("simulate", str(spec()), names=["torch", "sympy"])[0] == ["torch", "sympy"]


def first_paragraph(text):
    return " ".join(text.split("\n\n")[0].split())


@pytest.mark.parametrize("place", [*COMMANDS.values(), *CIFAR.values()], ids=lambda one: one.name)
def test_lists_say_what_commands_say(place: Place):
    command = place.load("name")
    assert first_paragraph(command.help) == first_paragraph(place.help)


def test_names_said_twice():
    """Light modules say again what heavy ones define."""
    assert get_args(ImagesName) == get_args(data.Name)
    assert LEDGER == ledger.DEFAULT
    assert "0 holds" in HELP


# Deferred modules ---------------------------------------------------------------------------------

DEFER = """
import sys
from reports.deferring import deferred
with deferred():
    import torch
    import torch
    from scipy import stats
    import claims.core.catalogue
    claims.core.catalogue.catalogue()
assert not {"torch._C", "scipy.stats._stats_py", "sympy.core"} & {*sys.modules}
"""
USES = {
    "an attribute": "assert torch.ones(2).sum().item() == 2",
    "from": "from torch import Tensor, nn; assert isinstance(torch.ones(1), Tensor); nn.ReLU()",
    "a submodule": "import torch.nn.functional as f; assert f.relu(torch.ones(1)).item() == 1",
    "scipy": "assert stats.norm.cdf(0) == 0.5; from scipy.stats import binom; binom.pmf(1, 2, 0.5)",
    "a pickle": (
        "import pickle; x = pickle.loads(pickle.dumps(torch.ones(2))); assert x.sum().item() == 2"
    ),
    "threads": (
        "from concurrent.futures import ThreadPoolExecutor as Pool\n"
        "with Pool(8) as pool:\n"
        "    assert {*pool.map(lambda k: torch.ones(k).sum().item() == k, range(32))} == {True}"
    ),
    "a worker": (
        "from concurrent.futures import ProcessPoolExecutor as Pool\n"
        "from multiprocessing import get_context\n"
        "from reports.studies.deciding import decide_by_ids\n"
        "from reports.studies.executors import begin_worker\n"
        "from claims.core.profile import PROFILES\n"
        "with Pool(1, mp_context=get_context('spawn'), initializer=begin_worker) as pool:\n"
        "    done = pool.submit(decide_by_ids, ['e5.scratch'], PROFILES['quick']).result()\n"
        "assert done[0].status.value == 'verified'"
    ),
    "one thread in a worker": (
        "from concurrent.futures import ProcessPoolExecutor as Pool\n"
        "from multiprocessing import get_context\n"
        "from claims.core.profile import PROFILES\n"
        "from reports.studies.deciding import decide_by_ids\n"
        "from reports.studies.executors import begin_worker\n"
        "loaded = \"'torch._C' in __import__('sys').modules\"\n"
        "algebra = ['gamma-printed.dimensionless']\n"
        "with Pool(1, mp_context=get_context('spawn'), initializer=begin_worker) as pool:\n"
        "    pool.submit(decide_by_ids, algebra, PROFILES['quick']).result()\n"
        "    assert not pool.submit(eval, loaded).result()\n"
        "    assert pool.submit(eval, \"__import__('torch').get_num_threads()\").result() == 1\n"
        "    assert pool.submit(eval, loaded).result()"
    ),
    "a formula": (
        "from claims.core.quantities import TAU_2; assert TAU_2.formula_latex and TAU_2.has_signal"
    ),
    "deciding here": (
        "from claims.core.profile import PROFILES\n"
        "from reports.studies.verify import decide\n"
        "from claims.core.catalogue import find\n"
        "assert decide(find('e1.step'), PROFILES['quick']).status.value == 'verified'"
    ),
}


@pytest.mark.parametrize("use", USES)
def test_a_deferred_module_is_the_module(use):
    code = f"{DEFER}{USES[use]}\n"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_compiled_functions_are_pickled_by_name():
    assert pickle.loads(pickle.dumps(tangent.train)) is tangent.train


def test_nothing_is_deferred_afterwards():
    before = [*sys.meta_path]
    with deferred():
        assert len(sys.meta_path) == len(before) + 1
    assert sys.meta_path == before

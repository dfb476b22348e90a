"""The checker of counterexamples: its networks, its test errors and its shares against those of
this project and of libraries, and what it says of the files that are kept.
"""

import ast
import importlib.util
import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from claims.core import findings
from claims.core.catalogue import find
from claims.core.constants import load
from model.regime import Regime
from model.sampling import Seeds, sample
from model.test_error import estimate_error
from model.transfer import inherit, train_task

PATH = findings.FOLDER.parent / "check_counterexample.py"
KEPT = {path.stem: path for path in sorted(findings.FOLDER.glob("*.json"))}


@pytest.fixture(scope="module")
def checker():
    spec = importlib.util.spec_from_file_location("check_counterexample", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def supported(checker, name):
    try:
        checker.supported(checker.read(KEPT[name]))
    except checker.RefusedError:
        return False
    return True


#: In one regime, and about test errors, losses or coefficients.
SUPPORTED = [
    *(name for name in KEPT if name.startswith(("theorem-4.2.error", "proposition-4.4.1", "m3."))),
    *("f3.diverges", "lemma-a1.gamma.printed", "m2.equal-steps"),
    *("m7.lazy.coefficients", "m7.lazy.orders"),
]
#: Networks that tell the share that fails from the one allowed, where not all of them fail; where
#: all do, two are enough.
SEVERAL = {
    "m7.lazy.orders": 120,
    "theorem-4.2.error-lower-restricted.gamma": 24,
    "theorem-4.2.error-lower.gamma": 8,
    "theorem-4.2.error-upper.tau-A": 8,
}

#: The reading that is true.
SHARP = {
    "claim": "theorem-4.2.error-upper.tau-D",
    "constants": {name: load()[name] for name in find("theorem-4.2.error-upper.tau-D").constants},
}


def changed(tmp_path, name, regime=None, **changes):
    """A kept file with some fields changed."""
    record = json.loads(KEPT[name].read_text(encoding="utf-8")) | changes
    record["regime"] = record["regime"] and record["regime"] | (regime or {})
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    return str(path)


# What it says of files ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", SUPPORTED)
def test_a_kept_counterexample_refutes(checker, capsys, name):
    regime = json.loads(KEPT[name].read_text(encoding="utf-8"))["regime"]
    networks = SEVERAL.get(name, 2 if max(regime["n1"], regime["n2"]) > 200 else 4)
    assert checker.main([str(KEPT[name]), "--networks", str(networks)]) == 0
    assert "the statement fails" in capsys.readouterr().out


@pytest.mark.parametrize("name", [name for name in KEPT if name not in SUPPORTED])
def test_other_kinds_are_named(checker, capsys, name):
    assert checker.main([str(KEPT[name])]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), f"{name} is not supported" in err) == ("", 1, True)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        # true statements, in the same regimes
        ("proposition-4.4.1", SHARP),
        ("lemma-a1.gamma.printed", {"claim": "lemma-a1.gamma"}),
        ("f3.diverges", {"regime": {"eta1": 2.3e-6, "eta2": 1.9e-5}}),
        # a regime outside the hypotheses
        ("theorem-4.2.error-lower.gamma", {"regime": {"n1": 400}}),
        ("theorem-4.2.error-upper.tau-A", {"regime": {"sigma0": 1e-6}}),
        ("m7.lazy.coefficients", {"regime": {"sigma0": 1e-9}}),
    ],
    ids=str,
)
def test_nothing_is_refuted_by_what_holds(checker, capsys, tmp_path, name, changes):
    path = changed(tmp_path, name, **changes)
    assert checker.main([path, "--networks", "6"]) == 1
    assert "not shown to fail" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "else"}, "must be"),
        ({"version": 1}, "version 2"),
        ({"constants": {}}, "theorem-4.2.tau-A.C_2"),
        ({"regime": {"n1": "many"}}, "finite numbers"),
        ({"claim": "theorem-4.2.error-upper.tau-E"}, "tau-E"),
    ],
    ids=str,
)
def test_refused(checker, capsys, tmp_path, changes, said):
    assert checker.main([changed(tmp_path, "proposition-4.4.1", **changes)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), said in err) == ("", 1, True)


def test_alone(tmp_path):
    """As a script, without the project: exit 2 for a file that is none, and all others checked."""
    files = [tmp_path / "absent.json", KEPT["f3.diverges"]]
    words = [sys.executable, "-I", str(PATH), *map(str, files), "--networks", "3"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "absent.json" in done.stderr
    assert "the statement fails" in done.stdout


def test_imports_nothing_of_the_project():
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for node in ast.walk(ast.parse(PATH.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported - sys.stdlib_module_names == {"numpy"}


# Against the project and libraries ----------------------------------------------------------------

REGIME = Regime(
    **{"u": 3.0, "v1": 2.0, "v2": 4.0, "cos_v": 0.3, "sigma1": 1.5, "sigma2": 0.7},
    **{"n1": 12, "n2": 9, "d": 900, "m": 5, "inherited": 2, "steps1": 30, "steps2": 40},
    **{"eta1": 0.01, "eta2": 0.02, "sigma0": 0.01},
)


def test_training_is_the_project_s(checker):
    """On one draw, both ways and upstream."""
    draw = sample(REGIME, Seeds(7, 1))

    def both(k, data, start):
        mine = checker.train(
            start[0].numpy(),
            checker.Task(
                np.pad(data.signal.numpy(), (0, start.shape[2] - len(data.signal))),
                data.noise[0].numpy(),
                data.labels[0].numpy(),
                *((REGIME.eta1, REGIME.steps1) if k == 1 else (REGIME.eta2, REGIME.steps2)),
            ),
        )
        theirs = train_task(REGIME, k, data, start)
        np.testing.assert_allclose(mine.loss, theirs.loss[0].numpy(), rtol=1e-10)
        np.testing.assert_allclose(
            mine.weights[len(mine.loss) - 1], theirs.weights[0].numpy(), atol=1e-12
        )
        return theirs.weights

    trained = both(1, draw.upstream, draw.start)
    both(2, draw.downstream, inherit(trained, draw.fresh, REGIME.inherited))


def test_test_errors_are_the_project_s(checker):
    """Of one network, within what both are known to."""
    seeds = Seeds(7, 1)
    draw = sample(REGIME, seeds)
    weights = train_task(REGIME, 2, draw.downstream, draw.fresh).weights
    theirs = estimate_error(weights, draw.downstream.signal, REGIME, 2, seeds, 4096)
    noise = checker.off_signals(weights[0].numpy(), REGIME.to_dict(), 2) * REGIME.sigma2
    on_signal = (weights[0] @ torch.as_tensor(draw.downstream.signal)).numpy()
    low, high = np.exp(checker.log_error(on_signal, noise, np.random.default_rng(0)))
    assert high < 2 * low
    assert low <= theirs.high.item()
    assert high >= theirs.low.item()


@pytest.mark.parametrize("explicit", [0, 10**4], ids=["rotated", "in R^d"])
def test_draws_have_the_law_of_normal_vectors(checker, monkeypatch, explicit):
    """Squared lengths and inner products, in either frame: mean and spread."""
    monkeypatch.setattr(checker, "EXPLICIT", explicit)
    d, count, squares, products = 300, 20, [], []
    for seed in range(200):
        drawn = checker.Draws(np.random.default_rng(seed), d, count).normal(count)
        gram = drawn @ drawn.T
        squares += [*np.diag(gram)]
        products += [*gram[np.triu_indices(count, 1)]]
    for values, mean, square in ((squares, d, 2 * d), (products, 0, d)):
        error = 5 * np.std(values) / np.sqrt(len(values))
        assert abs(np.mean(values) - mean) < error
        assert abs(np.var(values) / square - 1) < 5 * np.sqrt(2 / len(values)) * 1.5


@pytest.mark.parametrize(("failed", "of"), [(0, 8), (3, 8), (8, 8), (34, 192), (1, 500)])
def test_interval(checker, failed, of):
    theirs = binomtest(failed, of).proportion_ci(0.99, "exact")
    np.testing.assert_allclose(checker.interval(failed, of), theirs, atol=1e-9)


def test_which_are_supported(checker):
    assert [name for name in KEPT if supported(checker, name)] == [
        name for name in KEPT if name in SUPPORTED
    ]

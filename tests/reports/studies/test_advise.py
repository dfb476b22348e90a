"""Advice from the command line: from a specification, from data of its own, from files that may be
hostile; and what it measures beside what it predicts.
"""

import io
import json
import math
import pickle
import zipfile
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from claims.observing.errors import LINES
from claims.predicting.advice import advise as predict
from claims.predicting.estimation import estimate
from model.regime import RegimeError
from model.sampling import Seeds, noise_rank, sample
from model.test_error import estimate_error
from model.transfer import run_trial
from reports.studies import advise
from reports.studies.sweep.spec import from_groups

GROUPS = {
    "n1": 10,
    "n2": 12,
    "d": 200,
    "m": 4,
    "inherited": 2,
    "tau_2": 1.0,
    "X": 1.0,
    "Y": 1.2,
    "duration": 3.0,
}
REGIME = from_groups(GROUPS)


@pytest.fixture
def run(run):
    """Run `transfer-claims advise ARGUMENTS` in an empty folder: exit code, standard output,
    standard error.
    """
    return partial(run, "advise")


@pytest.fixture
def spec(tmp_path):
    def write(regime=REGIME, **changes):
        path = tmp_path / "spec.json"
        path.write_text(json.dumps(regime.to_dict() | {"seeds": 3, "seed": 4} | changes))
        return path

    return write


def told(result):
    code, out, err = result
    assert (code, err.strip()) == (0, ""), err
    return json.loads(out)


def refused(result):
    """Exit 2, and one line."""
    code, out, err = result
    assert (code, out) == (2, ""), (code, out, err)
    assert err.startswith("transfer-claims: ")
    assert len(err.splitlines()) == 1, err
    return err


# From a specification -----------------------------------------------------------------------------


def test_json(run, spec):
    """What those who script against it may count on."""
    found, advice = told(run(spec(), "--json")), predict(REGIME)
    assert set(found) == {
        "transfer",
        "inherited",
        "alpha",
        "alpha_star",
        "scratch",
        "advised",
        "nearest_alpha_star",
        "choices",
        "quantities",
        "lengths",
        "data",
    }
    assert (found["transfer"], found["inherited"], found["alpha"]) == (
        advice.transfer,
        advice.best.inherited,
        advice.best.alpha,
    )
    assert found["alpha_star"] == pytest.approx(1 / 1.2)
    shown = [found["scratch"], found["advised"], found["nearest_alpha_star"]]
    assert [choice["inherited"] for choice in shown] == [
        0,
        advice.best.inherited,
        advice.nearest_star.inherited,
    ]
    assert [choice["inherited"] for choice in found["choices"]] == [0, 1, 2, 3, 4]
    for choice in (*found["choices"], *shown):
        one = advice.choices[choice["inherited"]]
        assert choice == {
            "inherited": one.inherited,
            "alpha": one.alpha,
            "law": one.error,
            "tau_D": one.tau_d,
            "measured": None,
        }
    assert set(found["quantities"]) == {"tau_2", "tau_D", "X", "Y", "q_1", "q_2"}
    assert found["quantities"]["tau_D"] == advice.best.tau_d  # of the share that is advised
    assert found["lengths"] == {
        name: getattr(REGIME, name) for name in ("u", "v1", "v2", "sigma1", "sigma2")
    }


@pytest.mark.parametrize("inherited", [0, 4])
def test_own_share_does_not_matter(run, spec, inherited):
    assert told(run(spec(inherited=inherited), "--json")) == told(run(spec(), "--json"))


@pytest.mark.parametrize(
    ("groups", "words"), [({}, "transfer: inherit"), ({"Y": 300.0, "X": 30.0}, "do not transfer")]
)
def test_for_people(run, spec, groups, words):
    code, out, _ = run(spec(from_groups(GROUPS | groups)))
    assert code == 0
    assert words in " ".join(out.split())


def test_where_the_law_cannot_tell(run, spec):
    code, out, _ = run(spec(from_groups(GROUPS | {"tau_2": 300.0, "Y": 1.05, "X": 0.1})))
    assert code == 0
    assert "cannot tell the shares apart" in " ".join(out.split())


@pytest.mark.parametrize(
    "change", [{"u": 0.0, "v2": 0.0}, {"u": -1}, {"m": 0}, {"seeds": 0}], ids=str
)
def test_refused_specification(run, spec, change):
    refused(run(spec(**change)))


def test_no_universal_signal(run, spec):
    """Y has no value; JSON has no infinity."""
    found = told(run(spec(u=0.0), "--json"))
    assert (found["quantities"]["Y"], found["transfer"], found["alpha_star"]) == (None, False, 0.0)


@pytest.mark.parametrize("m", [1, 2, 7, 40])
def test_shown(m):
    """Both ends, what is advised, and no more than a screen."""
    advice = predict(replace(REGIME, m=m, inherited=0))
    numbers = [choice.inherited for choice in advise.shown(advice)]
    assert numbers == sorted(set(numbers))
    assert {0, m, advice.best.inherited, advice.nearest_star.inherited} <= set(numbers)
    assert len(numbers) <= 9


# Measured -----------------------------------------------------------------------------------------


def test_simulate(run, spec):
    """Every choice that is shown, on the specification's own seeds."""
    found = told(run(spec(), "--simulate", "--json"))
    expected = {cost.inherited: cost for cost in advise.costs(REGIME, Seeds(4, 3), [0, 1, 2, 3, 4])}
    for choice in (*found["choices"], found["scratch"], found["advised"]):
        cost = expected[choice["inherited"]]
        assert choice["measured"] == {"mean": cost.mean, "low": cost.low, "high": cost.high}
    code, out, _ = run(spec(), "--simulate")
    assert (code, "measured" in out) == (0, True)


def test_costs_are_trials():
    """As if each number were the regime's own, on common seeds."""
    seeds = Seeds(4, 5)
    for cost in advise.costs(REGIME, seeds, [0, 3]):
        trial = run_trial(replace(REGIME, inherited=cost.inherited), seeds)
        errors = estimate_error(
            trial.transfer.weights, trial.draw.downstream.signal, REGIME, 2, seeds, LINES
        ).value.numpy()
        assert cost.mean == pytest.approx(errors.mean(), rel=1e-9)
        assert cost.high - cost.mean == pytest.approx(
            8.6103 * errors.std(ddof=1) / math.sqrt(5), rel=1e-3
        )  # Student's, 4 degrees, 0.0005


def test_interval_covers():
    """The mean of 400 seeds, from 8 at a time: each misses one in a thousand times."""
    found = [advise.costs(REGIME, Seeds(1, 8, first=8 * k), [2])[0] for k in range(50)]
    means = [cost.mean for cost in found]
    truth = np.mean(means)
    assert sum(not cost.low <= truth <= cost.high for cost in found) <= 2
    half = np.mean([cost.high - cost.mean for cost in found])
    assert (
        3.5 < half / np.std(means, ddof=1) < 7.5
    )  # 5.4 for 7 degrees: wide enough to be true, not so wide as to say nothing


def test_one_seed_says_nothing():
    """But is JSON."""
    (cost,) = advise.costs(REGIME, Seeds(0, 1), [1])
    assert (cost.low, cost.high) == (0.0, 1.0)


# From data ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data():
    """Both sets of one draw: patches in random order (N, 2, dim), padded to d, and labels."""
    draw, generator, found = sample(REGIME, Seeds(4, 1)), np.random.default_rng(0), []
    for one in (draw.upstream, draw.downstream):
        labels, noise = one.labels[0].numpy(), one.noise[0].numpy()
        patches = np.zeros((len(labels), 2, REGIME.d))
        patches[:, 0, : noise.shape[1]], patches[:, 1, : noise.shape[1]] = (
            labels[:, None] * one.signal.numpy(),
            noise,
        )
        swap = generator.random(len(labels)) < 0.5
        patches[swap] = patches[swap, ::-1]
        found.append((patches, labels))
    return found


@pytest.fixture
def files(data, tmp_path):
    """The same in archives; changes go to the target's."""

    def write(**changes):
        paths = tmp_path / "source.npz", tmp_path / "target.npz"
        for path, (patches, labels), more in zip(paths, data, ({}, changes), strict=True):
            np.savez(
                path,
                **{
                    name: x
                    for name, x in ({"patches": patches, "labels": labels} | more).items()
                    if x is not None
                },
            )
        return "--source", paths[0], "--target", paths[1]

    return write


def believed(data):
    """The regime that both sets make believe, by the estimates' own function."""
    sets = [(labels[:, None] * patches.sum(1))[None] for patches, labels in data]
    return estimate(*sets, (noise_rank(REGIME, 1), noise_rank(REGIME, 2))).regimes(REGIME)[0]


def test_files_are_data(run, spec, files, data):
    """What an archive says is what the same data say in memory."""
    made = believed(data)
    found = told(run(spec(), *files(), "--json"))
    assert found["lengths"] == pytest.approx(
        {name: getattr(made, name) for name in found["lengths"]}, rel=1e-9
    )
    assert found["scratch"]["law"] == pytest.approx(predict(made).scratch.error, rel=1e-6)
    assert found["lengths"] != pytest.approx(
        {name: getattr(REGIME, name) for name in found["lengths"]}, rel=1e-3
    )


def test_estimate_is_the_same_from_a_draw(run, spec, files):
    """--estimate with all of the target, and files of that very draw."""
    drawn, filed = (
        told(run(spec(), "--estimate", REGIME.n2, "--json")),
        told(run(spec(), *files(), "--json")),
    )
    assert drawn["lengths"] == pytest.approx(filed["lengths"], rel=1e-9)


def test_estimate_takes_so_many(run, spec):
    few, all_ = (
        told(run(spec(), "--estimate", size, "--json"))["lengths"] for size in (3, REGIME.n2)
    )
    assert [few[name] == all_[name] for name in ("sigma1", "sigma2")] == [True, False]


def test_sizes_of_files(data, files):
    """The source's size is the file's; the target's, which is trained on, the specification's."""
    _, source, _, target = files(patches=data[1][0][:5], labels=data[1][1][:5])
    made = advise.from_files(replace(REGIME, n1=99), source, target).regime
    assert (made.n1, made.n2) == (10, 12)


def test_integers(run, spec, files):
    generator = np.random.default_rng(1)
    told(
        run(
            spec(),
            *files(
                patches=generator.integers(-3, 4, (6, 2, 200)).astype(np.int8),
                labels=np.array([1, -1, 1, -1, 1, 1], np.int8),
            ),
            "--json",
        )
    )


def noisy(data, size, shrunk):
    """So many examples of the target, its signal times a factor."""
    patches, labels = (x[:size] for x in data[1])
    signal = np.zeros(REGIME.d)
    draw = sample(REGIME, Seeds(4, 1)).downstream.signal.numpy()
    signal[: len(draw)] = draw
    is_signal = np.abs(patches - labels[:, None, None] * signal).max(2, keepdims=True) < 1e-12
    assert is_signal.sum() == size
    return {"patches": np.where(is_signal, shrunk * patches, patches), "labels": labels}


def test_what_data_show(run, spec, files, data):
    """The signal's square, what noise alone makes of it, and whether that tells them apart."""
    found = told(run(spec(), *files(), "--json"))["data"]
    assert {name: signal["examples"] for name, signal in found.items()} == {
        "source": 10,
        "target": 12,
    }
    for name, rank, sigma, square in (
        ("source", 1, REGIME.sigma1, REGIME.u**2 + REGIME.v1**2),
        ("target", 2, REGIME.sigma2, REGIME.u**2 + REGIME.v2**2),
    ):
        signal, n = found[name], found[name]["examples"]
        deviation = sigma**2 * math.sqrt(2 * noise_rank(REGIME, rank) / (n * (n - 1)))
        assert signal["deviation"] == pytest.approx(deviation, rel=0.2)
        assert abs(signal["square"] - square) < 5 * math.hypot(
            deviation, 2 * sigma * math.sqrt(square / n)
        )
        assert signal["told"] == (signal["square"] > 2 * signal["deviation"])
    assert told(run(spec(), "--json"))["data"] == {}


def test_a_guess(run, spec, files, data):
    """Too few examples to tell: advice, and that it is a guess, and how many would do."""
    seen = {}
    for shrunk in np.linspace(0, 4, 21):
        code, out, err = run(spec(), *files(**noisy(data, 6, shrunk)))
        seen[
            (
                "refused"
                if code
                else "guess"
                if "a guess: 6 target examples" in out.replace("\n", " ")
                else "told"
            )
        ] = shrunk
        assert code == 0 or "target = 6: examples show no signal" in err
    assert list(seen) == ["refused", "guess", "told"]  # as the signal grows


def test_enough_would_be(data, files):
    """Of a signal that is what it seems, so many examples are just enough: the deviation falls like
    1/n.
    """
    _, source, _, target = files()
    signal = advise.from_files(REGIME, source, target).signals["target"]
    there = replace(
        signal, examples=signal.enough, deviation=signal.deviation * signal.examples / signal.enough
    )
    short = replace(
        signal,
        examples=signal.enough - 2,
        deviation=signal.deviation * signal.examples / (signal.enough - 2),
    )
    assert there.told
    assert not short.told


class Hostile:
    """Leaves a file when unpickled."""

    def __reduce__(self):
        return open, ("unpickled", "w")


P, L = np.ones((6, 2, 200)), np.ones(6)
HOSTILE = {
    "pickled patches": ({"patches": np.array([Hostile()], object)}, "must be a NumPy archive"),
    "pickled labels": ({"labels": np.array([Hostile()] * 12, object)}, "must be a NumPy archive"),
    "no patches": ({"patches": None}, "must be a NumPy archive"),
    "no labels": ({"labels": None}, "must be a NumPy archive"),
    **{
        f"patches {x.shape}": ({"patches": x, "labels": L}, "with d = 200")
        for x in (P[:, 0], P[:, :1], P[..., :-1], P[..., None], np.ones(6), np.array(1.0))
    },
    **{
        f"patches {x}": ({"patches": np.where(P > 0, x, 0), "labels": L}, "numbers")
        for x in (math.nan, math.inf, 1e200, 1j)
    },
    "patches are words": ({"patches": P.astype(str), "labels": L}, "numbers"),
    "patches are true": ({"patches": P > 0, "labels": L}, "numbers"),
    "one number is NaN": (
        {"patches": np.where(np.arange(P.size).reshape(P.shape) == 777, math.nan, P), "labels": L},
        "numbers",
    ),
    **{
        f"labels {x}": ({"patches": P, "labels": np.where(np.arange(6) == 3, x, L)}, "1 or -1")
        for x in (0, 2, math.nan, 0.999)
    },
    "too few labels": ({"patches": P, "labels": L[:5]}, "1 or -1"),
    "labels in a column": ({"patches": P, "labels": L[:, None]}, "1 or -1"),
    "labels are words": ({"patches": P, "labels": L.astype(str)}, "1 or -1"),
    "labels are true": ({"patches": P, "labels": L > 0}, "1 or -1"),
    "one example": ({"patches": P[:1], "labels": L[:1]}, "target = 1"),
    "no examples": ({"patches": P[:0], "labels": L[:0]}, "target = 0"),
    "nothing but zeros": ({"patches": 0 * P, "labels": L}, "show no signal"),
}


@pytest.mark.parametrize(("changes", "words"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_arrays(run, spec, files, changes, words, tmp_path):
    """Nothing in a file is run, and nothing in it is believed unchecked."""
    assert words in refused(run(spec(), *files(**changes), "--json"))
    assert not (tmp_path / "unpickled").exists()


def archive(**arrays):
    np.savez(buffer := io.BytesIO(), **arrays)
    return buffer.getvalue()


def lying():
    """A header that promises a quadrillion numbers."""
    np.lib.format.write_array_header_1_0(
        header := io.BytesIO(), {"descr": "<f8", "fortran_order": False, "shape": (10**13, 2, 200)}
    )
    with zipfile.ZipFile(whole := io.BytesIO(), "w") as packed:
        for name in ("patches.npy", "labels.npy"):
            packed.writestr(name, header.getvalue())
    return whole.getvalue()


def array():
    np.save(buffer := io.BytesIO(), P)
    return buffer.getvalue()


GOOD = archive(patches=P, labels=L)
BYTES = {
    "empty": b"",
    "text": b"hello",
    "a pickle": pickle.dumps(Hostile()),
    "one array": array(),
    "an empty archive": archive(),
    "not arrays": b"PK\x05\x06" + bytes(18),
    "lying header": lying(),
    **{f"cut off at {share}": GOOD[: round(share * len(GOOD))] for share in (0.1, 0.5, 0.99)},
}


@pytest.mark.parametrize("content", BYTES.values(), ids=BYTES)
@pytest.mark.parametrize("which", ["source", "target"])
def test_hostile_bytes(run, spec, files, content, which, tmp_path):
    arguments = files()
    (tmp_path / f"{which}.npz").write_bytes(content)
    refused(run(spec(), *arguments))
    assert not (tmp_path / "unpickled").exists()


def test_flipped_bits(data, files):
    """Damage anywhere in a packed archive is a refusal, or none: never another exception."""
    _, source, _, target = files()
    np.savez_compressed(target, patches=data[1][0], labels=data[1][1])
    raw, refusals = target.read_bytes(), 0
    for where in range(0, len(raw), len(raw) // 80):
        target.write_bytes(raw[:where] + bytes([raw[where] ^ 0xFF]) + raw[where + 1 :])
        try:
            advise.from_files(REGIME, source, target)
        except RegimeError:
            refusals += 1
    assert refusals > 40


def test_too_large(run, spec, files, monkeypatch, tmp_path):
    arguments = files()
    monkeypatch.setattr(advise, "_LARGEST_FILE", (tmp_path / "target.npz").stat().st_size - 1)
    assert "must be at most" in refused(run(spec(), *arguments))


def test_too_large_unpacked(run, spec, files, monkeypatch, tmp_path):
    """A small file can hold a large one."""
    arguments = files()
    np.savez_compressed(
        tmp_path / "source.npz", patches=np.zeros((500, 2, 200)), labels=np.ones(500)
    )
    monkeypatch.setattr(advise, "_LARGEST_FILE", 10**6)
    assert (tmp_path / "source.npz").stat().st_size < 10**5
    assert "unpacked" in refused(run(spec(), *arguments))


def test_no_file(run, spec, files):
    _, source, _, _ = files()
    assert "absent.npz" in refused(run(spec(), "--source", source, "--target", "absent.npz"))


@pytest.mark.parametrize("size", [13, 1, 0, -1, "x"])
def test_impossible_size(run, spec, size):
    refused(run(spec(), "--estimate", size))


@pytest.mark.parametrize("size", [0, 1, 13])
def test_size_in_python(size):
    with pytest.raises(RegimeError, match=f"^estimate = {size}: must be from 2 to n2 = 12"):
        advise.drawn(REGIME, Seeds(0, 1), size)


def test_options_that_exclude_each_other(run, spec, files):
    _, source, _, target = files()
    for arguments in (
        ("--source", source),
        ("--target", target),
        ("--source", source, "--target", target, "--estimate", 5),
    ):
        assert "go together" in refused(run(spec(), *arguments))

"""Estimates from data: unbiased, as sharp as the docstring says, blind to order and patches, and
refusing or clipping what no regime can have.

Means over seeds are compared within five standard errors; the planted errors at the end are dozens
away.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from examples import regime

from claims.core import quantities
from claims.predicting import estimation
from claims.predicting.estimation import TOLD, enough, estimate, nothing_seen, summed
from model.regime import RegimeError
from model.sampling import Seeds, noise_rank, sample

#: Signals many deviations from zero, so that nothing is clipped.
CLEAR = regime(n1=10, n2=12, d=400, m=2, signal=20.0, universal=0.6, sigma1=1.0, sigma2=0.7)
SMALL = regime(n1=8, n2=10, d=80, m=2, signal=30.0, universal=0.5, sigma1=0.8, sigma2=0.5)
SEEDS = Seeds(7, 1500)


def sets(made, seeds):
    """y times the sum of both patches: source and target."""
    draw = sample(made, seeds, "law" if made.rest >= made.n1 + made.n2 + 4 * made.m else "explicit")
    return tuple(
        summed(data.noise, data.signal, data.labels) for data in (draw.upstream, draw.downstream)
    )


def ranks(made):
    return noise_rank(made, 1), noise_rank(made, 2)


@pytest.fixture(
    scope="module", params=[CLEAR, SMALL, replace(CLEAR, v1=0.0)], ids=["large", "small", "no v1"]
)
def drawn(request):
    """A regime, its data on many seeds."""
    return request.param, *sets(request.param, SEEDS)


def truth(made):
    return {
        "signal_1": made.u**2 + made.v1**2,
        "signal_2": made.u**2 + made.v2**2,
        "universal": made.u**2,
        "sigma_1": made.sigma1**2,
        "sigma_2": made.sigma2**2,
    }


def distances(found, made):
    """How many standard errors each mean over seeds lies from the truth; noise levels squared, as
    they are without bias.
    """
    columns = {name: getattr(found, name) for name in truth(made)}
    columns = {
        name: column**2 if name.startswith("sigma") else column for name, column in columns.items()
    }
    return {
        name: (
            abs(columns[name].mean() - value)
            / (columns[name].std() / math.sqrt(len(columns[name])))
        )
        for name, value in truth(made).items()
    }


# Without bias -------------------------------------------------------------------------------------


def test_unbiased(drawn):
    """Where ||u||^2 cannot exceed a signal's square, that is: with v_1 = 0 they are the same
    number, and the lesser is taken.
    """
    made, source, target = drawn
    found = estimate(source, target, ranks(made))
    away = distances(found, made)
    if made.v1 == 0:
        assert away.pop("universal") > 5  # clipped from above half of the time
    assert max(away.values()) < 5, away


def test_cross_product_is_unbiased_where_it_is_clipped(drawn):
    """The number before it is clipped."""
    made, source, target = drawn
    raw = np.einsum("sd,sd->s", source.mean(1), target.mean(1))
    assert abs(raw.mean() - made.u**2) < 5 * raw.std() / math.sqrt(len(raw))


@pytest.mark.parametrize("n", [2, 3, 6, 12])
def test_deviation(n):
    """sigma_2^2 sqrt(2 d)/n of ||s_2||^2, as the docstring says, with n(n - 1) for n^2; sqrt(2
    N_2/tau_2)/n relative.
    """
    made = replace(CLEAR, u=math.sqrt(200.0), d=4000)  # nothing is clipped even from two examples
    source, target = sets(made, SEEDS)
    spread = estimate(source, target[:, :n], ranks(made)).signal_2.std()
    claimed, exactly = made.sigma2**2 * math.sqrt(2 * made.d) / n, math.sqrt(n / (n - 1))
    assert spread == pytest.approx(claimed * exactly, rel=0.1)
    relative = math.sqrt(2 * made.n2 / quantities.catalogue()["tau_2"](made)) / n
    assert claimed / (made.u**2 + made.v2**2) == pytest.approx(relative, rel=1e-12)


def test_ranks_are_used():
    """In few dimensions d and the rank of the noise are not the same number."""
    made = regime(n1=40, n2=40, d=8, m=1, inherited=0, signal=9.0)
    source, target = sets(made, SEEDS)
    assert ranks(made) == (6, 6)
    good, bad = estimate(source, target, (6, 6)), estimate(source, target, (8, 8))
    assert all(distances(good, made)[name] < 5 for name in ("sigma_1", "sigma_2"))
    assert all(distances(bad, made)[name] > 20 for name in ("sigma_1", "sigma_2"))
    assert (bad.sigma_1 / good.sigma_1).tolist() == pytest.approx([math.sqrt(6 / 8)] * SEEDS.count)


def test_more_examples_are_closer():
    """The estimate of a regime, from 40 and from 1000 examples."""
    off = []
    for n in (40, 1000):
        made = regime(n1=n, n2=n, d=60, m=1, inherited=0, signal=4.0)
        found = estimate(*sets(made, Seeds(1, 4)), ranks(made)).regimes(made)
        off.append(
            max(
                abs(getattr(one, name) / getattr(made, name) - 1)
                for one in found
                for name in ("u", "v1", "v2", "sigma1", "sigma2")
            )
        )
    assert off[1] < 0.1 < off[0]


# What does not matter -----------------------------------------------------------------------------


def same(first, second):
    for name in ("signal_1", "signal_2", "universal", "sigma_1", "sigma_2"):
        np.testing.assert_allclose(getattr(first, name), getattr(second, name), rtol=1e-9)


def test_order_of_examples():
    source, target = sets(CLEAR, Seeds(3, 5))
    generator = np.random.default_rng(0)
    moved = source[:, generator.permutation(CLEAR.n1)], target[:, generator.permutation(CLEAR.n2)]
    same(estimate(source, target, ranks(CLEAR)), estimate(*moved, ranks(CLEAR)))


def test_both_patches_are_summed():
    """y (y s + xi), whichever of the two came first."""
    draw = sample(CLEAR, Seeds(3, 2))
    data, labels = draw.downstream, draw.downstream.labels.numpy()[..., None]
    patches = np.stack([labels * data.signal.numpy(), data.noise.numpy()], 2)
    swap = np.random.default_rng(0).random(labels.shape) < 0.5
    mixed = np.where(swap[..., None], patches[:, :, ::-1], patches)
    assert (mixed != patches).any()
    np.testing.assert_allclose(
        labels * mixed.sum(2), summed(data.noise, data.signal, data.labels), rtol=1e-12
    )


def test_roles():
    """Source and target exchanged: everything is, and what they share is not."""
    source, target = sets(CLEAR, Seeds(3, 5))
    one, other = (
        estimate(source, target, ranks(CLEAR)),
        estimate(target, source, ranks(CLEAR)[::-1]),
    )
    np.testing.assert_allclose(one.universal, other.universal, rtol=1e-12)
    assert (one.signal_1 == other.signal_2).all()
    assert (one.sigma_2 == other.sigma_1).all()


# What no regime can have --------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize("which", ["source", "target"])
def test_too_few(which, n):
    """In the name of the set."""
    both = dict(zip(("source", "target"), sets(CLEAR, Seeds(0, 2)), strict=True))
    with pytest.raises(
        RegimeError, match=f"^{which} = {n}: must hold two examples or more"
    ) as caught:
        estimate(**(both | {which: both[which][:, :n]}), ranks=ranks(CLEAR))
    assert caught.value.field == which


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize(
    "change",
    [
        {"sigma1": 1e8, "sigma2": 1e8},
        {"sigma2": 1e8},
        {"sigma1": 1e8},
        {"sigma1": 1e-12, "sigma2": 1e-12},
    ],
    ids=str,
)
def test_any_noise_makes_a_regime(change, size):
    """However far below its noise a signal is, or the reverse: positive norms, no more shared than
    there is.
    """
    made = replace(CLEAR, **change)
    source, target = sets(made, Seeds(5, 40))
    found = estimate(source, target[:, :size], ranks(made))
    for one in found.regimes(made):  # a Regime checks its fields
        assert min(one.u, one.sigma1, one.sigma2) > 0
        assert one.cos_v == 0.0
    assert (found.universal <= np.minimum(found.signal_1, found.signal_2)).all()


@pytest.mark.parametrize("n", [3, 12])
def test_what_noise_alone_shows(n):
    """Without a signal: the deviation is the one given, half of the estimates come out negative and
    are replaced, and few pass for told.
    """
    made = replace(CLEAR, u=0.0, v1=0.0, v2=1e-9)
    found = estimate(*(data[:, :n] for data in sets(made, SEEDS)), ranks(made))
    raw = np.where(found.signal_2 > 1e-6, found.signal_2, 0.0)
    assert (raw**2).mean() == pytest.approx(
        (found.deviation_2**2).mean() / 2, rel=0.2
    )  # of the half that is not replaced
    replaced = [
        nothing_seen(float(s), float(sigma), ranks(made)[1])
        for s, sigma in zip(found.signal_2, found.sigma_2, strict=True)
    ]
    assert np.mean(replaced) == pytest.approx(0.5, abs=0.05)
    assert np.mean(found.signal_2 > TOLD * found.deviation_2) < 0.06


def test_enough():
    """The least number of examples, one over, at which a square would be told; the deviation falls
    like 1/n.
    """
    assert enough(square=4.0, deviation=1.0, n=10) == 6
    assert enough(square=1.0, deviation=10.0, n=3) == 61


def test_what_stays():
    """Sizes, steps and initial weights."""
    source, target = sets(CLEAR, Seeds(5, 1))
    (one,) = estimate(source, target, ranks(CLEAR)).regimes(CLEAR)
    changed = {name for name, value in one.to_dict().items() if value != CLEAR.to_dict()[name]}
    assert changed == {"u", "v1", "v2", "sigma1", "sigma2"}


# Planted ------------------------------------------------------------------------------------------


def without_labels(noise, signal, labels):
    """Signal and noise each with the wrong sign half of the time."""
    return np.asarray((labels.unsqueeze(-1) * signal + noise).numpy())


def with_own_products(data, rank):
    """The mean of all pairs, an example with itself among them."""
    square = np.einsum("sd,sd->s", data.mean(1), data.mean(1))
    return square, np.sqrt(
        np.maximum(np.einsum("snd,snd->s", data, data) / data.shape[1] - square, 1e-9) / rank
    )


def with_half_the_rank(data, rank):
    return NORMS(data, rank // 2)


NORMS = estimation._norms


def test_labels_ignored_is_caught():
    draw = sample(CLEAR, SEEDS)
    wrong = estimate(
        *(
            without_labels(data.noise, data.signal, data.labels)
            for data in (draw.upstream, draw.downstream)
        ),
        ranks(CLEAR),
    )
    away = distances(wrong, CLEAR)
    assert min(away["signal_1"], away["signal_2"], away["universal"], away["sigma_1"]) > 10


@pytest.mark.parametrize("wrong", [with_own_products, with_half_the_rank])
def test_wrong_norms_are_caught(monkeypatch, wrong):
    source, target = sets(CLEAR, SEEDS)
    monkeypatch.setattr(estimation, "_norms", wrong)
    assert max(distances(estimate(source, target, ranks(CLEAR)), CLEAR).values()) > 10

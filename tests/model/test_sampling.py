"""Data and initial filters: noise of the right law at both levels, the two levels alike in law, one
seed one draw.

Statistical tests are exact (chi-square, binomial, Kolmogorov-Smirnov) at LEVEL each, so that with
some 200 of them the file fails by chance with probability below 1e-6. Seeds are arbitrary and
fixed.
"""

from itertools import pairwise

import numpy as np
import pytest
import torch
from examples import KINDS, compare, regime
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from model import sampling
from model.regime import RegimeError
from model.sampling import Seeds, fresh_noise, noise_rank, projected, projection, sample, signals

LEVEL = 1e-9
LEVELS = ("law", "explicit")
KINDS_OF_SIGNAL = {
    name: regime(n1=5, n2=4, m=2, d=40, **change)
    for name, change in {
        "plain": {},
        "cosine": {"cos_v": 0.6},
        "aligned": {"cos_v": 1.0},
        "opposed": {"cos_v": -1.0},
        "no-universal": {"u": 0.0, "cos_v": -0.3},
        "no-upstream": {"v1": 0.0, "cos_v": 0.8},
        "no-downstream": {"v2": 0.0},
        "no-signal": {"u": 0.0, "v1": 0.0, "v2": 0.0},
        "unequal": {"u": 1e-6, "v2": 1e6, "cos_v": 0.3},
    }.items()
}
every_kind = pytest.mark.parametrize("made", KINDS_OF_SIGNAL.values(), ids=KINDS_OF_SIGNAL)
every_level = pytest.mark.parametrize("level", LEVELS)
every_task = pytest.mark.parametrize("index", [1, 2])


def task_noise(draw, index):
    return (draw.upstream if index == 1 else draw.downstream).noise


def rank_of_square(values, scale):
    """Two-sided p-value of sum (x / scale)^2 as chi-square, over the entries of `values`."""
    below = chi2.cdf(float((values / scale).square().sum()), values.numel())
    return 2 * min(below, 1 - below)


def tensors(draw):
    up, down = draw.upstream, draw.downstream
    return [
        up.signal,
        up.noise,
        up.labels,
        down.signal,
        down.noise,
        down.labels,
        draw.start,
        draw.fresh,
    ]


# The signals --------------------------------------------------------------------------------------


@every_kind
def test_signals_have_the_regime_s_geometry(made):
    u, v1, v2 = signals(made)
    assert [x.norm().item() for x in (u, v1, v2)] == pytest.approx(
        [made.u, made.v1, made.v2], rel=1e-15
    )
    assert u @ v1 == 0
    assert u @ v2 == 0
    assert (v1 @ v2).item() == pytest.approx(made.cos_v * made.v1 * made.v2, rel=1e-15)


@every_kind
@every_level
@every_task
def test_signal_patch_is_u_plus_own_v(made, level, index):
    draw = sample(made, Seeds(0, 1), level)
    u, v1, v2 = signals(made)
    signal = (draw.upstream if index == 1 else draw.downstream).signal
    assert torch.equal(signal[:3], u + (v1 if index == 1 else v2))
    assert not signal[3:].any()


@every_kind
@every_task
def test_projection(made, index):
    """P is an orthogonal projection, of the rank that statement B1 counts."""
    p = projection(made, index)
    torch.testing.assert_close(p @ p, p, rtol=0, atol=1e-15)
    assert torch.equal(p, p.T)
    assert round(p.trace().item()) + made.rest == noise_rank(made, index)


@pytest.mark.parametrize("scale", [1e-160, 1e-200, 1e160, 1e200])
def test_projection_at_any_scale(scale):
    """Directions do not depend on lengths (E3), even where a square leaves the floating-point
    numbers.
    """
    reference = regime(cos_v=0.6)
    scaled = regime(
        cos_v=0.6, u=reference.u * scale, v1=reference.v1 * scale, v2=reference.v2 * scale
    )
    torch.testing.assert_close(projection(scaled, 2), projection(reference, 2), rtol=0, atol=1e-15)


# Noise --------------------------------------------------------------------------------------------


@every_kind
@every_level
@every_task
def test_noise_is_orthogonal_to_own_signals(made, level, index):
    u, v1, v2 = signals(made)
    noise = task_noise(sample(made, Seeds(1, 20), level), index)[..., :3]
    for vector in (u, v1 if index == 1 else v2):
        assert (noise @ vector).abs().max() <= 1e-14 * made.task(index).sigma * vector.norm()


@every_level
@every_task
def test_support(level, index):
    """What products leave out is 0, and no more is left out; each pair has one product."""
    draw = sample(KINDS_OF_SIGNAL["cosine"], Seeds(3, 4), level)
    data = draw.upstream if index == 1 else draw.downstream
    outside = data.noise[..., data.supported.shape[-1] :]
    assert not outside.any()
    assert data.supported[:, -1, -1].all()
    torch.testing.assert_close(data.gram, torch.bmm(data.noise, data.noise.transpose(1, 2)))
    assert torch.equal(data.gram, data.gram.transpose(1, 2))
    torch.testing.assert_close(
        data.on_noise(draw.fresh), torch.bmm(draw.fresh, data.noise.transpose(1, 2))
    )


@pytest.mark.parametrize(
    "made", [KINDS_OF_SIGNAL["plain"], KINDS_OF_SIGNAL["cosine"]], ids=["plain", "cosine"]
)
@every_level
@every_task
def test_noise_overlaps_the_other_task_s_signal(made, level, index):
    """<xi, v_other> has variance sigma^2 ||v_other||^2 (1 - cos^2): what own v does not take
    away.
    """
    _, v1, v2 = signals(made)
    overlap = task_noise(sample(made, Seeds(2, 200), level), index)[..., :3] @ (
        v2 if index == 1 else v1
    )
    scale = (
        made.task(index).sigma * (made.v2 if index == 1 else made.v1) * (1 - made.cos_v**2) ** 0.5
    )
    assert rank_of_square(overlap, scale) > LEVEL


@every_kind
@every_level
@every_task
def test_noise_covariance(made, level, index):
    """sigma^2 P: in the explicit coordinates along P's own directions, in the rest by squared
    length.
    """
    noise = task_noise(sample(made, Seeds(3, 200), level), index)
    sigma = made.task(index).sigma
    _, directions = torch.linalg.eigh(projection(made, index))
    for direction in directions[:, 3 - (noise_rank(made, index) - made.rest) :].T:
        assert rank_of_square(noise[..., :3] @ direction, sigma) > LEVEL
    below = chi2.cdf(
        float(noise[..., 3:].square().sum()) / sigma**2, noise[..., 0].numel() * made.rest
    )
    assert 2 * min(below, 1 - below) > LEVEL


@every_task
def test_noise_of_a_fresh_example(index):
    """Test patches have the law of training patches."""
    made = KINDS_OF_SIGNAL["cosine"]
    noise = fresh_noise(made, index, 2000, np.random.default_rng(4))
    u, v1, v2 = (torch.nn.functional.pad(x, (0, made.rest)) for x in signals(made))
    own, other = (v1, v2) if index == 1 else (v2, v1)
    assert noise.shape == (2000, made.d)
    assert (noise @ torch.stack([u, own], 1)).abs().max() <= 1e-14
    sigma = made.task(index).sigma
    assert (
        rank_of_square(noise @ other, sigma * other.norm().item() * 0.8) > LEVEL
    )  # sin of the angle
    assert rank_of_square(noise[:, 3:], sigma) > LEVEL


@every_level
def test_initial_filters_are_isotropic(level):
    made = KINDS_OF_SIGNAL["cosine"]
    draw = sample(made, Seeds(5, 200), level)
    for filters in (draw.start, draw.fresh):
        assert rank_of_square(filters[..., :3], made.sigma0) > LEVEL
        below = chi2.cdf(
            float(filters[..., 3:].square().sum()) / made.sigma0**2,
            filters[..., 0].numel() * made.rest,
        )
        assert 2 * min(below, 1 - below) > LEVEL


@every_level
def test_labels_are_fair(level):
    draw = sample(regime(n1=20, n2=15, d=70), Seeds(6, 200), level)
    for labels in (draw.upstream.labels, draw.downstream.labels):
        assert set(labels.unique().tolist()) == {-1.0, 1.0}
        assert binomtest(int((labels > 0).sum()), labels.numel()).pvalue > LEVEL


@every_task
def test_projected(index):
    """P_k w takes the own signals out of a filter and nothing else."""
    made = KINDS_OF_SIGNAL["cosine"]
    weights = sample(made, Seeds(7, 3), "explicit").fresh
    u, v1, v2 = (torch.nn.functional.pad(x, (0, made.rest)) for x in signals(made))
    own = v1 if index == 1 else v2
    expected = weights - sum(
        torch.einsum("srd,d,e->sre", weights, x, x) / (x @ x) for x in (u, own)
    )
    torch.testing.assert_close(projected(weights, made, index), expected, rtol=0, atol=1e-15)


# The two levels -----------------------------------------------------------------------------------

#: Dimensions just enough for law level: there a Wishart matrix is furthest from a Gaussian one.
TIGHT = regime(n1=3, n2=2, m=1, d=12, cos_v=0.6)


def gram_entries(made, seeds, level):
    """Inner products between vectors of every kind, each (seeds,)."""
    draw = sample(made, seeds, level)
    xi1, xi2, w1, w2 = draw.upstream.noise, draw.downstream.noise, draw.start, draw.fresh
    s1, s2 = draw.upstream.signal, draw.downstream.signal
    entries = {
        "||xi||^2": xi1[:, 0].square().sum(1),
        "||xi'||^2, last patch": xi2[:, -1].square().sum(1),
        "||w||^2, last filter": w2[:, -1].square().sum(1),
        "<xi_1, xi_2>": (xi1[:, 0] * xi1[:, 1]).sum(1),
        "<xi, xi'>, two tasks": (xi1[:, 0] * xi2[:, 0]).sum(1),
        "<xi, w>": (xi1[:, 1] * w1[:, 0]).sum(1),
        "<xi', w'>": (xi2[:, 1] * w2[:, 1]).sum(1),
        "<w, w'>": (w1[:, 1] * w2[:, 0]).sum(1),
        "<xi, s of the other task>": xi1[:, 2] @ s2,
        "<w, s>": w1[:, 0] @ s1,
        "det": torch.linalg.slogdet(w2 @ w2.transpose(1, 2)).logabsdet,
    }
    return {name: value.numpy() for name, value in entries.items()}


def test_levels_have_the_same_gram_matrix_in_law():
    law, explicit = (
        gram_entries(TIGHT, Seeds(8, 1000), "law"),
        gram_entries(TIGHT, Seeds(9, 1000), "explicit"),
    )
    worst = min(compare(law, explicit).items(), key=lambda item: item[1])
    assert worst[1] > LEVEL, worst


def test_a_wrong_wishart_would_be_seen(monkeypatch):
    """Control: degrees of freedom that do not fall from row to row."""
    right = sampling._bartlett

    def wrong(generator, dimension, factor):
        right(generator, dimension, factor)
        np.fill_diagonal(factor, np.sqrt(generator.chisquare(dimension, len(factor))))

    monkeypatch.setattr(sampling, "_bartlett", wrong)
    assert (
        min(
            compare(
                gram_entries(TIGHT, Seeds(8, 1000), "law"),
                gram_entries(TIGHT, Seeds(9, 1000), "explicit"),
            ).values()
        )
        < LEVEL
    )


def test_largest_dimension():
    """At law level 2^53 dimensions cost what twelve do; squared lengths concentrate at
    1/sqrt(d).
    """
    made = regime(d=10**18)
    draw = sample(made, Seeds(10, 4), "law")
    torch.testing.assert_close(
        draw.upstream.noise.square().sum(2) / (made.sigma1**2 * made.d),
        torch.ones(4, made.n1, dtype=torch.float64),
        rtol=0,
        atol=1e-6,
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [({"d": 11}, "d"), ({"n1": 30, "d": 12}, "n1"), ({"n2": 30, "d": 12}, "n2"), ({"m": 30}, "d")],
)
def test_law_level_needs_dimensions(change, field):
    made = regime(**({"n1": 3, "n2": 2, "m": 1, "d": 12} | change))
    with pytest.raises(RegimeError, match="at law level") as caught:
        sample(made, Seeds(0, 1), "law")
    assert (caught.value.field, caught.value.value) == (field, getattr(made, field))
    assert sample(made, Seeds(0, 1), "explicit").start.shape == (1, 2 * made.m, made.d)


@pytest.mark.parametrize("name", KINDS)
def test_explicit_level_takes_any_regime(name):
    made = KINDS[name]
    shapes = [
        (made.d,),
        (3, made.n1, made.d),
        (3, made.n1),
        (made.d,),
        (3, made.n2, made.d),
        (3, made.n2),
        (3, 2 * made.m, made.d),
        (3, 2 * made.m, made.d),
    ]
    draw = tensors(sample(made, Seeds(0, 3), "explicit"))
    assert [tuple(x.shape) for x in draw] == shapes
    assert all(bool(torch.isfinite(x).all()) for x in draw)


@pytest.mark.parametrize(
    ("change", "level", "count", "field"),
    [
        ({"n1": 10**9}, "explicit", 1, "n1"),
        ({"n2": 10**5, "d": 10**7}, "law", 1, "n2"),
        ({"m": 10**5, "d": 10**7}, "law", 1, "m"),
        ({"d": 10**9}, "explicit", 1, "d"),
        ({"d": 10**5}, "explicit", 10**6, "d"),
    ],
)
def test_oversized_draw_is_refused(change, level, count, field):
    """Before any memory is taken, and in the name of the field that makes it so large."""
    with pytest.raises(RegimeError, match="GiB") as caught:
        sample(regime(**change), Seeds(0, count), level)
    assert caught.value.field == field


# Seeds --------------------------------------------------------------------------------------------


@every_level
def test_a_seed_is_the_same_in_any_batch(level):
    made = KINDS_OF_SIGNAL["cosine"]
    batch = tensors(sample(made, Seeds(11, 5, first=2), level))
    for k in range(5):
        alone = tensors(sample(made, Seeds(11, 1, first=2 + k), level))
        assert all(
            torch.equal(many if many.dim() == 1 else many[k], one if one.dim() == 1 else one[0])
            for many, one in zip(batch, alone, strict=True)
        )


def keys(seeds, stream=0):
    return [g.bit_generator.seed_seq.spawn_key for g in seeds.generators(stream)]


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(
    root=st.integers(0, 2**128),
    first=st.integers(0, 2**31),
    counts=st.lists(st.integers(1, 8), min_size=2, max_size=6),
)
def test_after_never_overlaps(root, first, counts):
    chain = [Seeds(root, counts[0], first)]
    for count in counts[1:]:
        chain.append(chain[-1].after(count))
    used = [key for seeds in chain for key in keys(seeds)]
    assert len(set(used)) == len(used) == sum(counts)
    assert {seeds.root for seeds in chain} == {root}
    assert all(b.first == a.first + a.count for a, b in pairwise(chain))
    assert set(used).isdisjoint(keys(Seeds(root, 8, first), stream=1))


@pytest.mark.parametrize("other", [Seeds(12, 1, first=1), Seeds(13, 1)], ids=["seed", "root"])
def test_other_seeds_draw_other_numbers(other):
    first, second = (tensors(sample(TIGHT, seeds, "law")) for seeds in (Seeds(12, 1), other))
    assert not torch.isin(first[1][first[1] != 0], second[1]).any()


def test_streams_draw_other_numbers():
    a, b = (Seeds(12, 1).generators(stream)[0].standard_normal(100) for stream in (0, 1))
    assert not np.isin(a, b).any()

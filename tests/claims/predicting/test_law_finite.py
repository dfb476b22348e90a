"""The law at finitely many samples and filters: its parts against direct computation, its limits,
tiny errors and extreme inputs.
"""

import math
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from examples import regime
from scipy.stats import binom

from claims.core import quantities
from claims.observing.class_sizes import with_counts
from claims.predicting.law import (
    IncomputableError,
    Moments,
    finite_scratch,
    memorised,
    positive_part,
    scratch_error,
    scratch_errors_by_class,
)
from claims.predicting.law.cascade import Cascade, cascade
from claims.predicting.law.counted import chances, counted, grid
from claims.predicting.law.fields import field_correlation
from claims.predicting.law.imbalance import (
    LEAST,
    Sizes,
    class_shares,
    deviations,
    errors_by_class,
    finite_scratch_error,
    fitted,
    noise_scale,
    opposition,
    output_moments,
)
from claims.predicting.law.quadrature import hermite
from claims.predicting.law.stepped import memory
from claims.predicting.law.threshold import finite_threshold, with_signal
from model.regime import RegimeError
from model.sampling import Seeds, sample
from model.scales import in_unit
from model.test_error import estimate_error
from model.transfer import train_task

MADE = regime(n1=60, n2=60, d=10**6, m=20, inherited=8, signal=128.0, sigma2=1.0, h=0.2, steps=200)
MOMENTS = counted(0.4, 40.0, 0.05, 16)


def sizes(**changes):
    return replace(Sizes(n=60, m=16, tau=4.0, h=0.4, crowded=0.01), **changes)


@pytest.mark.parametrize("n", [1, 2, 23])
def test_every_class_size(n):
    """All N + 1 of them, with binomial probabilities, where they are few."""
    f, weights = class_shares(n)
    assert f == pytest.approx(2 * np.arange(n + 1) / n, abs=1e-9)
    assert weights == pytest.approx(binom.pmf(np.arange(n + 1), n, 0.5), abs=1e-12)


@pytest.mark.parametrize("n", [24, 60, 1000])
@pytest.mark.parametrize("rate", [0.5, 6.0])
def test_gauss_over_class_sizes(n, rate):
    """A mean that rare imbalances dominate: E exp(-rate N_+ ...), in closed form."""
    f, weights = class_shares(n)
    tilt = rate / math.sqrt(n) * n / 2
    assert weights @ np.exp(-tilt * (f - 1)) == pytest.approx(math.cosh(tilt / n) ** n, rel=1e-6)


@pytest.mark.parametrize("m", [1, 4, 64, 65, 1000])
@pytest.mark.parametrize("pi", [0.0, 0.5, 0.83, 1.0])
def test_chances(m, pi):
    """Binomial: total, mean and variance."""
    mass, shares = chances(np.array([pi]), m)[0], grid(m)
    assert mass.sum() == pytest.approx(1)
    assert mass @ shares == pytest.approx(pi, abs=1e-3)
    assert mass @ shares**2 - pi**2 == pytest.approx(pi * (1 - pi) / m, abs=2e-3)


def at_once(share, steps):
    """All filters join before the first step."""
    return Cascade(share, 0.0, 0.0, 0.0, 0.0, 0.0, (share, *[0.0] * steps))


def test_small_steps_memorise_as_in_the_limit():
    """x + e^x = P h T + 1, whatever happens beyond the cascade's end."""
    shares = np.array([0.1, 0.5, 1.0])
    for reach in (10.0, 400.0):
        found = memory(at_once(0.8, 20_000), reach, shares)
        assert found.first == pytest.approx(memorised(shares, reach), rel=2e-3)
        assert found.output == pytest.approx(shares * found.first, rel=1e-9)
        assert found.square == pytest.approx(shares * found.first**2, rel=1e-9)


def test_steps_filter_by_filter():
    """Ten filters of which five, then two, then one join: their coefficients, written out."""
    run = Cascade(0.8, 0.0, 0.0, 0.0, 0.0, 0.0, (0.5, 0.2, 0.1, 0.0))
    found = memory(run, 3.0, np.array([0.8]))
    coefficients = np.zeros(10)
    for active in (5, 7, 8):
        coefficients[:active] += 1.0 / (1 + math.exp(coefficients.sum() / 10))
    assert found.first[0] == pytest.approx(coefficients[0])
    assert found.output[0] == pytest.approx(coefficients.mean())
    assert found.square[0] == pytest.approx((coefficients**2).mean())


@pytest.mark.parametrize("zeta", [0.02, 0.5])
def test_fields_while_filters_switch(zeta):
    """More alike than independent sets, less than the sets at the end; deterministic."""
    found = field_correlation(0.4, 40.0, zeta)
    assert 0.5 < found < counted(0.4, 40.0, zeta, 1000).r < cascade(0.4, 40.0, zeta).share + 0.05
    assert (
        field_correlation.__wrapped__ is not None
        if hasattr(field_correlation, "__wrapped__")
        else field_correlation(0.4, 40.0, zeta) == found
    )


def test_more_filters_tend_to_the_limit():
    moments = [counted(0.4, 40.0, 0.05, m) for m in (16, 64, 256, 10**6, 10**18)]
    off = [abs(one.r - moments[-1].r) for one in moments]
    assert off[0] > off[1] > off[2] > off[3]
    assert off[3] < 1e-5
    assert moments[3].v == pytest.approx(moments[4].v, rel=1e-4)


@pytest.mark.parametrize("tau", [0.3, 3.0, 15.0, 30.0])
def test_many_samples_and_filters_are_the_limit(tau):
    """L1, with the same moments."""
    moments = counted(0.4, 40.0, 0.05, 10**9)
    (opposed,) = opposition(moments, *np.ones((3, 1)))
    limit = scratch_error(tau, Moments(moments.m_1, moments.v, moments.r, 0.0, opposed))
    found = finite_scratch_error(sizes(n=10**12, m=10**9, tau=tau, crowded=0.0), moments)
    assert found == pytest.approx(limit, rel=0.02)


def simulated(made, moments, f, draws=2 * 10**6):
    """Plain draws of what the error's formula is made of: the two signs' outputs, and the signal.
    Gaussian: no skewness.
    """
    g, other, h, other_h, z = np.random.default_rng(0).standard_normal((5, draws))
    kappa = made.crowded * moments.m_1 / moments.output
    own, others = (memorised_beside(moments.output, kappa * part) for part in (f, 2 - f))
    c = float(opposition(moments, f, own, others))
    other = -c * g + math.sqrt(1 - c**2) * other
    right, wrong = (
        np.maximum(psi + deviation * normal, 0) * noise(moments, part, memorised)
        for (psi, deviation), normal, part, memorised in (
            (given_field(made, moments, g), h, f, own),
            (given_field(made, moments, other), other_h, 2 - f, others),
        )
    )
    m_1 = own * moments.m_1 * math.exp(moments.m_1_slope * (f - 1))
    spread = 1 + math.sqrt(2 / (made.n * f) * moments.signal_spread) * z
    signal = math.sqrt(made.tau / 2 / moments.v) * (f * m_1 * spread + made.h / 2 * (1 - f))
    return np.mean(wrong - right > signal)


def memorised_beside(output, kappa, steps=200_000):
    """What is memorised beside a signal that fits too, over what is alone, in small steps."""
    time = output + math.expm1(output)
    beside = 0.0
    for _ in range(steps):
        beside += time / steps / (1 + math.exp((1 + kappa) * beside))
    return beside / output


def given_field(made, moments, g):
    """An output's mean, and its deviation by independent parts."""
    one = output_moments(g, moments.r, made.n)
    of_samples = one.mean**2 * moments.noise_spread / (2 * made.n)
    return one.mean, np.sqrt(one.variance / made.m + one.varied + of_samples)


def noise(moments, f, memorised):
    """The scale of a class's noise: of its own samples, and what is left behind on the others."""
    of_own = f * memorised**2 * math.exp(moments.v_slope * (f - 1)) * (1 - moments.left)
    return math.sqrt(of_own + (2 - f) * moments.left)


@pytest.mark.parametrize("f", [0.4, 1.0, 1.5])
@pytest.mark.parametrize("changes", [{}, {"m": 4, "n": 30}, {"tau": 0.5, "crowded": 0.1}], ids=str)
def test_simulated(f, changes):
    """The quadrature is that of the formula."""
    made, moments = sizes(**changes), replace(MOMENTS, signal_skew=0.0)
    (found,) = errors_by_class(made, moments, np.array([f]))
    direct = simulated(made, moments, f)
    assert found == pytest.approx(direct, rel=0.02, abs=5 * math.sqrt(direct / 2e6))


def test_one_output():
    """Its cumulants by plain draws, with so many samples that each leaves the same deviation."""
    draws = np.random.default_rng(0).standard_normal(10**6)
    for g in (-2.0, 0.0, 1.5):
        outputs = np.maximum(math.sqrt(0.7) * g + math.sqrt(0.3) * draws, 0)
        found = output_moments(np.array([g]), 0.7, 10**9)
        assert found.mean[0] == pytest.approx(outputs.mean(), abs=3e-3)
        assert found.variance[0] == pytest.approx(outputs.var(), rel=2e-2)
        third = ((outputs - outputs.mean()) ** 3).mean()
        assert found.third[0] == pytest.approx(third, rel=5e-2, abs=1e-4)
        assert found.varied[0] < 1e-9
        mean = positive_part(np.array([math.sqrt(0.7) * g]), math.sqrt(0.3))[0]
        assert found.mean[0] == pytest.approx(mean)


@pytest.mark.parametrize("skew", [0.0, 0.5, -0.5, 1.5, 100.0])
def test_deviations(skew):
    """Mean, variance and third cumulant at Gauss's nodes; and what is skewed beyond measure."""
    nodes, weights = hermite(10)
    (found,) = deviations(np.array([4.0]), np.array([8.0 * skew]), nodes)
    assert np.all(np.diff(found) >= 0)
    if abs(skew) < 1:
        assert found @ weights == pytest.approx(0, abs=0.01)
        assert found**2 @ weights == pytest.approx(4, rel=0.01)
        assert found**3 @ weights == pytest.approx(8 * skew, rel=0.02, abs=0.05)
    if skew == 100.0:  # as an exponential variable: never more than a deviation below
        assert found[0] == pytest.approx(-2)


@pytest.mark.parametrize("g", [-1.0, 0.0, 1.0, 2.5])
def test_fresh_noise_of_few_samples(g):
    """The noise of a fresh example is n/2 Gaussians, one direction of them the common field. Given
    that it is g: the mean of many filters' outputs, and how it varies with the other directions.
    """
    n, r = 40, 0.7
    rest = np.random.default_rng(0).standard_normal((10**5, n // 2 - 1))
    # A filter's own coefficients see the length of the noise alone.
    deviation = np.sqrt((1 - r) * (g**2 + (rest**2).sum(1)) / (n // 2))
    outputs = positive_part(np.full(len(rest), math.sqrt(r) * g), deviation)
    found = output_moments(np.array([g]), r, n)
    assert found.mean[0] == pytest.approx(outputs.mean(), rel=0.02)
    assert found.varied[0] == pytest.approx(outputs.var(), rel=0.25, abs=1e-6)


@pytest.mark.parametrize("h", [0.4, 2.0])
def test_what_is_left_behind(h):
    """Half of the other class's samples have a step of h/2 each, at the least: of that the mean and
    the mean square are in the law, and with them the noise of a class grows as it shrinks.
    """
    run = cascade(h, 40.0, 0.05)
    found = counted(h, 40.0, 0.05, 16)
    assert run.other >= h / 4
    assert run.left >= h**2 / 8
    assert found.left == pytest.approx(run.left / found.v)
    few, many = (float(noise_scale(found, f, 1.0)) for f in (0.5, 1.5))
    assert noise_scale(found, 1.0, 1.0) == pytest.approx(1)
    alone = replace(found, left=0.0)
    assert few > noise_scale(alone, 0.5, 1.0)
    assert many < noise_scale(alone, 1.5, 1.0)


@pytest.mark.parametrize("zeta", [0.01, 0.3])
def test_a_small_class_is_pushed_more(zeta):
    """In units of its own noise: by the other class in the first step, and by the initial weights.
    Between half and three halves of the samples its moments move as the slopes say.
    """
    few, many = (cascade(0.4, 40.0, zeta, f) for f in (0.5, 1.5))
    found = counted(0.4, 40.0, zeta, 16)
    assert math.exp(found.m_1_slope) == pytest.approx(many.first / few.first, rel=0.01)
    assert math.exp(found.v_slope) == pytest.approx(many.square / few.square, rel=0.02)


@pytest.mark.parametrize("output", [1e-15, 1e-3, 3.0, 40.0, 300.0])
@pytest.mark.parametrize(("start", "kappa"), [(0.0, 0.0), (0.0, 0.3), (2.0, 0.1), (-5.0, 0.1)])
def test_what_a_signal_leaves_to_memorise(output, start, kappa):
    """The two sides of the equation, in logarithms where they are large."""
    y = float(fitted(output, start, kappa)) * (1 + kappa) * output
    left = y + math.exp(start) * math.expm1(y)
    right = (1 + kappa) * (output + math.expm1(output))
    assert left == pytest.approx(right, rel=1e-9)
    assert start != 0 or kappa != 0 or y == pytest.approx(output)


def test_a_large_signal_leaves_nothing():
    for start in (40.0, 800.0):
        assert 0 <= fitted(3.0, start, 0.1) < 1e-12


def test_a_crowding_signal():
    """The first step is learned before anything fits: signals never turn against their class."""
    errors = [finite_scratch(with_signal(MADE, factor)) for factor in (1e4, 1e8, 1e12)]
    assert max(errors) < 1e-4


def test_the_signs_are_opposed():
    """Where classes are equal by what the moments say; the more, the fewer samples one of them has,
    until its filters hold nothing but what the other class has left behind.
    """
    one = np.array([1.0, 0.5, 1.5, 0.0])
    found = opposition(MOMENTS, one, np.ones(4), np.ones(4))
    common = 2 * MOMENTS.output * MOMENTS.left_mean
    assert found[0] == pytest.approx(common / (MOMENTS.r * MOMENTS.v))
    assert found[0] < found[1] == pytest.approx(found[2], rel=0.05)
    assert found[3] > 0.9
    assert opposition(
        replace(MOMENTS, left_mean=0.0), one, np.ones(4), np.ones(4)
    ) == pytest.approx(0.0)


@pytest.mark.parametrize("positive", [0, 2, 6])
@pytest.mark.parametrize("h", [0.4, 2.0])
def test_networks_of_unequal_classes(positive, h):
    """With 20 samples, so many of them of one class: also none, where its filters hold nothing but
    what the other class has left behind.
    """
    made = regime(
        n1=1, n2=20, d=20_000, m=20, inherited=0, signal=math.sqrt(1e3), sigma2=1.0, h=h, zeta=0.05
    )
    made = replace(made, steps2=round(40 / h))
    seeds = Seeds(3, 400)
    draw = sample(made, seeds)
    data = with_counts(draw.downstream, np.full(400, positive))
    weights = train_task(made, 2, data, draw.fresh).weights
    measured = estimate_error(weights, data.signal, made, 2, seeds, 64).value.mean().item()
    f = positive / 10
    foretold = scratch_errors_by_class(made, np.array([f, 2 - f])).mean()
    assert math.log(measured / foretold) == pytest.approx(0, abs=0.08)


@pytest.mark.parametrize("n", [20, 60, 1000])
def test_without_signal_one_half(n):
    """The two classes are alike."""
    assert finite_scratch_error(sizes(n=n, tau=0.0), MOMENTS) == pytest.approx(0.5, abs=0.004)


def test_the_smaller_class_errs_more():
    errors = errors_by_class(sizes(h=0.0), MOMENTS, np.linspace(0.0, 2.0, 21))
    assert np.all(np.diff(errors) < 0)
    assert errors[0] > 0.65
    assert errors[-1] < 1e-4


def test_tiny_errors():
    """They fall with tau all along, far below what counting could see, and never below `LEAST`;
    with more samples imbalance is rarer.
    """
    errors = [finite_scratch_error(sizes(n=400, tau=tau), MOMENTS) for tau in range(10, 200, 10)]
    assert np.all(np.diff(np.log(errors)) < 0)
    assert errors[-1] < 1e-20
    assert finite_scratch_error(sizes(n=10**6, tau=1e6), MOMENTS) == LEAST
    few, many = (finite_scratch_error(sizes(n=n, tau=30.0), MOMENTS) for n in (20, 200))
    assert many < few / 30


def test_one_class_alone():
    """With N samples all are of one class with probability 2^(1 - N), and then half of all fresh
    examples err, whatever tau; but for what the first step, if it is large, has taught them.
    """
    alone, moments = sizes(n=10, tau=1e4, h=0.0, crowded=0.0), replace(MOMENTS, left=0.0)
    assert finite_scratch_error(alone, moments) == pytest.approx(2.0**-10, rel=0.2)
    assert finite_scratch_error(replace(alone, h=0.4), MOMENTS) < 2.0**-15


@pytest.mark.parametrize("factor", [10.0, 1e-100, 1e100])
def test_scale_does_not_matter(factor):
    """E3: lengths times a factor, sigma_0 divided by it, eta by its square."""
    scaled = in_unit(MADE, factor)
    assert finite_scratch(scaled) == pytest.approx(finite_scratch(MADE), rel=1e-6)


def test_upstream_does_not_matter():
    assert finite_scratch(replace(MADE, n1=30, sigma1=7.0, inherited=0)) == finite_scratch(MADE)


def test_of_a_regime():
    """The mean over classes of what each errs; the regime's own scales."""
    f, weights = class_shares(MADE.n2)
    by_class = scratch_errors_by_class(MADE, f)
    assert finite_scratch(MADE) == pytest.approx(float(weights @ by_class))
    named = quantities.catalogue()
    made = Sizes(
        60, 20, named["tau_2"](MADE), named["h_2"](MADE), named["q_2"](MADE) * 60 / 2 / MADE.d
    )
    moments = counted(made.h, made.h * 200, named["zeta_2"](MADE), 20)
    assert finite_scratch(MADE) == pytest.approx(finite_scratch_error(made, moments), rel=1e-12)


@pytest.mark.parametrize(
    "changes",
    [{"n2": 1}, {"m": 1, "inherited": 0}, {"n2": 10**9, "d": 10**18}, {"m": 10**12}, {"steps2": 1}],
    ids=str,
)
def test_extreme_sizes(changes):
    """No more than one half, but for the quadrature; of one sample, where the law is not meant to
    hold, little more.
    """
    most = 0.55 if changes.get("n2") == 1 else 0.501
    assert LEAST <= finite_scratch(replace(MADE, **changes)) <= most


def test_refused():
    """One line that names the scales, where no number holds them."""
    with pytest.raises(IncomputableError, match="h_2 = "):
        finite_scratch(replace(MADE, sigma2=1e-160))


@pytest.mark.parametrize("name", ["u", "v2", "eta2", "sigma0"])
@pytest.mark.parametrize("exponent", [-300, -100, -9, 9, 100, 160, 300])
def test_any_lengths(name, exponent):
    """A probability, or one clear refusal."""
    with suppress(IncomputableError):
        assert LEAST <= finite_scratch(replace(MADE, **{name: 10.0**exponent})) <= 1


# Thresholds ---------------------------------------------------------------------------------------


def tau(regime):
    return quantities.catalogue()["tau_2"](regime)


@pytest.mark.parametrize("factor", [1e-3, 0.5, 1.0, 7.0])
def test_signals_alone_change(factor):
    changed = with_signal(MADE, factor)
    assert tau(changed) == pytest.approx(factor * tau(MADE))
    lengths = {name: getattr(changed, name) for name in ("u", "v1", "v2")}
    assert replace(MADE, **lengths) == changed
    assert changed.u / changed.v2 == pytest.approx(MADE.u / MADE.v2)


@pytest.mark.parametrize("error", [0.3, 0.1, 1e-3])
def test_the_law_foretells_the_error_at_its_threshold(error):
    found = finite_threshold(MADE, error)
    assert finite_scratch(with_signal(MADE, found / tau(MADE))) == pytest.approx(error, rel=1e-4)


def test_a_threshold_does_not_depend_on_the_signal_that_one_begins_with():
    begun = [finite_threshold(with_signal(MADE, factor)) for factor in (1e-2, 1.0, 30.0)]
    assert begun == pytest.approx([begun[0]] * 3, rel=1e-4)


def test_of_any_law():
    """error = exp(-tau)/2 is 0.1 where tau = ln 5."""
    found = finite_threshold(MADE, law=lambda regime: math.exp(-tau(regime)) / 2)
    assert found == pytest.approx(math.log(5))


@pytest.mark.parametrize("error", [0.6, 1e-30])
def test_no_threshold(error):
    with pytest.raises(RegimeError, match="has no threshold"):
        finite_threshold(MADE, error)


def test_large_initial_weights_lower_it():
    """What a user of C_1 would want to know: by a third."""
    small, large = (
        finite_threshold(replace(MADE, sigma0=factor * MADE.sigma0)) for factor in (0.01, 5.0)
    )
    assert large < 0.75 * small

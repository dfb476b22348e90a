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
    errors_by_class,
    finite_scratch_error,
    output_moments,
)
from claims.predicting.law.stepped import memory
from claims.predicting.law.threshold import finite_threshold, with_signal
from model.regime import RegimeError
from model.scales import in_unit

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
    return Cascade(share, 0.0, 0.0, 0.0, 0.0, (share, *[0.0] * steps))


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
    run = Cascade(0.8, 0.0, 0.0, 0.0, 0.0, (0.5, 0.2, 0.1, 0.0))
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
    limit = scratch_error(tau, Moments(moments.m_1, moments.v, moments.r, 0.0, moments.opposed))
    found = finite_scratch_error(sizes(n=10**12, m=10**9, tau=tau, crowded=0.0), moments)
    assert found == pytest.approx(limit, rel=0.02)


def simulated(made, moments, f, draws=2 * 10**6):
    """Plain draws of what the error's formula is made of: the two signs' outputs, and the signal.
    Gaussian: no skewness.
    """
    g, other, h, other_h, z, x = np.random.default_rng(0).standard_normal((6, draws))
    c, r = moments.opposed, moments.r
    other = -c * g + math.sqrt(1 - c**2) * other
    psi, variance = output_moments(g, r)
    wrong, wrong_variance = output_moments(other, r)
    kappa = made.crowded * moments.m_1 / moments.output
    own, others = 1 / (1 + kappa * f), 1 / (1 + kappa * (2 - f))
    noise = moments.noise_spread / (2 * made.n)
    right = np.maximum(psi + np.sqrt(variance / made.m + psi**2 * noise) * h, 0)
    wrong = np.maximum(
        wrong + np.sqrt(wrong_variance / made.m) * other_h + wrong * math.sqrt(noise) * x, 0
    )
    spread = 1 + math.sqrt(2 / (made.n * f) * moments.signal_spread) * z
    signal = math.sqrt(made.tau / 2 / moments.v) * (
        own * f * moments.m_1 * spread + made.h / 2 * (1 - f)
    )
    return np.mean(others * math.sqrt(2 - f) * wrong - own * math.sqrt(f) * right > signal)


@pytest.mark.parametrize("f", [0.4, 1.0, 1.5])
@pytest.mark.parametrize("changes", [{}, {"m": 4, "n": 30}, {"tau": 0.5, "crowded": 0.1}], ids=str)
def test_simulated(f, changes):
    """The quadrature is that of the formula."""
    made, moments = sizes(**changes), replace(MOMENTS, signal_skew=0.0)
    (found,) = errors_by_class(made, moments, np.array([f]))
    direct = simulated(made, moments, f)
    assert found == pytest.approx(direct, rel=0.02, abs=5 * math.sqrt(direct / 2e6))


def test_variance_of_outputs():
    """V(g), by plain draws."""
    draws = np.random.default_rng(0).standard_normal(10**6)
    for g in (-2.0, 0.0, 1.5):
        outputs = np.maximum(math.sqrt(0.7) * g + math.sqrt(0.3) * draws, 0)
        psi, variance = output_moments(np.array([g]), 0.7)
        assert psi[0] == pytest.approx(outputs.mean(), abs=3e-3)
        assert variance[0] == pytest.approx(outputs.var(), rel=2e-2)
        assert psi[0] == pytest.approx(
            positive_part(np.array([math.sqrt(0.7) * g]), math.sqrt(0.3))[0]
        )


@pytest.mark.parametrize("n", [20, 60, 1000])
def test_without_signal_one_half(n):
    """The two classes are alike."""
    assert finite_scratch_error(sizes(n=n, tau=0.0), MOMENTS) == pytest.approx(0.5, abs=0.004)


def test_the_smaller_class_errs_more():
    errors = errors_by_class(sizes(h=0.0), MOMENTS, np.linspace(0.0, 2.0, 21))
    assert np.all(np.diff(errors) < 0)
    assert errors[0] > 0.95
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
    alone = sizes(n=10, tau=1e4, h=0.0, crowded=0.0)
    assert finite_scratch_error(alone, MOMENTS) == pytest.approx(2.0**-10, rel=0.2)
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
    assert LEAST <= finite_scratch(replace(MADE, **changes)) <= 0.5 + 1e-6


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

"""Two tasks of the model, seen in sets with several classes: what is planted is found again, chance
makes nothing alike, and what does not matter does not.

Means over data sets are compared within five standard errors.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ortho_group

from claims.core import quantities
from claims.predicting import contrasts
from claims.predicting.contrasts import Contrast, Labelled, believed, error, forecast, seen
from model.regime import RegimeError

CLASSES, D, EACH = 5, 40, 30


def drawn(seed, means, spread=1.0, each=EACH):
    """Examples of classes with these means, (classes, D), and isotropic noise."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(np.arange(len(means)), each))
    return Labelled(means[labels] + spread * rng.standard_normal((len(labels), D)), labels)


def means(seed, size=1.0):
    """Of classes; differences of all pairs have the same length on average."""
    made = np.random.default_rng(seed).standard_normal((CLASSES, D)) * size
    return made - made.mean(0)


def half_square(made):
    """||s||^2 of a mean contrast."""
    pairs = [(a, b) for a in range(len(made)) for b in range(a)]
    return float(np.mean([((made[a] - made[b]) ** 2).sum() / 4 for a, b in pairs]))


def averaged(cases):
    """Means and standard errors of the fields of several contrasts."""
    values = np.array([list(vars(one).values()) for one in cases])
    error = values.std(0, ddof=1) / math.sqrt(len(values))
    return Contrast(*values.mean(0)), Contrast(*error)


def test_of_the_same_task_twice_everything_is_shared():
    made = means(0)
    found, error = averaged(
        [seen(drawn((1, k), made), drawn((2, k), made, 0.5)) for k in range(60)]
    )
    truth = half_square(made)
    for name in ("signal_1", "signal_2", "shared"):
        assert abs(getattr(found, name) - truth) < 5 * getattr(error, name) + 0.02 * truth
    assert found.noise_1 == pytest.approx(D, rel=0.03)
    assert found.noise_2 == pytest.approx(D / 4, rel=0.03)
    assert found.dimension == pytest.approx(D, rel=0.05)


def test_what_is_alike_by_chance_is_not_alike_again():
    """The source has no signal at all: the most alike of its contrasts is noise."""
    nothing, made = np.zeros((CLASSES, D)), means(0)
    cases = [seen(drawn((3, k), nothing), drawn((4, k), made)) for k in range(200)]
    found, error = averaged(cases)
    assert abs(found.shared) < 5 * error.shared
    assert error.shared < 0.02 * half_square(made)


def test_chosen_and_compared_on_the_same_half_chance_would_look_alike(monkeypatch):
    """The planted error: without a second half, noise shares a signal."""
    halves = contrasts._halves
    monkeypatch.setattr(contrasts, "_halves", lambda *given: (halves(*given)[0],) * 2)
    nothing, made = np.zeros((CLASSES, D)), means(0)
    found, error = averaged([seen(drawn((3, k), nothing), drawn((4, k), made)) for k in range(50)])
    assert found.shared > 10 * error.shared


def test_a_part_that_is_shared_is_found():
    """Of a target's signal, half of the square lies in the source's."""
    both, own, other = (means(seed) for seed in (5, 6, 7))
    rest = [made - _along(made, both) for made in (own, other)]
    source, target = (both + made * _norm(both) / _norm(made) for made in rest)
    found, error = averaged(
        [seen(drawn((8, k), source, 0.3), drawn((9, k), target, 0.3)) for k in range(40)]
    )
    assert abs(found.shared - half_square(both)) < 5 * error.shared + 0.1 * half_square(both)
    assert found.signal_2 == pytest.approx(half_square(target), rel=0.05)


def _norm(made):
    return float(np.sqrt((made**2).sum()))


def _along(made, span):
    """The part of rows that lies in the span of other rows."""
    basis = np.linalg.svd(span, full_matrices=False)[2][: CLASSES - 1]
    return made @ basis.T @ basis


def test_noise_that_is_large_in_few_directions_has_few_dimensions():
    rng = np.random.default_rng(0)
    spread = np.r_[np.ones(4), np.full(D - 4, 1e-3)]
    labels = np.repeat(np.arange(CLASSES), 200)
    data = Labelled(rng.standard_normal((len(labels), D)) * spread, labels)
    assert contrasts.effective_dimension(data) == pytest.approx(4, rel=0.1)


def _samples():
    made = means(0)
    return drawn(1, made), drawn(2, made + 0.3 * means(9))


def test_names_of_classes_their_number_of_examples_and_axes_do_not_matter():
    """What a class is called in either task, and in which coordinates features are told."""
    source, target = _samples()
    before = forecast(source, target, 500, 100)
    order = np.array([3, 0, 4, 1, 2])
    turn = ortho_group.rvs(D, random_state=np.random.default_rng(1))
    others = (
        (replace(source, labels=order[source.labels]), target),
        (source, replace(target, labels=order[target.labels])),
        (
            replace(source, features=source.features @ turn),
            replace(target, features=target.features @ turn),
        ),
        (
            replace(source, features=3 * source.features + 7),
            replace(target, features=3 * target.features - 2),
        ),
    )
    for one, other in others:
        after = forecast(one, other, 500, 100)
        for name in ("gain", "tau_2", "tau_D", "shared", "noise", "dimension"):
            assert getattr(after, name) == pytest.approx(getattr(before, name), rel=1e-6)


def test_a_like_source_helps_and_one_without_signal_hurts():
    made = means(0, 0.6)
    target = drawn(2, made)
    like = forecast(drawn(1, made), target, 5000, 100)
    unlike = forecast(drawn(1, np.zeros((CLASSES, D))), target, 5000, 100)
    assert like.gain > 0 > unlike.gain
    assert like.shared > 0.7
    assert unlike.shared < 0.3
    assert like.tau_2 == pytest.approx(unlike.tau_2)


def test_more_source_images_of_a_like_task_help_more():
    made = means(0, 0.3)
    source, target = drawn(1, made), drawn(2, made)
    gains = [forecast(source, target, n1, 100).tau_D for n1 in (100, 1000, 10000)]
    assert gains == sorted(gains)


def test_criteria_are_those_of_the_theory():
    """By hand: N ||s||^4/(sigma^4 d), with two classes' images of five."""
    contrast = Contrast(4.0, 3.0, 2.0, 50.0, 25.0, 10.0)
    regime = believed(contrast, 400, 40)
    named = quantities.catalogue()
    assert named["tau_2"](regime) == pytest.approx(40 * 3.0**2 / (2.5**2 * 10))
    inherited, own = 400 * 2.0 / 5.0, 40 * 3.0 / 2.5
    noise = (400 * 2.5 / 5.0 + 40) * 10
    assert named["tau_D"](regime) == pytest.approx((inherited + own) ** 2 / noise)


@pytest.mark.parametrize("shared", [-1.0, 0.0, 100.0])
def test_what_no_regime_can_have_is_clipped(shared):
    regime = believed(Contrast(4.0, 3.0, shared, 50.0, 25.0, 2.0), 400, 40)
    assert 0 < regime.u**2 <= 3.0 * (1 + 1e-9)
    assert regime.d == 4  # the least that a regime has


def test_errors_fall_from_one_half():
    errors = [error(tau) for tau in (0.0, 0.1, 1.0, 10.0)]
    assert errors[0] == pytest.approx(0.5)
    assert errors == sorted(errors, reverse=True)


def test_sizes_are_those_of_two_classes():
    source, target = _samples()
    found = seen(source, target)
    regime = believed(found, 2 * 500 // CLASSES, 2 * 100 // CLASSES)
    assert forecast(source, target, 500, 100).tau_D == quantities.catalogue()["tau_D"](regime)


@pytest.mark.parametrize("which", ["source", "target"])
def test_too_few_examples_name_the_set(which):
    sets = dict(zip(("source", "target"), _samples(), strict=True))
    sets[which] = drawn(1, means(0), each=3)
    with pytest.raises(RegimeError, match=f"{which} = 3: must hold 4 examples or more"):
        seen(**sets)

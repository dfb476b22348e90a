"""The law where numbers are tiny, huge or at an angle: its limits, or one clear refusal."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from examples import regime

from claims.predicting import law
from claims.predicting.law import IncomputableError, cascade, memorised, predict, stepwise
from model.sampling import Seeds
from model.scales import in_unit
from model.test_error import estimate_error
from model.transfer import run_trial

MADE = regime(n1=60, n2=60, d=10**6, m=20, inherited=8, signal=128.0, sigma2=1.0, h=0.2, steps=200)


@pytest.mark.parametrize("share", [0.05, 1.0])
@pytest.mark.parametrize("exponent", range(-300, 301, 25))
def test_memorised_at_any_reach(share, exponent):
    """x + e^x = P h T + 1 to the last digits: x = P h T/2 where that is small, its logarithm less
    that of it where it is large.
    """
    right = share * 10.0**exponent
    x = share * float(memorised(np.array(share), 10.0**exponent))
    if right < 1e-9:
        assert x == pytest.approx(right / 2, rel=1e-9)
    else:
        assert x == pytest.approx(math.log(right + 1 - x), rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("reach", [1e-3, 1e-6, 1e-12, 1e-30, 1e-100])
def test_short_runs_are_linear(reach):
    """Nothing is fitted yet: all a filter learns is in proportion to h T."""
    short, shorter = stepwise(reach / 200, reach), stepwise(reach / 2e5, reach / 1e3)
    assert short.m_1 == pytest.approx(reach / 2, rel=1e-2)
    assert shorter.m_1 == pytest.approx(short.m_1 / 1e3, rel=1e-2)
    assert shorter.v == pytest.approx(short.v / 1e6, rel=1e-2)


def test_runs_of_usual_length_are_cut_as_before():
    """Steps below a tenth are not told apart from it, from h T = 4 on."""
    assert cascade(0.01, 4.0) is cascade(0.1, 4.0) is cascade(1e-9, 4.0)
    assert cascade(0.01, 0.4) is not cascade(0.1, 0.4)


@pytest.mark.parametrize("sigma1", [1e-6, 1e-9, 1e-20])
def test_a_source_without_noise(sigma1):
    """h_1 T_1 is far below rounding: what is inherited is signal, and no noise to speak of."""
    assert predict(replace(MADE, sigma1=sigma1)).transfer == pytest.approx(
        predict(replace(MADE, sigma1=1e-4)).transfer, abs=1e-5
    )


@pytest.mark.parametrize("exponent", [-140, -100, -9, -3, 3, 9, 100, 140])
def test_the_unit_is_free(exponent):
    """Symmetry E3, in units whose fourth powers no floating-point number holds."""
    moved = predict(in_unit(MADE, 10.0**exponent))
    assert moved.scratch == pytest.approx(predict(MADE).scratch, rel=1e-9)
    assert moved.transfer == pytest.approx(predict(MADE).transfer, abs=1e-6)


FIELDS = ("u", "v1", "v2", "sigma1", "sigma2", "sigma0", "eta1", "eta2")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("exponent", [-300, -160, -100, -50, -20, 20, 50, 100, 160, 300])
@pytest.mark.parametrize("p", [None, law.ROUNDED])
def test_numbers_or_a_refusal(field, exponent, p):
    """Errors from 0 to 1, or one line: no other exception, and no warning (which is an error)."""
    made = replace(MADE, **{field: 10.0**exponent})
    try:
        found = predict(made, p)
    except IncomputableError:
        return
    assert 0 <= found.scratch <= 0.5 + 1e-9
    assert 0 <= found.transfer <= 1


@pytest.mark.parametrize("change", [{"u": 1e160}, {"sigma1": 1e-160}, {"eta2": 1e300}], ids=str)
def test_refused(change):
    with pytest.raises(IncomputableError, match=r"^scales = .*h_1 = .*nearer to one another"):
        predict(replace(MADE, **change))


def test_a_refusal_returns_from_a_worker():
    error = IncomputableError("regime", "it", "cannot be computed")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


# Signals at an angle ------------------------------------------------------------------------------


@pytest.mark.parametrize("cosine", [-1.0, -0.5, 0.0, 0.5, 1.0])
def test_only_the_shared_signal_counts(cosine):
    """<s_1, s_2> = ||u||^2 + cos ||v_1|| ||v_2||, however it is made up."""
    at_angle = replace(MADE, u=8.0, v1=8.0, v2=8.0, cos_v=cosine)
    both = 128.0 * (1 + cosine) / 2
    together = replace(
        MADE, u=math.sqrt(both), v1=math.sqrt(128.0 - both), v2=math.sqrt(128.0 - both), cos_v=0.0
    )
    assert predict(at_angle).transfer == pytest.approx(predict(together).transfer, abs=1e-5)
    assert predict(at_angle).scratch == pytest.approx(predict(together).scratch)


@pytest.mark.parametrize(
    ("cosine", "v1"), [(-1.0, 8.0), (-1.0, 16.0), (1.0, 8.0)], ids=["none", "against", "along"]
)
def test_networks_at_an_angle(cosine, v1):
    """What the law says of them is what they do: beside it, no word of the angle is far off."""
    made = replace(MADE, u=8.0, v1=v1, v2=8.0, cos_v=cosine, inherited=10)
    seeds = Seeds(3, 24)
    trial = run_trial(made, seeds)
    signal = trial.draw.downstream.signal
    measured = estimate_error(trial.transfer.weights, signal, made, 2, seeds).value.mean().item()
    assert abs(predict(made).transfer - measured) < 0.02
    assert abs(predict(replace(made, cos_v=0.0)).transfer - measured) > 0.02

"""The sharp law's cascade, against orthant probabilities worked out by hand and against trained
networks.

It is a population of 2^14 paths: what it counts is off by one part in 128 of a standard deviation,
0.004 at most.
"""

import math
from itertools import pairwise

import pytest
import torch
from examples import regime

from claims.predicting.law import (
    cascade,
)
from model.run import signs
from model.sampling import Seeds, sample
from model.transfer import train_task

#: Of a share counted over 2^14 paths, five standard deviations.
COUNTED = 5 * 0.5 / 2**7


def orthant(rho):
    """P(A < 0 < B) for standard normals of correlation rho."""
    return 0.25 - math.asin(rho) / (2 * math.pi)


steps = pytest.mark.parametrize("h", [0.2, 1.0, 4.0])


@steps
def test_first_node(h):
    """Half are active; one step moves the others either way: 3/4. First coefficients are h/2, those
    pushed off have lost half of that.
    """
    seen = cascade(h, h)
    assert seen.share == pytest.approx(0.75, abs=COUNTED)
    assert (seen.first, seen.mean, seen.other) == (
        pytest.approx(h / 2),
        pytest.approx(h / 4, abs=h / 2 * COUNTED),
        pytest.approx(h / 4),
    )
    assert seen.square == pytest.approx(h**2 / 8, rel=0.1)


@steps
@pytest.mark.parametrize("f", [0.5, 1.0, 1.5])
def test_second_node(h, f):
    """The field after two steps of s_1, s_2 against that after one: Gaussians whose covariance
    follows from the masses 1/2, 1/4 of each class; the other's are (2 - f)/f as many.
    """
    first, second = h / 2, h / (1 + math.exp(h / 4))
    r, other = second / first, (2 - f) / f
    # The first half of the own class is in both; what joins, and who is pushed, is new.
    once = (1 + other) / 2
    twice = (1 + r) ** 2 / 2 + r**2 / 4 + other * (1 / 2 + r**2 / 4)
    rho = ((1 + r) / 2 + other / 2) / math.sqrt(once * twice)
    seen = cascade(h, 2 * h, f=f)
    assert seen.share == pytest.approx(0.75 + orthant(rho) / 2, abs=COUNTED)
    assert seen.first == pytest.approx(first + second, rel=0.01)
    assert seen.mean == pytest.approx((first + second) / 2 + second / 4, rel=0.03)
    assert seen.other == pytest.approx(first / 2 + second / 4, rel=0.05)
    assert seen.left == pytest.approx(first**2 / 2 + second**2 / 4, rel=0.05)


@steps
@pytest.mark.parametrize("zeta", [0.1, 0.4, 3.0])
@pytest.mark.parametrize("f", [0.5, 1.0, 1.5])
def test_first_node_with_initial_weights(h, zeta, f):
    """They hold back: sqrt(2) zeta g, g < 0, must be overcome by a field of standard deviation
    h/2, of both classes together.
    """
    start = math.sqrt(2) * zeta
    assert cascade(h, h, zeta, f).share == pytest.approx(
        0.5 + orthant(start / math.hypot(start, h / 2)), abs=COUNTED
    )


def test_share_falls_with_zeta():
    """From above 0.8 to the half that started active."""
    shares = [cascade(0.5, 30.0, zeta).share for zeta in (0.0, 0.1, 0.3, 1.0, 3.0, 100.0)]
    assert all(less < more - 0.01 for more, less in pairwise(shares))
    assert shares[0] > 0.8
    assert shares[-1] == pytest.approx(0.5, abs=COUNTED)


def test_share_at_small_steps():
    """0.84 as h -> 0, and falling slowly with h; who is active stays active as time goes on."""
    shares = [cascade(h, 40.0).share for h in (0.1, 0.5, 2.0)]
    assert shares[0] == pytest.approx(0.84, abs=0.01)
    assert shares[0] > shares[1] > shares[2] > 0.75
    in_time = [cascade(0.5, duration).share for duration in (0.5, 1.0, 5.0, 40.0)]
    assert in_time == sorted(in_time)


@pytest.mark.parametrize(
    ("h", "duration", "zeta"),
    [(0.01, 30.0, 0.1), (0.5004, 30.2, 0.1), (0.5, 1e6, 0.1), (0.5, 30.0, 0.10004)],
)
def test_arguments_are_rounded(h, duration, zeta):
    """To two digits, no step below 0.1 and no time beyond 40, so that regimes share what is
    simulated.
    """
    assert cascade(h, duration, zeta) is cascade(
        max(round(h, 2), 0.1), min(round(duration), 40.0), round(zeta, 2)
    )


def active_share(zeta, root, n=60, m=20, seeds=48):
    """Of trained networks, in so large a dimension that their signal and their N^2/d do not
    matter.
    """
    made = regime(
        n1=1, n2=n, m=m, inherited=0, d=10**9, signal=100.0, sigma2=1.0, h=0.5, zeta=zeta, steps=60
    )
    draw = sample(made, Seeds(root, seeds))
    data = draw.downstream
    weights = train_task(made, 2, data, draw.fresh).weights
    own = signs(m)[None, :, None] == data.labels[:, None, :]
    active = torch.bmm(weights, data.noise.transpose(1, 2)) > 0
    return float((active & own).sum()) / float(own.sum())


@pytest.mark.parametrize("root", [0, 1])
@pytest.mark.parametrize("zeta", [1e-3, 0.4])
def test_share_of_networks(zeta, root):
    """Within 0.03: 48 networks of 60 samples give the share to 0.005, and N is not infinite. (The
    two values of zeta are 0.09 apart.)
    """
    assert active_share(zeta, root) == pytest.approx(cascade(0.5, 30.0, zeta).share, abs=0.03)

"""Tests that train on real images: minutes each, so that they run where they are asked for and
images are at hand.
"""

import pytest

from model.vision import data


@pytest.fixture(autouse=True)
def _asked_for(request):
    if "cifar" not in request.config.option.markexpr:
        pytest.skip("trains for minutes on real images; asked for by: pytest -m cifar")


@pytest.fixture(autouse=True)
def _at_hand(_asked_for):
    try:
        data.load("cifar10")
    except data.AbsentError as absent:
        pytest.skip(str(absent))

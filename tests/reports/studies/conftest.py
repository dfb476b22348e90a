"""A regime's specification, and advice on it."""

import json
from functools import partial

import numpy as np
import pytest
from advising import REGIME

from model.sampling import Seeds, sample


@pytest.fixture
def advise_on(run):
    """Run `transfer-claims advise ARGUMENTS` in an empty folder: exit code, standard output,
    standard error.
    """
    return partial(run, "advise")


@pytest.fixture
def specification(tmp_path):
    def write(regime=REGIME, **changes):
        path = tmp_path / "spec.json"
        path.write_text(json.dumps(regime.to_dict() | {"seeds": 3, "seed": 4} | changes))
        return path

    return write


@pytest.fixture(scope="session")
def draws():
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
def archives(draws, tmp_path):
    """The same in archives; changes go to the target's."""

    def write(**changes):
        paths = tmp_path / "source.npz", tmp_path / "target.npz"
        for path, (patches, labels), more in zip(paths, draws, ({}, changes), strict=True):
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

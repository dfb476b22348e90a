"""Pixels, and what a network's head reads."""

import torch

from model.vision import features, nets


def network(architecture="conv4"):
    shape = nets.Shape(architecture, 5, 0.1 if architecture == "conv4" else 0.33)
    return nets.build(shape, torch.Generator().manual_seed(0))


def images(count):
    return torch.randn(count, 3, 32, 32, generator=torch.Generator().manual_seed(1))


def test_pixels_are_all_there():
    found = features.pixels(images(4))
    assert found.shape == (4, 3072)
    assert torch.equal(found.view(4, 3, 32, 32), images(4))


def test_the_head_of_what_it_reads_is_the_output(monkeypatch):
    monkeypatch.setattr(features, "_TOGETHER", 3)
    for architecture in ("conv4", "vit"):
        built = network(architecture).eval()
        found = features.of_body(built, images(7))
        assert found.shape == (7, built.head.in_features)
        torch.testing.assert_close(built.head(found), built(images(7)))


def test_the_network_is_left_as_it_is():
    built = network().train()
    before = {name: value.clone() for name, value in built.state_dict().items()}
    features.of_body(built, images(5))
    assert built.training
    assert not built.head._forward_pre_hooks
    assert all(torch.equal(value, before[name]) for name, value in built.state_dict().items())

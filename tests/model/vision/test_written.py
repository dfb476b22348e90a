"""Text as images: the same letters for everybody, and a class that they tell."""

import hashlib

import pytest
import torch

from model.vision import written


def pictures(count=50, seed=0):
    labels = torch.arange(count) % len(written.SCRIPTS)
    return labels, written.pictures(labels, torch.Generator().manual_seed(seed))


def test_the_text_is_the_same_in_every_python():
    """Names of Unicode 3.2, which `unicodedata` keeps as they were."""
    whole = "\n".join(written.texts()[script] for script in written.SCRIPTS)
    digest = hashlib.sha256(whole.encode()).hexdigest()
    assert digest == "18169505cce84dc2f99d5bd2c75840af429c30a4c1c2d9fd349ba5bfc6521fa7"
    assert written.texts()["GREEK"].startswith("GREEK NUMERAL SIGN GREEK LOWER NUMERAL SIGN")


def test_images_are_white_letters_on_black():
    _, shown = pictures()
    assert (shown.shape, shown.dtype) == ((50, 3, 32, 32), torch.uint8)
    assert set(shown.unique().tolist()) == {0, 255}
    assert torch.equal(shown[:, 0], shown[:, 2])
    assert 0.05 < (shown > 0).float().mean() < 0.5
    assert (shown > 0).flatten(1).any(1).all()


def test_a_seed_fixes_them():
    assert torch.equal(pictures()[1], pictures()[1])
    assert not torch.equal(pictures()[1], pictures(seed=1)[1])


def test_letters_come_from_the_script_of_the_label():
    """An image is that of some place in its own script's text."""
    text = written.texts()["CYRILLIC"]
    count = written._COLUMNS * written._ROWS
    every = {written._picture(text[k : k + count]).tobytes() for k in range(len(text) - count)}
    shown = written.pictures(torch.full((5,), 2), torch.Generator().manual_seed(3))
    assert all(image[0].numpy().tobytes() in every for image in shown)


def test_no_labels_no_images():
    none = written.pictures(torch.empty(0, dtype=torch.int64), torch.Generator())
    assert none.shape == (0, 3, 32, 32)


@pytest.mark.parametrize("place", [0.0, 0.999999])
def test_every_place_has_all_letters(place):
    for script in written.SCRIPTS:
        assert len(written._words(script, place)) == written._COLUMNS * written._ROWS

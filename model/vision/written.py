"""Text as images of 32 × 32 pixels: another modality, from words that every Python ships with.

The words are the names of letters and signs in Unicode 3.2, which `unicodedata` keeps unchanged:
the same in every version of Python. A script's names, one after the other, are its text; an image
shows fifteen letters of it in three rows, in the bitmap letters that come with Pillow. Its class is
the script.
"""

from __future__ import annotations

from functools import cache
from unicodedata import ucd_3_2_0

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from model.vision.data import SHAPE

SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "MATHEMATICAL")
#: Letters and signs are looked for among so many codes: all that these scripts have.
_CODES = 0x20000
#: Letters of an image, and where a letter stands: pixels to the right, and down.
_COLUMNS, _ROWS, _WIDE, _HIGH = 5, 3, 6, 11
_WHITE = 255


@cache
def texts() -> dict[str, str]:
    """Of each script, its names, one after the other."""
    names = [ucd_3_2_0.name(chr(code), "") for code in range(_CODES)]
    return {
        script: " ".join(name for name in names if name.startswith(script)) for script in SCRIPTS
    }


def pictures(labels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """An image for each label, (n, 3, 32, 32) uint8, white on black: letters from a place in the
    script's text that is drawn at random.
    """
    drawn = torch.rand(len(labels), generator=generator, dtype=torch.float64)
    shown = [
        _picture(_words(SCRIPTS[label], place))
        for label, place in zip(labels.tolist(), drawn.tolist(), strict=True)
    ]
    grey = torch.from_numpy(np.stack(shown)) if shown else torch.empty(0, *SHAPE[1:]).byte()
    return grey[:, None].expand(-1, SHAPE[0], -1, -1).contiguous()


def _words(script: str, place: float) -> str:
    """Letters of an image; `place` is where they begin, from 0 to 1."""
    whole, count = texts()[script], _COLUMNS * _ROWS
    first = int(place * (len(whole) - count))
    return whole[first : first + count]


def _picture(words: str) -> NDArray[np.uint8]:
    image = Image.new("L", (SHAPE[2], SHAPE[1]))
    pen, letters = ImageDraw.Draw(image), ImageFont.load_default_imagefont()
    for row in range(_ROWS):
        line = words[row * _COLUMNS : (row + 1) * _COLUMNS]
        for column, letter in enumerate(line):
            pen.text((1 + column * _WIDE, row * _HIGH - 1), letter, fill=_WHITE, font=letters)
    return np.asarray(image, dtype=np.uint8)

"""Labels from JSON, and pixels from PNG, that are not trusted."""

from __future__ import annotations

import io
import json
import struct
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.vision.data import PIXELS, SHAPE, DataError
from model.vision.download import reason


def read_labels(where: str, raw: bytes, count: int, classes: int) -> NDArray[np.int64]:
    """Labels (count,) from their JSON. Raises `DataError`."""
    try:
        labels = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise DataError(where, f"no JSON ({reason(error)})", "must be a list of labels") from None
    if not isinstance(labels, list) or len(labels) != count:
        raise DataError(
            where,
            f"{type(labels).__name__} of"
            f" {len(labels) if isinstance(labels, list | dict | str) else 1}",
            f"must be a list of {count} labels",
        )
    for label in labels:
        if type(label) is not int or not 0 <= label < classes:  # True is an int
            raise DataError(
                where, f"label {label!r:.40}", f"must be an integer from 0 to {classes - 1}"
            )
    return np.array(labels, np.int64)


def read_picture(where: str, raw: bytes, rows: int) -> NDArray[np.uint8]:
    """Images (rows, 3, 32, 32) from a PNG with an image in each row, pixel after pixel.

    Its header is read here, before Pillow sees any of it; 10.2 million pixels are far from the 89
    million from which Pillow warns. Raises `DataError`.
    """
    # Eight bits of red, green, blue; not interlaced.
    header = struct.pack(">I4sIIBBBBB", 13, b"IHDR", PIXELS // 3, rows, 8, 2, 0, 0, 0)
    if raw[:8] != b"\x89PNG\r\n\x1a\n" or raw[8 : 8 + len(header)] != header:
        raise DataError(
            where,
            f"begins with {raw[: 8 + len(header)].hex()}",
            f"must be a PNG of {PIXELS // 3} x {rows} pixels, 8 bits of red, green and blue",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # which is how Pillow says "damaged"
            with Image.open(io.BytesIO(raw), formats=["PNG"]) as picture:
                array = np.asarray(picture)
    # Pillow raises OSError, SyntaxError, ValueError, zlib.error and others for bytes that are no
    # picture
    except Exception as error:
        raise DataError(where, f"cannot be read ({reason(error)})", "must be a whole PNG") from None
    if array.shape != (rows, PIXELS // 3, 3) or array.dtype != np.uint8:
        raise DataError(
            where,
            f"decodes to {array.dtype} {array.shape}",
            f"must be uint8 {(rows, PIXELS // 3, 3)}",
        )
    return array.reshape(rows, *SHAPE[1:], SHAPE[0]).transpose(0, 3, 1, 2)

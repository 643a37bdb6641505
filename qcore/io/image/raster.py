"""PNG and JPEG pictures to a series of one slice."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from qcore.errors import UnreadableInput
from qcore.io.image.limits import check_size
from qcore.io.image.series import Series, compact

FORMATS = ("PNG", "JPEG")
LUMINANCE = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Of red, green and blue (ITU-R BT.601)."""
COLOURED = 24
"""Difference of colour channels, of 255, from which a pixel counts as coloured: JPEG's own errors stay below."""
COLOURED_SHARE = 0.01


def has_colours(rgb: NDArray[np.generic]) -> bool:
    """Tell whether more than a mark or two of a picture ``(..., 3)`` in [0, 255] is coloured."""
    values = rgb.astype(np.int32)
    return bool((values.max(-1) - values.min(-1) > COLOURED).mean() > COLOURED_SHARE)


def shades(rgb: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return the luminance of a picture ``(..., 3)``."""
    return np.asarray(rgb.astype(np.float32) @ LUMINANCE, dtype=np.float32)


def read_raster(data: bytes) -> list[Series]:
    """Read a picture; what is transparent is black.

    Raises:
        UnreadableInput: damaged, or too large.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            check_size(1, image.height, image.width)
            mode = image.mode
            if mode in {"I", "I;16", "I;16B", "I;16L", "F"}:
                return [Series(compact(np.asarray(image)[None]))]
            if mode == "L":
                return [Series(compact(np.asarray(image)[None]))]
            rgba = np.asarray(image.convert("RGBA"))
    except Image.DecompressionBombError as error:
        raise UnreadableInput(
            "The picture is too large: its header declares more pixels than are read here. Export it smaller."
        ) from error
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
        raise UnreadableInput("The picture is damaged or cut off. Export or download it again.") from error
    rgb = rgba[..., :3] * (rgba[..., 3:] / np.float32(255))
    return [Series(compact(np.rint(shades(rgb))[None]), colour=has_colours(rgb))]

"""A slice with the model's attention laid over it, and what must be known of it burnt in."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from qcore.io.image.export import RESEARCH

Colours = NDArray[np.uint8]
DARKEST, BRIGHTEST = 2.0, 98.0
"""Percentiles of the values that are drawn black and white."""
OPACITY = 0.55
ATTENTION = np.array([(255, 176, 0), (220, 38, 90)], np.float64)
"""Colours of little and of full attention: both stand out from grey."""
LEAST_WIDTH_PX = 512
MARGIN_PX = 6


def drawn(slice_pixels: NDArray[np.generic], attention: NDArray[np.floating]) -> Colours:
    """Return ``(height, width, 3)``: the slice in grey, and attention in colours that grow denser with it.

    Args:
        slice_pixels: ``(height, width)`` larger is brighter.
        attention: ``(height, width)`` in [0, 1].
    """
    values = slice_pixels.astype(np.float64)
    low, high = np.percentile(values, [DARKEST, BRIGHTEST])
    grey = np.clip((values - low) / max(float(high - low), 1e-6), 0, 1)[..., None] * 255
    share = np.clip(attention, 0, 1)[..., None]
    colour = ATTENTION[0] + (ATTENTION[1] - ATTENTION[0]) * share
    opacity = OPACITY * share
    mixed: NDArray[np.float64] = np.rint(grey * (1 - opacity) + colour * opacity)
    return mixed.astype(np.uint8)


def captioned(picture: Colours, lines: Sequence[str]) -> Colours:
    """Return the picture, enlarged by whole pixels where it is small, with lines of text and the warning beneath it.

    Args:
        picture: ``(height, width, 3)``.
        lines: of text.
    """
    scale = max(1, -(-LEAST_WIDTH_PX // picture.shape[1]))
    large = np.repeat(np.repeat(picture, scale, axis=0), scale, axis=1)
    height, width = large.shape[:2]
    font = ImageFont.load_default(size=max(13, width // 42))
    step = int(font.getbbox("Ag")[3]) + MARGIN_PX
    texts = [*lines, RESEARCH]
    whole = Image.new("RGB", (width, height + step * len(texts) + 2 * MARGIN_PX))
    whole.paste(Image.fromarray(large))
    writer = ImageDraw.Draw(whole)
    for number, text in enumerate(texts):
        # The font has no glyph for a space that must not break.
        plain = text.replace("\u00a0", " ")
        writer.text((MARGIN_PX, height + MARGIN_PX + step * number), plain, fill="white", font=font)
    return np.asarray(whole)


def as_png(picture: Colours) -> bytes:
    """Return a picture ``(height, width, 3)`` as PNG."""
    written = io.BytesIO()
    Image.fromarray(picture).save(written, "PNG")
    return written.getvalue()

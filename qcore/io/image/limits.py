"""How large an image may be, checked against what a file declares before anything is allocated for it."""

from qcore.errors import UnreadableInput

MAX_BYTES = 500_000_000
"""Of an upload, after decompression."""
MAX_PIXELS = 100_000_000
"""Of a series: a volume of 512 x 512 x 380."""
MAX_FILES = 5_000


def check_size(n_slices: int, height: int, width: int) -> None:
    """Refuse images that are empty or too large.

    Raises:
        UnreadableInput: there are none, or too many pixels.
    """
    if min(n_slices, height, width) < 1:
        raise UnreadableInput("The image has no pixels: its header declares a size of zero.")
    if n_slices * height * width > MAX_PIXELS:
        raise UnreadableInput(
            f"The image is too large: its header declares {n_slices} x {height} x {width} pixels, "
            f"and {MAX_PIXELS // 1_000_000} million are the most that is read."
        )

"""How large a recording may be, checked against what a file declares before anything is allocated for it."""

import math

from qcore.errors import UnreadableInput

MAX_BYTES = 300_000_000
"""Of an upload, after decompression."""
MAX_FILES = 5_000
MAX_SAMPLES = 60_000_000
"""Of all leads together: 24 h of three leads at 200 Hz are 52 million."""
MAX_LEADS = 256
MAX_RATE_HZ = 100_000.0


def check_size(n_leads: int, n_samples: int) -> None:
    """Refuse recordings that are empty or too large.

    Raises:
        UnreadableInput: there are no samples, or too many.
    """
    if n_leads < 1 or n_samples < 1:
        raise UnreadableInput("The file holds no samples: its header declares no lead or a length of zero.")
    if n_leads > MAX_LEADS or n_leads * n_samples > MAX_SAMPLES:
        raise UnreadableInput(
            f"The recording is too long: its header declares {n_leads:,} leads of {n_samples:,} samples, and "
            f"{MAX_SAMPLES // 1_000_000} million are the most that is read. Cut it into parts."
        )


def check_rate(rate_hz: float) -> float:
    """Return a rate that a recording can have.

    Raises:
        UnreadableInput: it is none.
    """
    if not (math.isfinite(rate_hz) and 0 < rate_hz <= MAX_RATE_HZ):
        raise UnreadableInput(f"The file declares {rate_hz:g} samples a second, which no recording has.")
    return rate_hz

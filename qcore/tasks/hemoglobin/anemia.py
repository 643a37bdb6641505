"""When a haemoglobin is too low: the limits of the World Health Organization.

Source: WHO 2011, WHO/NMH/NHD/MNM/11.1, unchanged for adults who are not pregnant in the guideline of 2024 (ISBN
978-92-4-008854-2), at sea level, non-smoking.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

FEMALE, MALE = "female", "male"
SEXES = (FEMALE, MALE)
LIMITS_G_DL = {FEMALE: 12.0, MALE: 13.0}
"""Anaemia is a haemoglobin below."""
MMOL_L_PER_G_DL = 0.6206
"""Of the monomer (Fe), 16,114 g/mol, as German and Dutch laboratories report it."""


def limits_g_dl(is_female: ArrayLike) -> Array:
    """Return the limit for each person, ``(n,)`` g/dL.

    Args:
        is_female: ``(n,)`` 1 or True for a woman.
    """
    return np.where(np.asarray(is_female, dtype=bool), LIMITS_G_DL[FEMALE], LIMITS_G_DL[MALE])

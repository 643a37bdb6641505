"""Signs that a whole file is in another unit than the one that is understood where none is stated."""

import numpy as np
import numpy.typing as npt

from qcore.errors import UnreadableInput
from qcore.tasks.aki.inputs import Input

FEWEST = 5
"""Patients from which on a median says something about a file."""
HEAVY_KG = 120.0
"""No intensive care unit has a median weight above this; of 4,000 stays of PhysioNet 2012 it is 81 kg."""


def other_unit_note(item: Input, looks_other: int, numbers: int) -> tuple[str, ...]:
    """Say where most values of a quantity fit another unit: the file is in it and does not say so.

    Args:
        item: the input whose values are looked at.
        looks_other: how many values are accepted in another unit alone.
        numbers: how many there are.
    """
    if looks_other < 2 or looks_other <= 0.5 * numbers:
        return ()
    others = " or ".join(unit.symbol for unit in item.units[1:])
    return (f"{item.label}: {looks_other:,} values look like {others}. State the unit in the name or a column unit.",)


def check_weights(weight_kg: npt.NDArray[np.float64]) -> None:
    """Check weights of which the unit is not stated, one a patient.

    Raises:
        UnreadableInput: they look like pounds.
    """
    known = weight_kg[~np.isnan(weight_kg)]
    if len(known) >= FEWEST and np.median(known) > HEAVY_KG:
        raise UnreadableInput(
            f"The weights look like lb: half of {len(known):,} patients weigh more than {np.median(known):.0f}, and no "
            "unit is stated. State it, as in weight_lb or weight_kg, or in a column called unit."
        )

"""The cap of a regimen is never exceeded: every dose is checked against it again before it is shown."""

from qcore.errors import UnsafeDose
from qcore.tasks.dosing.drug.file import Regimen


def within_cap(dose: float, regimen: Regimen) -> float:
    """Return a dose as it is, having made sure that the regimen allows it.

    Args:
        dose: in the unit of the drug.
        regimen: by which it is to be given.

    Raises:
        UnsafeDose: it is above the cap, which only a fault of Qlinical can bring about.
    """
    refuse_above(dose, regimen.cap, regimen.name)
    return dose


def refuse_above(dose: float, cap: float, name: str) -> None:
    """Refuse a dose above a cap; it is not lowered in silence, since what led to it is not known.

    Args:
        dose: in the unit of the drug.
        cap: the highest, in the same unit.
        name: of the regimen, as it ends a sentence; may be empty.

    Raises:
        UnsafeDose: the dose is above the cap, or is no number.
    """
    # Not "dose > cap", which a dose that is not a number would pass.
    if not dose <= cap:
        often = f" {name}" if name else ""
        raise UnsafeDose(
            f"A dose of {dose:g}{often} was worked out and the cap is {cap:g}, so that it is not shown. This is a "
            "fault of Qlinical: give no dose by this answer, and report it."
        )

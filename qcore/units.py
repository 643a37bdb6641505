"""Units a laboratory value can be reported in, and their conversion to the unit the models use."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Unit:
    """A unit with its affine map to the canonical unit of a quantity.

    ``canonical = value * factor + offset``. The canonical unit itself has factor 1 and offset 0.
    """

    symbol: str
    factor: float = 1.0
    offset: float = 0.0

    def to_canonical(self, value: float) -> float:
        """Convert a value in this unit to the canonical unit."""
        return value * self.factor + self.offset

    def from_canonical(self, value: float) -> float:
        """Convert a value in the canonical unit to this unit."""
        return (value - self.offset) / self.factor


# Molar masses (g/mol): creatinine 113.12; urea nitrogen 2 x 14.007 a molecule of urea;
# haemoglobin monomer 16 114, the basis of mmol/L in clinical chemistry (doi:10.1515/cclm.1998.071).
CREATININE = (Unit("mg/dL"), Unit("µmol/L", 113.12 / 1e4))
UREA_NITROGEN = (Unit("mg/dL"), Unit("mmol/L", 28.014 / 10))
HAEMOGLOBIN = (Unit("g/dL"), Unit("g/L", 0.1), Unit("mmol/L", 16.114 / 10))
HAEMATOCRIT = (Unit("%"), Unit("L/L", 100.0))
BICARBONATE = (Unit("mmol/L"), Unit("mEq/L"))
PRESSURE = (Unit("mmHg"), Unit("kPa", 7.50062))
TEMPERATURE = (Unit("°C"), Unit("°F", 5 / 9, -160 / 9))
VOLUME = (Unit("mL"), Unit("L", 1000.0))
HOURS = (Unit("h"),)
URINE_FLOW = (Unit("mL/kg/h"),)
MASS = (Unit("kg"), Unit("lb", 0.45359237))
AGE = (Unit("years"),)
SCORE = (Unit("points"),)
CATEGORY = (Unit(""),)


class UnitSystem(StrEnum):
    """Which of a quantity's units a person reads."""

    CONVENTIONAL = "mg/dL, g/dL"
    SI = "µmol/L, mmol/L"


def unit_in(system: UnitSystem, choices: tuple[Unit, ...]) -> Unit:
    """Return the unit of a quantity in a system; the canonical one where the systems do not differ."""
    if system is UnitSystem.SI:
        return next((unit for unit in choices if "mol/L" in unit.symbol), choices[0])
    return choices[0]

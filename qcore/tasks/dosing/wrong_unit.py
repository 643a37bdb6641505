"""Which unit would explain a number that is thousands of times too large or too small."""

from qcore.io.unit_text import unit_of_text

_OTHERS = {
    "amount": ("g", "mg", "ug", "ng"),
    "concentration": ("g/L", "mg/L", "ug/mL", "ng/mL", "pg/mL"),
}


def explained(value: float, seen: tuple[float, float], unit: str) -> tuple[str, float] | None:
    """Return the unit in which a number would lie among those seen, and what it is then; None where none explains it.

    Args:
        value: far from what was seen, if it is in the unit.
        seen: the lowest and the highest, in the unit.
        unit: that was taken.
    """
    taken = unit_of_text(unit)
    if taken is None or taken.base != "g":
        return None
    for text in _OTHERS.get(taken.kind, ()):
        other = unit_of_text(text)
        if other is not None and other.factor != taken.factor:
            converted = value * other.factor / taken.factor
            if seen[0] <= converted <= seen[1]:
                return text, converted
    return None

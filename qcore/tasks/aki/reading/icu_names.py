"""Names of intensive care units, as hospitals and public databases write them, to the four types of the model.

MIMIC-III has short names (CSRU), MIMIC-IV long ones (``Trauma SICU (TSICU)``), eICU its own (``Cardiac ICU``). Units
for trauma, neurology and neurosurgery count as surgical. A unit that is two things at once is none of the four: taking
one of them moves a risk by up to twenty points.
"""

from collections.abc import Mapping

from qcore.errors import InvalidValue
from qcore.io.delimited import shortened
from qcore.io.numerals import readings
from qcore.tasks.aki.inputs import BY_NAME, ICU_TYPES
from qcore.tasks.aki.reading.folding import folded
from qcore.tasks.aki.reading.vocabulary import ICU_CODES

CORONARY, CARDIAC_SURGERY, MEDICAL, SURGICAL = ICU_TYPES

# Short names that say all; the words around them repeat it.
_SHORT: Mapping[str, int] = {
    **dict.fromkeys(("ccu", "cicu"), CORONARY),
    **dict.fromkeys(("csru", "cvicu", "csicu", "ctsicu", "cticu", "cvru", "cvsicu"), CARDIAC_SURGERY),
    "micu": MEDICAL,
    **dict.fromkeys(("sicu", "tsicu", "ticu", "nsicu", "nccu", "neuroicu"), SURGICAL),
}
_MEANT: Mapping[str, int] = {
    **dict.fromkeys(("coronary", "cardiac", "cardiology", "kardiologische", "kardiologie"), CORONARY),
    **dict.fromkeys(
        (
            *("cardiovascular", "cardiothoracic", "vascular", "thoracic", "cardiosurgical"),
            *("kardiochirurgische", "herzchirurgische", "herzchirurgie"),
        ),
        CARDIAC_SURGERY,
    ),
    **dict.fromkeys(("medical", "medicine", "med", "internal", "internistische", "medizinische"), MEDICAL),
    **dict.fromkeys(
        (
            *("surgical", "surgery", "surg", "trauma", "neuro", "neurological", "neurology", "neurosurgical"),
            *("neurosurgery", "chirurgische", "chirurgie", "neurochirurgische"),
        ),
        SURGICAL,
    ),
}
_FILLERS = frozenset(
    (
        *("intensive", "care", "unit", "icu", "recovery", "the", "of", "and", "department"),
        *("intensivstation", "intensivmedizin", "type"),
    )
)
_INTENSIVE = frozenset(("icu", "intensive", "care", "recovery", "intensivstation", "intensivmedizin", *_SHORT))
_HEART_SURGERY = {CORONARY, CARDIAC_SURGERY, SURGICAL}


def types_named(text: str) -> frozenset[int]:
    """Return the types a name stands for: one, several where it is mixed, none where it is no such name."""
    words = folded(text).split()
    if " ".join(words) in ICU_CODES:
        return frozenset({ICU_CODES[" ".join(words)]})
    if any(word not in _SHORT and word not in _MEANT and word not in _FILLERS for word in words):
        return frozenset()
    short = {_SHORT[word] for word in words if word in _SHORT}
    meant = {_MEANT[word] for word in words if word in _MEANT}
    if meant <= _HEART_SURGERY and (CARDIAC_SURGERY in meant | short or meant == {CORONARY, SURGICAL}):
        # "Cardiac Vascular Intensive Care Unit (CVICU)", "Cardiac Surgery": the heart and its surgery, not two units.
        meant = {CARDIAC_SURGERY} if meant else meant
    return frozenset(meant | short)


def icu_type(text: str, *, ward: bool = False) -> int | None:
    """Return the type that a name says, None for a number, a mixed unit and what is no such name.

    Args:
        text: the name as it is written in the file.
        ward: it may as well be the name of a ward ("Medicine"): it must say that care is intensive.
    """
    types = types_named(text)
    if len(types) != 1 or (ward and _INTENSIVE.isdisjoint(folded(text).split())):
        return None
    return next(iter(types))


def may_be_meant(text: str, *, ward: bool) -> bool:
    """Tell whether a cell under a name that holds no codes is about the type: not so is the number of a ward.

    Args:
        text: the cell as it is written in the file.
        ward: whether the column names wards, see ``icu_type``.
    """
    if len(types_named(text)) > 1 or icu_type(text, ward=ward) is not None:
        return True
    return not ward and not any(map(str.isdigit, text))


def needs_telling(text: str) -> bool:
    """Tell whether a name had to be understood: it is neither a type's own name nor a usual short one."""
    return icu_type(text) is not None and folded(text) not in ICU_CODES


def refusal(text: str, *, called: str = "") -> InvalidValue:
    """Say why a cell names no type, and what to write.

    Args:
        text: the cell as it is written in the file.
        called: name of its column or parameter, where that does not say that it holds a type.
    """
    label, names = BY_NAME["icu_type"].label, ", ".join(ICU_TYPES.values())
    written, types = shortened(text), [ICU_TYPES[code] for code in sorted(types_named(text))]
    if len(types) > 1:
        return InvalidValue(f"{label}: {written} is {' and '.join(types)} at once. Write one of {names}.")
    if called and readings(text, decimal_comma=False):
        return InvalidValue(
            f"{label}: {written} under {called!r} may be the number of a ward. Write one of {names}, or call it "
            "icu_type if it is 1, 2, 3 or 4 of these."
        )
    if called:
        return InvalidValue(f"{label}: {written} under {called!r} may be an ordinary ward. Write one of {names}.")
    return InvalidValue(f"{label}: {written} is not {names}. Correct it.")

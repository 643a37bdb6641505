"""What a file tells of a patient beside the inputs: who it is, when the stay began, and dialysis."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from qcore.tasks.aki.reading.dialysis import names_dialysis
from qcore.tasks.aki.reading.folding import folded
from qcore.tasks.aki.reading.loinc import code_in
from qcore.tasks.aki.reading.long import columns

ADMISSION, BIRTH, DIALYSIS, HEIGHT, PERSON, SEX = "admission", "birth", "dialysis", "height", "person", "sex"
WARD = "ward"
"""A row names a ward of which the type is not known."""
PERSON_HEADER = "person: "
"""Prefix of the header of a column that identifies people, where another column identifies stays."""
_NAMES: Mapping[str, str] = {
    **dict.fromkeys((folded(name) for name in columns.ADMISSION), ADMISSION),
    **dict.fromkeys(("date of birth", "dob", "birth date", "birthdate", "geburtsdatum", "21112-8"), BIRTH),
    **dict.fromkeys(("height", "body height", "height cm", "korpergrosse", "grosse", "8302-2", "3137-7"), HEIGHT),
    **dict.fromkeys(("sex", "gender", "geschlecht", "administrative sex", "46098-0", "76689-9"), SEX),
}


def fact_of(text: str) -> str | None:
    """Return what a header or the name of a parameter tells of, None for none of these."""
    if text.startswith(PERSON_HEADER):
        return PERSON
    known = _NAMES.get(code_in(text) or folded(text))
    return known or (DIALYSIS if names_dialysis(text) else None)


def value_tells_of_dialysis(values: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Tell which values of parameters that are not used name dialysis, as in ``Procedure: CVVHDF``."""
    text_index, distinct = pd.factorize(values)
    tells = [any(map(str.isalpha, text)) and names_dialysis(text) for text in distinct]
    return np.array([*tells, False], dtype=bool)[text_index]

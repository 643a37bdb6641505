"""Two people, two units or two truths under one id: what cannot be of one patient, or of one hour."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from qcore.io.refusals import Places, Refusal
from qcore.tasks.aki.features import SERIES_PARAMETERS
from qcore.tasks.aki.inputs import format_value
from qcore.tasks.aki.reading.cells import is_missing
from qcore.tasks.aki.reading.folding import folded
from qcore.tasks.aki.reading.long.deciding import in_first_day
from qcore.tasks.aki.reading.long.facts import BIRTH, HEIGHT, PERSON, PERSON_HEADER, SEX
from qcore.tasks.aki.reading.long.measurements import Flags, Measurements
from qcore.units import MASS, UREA_NITROGEN

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Clash = Callable[[Array, Array], Flags]
Sentence = Callable[[int, int], str]

YEARS = 1.0
"""Ages of one person may differ by this much, over a birthday."""
WEIGHT_RATIO = 1.3
"""Nobody gains or loses this much in a day: of 4,000 stays of PhysioNet 2012, 30 have such a pair, by mistake."""
HEIGHT_CM = 10.0
AT_ONCE_RATIO = 1.2
"""Two samples of one hour differ by less: in 4,000 stays of PhysioNet 2012 there are 5 that do not."""
_ONE_ID = "Give each person, or each stay, an id of its own."
_SEXES = {
    **dict.fromkeys(("m", "male", "man", "mann", "mannlich", "masculine"), "male"),
    **dict.fromkeys(("f", "w", "female", "woman", "frau", "weiblich", "feminine"), "female"),
    **dict.fromkeys(("0", "0 0"), "0"),
    **dict.fromkeys(("1", "1 0"), "1"),
}


@dataclass(frozen=True, eq=False)
class _Fact:
    """A quantity that should be the same, or nearly, in all rows of a group.

    Attributes:
        rows: which rows tell of it.
        group: ``(len(rows),)`` whose, or whose and when.
        numbers: ``(len(rows),)`` what they tell, as numbers.
        clash: from the lowest and the highest of groups to whether they cannot be true together.
        sentence: from the rows of two clashing values to what is wrong.
    """

    rows: Numbers
    group: Numbers
    numbers: Array
    clash: Clash
    sentence: Sentence


def conflicts(measured: Measurements) -> tuple[list[Places], Flags]:
    """Find patients whose rows contradict each other.

    Returns:
        Where, one conflict a group of rows that contradict each other; and ``(n_patients,)`` who has one.
    """
    faults: list[Places] = []
    two = np.zeros(len(measured.ids), dtype=bool)
    for fact in _of_one_person(measured):
        faults += _contradictions(measured, fact, two)
    # Two people under one id contradict each other in everything: one sentence is enough.
    several = two.copy()
    for fact in _of_one_hour(measured):
        faults += _contradictions(measured, fact, several, ~two)
    return faults, several


def _contradictions(
    measured: Measurements, fact: _Fact, patients: Flags, looked_at: Flags | None = None
) -> list[Places]:
    if not len(fact.rows):
        return []
    _, group = np.unique(fact.group, return_inverse=True)
    low, high = np.full(group.max() + 1, np.inf), np.full(group.max() + 1, -np.inf)
    np.minimum.at(low, group, fact.numbers)
    np.maximum.at(high, group, fact.numbers)
    clashing = fact.clash(low, high)
    if looked_at is not None:
        clashing &= np.bincount(group, weights=looked_at[measured.patient[fact.rows]]) > 0
    if not clashing.any():
        return []
    first = np.full(len(low), -1)
    first[group[::-1]] = np.arange(len(group))[::-1]
    reference = fact.numbers[first]
    other_value = np.where(high - reference >= reference - low, high, low)
    is_other = clashing[group] & (fact.numbers == other_value[group])
    others = np.flatnonzero(is_other & ~pd.Index(np.where(is_other, group, -1)).duplicated())
    firsts = first[group[others]]
    patients[measured.patient[fact.rows[others]]] = True
    write = partial(_refusal, measured, fact, fact.rows[firsts], fact.rows[others])
    return [Places(measured.lines[fact.rows[others]], write)]


def _refusal(measured: Measurements, fact: _Fact, firsts: Numbers, others: Numbers, index: int) -> Refusal:
    row = int(others[index])
    cells = measured.rows.iloc[row]
    sentence = fact.sentence(int(firsts[index]), row)
    return Refusal(int(cells["line"]), cells["patient_id"], measured.column(row, "value"), sentence)


def _of_one_person(measured: Measurements) -> Iterator[_Fact]:
    sentence = partial(_two_values, measured)
    known = ~np.isnan(measured.number)
    ages = np.flatnonzero((measured.name == "age_years") & known)
    yield _fact(measured, ages, measured.number[ages], lambda low, high: high - low > YEARS, partial(sentence, "ages"))
    day = in_first_day(measured.time_h)
    weights = np.flatnonzero((measured.name == "weight_kg") & measured.used & day)
    yield _fact(
        measured,
        weights,
        measured.number[weights],
        lambda low, high: high > WEIGHT_RATIO * low,
        partial(_two_weights, measured),
    )
    for kind, plural in ((SEX, "sexes"), (BIRTH, "dates of birth"), (HEIGHT, "heights"), (PERSON, "people")):
        rows = np.flatnonzero(measured.fact == kind)
        texts = measured.rows["value"].to_numpy()[rows]
        numbers = _as_numbers(kind, texts)
        rows, numbers = rows[~np.isnan(numbers)], numbers[~np.isnan(numbers)]
        clash: Clash = _not_one_height if kind == HEIGHT else partial(_apart, 1.0)
        # Numbers of people and of hospital stays are compared each with their own.
        headers = pd.factorize(measured.rows["parameter"].to_numpy()[rows])[0] if kind == PERSON else 0
        group = measured.patient[rows] + len(measured.ids) * headers
        yield _Fact(rows, group, numbers, clash, partial(sentence, plural))


def _of_one_hour(measured: Measurements) -> Iterator[_Fact]:
    day = in_first_day(measured.time_h) & measured.used
    for parameter in ("creatinine_mg_dl", "bun_mg_dl", "bicarbonate_mmol_l", "icu_type"):
        rows = np.flatnonzero((measured.name == parameter) & day)
        at_once = pd.DataFrame({"patient": measured.patient[rows], "time_h": measured.time_h[rows]})
        number = at_once.groupby(["patient", "time_h"], sort=False).ngroup()
        group = np.asarray(number.to_numpy(), dtype=np.int64)
        ratio = 1.0 if parameter == "icu_type" else AT_ONCE_RATIO
        sentence = partial(_at_once, measured, parameter)
        yield _Fact(rows, group, measured.number[rows], partial(_apart, ratio), sentence)
    rows = np.flatnonzero((measured.name == "bun_mg_dl") & day)
    unstated = np.zeros(len(measured.ids), dtype=bool)
    unstated[measured.patient[rows[~measured.stated[rows]]]] = True
    rows = rows[unstated[measured.patient[rows]]]
    sentence = partial(_two_units, measured)
    yield _fact(measured, rows, measured.number[rows], _as_urea_and_nitrogen, sentence)


def _fact(
    measured: Measurements, rows: Numbers, values: Array, clash: Clash, sentence: Callable[[int, int], str]
) -> _Fact:
    return _Fact(rows, measured.patient[rows], values, clash, sentence)


def _apart(ratio: float, low: Array, high: Array) -> Flags:
    return high > ratio * low


def _not_one_height(low: Array, high: Array) -> Flags:
    # Only centimetres are compared: 1.80 beside 180 or 71 inches is one height in two units.
    return (low >= 100.0) & (high - low > HEIGHT_CM)


def _as_urea_and_nitrogen(low: Array, high: Array) -> Flags:
    factor = UREA_NITROGEN[1].factor
    return (high > 0.9 * factor * low) & (high < 1.1 * factor * low)


def _as_numbers(kind: str, texts: npt.NDArray[np.object_]) -> Array:
    codes, distinct = pd.factorize(texts)
    if kind == HEIGHT:
        numbers = pd.to_numeric(pd.Series(distinct, dtype=object).str.replace(",", "."), errors="coerce")
        numbers = numbers.where(numbers >= 100.0)
    else:
        known = [None if is_missing(text) or text == "-1" else _SEXES.get(folded(text)) for text in distinct]
        if kind != SEX:
            known = [None if is_missing(text) else folded(text) for text in distinct]
        groups = pd.factorize(np.array(known, dtype=object))[0].astype(np.float64)
        # Counted from 1, for the highest is compared with the lowest by their ratio.
        numbers = pd.Series(groups + 1.0).where(groups >= 0)
    return np.append(numbers.to_numpy(dtype=np.float64), np.nan)[codes]


def _text(measured: Measurements, row: int) -> str:
    return str(measured.rows["value"].iloc[row])


def _two_values(measured: Measurements, plural: str, first: int, other: int) -> str:
    if plural == "people":
        plural = str(measured.rows["parameter"].iloc[other]).removeprefix(PERSON_HEADER)
    return f"Two {plural} under one id: {_text(measured, first)} and {_text(measured, other)}. {_ONE_ID}"


def _two_weights(measured: Measurements, first: int, other: int) -> str:
    item = SERIES_PARAMETERS["weight_kg"]
    first_kg, other_kg = measured.number[first], measured.number[other]
    sentence = f"Two weights under one id: {format_value(item, first_kg)} and {format_value(item, other_kg)}."
    pound = MASS[1].factor
    if abs(min(first_kg, other_kg) / max(first_kg, other_kg) / pound - 1) < 0.05:
        heavier = other if other_kg > first_kg else first
        return f"{sentence} {_text(measured, heavier)} looks like lb: state the unit."
    return f"{sentence} {_ONE_ID}"


def _at_once(measured: Measurements, parameter: str, first: int, other: int) -> str:
    item = SERIES_PARAMETERS[parameter]
    values = " and ".join(format_value(item, measured.number[row]) for row in (first, other))
    hour = f"{round(measured.time_h[other], 2):g} h"
    return (
        f"{item.label}: two values under one id at {hour}: {values}. Correct one, or give each person an id of its own."
    )


def _two_units(measured: Measurements, first: int, other: int) -> str:
    values = [_text(measured, row) for row in (first, other)]
    lower = values[int(measured.number[other] < measured.number[first])]
    return (
        f"Urea nitrogen (BUN): {values[0]} and {values[1]} within a day, and no unit is stated: {lower} looks like "
        "mmol/L beside mg/dL. State the unit of each."
    )

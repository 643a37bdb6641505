"""One patient as typed into tables: what was given and measured, or a sentence on the first thing that cannot be."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from qcore.errors import InvalidValue
from qcore.population.model import PopulationModel
from qcore.study import Doses, Observations, Quantity, Subject
from qcore.tasks.dosing.drug.file import Drug

Cell = float | str | None
"""Of a table: empty, a number, or whatever somebody typed."""

LONGEST_H = 24.0 * 366
MOST_DOSES, MOST_LEVELS = 400, 200
BEYOND_CAP = 10.0
"""A dose that was given may exceed the cap; above this multiple of it, its unit must be wrong."""
WEIGHTS_KG = (0.3, 500.0)


def entered(
    model: PopulationModel,
    drug: Drug,
    covariates: Mapping[str, float | None],
    doses: Sequence[tuple[Cell, Cell]],
    levels: Sequence[tuple[Cell, Cell, Cell]],
) -> Subject:
    """Return one patient as a subject, from what was typed into the tables of a page.

    Args:
        model: that is to be asked.
        drug: whose cap tells which doses can have been given.
        covariates: of the patient by name.
        doses: rows of time and amount; rows that are empty are left out.
        levels: rows of time, concentration and response, one of which may be empty; rows without either are left out.

    Raises:
        InvalidValue: something is missing or impossible; the sentence names table and row.
    """
    given = _doses(model, drug, doses)
    return Subject("", _covariates(model, covariates), given, _levels(model, drug, given, levels))


def _covariates(model: PopulationModel, covariates: Mapping[str, float | None]) -> dict[str, float]:
    logarithmic = {effect.covariate for effect in model.structure.effects if effect.reference is not None}
    checked = {}
    for name, value in covariates.items():
        if value is None or not math.isfinite(value):
            raise InvalidValue(f"Enter the patient's {name if name != model.weight else 'body weight'}.")
        if name == model.weight and not WEIGHTS_KG[0] <= value <= WEIGHTS_KG[1]:
            raise InvalidValue(f"A body weight of {value:g} kg is not possible: check the unit.")
        if name in logarithmic and value <= 0:
            raise InvalidValue(f"{name} must be above 0.")
        checked[name] = float(value)
    return checked


def _doses(model: PopulationModel, drug: Drug, rows: Sequence[tuple[Cell, Cell]]) -> Doses:
    highest = BEYOND_CAP * max(regimen.cap for regimen in drug.regimens)
    entered = []
    for number, row in enumerate(rows, 1):
        time, amount = (_number(cell, "Doses", number) for cell in row)
        if time is None and amount is None:
            continue
        if time is None or amount is None:
            raise InvalidValue(f"Doses, row {number}: {'the time' if time is None else 'the dose'} is missing.")
        _check_time(time, "Doses", number, model)
        if amount <= 0:
            raise InvalidValue(f"Doses, row {number}: a dose must be above 0; delete the row of a dose not taken.")
        if amount > highest:
            raise InvalidValue(
                f"Doses, row {number}: {amount:g} {drug.units.dose} is more than {BEYOND_CAP:g} times the highest dose "
                "of this drug. Check the unit."
            )
        entered.append((time, amount))
    if len(entered) > MOST_DOSES:
        raise InvalidValue(f"{len(entered)} doses are too many: enter the last {MOST_DOSES}.")
    table = np.array(sorted(entered), dtype=np.float64).reshape(-1, 2)
    none = np.zeros(len(table))
    return Doses(table[:, 0], table[:, 1], none, np.full(len(table), model.structure.absorbed), none)


def _levels(model: PopulationModel, drug: Drug, given: Doses, rows: Sequence[tuple[Cell, Cell, Cell]]) -> Observations:
    entered = []
    for number, row in enumerate(rows, 1):
        time, *values = (_number(cell, "Levels", number) for cell in row)
        # A time alone is a row that is being typed.
        if all(value is None for value in values):
            continue
        if time is None:
            raise InvalidValue(f"Levels, row {number}: the time is missing.")
        _check_time(time, "Levels", number, model)
        for quantity, value in zip((Quantity.CONCENTRATION, Quantity.RESPONSE), values, strict=True):
            if value is not None:
                _check_level(model, drug, given, (quantity, time, value), number)
                entered.append((time, quantity is Quantity.RESPONSE, value))
    if len(entered) > MOST_LEVELS:
        raise InvalidValue(f"{len(entered)} levels are too many: enter the last {MOST_LEVELS}.")
    entered.sort()
    return Observations(
        np.array([time for time, _, _ in entered], dtype=np.float64),
        np.array([value for _, _, value in entered], dtype=np.float64),
        np.array([response for _, response, _ in entered], dtype=np.bool_),
    )


def _number(cell: Cell, table: str, row: int) -> float | None:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    try:
        number = float(cell)
    except ValueError:
        raise InvalidValue(f"{table}, row {row}: “{str(cell).strip()[:20]}” is not a number.") from None
    # An empty cell of a column of numbers.
    if math.isnan(number):
        return None
    if math.isinf(number):
        raise InvalidValue(f"{table}, row {row}: a number must be finite.")
    return number


def _check_time(time: float, table: str, row: int, model: PopulationModel) -> None:
    unit = model.units.time
    if time < 0:
        raise InvalidValue(f"{table}, row {row}: the time {time:g} {unit} is negative; the first dose is at 0 {unit}.")
    if time > LONGEST_H:
        raise InvalidValue(f"{table}, row {row}: {time:g} {unit} is more than a year. Check the unit.")


def _check_level(
    model: PopulationModel, drug: Drug, given: Doses, level: tuple[Quantity, float, float], row: int
) -> None:
    quantity, time, value = level
    responds = quantity is Quantity.RESPONSE
    name = drug.effect if responds else "concentration"
    if responds and model.structure.response is None:
        raise InvalidValue("The model of this study knows concentrations alone: leave the response out.")
    if value < 0:
        raise InvalidValue(f"Levels, row {row}: a {name} cannot be negative.")
    if value == 0 and not model.structure.residual[quantity].additive:
        raise InvalidValue(
            f"Levels, row {row}: a {name} of 0 is one that could not be measured; leave it out, or enter the limit of "
            "the assay."
        )
    first = given.time.min(initial=math.inf)
    # What is swallowed has not arrived yet at the very time of the dose; what goes into the blood has.
    if not responds and (time <= first if model.structure.absorbed else time < first):
        raise InvalidValue(
            f"Levels, row {row}: a concentration at {time:g} {model.units.time}, before any dose had "
            f"{'arrived' if time == first else 'been given'}. Check the time."
        )

"""Which patients are scored: those whose twelve values are all there, possible, and agree with each other."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.errors import InvalidValue
from qcore.tasks.aki.inputs import INPUT_NAMES, INPUTS, canonical_value
from qcore.tasks.aki.urine import DAY, LAST, check_rates, rates_fit


def accepted(patients: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell for patients ``(n, 12)`` in canonical units whether each is scored; agrees with `refusal`."""
    low, high = np.array([item.accepted for item in INPUTS]).T
    fine = np.asarray(((patients >= low) & (patients <= high)).all(axis=1))
    for column, item in enumerate(INPUTS):
        if item.choices:
            fine &= np.isin(patients[:, column], list(item.choices))
    column_of = INPUT_NAMES.index
    fine &= rates_fit(patients[:, column_of(DAY)], patients[:, column_of(LAST)])
    return fine


def refusal(patient: NDArray[np.float64]) -> str:
    """Return why a patient ``(12,)`` is not scored."""
    try:
        for item, value in zip(INPUTS, patient, strict=True):
            canonical_value(item, float(value))
        named = dict(zip(INPUT_NAMES, patient, strict=True))
        check_rates(named[DAY], named[LAST])
    except InvalidValue as error:
        return str(error)
    raise AssertionError("a patient that is refused and has no fault")


def values_of(inputs: pd.DataFrame) -> NDArray[np.float64]:
    """Return the values of patients, ``(n, 12)``, in the order of `INPUT_NAMES`.

    Raises:
        InvalidValue: it is no table, or a column is missing, there twice, or holds something else than numbers.
    """
    if not isinstance(inputs, pd.DataFrame):
        raise InvalidValue("Patients come as a pandas table with a row each: `series.to_frame().T` of a single one.")
    missing = [name for name in INPUT_NAMES if name not in inputs.columns]
    if missing:
        raise InvalidValue(f"The table of patients lacks {', '.join(missing)}.")
    for name in INPUT_NAMES:
        if not isinstance(inputs[name], pd.Series):
            raise InvalidValue(f"The table of patients has two columns {name}: remove one.")
        try:
            inputs[name].to_numpy(dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InvalidValue(f"The column {name} must hold numbers: {error}.") from error
    return inputs[list(INPUT_NAMES)].to_numpy(dtype=np.float64, copy=True)


def checked_patients(inputs: pd.DataFrame) -> pd.DataFrame:
    """Return patients as they are, or refuse them as a page and ``qlinical predict`` do.

    Args:
        inputs: ``(n, 12)`` columns `INPUT_NAMES` in canonical units, a row a patient.

    Raises:
        InvalidValue: a column or value is missing, impossible, or plausible only in another unit; it names the row.
    """
    values = values_of(inputs)
    refused = np.flatnonzero(~accepted(values))
    if len(refused):
        first = int(refused[0])
        raise InvalidValue(f"Patient {inputs.index[first]}: {refusal(values[first])}")
    return inputs

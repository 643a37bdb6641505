"""The course of the first day: what was last known at the end of every three hours."""

import numpy as np
import pandas as pd

from qcore.tasks.aki.course import COLUMNS, first_day_course
from qcore.tasks.aki.features import SERIES_COLUMNS


def course(*rows: tuple[object, ...], patients: tuple[int, ...] = (1,)) -> np.ndarray:
    return first_day_course(pd.DataFrame(rows, columns=list(SERIES_COLUMNS)), pd.Index(patients, name="patient_id"))


def column(found: np.ndarray, name: str, patient: int = 0) -> list[float]:
    return found[patient, :, COLUMNS.index(name)].tolist()


def test_a_value_holds_until_the_next_and_is_unknown_before_the_first() -> None:
    found = course(
        (1, 4.0, "creatinine_mg_dl", 1.0), (1, 5.9, "creatinine_mg_dl", 1.2), (1, 13.0, "creatinine_mg_dl", 2.0)
    )
    np.testing.assert_array_equal(column(found, "creatinine_mg_dl"), [np.nan, 1.2, 1.2, 1.2, 2.0, 2.0, 2.0, 2.0])


def test_urine_is_the_flow_of_the_step_alone_and_pressure_the_lowest() -> None:
    found = course(
        (1, 0.0, "weight_kg", 50.0),
        (1, 0.0, "urine_ml", 100.0),
        (1, 2.0, "urine_ml", 50.0),
        (1, 5.0, "urine_ml", 75.0),
        (1, 1.0, "map_mmhg", 90.0),
        (1, 2.0, "map_mmhg", 60.0),
    )
    # What stands at 0 h was collected before the stay; after 5 h nothing is charted.
    np.testing.assert_allclose(column(found, "urine_ml_kg_h"), [(50 + 25) / 3 / 50, 0.5, *[np.nan] * 6])
    assert column(found, "map_mmhg") == [60.0] * 8


def test_artefacts_and_the_second_day_are_left_out_and_patients_keep_their_order() -> None:
    found = course(
        (1, 1.0, "creatinine_mg_dl", 900.0),
        (1, 25.0, "creatinine_mg_dl", 1.0),
        (2, 1.0, "creatinine_mg_dl", 3.0),
        patients=(2, 3, 1),
    )
    assert found.shape == (3, 8, len(COLUMNS))
    assert column(found, "creatinine_mg_dl") == [3.0] * 8
    assert np.isnan(found[1:]).all()

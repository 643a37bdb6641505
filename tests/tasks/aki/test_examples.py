"""The synthetic patients: complete, acceptable to the model, and consistent in themselves."""

import json

import pandas as pd
import pytest

from qcore.errors import MissingAsset
from qcore.tasks.aki import examples as module
from qcore.tasks.aki.examples import DIRECTORY, Example, examples
from qcore.tasks.aki.features import SERIES_COLUMNS, SERIES_PARAMETERS, is_accepted
from qcore.tasks.aki.inputs import ICU_TYPES, INPUTS, canonical_value
from qcore.tasks.aki.urine import rates_fit


def values(example: Example, parameter: str) -> pd.Series:
    rows = example.series[example.series["parameter"] == parameter]
    return rows.set_index("time_h")["value"]


def by_key(key: str) -> Example:
    return next(example for example in examples() if example.key == key)


def test_there_are_at_least_twelve_of_all_units() -> None:
    assert len(examples()) >= 12
    assert len({example.title for example in examples()}) == len(examples())
    assert {int(example.inputs["icu_type"]) for example in examples()} == set(ICU_TYPES)


def test_every_file_says_that_it_is_synthetic() -> None:
    for file in DIRECTORY.iterdir():
        content = json.loads(file.read_text(encoding="utf-8"))
        assert content["synthetic"] is True
        assert content["key"] == file.stem


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.key)
def test_an_example_is_complete_and_consistent(example: Example) -> None:
    for item in INPUTS:
        assert canonical_value(item, example.inputs[item.name]) == example.inputs[item.name]
    series = example.series
    assert list(series.columns) == list(SERIES_COLUMNS)
    assert set(series["parameter"]) == set(SERIES_PARAMETERS)
    assert is_accepted(series).all()
    assert series["time_h"].between(0, 24).all()
    assert series["time_h"].is_monotonic_increasing
    assert 2 <= len(values(example, "creatinine_mg_dl")) <= 5
    haematocrit, haemoglobin = values(example, "haematocrit_percent"), values(example, "haemoglobin_g_dl")
    assert (haematocrit / haemoglobin).between(2.8, 3.2).all()
    assert all(0 <= event.time_h <= 24 for event in example.events)
    assert [event.time_h for event in example.events] == sorted(event.time_h for event in example.events)
    # Creatinine that rises by 0.3 mg/dL or more goes with little urine, and the other way round.
    rise = example.inputs["creatinine_last_mg_dl"] - example.inputs["creatinine_first_mg_dl"]
    assert (rise >= 0.295) == (example.inputs["urine_24h_ml_kg_h"] < 0.5)
    assert rates_fit(example.inputs["urine_24h_ml_kg_h"], example.inputs["urine_6h_ml_kg_h"])


def test_the_stories_differ() -> None:
    assert by_key("recovering_urosepsis").inputs["creatinine_last_mg_dl"] < 3.1
    assert 2.0 < by_key("elderly_chronic_kidney_disease").inputs["creatinine_first_mg_dl"] < 3.5
    assert any("red cells" in event.label for event in by_key("massive_transfusion").events)


def test_a_missing_folder_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(module, "DIRECTORY", tmp_path)
    examples.cache_clear()
    with pytest.raises(MissingAsset, match="restore the folder"):
        examples()

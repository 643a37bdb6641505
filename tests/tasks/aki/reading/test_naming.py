"""What headers and labels mean, in the words of different hospitals."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.errors import InvalidValue
from qcore.tasks.aki.features import SERIES_PARAMETERS
from qcore.tasks.aki.inputs import INPUTS, Input
from qcore.tasks.aki.reading.naming import named
from qcore.tasks.aki.reading.physionet_layout import PHYSIONET_PARAMETERS
from qcore.tasks.aki.reading.urine_amounts import KNOWN
from qcore.tasks.aki.reading.vocabulary import QUANTITIES, UNIT_SPELLINGS, URINE_RATE
from qcore.tasks.aki.urine import DAY, LAST


def meaning(text: str) -> tuple[str, str]:
    found = named(text)
    assert found is not None
    return found.input_name(), found.input_unit().symbol


@pytest.mark.parametrize("item", INPUTS)
def test_own_names_and_labels_are_understood_with_every_unit(item: Input) -> None:
    assert meaning(item.name) == (item.name, item.unit.symbol)
    # Urine without a unit is an amount in mL.
    if item.name not in (DAY, LAST):
        assert meaning(item.label) == (item.name, item.unit.symbol)
    for unit in item.units:
        if unit.symbol:
            assert meaning(f"{item.label} ({unit.symbol})") == (item.name, unit.symbol)
            assert meaning(f"{item.label} [{unit.symbol.upper()}]") == (item.name, unit.symbol)
            assert meaning(f"{item.label} {unit.symbol}") == (item.name, unit.symbol)


@pytest.mark.parametrize(
    ("text", "name", "symbol"),
    [
        ("creatinine_last_umol_l", "creatinine_last_mg_dl", "µmol/L"),
        ("Crea last [μmol/L]", "creatinine_last_mg_dl", "µmol/L"),
        ("SCr (admission) (mcmol/L)", "creatinine_first_mg_dl", "µmol/L"),
        ("initial serum creatinine", "creatinine_first_mg_dl", "mg/dL"),
        ("blood urea nitrogen", "bun_max_mg_dl", "mg/dL"),
        ("urea, highest (mmol/L)", "bun_max_mg_dl", "mmol/L"),
        ("Harnstoff [mg/dL]", "bun_max_mg_dl", "mg/dL urea"),
        ("urine output 24h", "urine_24h_ml", "mL"),
        ("UOP last 24 hours (mL/24h)", "urine_24h_ml", "mL"),
        ("Urine (total) [L]", "urine_24h_ml", "L"),
        ("UOP 6h (mL/kg/h)", "urine_6h_ml_kg_h", "mL/kg/h"),
        ("urine_24h_ml_kg_h", "urine_24h_ml_kg_h", "mL/kg/h"),
        ("hours of last urine", "urine_last_hours", "h"),
        ("urine last hour", "urine_last_ml", "mL"),
        ("wt lbs", "weight_kg", "lb"),
        ("Mean arterial pressure (mm[Hg])", "map_min_mmhg", "mmHg"),
        ("lowest MAP", "map_min_mmhg", "mmHg"),
        ("HCO3", "bicarbonate_last_mmol_l", "mmol/L"),
        ("bicarb mEq/L", "bicarbonate_last_mmol_l", "mEq/L"),
        ("GCS best", "gcs_max", "points"),
        ("Temp degF", "temperature_min_c", "°F"),
        ("Temp. (℃)", "temperature_min_c", "°C"),
        ("ICUType", "icu_type", ""),
    ],
)
def test_words_of_different_hospitals(text: str, name: str, symbol: str) -> None:
    assert meaning(text) == (name, symbol)


@pytest.mark.parametrize(
    "text",
    ["creatinine clearance", "urine creatinine", "heart rate", "patient_id", "", "creatine kinase"],
)
def test_other_quantities_are_not_mistaken(text: str) -> None:
    assert named(text) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("creatinine", "write creatinine first or creatinine last"),
        ("creatinine last 24 h", "does not say which value"),
        ("urine", "write urine total or urine last"),
        ("temp max", "the model uses temperature min"),
        ("creatinine max", "is not an input"),
        ("haematocrit", "is not an input of the model"),
    ],
)
def test_an_unclear_value_of_the_day_is_asked_for(text: str, says: str) -> None:
    found = named(text)
    assert found is not None
    with pytest.raises(InvalidValue, match=says):
        found.input_name()


def test_urea_without_a_unit_is_refused() -> None:
    found = named("urea")
    assert found is not None
    with pytest.raises(InvalidValue, match="needs its unit"):
        found.input_unit()


def test_urea_in_mg_dl_is_not_urea_nitrogen() -> None:
    found = named("urea (mg/dL)")
    assert found is not None
    assert found.input_unit().to_canonical(214.4) == pytest.approx(100, rel=1e-3)
    molar = named("urea (mmol/L)")
    assert molar is not None
    # 60.056 mg/dL of urea are 10 mmol/L.
    assert molar.input_unit().to_canonical(10) == pytest.approx(found.input_unit().to_canonical(60.056))


@pytest.mark.parametrize("text", ["creatinine last (mmol/L)", "Weight [stone]", "urine last (mL/h)", "MAP °C"])
def test_a_unit_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"the unit .* is not known, use "):
        named(text)


def test_series_parameters_are_understood() -> None:
    for name in SERIES_PARAMETERS:
        found = named(name)
        assert found is not None
        assert found.quantity.parameter == name
    for text, name in PHYSIONET_PARAMETERS.items():
        found = named(text)
        assert found is not None
        assert found.quantity.parameter == name


def test_the_vocabulary_agrees_with_the_inputs() -> None:
    synonyms = [word for quantity in QUANTITIES for word in quantity.synonyms]
    assert len(synonyms) == len(set(synonyms))
    for quantity in QUANTITIES:
        assert quantity.parameter in SERIES_PARAMETERS or not quantity.parameter
        for name in quantity.inputs.values():
            if not quantity.unit_required:
                assert tuple(quantity.units.values()) == KNOWN[name].units
        assert set(quantity.units) <= set(UNIT_SPELLINGS.values()) | {"", "h"}


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidValue):
        found = named(text)
        assert found is None or found.quantity in (*QUANTITIES, URINE_RATE)

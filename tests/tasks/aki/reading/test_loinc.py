"""LOINC codes: what they measure, the unit that belongs to them, and codes of something else."""

import pandas as pd
import pytest
from long_files import PATIENT, read, rows, with_rows

from qcore.tasks.aki.reading.loinc import code_in, coded
from qcore.tasks.aki.reading.naming import named

CODES = {
    "Creatinine": "2160-0",
    "BUN": "3094-0",
    "HCO3": "1963-8",
    "MAP": "8478-0",
    "GCS": "9269-2",
    "Temp": "8310-5",
    "Weight": "29463-7",
    "Age": "30525-0",
    "Urine": "9187-6",
}
PLAIN = with_rows().inputs


@pytest.mark.parametrize("spelling", ["{}", "LOINC:{}", "LOINC {}", "http://loinc.org|{}"])
def test_codes_instead_of_names(spelling: str) -> None:
    table = with_rows(called={name: spelling.format(code) for name, code in CODES.items()})
    pd.testing.assert_frame_equal(table.inputs, PLAIN)


@pytest.mark.parametrize(
    ("code", "parameter", "symbol"),
    [
        ("2160-0", "creatinine_mg_dl", "mg/dL"),
        ("38483-4", "creatinine_mg_dl", "mg/dL"),
        ("14682-9", "creatinine_mg_dl", "µmol/L"),
        ("77140-2", "creatinine_mg_dl", "µmol/L"),
        ("6299-2", "bun_mg_dl", "mg/dL"),
        ("14937-7", "bun_mg_dl", "mmol/L"),
        ("22664-7", "bun_mg_dl", "mmol/L"),
        ("3091-6", "bun_mg_dl", "mg/dL urea"),
        ("1960-4", "bicarbonate_mmol_l", "mmol/L"),
        ("76214-6", "map_mmhg", "mmHg"),
        ("4544-3", "haematocrit_percent", "%"),
        ("718-7", "haemoglobin_g_dl", "g/dL"),
        ("59260-0", "haemoglobin_g_dl", "mmol/L"),
    ],
)
def test_a_code_says_the_unit(code: str, parameter: str, symbol: str) -> None:
    found = named(code)
    assert found is not None
    assert (found.quantity.parameter, found.input_unit().symbol) == (parameter, symbol)


def test_a_unit_that_is_not_of_the_code_is_refused() -> None:
    table = with_rows(called={"Creatinine": "14682-9"})
    assert table.inputs.empty
    assert "LOINC 14682-9: the unit 'mg/dL' is not known, use µmol/L" in table.refused[0].message


def test_a_code_beside_a_label_decides() -> None:
    lines = [f"{row.rsplit(',', 1)[0]},{CODES.get(PATIENT[at][1], '')}" for at, row in enumerate(rows())]
    urine = "p1,23,Creatinine,90,2161-8"
    table = read("\n".join(["patient_id,time_h,label,value,loinc", *lines, urine]))
    pd.testing.assert_frame_equal(table.inputs, PLAIN)
    assert table.ignored == ("Creatinine, LOINC 2161-8",)
    assert any("Creatinine with the LOINC code 2161-8 is not used" in note for note in table.notes)


def test_an_amount_of_24_hours_is_no_amount_of_its_hour() -> None:
    pd.testing.assert_frame_equal(with_rows("p1,22,9192-6,2000,mL").inputs, PLAIN)


def test_long_names_and_what_is_no_code() -> None:
    found = coded("Creatinine [Mass/volume] in Serum or Plasma")
    assert found is not None
    assert found.quantity.parameter == "creatinine_mg_dl"
    assert coded("Creatinine [Mass/volume] in Urine") is None
    assert (code_in("2160-0 "), code_in("p1-2"), code_in("12"), code_in("2161-8")) == ("2160-0", "", "", "2161-8")
    assert coded("2161-8") is None

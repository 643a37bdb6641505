"""Pasted text: lines, spreadsheet columns, a header with a line of values, and what is asked back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.io.numerals import has_decimal_comma, readings
from qcore.tasks.aki.inputs import BY_NAME, INPUT_NAMES, INPUTS, canonical_value
from qcore.tasks.aki.reading.paste import MAX_CHARACTERS, parse
from qcore.tasks.aki.reading.table import template_csv
from qcore.tasks.aki.reading.urine_amounts import KNOWN

CHART = """Creatinine first: 0.9 mg/dL (0.6 - 1.2)
Creatinine last 1.9 mg/dL
BUN: 45 mg/dL
Urine 24h 1500 mL
UO last hour = 40 ml
GCS 14/15
ICU: medical
MAP 62 mmHg; temp 36,4 °C
Age 65, weight 180 lbs
HCO3, last 22 mEq/L
HR 88"""


def understood(text: str) -> dict[str, tuple[float, str]]:
    pasted = parse(text)
    assert pasted.problems == ()
    return {name: (value, unit.symbol) for name, (value, unit) in pasted.values.items()}


def test_lines_of_a_chart() -> None:
    assert understood(CHART) == {
        "creatinine_first_mg_dl": (0.9, "mg/dL"),
        "creatinine_last_mg_dl": (1.9, "mg/dL"),
        "bun_max_mg_dl": (45, "mg/dL"),
        "urine_24h_ml": (1500, "mL"),
        "urine_24h_hours": (24, "h"),
        "urine_last_ml": (40, "mL"),
        "urine_last_hours": (1, "h"),
        "gcs_max": (14, "points"),
        "icu_type": (3, ""),
        "map_min_mmhg": (62, "mmHg"),
        "temperature_min_c": (36.4, "°C"),
        "age_years": (65, "years"),
        "weight_kg": (180, "lb"),
        "bicarbonate_last_mmol_l": (22, "mEq/L"),
    }
    assert parse(CHART).ignored == ("HR 88",)
    assert parse(CHART).notes == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Creatinine last\t1,9\tmg/dL\t(0,6-1,2)", {"creatinine_last_mg_dl": (1.9, "mg/dL")}),
        ("Crea last\t168 µmol/l", {"creatinine_last_mg_dl": (168, "µmol/L")}),
        ("Crea last (umol/l)\t168", {"creatinine_last_mg_dl": (168, "µmol/L")}),
        ("ICU type\tCCU", {"icu_type": (1, "")}),
        ("Age\tMAP (kPa)\n65\t8,5", {"age_years": (65, "years"), "map_min_mmhg": (8.5, "kPa")}),
        ("age;GCS\n65;14", {"age_years": (65, "years"), "gcs_max": (14, "points")}),
        ("urine total 0.9 L", {"urine_24h_ml": (0.9, "L")}),
        ("urine last 6 h 80 mL", {"urine_last_ml": (80, "mL"), "urine_last_hours": (6, "h")}),
        ("Urin 645 mL / 24 h", {"urine_24h_ml": (645, "mL"), "urine_24h_hours": (24, "h")}),
        ("UO 96 mL in 6h", {"urine_last_ml": (96, "mL"), "urine_last_hours": (6, "h")}),
        ("Urin letzte 6 h 96 mL", {"urine_last_ml": (96, "mL"), "urine_last_hours": (6, "h")}),
        ("UOP 6h: 0.4 mL/kg/h", {"urine_6h_ml_kg_h": (0.4, "mL/kg/h")}),
        ("stable; BUN 45 mg/dL; ", {"bun_max_mg_dl": (45, "mg/dL")}),
        ("ICU = surgical", {"icu_type": (4, "")}),
        ("temp -2 °C", {"temperature_min_c": (-2, "°C")}),
        ("creatinine last 1.9\ncreatinine last 1.9", {"creatinine_last_mg_dl": (1.9, "mg/dL")}),
    ],
)
def test_spreadsheets_and_units(text: str, expected: dict[str, tuple[float, str]]) -> None:
    assert understood(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "67 m",
        "67M",
        "Age 67 m",
        "age/sex: 67 m",
        "67 y/o male",
        "Age: 67y M",
        "m, 67",
        "67-year-old woman",
        "age\t67\tf",
    ],
)
def test_age_and_sex_are_written_together(text: str) -> None:
    assert understood(text) == {"age_years": (67, "years")}
    (note,) = parse(text).notes
    assert note.endswith("the sex is no input.")


@pytest.mark.parametrize("text", ["80 F", "98 f", "hello 67 m", "67 mm", "67"])
def test_what_may_be_something_else_is_no_age(text: str) -> None:
    assert parse(text).values == {}
    assert parse(text).ignored == (text,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MAP 62 temp 36.4", {"map_min_mmhg": 62, "temperature_min_c": 36.4}),
        ("BUN 45 mg/dL Weight 80 kg", {"bun_max_mg_dl": 45, "weight_kg": 80}),
        ("Na 140 K 4.1 BUN 45", {"bun_max_mg_dl": 45}),
        ("Creatinine first 1.1 last 1.9", {"creatinine_first_mg_dl": 1.1, "creatinine_last_mg_dl": 1.9}),
        ("GCS 14/15 HCO3 22", {"gcs_max": 14, "bicarbonate_last_mmol_l": 22}),
        ("Crea last 168 µmol/L (1.9 mg/dL)", {"creatinine_last_mg_dl": 168}),
        ("Creatinine last\t1.9\tmg/dL\t0.6\t1.2", {"creatinine_last_mg_dl": 1.9}),
        (
            "urine 24h 640 mL, last 6h 80 mL",
            {"urine_24h_ml": 640, "urine_24h_hours": 24, "urine_last_ml": 80, "urine_last_hours": 6},
        ),
    ],
)
def test_several_values_of_one_line(text: str, expected: dict[str, float]) -> None:
    assert {name: value for name, (value, _) in understood(text).items()} == expected


@pytest.mark.parametrize(
    "text", ["BUN 45 50", "BUN 45, 50", "BUN 45 / 50", "BUN 45 (50)", "BUN\t45\tmg/dL\t50", "BUN 45 mg/dL 50 mg/dL"]
)
def test_two_values_under_one_name_are_asked_about(text: str) -> None:
    (problem,) = parse(text).problems
    assert "45 and 50 stand on one line" in problem
    assert parse(text).values == {}


@pytest.mark.parametrize("text", ["Cr 1.1 mg/dL\nCr 1.9 mg/dL", "creatinine 1.1 -> 1.9 mg/dL", "Cr: 1.1→1.9 mg/dl"])
def test_two_creatinine_values_are_first_and_last(text: str) -> None:
    assert understood(text) == {
        "creatinine_first_mg_dl": (1.1, "mg/dL"),
        "creatinine_last_mg_dl": (1.9, "mg/dL"),
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("creatinine 1.2", "write creatinine first or creatinine last"),
        ("creatinine first 1.0\ncreatinine 1.2", "does not say which value"),
        ("cr 1\ncr 2\ncr 3", "does not say which value"),
        ("urine 1500", "write urine total or urine last"),
        ("urea 50", "needs its unit"),
        ("temp max 39", "the model uses temperature min"),
        ("creatinine last <0.2", "A limit such as <0.2 cannot be used"),
        ("urine total 1,500 mL", "can be read as 1.5 or as 1500"),
        ("creatinine last 1.9 mmol/L", "'mmol/L' is not known, use mg/dL or µmol/L"),
        ("BUN 40\nBUN 41", "given twice with different values"),
        ("MAP (kPa): 62 mmHg", "two different units"),
        ("age,GCS\n65,14\n70,15", "several lines below a header"),
        ("age,GCS,MAP\n65,14", "header has 3 columns and the line below it 2"),
        ("x" * (MAX_CHARACTERS + 1), "too long"),
    ],
)
def test_what_is_unclear_is_asked(text: str, says: str) -> None:
    pasted = parse(text)
    assert len(pasted.problems) >= 1
    assert says in pasted.problems[0]
    assert pasted.problems[0].endswith(".")


def test_a_value_given_twice_is_not_used() -> None:
    assert "bun_max_mg_dl" not in parse("BUN 40\nBUN 41\nage 65").values


def test_urea_in_mg_dl_is_converted_and_said() -> None:
    pasted = parse("urea 50 mg/dL")
    assert pasted.values["bun_max_mg_dl"] == (23.3, BY_NAME["bun_max_mg_dl"].unit)
    assert pasted.notes == ("Urea 50 mg/dL is urea nitrogen (BUN) 23.3 mg/dL.",)


def test_a_unit_that_was_understood_is_said() -> None:
    assert parse("weight 80").notes == ("Weight: no unit was given, taken as kg.",)


@pytest.mark.parametrize(
    "text", ["Creatinine last 1.9 mg/dL at 08:00", "2.5.2024 BUN 40", "hello", "creatinine last", "a\tb"]
)
def test_other_lines_are_ignored_and_listed(text: str) -> None:
    pasted = parse(text)
    assert (pasted.values, pasted.problems) == ({}, ())
    assert len(pasted.ignored) == 1


def test_the_template_can_be_pasted() -> None:
    header, first, _ = template_csv().splitlines()
    assert list(understood(f"{header}\n{first}")) == list(INPUT_NAMES)


def test_every_unit_of_every_input_is_one_the_form_offers() -> None:
    for item in INPUTS:
        for unit in item.units:
            label = item.name if item.choices else item.label
            value, found = parse(f"{label} 3 {unit.symbol}").values[item.name]
            assert (value, found) == (3, unit)


@given(st.text(alphabet=st.sampled_from("creatinine lastBUNurea0123456789.,:;\t\n()<->°µ/mgdL"), max_size=120))
def test_any_text_gives_numbers_and_units_of_the_input(text: str) -> None:
    for name, (value, unit) in parse(text).values.items():
        assert unit in KNOWN[name].units
        assert value == value


@pytest.mark.parametrize(
    "text",
    ["a;" * 9000, (", b" * 95 + "\n") * 60, ("(" + "1" * 280 + "\n") * 60, ("= " * 140 + "\n") * 60, "1" * 9999],
)
def test_hostile_text_comes_to_an_end(text: str) -> None:
    assert parse(text).values == {}


def test_a_header_with_an_unknown_unit_and_an_odd_label_are_told() -> None:
    assert parse("Weight (stone),GCS\n12,15").problems == ("Weight: the unit 'stone' is not known, use kg or lb.",)


@given(st.integers(1, 199), st.sampled_from([".", ","]))
def test_decimal_point_and_comma_agree(tenths: int, sign: str) -> None:
    text = f"{tenths / 10:.1f}".replace(".", sign)
    value, unit = parse(f"creatinine last {text} mg/dL").values["creatinine_last_mg_dl"]
    assert canonical_value(BY_NAME["creatinine_last_mg_dl"], value, unit) == tenths / 10


@pytest.mark.parametrize(
    ("text", "decimal_comma", "expected"),
    [
        ("1.5", False, (1.5,)),
        ("−1.5", False, (-1.5,)),
        ("1e3", False, (1000.0,)),
        ("1,5", False, (1.5,)),
        ("0,500", False, (0.5,)),
        ("1,500", False, (1.5, 1500.0)),
        ("1.500", False, (1.5,)),
        ("1.500", True, (1.5, 1500.0)),
        ("1,234,567", False, (1234567.0,)),
        ("1,234.5", False, (1234.5,)),
        ("1.234,5", False, (1234.5,)),
        ("1 500", False, (1500.0,)),
        ("1'500", False, (1500.0,)),
        ("1\u00a0500,5", False, (1500.5,)),
        *((text, False, ()) for text in ("", "x", "1_000", "nan", "inf", "0x1", "1,2,3", "٣", "1..2", "--1")),
    ],
)
def test_numbers_as_people_write_them(text: str, decimal_comma: bool, expected: tuple[float, ...]) -> None:
    assert readings(text, decimal_comma=decimal_comma) == expected


def test_a_decimal_comma_is_seen_only_where_it_is_certain() -> None:
    assert has_decimal_comma("age;temp\n65;36,4")
    assert not has_decimal_comma("1,500 and 2,000,000 and 1,234.5")

"""Files of patients: what is read, what is refused with its place, and hostile bytes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.errors import InvalidValue, UnreadableInput
from qcore.io.refusals import MAX_REFUSALS
from qcore.tasks.aki.inputs import INPUT_NAMES, INPUTS, Input
from qcore.tasks.aki.reading.cells import read_cell, read_cells
from qcore.tasks.aki.reading.table import PatientTable, read_patients, template_csv
from qcore.tasks.aki.reading.urine_amounts import Urine
from qcore.units import Unit

TEMPLATE = template_csv()
HEADER, FIRST, SECOND = TEMPLATE.splitlines()


def read(text: str) -> PatientTable:
    return read_patients("patients.csv", text.encode())


def first_with(name: str, cell: str) -> str:
    """The template with one cell of its first patient replaced."""
    cells = FIRST.split(",")
    cells[1 + INPUT_NAMES.index(name)] = cell
    return "\n".join([HEADER, ",".join(cells), SECOND])


def unreadable(data: bytes | str, name: str = "patients.csv") -> str:
    with pytest.raises(UnreadableInput) as refused:
        read_patients(name, data if isinstance(data, bytes) else data.encode())
    assert str(refused.value).endswith(".")
    return str(refused.value)


def test_the_template_reads_back() -> None:
    table = read(TEMPLATE)
    assert list(table.inputs.columns) == list(INPUT_NAMES)
    assert list(table.inputs.index) == ["synthetic-1", "synthetic-2"]
    assert table.inputs.loc["synthetic-2", "creatinine_last_mg_dl"] == 1.9
    assert (table.refused, table.more_refused, table.series, table.n_patients) == ((), 0, None, 2)


def test_headers_in_other_words_units_and_orders() -> None:
    header = (
        'MRN,"Creatinine, last (µmol/L)",Creatinine first [mg/dL],urea (mmol/L),uop 24h (L),Urine last 4 h,'
        "Age,Weight (lbs),MAP (kPa),bicarb,GCS,Temp (°F),ICU type,comment"
    )
    table = read(f"{header}\n7,168,0.9,8.2,1.5,40,65,180,8.5,22,14,97.7,MICU,fine")
    row = table.inputs.loc["7"]
    assert row["creatinine_last_mg_dl"] == pytest.approx(1.9, abs=0.01)
    assert row["bun_max_mg_dl"] == pytest.approx(23.0, abs=0.1)
    assert row["urine_24h_ml_kg_h"] == pytest.approx(1500 / 24 / 81.6, abs=0.001)
    # 40 mL in four hours, and two hours of what the day had before them.
    assert row["urine_6h_ml_kg_h"] == pytest.approx((40 + 2 * 1460 / 20) / 6 / 81.6, abs=0.001)
    assert row["weight_kg"] == pytest.approx(81.6, abs=0.1)
    assert row["temperature_min_c"] == pytest.approx(36.5)
    assert row["icu_type"] == 3
    assert table.ignored == ("comment",)


@pytest.mark.parametrize(
    "data",
    [
        TEMPLATE.encode("utf-8-sig"),
        TEMPLATE.replace("\n", "\r\n").encode(),
        TEMPLATE.replace("\n", "\r").encode(),
        TEMPLATE.replace(",", "\t").encode(),
        TEMPLATE.replace(",", ";").replace(".", ",").encode(),
        ("sep=;\n" + TEMPLATE.replace(",", ";")).encode(),
        ("\n\n" + TEMPLATE + "\n,,,,,,,,,,,,\n").encode(),
        TEMPLATE.replace("map_min_mmhg", "MAP lowest").encode("latin-1"),
    ],
)
def test_dialects_of_the_same_table(data: bytes) -> None:
    pd.testing.assert_frame_equal(read_patients("p.csv", data).inputs, read(TEMPLATE).inputs)


def test_latin_1_is_read() -> None:
    text = TEMPLATE.replace("creatinine_last_mg_dl", "creatinine last (µmol/L)")
    table = read_patients("p.csv", text.replace(",1.9,", ",168,").encode("latin-1"))
    assert list(table.inputs.index) == ["synthetic-2"]
    assert table.refused[0].column == "creatinine last (µmol/L)"


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("creatinine_last_mg_dl", "1.9 mg/dL", 1.9),
        ("creatinine_last_mg_dl", "168 µmol/L", 168 * 113.12 / 1e4),
        ("temperature_min_c", "98.6 F", 37.0),
        ("weight_kg", "80kg", 80.0),
        ("age_years", "67 m", 67.0),
        ("gcs_max", "14/15", 14.0),
    ],
)
def test_a_unit_in_a_cell_is_understood(name: str, cell: str, value: float) -> None:
    table = read(first_with(name, cell))
    assert not table.refused
    assert table.inputs.loc["synthetic-1", name] == pytest.approx(value)


def test_urea_and_its_nitrogen_are_told_apart_in_a_cell() -> None:
    in_urea = first_with("bun_max_mg_dl", "45 mg/dL").replace("bun_max_mg_dl", "urea max (mmol/L)")
    (said, *_) = read(in_urea).refused
    assert "may be urea or urea nitrogen, which differ in mg/dL: write it in mmol/L" in said.message


@pytest.mark.parametrize(
    ("name", "cell", "says"),
    [
        ("bun_max_mg_dl", "45 kPa", "kPa is not its unit, use mg/dL or mmol/L"),
        ("creatinine_first_mg_dl", "88", "is the unit µmol/L?"),
        ("creatinine_first_mg_dl", "4.2", "not trained on patients"),
        ("bun_max_mg_dl", "", "is missing"),
        ("bun_max_mg_dl", "n/a", "is missing"),
        ("gcs_max", "alert", "'alert' is not a number"),
        ("age_years", '"1,600"', "is not accepted"),
        ("urine_24h_ml_kg_h", "640", "is not accepted"),
        ("map_min_mmhg", "inf", "'inf' is not a number"),
        ("icu_type", "neonatal", "is not Coronary care"),
        ("icu_type", "7", "is not accepted"),
    ],
)
def test_a_bad_cell_is_listed_and_its_row_not_scored(name: str, cell: str, says: str) -> None:
    table = read(first_with(name, cell))
    assert list(table.inputs.index) == ["synthetic-2"]
    (refusal,) = table.refused
    assert (refusal.line, refusal.patient_id, refusal.column) == (2, "synthetic-1", name)
    assert says in refusal.message
    assert table.n_patients == 2


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    header = HEADER + ",comment"
    rows = [header, "", FIRST + ',"two\nlines"', "", SECOND.replace(",71,", ",710,") + ",x"]
    assert [refusal.line for refusal in read("\n".join(rows)).refused] == [6]


def test_rows_without_an_id_are_numbered() -> None:
    text = "\n".join(line.split(",", 1)[1] for line in TEMPLATE.splitlines())
    assert list(read(text).inputs.index) == ["1", "2"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n\n", "empty"),
        (b",,,\n;;\n", "empty"),
        (b"sep=;\n", "empty"),
        (HEADER, "no rows below"),
        (TEMPLATE.encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook"),
        (b"\x1f\x8b\x08", "a compressed file"),
        (b"%PDF-1.7", "a PDF"),
        (b"\n <html><table>", "a web page"),
        (TEMPLATE.encode() + b"\x00", "not plain text"),
        (b"a" * 20_000_001, "the limit is 20 MB"),
        (TEMPLATE + "x,1,2\n", "Line 4 has 3 cells and the header has 13"),
        (TEMPLATE + '"x', "Line 4 has a quotation mark"),
        (TEMPLATE + FIRST, "patient 'synthetic-1' is also on line 2"),
        (TEMPLATE.replace("synthetic-2", ""), "Line 3, column patient_id: the patient id is empty"),
        (TEMPLATE.replace("synthetic-2", "+x"), "is no patient id"),
        (TEMPLATE.replace("synthetic-2", "x" * 65), "at most 64 characters"),
        (first_with("gcs_max", "=1+1"), "Line 2, column 'gcs_max': the cell holds a formula, '=1+1'"),
        (TEMPLATE.replace("synthetic-2", "@SUM(A1)"), "formula"),
        (TEMPLATE.replace("gcs_max", "age_years"), "the column 'age_years' is there twice"),
        (TEMPLATE.replace("gcs_max", "Age"), "are both Age: remove one"),
        (TEMPLATE.replace("gcs_max", "pulse"), "no column for gcs_max"),
        (TEMPLATE.replace("bun_max_mg_dl", "urea"), "'urea' needs its unit"),
        (TEMPLATE.replace("creatinine_last_mg_dl", "creatinine"), "write creatinine first or"),
        (TEMPLATE.replace("weight_kg", "weight (stone)"), "'stone' is not known, use kg or lb"),
        (",".join(f"c{i}" for i in range(501)) + "\n", "at most 500"),
        ("patient_id,parameter,value\n1,gcs,15", "no column time_h"),
        ("hello\nworld", "no column for"),
    ],
)
def test_unreadable_files_are_refused_with_a_sentence(data: bytes | str, says: str) -> None:
    assert says in unreadable(data)


def test_a_spreadsheet_is_refused_by_its_name() -> None:
    assert "save the table as CSV" in unreadable(TEMPLATE, "patients.XLSX")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(UnreadableInput):
        read_patients("x.csv", data)


@given(st.lists(st.text(alphabet='0123456789.,-=;"\n\t aeé', max_size=12), min_size=1, max_size=26))
def test_any_cells_below_the_header_are_read_or_refused(cells: list[str]) -> None:
    try:
        table = read(HEADER + "\n" + ",".join(cells))
    except UnreadableInput:
        return
    assert len(table.inputs) + len({refusal.line for refusal in table.refused}) == table.n_patients


def test_only_so_many_refusals_are_kept() -> None:
    rows = [f"p{number}," + FIRST.split(",", 1)[1].replace(",54,", ",540,") for number in range(1500)]
    table = read("\n".join([HEADER, *rows]))
    assert (len(table.refused), table.more_refused, len(table.inputs)) == (MAX_REFUSALS, 500, 0)


def test_a_hundred_thousand_patients_are_read() -> None:
    rest = FIRST.split(",", 1)[1]
    data = "\n".join([HEADER, *(f"p{number},{rest}" for number in range(100_000))])
    assert len(read(data).inputs) == 100_000


CELLS = ["1.9", "1,9", "1.500", "1,500", "", "x", "25", "99.5", "309", "9", "1e2", "-1", "medical", "3.0", "0.4"]


@pytest.mark.parametrize("decimal_comma", [False, True])
@pytest.mark.parametrize(("item", "unit"), [(item, unit) for item in INPUTS for unit in item.units])
def test_a_column_is_read_as_its_cells(item: Input, unit: Unit, decimal_comma: bool) -> None:
    checked = read_cells(item, CELLS, unit, decimal_comma=decimal_comma)
    for place, text in enumerate(CELLS):
        refused = checked.missing[place] + checked.unreadable[place] + checked.outside[place]
        try:
            expected = read_cell(item, text, unit, decimal_comma=decimal_comma)
        except InvalidValue:
            assert np.isnan(checked.canonical[place])
            assert refused == 1
        else:
            assert checked.canonical[place] == expected
            assert refused == 0


AMOUNT = st.sampled_from([np.nan, 0.0, 20.0, 80.0, 640.0])


@given(st.lists(st.tuples(*[AMOUNT] * 7), min_size=1, max_size=8))
def test_faults_of_urine_are_known_before_they_are_written(rows: list[tuple[float, ...]]) -> None:
    weight_kg, day, last, day_ml, day_h, last_ml, last_h = np.array(rows).T
    with np.errstate(all="ignore"):
        urine = Urine(weight_kg, day, last, day_ml, day_h, last_ml, last_h)
        assert urine.faulty.tolist() == [bool(urine.fault(patient)) for patient in range(len(rows))]

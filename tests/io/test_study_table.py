"""Tables of studies as text: what stands above the header, what separates cells, and how the text is stored."""

import pytest

from qcore.io.delimited import Delimited
from qcore.io.nonmem.reader import read_study
from qcore.io.nonmem.table import read_table

HEADER = ("ID", "TIME", "AMT", "DV")
ROWS = [["1", "0", "100", "."], ["1", "1.5", ".", "5"]]


def read(text: str, encoding: str = "utf-8") -> Delimited:
    return read_table("study.csv", text.encode(encoding))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("ID TIME AMT DV\n1 0 100 .\n1 1.5 . 5\n", [2, 3]),
        ("  ID   TIME  AMT   DV \r\n\r\n   1      0  100    .\r\n   1\t 1.5    .    5\r\n", [3, 4]),
        ("TABLE NO.  1\n ID TIME AMT DV\n 1 0 100 .\nTABLE NO.  2\n ID TIME AMT DV\n 1 1.5 . 5\n", [3, 6]),
        ("# made up; not measured\n;mg, h\n\nID,TIME,AMT,DV\n1,0,100,.\n1,1.5,.,5\n", [5, 6]),
        ("# made up, not measured\nID TIME AMT DV\n1 0 100 .\n1 1.5 . 5\n", [3, 4]),
        ("ID,TIME,AMT,DV\n1,0,100,.,\n1,1.5,.,5, \n", [2, 3]),
        ("ID\tTIME\tAMT\tDV\n1\t0\t100\t.\t\n1\t1.5\t.\t5\t\n", [2, 3]),
    ],
)
def test_one_table_in_many_texts(text: str, lines: list[int]) -> None:
    found = read(text)
    assert (found.header, found.rows, found.lines) == (HEADER, ROWS, lines)


def test_a_marked_header_right_above_numbers_is_the_header() -> None:
    assert read("# made up\n#ID,TIME\n1,0\n").header == ("#ID", "TIME")
    assert read(";ID;TIME\n1;1;0\n").header == ("", "ID", "TIME")


def test_words_in_quotation_marks_keep_their_blanks_and_r_leaves_its_row_names_nameless() -> None:
    found = read('"ID" "Body weight" "DV"\n"1" 1 70 5\n"2" 1 70 .\n')
    assert found.header == ("", "ID", "Body weight", "DV")
    assert found.rows == [["1", "1", "70", "5"], ["2", "1", "70", "."]]


def test_an_empty_last_cell_is_no_separator_too_many() -> None:
    assert read("ID,TIME,NOTE\n1,0,\n1,1,\n").rows == [["1", "0", ""], ["1", "1", ""]]


def test_utf_16_as_spreadsheets_save_it() -> None:
    assert read("ID\tAMT (µg)\n1\t5\n", "utf-16").header == ("ID", "AMT (µg)")


def test_whole_numbers_with_a_bare_decimal_comma() -> None:
    (subject,) = read_study("study.csv", b"ID;TIME;AMT;DV\n1;0,;100,;.\n1;0,25;.;2,5\n1;1,;.;3,").study.subjects
    assert subject.doses.amount.tolist() == [100]
    assert subject.observations.value.tolist() == [2.5, 3]

"""A table of patients goes up, its risks come down; a broken file is a sentence with its line and column."""

from pathlib import Path

import pandas as pd
import pytest
from browser_reading import WAIT_MS, Open, answered, choose_way, settled
from playwright.sync_api import Page, expect

from qcore.tasks.aki.reading.table import template_csv

HEADER, FIRST, SECOND = template_csv().splitlines()


def many(count: int) -> list[str]:
    cells = SECOND.split(",")
    return [",".join([f"p{i}", *cells[1:6], str(50 + i % 40), *cells[7:]]) for i in range(count)]


def send(page: Page, folder: Path, rows: list[str]) -> None:
    file = folder / "ward.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    choose_file(page, file)


def choose_file(page: Page, file: Path) -> None:
    """Give the first file to the field itself; a later one through the dialog, which takes the same name again."""
    another = page.get_by_role("button", name="Add files")
    if not another.is_visible():
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
        return
    with page.expect_file_chooser() as chooser:
        another.click()
    chooser.value.set_files(file)


@pytest.fixture
def page(open_page: Open) -> Page:
    page = answered(open_page("/aki"))
    choose_way(page, "Upload a table")
    return page


def downloaded(page: Page, button: str, folder: Path) -> pd.DataFrame:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    file = folder / "down.csv"
    download.value.save_as(file)
    return pd.read_csv(file, dtype={"patient_id": str})


@pytest.mark.parametrize("count", [pytest.param(3, marks=pytest.mark.slow), 2000])
def test_every_patient_of_a_table_gets_a_risk(page: Page, tmp_path: Path, count: int) -> None:
    send(page, tmp_path, many(count))
    expect(page.get_by_text(f"Download {count:,} risks as CSV")).to_be_visible(timeout=WAIT_MS)
    answered(page)
    expect(page.locator('[data-testid="stDataFrame"] canvas').first).to_be_visible(timeout=WAIT_MS)
    table = downloaded(page, f"Download {count:,} risks as CSV", tmp_path)
    assert list(table["patient_id"]) == [f"p{i}" for i in range(count)]
    assert table["risk_percent"].between(0, 100).all()
    assert ((table["low_percent"] <= table["risk_percent"]) & (table["risk_percent"] <= table["high_percent"])).all()


def test_the_template_comes_down_and_goes_up_again(page: Page, tmp_path: Path) -> None:
    table = downloaded(page, "Template with two synthetic patients", tmp_path)
    assert table.to_csv(index=False, lineterminator="\n") == template_csv()
    choose_file(page, tmp_path / "down.csv")
    expect(page.get_by_text("Download 2 risks as CSV")).to_be_visible(timeout=WAIT_MS)
    answered(page)


def test_a_broken_file_is_told_and_replaced(page: Page, tmp_path: Path) -> None:
    send(page, tmp_path, [FIRST, SECOND.replace("1.9", "=1+1")])
    said = page.get_by_test_id("stAlert")
    expect(said).to_contain_text("Line 3, column 'creatinine_last_mg_dl': the cell holds", timeout=WAIT_MS)
    expect(page.get_by_text("risks as CSV")).to_have_count(0)
    send(page, tmp_path, [FIRST, SECOND])
    expect(page.get_by_text("Download 2 risks as CSV")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


@pytest.mark.slow
def test_a_bad_cell_costs_only_its_patient(page: Page, tmp_path: Path) -> None:
    send(page, tmp_path, [FIRST, SECOND.replace("1.9", "1900")])
    expect(page.get_by_test_id("stAlert")).to_contain_text(
        "Line 3, patient synthetic-2, creatinine_last_mg_dl", timeout=WAIT_MS
    )
    expect(page.get_by_text("Download 1 risks as CSV").or_(page.get_by_text("Download 1 risk as CSV"))).to_be_visible()


def test_a_ticked_row_is_shown_and_forgotten_with_its_file(page: Page, tmp_path: Path) -> None:
    send(page, tmp_path, many(9))
    # To this model the youngest of them has the highest risk: it comes first.
    expect(page.get_by_text("Below: patient p0")).to_be_visible(timeout=WAIT_MS)
    answered(page)
    grid = page.locator('[data-testid="stDataFrame"]').last
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box
    # The header and each row are 35 px high; the box to tick is at the left.
    page.mouse.click(box["x"] + 18, box["y"] + 35 * 8 + 17)
    expect(page.get_by_text("Below: patient p7")).to_be_visible(timeout=WAIT_MS)
    send(page, tmp_path, [FIRST, SECOND])
    expect(page.get_by_text("Download 2 risks as CSV")).to_be_visible(timeout=WAIT_MS)
    settled(page)
    expect(page.get_by_text("Something went wrong")).to_have_count(0)
    expect(page.get_by_text("Below: patient synthetic-2")).to_be_visible(timeout=WAIT_MS)


def test_a_table_is_there_again_after_another_page(page: Page, tmp_path: Path) -> None:
    send(page, tmp_path, many(9))
    expect(page.get_by_text("Download 9 risks as CSV")).to_be_visible(timeout=WAIT_MS)
    answered(page)
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("link", name="Open the AKI page")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("link", name="Open the AKI page").click()
    expect(page.get_by_text("In use: ward.csv")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text("Download 9 risks as CSV")).to_be_visible(timeout=WAIT_MS)
    answered(page)
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("risks as CSV")).to_have_count(0, timeout=WAIT_MS)

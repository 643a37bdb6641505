"""The dose page in a real browser: what is asked for moves the answer, a patient follows at once, a study is fitted."""

import contextlib
import math
import re
from pathlib import Path

import pytest
from browser_reading import WAIT_MS, Open, dosed, settled
from browser_states import choose_own_study
from playwright.sync_api import Locator, Page, expect

CURVE = [(time, 100 / 9 * (math.exp(-0.2 * time) - math.exp(-2 * time))) for time in (0.5, 1, 2, 4, 8, 12, 24)]
"""Of 100 mg by mouth: one compartment of 10 L, a clearance of 2 L/h, absorption of 2 /h."""
FIT_MS = 900_000


@pytest.fixture
def page(open_page: Open) -> Page:
    return dosed(open_page("/dose"))


def answer(page: Page) -> str:
    return page.get_by_role("heading", level=2, name=re.compile(r"^\d+(\.\d)?\smg once ")).inner_text()


def test_the_dose_is_in_view_when_the_page_opens(page: Page) -> None:
    assert answer(page) == "6\u00a0mg once daily"
    expect(page.get_by_role("heading", name="6 mg once daily")).to_be_in_viewport()
    expect(page.get_by_text("90 % interval of the dose")).to_be_in_viewport()
    expect(page.get_by_text("no quantum circuit takes part")).to_be_visible()


@pytest.mark.slow
def test_fewer_people_and_weekly_doses_are_a_click_each(page: Page) -> None:
    page.get_by_role("radio", name="75 %").click()
    expect(page.get_by_role("heading", name="4 mg once daily")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("radio", name="once weekly").click()
    expect(page.get_by_role("heading", name="40 mg once weekly")).to_be_visible(timeout=WAIT_MS)
    dosed(page)
    expect(page.get_by_text("The study gave doses once daily, none once weekly.")).to_be_visible()


def test_the_patient_follows_the_slider(page: Page) -> None:
    told = page.get_by_text(re.compile(r"At steady state the biomarker lies between"))
    before = told.inner_text()
    slider = page.get_by_role("slider", name="Body weight (kg)").last
    slider.focus()
    slider.press("End")
    expect(told).not_to_have_text(before, timeout=WAIT_MS)
    assert answer(page) == "6\u00a0mg once daily", "the answer for all stays"


def type_into(page: Page, table: Locator, column: int, x: int, text: str) -> None:
    """Type into the first row of a table that is drawn on a canvas, until it has taken it.

    Enter opens the editor of a cell. What is typed before it is open is lost, so it is typed again, as people do. The
    cells' texts stand beside the canvas, for screen readers, once somebody has clicked on it.
    """
    cell = page.get_by_test_id(f"glide-cell-{column}-0")
    for _ in range(20):
        table.click(position={"x": x, "y": 55})
        page.keyboard.press("Enter")
        page.keyboard.type(text, delay=60)
        page.keyboard.press("Enter")
        settled(page)
        with contextlib.suppress(AssertionError):
            expect(cell).to_have_text(text, timeout=2000)
            return
    pytest.fail(f"The table did not take {text}.")


def test_levels_are_typed_into_the_table_and_give_this_patient_a_dose(page: Page) -> None:
    page.get_by_role("radio", name="With measured levels").click()
    own = page.get_by_role("heading", name=re.compile("mg once daily for this patient$"))
    expect(own).to_be_visible(timeout=WAIT_MS)
    before = own.inner_text()
    settled(page)
    table = page.locator('[data-testid="stDataFrame"]').last
    table.scroll_into_view_if_needed()
    for column, x, text in ((1, 80, "72"), (2, 220, "2.2")):
        type_into(page, table, column, x, text)
    expect(page.get_by_text("By these levels this patient clears the drug")).to_contain_text("slower", timeout=WAIT_MS)
    expect(own).not_to_have_text(before, timeout=WAIT_MS)
    assert answer(page) == "6\u00a0mg once daily", "the answer for all stays"


@pytest.mark.slow
def test_a_changed_drug_file_is_answered_by(page: Page) -> None:
    sidebar = page.get_by_test_id("stSidebar")
    sidebar.get_by_text("Drug file").click()
    with page.expect_download() as got:
        sidebar.get_by_role("button", name="Download").click()
    text = Path(got.value.path()).read_text(encoding="utf-8")
    changed = {"name": "mine.toml", "mimeType": "application/toml"}
    sidebar.locator('input[type="file"]').set_input_files(
        [{**changed, "buffer": text.replace("high = 3.3", "high = 5").replace("cap = 100", "cap = 20").encode()}]
    )
    expect(page.get_by_text("once daily (at most 20")).to_be_visible(timeout=WAIT_MS)
    dosed(page)
    assert float(answer(page).split()[0]) < 6


def test_a_study_is_brought_fitted_and_answered(page: Page, tmp_path: Path) -> None:
    choose_own_study(page)
    rows = ["ID,TIME,AMT,DV"]
    for person in range(1, 7):
        rows += [f"{person},0,100,.", *(f"{person},{time},.,{value * (1 + person / 20):.4g}" for time, value in CURVE)]
    file = tmp_path / "own.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(file)
    page.get_by_role("button", name="Fit a model to this study").click(timeout=WAIT_MS)
    expect(page.get_by_role("heading", name=re.compile(r"mg every 24 h"))).to_be_visible(timeout=FIT_MS)
    settled(page)
    expect(page.get_by_text("fitted to 6 subjects")).to_be_visible()

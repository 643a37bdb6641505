"""Text from files, drug files and addresses is text: no request, link, image or badge comes of it, and it is there."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from browser_reading import WAIT_MS, Open, answered, choose_way, dosed, paste, settled
from browser_states import choose_own_study
from made_up_images import picture as made_picture
from playwright.sync_api import Page, expect

from qcore.settings import data_dir
from qcore.tasks.aki.reading.table import template_csv
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.drug.text import written
from qcore.tasks.imaging.examples import EXAMPLES as OTHERS
from qcore.tasks.tumor.examples import EXAMPLES as HEADS

# That text passes through dashboard/shared/foreign.py is read off the code by tests/dashboard/test_text_of_pages.py,
# and what becomes of it there is tested in tests/dashboard/shared/test_foreign.py: `make test` tries one place a page.
slow = pytest.mark.slow
ULTRASOUND = OTHERS["oval"].series()
HEADER, FIRST, SECOND = template_csv().splitlines()
ELSEWHERE = ("127.0.0.1:9", "evil.test")
"""Nobody answers there: asking is enough to fail."""
IDS = (
    "![x](http://127.0.0.1:9/x.png)",
    "[y](http://127.0.0.1:9/y) <http://127.0.0.1:9/z>",
    ":green-badge[No alert] **0.1 %**",
    "http://127.0.0.1:9/z www.evil.test a@evil.test",
    "<img src=http://127.0.0.1:9/i> $x^2$ `c` :smile: :material/home:",
)


@pytest.fixture
def watched(open_page: Open) -> Iterator[Open]:
    """Open pages, and look at the end whether any of them has asked elsewhere."""
    asked: list[str] = []

    def open_path(path: str) -> Page:
        page = open_page(path)
        page.on("request", lambda request: asked.append(request.url))
        return page

    yield open_path
    assert [url for url in asked if url.split("?")[0].startswith(("http://127.0.0.1:9/", "http://evil"))] == []


def is_clean(page: Page) -> None:
    """Look for what Markdown or HTML would have made of the text."""
    for mark, attribute in (("a", "href"), ("img", "src")):
        made = page.locator(mark).evaluate_all(f"all => all.map(each => each.getAttribute('{attribute}') || '')")
        assert [each for each in made if any(place in each for place in ELSEWHERE)] == []
    for badge in page.locator(".stMarkdownBadge").all_inner_texts():
        # A badge of ours begins with its icon.
        assert not badge.startswith("No alert")
        assert "foreign" not in badge
    assert page.locator(".katex").count() == 0


def send(page: Page, text: str, folder: Path, name: str = "ward.csv") -> None:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    another = page.get_by_test_id("stMain").get_by_role("button", name="Add files")
    if not another.is_visible():
        page.locator('[data-testid="stFileUploader"] input[type="file"]').first.set_input_files(file)
        return
    with page.expect_file_chooser() as chooser:
        another.click()
    chooser.value.set_files(file)


@slow
def test_ids_of_patients(watched: Open, tmp_path: Path) -> None:
    page = answered(watched("/aki"))
    choose_way(page, "Upload a table")
    for each in IDS:
        # The second patient of the template is one with an alert: no badge may say otherwise.
        send(page, "\n".join([HEADER, SECOND.replace("synthetic-2", each)]), tmp_path, "[w](www.evil.test).csv")
        expect(page.get_by_text(f"Below: patient {each}.", exact=True)).to_be_visible(timeout=WAIT_MS)
        answered(page)
        expect(page.get_by_text(f"Patient {each} · From [w](www.evil.test).csv. Learnt")).to_be_visible()
        is_clean(page)


@slow
def test_a_case_that_was_found(watched: Open) -> None:
    folder = data_dir()
    case = folder / "aki_cases" / "markdown_in_id.csv" if folder else None
    if case is None or not case.is_file():
        pytest.skip("markdown_in_id.csv lies with the shared data: set QLINICAL_DATA to their folder")
    page = answered(watched("/aki"))
    choose_way(page, "Upload a table")
    page.locator('[data-testid="stFileUploader"] input[type="file"]').first.set_input_files(case)
    hours = page.get_by_label("Last amounts of urine").first
    hours.fill("6", timeout=WAIT_MS)
    hours.press("Enter")
    expect(page.get_by_text("Below: patient ![x](http://127.0.0.1:8699/id.png).")).to_be_visible(timeout=WAIT_MS)
    answered(page)
    assert page.locator('img[src*="8699"]').count() == 0


@slow
def test_headers_and_cells_that_are_refused(watched: Open, tmp_path: Path) -> None:
    page = answered(watched("/aki"))
    choose_way(page, "Upload a table")
    for each in IDS:
        cell = SECOND.replace("1.9", f'"{each}"')
        send(page, "\n".join([f'{HEADER},"{each}"', f"{FIRST},1", f"{cell},1"]), tmp_path)
        expect(page.get_by_text(f"Not used by the model: {each}", exact=True)).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_test_id("stAlert").filter(has_text="1 of 2 patients scored")).to_be_visible()
        settled(page)
        is_clean(page)
    # A formula in a cell is refused with the whole file.
    send(page, f"{HEADER}\n{FIRST.replace('0.9', '=![x](http://127.0.0.1:9/f.png)')}", tmp_path)
    expect(page.get_by_test_id("stAlert")).to_contain_text("![x](http://127.0.0.1:9/f.png)", timeout=WAIT_MS)
    is_clean(page)


def test_what_is_typed_and_pasted(watched: Open) -> None:
    page = answered(watched("/aki"))
    choose_way(page, "Enter or paste values")
    paste(page, "\n".join(IDS))
    for each in IDS:
        expect(page.get_by_text(f"Not used: {each}", exact=True)).to_be_visible(timeout=WAIT_MS)
    is_clean(page)


def test_a_study_of_doses(watched: Open, tmp_path: Path) -> None:
    page = dosed(watched("/dose"))
    choose_own_study(page)
    head = ",".join(f'"{each}"' for each in IDS)
    lines = [f"{person},{hour},{dose},{level},1,2,3,4,{person}" for person in (1, 2) for hour, dose, level in DOSES]
    send(page, "\n".join([f"ID,TIME,AMT,DV,{head}", *lines]), tmp_path, ":red-badge[foreign] www.evil.test.csv")
    expect(page.get_by_text("How the file was read")).to_be_visible(timeout=WAIT_MS)
    settled(page)
    notes = page.get_by_test_id("stMain").inner_text()
    assert any(each in notes for each in IDS)
    is_clean(page)
    send(page, f"{head}\n1,2,3,4,5\n", tmp_path, "other.csv")
    expect(page.get_by_test_id("stMain").get_by_test_id("stAlert")).to_be_visible(timeout=WAIT_MS)
    is_clean(page)


DOSES = ((0, 100, "."), (1, ".", 5.1), (2, ".", 4.2), (8, ".", 2.0))


@pytest.mark.parametrize("readable", [True, pytest.param(False, marks=slow)])
def test_names_and_leads_of_recordings(watched: Open, tmp_path: Path, readable: bool) -> None:
    files = [tmp_path / f"{each.replace('/', '')}.csv" for each in IDS]
    # Of the leads one is I, so that there is something to measure; the other has a name of somebody else's.
    columns = f'time [s],I [mV],"{IDS[2]} [mV]"'
    beats = "".join(f"{n / 100},{1.2 if n % 80 == 0 else 0.01 * (n % 7)},0\n" for n in range(1000))
    for file in files:
        file.write_text(f"{columns}\n{beats}" if readable else IDS[1], encoding="utf-8")
    page = watched("/ecg")
    choose_way(page, "Upload a recording")
    page.locator('[data-testid="stFileUploader"] input[type="file"]').first.set_input_files(files)
    told = page.get_by_text("Signal quality") if readable else page.get_by_test_id("stAlert").first
    expect(told).to_be_visible(timeout=WAIT_MS)
    settled(page)
    is_clean(page)


@slow
def test_a_drug_file(watched: Open, tmp_path: Path) -> None:
    page = dosed(watched("/dose"))
    page.get_by_test_id("stSidebar").get_by_text("Drug file").click()
    drug = shipped("challenge")
    first, *others = drug.regimens
    # Brackets, stars and dollars a drug's file may not have; addresses and emoji are made of what it may.
    daily, effect = ":smile: __b__ ~~s~~ http://127.0.0.1:9/r www.evil.test", ":material/home: a@evil.test"
    hostile = drug.model_copy(
        update={"regimens": (first.model_copy(update={"name": daily}), *others), "effect": effect, "about": IDS[3]}
    )
    file = tmp_path / "drug.toml"
    file.write_bytes(written(hostile))
    page.get_by_test_id("stSidebar").locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(file)
    head = page.get_by_role("heading", level=2, name=daily)
    expect(head).to_be_visible(timeout=2 * WAIT_MS)
    expect(page.get_by_text("The population model in numbers")).to_be_attached(timeout=2 * WAIT_MS)
    settled(page)
    expect(page.get_by_text(f"keeps the {effect} below").first).to_be_visible()
    assert any(daily in text for text in page.locator(".xtitle").all_text_contents()), "a chart says how often"
    is_clean(page)
    page.locator('[data-testid="stExpander"] summary').filter(has_text="The study: who was given what").click()
    settled(page)
    is_clean(page)
    broken = tmp_path / "broken.toml"
    broken.write_text(f"name = '{IDS[0]}'\n'{IDS[1]}' = 1\n", encoding="utf-8")
    page.get_by_test_id("stSidebar").get_by_role("button", name="Add files").first.click(trial=True)
    with page.expect_file_chooser() as chooser:
        page.get_by_test_id("stSidebar").get_by_role("button", name="Add files").first.click()
    chooser.value.set_files(broken)
    expect(page.get_by_test_id("stMain").get_by_test_id("stAlert").first).to_be_visible(timeout=WAIT_MS)
    is_clean(page)


@pytest.mark.parametrize("path", ["/", pytest.param("/aki", marks=slow), pytest.param("/dose", marks=slow)])
def test_query_parameters(watched: Open, path: str) -> None:
    page = watched(f"{path}?aki_way={IDS[0]}&units_system={IDS[2]}&dosing_way={IDS[1]}&x={IDS[4]}".replace("#", "%23"))
    expect(page.get_by_text("Research only, not for clinical use")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("h1").first).to_be_visible(timeout=WAIT_MS)
    settled(page)
    is_clean(page)


@pytest.mark.slow
def test_no_table_has_a_download_that_leaves_no_row_in_the_trail(watched: Open, tmp_path: Path) -> None:
    assert os.environ.get("STREAMLIT_CLIENT_DISABLE_DATA_EXPORT") is None
    page = answered(watched("/aki"))
    choose_way(page, "Upload a table")
    send(page, "\n".join([HEADER, FIRST, SECOND.replace("1.9", "1900")]), tmp_path)
    expect(page.get_by_text("1 of 2 patients scored")).to_be_visible(timeout=WAIT_MS)
    answered(page)
    page.locator('[data-testid="stExpander"] summary').first.click()
    _no_export(page, 2)
    page = dosed(watched("/dose"))
    page.get_by_role("radio", name="With measured levels").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=WAIT_MS)
    settled(page)
    _no_export(page, 1)


def _no_export(page: Page, count: int) -> None:
    tables = page.get_by_test_id("stDataFrame")
    expect(tables).to_have_count(count, timeout=WAIT_MS)
    for table in tables.all():
        table.scroll_into_view_if_needed()
        table.hover()
        expect(page.get_by_role("button", name="Fullscreen").first).to_be_visible()
        expect(page.get_by_role("button", name="Download as CSV")).to_have_count(0)


@pytest.mark.parametrize("question", ["MRI of the brain", pytest.param("Breast ultrasound", marks=slow)])
def test_names_of_images(watched: Open, tmp_path: Path, question: str) -> None:
    # Slashes end a name: what is left of an address is still one.
    names = [f"{each.replace('/', '')}.png" for each in IDS]
    files = [tmp_path / name for name in names]
    shown = {"MRI of the brain": HEADS["ring"].series().pixels[28] / 4, "Breast ultrasound": ULTRASOUND.pixels[0]}
    for file in files:
        file.write_bytes(made_picture(np.clip(shown[question], 0, 255).astype(np.uint8)))
    page = watched("/tumor")
    page.get_by_role("radio", name="Upload images").or_(page.get_by_role("button", name="Upload images")).first.click()
    page.locator('[data-testid="stFileUploader"] input[type="file"]').first.set_input_files(files)
    if question != "MRI of the brain":
        page.get_by_role("radio", name=question).or_(page.get_by_role("button", name=question)).first.click()
    expect(page.get_by_text("5 of 5 images or series answered")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_role("heading", name="probability of a")).to_be_visible(timeout=WAIT_MS)
    settled(page)
    # All have the same answer, so that any of them may be the one that is looked at.
    assert any(page.get_by_text(name).count() for name in names)
    is_clean(page)
    page.get_by_role("link", name="Home").click()
    page.get_by_role("link", name="Tumour").first.click()
    expect(page.get_by_text("In use: 5 files")).to_be_visible(timeout=WAIT_MS)
    is_clean(page)

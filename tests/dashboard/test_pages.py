"""Every page: it opens, says what it is, and carries the research notice; a failure is a sentence without details."""

import pytest
from dashboard_reading import UPLOADED, everything, is_fault_free, rows_in_trail
from streamlit.testing.v1 import AppTest

from qcore.tasks.aki.reading.table import template_csv

PAGES = {
    "home.py": "Qlinical",
    "aki/page.py": "AKI",
    "ecg/page.py": "ECG",
    "tumor/page.py": "Tumour",
    "dosing/page.py": "What dose",
}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_with_the_research_notice(home: AppTest, path: str) -> None:
    page = home.switch_page(path).run()
    assert is_fault_free(page)
    assert PAGES[path] in page.title[0].value
    assert "Research only, not for clinical use" in everything(page)


def test_every_page_file_is_tested() -> None:
    from qcore.settings import REPOSITORY

    folder = REPOSITORY / "dashboard"
    files = {str(file.relative_to(folder)) for file in folder.glob("*/page.py")}
    assert files | {"home.py"} == set(PAGES)


def test_home_writes_nothing_into_the_trail(home: AppTest) -> None:
    assert is_fault_free(home)
    assert rows_in_trail() == 0


def test_a_failure_inside_the_app_says_so_and_keeps_patients_out_of_the_log(
    aki: AppTest, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from qcore.tasks.aki.model import AkiModel

    def fail(self: AkiModel, *_: object) -> None:
        raise RuntimeError(f"a fault in the code of {type(self).__name__}")

    aki.segmented_control(key="aki_way").set_value(UPLOADED).run()
    text = template_csv().replace("synthetic-2", "secret-patient").replace(",71,84,", ",71,83.4371,")
    monkeypatch.setattr(AkiModel, "explain", fail)
    aki.file_uploader(key="aki_file").upload("ward.csv", text.encode(), "text/csv").run()
    assert not aki.exception
    assert ["Something went wrong inside the app" in error.value for error in aki.error] == [True]
    assert "a fault in the code" not in everything(aki)
    logged = "".join(capfd.readouterr())
    assert "a fault in the code" in logged
    assert "secret-patient" not in logged
    assert "83.4371" not in logged

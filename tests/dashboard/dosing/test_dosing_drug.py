"""The drug's file on the page: it goes out, comes back changed, is answered by, and is refused as the command does."""

import pytest
from dashboard_reading import everything, is_fault_free, sentences
from dosing_reading import OWN, dose, is_answered, key, study_file
from streamlit.testing.v1 import AppTest

from dashboard.dosing import cache
from dashboard.dosing.study.source import challenge
from qcore.tasks.dosing import dose_finding
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.drug.text import written

DRUG = shipped("challenge")
UPLOADER = key("drug")


@pytest.fixture
def page(home: AppTest) -> AppTest:
    opened = home.switch_page("dosing/page.py").run()
    assert is_fault_free(opened)
    return opened


@pytest.fixture
def few_people(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - shared answers come first
    """Answers from here on are rough, and soon there: for tests that do not look at the number."""
    for name, few in (("N_PEOPLE", 256), ("N_PEOPLE_A_DRAW", 64), ("N_DRAWS", 5)):
        monkeypatch.setattr(dose_finding, name, few)


def upload(page: AppTest, *changes: tuple[bytes, bytes]) -> AppTest:
    text = written(DRUG)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return page.file_uploader(key=UPLOADER).set_value(("mine.toml", text, "application/toml")).run()


def test_answers_follow_the_file(page: AppTest) -> None:
    assert dose(page) == 6.0
    before = set(cache._shared)
    upload(
        page, (b"step = 0.5\ncap = 100", b"step = 2\ncap = 40"), (b"high = 3.3", b"high = 4.5"), (b"0.9, 0.75", b"0.6")
    )
    assert is_fault_free(page)
    found = dose(page)
    assert found is not None
    assert found < 6
    assert found % 2 == 0
    said = everything(page)
    assert "below 4.5 ng/mL" in said
    assert "In use: your drug file, oral, once daily (at most 40 mg), once weekly (at most 700 mg)." in said
    assert "Steps, caps and aim are those of your drug file." in said
    assert "five questions" not in said
    assert set(cache._shared) == before, "what follows from a user's file stays in the session"
    (field,) = (each for each in page.number_input if each.label.startswith("Dose once daily"))
    assert field.max == 40


@pytest.mark.slow
def test_two_regimens_of_one_interval_keep_to_their_own_caps(page: AppTest) -> None:
    upload(page, (b"interval_h = 168\nstep = 5\ncap = 700", b"interval_h = 24\nstep = 0.5\ncap = 50"))
    assert is_fault_free(page)
    assert dose(page) == 6.0
    (field,) = (each for each in page.number_input if each.label.startswith("Dose once daily"))
    field.set_value(90.0).run()
    (regimen,) = (each for each in page.segmented_control if each.label == "How often")
    regimen.set_value("once weekly").run()
    assert is_fault_free(page)
    assert dose(page) == 6.0
    (field,) = (each for each in page.number_input if each.label.startswith("Dose once weekly"))
    assert (field.max, field.value) == (50, 6)


@pytest.mark.usefixtures("few_people")
def test_what_is_asked_for_is_not_said_to_come_from_the_file(page: AppTest) -> None:
    upload(page)
    assert "Asked for here" not in everything(page)
    (limit,) = (each for each in page.number_input if each.label == "Below (ng/mL)")
    limit.set_value(5.0).run()
    assert is_fault_free(page)
    assert "are those of your drug file. Asked for here instead: the biomarker below 5 ng/mL." in everything(page)


@pytest.mark.usefixtures("few_people")
def test_the_cap_of_the_file_is_never_exceeded(page: AppTest) -> None:
    upload(page, (b"cap = 100", b"cap = 4"))
    assert is_fault_free(page)
    assert dose(page) is None
    assert "No dose up to 4 mg once daily does it" in everything(page)
    page.session_state["dosing_first"] = True
    page.segmented_control(key="dosing_one").set_value("With measured levels").run()
    assert is_fault_free(page)
    assert "There is no larger first dose: 4 mg is never exceeded." in everything(page)
    doses = [each for each in page.number_input if each.label.startswith(("First dose", "From now on"))]
    assert [each.max for each in doses] == [4]
    assert "never exceeded" in everything(page)


@pytest.mark.usefixtures("few_people")
def test_another_regimen_can_be_asked_for(page: AppTest) -> None:
    upload(page, (b'name = "once weekly"\ninterval_h = 168', b'name = "every other day"\ninterval_h = 48'))
    (control,) = (each for each in page.segmented_control if each.label == "How often")
    control.set_value("every other day").run()
    assert is_fault_free(page)
    assert any(text.endswith("every other day") for text in sentences(page.markdown) if text.startswith("## "))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b"cap = 100", b"cap = 0.1", "mine.toml: regimen 1: the cap of once daily is below its step"),
        (b"[aim]", b"[aim", "mine.toml is not TOML"),
        (b'dose = "mg"', b'dose = "g"', "the dose in g, the study in mg"),
    ],
)
def test_a_wrong_file_is_told_and_nothing_is_answered(page: AppTest, old: bytes, new: bytes, sentence: str) -> None:
    upload(page, (old, new))
    assert not page.exception
    assert any(sentence in text for text in sentences(page.error))
    assert not is_answered(page)
    page.file_uploader(key=UPLOADER).set_value([]).run()
    assert is_fault_free(page)
    assert dose(page) == 6.0


def test_the_present_file_can_be_downloaded(page: AppTest) -> None:
    (button,) = (each for each in page.get("download_button") if each.proto.id.endswith("dosing_drug_download"))
    assert button.proto.label == "Download"


@pytest.mark.usefixtures("without_search")
def test_a_study_of_ones_own_takes_a_drug_file_too(page: AppTest) -> None:
    page.selectbox(key="dosing_way").set_value(OWN).run()
    page.file_uploader(key="dosing_file").set_value(("trial.csv", study_file(), "text/csv")).run()
    page.button(key="dosing_fit").click().run()
    for job in list(page.session_state["dosing_fits"].values()):
        job.join(240)
        page.run()
    assert is_answered(page)
    (uploader,) = (each for each in page.file_uploader if each.label.startswith("Changed file"))
    uploader.set_value(("mine.toml", written(DRUG), "application/toml")).run()
    assert any("the file's aim is a response" in text.lower() for text in sentences(page.error))
    trough = written(DRUG).replace(b'measure = "response"\nhigh = 3.3', b'measure = "trough"\nlow = 0.5')
    (uploader,) = (each for each in page.file_uploader if each.label.startswith("Changed file"))
    uploader.set_value(("mine.toml", trough, "application/toml")).run()
    assert is_fault_free(page)
    assert is_answered(page)
    assert "keeps the concentration before the next dose above 0.5 mg/L" in everything(page)
    # A person of this study can be taken, and has no response.
    page.segmented_control(key="dosing_one").set_value("With measured levels").run()
    (box,) = (each for each in page.selectbox if each.label == "Or a person of the study")
    box.set_value(box.options[0]).run()
    assert is_fault_free(page)
    assert "By these levels this patient clears the drug" in everything(page)


@pytest.mark.usefixtures("few_people")
def test_the_challenge_itself_is_left_as_it_was(page: AppTest) -> None:
    upload(page, (b"cap = 100", b"cap = 50"))
    assert challenge().drug == DRUG
    assert not challenge().drug_file

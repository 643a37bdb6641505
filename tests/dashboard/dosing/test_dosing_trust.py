"""What is known to be broken stands above the dose; where no dose is named, the page shows none anywhere."""

import re
from dataclasses import replace

import pytest
from dashboard_reading import everything, is_fault_free, sentences
from dosing_reading import dose, is_answered, key
from streamlit.testing.v1 import AppTest

from dashboard.dosing.study import source
from qcore.population.checked import Checked
from qcore.population.model import PopulationModel
from qcore.study import Quantity
from qcore.tasks.dosing.drug.file import Drug


def with_check(monkeypatch: pytest.MonkeyPatch, **changed: float) -> None:
    """Let the response of the challenge's trial be described in another way."""
    known = source._challenge

    def other() -> tuple[Drug, PopulationModel]:
        drug, model = known()
        assert model.checked is not None
        each = replace(model.checked.described[Quantity.RESPONSE], **changed)
        described = {**model.checked.described, Quantity.RESPONSE: each}
        return drug, replace(model, checked=Checked(described, model.checked.highest_dose))

    monkeypatch.setattr(source, "_challenge", other)


def test_a_failed_check_stands_above_the_dose(home: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    with_check(monkeypatch, inside=0.58)
    page = home.switch_page("dosing/page.py").run()
    assert is_fault_free(page)
    assert dose(page) == 6.0
    said = sentences(page.markdown)
    (check,) = (
        place for place, text in enumerate(said) if "58 % of the points of the responses lie in the band" in text
    )
    (head,) = (place for place, text in enumerate(said) if text.startswith("## 6 mg"))
    assert check < head
    assert "Doubtful" in said[check]


def test_past_the_limit_no_dose_is_named_and_what_to_do_is(home: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    with_check(monkeypatch, error=1.03)
    page = home.switch_page("dosing/page.py").run()
    assert is_fault_free(page)
    assert not is_answered(page)
    said = everything(page)
    assert "## No dose is named" in said
    assert "The residual error of the responses is 103 % of a measurement." in said
    assert "Look for values of another unit or quantity" in said
    assert not re.search(r"\d mg (once|every)", said)
    assert "One patient" not in said
    assert "five questions" not in said
    # What can be looked at stays, and so do the questions.
    assert "Does the model describe the study?" in [each.label for each in page.expander]
    assert page.segmented_control(key=key("regimen"))


def test_a_sound_model_has_nothing_above_its_dose(home: AppTest) -> None:
    page = home.switch_page("dosing/page.py").run()
    assert not any("Doubtful" in text for text in sentences(page.markdown))
    assert dose(page) == 6.0

"""A study the user brings: how it was read, what the user says, the fit off the page's thread, and its answer."""

import time
from collections.abc import Callable
from threading import Event

import pytest
from dashboard_reading import everything, is_fault_free, sentences
from dosing_reading import OWN, is_answered, study_file
from streamlit.testing.v1 import AppTest

from dashboard.dosing import cache
from dashboard.dosing.study import fit as dosing_fit
from dashboard.dosing.study import parsed
from qcore.errors import InvalidValue
from qcore.io.nonmem.reader import study_in
from qcore.population.fitting.search import Tried
from qcore.tasks.dosing.fitting import fitted_to
from qcore.tasks.dosing.networks.dose_finding.backends import NO_NETWORK

Fit = Callable[..., object]
WAIT_S = 900
TRIED = Tried("1 compartment, absorbed", 10.0, 20.0, True)


@pytest.fixture
def page(home: AppTest) -> AppTest:
    page = home.switch_page("dosing/page.py").run()
    page.selectbox(key="dosing_way").set_value(OWN).run()
    assert is_fault_free(page)
    assert not is_answered(page)
    return page


def upload(page: AppTest, data: bytes, name: str = "trial.csv") -> AppTest:
    return page.file_uploader(key="dosing_file").set_value((name, data, "text/csv")).run()


def fit(page: AppTest) -> AppTest:
    return page.button(key="dosing_fit").click().run()


def wait_until_over(page: AppTest) -> AppTest:
    """Wait as the page does, which asks again every second."""
    for job in list(page.session_state["dosing_fits"].values()):
        job.join(WAIT_S)
        page.run()
    return page


def test_how_a_file_was_read_is_told_before_it_is_fitted(page: AppTest) -> None:
    upload(page, study_file())
    assert is_fault_free(page)
    assert "Read: 6 subjects, 6 doses, 36 concentrations" in everything(page)
    assert page.button(key="dosing_fit").label == "Fit a model to this study"


@pytest.mark.usefixtures("without_search")
def test_a_study_is_fitted_and_answered(page: AppTest) -> None:
    fit(upload(page, study_file()))
    wait_until_over(page)
    assert is_fault_free(page)
    assert is_answered(page)
    said = everything(page)
    assert "The study gave single doses only" in said
    assert "fitted to 6 subjects" in said
    assert "These are a start, not advice" in said
    assert "five questions" not in said
    assert NO_NETWORK not in said
    page.selectbox(key="backend_kind").set_value("noisy").run()
    assert NO_NETWORK in everything(page), "as the command says it"
    page.session_state["dosing_model"] = True
    page.run()
    assert any("log likelihood" in each.body for each in page.get("html")), "what was tried is told"


@pytest.mark.usefixtures("without_search")
def test_nothing_of_an_uploaded_study_reaches_what_sessions_share(page: AppTest) -> None:
    before = set(cache._shared)
    fit(upload(page, study_file(7)))
    wait_until_over(page)
    assert is_answered(page)
    assert set(cache._shared) == before


def test_progress_is_told_and_a_fit_can_be_stopped(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = Event(), Event()

    def slow(*arguments: object) -> None:
        on_step = arguments[-1]
        assert callable(on_step)
        try:
            for _ in range(WAIT_S * 100):
                on_step(TRIED)
                begun.set()
                time.sleep(0.01)
        finally:
            ended.set()

    monkeypatch.setattr(dosing_fit, "fitted_to", slow)
    fit(upload(page, study_file()))
    assert begun.wait(WAIT_S)
    page.run()
    assert "s so far.**" in everything(page)
    assert "the last one: 1 compartment, absorbed" in everything(page)
    page.button(key="dosing_cancel").click().run()
    assert ended.wait(WAIT_S), "the thread ends too"
    page.run()
    assert is_fault_free(page)
    assert page.button(key="dosing_fit").label == "Fit a model to this study"


def failing(error: Exception) -> Fit:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_a_study_that_cannot_be_fitted_is_a_sentence(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dosing_fit, "fitted_to", failing(InvalidValue("There is nothing to fit.")))
    wait_until_over(fit(upload(page, study_file())))
    assert sentences(page.error) == ["There is nothing to fit."]
    monkeypatch.setattr(dosing_fit, "fitted_to", fitted_to)
    page.run()
    assert page.button(key="dosing_fit").label == "Fit a model to this study"


def test_a_fault_in_the_fit_is_no_blank_page(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dosing_fit, "fitted_to", failing(RuntimeError("secret detail")))
    wait_until_over(fit(upload(page, study_file())))
    (said,) = sentences(page.error)
    assert said.startswith("Something went wrong inside the app")
    assert "secret detail" not in everything(page)


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "empty"), (b"PK\x03\x04", "Excel"), (b"ID,TIME,DV\n1,0,x\n1,1,2", "Line 2")],
)
def test_a_file_that_cannot_be_read_is_a_sentence(page: AppTest, data: bytes, says: str) -> None:
    upload(page, data)
    assert not page.exception
    (said,) = sentences(page.error)
    assert says in said
    assert not is_answered(page)


def test_all_faults_of_a_file_are_listed(page: AppTest) -> None:
    upload(page, b"ID,TIME,AMT,DV\n1,0,100,.\n1,1,.,x\n1,2,.,y\n1,z,.,5")
    (first,) = sentences(page.error)
    assert first.startswith("Line 3, column 'DV': 'x' is not a number.")
    listed = [text for text in sentences(page.markdown) if text.startswith("- Line")]
    assert [text[:8] for text in listed] == ["- Line 4", "- Line 5"]


def test_columns_that_were_not_found_can_be_given(page: AppTest) -> None:
    upload(page, study_file(header="WHO,TIME,AMT,DV,WT"))
    (said,) = sentences(page.error)
    assert "subject" in said
    page.selectbox(key="dosing_role_subject").set_value("WHO").run()
    assert is_fault_free(page)
    assert "Read: 6 subjects" in everything(page)


def test_a_dose_the_file_does_not_hold_can_be_given(page: AppTest) -> None:
    rows = [line for line in study_file().decode().splitlines() if ",100," not in line]
    upload(page, "\n".join(",".join(line.split(",")[:2] + line.split(",")[3:]) for line in rows).encode())
    (said,) = sentences(page.error)
    assert "holds no dose" in said
    page.number_input(key="dosing_single").set_value(100.0).run()
    page.selectbox(key="dosing_route").set_value("oral").run()
    page.text_input(key="dosing_unit_conc").set_value("ng/mL").run()
    assert is_fault_free(page)
    assert "Times are in h, doses in mg, concentrations in ng/mL" in everything(page)


def test_what_else_a_file_does_not_say_can_be_said(page: AppTest) -> None:
    rows = ["1,0,100,.,1", "1,1,.,2,1", "1,0,100,.,2", "1,1,.,1.5,2", "2,0,100,.,1", "2,1,.,2.5,1"]
    upload(page, "\n".join(["ID,TIME,AMT,DV,VISIT", *rows]).encode())
    (said,) = sentences(page.error)
    assert "choose 'VISIT' under 'Occasion, where subjects begin anew (occasion)'" in said
    page.selectbox(key="dosing_role_occasion").set_value("VISIT").run()
    page.selectbox(key="dosing_unit_time").set_value("days").run()
    page.checkbox(key="dosing_logarithm").set_value(True).run()
    assert is_fault_free(page)
    shown = everything(page)
    assert "Begun anew" in shown
    assert "Converted to hours: times, which are in days in the file, as was said." in shown
    assert "Concentrations are natural logarithms, as was said" in shown


def test_a_name_of_a_column_does_not_format_the_page(page: AppTest) -> None:
    upload(page, study_file(header="ID,TIME,AMT,DV,*b*"))
    (told,) = (text for text in sentences(page.markdown) if "Columns:" in text)
    assert r"\*b\*" in told


def test_what_a_file_leaves_open_stands_before_the_fit_and_names_where_to_say_it(page: AppTest) -> None:
    curve = [
        f"{person},{weight},{320 / weight:.3g},{time},{value}"
        for person, weight in enumerate((50, 60, 80, 100))
        for time, value in ((1, 5), (2, 4), (4, 3), (8, 1.5))
    ]
    upload(page, "\n".join(["Subject,Wt,Dose,Time,conc", *curve]).encode())
    assert is_fault_free(page)
    (doubt,) = (text for text in sentences(page.markdown) if "Doubtful" in text)
    assert "they may be per kg" in doubt
    assert "say so (below, under 'Columns, and what the file does not say': 'Doses are')" in doubt
    assert "--" not in everything(page)


def test_a_file_is_parsed_once_for_its_content_and_what_is_said_of_it(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def counting(name: str, parse: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: object) -> object:
            calls.append(name)
            return parse(*arguments)

        return counted

    for name in ("read_table", "detect", "study_in"):
        monkeypatch.setattr(parsed, name, counting(name, getattr(parsed, name)))
    upload(page, study_file(3))
    page.run()
    assert calls == ["read_table", "detect", "study_in"]
    page.checkbox(key="dosing_logarithm").set_value(True).run()
    assert calls == ["read_table", "detect", "study_in", "study_in"]
    upload(page, study_file(4))
    assert calls[4:] == ["read_table", "detect", "study_in"]


def test_a_file_that_cannot_be_read_is_found_out_once(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def counted(*arguments: object) -> object:
        calls.append("study_in")
        return study_in(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(parsed, "study_in", counted)
    upload(page, b"ID,TIME,DV\n1,0,x\n1,1,2")
    page.run()
    assert len(sentences(page.error)) == 1
    assert calls == ["study_in"]

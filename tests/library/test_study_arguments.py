"""Files, studies, models and dose questions that cannot be are refused in a sentence."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_up_study import subject
from population_models import population_model

import qcore
from qcore.errors import InvalidValue, MissingAsset, UnreadableInput
from qcore.io.nonmem.options import Options
from qcore.tasks.dosing.given import check_study

DATA = b"ID,TIME,AMT,CONC,EVID\n1,0,100,.,1\n1,1,.,5,0\n1,2,.,3,0\n"
SUBJECT = subject(1, np.random.default_rng(0), 0.1)
COVARIATES = tuple(SUBJECT.covariates)
REGIMEN = qcore.Regimen(name="daily", interval_h=24, step=1, cap=20)
TARGET = qcore.Target(qcore.Measure.TROUGH, low=1.0)
ASKED = qcore.DoseQuestion(qcore.Population(), REGIMEN, TARGET, 0.9)


@pytest.mark.parametrize("kind", [str, Path])
def test_a_study_is_read_from_its_path(kind: Callable[[Path], str | Path], tmp_path: Path) -> None:
    (tmp_path / "study.csv").write_bytes(DATA)
    found = qcore.read_study(kind(tmp_path / "study.csv"))
    assert repr(found) == repr(qcore.read_study("study.csv", DATA))


def test_roles_and_choices_may_be_named_by_text() -> None:
    options = Options(route="oral", occasions="separate")  # type: ignore[arg-type]
    found = qcore.read_study("study.csv", DATA, {"value": "CONC"}, options)  # type: ignore[dict-item]
    assert found.study.subjects[0].doses.absorbed.all()


def test_files_that_are_not_there_or_no_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"There is no file .*none\.csv"):
        qcore.read_study(tmp_path / "none.csv")
    with pytest.raises(UnreadableInput, match="is a folder"):
        qcore.read_study(str(tmp_path))
    (tmp_path / "study.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(UnreadableInput, match="Excel"):
        qcore.read_study(str(tmp_path / "study.xlsx"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((3,), "The file must be a path"),
        (("study.csv", DATA.decode()), "data must be the bytes of the file"),
        (("study.csv", DATA, ["value=CONC"]), "roles must be names of columns by their role"),
        (("study.csv", DATA, None, {"route": "oral"}), "options must be of type"),
    ],
)
def test_reading_refuses_arguments_of_another_type(arguments: tuple[object, ...], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        qcore.read_study(*arguments)  # type: ignore[arg-type]


def test_a_role_that_does_not_exist_is_not_passed_over() -> None:
    with pytest.raises(UnreadableInput, match="The roles are comment, subject, time"):
        qcore.read_study("study.csv", DATA, {"dv": "CONC"})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ({"route": "nasal"}, "no route 'nasal'. Choose from oral, subcutaneous, intravenous"),
        ({"occasions": "all"}, "no choice of occasions 'all'. Choose from first, separate"),
        ({"dose": "100"}, "dose must be a number above 0"),
        ({"units": "mg"}, "units must be qcore.Units"),
        ({"concentration": 1}, "concentration must be text"),
        ({"covariates": "WT"}, "covariates must be a tuple"),
    ],
)
def test_options_that_cannot_be_are_refused(option: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        Options(**option)  # type: ignore[arg-type]


def test_a_population_model_is_kept_and_read_by_text_or_path(tmp_path: Path) -> None:
    model = population_model()
    for file in (tmp_path / "a" / "model.json", str(tmp_path / "b" / "model.json")):
        qcore.save_population_model(model, file)
        assert qcore.load_population_model(file) == model


def test_files_that_hold_no_population_model_are_named(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset, match=r"There is no file .*none\.json"):
        qcore.load_population_model(str(tmp_path / "none.json"))
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    other = replace(population_model(), numbers=(1.0,))
    qcore.save_population_model(other, tmp_path / "short.json")
    for wrong in (tmp_path, tmp_path / "other.json", tmp_path / "short.json"):
        with pytest.raises(MissingAsset, match="is no population model that can be read"):
            qcore.load_population_model(str(wrong))
    with pytest.raises(InvalidValue, match="The file must be a path"):
        qcore.load_population_model(3)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="The model must be a population model"):
        qcore.save_population_model(None, tmp_path / "none.json")  # type: ignore[arg-type]


def study(**changes: object) -> qcore.Study:
    return qcore.Study((replace(SUBJECT, **changes),), COVARIATES)  # type: ignore[arg-type]


def of_doses(**changes: object) -> qcore.Study:
    return study(doses=replace(SUBJECT.doses, **changes))  # type: ignore[arg-type]


def seen(**changes: object) -> qcore.Study:
    return study(observations=replace(SUBJECT.observations, **changes))  # type: ignore[arg-type]


def test_a_study_that_can_have_been_done_is_accepted() -> None:
    check_study(study())
    check_study(qcore.read_study("study.csv", DATA).study)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (None, "The study must be a qcore.Study"),
        (qcore.read_study("study.csv", DATA), "of what qcore.read_study returns it is `.study`"),
        (replace(study(), weight="KG"), "The weight 'KG' is none of the covariates"),
        (qcore.Study((3,), ()), "Each of the subjects must be a qcore.Subject"),
        (study(covariates={}), f"the covariate {COVARIATES[0]} must be a finite number, not None"),
        (study(covariates=dict.fromkeys(COVARIATES, np.nan)), "must be a finite number, not nan"),
        (study(doses=None), "doses must be qcore.Doses, not NoneType"),
        (of_doses(amount=[4.0] * 4), "amount of the doses must be a numpy array"),
        (of_doses(amount=np.ones(3)), "amount of the doses has 3 values for 4 times"),
        (of_doses(amount=-SUBJECT.doses.amount), "amount of the doses must not be negative"),
        (of_doses(absorbed=np.ones(4)), "absorbed of the doses must hold True and False"),
        (of_doses(time=SUBJECT.doses.time[::-1]), "the doses must be in order of time"),
        (seen(value=SUBJECT.observations.value * np.nan), "value of the observations must hold finite numbers"),
        (seen(time=SUBJECT.observations.time[::-1]), "the observations must be in order of time"),
    ],
)
def test_a_study_that_cannot_have_been_done_is_not_fitted(made: qcore.Study, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        qcore.fit_population_model(made)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: qcore.Target("through", low=1.0), "no measure 'through'. Choose from response, trough"),
        (lambda: qcore.Target(qcore.Measure.TROUGH, low="1"), "A limit must be a number"),
        (lambda: qcore.Population(weight_kg=70), "weight_kg must be two numbers, the lower one first, not 70"),
        (lambda: qcore.Population(weight_kg=("50", "90")), "weight_kg must be two numbers"),
        (lambda: qcore.Population(fixed={"COMED": np.nan}), "The covariate COMED must be a number"),
        (lambda: qcore.Population(fixed=3), "fixed must be values of covariates by name"),
        (
            lambda: qcore.Regimen(name="x", interval_h=-1, step=1, cap=5),
            "interval_h: should be greater than 0",
        ),
        (lambda: qcore.Regimen(name="x", interval_h=12, step=9, cap=5), "Regimen: the cap of x is below its step"),
        (lambda: qcore.Regimen(name="x", interval_h=12, cap=5), "Regimen: step: is missing"),
        (lambda: qcore.DoseQuestion(None, REGIMEN, TARGET, 0.9), "population must be a qcore.Population"),
        (lambda: qcore.DoseQuestion(qcore.Population(), "daily", TARGET, 0.9), "regimen must be a qcore.Regimen"),
        (lambda: qcore.DoseQuestion(qcore.Population(), REGIMEN, 1.0, 0.9), "target must be a qcore.Target"),
        (lambda: qcore.DoseQuestion(qcore.Population(), REGIMEN, TARGET, "0.9"), "share must be a number"),
        (lambda: qcore.find_doses(None, [ASKED]), "The model must be a population model"),
        (lambda: qcore.find_doses(population_model(), ASKED), "questions must be a list of qcore.DoseQuestion"),
        (lambda: qcore.find_doses(population_model(), [TARGET]), "Each of the questions must be a qcore.DoseQuestion"),
    ],
)
def test_doses_that_cannot_be_asked_for_are_refused(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        make()


def test_a_measure_may_be_said_as_text() -> None:
    assert qcore.Target("trough", low=1.0) == TARGET  # type: ignore[arg-type]

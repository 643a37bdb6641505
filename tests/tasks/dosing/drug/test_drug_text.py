"""A drug's file goes out and comes back the same; one that does not match a study is refused."""

from dataclasses import replace

import pytest
from dosing_studies import shipped_model
from population_models import population_model

from qcore.errors import InvalidValue, UnreadableInput
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.drug.file import Drug, names, parsed, shipped
from qcore.tasks.dosing.drug.match import check_match
from qcore.tasks.dosing.drug.text import written

DRUG = shipped("challenge")


@pytest.mark.parametrize("name", names())
def test_a_drug_that_comes_with_qlinical_goes_out_and_comes_back(name: str) -> None:
    assert parsed("drug.toml", written(shipped(name))) == shipped(name)


def test_numbers_and_signs_come_back_as_they_were() -> None:
    regimens = (DRUG.regimens[0].model_copy(update={"step": 0.1, "cap": 1 / 3, "name": "every 8 h, µg"}),)
    odd = DRUG.model_copy(update={"regimens": regimens, "about": 'He said "two\nlines".', "studied": None})
    assert parsed("drug.toml", written(odd)) == odd


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"effect": "**bold**"}, r"effect: without \*"),
        ({"effect": " "}, "effect: one line of 1 to 60"),
        ({"about": "see [here]"}, r"about: without \[ \]"),
        ({"about": "x" * 1001}, "about: at most 1000"),
        ({"shares": (0.9, 0.9)}, "shares: one is there twice"),
        ({"regimens": (DRUG.regimens[0],) * 2}, "regimens: two have the same name"),
        ({"regimens": (DRUG.regimens[0].model_copy(update={"step": 1e-6}),)}, "regimen 1: more than 20,000 doses"),
        ({"regimens": (DRUG.regimens[0].model_copy(update={"interval_h": 1e9}),)}, "interval_h: from 0.25 to 8784"),
    ],
)
def test_what_no_page_could_show_is_refused(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(UnreadableInput, match=sentence):
        parsed("drug.toml", written(DRUG.model_copy(update=change)))


@pytest.mark.parametrize("data", [b"a" + b"[" * 50_000, b"x = " + b"[" * 50_000, b"\x00", b"\xff\xfe"])
def test_hostile_bytes_end_in_a_sentence(data: bytes) -> None:
    with pytest.raises(UnreadableInput):
        parsed("drug.toml", data)


def test_a_limit_must_be_a_number_above_nothing() -> None:
    for limit in (b"nan", b"inf", b"-1", b"0"):
        with pytest.raises(UnreadableInput, match="aim, high"):
            parsed("drug.toml", written(DRUG).replace(b"high = 3.3", b"high = " + limit))


def test_the_challenges_file_matches_its_study() -> None:
    check_match(DRUG, shipped_model())


def units(name: str, unit: str) -> Drug:
    return DRUG.model_copy(update={"units": DRUG.units.model_copy(update={name: unit})})


def oral() -> PopulationModel:
    return shipped_model()


@pytest.mark.parametrize(
    ("drug", "model", "sentence"),
    [
        (units("dose", "g"), oral(), "the dose in g, the study in mg"),
        (units("concentration", "ng/mL"), oral(), "the concentration in ng/mL"),
        (DRUG.model_copy(update={"route": "intravenous"}), oral(), "is intravenous; .* absorbed"),
        (DRUG, population_model(), "concentrations alone"),
        (DRUG, replace(oral(), structure=replace(oral().structure, absorbed=False)), "is oral; .* into the blood"),
    ],
)
def test_a_file_that_does_not_match_is_refused(drug: Drug, model: PopulationModel, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        check_match(drug, model)

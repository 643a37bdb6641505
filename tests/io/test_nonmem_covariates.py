"""Covariates of a study: numbers, words, weights, and names that tell nothing."""

from study_files import noted, read

COVARIATES = (
    "ID,TIME,AMT,DV,WT,AGE,SEX,RACE,ALCOHOL,CRCL,NOTE",
    "1,0,9,.,80,,male,a,none,-99,n1",
    "1,1,.,5,82,40,male,a,none,-99,n2",
    "2,0,9,.,60,50,female,b,former,90,n3",
    "2,1,.,6,60,51,female,b,none,90,n4",
    "3,0,9,.,70,60,male,c,former,80,n5",
    "3,1,.,7,70,60,male,c,former,80,n6",
)


def test_covariates_are_numbers_of_the_first_value() -> None:
    found = read(*COVARIATES)
    study = found.study
    names = (
        "WT",
        "AGE",
        "SEX: male",
        "RACE: a",
        "RACE: b",
        "RACE: c",
        "ALCOHOL: none",
        "NOTE: n1",
        "NOTE: n3",
        "NOTE: n5",
    )
    assert study.covariates == names
    assert study.weight == "WT"
    assert study.covariate("WT").tolist() == [80, 60, 70]
    assert study.covariate("AGE").tolist() == [40, 50, 60]
    assert study.covariate("SEX: male").tolist() == [1, 0, 1]
    assert study.covariate("RACE: b").tolist() == [0, 1, 0]
    assert study.covariate("ALCOHOL: none").tolist() == [1, 0, 0]
    assert noted(found, "CRCL is taken as missing where it is -99.")
    assert noted(found, "CRCL is left out: it is missing in subject 1.")
    assert noted(found, "changes with time: WT (in 1), AGE (in 1), ALCOHOL (in 1), NOTE (in 3).")


def test_a_weight_that_is_not_known_of_all_is_none() -> None:
    found = read("ID,TIME,AMT,DV,WT", "1,0,9,.,.", "1,1,.,5,.", "2,0,9,.,60", "2,1,.,6,60")
    assert (found.study.weight, found.study.covariates) == (None, ())
    assert noted(found, "WT is left out: it is missing in subject 1.")


def test_names_that_are_too_many_to_tell_anything_are_left_out() -> None:
    rows = [row for count in range(12) for row in (f"{count},0,9,.,site{count}", f"{count},1,.,5,other{count}")]
    found = read("ID,TIME,AMT,DV,SITE", *rows)
    assert found.study.covariates == ()
    assert noted(found, "SITE is left out: it holds 12 different words")
    assert not noted(found, "changes with time")


def test_a_word_among_as_many_numbers_makes_words_of_them() -> None:
    found = read("ID,TIME,AMT,DV,GROUP", "1,0,9,.,10", "1,1,.,5,10", "2,0,9,.,high", "2,1,.,6,high")
    assert found.study.covariate("GROUP: high").tolist() == [0, 1]

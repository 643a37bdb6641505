"""Columns of PK/PD data files: what is recognised, what the cells decide, and what the user may say."""

import pytest

from qcore.errors import UnreadableInput
from qcore.io.nonmem.columns.roles import Columns, Role, detect, parse_roles

SAMPLES = {"ID": "1", "TIME": "0", "DV": "1"}


def found(*names: str, rows: tuple[str, ...] = (), say: tuple[str, ...] = ()) -> Columns:
    """The columns of a file with an ID, a TIME and a DV besides."""
    header = [*SAMPLES, *names]
    cells = [[*SAMPLES.values(), *row.split(",")] for row in rows or (",".join("5" for _ in names),)]
    return detect(header, cells, parse_roles(say))


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("ID,BW,DOSE,TIME,DV,EVID,MDV,AMT", "subject=ID|time=TIME|value=DV|evid=EVID|mdv=MDV|weight=BW|amount=AMT"),
        ("ID,TIME,DV,CMT,DVID,RATE", "subject=ID|time=TIME|value=DV|cmt=CMT|dvid=DVID|rate=RATE"),
        ("Subject,time,conc", "subject=Subject|time=time|value=conc"),
        ("USUBJID,Hours,Cp,Amount,WGT", "subject=USUBJID|time=Hours|value=Cp|dose=Amount|weight=WGT"),
        ("#ID,Time (h),Conc [ng/mL],Wt_kg", "subject=#ID|time=Time (h)|value=Conc [ng/mL]|weight=Wt_kg"),
        ("subj,TIME,Y,YTYPE,TINF", "subject=subj|time=TIME|value=Y|dvid=YTYPE|duration=TINF"),
        ("ID,TIME,DV,ADDL,II,SS,DAT1", "subject=ID|time=TIME|value=DV|addl=ADDL|ii=II|ss=SS|date=DAT1"),
        ("id,t,concentration,effect,route", "subject=id|time=t|value=concentration|response=effect|route=route"),
        (
            "ID,TIME,DV,FLAG,CENS,LLOQ,OCC",
            "subject=ID|time=TIME|value=DV|dvid=FLAG|censored=CENS|limit=LLOQ|occasion=OCC",
        ),
    ],
)
def test_usual_names_are_recognised(header: str, roles: str) -> None:
    names = header.split(",")
    assert detect(names, [["5"] * len(names)]).roles == parse_roles(roles.split("|"))


def test_what_is_left_describes_the_subject_or_is_not_read() -> None:
    columns = found("AMT", "DOSE", "TAD", "Hours", "CONC", "SEX", "WT", "Age")
    assert columns.covariates == ("SEX", "WT", "Age")
    assert columns.ignored == ("DOSE", "TAD", "Hours", "CONC")
    assert columns.roles[Role.WEIGHT] == "WT"


@pytest.mark.parametrize(
    ("name", "rows", "role"),
    [
        ("Dose", ("4.02", "4.02"), Role.DOSE),
        ("Dose", ("4.02", "0"), Role.AMOUNT),
        ("Dose", ("249", "NA"), Role.AMOUNT),
        ("AMT", ("100", "100"), Role.DOSE),
        ("AMT", ("100", "."), Role.AMOUNT),
        ("LLOQ", ("0", "1"), Role.CENSORED),
        ("LLOQ", ("1", "1"), Role.LIMIT),
        ("LLOQ", ("0.05", "0.05"), Role.LIMIT),
        ("C", ("C", "."), Role.COMMENT),
    ],
)
def test_cells_decide_what_a_name_leaves_open(name: str, rows: tuple[str, ...], role: Role) -> None:
    assert found(name, rows=rows).roles[role] == name


def test_a_dose_that_only_differs_between_occasions_is_repeated() -> None:
    rows = ("1,100", "1,100", "2,50", "2,50")
    assert found("OCC", "Dose", rows=rows).roles[Role.DOSE] == "Dose"
    assert found("SEX", "Dose", rows=rows).roles[Role.AMOUNT] == "Dose"


def test_with_evid_a_dose_is_an_amount() -> None:
    assert found("EVID", "Dose", rows=("0,5", "1,5")).roles[Role.AMOUNT] == "Dose"


def test_a_column_c_of_numbers_is_a_concentration() -> None:
    assert detect(["ID", "TIME", "C"], [["1", "0", "2.5"]]).roles[Role.VALUE] == "C"


def test_a_response_beside_dv_is_not_taken_for_one() -> None:
    assert Role.RESPONSE not in found("EFFECT").roles
    assert Role.RESPONSE not in detect(["ID", "TIME", "CONC", "EFFECT", "DVID"], [["1"] * 5]).roles
    assert found("EFFECT", say=("response=effect",)).roles[Role.RESPONSE] == "EFFECT"


def test_the_user_has_the_last_word() -> None:
    columns = found("AMT", "FLAG", "BW", "MYDOSE", say=("amount=mydose", "DVID=", "weight ="))
    assert columns.roles[Role.AMOUNT] == "MYDOSE"
    assert {Role.DVID, Role.WEIGHT, Role.DOSE}.isdisjoint(columns.roles)
    # A weight that is not to be one is a covariate like any other.
    assert columns.covariates == ("BW",)


def test_covariates_can_be_chosen_and_the_weight_stays() -> None:
    columns = detect(["ID", "TIME", "DV", "AGE", "WT", "SEX"], [["1"] * 6], covariates=["sex"])
    assert columns.covariates == ("WT", "SEX")
    assert columns.ignored == ("AGE",)


@pytest.mark.parametrize(
    ("say", "message"),
    [
        (("amount",), "'amount' is not role=COLUMN"),
        (("amout=AMT",), "The roles are comment, subject"),
        (("amount=DOSIS",), "no column 'DOSIS'. Its columns are 'ID', 'TIME', 'DV', 'AMT'"),
        (("amount=AMT", "dose=amt"), "'AMT' was given two roles"),
    ],
)
def test_what_the_user_says_is_checked(say: tuple[str, ...], message: str) -> None:
    with pytest.raises(UnreadableInput) as error:
        found("AMT", say=say)
    assert message in str(error.value)


SAMPLED = [[subject, str(time)] for subject in ("a", "b") for time in range(4)]


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("TYPE", ("cp", "pca", "cp", "pca") * 2, Role.DVID),
        ("PARAMCD", ("THEO",) * 8, Role.DVID),
        ("TYPE", ("healthy",) * 4 + ("ill",) * 4, None),
        ("RESPONSE", ("90", "70", "50", "55", "91", "NA", "63", "40"), Role.RESPONSE),
        ("RESPONSE", ("90", "90", "90", "90", "91", "91", "91", "91"), None),
        ("PER", ("1",) * 8, Role.OCCASION),
        ("C", ("0", "C", "0", "0") * 2, Role.COMMENT),
    ],
)
def test_cells_of_subjects_decide_what_a_name_leaves_open(
    name: str, values: tuple[str, ...], role: Role | None
) -> None:
    rows = [[*row, "5", value] for row, value in zip(SAMPLED, values, strict=True)]
    columns = detect(["ID", "TIME", "DV", name], rows)
    assert next((each for each, column in columns.roles.items() if column == name), None) is role


def test_results_and_parameters_of_a_fit_do_not_describe_a_subject() -> None:
    assert found("IPRED", "CWRES", "CL", "V", "KA", "ETA1", "LIMIT", "CRCL", "AGE").covariates == ("CRCL", "AGE")


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("CID,AFRLT,AVAL,NFRLT", "subject=CID|time=AFRLT|value=AVAL"),
        ("Participant,Elapsed_h,LNDV", "subject=Participant|time=Elapsed_h|value=LNDV"),
        ("ID,DAY,TIME,LNDV,DV", "subject=ID|time=TIME|value=DV"),
        ("ID,Days,DV", "subject=ID|time=Days|value=DV"),
    ],
)
def test_names_that_serve_where_no_better_one_is_there(header: str, roles: str) -> None:
    names = header.split(",")
    assert detect(names, [["5"] * len(names)]).roles == parse_roles(roles.split("|"))

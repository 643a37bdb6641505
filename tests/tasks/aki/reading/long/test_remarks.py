"""What is told beside an answer that would stand without it: urine that ends early, one creatinine, names not used."""

import pytest
from long_files import with_rows


@pytest.mark.parametrize("until", [6, 12, 17.5])
def test_urine_that_ends_early_is_told(until: float) -> None:
    table = with_rows(f"p1,{until},Urine,200,mL", without=("Urine",))
    assert table.remarks["p1"] == (
        f"Urine is charted until {until:g} h only, and is taken to go on as it flowed until then.",
    )


@pytest.mark.parametrize("until", [18, 24])
def test_urine_of_the_last_hours_needs_no_remark(until: float) -> None:
    assert "p1" not in with_rows(f"p1,{until},Urine,200,mL", without=("Urine",)).remarks


def test_a_single_creatinine_is_told() -> None:
    table = with_rows("p1,2,Creatinine,1.3,mg/dL", without=("Creatinine",))
    assert table.remarks["p1"] == ("Only one creatinine is charted, at 2 h: it counts as the first and the last.",)


def test_every_amount_of_urine_counts_by_the_names_of_wards() -> None:
    split = with_rows(
        *("p1,3,Foley,200,mL", "p1,3,Urinmenge,100,mL", "p1,10,R Nephrostomy,320,mL", "p1,22,Void,20,mL"),
        without=("Urine",),
    )
    assert split.inputs.to_numpy().tolist() == [pytest.approx(row) for row in with_rows().inputs.to_numpy().tolist()]


def test_what_may_be_urine_and_is_not_used_is_told() -> None:
    (note,) = [said for said in with_rows("p1,9,GU Irrigant/Urine Volume Out,500,mL").notes if "may be urine" in said]
    assert "GU Irrigant/Urine Volume Out" in note
    assert not [said for said in with_rows("p1,9,Urine sodium,50,mmol/L").notes if "may be urine" in said]


def test_values_whose_stated_unit_is_wrong_are_not_said_to_be_in_it() -> None:
    table = with_rows("p1,2,Creatinine,1.3,umol/L", "p1,20,Creatinine,1.9,umol/L", without=("Creatinine",))
    assert "looks like mg/dL" in table.refused[0].message
    assert not [said for said in table.notes if said.startswith("Creatinine")]

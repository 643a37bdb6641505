"""What a unit written in a file says, and what is none."""

from dataclasses import replace

import pytest

from qcore.io.unit_text import Kind, unit_of_text


@pytest.mark.parametrize(
    ("written", "kind", "factor"),
    [
        ("ng/mL", Kind.CONCENTRATION, 1e-6),
        ("ng mL-1", Kind.CONCENTRATION, 1e-6),
        ("micrograms per litre", Kind.CONCENTRATION, 1e-6),
        ("nM", Kind.CONCENTRATION, 1e-9),
        ("IU/mL", Kind.CONCENTRATION, 1e3),
        ("MCG", Kind.AMOUNT, 1e-6),
        ("µg/kg", Kind.AMOUNT_PER_KG, 1e-6),
        ("mg/hr", Kind.RATE, 1e-3),
        ("Wk", Kind.TIME, 168.0),
        ("%", Kind.OTHER, 1.0),
    ],
)
def test_what_a_unit_says(written: str, kind: Kind, factor: float) -> None:
    found = unit_of_text(written)
    assert found is not None
    assert (found.kind, found.factor) == (kind, pytest.approx(factor))
    again = unit_of_text(found.text)
    assert again is not None
    assert replace(again, text="") == replace(found, text="")


@pytest.mark.parametrize("written", ["", "tablets", "drops/mL", "mg/tablet", "5 mg", "mgg"])
def test_what_is_no_unit(written: str) -> None:
    assert unit_of_text(written) is None

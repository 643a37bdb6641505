"""Every unit converts there and back, and known pairs of a laboratory table agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore import units

QUANTITIES = [value for value in vars(units).values() if isinstance(value, tuple)]
UNITS = [unit for quantity in QUANTITIES for unit in quantity]


@given(unit=st.sampled_from(UNITS), value=st.floats(-1e5, 1e5))
def test_there_and_back(unit: units.Unit, value: float) -> None:
    assert unit.from_canonical(unit.to_canonical(value)) == pytest.approx(value, rel=1e-9, abs=1e-6)


@given(unit=st.sampled_from(UNITS), value=st.floats(0, 1e4), step=st.floats(1e-3, 1e3))
def test_order_is_kept(unit: units.Unit, value: float, step: float) -> None:
    assert unit.to_canonical(value) < unit.to_canonical(value + step)


def test_the_first_unit_of_every_quantity_is_canonical() -> None:
    assert len(QUANTITIES) >= 12
    for quantity in QUANTITIES:
        assert (quantity[0].factor, quantity[0].offset) == (1.0, 0.0)
        assert len({unit.symbol for unit in quantity}) == len(quantity)


@pytest.mark.parametrize(
    ("quantity", "symbol", "value", "canonical"),
    [
        (units.CREATININE, "µmol/L", 88.4, 1.0),
        (units.UREA_NITROGEN, "mmol/L", 7.14, 20.0),
        (units.HAEMOGLOBIN, "mmol/L", 8.69, 14.0),
        (units.HAEMOGLOBIN, "g/L", 140, 14.0),
        (units.HAEMATOCRIT, "L/L", 0.42, 42),
        (units.BICARBONATE, "mEq/L", 24, 24),
        (units.PRESSURE, "kPa", 10, 75.0),
        (units.TEMPERATURE, "°F", 98.6, 37.0),
        (units.TEMPERATURE, "°F", 32, 0.0),
        (units.VOLUME, "L", 1.5, 1500),
        (units.MASS, "lb", 220.46, 100.0),
    ],
)
def test_known_pairs(quantity: tuple[units.Unit, ...], symbol: str, value: float, canonical: float) -> None:
    unit = next(unit for unit in quantity if unit.symbol == symbol)
    assert unit.to_canonical(value) == pytest.approx(canonical, rel=1e-3, abs=1e-9)

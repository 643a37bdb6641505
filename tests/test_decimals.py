"""Numbers of one sentence share their decimals, and lose nothing that one of them needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.decimals import alike


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ((2.39, 2.402), ["2.39", "2.40"]),
        ((2.4, 3.0), ["2.4", "3.0"]),
        ((3.0, 5.0), ["3", "5"]),
        ((50.0, 100.0), ["50", "100"]),
        ((99.8, 100.4), ["99.8", "100.4"]),
        ((0.512, 12.34), ["0.51", "12.34"]),
        ((0.0012, 45.6), ["0.0012", "45.6"]),
        ((0.0, 1.25), ["0.00", "1.25"]),
        ((1234.0, 1250.0), ["1.23e+03", "1.25e+03"]),
        ((), []),
    ],
)
def test_numbers_beside_each_other(values: tuple[float, ...], written: list[str]) -> None:
    assert alike(*values) == written


@given(st.lists(st.floats(0.01, 999), min_size=1, max_size=4))
def test_none_is_far_off(values: list[float]) -> None:
    assert all(
        float(text) == pytest.approx(value, rel=0.06) for text, value in zip(alike(*values), values, strict=True)
    )

"""How numbers are written for people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.shared import numbers
from dashboard.shared.numbers import count_in_group, points

NO_BREAK_SPACE = "\u00a0"


def percent(probability: float) -> str:
    return numbers.percent(probability).replace(NO_BREAK_SPACE, " ")


@pytest.mark.parametrize(
    ("probability", "written"),
    [
        (0.0, "less than 1 %"),
        (0.0099, "less than 1 %"),
        (0.01, "1.0 %"),
        (0.042, "4.2 %"),
        (0.0994, "9.9 %"),
        (0.0995, "10 %"),
        (0.0999, "10 %"),
        (0.1, "10 %"),
        (0.314, "31 %"),
        (0.99, "99 %"),
    ],
)
def test_percent(probability: float, written: str) -> None:
    assert percent(probability) == written


@pytest.mark.parametrize(
    ("shares", "written"),
    [
        ((0.062, 0.181), ["6.2 %", "18.1 %"]),
        ((0.22, 0.41), ["22 %", "41 %"]),
        ((0.004, 0.067), ["less than 1 %", "6.7 %"]),
        ((0.004, 0.3), ["less than 1 %", "30 %"]),
    ],
)
def test_percentages_of_one_sentence_share_their_decimals(shares: tuple[float, ...], written: list[str]) -> None:
    assert [each.replace(NO_BREAK_SPACE, " ") for each in numbers.percents(*shares)] == written


def test_a_percentage_does_not_break_before_its_sign() -> None:
    assert numbers.percent(0.31) == f"31{NO_BREAK_SPACE}%"


@given(st.floats(0.0, 1.0))
def test_percent_is_never_far_off_and_reads_the_same_way(probability: float) -> None:
    written = percent(probability)
    assert written.endswith(" %")
    if probability >= 0.01:
        shown = float(written.removesuffix(" %").removeprefix("more than "))
        step = 0.1 if probability < 0.0995 else 1.0
        assert abs(shown - probability * 100) <= max(0.5 * step, 1.0 if "more" in written else 0.0) + 1e-9


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_percent_keeps_the_order(one: float, other: float) -> None:
    def shown(probability: float) -> float:
        return 0.0 if probability < 0.01 else float(percent(probability).split()[-2])

    low, high = sorted((one, other))
    assert shown(low) <= shown(high)


@pytest.mark.parametrize(
    ("difference", "written"), [(0.034, "+3.4"), (-0.034, "−3.4"), (0.0, "+0.0"), (-1.0, "−100.0")]
)
def test_points_carry_a_sign_and_a_true_minus(difference: float, written: str) -> None:
    assert points(difference) == written


@pytest.mark.parametrize("nothing", [-0.0, -0.0001, 0.0001])
def test_a_difference_that_rounds_to_nothing_has_no_minus(nothing: float) -> None:
    assert points(nothing) == "+0.0"


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (0.0, 0.01, "at most 1"),
        (0.0, 0.02, "at most 1"),
        (0.0, 0.021, "up to 2"),
        (0.019, 0.3, "up to 15"),
        (0.22, 0.4, "11 to 20"),
        (0.9, 1.0, "45 to 50"),
    ],
)
def test_natural_frequencies(low: float, high: float, written: str) -> None:
    assert count_in_group(low, high, 50) == written


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_natural_frequencies_hold_the_interval(one: float, other: float) -> None:
    low, high = sorted((one, other))
    numbers = [int(word) for word in count_in_group(low, high, 50).split() if word.isdigit()]
    least, most = (0, numbers[0]) if len(numbers) == 1 else numbers
    assert least <= low * 50 + 1e-6
    assert high * 50 <= most + 1e-6
    assert 0 <= least <= most <= 50


@pytest.mark.parametrize(
    ("standard_error", "written"), [(0.0193, "±1.9"), (0.0006, "±0.1"), (0.0004, "less than ±0.1")]
)
def test_a_standard_error_is_written_in_points(standard_error: float, written: str) -> None:
    assert numbers.spread(standard_error) == written


@pytest.mark.parametrize(
    ("probability", "written"),
    [(0.0, "0.0 %"), (0.00021, "0.021 %"), (0.0054, "0.54 %"), (0.023, "2.3 %"), (0.114, "11 %"), (1.0, "100 %")],
)
def test_an_error_rate_has_two_digits(probability: float, written: str) -> None:
    assert numbers.error_rate(probability).replace(NO_BREAK_SPACE, " ") == written


def test_a_time_of_relaxation_and_a_day() -> None:
    assert numbers.microseconds(183.4e-6).replace(NO_BREAK_SPACE, " ") == "183 µs"
    assert numbers.day("2025-02-26T15:16:25-05:00").replace(NO_BREAK_SPACE, " ") == "26 February 2025"

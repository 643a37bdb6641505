"""Small files of right answers that tools get wrong, and damage of every kind: an answer or one sentence."""

import numpy as np
import pytest

from qcore.errors import UnreadableInput
from qcore.io.ecg.formats.edf import read_edf
from qcore.io.ecg.formats.table import CsvReading, read_table
from qcore.io.ecg.formats.wfdb.reading import read_wfdb
from qcore.io.ecg.formats.xml import read_xml
from qcore.io.ecg.upload import EcgReader

WAVE = np.array([0, 0, 100, -200, -32768, 300], "<i2")


def wfdb(gain: str, rest: str = "", samples: int = 6) -> bytes:
    return f"r 1 500 {samples}{rest}\nr.dat 16 {gain} 16 0 0 0 0 Lead I\n".encode()


@pytest.mark.parametrize("gain", ["1000(0)/mV", "1000/mV(0)", "1(0)/uV"])
def test_gain_baseline_and_unit_stand_in_any_order_and_true_zeros_are_no_gaps(gain: str) -> None:
    ecg = read_wfdb(wfdb(gain), {"r.dat": WAVE.tobytes()})
    assert ecg.leads == ("I",)
    np.testing.assert_allclose(ecg["I"], [0, 0, 100, -200, np.nan, 300])


def test_a_gain_of_zero_is_200_a_millivolt_and_told() -> None:
    ecg = read_wfdb(wfdb("0"), {"r.dat": WAVE.tobytes()})
    assert not ecg.calibrated
    assert ecg["I"][2] == 500


@pytest.mark.parametrize("rest", [" 12-May-2020 12:33:10", " 12:33:10 12/05/2020", " 2020", ""])
def test_times_and_dates_stand_in_any_order(rest: str) -> None:
    assert read_wfdb(wfdb("1000", rest), {"r.dat": WAVE.tobytes()}).uv.shape == (1, 6)


def test_a_file_that_is_too_short_ends_in_a_gap_and_is_told() -> None:
    ecg = read_wfdb(wfdb("1000", samples=10), {"r.dat": WAVE.tobytes()})
    assert np.isnan(ecg["I"][6:]).all()
    assert any("shorter" in note for note in ecg.notes)


def edf(starts: tuple[int, ...] = (0, 5), limits: tuple[str, str] = ("3276.7", "-3276.8")) -> bytes:
    """EDF+D of a lead at 4 Hz in records of 1 s."""
    signals = [("I", "", "uV", *limits, "-32768", "32767", "", "4", ""),
               ("EDF Annotations", "", "", "-1", "1", "-32768", "32767", "", "8", "")]  # fmt: skip
    widths = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
    head = "".join(text.ljust(width) for text, width in zip(
        ("0", "X F 01-JAN-1980 X", "Startdate 01-JAN-2020 X X X", "01.01.20", "00.00.00", "768", "EDF+D",
         str(len(starts)), "1", "2"), (8, 80, 80, 8, 8, 8, 44, 8, 8, 4), strict=True))  # fmt: skip
    fields = "".join(row[k].ljust(width) for k, width in enumerate(widths) for row in signals)
    body = b"".join(np.array([10, 20, 30, 40], "<i2").tobytes() + f"+{at}\x14\x14".encode().ljust(16, b"\0")
                    for at in starts)  # fmt: skip
    return (head + fields).encode() + body


def test_gaps_of_edf_stay_open_and_a_physical_minimum_above_the_maximum_turns_the_lead_over() -> None:
    ecg = read_edf(edf())
    assert ecg.uv.shape == (1, 24)
    assert np.isnan(ecg["I"][4:20]).all()
    np.testing.assert_allclose(ecg["I"][20:], [-1.1, -2.1, -3.1, -4.1], atol=1e-3)
    assert (ecg.age_years, ecg.sex) == (40, "female")


def test_a_rate_with_a_fraction_is_kept_and_a_table_of_the_watch_is_read_as_it_is() -> None:
    lines = "Name,Somebody\nSample Rate,512.508 hertz\nLead,Lead I\nUnit,µV\n\n1.5\n-2\n3\n"
    ecg = read_table(lines.encode())
    assert (ecg.rate_hz, ecg.leads) == (512.508, ("I",))
    np.testing.assert_allclose(ecg["I"], [1.5, -2, 3])


def test_a_table_with_decimal_commas_is_read_and_what_it_lacks_is_asked_for() -> None:
    table = b"Zeit (ms);I (mV)\n0;0,5\n2;1,5\n4;-1\n"
    ecg = read_table(table)
    assert ecg.rate_hz == 500
    np.testing.assert_allclose(ecg["I"], [500, 1500, -1000])
    with pytest.raises(UnreadableInput, match="state the rate"):
        read_table(b"I,II\n1,2\n3,4\n5,6\n")
    assert read_table(b"I,II\n1,2\n3,4\n5,6\n", CsvReading(250, "µV"))["II"].tolist() == [2, 4, 6]


@pytest.mark.parametrize("declared", ['<!ENTITY a "b">', '<!ENTITY a SYSTEM "file:///etc/passwd">'])
def test_xml_with_entities_is_refused(declared: str) -> None:
    with pytest.raises(UnreadableInput, match="entities"):
        read_xml(f"<!DOCTYPE x [{declared}]><AnnotatedECG>&a;</AnnotatedECG>".encode())


def test_damage_is_read_or_told() -> None:
    samples = [edf(), b"I (mV),II (mV)\n1,2\n3,4\n", wfdb("1000"), b"ISHNE1.0" + bytes(700),
               b"<RestingECG><Waveform><SampleBase>500</SampleBase></Waveform></RestingECG>"]  # fmt: skip
    rng = np.random.default_rng(7)
    with EcgReader() as reader:
        for number in range(200):
            data = bytearray(samples[number % len(samples)])
            for place in rng.integers(0, len(data), 4):
                data[place] = rng.integers(256)
            cut = bytes(data[: rng.integers(1, len(data) + 1)])
            for record in reader.read([("file", cut), ("r.dat", WAVE.tobytes())]):
                assert (record.ecg is None) == record.refusal.endswith(".")

"""The XML of GE's MUSE: eight leads stored, four calculated; rhythm and median beat, or the rhythm alone."""

import base64
import binascii
from xml.etree.ElementTree import Element

import numpy as np

from qcore.errors import UnreadableInput
from qcore.io.ecg import people
from qcore.io.ecg.channels import Channel, assembled
from qcore.io.ecg.formats.xml_tree import text_of
from qcore.io.ecg.limits import check_rate, check_size
from qcore.io.ecg.record import Ecg, Stated
from qcore.io.ecg.units import microvolts

GAP_VALUE = -32768
YEARS = {"YEARS": 1.0, "MONTHS": 1 / 12, "WEEKS": 7 / 365.25, "DAYS": 1 / 365.25}
UNSCALED = "The file states no size of a unit: MUSE's usual 4.88 µV was assumed, so heights are not calibrated."
USUAL_UV = 4.88


def read_muse(root: Element) -> Ecg:
    """Return the rhythm of a MUSE file, and its median beat.

    Raises:
        UnreadableInput: there is no waveform in it, or it is damaged.
    """
    notes: list[str] = []
    found = [(text_of(one, "WaveformType").lower(), one) for one in root.iter("Waveform")]
    read = [(kind, one, _channels(one, notes)) for kind, one in found]
    read = [each for each in read if each[2]]
    rhythm = next((each for each in read if each[0] != "median"), None)
    beats = next((channels for kind, _, channels in read if kind == "median"), [])
    if rhythm is None:
        raise UnreadableInput(
            "The MUSE file holds a median beat and no rhythm: export it with its waveforms."
            if beats
            else "The MUSE file holds no waveform: export it with its waveforms."
        )
    notes = list(dict.fromkeys(notes))
    age = people.number(text_of(root, "PatientDemographics/PatientAge"))
    unit = YEARS.get(text_of(root, "PatientDemographics/AgeUnits").upper() or "YEARS", 1.0)
    return assembled(
        rhythm[2],
        "MUSE XML",
        medians={beat.name: beat.uv for beat in beats},
        median_rate_hz=beats[0].rate_hz if beats else None,
        notes=notes,
        calibrated=UNSCALED not in notes,
        age_years=people.age(None if age is None else age * unit),
        sex=people.sex(text_of(root, "PatientDemographics/Gender")),
        stated=_stated(root, rhythm[1]),
    )


def _channels(waveform: Element, notes: list[str]) -> list[Channel]:
    base = people.number(text_of(waveform, "SampleBase"))
    power = people.number(text_of(waveform, "SampleExponent")) or 0.0
    if not base or abs(power) > 6:
        raise UnreadableInput("The MUSE file does not say how many samples a second it has.")
    rate_hz = check_rate(base * 10**power)
    channels = []
    for lead in waveform.findall("LeadData"):
        raw = _bytes(text_of(lead, "WaveFormData"))
        declared = int(people.number(text_of(lead, "LeadSampleCountTotal")) or len(raw) // 2)
        check_size(1, declared)
        stored = np.frombuffer(raw, "<i2", min(len(raw) // 2, declared))
        name = text_of(lead, "LeadID")
        scale = microvolts({"MICROVOLTS": "uV", "MILLIVOLTS": "mV"}.get(text_of(lead, "LeadAmplitudeUnits"), "uV"))
        size = people.number(text_of(lead, "LeadAmplitudeUnitsPerBit"))
        if not size:
            notes.append(UNSCALED)
        if stored.size < declared:
            notes.append(
                f"The file is shorter than it says: the last {(declared - stored.size) / rate_hz:.3g} s are missing."
            )
        row = np.full(declared, np.nan, np.float32)
        row[: stored.size] = stored
        row[: stored.size][stored == GAP_VALUE] = np.nan
        row *= np.float32((size or USUAL_UV) * (scale or 1.0))
        channels.append(Channel(name, row, rate_hz))
    return channels


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise UnreadableInput("A lead of the MUSE file is damaged: export it again.") from error


def _stated(root: Element, waveform: Element) -> Stated:
    measured = root.find("RestingECGMeasurements")

    def number(name: str) -> float | None:
        return people.number(text_of(measured, name))

    low, high, mains = (text_of(waveform, name) for name in ("HighPassFilter", "LowPassFilter", "ACFilter"))
    hertz = people.number(low)
    filters = f"{hertz / 100:g}-{high} Hz" if hertz is not None and high else ""
    mains_known = mains and mains.upper() != "NONE"
    lines, line = [], ""
    for statement in root.findall("Diagnosis/DiagnosisStatement"):
        line = f"{line} {text_of(statement, 'StmtText')}"
        if any((flag.text or "").strip() == "ENDSLINE" for flag in statement.findall("StmtFlag")):
            lines.append(line)
            line = ""
    return Stated(
        rate_bpm=number("VentricularRate"),
        pr_ms=number("PRInterval"),
        qrs_ms=number("QRSDuration"),
        qt_ms=number("QTInterval"),
        axis_deg=number("RAxis"),
        filters=f"{filters}, mains filter {mains} Hz".lstrip(", ") if mains_known else filters,
        device=text_of(root, "TestDemographics/AcquisitionDevice"),
        sentences=people.sentences([*lines, line]),
    )

"""The annotated ECG of HL7 (aECG). Source: HL7 V3 aECG, Brown and Badilini 2005, implementation guide."""

from xml.etree.ElementTree import Element

import numpy as np

from qcore.errors import UnreadableInput
from qcore.io.ecg import people
from qcore.io.ecg.channels import Channel, assembled
from qcore.io.ecg.formats.xml_tree import text_of
from qcore.io.ecg.limits import check_size
from qcore.io.ecg.record import Ecg, Microvolts, Stated
from qcore.io.ecg.units import microvolts

SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
MEASURED = {
    "MDC_ECG_HEART_RATE": "rate_bpm",
    "MDC_ECG_TIME_PD_PR": "pr_ms",
    "MDC_ECG_TIME_PD_QRS": "qrs_ms",
    "MDC_ECG_TIME_PD_QT": "qt_ms",
    "MDC_ECG_ANGLE_QRS_FRONT": "axis_deg",
}
NO_WAVEFORM = "The annotated ECG holds no waveform, only what was measured on one: export it with its waveforms."


def read_aecg(root: Element) -> Ecg:
    """Return the rhythm of an annotated ECG, and its representative beat as the median beat.

    Raises:
        UnreadableInput: there is no waveform in it, or it cannot be understood.
    """
    notes: list[str] = []
    sets = [found for series in root.findall("component/series") for found in series.findall("component/sequenceSet")]
    rhythms = [channels for channels in (_channels(one, notes) for one in sets) if channels]
    if not rhythms:
        raise UnreadableInput(NO_WAVEFORM)
    if len(rhythms) > 1:
        rhythms.sort(key=lambda channels: channels[0].uv.size / channels[0].rate_hz, reverse=True)
        notes.append(f"The file holds {len(rhythms)} recordings: the longest is shown.")
    derived = root.findall("component/series/derivation/derivedSeries/component/sequenceSet")
    beats = next((channels for channels in (_channels(one, []) for one in derived) if channels), [])
    person = root.find(".//subjectDemographicPerson")
    recorded = text_value(root, "effectiveTime/center") or text_value(root, "effectiveTime/low")
    return assembled(
        rhythms[0],
        "HL7 aECG",
        medians={beat.name: beat.uv for beat in beats},
        median_rate_hz=beats[0].rate_hz if beats else None,
        notes=notes,
        age_years=people.age_between(people.day(text_value(person, "birthTime")), people.day(recorded)),
        sex=people.sex(_code(person, "administrativeGenderCode")),
        stated=_stated(root),
    )


def text_value(element: Element | None, path: str) -> str:
    """Return the attribute ``value`` of what lies at a path; empty where there is none."""
    found = element.find(path) if element is not None else None
    return found.get("value", "") if found is not None else ""


def _code(element: Element | None, path: str) -> str:
    found = element.find(path) if element is not None else None
    return found.get("code", "") if found is not None else ""


def _channels(sequences: Element, notes: list[str]) -> list[Channel]:
    rate_hz, channels = 0.0, []
    for sequence in sequences.findall("component/sequence"):
        increment = sequence.find("value/increment")
        if _code(sequence, "code").startswith("TIME") and increment is not None:
            step = (people.number(increment.get("value")) or 0.0) * SECONDS.get(increment.get("unit", "s"), 0.0)
            rate_hz = round(1 / step, 6) if step > 0 else 0.0
    for sequence in sequences.findall("component/sequence"):
        name = _code(sequence, "code")
        digits = text_of(sequence, "value/digits")
        if name.startswith("TIME") or not digits:
            continue
        values = _scaled(sequence, digits)
        if values is None:
            notes.append(f"Left out, because it is no voltage: {name}.")
        else:
            channels.append(Channel(name, values, rate_hz))
    if channels and not rate_hz:
        raise UnreadableInput("The annotated ECG does not say how far its samples lie apart.")
    return channels


def _scaled(sequence: Element, digits: str) -> Microvolts | None:
    scale, origin = sequence.find("value/scale"), sequence.find("value/origin")
    size = people.number(scale.get("value")) if scale is not None else 1.0
    unit = microvolts(scale.get("unit", "uV") if scale is not None else "uV")
    offset = people.number(origin.get("value")) if origin is not None else 0.0
    offset_unit = microvolts(origin.get("unit", "uV") if origin is not None else "uV")
    if size is None or unit is None or offset is None or offset_unit is None:
        return None
    words = digits.split()
    check_size(1, len(words))
    try:
        values = np.array(words, dtype=np.float64)
    except ValueError as error:
        raise UnreadableInput("A lead of the annotated ECG holds something else than numbers.") from error
    return np.asarray(values * (size * unit) + offset * offset_unit, np.float32)


def _stated(root: Element) -> Stated:
    numbers: dict[str, float | None] = {}
    texts = []
    for annotation in root.iter("annotation"):
        code, value = _code(annotation, "code"), annotation.find("value")
        if value is None:
            continue
        if code in MEASURED:
            seconds = SECONDS.get(value.get("unit", ""), 1e-3)
            number = people.number(value.get("value"))
            if number is not None and MEASURED[code].endswith("_ms"):
                number = number * seconds * 1e3
            numbers.setdefault(MEASURED[code], number)
        elif code.startswith("MDC_ECG_INTERPRETATION_STATEMENT"):
            texts.append(text_of(value))
    device = " ".join(
        dict.fromkeys(
            text
            for path in ("manufacturerOrganization/name", ".//manufacturerModelName")
            if (text := text_of(root.find("component/series/author/seriesAuthor"), path))
        )
    )
    return Stated(**numbers, device=device, sentences=people.sentences(texts))  # type: ignore[arg-type] # names as listed

"""Philips' Sierra XML, versions 1.03 and 1.04.

Source: sierra-ecg-tools by C. Watford (MIT licence), which describes the format.
"""

import base64
import binascii
from datetime import date
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from qcore.errors import UnreadableInput
from qcore.io.ecg import people
from qcore.io.ecg.channels import Channel, assembled
from qcore.io.ecg.formats.philips_xli import decompressed
from qcore.io.ecg.formats.xml_tree import text_of
from qcore.io.ecg.leads import LIMB, STANDARD
from qcore.io.ecg.limits import check_rate, check_size
from qcore.io.ecg.record import Ecg, Stated

TYPES, VERSIONS = {"SierraECG", "PhilipsECG"}, ("1.03", "1.04")
PULSE_UV = (900.0, 1100.0)
PULSE_S = 0.1
Stored = NDArray[np.int32]


def read_philips(root: Element) -> Ecg:
    """Return the rhythm of a Philips file without the calibration pulse behind it, and its representative beats.

    Raises:
        UnreadableInput: it is of another kind or version, holds no waveform, or is damaged.
    """
    kind, version = text_of(root, "documentinfo/documenttype"), text_of(root, "documentinfo/documentversion")
    if kind not in TYPES or not version.startswith(VERSIONS):
        raise UnreadableInput(
            f"This is XML of the kind '{kind[:40]}', version {version[:20] or 'unknown'}: Philips' SierraECG 1.03 and "
            "1.04 can be read."
        )
    waves, signal = root.find(".//parsedwaveforms"), root.find("dataacquisition/signalcharacteristics")
    if waves is None or not text_of(waves):
        raise UnreadableInput("The Philips file holds no waveform: export it with its waveforms.")
    rate_hz = check_rate(people.number(waves.get("samplespersecond") or text_of(signal, "samplingrate")) or 0.0)
    size_uv = people.number(
        waves.get("resolution") or text_of(signal, "signalresolution") or text_of(signal, "resolution")
    )
    notes = []
    if not size_uv:
        notes.append("The file states no resolution: 5 µV were assumed, so heights are not calibrated.")
    labels, stored = _stored(waves, signal, rate_hz)
    uv = np.stack(stored).astype(np.float32) * np.float32(size_uv or 5.0)
    end = _end_of_rhythm(uv, rate_hz)
    if end < uv.shape[1]:
        notes.append(f"The last {(uv.shape[1] - end) / rate_hz:.3g} s are a calibration pulse and were cut off.")
    beats, beat_rate_hz = _beats(root)
    return assembled(
        [Channel(label, row, rate_hz) for label, row in zip(labels, uv[:, :end], strict=True)],
        "Philips Sierra XML",
        medians=beats,
        median_rate_hz=beat_rate_hz if beats else None,
        notes=notes,
        calibrated=bool(size_uv),
        age_years=_age(root),
        sex=people.sex(text_of(root, "patient/generalpatientdata/sex")),
        stated=_stated(root),
    )


def _stored(waves: Element, signal: Element | None, rate_hz: float) -> tuple[list[str], list[Stored]]:
    raw = _bytes(text_of(waves))
    labels = (waves.get("leadlabels") or "").split()
    declared = waves.get("numberofleads") or text_of(signal, "numberchannelsvalid") or str(len(STANDARD))
    n_leads = int(people.number(declared) or 0)
    labels = (labels or list(STANDARD))[:n_leads]
    seconds = (people.number(waves.get("durationperchannel")) or 0.0) / 1000
    length = round(seconds * rate_hz)
    check_size(len(labels), length)
    method = waves.get("compressmethod") or waves.get("compression") or "Uncompressed"
    if method == "XLI":
        leads = [lead.astype(np.int32) for lead in decompressed(raw)]
    elif method == "Uncompressed":
        samples = np.frombuffer(raw, "<i2", len(raw) // 2).astype(np.int32)
        leads = [samples[k * length : (k + 1) * length] for k in range(len(labels))]
    else:
        raise UnreadableInput(f"The Philips file is compressed by '{method[:20]}', which is not known here.")
    leads = leads[: len(labels)]
    if len(leads) < len(labels) or len({lead.size for lead in leads}) != 1 or not leads[0].size:
        raise UnreadableInput("Leads of the Philips file are missing or cut off: export it again.")
    if tuple(labels[:6]) == LIMB:
        leads[:6] = _limb_leads(leads[:6], stored_as_they_are=method != "XLI" and _fit_each_other(leads))
    return labels, leads


def _fit_each_other(leads: list[Stored]) -> bool:
    i, ii, iii = leads[:3]
    return bool(np.abs(iii - (ii - i)).sum() < np.abs(iii).sum())


def _limb_leads(leads: list[Stored], *, stored_as_they_are: bool) -> list[Stored]:
    """Return six limb leads; of four of them the file holds by how much they miss what follows from the others."""
    if stored_as_they_are:
        return leads
    i, ii, iii, avr, avl, avf = leads
    iii = ii - i - iii
    return [i, ii, iii, -avr - (i + ii) // 2, (i - iii) // 2 - avl, (ii + iii) // 2 - avf]


def _end_of_rhythm(uv: NDArray[np.float32], rate_hz: float) -> int:
    """Return where the last stretch begins in which all leads are the same and show a pulse of 1 mV, or the end."""
    differ = np.flatnonzero(np.ptp(uv, axis=0) > 0)
    start = int(differ[-1]) + 1 if differ.size else 0
    tail = uv[0, start:]
    pulse = (tail > PULSE_UV[0]) & (tail < PULSE_UV[1])
    return start if start and len(uv) > 1 and pulse.sum() > PULSE_S * rate_hz else uv.shape[1]


def _beats(root: Element) -> tuple[dict[str, NDArray[np.float32]], float]:
    beats, found = root.find(".//repbeats"), {}
    rate_hz = people.number(beats.get("samplespersec")) if beats is not None else None
    size_uv = people.number(beats.get("resolution")) if beats is not None else None
    if beats is None or not rate_hz or not size_uv:
        return {}, 0.0
    for beat in beats.findall("repbeat"):
        raw = _bytes(text_of(beat, "waveform"))
        if raw:
            values = np.frombuffer(raw, "<i2", len(raw) // 2).astype(np.float32)
            found[beat.get("leadname", "")] = values * np.float32(size_uv)
    return found, check_rate(rate_hz)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise UnreadableInput("A lead of the Philips file is damaged: export it again.") from error


def _age(root: Element) -> float | None:
    person, acquired = root.find("patient/generalpatientdata"), root.find("dataacquisition")
    years = people.number(text_of(person, "age/years"))
    recorded: date | None = people.day(acquired.get("date", "")) if acquired is not None else None
    return people.age(years) if years else people.age_between(people.day(text_of(person, "age/dateofbirth")), recorded)


def _stated(root: Element) -> Stated:
    # 1.04 keeps the intervals across leads apart from what is printed.
    places = [root.find(f".//{name}") for name in ("crossleadmeasurements", "globalmeasurements")]
    numbers = {
        ours: next((value for place in places if (value := people.number(text_of(place, theirs))) is not None), None)
        for ours, theirs in (
            ("rate_bpm", "meanventrate"),
            ("pr_ms", "meanprint"),
            ("qrs_ms", "meanqrsdur"),
            ("qt_ms", "meanqtint"),
            ("axis_deg", "qrsfrontaxis"),
        )
    }
    band = root.find("reportinfo/reportbandwidth")
    low, high, mains = (text_of(band, f"{name}filtersetting") for name in ("highpass", "lowpass", "notch"))
    filters = f"{low}-{high} Hz" + (f", mains filter {mains} Hz" if mains else "") if low and high else ""
    statements = [text_of(one, "leftstatement") for one in root.findall("interpretations/interpretation/statement")]
    return Stated(
        **numbers,
        filters=filters,
        device=f"Philips {text_of(root, 'dataacquisition/machine')}".strip(),
        sentences=people.sentences(statements),
    )

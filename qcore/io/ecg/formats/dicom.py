"""DICOM waveforms: 12-lead, general and ambulatory ECG. Source: DICOM PS3.3, C.10.9 (waveform module)."""

import io
import re
import warnings
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from qcore.errors import UnreadableInput
from qcore.io.ecg import people
from qcore.io.ecg.channels import Channel, assembled
from qcore.io.ecg.leads import scp_lead
from qcore.io.ecg.limits import check_rate, check_size
from qcore.io.ecg.record import Ecg, Stated
from qcore.io.ecg.units import microvolts

TYPES = {"SS": "i2", "US": "u2", "SB": "i1", "UB": "u1", "SL": "i4", "UL": "u4"}
SCP_CODE = re.compile(r"(?:5\.6\.3-9-|2:)(\d{1,2})$")
MEASURED = {
    "ventricular heart rate": "rate_bpm", "heart rate": "rate_bpm", "pr interval": "pr_ms", "qrs duration": "qrs_ms",
    "qt interval": "qt_ms", "qrs axis": "axis_deg",
}  # fmt: skip
NO_WAVEFORM = "The DICOM object holds no waveform: there is no electrocardiogram in it."


def read_dicom(data: bytes) -> Ecg:
    """Return the rhythm of a DICOM waveform object, and its median beat where it has a group of one.

    Raises:
        UnreadableInput: it is damaged, or holds no waveform.
    """
    with warnings.catch_warnings():
        # What pydicom thinks of a file's spelling is no news to a reader of the trace.
        warnings.simplefilter("ignore")
        try:
            return _read(pydicom.dcmread(io.BytesIO(data), force=data[128:132] != b"DICM"))
        except UnreadableInput:
            raise
        except (InvalidDicomError, ValueError, TypeError, AttributeError, KeyError, IndexError, EOFError, OSError,
                NotImplementedError) as error:  # fmt: skip
            raise UnreadableInput("The DICOM object is damaged or cut off: export it again.") from error


def _read(dataset: Dataset) -> Ecg:
    notes: list[str] = []
    groups = list(dataset.get("WaveformSequence") or [])
    if not groups:
        raise UnreadableInput(NO_WAVEFORM)
    rhythms = [group for group in groups if not _is_median(group)] or groups[:1]
    median = next((group for group in groups if _is_median(group) and group is not rhythms[0]), None)
    rhythms.sort(key=lambda group: int(group.NumberOfWaveformSamples) / float(group.SamplingFrequency), reverse=True)
    order = ">" if dataset.original_encoding[1] is False else "<"
    channels = _together(rhythms, order, notes)
    beats = _channels(median, order, []) if median is not None else []
    years = re.fullmatch(r"(\d{3})([YMWD])", str(dataset.get("PatientAge") or ""))
    age = float(years[1]) / {"Y": 1, "M": 12, "W": 52.18, "D": 365.25}[years[2]] if years else None
    return assembled(
        channels,
        "DICOM waveform",
        medians={beat.name: beat.uv for beat in beats},
        median_rate_hz=beats[0].rate_hz if beats else None,
        notes=tuple(dict.fromkeys(notes)),
        calibrated=not any("not calibrated" in note for note in notes),
        age_years=people.age(age),
        sex=people.sex(str(dataset.get("PatientSex") or "")),
        stated=_stated(dataset, rhythms[0]),
    )


def _is_median(group: Dataset) -> bool:
    label = str(group.get("MultiplexGroupLabel") or "").upper()
    return (
        "MEDIAN" in label
        or "AVERAGE" in label
        or ("RHYTHM" not in label and group.get("WaveformOriginality") == "DERIVED")
    )


def _together(groups: list[Dataset], order: str, notes: list[str]) -> list[Channel]:
    """Return the leads of all groups of one rate, each where its time offset says."""
    found: dict[str, Channel] = {}
    rate_hz = float(groups[0].SamplingFrequency)
    offsets = [float(group.get("MultiplexGroupTimeOffset") or 0.0) / 1000 for group in groups]
    for group, offset in zip(groups, offsets, strict=True):
        for channel in _channels(group, order, notes):
            start = round((offset - min(offsets)) * rate_hz)
            if channel.name in found or channel.rate_hz != rate_hz or start < 0:
                notes.append(f"A second recording of {channel.name} in the file was left out.")
                continue
            check_size(1, start + channel.uv.size)
            placed = np.concatenate((np.full(start, np.nan, np.float32), channel.uv)) if start else channel.uv
            found[channel.name] = Channel(channel.name, placed, rate_hz)
    return list(found.values())


def _channels(group: Dataset, order: str, notes: list[str]) -> list[Channel]:
    n_channels, n_samples = int(group.NumberOfWaveformChannels), int(group.NumberOfWaveformSamples)
    rate_hz = check_rate(float(group.SamplingFrequency))
    check_size(n_channels, n_samples)
    interpretation = str(group.WaveformSampleInterpretation)
    if interpretation not in TYPES:
        raise UnreadableInput(f"The DICOM waveform is stored as {interpretation[:4]}, which is not read here.")
    kind = np.dtype(order + TYPES[interpretation])
    raw = bytes(group.WaveformData)
    stored = np.frombuffer(raw, kind, min(len(raw) // kind.itemsize // n_channels, n_samples) * n_channels)
    frames = stored.reshape(-1, n_channels)
    if len(frames) < n_samples:
        notes.append(
            f"The file is shorter than its header says: the last "
            f"{(n_samples - len(frames)) / rate_hz:.3g} s are missing."
        )
    padding = group.get("WaveformPaddingValue")
    gap = _number_in(padding, kind) if padding is not None else None
    channels = []
    for number, definition in enumerate(group.ChannelDefinitionSequence[:n_channels]):
        scale = _scale(definition, notes)
        name = _name(definition, number)
        if scale is None:
            notes.append(f"Left out, because it is no voltage: {name}.")
            continue
        row = np.full(n_samples, np.nan, np.float32)
        row[: len(frames)] = frames[:, number]
        if gap is not None:
            row[: len(frames)][frames[:, number] == gap] = np.nan
        row *= np.float32(scale[0])
        row += np.float32(scale[1])
        channels.append(Channel(name, row, rate_hz))
    return channels


def _number_in(value: Any, kind: np.dtype[Any]) -> int | None:
    if isinstance(value, bytes):
        return int(np.frombuffer(value, kind, 1)[0]) if len(value) >= kind.itemsize else None
    return int(np.array(int(value)).astype(kind))


def _scale(definition: Dataset, notes: list[str]) -> tuple[float, float] | None:
    """Return µV per stored unit, and the baseline in µV: stored x sensitivity x correction + baseline."""
    sensitivity = definition.get("ChannelSensitivity")
    if sensitivity is None:
        notes.append("The file states no sensitivity: 1 µV was assumed, so heights are not calibrated.")
        return 1.0, 0.0
    units = definition.get("ChannelSensitivityUnitsSequence")
    unit = microvolts(str(units[0].CodeValue)) if units else 1.0
    if unit is None:
        return None
    correction = definition.get("ChannelSensitivityCorrectionFactor")
    factor = 1.0 if correction in (None, "") else float(correction)
    return float(sensitivity) * factor * unit, float(definition.get("ChannelBaseline") or 0.0) * unit


def _name(definition: Dataset, number: int) -> str:
    source = definition.get("ChannelSourceSequence")
    code, meaning = (str(source[0].get(key) or "") for key in ("CodeValue", "CodeMeaning")) if source else ("", "")
    standard = SCP_CODE.match(code.strip())
    if standard:
        return scp_lead(int(standard[1]))
    return re.sub(r"\(.*?\)", "", meaning).strip() or str(definition.get("ChannelLabel") or f"channel {number + 1}")


def _stated(dataset: Dataset, group: Dataset) -> Stated:
    numbers: dict[str, float | None] = {}
    texts = []
    for note in dataset.get("WaveformAnnotationSequence") or []:
        if note.get("UnformattedTextValue"):
            texts.append(str(note.UnformattedTextValue))
        concept = note.get("ConceptNameCodeSequence")
        what = MEASURED.get(str(concept[0].get("CodeMeaning") or "").lower()) if concept else None
        if what and note.get("NumericValue") is not None:
            value = note.NumericValue
            numbers.setdefault(what, people.number(str(value[0] if isinstance(value, list) else value)))
    definition = group.ChannelDefinitionSequence[0]
    low, high = definition.get("FilterLowFrequency"), definition.get("FilterHighFrequency")
    device = f"{dataset.get('Manufacturer') or ''} {dataset.get('ManufacturerModelName') or ''}".strip()
    return Stated(
        **numbers,
        filters=f"{float(low):g}-{float(high):g} Hz" if low and high else "",
        device=device,
        sentences=people.sentences(texts),
    )

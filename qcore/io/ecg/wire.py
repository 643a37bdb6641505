"""Records as the parts of a message: numbers and text only, so that no file can send code."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from qcore.io.ecg.formats.table import CsvReading
from qcore.io.ecg.record import Ecg, Microvolts, Stated
from qcore.io.ecg.uploaded import Record
from qcore.io.isolation.messages import File, from_files, to_files

PLAIN = ("leads", "rate_hz", "format", "calibrated", "age_years", "sex", "median_rate_hz", "notes")


def from_request(files: Sequence[File], reading: CsvReading | None) -> list[bytes]:
    """Return files and what is said of tables as the parts of a message."""
    return [json.dumps(reading and asdict(reading)).encode(), *from_files(list(files))]


def to_request(parts: list[bytes]) -> tuple[list[File], CsvReading | None]:
    """Return what `from_request` was given."""
    said = json.loads(parts[0])
    reading = said and CsvReading(said["rate_hz"], said["unit"], tuple((name, lead) for name, lead in said["leads"]))
    return to_files(parts[1:]), reading or None


def from_records(records: Sequence[Record]) -> list[bytes | memoryview]:
    """Return records as parts: one of text, then voltages and median beat of each that was read."""
    parts: list[bytes | memoryview] = [json.dumps([_header(record) for record in records]).encode()]
    for record in records:
        if record.ecg is not None:
            median = record.ecg.median if record.ecg.median is not None else np.empty(0, np.float32)
            # A view without samples cannot be cast to bytes.
            parts += [np.ascontiguousarray(uv).data.cast("B") if uv.size else b"" for uv in (record.ecg.uv, median)]
    return parts


def to_records(parts: list[bytes]) -> list[Record]:
    """Return the records of `from_records`."""
    arrays = iter(parts[1:])
    records = []
    for header in json.loads(parts[0]):
        ecg = None if header["ecg"] is None else _ecg(header["ecg"], next(arrays), next(arrays))
        records.append(Record(header["name"], ecg, header["refusal"]))
    return records


def _header(record: Record) -> dict[str, Any]:
    ecg = record.ecg
    text = None
    if ecg is not None:
        text = {name: getattr(ecg, name) for name in PLAIN} | {
            "derived": sorted(ecg.derived),
            "stated": asdict(ecg.stated),
            "has_median": ecg.median is not None,
        }
    return {"name": record.name, "refusal": record.refusal, "ecg": text}


def _ecg(header: dict[str, Any], uv: bytes, median: bytes) -> Ecg:
    def rows(data: bytes) -> Microvolts:
        return np.frombuffer(data, np.float32).reshape(len(header["leads"]), -1)

    stated = header["stated"]
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value := header[name], list) else value for name in PLAIN}
    return Ecg(
        **plain,
        uv=rows(uv),
        derived=frozenset(header["derived"]),
        stated=Stated(**(stated | {"sentences": tuple(stated["sentences"])})),
        median=rows(median) if header["has_median"] else None,
    )

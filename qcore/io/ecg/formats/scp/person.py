"""Section 1 of SCP-ECG: of all it holds, age, sex, filters and device alone."""

import struct
from dataclasses import dataclass
from datetime import date

from qcore.io.ecg import people

YEARS = {1: 1.0, 2: 1 / 12, 3: 7 / 365.25, 4: 1 / 365.25, 5: 1 / 8766}
AGE, BORN, SEX, MACHINE, RECORDED, LOW, HIGH, END = 4, 5, 8, 14, 25, 27, 28, 255


@dataclass(frozen=True)
class Person:
    """What is kept of section 1."""

    age_years: float | None = None
    sex: str = ""
    filters: str = ""
    device: str = ""


def read_person(body: bytes) -> Person:
    """Return what section 1 says; what is cut off is not said."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 3 <= len(body) and body[at] != END:
        size = int.from_bytes(body[at + 1 : at + 3], "little")
        found.setdefault(body[at], body[at + 3 : at + 3 + size])
        at += 3 + size
    age = None
    if len(found.get(AGE, b"")) >= 3:
        count, unit = struct.unpack_from("<HB", found[AGE])
        age = people.age(count * YEARS[unit]) if count and unit in YEARS else None
    if age is None:
        age = people.age_between(_day(found, BORN), _day(found, RECORDED))
    low, high = (int.from_bytes(found[tag][:2], "little") if tag in found else 0 for tag in (LOW, HIGH))
    sex = {1: "male", 2: "female"}.get(found[SEX][0] if found.get(SEX) else 0, "")
    model = found.get(MACHINE, b"")[8:14].split(b"\0")[0].decode("latin-1").strip()
    return Person(age, sex, f"{low / 100:g}-{high} Hz" if low and high else "", model)


def _day(found: dict[int, bytes], tag: int) -> date | None:
    if len(found.get(tag, b"")) < 4:
        return None
    year, month, day = struct.unpack_from("<HBB", found[tag])
    return people.day(f"{year:04d}{month:02d}{day:02d}")

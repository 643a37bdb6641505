"""What the columns of a table of voltages are: time, leads and other things, by their names and units."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qcore.io.ecg.leads import STANDARD, lead_name
from qcore.io.ecg.units import microvolts

SECONDS = {"s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3,
           "millisecond": 1e-3, "milliseconds": 1e-3, "us": 1e-6, "µs": 1e-6}  # fmt: skip
_TIME = re.compile(r"(?:elapsed[ _]*)?(?:time|zeit|temps|tiempo|t)\b|time_|zeit_|t_m?s$", re.IGNORECASE)
_COUNT = re.compile(r"(?:|unnamed.*|index|sample|samples|sample[ _#]*(?:number|no)?|nr|no|#|n|row)\.?", re.IGNORECASE)
_UNIT = re.compile(r"^(?P<name>.*?)[\s_]*(?:[\[(]\s*(?P<unit>[^\])]+?)\s*[\])]|[\s_/](?P<bare>[munµμ]?V|m?s|sec))$")


@dataclass(frozen=True)
class Column:
    """A column: `unit` is what its header says, empty where it says nothing."""

    position: int
    name: str
    unit: str

    @property
    def is_time(self) -> bool:
        """Whether it holds when samples were taken."""
        return bool(_TIME.match(self.name)) or (self.unit.lower() in SECONDS and lead_name(self.name) not in STANDARD)

    @property
    def is_count(self) -> bool:
        """Whether it only counts the rows."""
        return bool(_COUNT.fullmatch(self.name))


def columns_of(header: Sequence[str]) -> list[Column]:
    """Return the columns of a header: ``V1 (mV)``, ``V1 [µV]``, ``V1_mV`` and ``V1`` are all the lead V1."""
    found = []
    for position, cell in enumerate(header):
        text = cell.strip().strip('"').strip()
        with_unit = _UNIT.match(text)
        unit = (with_unit["unit"] or with_unit["bare"]) if with_unit else ""
        known = unit.lower() in SECONDS or microvolts(unit) is not None
        found.append(
            Column(position, with_unit["name"].strip() if with_unit and known else text, unit if known else "")
        )
    return found

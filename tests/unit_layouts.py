"""One study in every layout in which a file may state its units."""

from collections.abc import Callable, Sequence

import numpy as np

from qcore.io.nonmem.options import Options
from qcore.io.nonmem.reader import ReadStudy, read_study
from qcore.io.unit_text import unit_of_text
from qcore.study import Array, Study, Units

PEOPLE, TIMES_H = 4, (0.5, 1.0, 2.0, 4.0, 8.0, 24.0)
MG, MG_L = 100.0, (0.8, 1.25, 1.5, 1.2, 0.9, 0.3)
WEIGHTS = (60.0, 70.0, 80.0, 90.0)
Line = tuple[int, float, float | None, float | None]
"""Subject, hours, mg given, mg/L measured."""


def lines() -> list[Line]:
    found: list[Line] = []
    for person in range(1, PEOPLE + 1):
        found.append((person, 0.0, MG, None))
        found += [(person, time, None, value * (1 + person / 10)) for time, value in zip(TIMES_H, MG_L, strict=True)]
    return found


def text(value: float | None, factor: float = 1.0) -> str:
    return "." if value is None else f"{value * factor:.10g}"


def table(header: str, row: Callable[[int, Line], Sequence[str]], mark: str = ",", more: str = "") -> bytes:
    cells = [mark.join(row(place, each)) for place, each in enumerate(lines())]
    return "\n".join([header.replace(",", mark), *([more.replace(",", mark)] if more else []), *cells]).encode()


def plain(mg: float, level: float, hour: float = 1.0) -> Callable[[int, Line], list[str]]:
    """Lines of ID, TIME, AMT and DV whose numbers are so many times those in h, mg and mg/L."""
    return lambda _, line: [str(line[0]), text(line[1], hour), text(line[2], mg), text(line[3], level)]


def with_units(
    row: Callable[[int, Line], list[str]], *more: str | Callable[[int, Line], str]
) -> Callable[[int, Line], list[str]]:
    return lambda place, line: [
        *row(place, line),
        *(each if isinstance(each, str) else each(place, line) for each in more),
    ]


def mixed(_: int, line: Line) -> list[str]:
    """Every second subject in ug and ng/mL, the others in mg and ug/mL."""
    fine = line[0] % 2
    factor, units = (1000.0, ("ug", "ng/mL")) if fine else (1.0, ("mg", "ug/mL"))
    return [str(line[0]), text(line[1]), text(line[2], factor), text(line[3], factor), *units]


def by_line(_: int, line: Line) -> str:
    return "ug" if line[2] is not None else "ng/mL"


def one_line(_: int, line: Line) -> list[str]:
    """R's layout: the dose is repeated in every line."""
    return [str(line[0]), text(line[1]), text(MG, 1000), "ug", text(line[3], 1000), "ng/mL"]


def without_doses(data: bytes) -> bytes:
    head, *rows = data.decode().split("\n")
    return "\n".join([head, *(row for row in rows if row.split(",")[4] != ".")]).encode()


LAYOUTS: dict[str, bytes] = {
    "as in the shared case": table(
        "USUBJID,TIME,AMT,DV,TIMEU,AMTU,DVU", with_units(plain(1e3, 1e3), "h", "ug", "ng/mL")
    ),
    "AMT_UNIT": table(
        "ID,TIME,AMT,DV,TIME_UNIT,AMT_UNIT,DV_UNIT", with_units(plain(1e3, 1e3), "hours", "mcg", "ng/ml")
    ),
    "amt.unit": table("id,time,amt,dv,time.unit,amt.unit,dv.unit", with_units(plain(1e3, 1e3), "HR", "UG", "NG/ML")),
    "UNITS OF": table("ID,TIME,AMT,DV,UNITS_AMT,UNITS_DV", with_units(plain(1e3, 1), "µg", "mg/L")),
    "minutes": table("ID,TIME,AMT,DV,TIMEU,AMTU,DVU", with_units(plain(1, 1, 60), "min", "mg", "mg/L")),
    "days": table("ID,TIME,AMT,DV,TIMEU,AMTU,DVU", with_units(plain(1, 1e6, 1 / 24), "DAYS", "mg", "pg/mL")),
    "grams": table("ID,TIME,AMT,DV,AMTU,DVU", with_units(plain(1e-3, 1e-3), "g", "g/L")),
    "kg and mg/mL": table("ID,TIME,AMT,DV,AMTU,DVU", with_units(plain(1e-6, 1e-3), "kg", "mg/mL")),
    "per dL": table("ID,TIME,AMT,DV,DOSEU,CONCU", with_units(plain(1e6, 0.1), "ng", "mg/dL")),
    "only of doses": table("ID,TIME,AMT,DV,AMTU", with_units(plain(1e3, 1), "ug")),
    "only of levels": table("ID,TIME,AMT,DV,DVU", with_units(plain(1, 1e3), "ug/L")),
    "one column for all": table("ID,TIME,AMT,DV,UNIT", with_units(plain(1e3, 1e3), by_line)),
    "Units of measure": table("ID,TIME,AMT,DV,Units", with_units(plain(1e3, 1e3), by_line)),
    "any name": table("ID,TIME,AMT,DV,X7,B", with_units(plain(1e3, 1e3), "ug", "ng/mL")),
    "mixed by line": table("ID,TIME,AMT,DV,AMTU,DVU", mixed),
    "CDISC": table(
        "STUDYID,USUBJID,AFRLT,EXDOSE,PCSTRESN,AFRLTU,EXDOSU,PCSTRESU",
        lambda place, line: ["S1", *with_units(plain(1e3, 1e3), "HOURS", "ug", "ng/mL")(place, line)],
    ),
    "CDISC as collected": table(
        "USUBJID,TIME,EXDOSE,PCORRES,PCTPTU,EXDOSU,PCORRESU", with_units(plain(1e3, 1e3), "h", "ug", "ug/L")
    ),
    "ADNCA": table("USUBJID,AFRLT,DOSE,AVAL,AFRLTU,DOSEU,AVALU", with_units(plain(1e3, 1e3), "h", "ug", "ng/mL")),
    "R's one line": without_doses(table("Subject,Time,Dose,DOSEU,conc,CONCU", one_line)),
    "header": table("ID,TIME (min),AMT (ug),DV_ng/mL", plain(1e3, 1e3, 60)),
    "header with words": table("ID,TIME_min,AMT_ug,conc_ng_ml", plain(1e3, 1e3, 60)),
    "header as R writes it": table("ID,TIME..min.,AMT..ug.,DV..ng.mL.", plain(1e3, 1e3, 60)),
    "header with dots": table("ID,TIME.min,AMT.ug,DV.ng.mL", plain(1e3, 1e3, 60)),
    "header in brackets": table("ID;TIME [h];AMT [µg];CONC [µg/L]", plain(1e3, 1e3), mark=";"),
    "row": table("ID,TIME,AMT,DV", plain(1e3, 1e3, 60), more=",min,ug,ng/mL"),
    "row in brackets": table("ID,TIME,AMT,DV", plain(1e3, 1e3), more="-,(h),(mcg),(ng mL-1)"),
    "semicolon and decimal comma": table(
        "ID;TIME;AMT;DV;AMTU;DVU", with_units(plain(1e3, 1e3), "ug", "ng/mL"), mark=";"
    )
    .replace(b".", b",")
    .replace(b";,;", b";.;")
    .replace(b";,", b";."),
    "tab": table("ID,TIME,AMT,DV,AMTU,DVU", with_units(plain(1e3, 1e3), "ug", "ng/mL"), mark="\t"),
    "blanks": table("ID,TIME,AMT,DV,AMTU,DVU", with_units(plain(1e3, 1e3), "ug", "ng/mL"), mark=" "),
    "beside an empty cell": table(
        "ID,TIME,AMT,DV,AMTU,DVU",
        with_units(
            plain(1e3, 1e3),
            lambda _, line: "" if line[2] is None else "ug",
            lambda _, line: "" if line[3] is None else "ng/mL",
        ),
    ),
}


def read(data: bytes, **said: str) -> ReadStudy:
    units = Units(**({"time": "", "dose": "", "concentration": ""} | said)) if said else None
    return read_study("study.csv", data, options=Options(units=units))


def numbers(study: Study) -> tuple[Array, Array, Array]:
    """Amounts in mg, times in h and concentrations in mg/L, whatever the study's units are."""
    dose, level = unit_of_text(study.units.dose), unit_of_text(study.units.concentration)
    assert dose is not None
    assert level is not None
    amount = np.concatenate([each.doses.amount for each in study.subjects])
    seen = [each.observations for each in study.subjects]
    values = np.concatenate([each.value for each in seen])
    return amount * dose.factor * 1e3, np.concatenate([each.time for each in seen]), values * level.factor * 1e3

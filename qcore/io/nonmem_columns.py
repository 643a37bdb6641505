"""Which column of a PK/PD data file is what: NONMEM's names, those of R's data sets, and what people write instead."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from qcore.errors import UnreadableInput
from qcore.io.delimited import shortened
from qcore.io.nonmem_cells import is_missing


class Role(StrEnum):
    """What a column holds."""

    COMMENT = "comment"
    """A mark (C, I, #) on lines that are not to be read."""
    SUBJECT = "subject"
    TIME = "time"
    DATE = "date"
    AMOUNT = "amount"
    """Of a dose, in the line at whose time it was given."""
    DOSE = "dose"
    """What a subject was given once, at time 0, repeated in every line."""
    VALUE = "value"
    """The dependent variable (DV): a concentration, or whatever DVID or CMT says."""
    RESPONSE = "response"
    """A response beside a concentration in the same line."""
    EVID = "evid"
    MDV = "mdv"
    DVID = "dvid"
    CMT = "cmt"
    RATE = "rate"
    DURATION = "duration"
    ADDL = "addl"
    INTERVAL = "ii"
    STEADY = "ss"
    CENSORED = "censored"
    """Other than 0 where a value is below the limit of quantification."""
    LIMIT = "limit"
    """The limit of quantification itself."""
    ROUTE = "route"
    OCCASION = "occasion"
    WEIGHT = "weight"


# In order of preference; compared without case, units and punctuation.
_NAMES: Mapping[Role, tuple[str, ...]] = {
    role: tuple(names.split())
    for role, names in {
        Role.COMMENT: "c",
        Role.SUBJECT: "id subject subjectid subjid subj usubjid patient patientid ptid animal animalid",
        Role.TIME: "time hours hour hrs t elapsedtime timeafterfirstdose tafd",
        Role.DATE: "date dat1 dat2 dat3 datetime",
        Role.AMOUNT: "amt amount doseamount doseamt",
        Role.DOSE: "dose dos doselevel nominaldose",
        Role.VALUE: "dv lidv conc concentration cp cobs plasmaconcentration serumconcentration y observation result "
        "value c",
        Role.RESPONSE: "response resp effect pd pca biomarker",
        Role.EVID: "evid",
        Role.MDV: "mdv",
        Role.DVID: "dvid dvname ytype obsid dvidname yname flag",
        Role.CMT: "cmt compartment",
        Role.RATE: "rate infusionrate",
        Role.DURATION: "tinf dur duration infusionduration infusiontime tinfusion",
        Role.ADDL: "addl",
        Role.INTERVAL: "ii tau interval dosinginterval",
        Role.STEADY: "ss",
        Role.CENSORED: "cens censored blq bloq bql lloq loq",
        Role.LIMIT: "lloq loq",
        Role.ROUTE: "route roa",
        Role.OCCASION: "occ occasion period",
        Role.WEIGHT: "wt bw weight wgt bodyweight bwt tbw blwt wtbl",
    }.items()
}
_NOT_USED = frozenset(
    {
        *("tad", "tapd", "tsld", "tald", "ntad", "nomtime", "ntime", "nominaltime", "visit", "day"),
        *("rownames", "row", "rownumber", "rownum", "x", "unnamed0", "seq", "rec", "recno", "line"),
        *("ldv", "lndv", "logdv", "lnconc", "logconc"),
        # Monolix: by which of the model's ways a dose goes in.
        *("adm", "admid"),
    }
)
_CONCENTRATION_NAMES = frozenset({"conc", "concentration", "cp", "cobs", "plasmaconcentration", "serumconcentration"})
_BRACKET = re.compile(r"[\s_.]*[(\[]\s*([^()\[\]]+?)\s*[)\]]$")
_ENDING = re.compile(
    r"[\s_.](h|hr|hrs|hours|min|days|mg[_/]kg|mg[_/]l|ug[_/]l|ng[_/]ml|ug[_/]ml|mcg[_/]ml|mg|ug|mcg|ng|kg|g)$"
)
_SPELLED = {"hr": "h", "hrs": "h", "hours": "h", "mg/l": "mg/L", "ug/l": "ug/L"}


@dataclass(frozen=True)
class Columns:
    """The columns of a file.

    Attributes:
        roles: name of the column that has a role.
        covariates: columns that describe the subject, the weight among them, in order of the file.
        ignored: columns that are not read.
    """

    roles: Mapping[Role, str]
    covariates: tuple[str, ...]
    ignored: tuple[str, ...]


def parse_roles(texts: Iterable[str]) -> dict[Role, str]:
    """Read what the user says about columns, each as ``role=COLUMN``; ``role=`` says that no column has this role.

    Raises:
        UnreadableInput: not of this form, or no such role.
    """
    chosen = {}
    for text in texts:
        role, sign, column = text.partition("=")
        if not sign or role.strip().lower() not in list(Role):
            raise UnreadableInput(f"{shortened(text)} is not role=COLUMN. The roles are {', '.join(Role)}.")
        chosen[Role(role.strip().lower())] = column.strip()
    return chosen


def detect(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    chosen: Mapping[Role, str] | None = None,
    covariates: Sequence[str] | None = None,
) -> Columns:
    """Find out which column is what.

    Args:
        header: names of columns.
        rows: cells, each row as long as the header. They tell a dose that is repeated in every line from one that
            stands where it was given, and a flag from a limit of quantification.
        chosen: what the user says; "" says that no column has the role.
        covariates: what the user wants as covariates; None for all columns that are left.

    Raises:
        UnreadableInput: the user names a column that is not there, or one twice.
    """
    own = {role: _written(header, name) if name else "" for role, name in (chosen or {}).items()}
    twice = next((name for name in own.values() if name and list(own.values()).count(name) > 1), None)
    if twice:
        raise UnreadableInput(f"The column {shortened(twice)} was given two roles: give it one.")
    cells = {name: [row[place] for row in rows] for place, name in enumerate(header) if name}
    found = dict(own)
    for role, names in _NAMES.items():
        if role not in found:
            free = [name for name in cells if name not in found.values()]
            matching = (name for wanted in names for name in free if folded(name) == wanted)
            column = next((name for name in matching if _FITS.get((role, folded(name)), _any)(cells[name])), None)
            found |= {} if column is None else {role: column}
    found = {role: column for role, column in found.items() if column}
    found = _with_dose(found, own, cells)
    if Role.RESPONSE not in own and (
        Role.DVID in found or folded(found.get(Role.VALUE, "")) not in _CONCENTRATION_NAMES
    ):
        found.pop(Role.RESPONSE, None)
    described = _covariates(found, list(cells), covariates, header)
    used = {*found.values(), *described}
    return Columns(found, described, tuple(name for name in cells if name not in used))


def folded(name: str) -> str:
    """Return the name of a column without case, unit and punctuation."""
    return re.sub(r"[^a-z0-9]", "", _ENDING.sub("", _BRACKET.sub("", name.strip().lower())))


def unit_in(name: str) -> str | None:
    """Return the unit that the name of a column holds, as in ``Time (h)`` or ``conc_ng_ml``; None if there is none."""
    bracket = _BRACKET.search(name.strip())
    ending = None if bracket else _ENDING.search(name.strip().lower())
    found = bracket or ending
    if not found:
        return None
    unit = found.group(1).replace("_", "/").replace("/ml", "/mL")
    return _SPELLED.get(unit.lower(), unit)


def _written(header: Sequence[str], name: str) -> str:
    column = next((column for column in header if column.lower() == name.strip().lower()), None)
    if column is None:
        names = ", ".join(shortened(column) for column in header[:20] if column)
        raise UnreadableInput(f"The file has no column {shortened(name)}. Its columns are {names}.")
    return column


def _any(cells: Sequence[str]) -> bool:  # noqa: ARG001 - as the other tests of cells
    return True


def _are_marks(cells: Sequence[str]) -> bool:
    return {cell.strip().upper() for cell in cells if not is_missing(cell)} <= {"C", "I", "#"}


def _are_flags(cells: Sequence[str]) -> bool:
    # A limit cannot be 0; a flag is, where a value is not censored.
    found = {cell.strip() for cell in cells if not is_missing(cell)}
    return "0" in found and found <= {"0", "1"}


# Names that mean two things: the cells decide.
_FITS: Mapping[tuple[Role, str], Callable[[Sequence[str]], bool]] = {
    (Role.COMMENT, "c"): _are_marks,
    (Role.CENSORED, "lloq"): _are_flags,
    (Role.CENSORED, "loq"): _are_flags,
}


def _with_dose(found: dict[Role, str], own: Mapping[Role, str], cells: Mapping[str, Sequence[str]]) -> dict[Role, str]:
    """A dose that every line of a subject repeats is said there, not given there."""
    if Role.AMOUNT in own or Role.DOSE in own:
        return found
    column = found.get(Role.AMOUNT) or found.get(Role.DOSE)
    if column is None:
        return found
    others = {role: name for role, name in found.items() if role not in (Role.AMOUNT, Role.DOSE)}
    repeated = Role.EVID not in found and _is_repeated(cells, column, found)
    return others | {Role.DOSE if repeated else Role.AMOUNT: column}


def _is_repeated(cells: Mapping[str, Sequence[str]], column: str, found: Mapping[Role, str]) -> bool:
    grouping = [cells[found[role]] for role in (Role.SUBJECT, Role.OCCASION) if role in found]
    doses: dict[tuple[str, ...], str] = {}
    return all(
        not is_missing(dose) and doses.setdefault(group, dose) == dose
        for dose, *group_cells in zip(cells[column], *grouping, strict=True)
        for group in [tuple(group_cells)]
    )


def _covariates(
    found: Mapping[Role, str],
    columns: Sequence[str],
    wanted: Sequence[str] | None,
    header: Sequence[str],
) -> tuple[str, ...]:
    weight = found.get(Role.WEIGHT)
    if wanted is not None:
        kept = {_written(header, name) for name in wanted} | {weight}
        return tuple(name for name in columns if name in kept)
    taken = {name for role, name in found.items() if role is not Role.WEIGHT}
    # A second column for the time or the concentration says nothing of the subject.
    known = _NOT_USED.union(*(names for role, names in _NAMES.items() if role is not Role.WEIGHT))
    return tuple(name for name in columns if name == weight or (name not in taken and folded(name) not in known))

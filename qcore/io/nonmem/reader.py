"""A PK/PD data file, as NONMEM and R have them, to a study: who was given what and when, and what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from qcore.arguments import check_kind, path_of
from qcore.errors import UnreadableInput
from qcore.io.delimited import Delimited
from qcore.io.nonmem.cells import is_missing
from qcore.io.nonmem.columns.roles import Columns, Role, detect, parse_roles
from qcore.io.nonmem.columns.unnamed import refuse_unnamed
from qcore.io.nonmem.counts import counted, listed, tallied
from qcore.io.nonmem.covariates import covariates
from qcore.io.nonmem.doses.additional import given
from qcore.io.nonmem.doses.amounts import Amounts, amounts, doubtful
from qcore.io.nonmem.doses.routes import Routes, routes
from qcore.io.nonmem.events import Events, duplicates, read_events
from qcore.io.nonmem.line_order import by_time
from qcore.io.nonmem.occasions import Span, covered, merged, spans
from qcore.io.nonmem.options import Options
from qcore.io.nonmem.quantities import Measured, compartments, measurements
from qcore.io.nonmem.rxode import translated
from qcore.io.nonmem.sentences import Text, request
from qcore.io.nonmem.sheet import Sheet, read_sheet
from qcore.io.nonmem.table import read_table
from qcore.io.nonmem.times.dates import dated
from qcore.io.nonmem.units.conversion import in_one_unit, with_stated_units
from qcore.io.nonmem.units.headers import without_units_row
from qcore.io.nonmem.units.scale import as_people_write, chosen_units, unstated
from qcore.io.nonmem.units.study_units import hours, units, units_note
from qcore.study import Array, Observations, Study, Subject

# Enough to put a sample before the dose of the same time, far too little to change what is left of the dose before.
_JUST_BEFORE = 1e-9


@dataclass(frozen=True, repr=False)
class ReadStudy:
    """A study as a file holds it.

    Attributes:
        study: what was given and measured.
        route_known: the file or the user tells of every dose whether it is absorbed. Where False, doses of which they
            do not tell are marked as absorbed, and fitting has to find out.
        columns: what the columns of the file were taken for.
        notes: sentences on what was taken for what, left out or changed.
        doubts: sentences on what the file does not tell and the answer hangs on.
    """

    study: Study
    route_known: bool
    columns: Columns
    notes: tuple[Text, ...]
    doubts: tuple[Text, ...] = ()

    def __repr__(self) -> str:
        """Return the study on one line, and its notes and doubts a line each."""
        lines = [f"ReadStudy of {self.study!r}"]
        lines += [f"  note: {note}" for note in self.notes]
        lines += [f"  doubt: {doubt}" for doubt in self.doubts]
        return "\n".join(lines)


def read_study(
    name: str | Path,
    data: bytes | None = None,
    roles: Mapping[Role, str] | None = None,
    options: Options | None = None,
) -> ReadStudy:
    """Read a file with one line a dose or measurement.

    Args:
        name: path of the file; where its bytes are given, only the ending of its name is used.
        data: bytes of the file, as they were uploaded; None reads them from the path.
        roles: columns as the user says, such as ``{"value": "CONC"}``; "" says that no column has the role.
        options: what else the user says.

    Raises:
        InvalidArgument: an argument is of another type.
        UnreadableInput: there is no such file, it cannot be read as it is, or there is no such role or column; says
            where, why and what to do.
    """
    file = path_of("The file", name)
    if data is not None:
        check_kind("data", data, bytes, "the bytes of the file, as file.read_bytes() returns them")
    if options is not None:
        check_kind("options", options, Options, "of type qcore.io.nonmem.options.Options")
    if roles is not None:
        check_kind("roles", roles, Mapping, "names of columns by their role, such as {'value': 'CONC'}")
        roles = parse_roles(f"{role}={column}" for role, column in roles.items())
    return study_in(read_table(file.name, _bytes_of(file) if data is None else data), roles, options or Options())


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise UnreadableInput(f"There is no file {file}: check its name and folder.") from None
    except IsADirectoryError:
        raise UnreadableInput(f"{file} is a folder: say which of its files is the study.") from None
    except OSError as error:
        raise UnreadableInput(f"{file} cannot be read: {error.strerror or error}.") from error


def study_in(table: Delimited, roles: Mapping[Role, str] | None, options: Options) -> ReadStudy:
    """Read the study in a table.

    Args:
        table: as ``read_table`` returns it.
        roles: columns as the user says; "" says that no column has the role.
        options: what else the user says.

    Raises:
        UnreadableInput: as for ``read_study``.
    """
    table, units_row = without_units_row(table)
    columns = replace(detect(table.header, table.rows, roles, options.covariates), units=units_row)
    sheet, on_units = with_stated_units(read_sheet(table, columns), options)
    per_unit, on_hours = hours(sheet.columns, options)
    sheet, on_comments = _without_comments(sheet)
    sheet, on_dates = dated(sheet)
    sheet, on_codes = translated(sheet)
    events, on_lines = read_events(sheet, per_unit)
    events, on_order = by_time(events)
    events.faults.add(duplicates(events))
    people, on_occasions = spans(events, options.occasions)
    described = covariates(events.sheet, people, chosen=options.covariates is not None)
    dosing, on_amounts = amounts(events, people, described, options)
    measured, on_quantities = measurements(events, covered(people, len(sheet)), _begins(people, dosing), options)
    measured, columns, response_unit, on_values = in_one_unit(events.sheet, measured, options)
    if Role.DVID not in {*columns.roles, *(roles or {})} and not measured.response.any():
        refuse_unnamed(events.sheet, measured)
    ways, on_routes = routes(events, dosing, compartments(events, measured), options.route)
    doses, on_doses = given(events, people, dosing, ways)
    alone, on_merged = merged(events, people, dosing.dosed)
    times, on_troughs = _times(events, people, measured, dosing, ways)
    subjects = tuple(
        Subject(span.name, described.of(index), doses[index], _observed(span, measured, times))
        for index, span in enumerate(people)
    )
    kept = tuple(subject for subject in subjects if len(subject.observations.time))
    as_written = Study(kept, tuple(described.values), units(columns, options, response_unit), described.weight, alone)
    dose_stated, concentration_stated = columns.states(Role.AMOUNT, Role.DOSE), columns.states(Role.VALUE)
    dose_chosen, concentration_chosen = chosen_units(options.units)
    study, on_scale = as_people_write(
        as_written,
        doses=dose_stated and not dose_chosen,
        concentrations=concentration_stated and not concentration_chosen,
    )
    dropped = [subject.name for subject in subjects if not len(subject.observations.time)]
    on_dropped = [f"Left out because nothing was measured: subject {listed(dropped)}."] if dropped else []
    notes = (
        *(_columns_note(columns), _counts_note(study), units_note(study.units, columns, options)),
        *(*on_units, *on_values, *on_scale, *on_hours, *on_quantities, *on_amounts, *on_routes, *on_doses),
        *(*on_dates, *on_codes, *on_order, *on_troughs, *on_comments, *on_lines, *on_occasions, *on_dropped),
        *described.notes,
        *_early_note(study),
    )
    doubts = (
        *doubtful(events, people, described, dosing, options),
        *unstated(study, stated=dose_stated or dose_chosen),
        *measured.doubts,
        *described.doubts,
        *on_merged,
    )
    return ReadStudy(study, bool(ways.known[dosing.dosed].all()), columns, notes, doubts)


def _without_comments(sheet: Sheet) -> tuple[Sheet, list[str]]:
    if Role.COMMENT not in sheet.columns.roles:
        return sheet, []
    marks = sheet.texts(Role.COMMENT)
    kept = [row for row, mark in enumerate(marks) if is_missing(mark) or mark == "0"]
    if not kept:
        sheet.faults.refuse(
            f"Every line is marked as a comment in the column {sheet.name(Role.COMMENT)}. If that is not what it "
            "means, ",
            request(Role.COMMENT, ""),
            " so that it is not used.",
        )
    why = f"Left out, as marked as a comment in {sheet.name(Role.COMMENT)}"
    return sheet.rows(np.array(kept, dtype=np.intp)), tallied({why: len(marks) - len(kept)}, "line")


def _begins(people: Sequence[Span], dosing: Amounts) -> Array:
    """Return when the subject of each line had the first dose, inf without any, ``(n_rows,)``."""
    first = np.full(len(dosing.time), np.inf)
    for span in people:
        rows = slice(span.rows.start, span.rows.stop)
        first[rows] = np.min(dosing.time[rows], where=dosing.dosed[rows], initial=np.inf)
    return first


def _times(
    events: Events, people: Sequence[Span], measured: Measured, dosing: Amounts, ways: Routes
) -> tuple[Array, list[str]]:
    """Times of measurements; a concentration that stands before a bolus of the same time was measured before it.

    So was one in the line of the bolus itself, in a file that has those.
    """
    time = events.numbers[Role.TIME]
    early = np.zeros(len(time), dtype=np.bool_)
    bolus = dosing.dosed & (ways.duration == 0) & ~(ways.known & ways.absorbed)
    for span in people:
        last = {time[row]: row for row in span.rows if bolus[row]}
        early[[row for row in span.rows if row < last.get(time[row], -1) + events.beside[row]]] = True
    early_measured = early[measured.row] & ~measured.response
    times = time[measured.row]
    times = np.where(early_measured, times - _JUST_BEFORE * np.maximum(np.abs(times), 1), times)
    count = int(early_measured.sum())
    return times, tallied({"Just before the dose of the same time, as in the file": count}, "concentration")


def _observed(span: Span, measured: Measured, times: Array) -> Observations:
    start, stop = np.searchsorted(measured.row, (span.rows.start, span.rows.stop))
    order = start + np.argsort(times[start:stop], kind="stable")
    return Observations(times[order], measured.value[order], measured.response[order])


def _columns_note(columns: Columns) -> str:
    roles = ", ".join(f"{role.value} {name}" for role, name in columns.roles.items())
    described = f" Covariates: {', '.join(columns.covariates)}." if columns.covariates else ""
    urine = f" Volume of urine: {', '.join(columns.urine)}." if columns.urine else ""
    ignored = f" Not read: {', '.join(columns.ignored)}." if columns.ignored else ""
    return f"Columns: {roles}.{described}{urine}{ignored}"


def _counts_note(study: Study) -> str:
    response = np.concatenate([subject.observations.response for subject in study.subjects])
    doses = sum(len(subject.doses.time) for subject in study.subjects)
    placebo = sum(not len(subject.doses.time) for subject in study.subjects)
    without = f", {placebo} of them without a dose" if placebo else ""
    return (
        f"Read: {counted(len(study.subjects), 'subject')}{without}, {counted(doses, 'dose')}, "
        f"{counted(int((~response).sum()), 'concentration')}, {counted(int(response.sum()), 'response')}."
    )


def _early_note(study: Study) -> list[str]:
    dosed = [subject for subject in study.subjects if len(subject.doses.time)]
    before = sum(int((subject.observations.time < subject.doses.time[0]).sum()) for subject in dosed)
    return tallied({"Kept from before the first dose": before}, "measurement")

"""What was measured in each line: the concentration of the drug, or the response of the body."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from qcore.io.nonmem.columns.names import DOUBTFUL_KINDS, LOGARITHMS
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.counts import counted, listed, tallied
from qcore.io.nonmem.events import Events
from qcore.io.nonmem.faults import Fault
from qcore.io.nonmem.kinds import BY_ORDER, Distinguished, ascending, kinds, label
from qcore.io.nonmem.options import Options
from qcore.io.nonmem.sentences import ColumnFor, Option, Text, sentence, where
from qcore.io.nonmem.units.headers import folded
from qcore.study import Array, Flags, Quantity

MAX_LOGARITHM = 20.0
"""A concentration e times as high again and again, 20 times, is none."""
# A concentration before the first dose is 0 or as good as that.
_CLEARLY = 0.1


@dataclass(frozen=True, eq=False)
class Measured:
    """Measurements that are used, in order of the file; every array is ``(n_measurements,)``.

    Attributes:
        row: place of the line.
        value: in the unit of its column.
        response: True where it is the response.
        doubts: what the file does not tell and the answer hangs on.
    """

    row: npt.NDArray[np.intp]
    value: Array
    response: Flags
    doubts: tuple[Text, ...] = ()

    def where(self, kept: Flags) -> "Measured":
        """Return the measurements for which ``kept``, ``(n_measurements,)``, is True."""
        return Measured(self.row[kept], self.value[kept], self.response[kept], self.doubts)


def measurements(events: Events, used: Flags, begins: Array, options: Options) -> tuple[Measured, list[str]]:
    """Choose the measurements that are used and tell concentrations from responses.

    Of two quantities the response is the one the user says; else the one whose name says so; else the one that was
    measured in subjects without a dose, or is above 0 before the first dose, if the other is not; else the one with
    the higher DVID or CMT. A concentration below 0 is a fault of the file, unless the user leaves those out.

    Args:
        events: the lines of the file, in order of subject and time.
        used: which lines are, ``(n_rows,)``.
        begins: when the subject of each line had the first dose, inf without any, ``(n_rows,)``.
        options: which value of DVID or CMT is which, and whether concentrations below 0 are left out.

    Returns:
        The measurements, and what is to be known about them.

    Raises:
        UnreadableInput: nothing was measured, it is not clear what was, or a logarithm cannot be one.
    """
    if Role.RESPONSE in events.columns.roles:
        measured, notes = _side_by_side(events, used)
    else:
        measured, notes = _by_label(events, used, begins, options)
    # Before the first dose there is nothing: the value in its line is one that was injected or is not of this drug.
    first = (
        events.beside[measured.row]
        & (events.numbers[Role.TIME][measured.row] <= begins[measured.row])
        & ~measured.response
    )
    notes += tallied({"Not used, as it stands in the line of the first dose": int(first.sum())}, "concentration")
    measured = measured.where(~first)
    count = int(events.beside[measured.row].sum())
    notes += tallied({"In the line of a dose, taken as measured right before it": count}, "value")
    if not len(measured.row):
        events.faults.refuse(
            "The file holds no measurement that can be used: every line is a dose, has no value or is below the limit "
            "of quantification. If every line repeats the dose, say which column it is",
            where(ColumnFor(Role.DOSE)),
            ".",
        )
    name = events.name(Role.VALUE)
    if options.logarithm or folded(name) in LOGARITHMS:
        why = "as was said" if options.logarithm else f"as the name {name} says"
        return _raised(
            events, measured, [*notes, f"Concentrations are natural logarithms, {why}: they were raised to e."]
        )
    measured, notes = _without_negative(events, measured, notes, options)
    return _without_zeros(events, measured, begins, notes)


def _without_zeros(events: Events, measured: Measured, begins: Array, notes: list[str]) -> tuple[Measured, list[str]]:
    """Leave concentrations of 0 after a dose out: nothing that was given is gone, or not there yet, to the last bit.

    As measurements they would be believed more than any other, since their error goes with their height.
    """
    after = ~measured.response & (events.numbers[Role.TIME][measured.row] > begins[measured.row])
    zero = after & (measured.value == 0)
    count = int(zero.sum())
    if not count:
        return measured, notes
    doubt = (
        f"{count} of {int(after.sum())} concentrations after a dose are 0, which stands for below the limit of the "
        "assay: they were left out. If the limit is known, write it (LLOQ), so that this can be checked."
    )
    left_out = f"Left out, as 0 after a dose: {counted(count, 'concentration')}."
    return replace(measured.where(~zero), doubts=(*measured.doubts, doubt)), [*notes, left_out]


def _side_by_side(events: Events, used: Flags) -> tuple[Measured, list[str]]:
    rows, values, notes = [], [], []
    for role, quantity in ((Role.VALUE, Quantity.CONCENTRATION), (Role.RESPONSE, Quantity.RESPONSE)):
        present, left_out = _present(events, used & (role in events.columns.roles), role, quantity)
        rows.append(np.flatnonzero(present))
        values.append(events.numbers[role][present])
        notes += left_out
    row = np.concatenate(rows)
    response = np.arange(len(row)) >= len(rows[0])
    order = np.argsort(row, kind="stable")
    return Measured(row[order], np.concatenate(values)[order], response[order]), notes


def _by_label(events: Events, used: Flags, begins: Array, options: Options) -> tuple[Measured, list[str]]:
    present, notes = _present(events, used, Role.VALUE, "measurement")
    present, on_urine = _without_urine(events, present)
    role = _telling(events, present)
    labels = [label(text) for text in events.texts[role]]
    # In the line of a dose DVID and CMT may speak of the dose.
    plain = {labels[line] for line in np.flatnonzero(present & ~events.beside)}
    every = np.flatnonzero(present)
    row = np.array([line for line in every if not plain or labels[line] in plain], dtype=np.intp)
    of_doses = f"Not used, as {events.name(role)} of its line is that of a dose"
    notes += tallied({of_doses: len(every) - len(row)}, "value")
    distinguished = sorted({labels[line] for line in row}, key=ascending)
    if "" in distinguished and len(distinguished) > 1:
        unlabelled = (line for line in row.tolist() if not labels[line])
        events.faults.add(
            events.fault(line, role, "The line does not say what was measured. Add it.") for line in unlabelled
        )
        events.faults.stop()
    undosed = {labels[line] for line in row[np.isinf(begins[row])]}
    early = {name for name in distinguished if _is_early(events, row[[labels[line] == name for line in row]], begins)}
    quantities, why = kinds(
        Distinguished(role, events.name(role), distinguished, undosed, early), options, events.faults
    )
    keep = np.array([labels[line] in quantities for line in row], dtype=np.bool_)
    notes += tallied({"Left out as of another quantity": int((~keep).sum())}, "measurement")
    row = row[keep]
    response = np.array([quantities[labels[line]] is Quantity.RESPONSE for line in row], dtype=np.bool_)
    # A DVID is made to tell quantities apart; a compartment may be one of urine or of a metabolite.
    guessed = tuple(
        sentence(
            f"{note} Nothing else tells: if it is otherwise, say so", where(Option.CONCENTRATION, Option.RESPONSE), "."
        )
        for note in why
        if BY_ORDER in note and role is Role.CMT
    )
    return Measured(row, events.numbers[Role.VALUE][row], response, (*on_urine, *guessed)), [*notes, *on_urine, *why]


def _without_urine(events: Events, present: Flags) -> tuple[Flags, list[str]]:
    """Leave out what was measured in urine: lines that say how much urine there was."""
    volume = events.urine
    urine = present & volume
    # Where it stands in every line, it says nothing of what was measured in it.
    if not urine.any() or urine[present].all():
        return present, []
    return present & ~urine, [
        f"Left out, as measured in urine: {counted(int(urine.sum()), 'value')}, beside a volume of urine."
    ]


def _telling(events: Events, present: Flags) -> Role:
    """Return the column that tells quantities apart: DVID, or CMT where there is none or only its name suggests it."""
    kinds = {label(events.texts[Role.DVID][line]) for line in np.flatnonzero(present)}
    doubtful = folded(events.name(Role.DVID)) in DOUBTFUL_KINDS and len(kinds) == 1 and Role.CMT in events.columns.roles
    return Role.CMT if doubtful or Role.DVID not in events.columns.roles else Role.DVID


def _is_early(events: Events, row: npt.NDArray[np.intp], begins: Array) -> bool:
    """Tell whether a quantity is clearly above 0 before the first dose in most subjects who had one."""
    value, dosed = events.numbers[Role.VALUE][row], np.isfinite(begins[row])
    before = dosed & (events.numbers[Role.TIME][row] <= begins[row]) & (value > _CLEARLY * np.median(np.abs(value)))
    names = events.texts[Role.SUBJECT]
    subjects, early = ({names[line] for line in row[flags]} for flags in (dosed, before))
    return 2 * len(early) > len(subjects)


def _present(events: Events, used: Flags, role: Role, noun: str) -> tuple[Flags, list[str]]:
    usable, values, under = used & events.measured, events.numbers[role], events.below[role]
    # In the line of a dose a value that is below the limit was measured too; a mark without one speaks of nothing.
    beside = used & events.beside & (~np.isnan(values) | events.sheet.below[role])
    below = (usable | beside) & under
    missing = usable & ~under & np.isnan(values)
    beside &= ~under
    counts = {
        "Left out as below the limit of quantification or censored": int(below.sum()),
        "Left out because the value is missing": int(missing.sum()),
        "Not used, as 0 in the line of a dose": int((beside & (values == 0)).sum()),
        "Not used, as below 0 in the line of a dose": int((beside & (values < 0)).sum()),
    }
    return (usable & ~below & ~missing) | (beside & (values > 0)), tallied(counts, noun)


def _raised(events: Events, measured: Measured, notes: list[str]) -> tuple[Measured, list[str]]:
    high = ~measured.response & (measured.value > MAX_LOGARITHM)
    events.faults.add(
        events.fault(row, Role.VALUE, f"{value:g} is no logarithm of a concentration: do not say that it is one.")
        for row, value in zip(measured.row[high].tolist(), measured.value[high].tolist(), strict=True)
    )
    events.faults.stop()
    value = np.where(measured.response, measured.value, np.exp(measured.value))
    return replace(measured, value=value), notes


def _without_negative(
    events: Events, measured: Measured, notes: list[str], options: Options
) -> tuple[Measured, list[str]]:
    negative = ~measured.response & (measured.value < 0)
    if not negative.any():
        return measured, notes
    if not options.leave_out_negative:
        events.faults.add(_negative(events, measured, negative))
        return measured, notes
    lines = listed([str(events.line[row]) for row in measured.row[negative].tolist()])
    return measured.where(~negative), [
        *notes,
        f"Left out as below 0: {counted(int(negative.sum()), 'concentration')}, on line {lines}.",
    ]


def _negative(events: Events, measured: Measured, negative: Flags) -> Iterator[Fault]:
    for row, value in zip(measured.row[negative].tolist(), measured.value[negative].tolist(), strict=True):
        yield events.fault(
            row,
            Role.VALUE,
            sentence(
                f"The concentration {value:g} is below 0. If concentrations are logarithms",
                where(Option.LOGARITHM),
                " or this is a response",
                where(ColumnFor(Role.DVID), ColumnFor(Role.RESPONSE)),
                ", say so; noise of the assay can be left out",
                where(Option.LEAVE_OUT_NEGATIVE),
                "; else correct it.",
            ),
        )


def compartments(events: Events, measured: Measured) -> set[str]:
    """Return the compartments, as texts, in which concentrations were measured; empty where CMT does not say."""
    return {label(events.texts[Role.CMT][row]) for row in measured.row[~measured.response].tolist()} - {""}
